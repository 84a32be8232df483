"""The cache files: their names and their very bytes are those of the AWS CLI v2 and botocore."""

from __future__ import annotations

import json
import os
import stat
from hashlib import sha1
from pathlib import Path
from typing import Any

import botocore.utils
import pytest
from botocore.credentials import SSOCredentialFetcher
from hypothesis import given
from hypothesis import strategies as st

from tui.aws.cache import files, shapes
from tui.aws.model import LEGACY, SSO_SESSION, Profile, Registration, RoleCredentials, Secret, Session, Token

URL = "https://d-1234567890.awsapps.com/start"
MOMENT = 1795430844
"""2026-11-23T10:47:24Z"""

CORP = Session("corp", SSO_SESSION, URL, "us-east-1", ["sso:account:access"])
LEGACY_CORP = Session(URL, LEGACY, URL, "us-east-1")
ADMIN = Profile("p", "corp", "111111111111", "Admin")


def unscoped() -> Session:
    return Session("corp", SSO_SESSION, URL, "us-east-1")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("corp", "ee0bfd2552fbd840c02cc48b6e823320543c450f"),
        (URL, "7487b5b67d5fa1132cf33fa93ae51ef38cc37752"),
        (f"{URL}/", sha1(f"{URL}/".encode()).hexdigest()),
        (f"{URL}/#/", sha1(f"{URL}/#/".encode()).hexdigest()),
        (URL.upper(), sha1(URL.upper().encode()).hexdigest()),
        ("équipe", sha1("équipe".encode()).hexdigest()),
    ],
)
def test_token_files_are_named_by_the_configured_text(home: Path, key: str, name: str) -> None:
    assert shapes.token_path(key) == str(home / ".aws/sso/cache" / f"{name}.json")


@pytest.mark.parametrize(
    ("session", "name"),
    [
        (CORP, "bc8a1afdb0f5cdc2c789b8a6cd51898e2be3c37c"),
        (unscoped(), "cfaf7ef4a0ec868a86f526a3143dcbf741b147ba"),
        (LEGACY_CORP, "365414a68be7c9bfc776c660981dbdbd942acea4"),
    ],
)
def test_registration_files_are_named_as_the_aws_cli_does(home: Path, session: Session, name: str) -> None:
    assert shapes.registration_path(session) == str(home / ".aws/sso/cache" / f"{name}.json")


def test_the_order_of_scopes_matters_to_a_registration(home: Path) -> None:
    one = Session("corp", SSO_SESSION, URL, "us-east-1", ["sso:account:access", "openid"])
    other = Session("corp", SSO_SESSION, URL, "us-east-1", ["openid", "sso:account:access"])
    assert shapes.registration_path(one) != shapes.registration_path(other)


@pytest.mark.parametrize(
    ("session", "name"),
    [
        (CORP, "d7467b2ce0aaa46d5fc3753e3bbaaf372cba5c68"),
        (LEGACY_CORP, "286e93c3018b44f21e1f9bca8bfbca4be8834fc9"),
    ],
)
def test_role_files_are_named_as_the_aws_cli_does(home: Path, session: Session, name: str) -> None:
    assert shapes.role_path(ADMIN, session) == str(home / ".aws/cli/cache" / f"{name}.json")


def test_chained_files_are_named_as_the_aws_cli_does(home: Path) -> None:
    options = {"role_arn": "arn:aws:iam::222222222222:role/r", "source_profile": "p"}
    name = "85dd3bf8b2016f0397023a637a1b8dc057bfdbb8"
    assert shapes.assume_role_path(options) == str(home / ".aws/cli/cache" / f"{name}.json")
    options.update(role_session_name="me", external_id="x", duration_seconds="900", mfa_serial="arn:m")
    arguments = {
        "DurationSeconds": 900,
        "ExternalId": "x",
        "RoleArn": "arn:aws:iam::222222222222:role/r",
        "RoleSessionName": "me",
        "SerialNumber": "arn:m",
    }
    assert shapes.assume_role_arguments(options) == arguments
    assert shapes.assume_role_path(options).endswith(f"{sha1(json.dumps(arguments).encode()).hexdigest()}.json")


# Text that a file of UTF-8 can hold, and so a name in the configuration.
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(TEXTS, TEXTS, TEXTS, st.booleans())
def test_names_are_botocores_for_any_text(key: str, account: str, role: str, legacy: bool) -> None:
    tokens: Any = botocore.utils.SSOTokenLoader(cache={})
    session = Session(key, LEGACY if legacy else SSO_SESSION, key, "us-east-1")
    names = (key, None) if legacy else (URL, key)
    assert shapes.token_path(key).endswith(f"/{tokens._generate_cache_key(*names)}.json")
    make: Any = SSOCredentialFetcher
    fetcher = make(names[0], "us-east-1", role, account, None, cache={}, sso_session_name=names[1])
    profile = Profile("p", key, account, role)
    assert shapes.role_path(profile, session).endswith(f"/{fetcher._create_cache_key()}.json")


