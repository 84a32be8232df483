"""The sample HOME: a configuration and caches in which every state of the three clocks appears.

File names and fields are those that the AWS CLI v2 writes: `~/.aws/sso/cache` and `~/.aws/cli/cache`, JSON on one
line. The server accepts every token and every credential in it that is not past its expiry.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from ..aws.clock import iso
from ..aws.model import RoleCredentials, Token
from .organisation import ACME, CHAINED_ROLE, LAB, LEGACY, PARTNER, STATIC_KEY_ID, STATIC_SECRET
from .state import State

SCOPE = "sso:account:access"
MINUTE = 60
ROUND = 40
"""Seconds on top of whole minutes, so that the times shown stay the same for a while after the start."""

_CONFIG = f"""\
# The sample configuration of ssotui --demo. It lives in a temporary directory that is removed afterwards.

[default]
region = us-east-1
output = json

[sso-session acme]
sso_start_url = {ACME}
sso_region = us-east-1
sso_registration_scopes = {SCOPE}

[profile dev-admin]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = us-east-1
output = json

[profile dev-readonly]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = ReadOnly
region = us-east-1

# The session of this one was renamed long ago.
[profile legacy-typo]
sso_session = nowhere
sso_account_id = 444444444444
sso_role_name = Auditor
region = us-east-1

[profile prod-readonly]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = ReadOnly
region = eu-west-1

# Not assigned to the user: the portal refuses it.
[profile prod-admin]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = Admin
region = eu-west-1

[profile prod-deploy]
role_arn = {CHAINED_ROLE}
source_profile = dev-admin
region = eu-west-1

[profile staging]
sso_session = acme
sso_account_id = 555555555555
sso_role_name = PowerUser
region = eu-west-1

[profile analytics]
sso_session = acme
sso_account_id = 666666666666
sso_role_name = DataScientist
region = eu-central-1

[profile billing]
sso_session = acme
sso_account_id = 777777777777
sso_role_name = Billing

[sso-session lab]
sso_start_url = {LAB}
sso_region = eu-west-1
sso_registration_scopes = {SCOPE}

[profile sandbox]
sso_session = lab
sso_account_id = 333333333333
sso_role_name = Admin
region = eu-west-1

[profile sandbox-readonly]
sso_session = lab
sso_account_id = 333333333333
sso_role_name = ReadOnly
region = eu-west-1

[profile playground]
sso_session = lab
sso_account_id = 343434343434
sso_role_name = PowerUser
region = ap-southeast-2

[profile attic]
sso_start_url = {LEGACY}
sso_region = us-east-1
sso_account_id = 444444444444
sso_role_name = Auditor
region = us-east-1

# Two without SSO. The keys are the examples of the AWS documentation.
[profile ci]
region = us-east-1

[profile ci-deploy]
role_arn = {CHAINED_ROLE}
source_profile = ci
region = us-east-1
"""

_MORE = f"""
[sso-session partner]
sso_start_url = {PARTNER}
sso_region = eu-central-1

[profile partner-audit]
sso_session = partner
sso_account_id = 131313131313
sso_role_name = Auditor
region = eu-central-1

[sso-session load]
sso_start_url = {LAB}
sso_region = eu-west-1
sso_registration_scopes = {SCOPE}

