"""A HOME for tests: a configuration, and cache files in the very form in which the AWS CLI v2 writes them."""

from __future__ import annotations

import json
import os
import pwd
import time
from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path
from unittest import mock

import pytest

from tui.aws.clock import iso
from tui.aws.model import Profile, RoleCredentials, Session, Token
from tui.aws.state.snapshot import Snapshot
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, CHAINED_ROLE, LAB, LEGACY
from tui.demo.server import DemoServer
from tui.settings import settings_path

CONFIG = f"""\
[sso-session acme]
sso_start_url = {ACME}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[sso-session lab]
sso_start_url = {LAB}
sso_region = eu-west-1

[profile dev]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = us-east-1

[profile audit]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = ReadOnly

[profile forbidden]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = Admin

[profile nowhere]
sso_session = acme
sso_account_id = 123412341234
sso_role_name = Admin

[profile deploy]
role_arn = {CHAINED_ROLE}
source_profile = dev
region = eu-west-1

[profile sandbox]
sso_session = lab
sso_account_id = 333333333333
sso_role_name = Admin
region = eu-west-1

[profile attic]
sso_start_url = {LEGACY}
sso_region = us-east-1
sso_account_id = 444444444444
sso_role_name = Auditor
region = us-east-1
"""
"""Two sessions, a legacy one, a chain, a role that the user does not have, an account that does not exist."""


def sso_cache() -> Path:
    """The folder of tokens and registrations."""
    return Path(os.environ["HOME"]) / ".aws/sso/cache"


def cli_cache() -> Path:
    """The folder of role credentials."""
    return Path(os.environ["HOME"]) / ".aws/cli/cache"


def without_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process's user one whom the system does not know, with no HOME."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in [name for name in os.environ if name == "HOME" or name.startswith("XDG_")]:
        monkeypatch.delenv(name)


def configure(text: str = CONFIG) -> Store:
    """Writes `~/.aws/config` and reads it."""
    folder = Path(os.environ["HOME"]) / ".aws"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "config").write_text(text)
    return Store()


def known(store: Store) -> Snapshot:
    """What there is to know when every file of the store's profiles and sessions has been looked at."""
    return store.look(store.config.profiles.values(), at_config=False)


def changes(store: Store, *profiles: Profile) -> bool:
    """Whether a look at the files, and at these profiles' credentials, finds anything that is another."""
    before = store.snapshot
    return store.look(profiles) is not before


def keep_in_memory(store: Store, key: str, token: Token, reason: str) -> None:
    """Have the store get a token whose file cannot be written, for `reason`."""
    with mock.patch("tui.aws.cache.files.write", side_effect=OSError(30, reason)):
        store.took(key, token, Unguarded())


class Unguarded:
    """Lets everything be written."""

    def ended(self) -> bool:
        return False

    def check(self) -> None:
        pass


def named(store: Store, name: str) -> Profile:
    """The profile of that name."""
    profile = store.snapshot.profile(name)
    assert profile is not None
    return profile


def session_named(store: Store, key: str) -> Session:
    """The session of that key."""
    session = store.snapshot.find_session(key)
    assert session is not None
    return session


def signed_in(demo: DemoServer, *keys: str, text: str = CONFIG) -> Store:
    """Writes a token for each of these sessions, and the configuration, and reads them."""
    for key in keys:
        put_token(demo, key, {"acme": ACME, "lab": LAB}.get(key, key))
    return configure(text)


def cache_name(key: str) -> str:
    """The name of the file in a cache that stands for `key`."""
    return f"{sha1(key.encode()).hexdigest()}.json"


def token_file(key: str) -> Path:
    """A session's token file."""
    return sso_cache() / cache_name(key)


def registration_file(url: str, region: str, scopes: list[str] | None, name: str | None) -> Path:
    """A registration's file, as AWS CLI v2 names it."""
    key = {"tool": "botocore", "startUrl": url, "region": region, "scopes": scopes, "session_name": name}
    return sso_cache() / cache_name(json.dumps(key, sort_keys=True))


def role_file(account: str, role: str, session: str) -> Path:
    """A role's file of an sso-session's (or, by its URL, a legacy session's) profile."""
    owner = "startUrl" if session.startswith("https:") else "sessionName"
    key = json.dumps({"accountId": account, "roleName": role, owner: session}, sort_keys=True, separators=(",", ":"))
    return cli_cache() / cache_name(key)


def write_in_place(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """Writes as the AWS CLI v2 does: into the file that is there, with nothing in between; folders 0700."""
    for folder in reversed(path.parents):
        folder.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, mode), "wb") as file:
        file.truncate()
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def put(path: Path, value: object, age: float = 0.0) -> Path:
    """Writes `value` as JSON into the file, as if `age` seconds ago."""
    write_in_place(path, json.dumps(value))
    os.utime(path, (time.time() - age,) * 2)
    return path


def token_text(token: Token, changes: Mapping[str, object] | None = None) -> str:
    """A token file's text with all fields; `changes` replaces some, or takes those away that are None in it."""
    assert token.client_secret is not None
    assert token.registration_expires_at is not None
    fields: dict[str, object] = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access_token.reveal(),
        "expiresAt": iso(token.expires_at),
        "clientId": token.client_id,
        "clientSecret": token.client_secret.reveal(),
        "registrationExpiresAt": iso(token.registration_expires_at),
    }
    if token.refresh_token is not None:
        fields["refreshToken"] = token.refresh_token.reveal()
    fields.update(changes or {})
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def put_token(demo: DemoServer, key: str, url: str, expires_in: int = 4 * 3600, **changes: object) -> Token:
    """A token that the server knows, in the session's file."""
    token = demo.state.issue_token(url, expires_in=expires_in)
    write_in_place(token_file(key), token_text(token, changes))
    return token


def role_text(credentials: RoleCredentials) -> str:
    """A role-credential file's text."""
    fields = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.reveal(),
        "SessionToken": credentials.session_token.reveal(),
        "Expiration": iso(credentials.expires_at),
        "AccountId": credentials.account_id,
    }
    return json.dumps({"ProviderType": "sso", "Credentials": fields})


def put_role(demo: DemoServer, account: str, role: str, session: str, expires_in: int = 3600) -> RoleCredentials:
    """Role credentials that the server knows, in their file."""
    credentials = demo.state.issue_role_credentials(account, role, expires_in=expires_in)
    write_in_place(role_file(account, role, session), role_text(credentials))
    return credentials


def content(path: Path) -> dict[str, object]:
    """The JSON object in a file."""
    value = json.loads(path.read_text())
    assert isinstance(value, dict)
    return value


def snapshot(*paths: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, mode and modification time of files."""
    return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in paths}


def add_rule(text: str) -> None:
    """Add a guard rule with these keys to the settings."""
    path = Path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"[[guard]]\n{text}\n")


def renewing(home: Path, line: str) -> None:
    """Has one setting of renewals be another one."""
    folder = home / ".config/ssotui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"[renew]\n{line}\n")
