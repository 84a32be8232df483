"""The cache files that ssotui shares with the AWS CLI: where they are and what is in them.

Tokens and client registrations live in `~/.aws/sso/cache`, role credentials in `~/.aws/cli/cache`. Names and shapes
are those of AWS CLI v2 (2.36) and botocore (1.43): what one of the programs writes the others use.
"""

from __future__ import annotations

import os

from ..clock import iso, parse_iso
from ..model import LEGACY, Registration, RoleCredentials, Secret, Token
from . import files, folders, quick_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Profile, Session
    from .files import Json

DEFAULT_SCOPES = ["sso:account:access"]
"""Registered when a session configures no scopes: without one, AWS issues no refresh token."""

TEMPORARY_AGE = 24 * 3600
"""Seconds after which a temporary file of ours is a leftover of a killed process."""


def token_dir() -> str:
    """`~/.aws/sso/cache`; botocore never moves it with an environment variable other than HOME."""
    return os.path.join(os.path.expanduser("~"), ".aws", "sso", "cache")


def role_dir() -> str:
    """`~/.aws/cli/cache`."""
    return os.path.join(os.path.expanduser("~"), ".aws", "cli", "cache")


def sha1(text: str) -> str:
    """The hash by which files are named, in hexadecimal."""
    try:
        # hashlib takes OpenSSL's, which costs a command 3 ms to load.
        from _sha1 import sha1 as hashed  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha1 as hashed
    return str(hashed(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest())


def token_path(session_key: str) -> str:
    """The token file of a session: named by its sso-session name, or by the start URL exactly as configured."""
    return os.path.join(token_dir(), sha1(session_key) + ".json")


def lock_name(session_key: str) -> str:
    """The name of the lock on a session's token: that of its file."""
    return sha1(session_key)


def registration_path(session: Session) -> str:
    """The client registration's file, as AWS CLI v2 names it (both of its flows use the same name)."""
    return _registration_path(session, session.scopes, None if session.kind == LEGACY else session.key)


def registration_paths(session: Session) -> list[str]:
    """All files in which registrations for this session may be: also those from before its scopes, or its section,
    were written into the configuration."""
    scopes = [*([session.scopes] if session.scopes else []), None, [], DEFAULT_SCOPES]
    names = [None] if session.kind == LEGACY else [session.key, None]
    return [_registration_path(session, each, name) for name in names for each in scopes]


def _registration_path(session: Session, scopes: list[str] | None, name: str | None) -> str:
    import json

    arguments = {
        "tool": "botocore",
        "startUrl": session.start_url,
        "region": session.region,
        "scopes": scopes,
        "session_name": name,
    }
    return os.path.join(token_dir(), sha1(json.dumps(arguments, sort_keys=True)) + ".json")


def role_path(profile: Profile, session: Session) -> str:
    """The role credentials' file of an SSO profile."""
    owner = "startUrl" if session.kind == LEGACY else "sessionName"
    # As json.dumps(..., sort_keys=True, separators=(",", ":")) writes it.
    values = ("accountId", profile.account_id), ("roleName", profile.role_name), (owner, session.key)
    text = ",".join([f'"{key}":{quick_json.quote(value)}' for key, value in values])
    return os.path.join(role_dir(), sha1("{" + text + "}") + ".json")


def assume_role_arguments(options: Mapping[str, str]) -> dict[str, object]:
    """The AssumeRole parameters that a `role_arn` profile configures, as botocore names them."""
    arguments: dict[str, object] = {"RoleArn": options["role_arn"]}
    for key, name in (
        ("role_session_name", "RoleSessionName"),
        ("external_id", "ExternalId"),
        ("mfa_serial", "SerialNumber"),
    ):
        if options.get(key):
            arguments[name] = options[key]
    duration = options.get("duration_seconds", "")
    if duration.isascii() and duration.isdigit():
        arguments["DurationSeconds"] = int(duration)
    return arguments


def assume_role_path(options: Mapping[str, str]) -> str:
    """The file of credentials chained from an SSO profile (`role_arn` with `source_profile`)."""
    import json

    text = json.dumps(assume_role_arguments(options), sort_keys=True)
    return os.path.join(role_dir(), sha1(text) + ".json")


def _text(value: Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _secret(value: Json, key: str) -> Secret | None:
    found = _text(value, key)
    return Secret(found) if found else None


def parse_token(value: Json) -> Token | None:
    """The token in a token file's object; None when it lacks an access token or an expiry that can be understood."""
    access_token = _secret(value, "accessToken")
    expires_at = parse_iso(value.get("expiresAt"))
    if access_token is None or expires_at is None:
        return None
    return Token(
        access_token,
        expires_at,
        start_url=_text(value, "startUrl"),
        region=_text(value, "region"),
        client_id=_text(value, "clientId"),
        client_secret=_secret(value, "clientSecret"),
        registration_expires_at=parse_iso(value.get("registrationExpiresAt")),
        refresh_token=_secret(value, "refreshToken"),
    )


def token_json(token: Token) -> Json:
    """A token file's object, fields in the order in which the AWS CLI writes them."""
    value: Json = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access_token.reveal(),
        "expiresAt": iso(token.expires_at),
    }
    if token.client_id and token.client_secret is not None:
        value["clientId"] = token.client_id
        value["clientSecret"] = token.client_secret.reveal()
        if token.registration_expires_at is not None:
            value["registrationExpiresAt"] = iso(token.registration_expires_at)
    if token.refresh_token is not None:
        value["refreshToken"] = token.refresh_token.reveal()
    return value


def parse_registration(value: Json) -> Registration | None:
    """The client registration in a file's object, None when it is not one."""
    secret = _secret(value, "clientSecret")
    expires_at = parse_iso(value.get("expiresAt"))
    if not _text(value, "clientId") or secret is None or expires_at is None or "accessToken" in value:
        return None
    return Registration(
        _text(value, "clientId"),
        secret,
        expires_at,
        _string_list(value.get("scopes")),
        _string_list(value.get("grantTypes")),
    )


def _string_list(value: object) -> list[str] | None:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None


def registration_json(registration: Registration) -> Json:
    """A registration file's object, as AWS CLI v2 writes it."""
    value: Json = {
        "clientId": registration.client_id,
        "clientSecret": registration.client_secret.reveal(),
        "expiresAt": iso(registration.expires_at),
    }
    if registration.scopes is not None:
        value["scopes"] = registration.scopes
    if registration.grant_types is not None:
        value["grantTypes"] = registration.grant_types
    return value


def parse_role_credentials(value: Json) -> RoleCredentials | None:
    """The credentials in a role or assume-role file's object, None when it holds none. Old files lack AccountId."""
    inner = value.get("Credentials")
    if not isinstance(inner, dict):
        return None
    expires_at = parse_iso(inner.get("Expiration"))
    secret, token = _secret(inner, "SecretAccessKey"), _secret(inner, "SessionToken")
    if not _text(inner, "AccessKeyId") or secret is None or token is None or expires_at is None:
        return None
    return RoleCredentials(_text(inner, "AccessKeyId"), secret, token, expires_at, _text(inner, "AccountId"))


def role_credentials_json(credentials: RoleCredentials) -> Json:
    """A role-credential file's object. `ProviderType` is what `aws sso logout` goes by."""
    return {
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key.reveal(),
            "SessionToken": credentials.session_token.reveal(),
            "Expiration": iso(credentials.expires_at),
            "AccountId": credentials.account_id,
        },
    }


def sweep_leftovers(now: float, age: float = TEMPORARY_AGE) -> None:
    """Remove temporary files of ours that a killed process left behind `age` seconds or more ago: beside tokens and
    credentials, and in our own folder of state, where they hold names of accounts or a copy of the config file. Never
    raises."""
    state = folders.own_folder(folders.STATE)
    for folder in (token_dir(), role_dir(), state, *_folders_in(state)):
        try:
            names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(folders.TEMPORARY_PREFIX)]
        except OSError:
            continue
        for name in names:
            path = os.path.join(folder, name)
            found = files.stamp(path)
            if found is not None and now - found[0] / 1e9 > age:
                folders.unlink_quietly(path)


def _folders_in(folder: str) -> list[str]:
    """The folders directly in this one; none where it cannot be read."""
    try:
        return [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