[profile load-tests]
sso_session = load
sso_account_id = 353535353535
sso_role_name = Admin
region = eu-west-1
"""

_CREDENTIALS = f"""\
[ci]
aws_access_key_id = {STATIC_KEY_ID}
aws_secret_access_key = {STATIC_SECRET}
"""

_SETTINGS = """\
# The settings of ssotui --demo. The session lab would else be renewed before anybody sees that it could be.
[renew]
on_open = false
"""

_GUARD = """
# Nothing happens with production by accident.
[[guard]]
match = "*prod*"
label = "PROD"
colour = "red"
confirm = true
"""


def write(home: Path, state: State, *, every_state: bool = False) -> None:
    """Write `.aws` and the settings into `home` (made when missing; directories 0700, files 0600), with tokens that
    `state` issues.

    Sessions: acme signed-in (5 h 12 m), lab refreshable, the legacy start URL signed-out. Role credentials:
    dev-admin and analytics valid, sandbox expiring, prod-readonly expired, the others none. legacy-typo is broken,
    prod-deploy chains from dev-admin, prod-admin is refused by the portal. `every_state` adds the sessions partner
    (expiring) and load (unreadable: half a token file).
    """
    make_folders(home)
    write_file(home / ".aws" / "config", _CONFIG + (_MORE if every_state else ""))
    write_file(home / ".aws" / "credentials", _CREDENTIALS)
    settings = home / ".config" / "ssotui"
    for folder in (settings.parent, settings):
        folder.mkdir(mode=0o700, exist_ok=True)
    write_file(settings / "config.toml", _SETTINGS)

    acme = state.issue_token(ACME, expires_in=(5 * 60 + 12) * MINUTE + ROUND, client_name="ssotui")
    write_token(home, "acme", acme)
    lab = state.issue_token(LAB, expires_in=-47 * MINUTE, client_name="ssotui")
    write_token(home, "lab", lab)
    for session, account_id, role_name, minutes in (
        ("acme", "111111111111", "Admin", 42),
        ("acme", "222222222222", "ReadOnly", -23),
        ("acme", "666666666666", "DataScientist", 28),
        ("lab", "333333333333", "Admin", 9),
    ):
        credentials = state.issue_role_credentials(account_id, role_name, expires_in=minutes * MINUTE + ROUND)
        write_credentials(home, session, role_name, credentials)
    if every_state:
        partner = state.issue_token(PARTNER, expires_in=11 * MINUTE + ROUND, refresh=False)
        write_token(home, "partner", partner, registration=False)
        torn = json.dumps({"startUrl": LAB, "region": "eu-west-1", "accessToken": ""})[:-3]
        write_file(home / ".aws/sso/cache" / f"{_sha1('load')}.json", torn)


def add_guard_rule(home: Path) -> None:
    """Add a guard rule for production to the settings in `home`."""
    settings = home / ".config" / "ssotui" / "config.toml"
    for folder in (settings.parent.parent, settings.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    before = settings.read_text("utf-8") if settings.exists() else "# The settings of ssotui --demo.\n"
    write_file(settings, before + _GUARD)


def make_folders(home: Path) -> None:
    """Make `home`, where it is missing, and the folders of the AWS CLI in it, 0700 each."""
    for folder in ("", ".aws", ".aws/sso", ".aws/sso/cache", ".aws/cli", ".aws/cli/cache"):
        (home / folder).mkdir(mode=0o700, exist_ok=True)


def write_token(home: Path, session: str, token: Token, registration: bool = True) -> None:
    """The token file, and the registration file of its client, as the AWS CLI v2 leaves them after a sign-in."""
    cache = home / ".aws" / "sso" / "cache"
    assert token.client_secret is not None
    assert token.registration_expires_at is not None
    registered_until = iso(token.registration_expires_at)
    client = {"clientId": token.client_id, "clientSecret": token.client_secret.reveal()}
    fields = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access_token.reveal(),
        "expiresAt": iso(token.expires_at),
        **client,
        "registrationExpiresAt": registered_until,
    }
    if token.refresh_token is not None:
        fields["refreshToken"] = token.refresh_token.reveal()
    _write_json(cache / f"{_sha1(session)}.json", fields)
    if registration:
        key = {
            "region": token.region,
            "scopes": [SCOPE],
            "session_name": session,
            "startUrl": token.start_url,
            "tool": "botocore",
        }
        name = _sha1(json.dumps(key, sort_keys=True))
        _write_json(cache / f"{name}.json", {**client, "expiresAt": registered_until, "scopes": [SCOPE]})


def write_credentials(home: Path, session: str, role_name: str, credentials: RoleCredentials) -> None:
    """The file in which the AWS CLI v2 keeps role credentials."""
    key = {"accountId": credentials.account_id, "roleName": role_name, "sessionName": session}
    name = _sha1(json.dumps(key, sort_keys=True, separators=(",", ":")))
    fields = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.reveal(),
        "SessionToken": credentials.session_token.reveal(),
        "Expiration": iso(credentials.expires_at),
        "AccountId": credentials.account_id,
    }
    _write_json(home / ".aws/cli/cache" / f"{name}.json", {"ProviderType": "sso", "Credentials": fields})


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _write_json(path: Path, value: Mapping[str, object]) -> None:
    write_file(path, json.dumps(value))


def write_file(path: Path, text: str) -> None:
    """Write a file that is 0600 from the start."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
