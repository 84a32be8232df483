"""Configurations and token files as they are found in homes: `doctor` names each with its place, `why` its link."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_token, sso_cache, token_file, write_in_place
from .commands import Room
from .test_doctor import SOUND


def config_file() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


def doctor(code: int = 1) -> list[dict[str, Any]]:
    found = json.loads(Room({}).run("doctor", "--json", code=code))
    assert isinstance(found, list)
    return found


def why(code: int, name: str = "dev") -> dict[str, Any]:
    found = json.loads(Room({}).run("why", name, "--json", code=code))
    assert isinstance(found, dict)
    return found


CONFIGURATIONS: list[tuple[str, str, str, str]] = [
    ("a section twice", SOUND + "\n[profile dev]\n", "refuse this whole file", "configuration"),
    ("a key twice", SOUND + "sso_role_name = B\n", "refuse this whole file", "configuration"),
    ("a key without a value", SOUND + "aws_session\n", "refuse this whole file", "configuration"),
    ("text before the first section", "hello\n" + SOUND, "refuse this whole file", "configuration"),
    ("an unknown session", SOUND.replace("session = acme", "session = nowhere"), 'sso_session "nowhere"', "profile"),
    ("no region of the session", SOUND.replace("sso_region = us-east-1\n", ""), "sso_region is missing", "profile"),
    ("no start URL", SOUND.replace(f"sso_start_url = {ACME}\n", ""), "sso_start_url is missing", "profile"),
    ("no account", SOUND.replace("sso_account_id = 111111111111\n", ""), "sso_account_id is missing", "profile"),
    ("no role", SOUND.replace("sso_role_name = Admin\n", ""), "sso_role_name is missing", "profile"),
    ("a short account", SOUND.replace("= 111111111111", "= 1111"), "is not 12 digits", "profile"),
    ("http", SOUND.replace("https://", "http://"), "does not begin with https://", "profile"),
    ("a comment behind a region", SOUND.replace("sso_region = us-east-1", "sso_region = x # hq"), "comment", "profile"),
    ("another value than the session", SOUND + "sso_region = eu-west-1\n", "sso_region is", "profile"),
    (
        "a loop",
        SOUND + "[profile a]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:aws:iam::111111111111:role/y\nsource_profile = a\n",
        "loop",
        "",
    ),
    ("keys for all", "[DEFAULT]\noutput = json\n" + SOUND, "the keys of [DEFAULT] apply", ""),
    ("upper case", SOUND.replace("sso_role_name", "SSO_ROLE_NAME"), "do not read keys in upper case", ""),
    ("a colon", SOUND.replace("sso_role_name =", "sso_role_name:"), "do not read lines of the form", ""),
    ("a name in quotes", SOUND.replace("[profile dev]", "[profile 'dev']"), "do not find a section", ""),
    ("a header that is none", SOUND + "[dev2]\nsso_session = acme\nsso_account_id = 1\n", "its header must be", ""),
]


@pytest.mark.parametrize(
    ("text", "said", "link"), [it[1:] for it in CONFIGURATIONS], ids=[it[0] for it in CONFIGURATIONS]
)
def test_a_configuration_that_is_wrong_is_named_by_both(
    demo: DemoServer, home: Path, text: str, said: str, link: str
) -> None:
    configure(text)
    put_token(demo, "acme", ACME)
    (row,) = (row for row in doctor() if said in row["message"])
    assert row["kind"] == "configuration"
    assert row["file"].endswith(".aws/config")
    assert row["line"] or "whole file" in row["message"]
    assert row["why"]
    if link:
        assert why(1)["broken"] == link


TOKENS: list[tuple[str, str | bytes]] = [
    ("nothing", ""),
    ("cut off", '{"accessToken": "a'),
    ("more behind it", '{"accessToken": "a", "expiresAt": "2099-01-01T00:00:00Z"} x'),
    ("no text", b"\xff\xfe\x00\x01"),
    ("a number", "5"),
    ("null", "null"),
    ("a list", "[]"),
    ("a text", '"accessTokenexpiresAt"'),
    ("deep", "[" * 100_000),
    ("large", " " * (2 << 20)),
    ("a time without a zone", '{"accessToken": "a", "expiresAt": "2099-01-01T00:00:00"}'),
    ("a time that is none", '{"accessToken": "a", "expiresAt": "tomorrow"}'),
]


@pytest.mark.parametrize("content", [it[1] for it in TOKENS], ids=[it[0] for it in TOKENS])
def test_a_token_file_that_is_none_is_named_by_both(home: Path, content: str | bytes) -> None:
    configure(SOUND)
    sso_cache().mkdir(parents=True, mode=0o700)
    write_in_place(token_file("acme"), content)
    rows = [row for row in doctor() if row["kind"] == "cache"]
    assert {row["file"] for row in rows} == {str(token_file("acme"))}
    assert all(row["why"] for row in rows)
    assert why(3)["broken"] == "token"


def test_a_token_that_cannot_be_renewed_because_its_client_has_ended_is_named(demo: DemoServer, home: Path) -> None:
    configure(SOUND)
    past = clock.iso(clock.now() - 60)
    put_token(demo, "acme", ACME, expires_in=-60, registrationExpiresAt=past)
    found = why(3)
    assert found["broken"] == "token"
    (link,) = (link for link in found["links"] if link["state"] == "broken")
    assert link["message"] == "it has ended, and cannot be renewed"


def test_a_token_file_that_is_a_link_to_nothing_is_named(home: Path) -> None:
    configure(SOUND)
    sso_cache().mkdir(parents=True, mode=0o700)
    token_file("acme").symlink_to(home / "nowhere.json")
    assert why(3)["broken"] == "token"


def test_a_config_that_is_a_folder_is_named(home: Path) -> None:
    config_file().mkdir(parents=True)
    (row,) = doctor()
    assert row["file"].endswith(".aws/config")
    assert why(1)["broken"] == "configuration"


def test_files_of_other_programs_are_no_findings(home: Path) -> None:
    configure(SOUND)
    sso_cache().mkdir(parents=True, mode=0o700)
    for name, text in (
        ("kiro-auth-token.json", '{"accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z", "clientIdHash": "h"}'),
        ("aws-toolkit-vscode-client-id-us-east-1.json", '{"clientId": "x"}'),
        ("README", "hello"),
    ):
        (sso_cache() / name).write_text(text)
    assert doctor(0) == []