# What a file holds. The texts are those that the AWS CLI v2 writes, but for the values.

TOKEN_TEXT = (
    '{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "aoa",'
    ' "expiresAt": "2026-11-23T10:47:24Z", "clientId": "id", "clientSecret": "\\u00e9",'
    ' "registrationExpiresAt": "2026-11-23T10:48:24Z", "refreshToken": "aor"}'
)
DEVICE_TEXT = (
    '{"clientId": "id", "clientSecret": "se", "expiresAt": "2026-11-23T10:47:24Z", "scopes": ["sso:account:access"]}'
)
BROWSER_TEXT = (
    '{"clientId": "id", "clientSecret": "se", "expiresAt": "2026-11-23T10:47:24Z", "scopes": ["sso:account:access"],'
    ' "grantTypes": ["authorization_code", "refresh_token"]}'
)
ROLE_TEXT = (
    '{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "se", "SessionToken": "to",'
    ' "Expiration": "2026-11-23T10:47:24Z", "AccountId": "111111111111"}}'
)


def full_token() -> Token:
    return Token(Secret("aoa"), MOMENT, URL, "us-east-1", "id", Secret("é"), MOMENT + 60, Secret("aor"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (shapes.token_json(full_token()), TOKEN_TEXT),
        (
            shapes.token_json(Token(Secret("aoa"), MOMENT, URL, "us-east-1")),
            TOKEN_TEXT[: TOKEN_TEXT.index(', "clientId')] + "}",
        ),
        (
            shapes.registration_json(Registration("id", Secret("se"), MOMENT, ["sso:account:access"])),
            DEVICE_TEXT,
        ),
        (
            shapes.registration_json(
                Registration(
                    "id", Secret("se"), MOMENT, ["sso:account:access"], ["authorization_code", "refresh_token"]
                )
            ),
            BROWSER_TEXT,
        ),
        (
            shapes.role_credentials_json(
                RoleCredentials("ASIA", Secret("se"), Secret("to"), MOMENT, account_id="111111111111")
            ),
            ROLE_TEXT,
        ),
    ],
    ids=["token", "token without a client", "device registration", "browser registration", "role credentials"],
)
def test_files_hold_what_the_aws_cli_writes(home: Path, value: dict[str, object], text: str) -> None:
    path = home / ".aws/sso/cache/file.json"
    files.write(str(path), value)
    assert path.read_bytes() == text.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]
    assert os.listdir(path.parent) == ["file.json"]


def test_what_is_written_is_read_again(home: Path) -> None:
    token = shapes.parse_token(json.loads(TOKEN_TEXT))
    assert token is not None
    assert shapes.token_json(token) == json.loads(TOKEN_TEXT)
    for text in (DEVICE_TEXT, BROWSER_TEXT):
        registration = shapes.parse_registration(json.loads(text))
        assert registration is not None
        assert shapes.registration_json(registration) == json.loads(text)
    credentials = shapes.parse_role_credentials(json.loads(ROLE_TEXT))
    assert credentials is not None
    assert shapes.role_credentials_json(credentials) == json.loads(ROLE_TEXT)


def test_old_files_of_the_aws_cli_are_understood() -> None:
    role = json.loads(ROLE_TEXT)
    role["Credentials"].update(Expiration="2026-11-23T10:47:24UTC")
    del role["Credentials"]["AccountId"], role["ProviderType"]
    credentials = shapes.parse_role_credentials(role)
    assert credentials is not None
    assert (credentials.expires_at, credentials.account_id) == (MOMENT, "")
    token = shapes.parse_token({"accessToken": "aoa", "expiresAt": "2026-11-23T10:47:24UTC", "futureField": [1]})
    assert token is not None
    assert (token.expires_at, token.can_refresh(0)) == (MOMENT, False)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"accessToken": "aoa"},
        {"accessToken": "", "expiresAt": "2026-11-23T10:47:24Z"},
        {"accessToken": ["aoa"], "expiresAt": "2026-11-23T10:47:24Z"},
        {"accessToken": {"accessKeyId": "AKIA"}, "expiresAt": "2026-11-23T10:47:24Z"},
        {"accessToken": "aoa", "expiresAt": "2026-11-23T10:47:24"},
        {"accessToken": "aoa", "expiresAt": 1795430844},
        {"accessToken": "aoa", "expiresAt": None},
    ],
)
def test_b04_what_is_no_token(value: dict[str, object]) -> None:
    assert shapes.parse_token(value) is None


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"Credentials": []},
        {"Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t"}},
        {"Credentials": {"AccessKeyId": 1, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "x"}},
    ],
)
def test_what_are_no_role_credentials(value: dict[str, object]) -> None:
    assert shapes.parse_role_credentials(value) is None


def test_a_token_is_no_registration() -> None:
    value: dict[str, object] = {"clientId": "i", "clientSecret": "s", "expiresAt": "2026-11-23T10:47:24Z"}
    assert shapes.parse_registration(value) is not None
    assert shapes.parse_registration({**value, "accessToken": "aoa"}) is None
