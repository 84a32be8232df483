"""What a sign-out would remove: the files in the two cache folders that are ours.

Ours are the files that ssotui and the AWS tools write for IAM Identity Center, known by their name and their content:

- in the place of a configured session or profile: whatever would be shown there, or handed out
- elsewhere, under a name of forty hex digits: tokens with a start URL, and role credentials marked as SSO's
- registrations whose name follows from a configured session, or whose client is that of a token that goes
- temporary files with such a token or such credentials, which a killed program has left behind

Everything else is foreign and stays as it is.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence

from .. import clock
from ..cache import files, folders, shapes, unlisted_roles
from ..config.configuration import Config
from ..errors import aws_command
from ..model import LOGIN, REFRESHABLE, SIGNED_IN, Profile, RoleCredentials, Secret, Session
from ..state.snapshot import Snapshot

TOKEN = "token"
ROLE = "role credentials"
REGISTRATION = "client registration"
CHAINED = "chained credentials"

TEMPORARY_AGE = 60.0
"""Seconds after which a temporary file is a leftover here: it may hold a token, so it goes."""

Scope = str | Sequence[str] | None

_NAME = re.compile(r"^[0-9a-f]{40}\.json$")
_TEMPORARY = re.compile(rf"^(tmp|{re.escape(folders.TEMPORARY_PREFIX)})[a-z0-9_]{{8}}\.tmp$")
"""The temporary files of botocore and of this program, by the names that `mkstemp` gives them."""


class Item:
    """One file to remove. `session`: its session's key, or "" when no configured session is known to own it.
    `label`: which profile, role or start URL it belongs to. `expires_at` of credentials, else None; of them also
    `account_id` and `account_name`, "" when that is not known. Of a token also
    `region`, "" when nothing tells it, and `renewable_until`: when its client's registration ends, None when it
    cannot be renewed."""

    __slots__ = (
        *("access_token", "account_id", "account_name", "expires_at", "kind", "label"),
        *("path", "region", "renewable_until", "session"),
    )

    def __init__(self, kind: str, path: str, session: str, label: str, expires_at: int | None = None) -> None:
        self.kind = kind
        self.path = path
        self.session = session
        self.label = label
        self.expires_at = expires_at
        self.access_token: Secret | None = None
        self.account_id = self.account_name = ""
        self.region = ""
        self.renewable_until: int | None = None

    def __repr__(self) -> str:
        return f"Item({self.kind}, {self.path})"


class Manifest:
    """What a sign-out would remove. `scope`: a session's key, several of them, or None for everything. `kept`: how many
    other files lie in the two folders and stay. `logins`: the profiles that stay signed in with `aws login`.
    `unreadable`: paths that could be ours but cannot be read. `closed`: folders and files that their mode or owner
    keeps from us: a sign-out that leaves them there is none."""

    __slots__ = ("closed", "items", "kept", "logins", "scope", "unreadable")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.items: list[Item] = []
        self.kept = 0
        self.logins: list[str] = []
        self.unreadable: list[str] = []
        self.closed: list[str] = []

    def keys(self) -> Sequence[str] | None:
        """The keys of the sessions in the scope, None where that is everything."""
        return (self.scope,) if isinstance(self.scope, str) else self.scope

    def of_kind(self, kind: str) -> list[Item]:
        """The items of one kind."""
        return [item for item in self.items if item.kind == kind]


def make_manifest(snapshot: Snapshot, scope: Scope = None) -> Manifest:
    """What signing out of the session with key `scope` (of several, or of everything) would remove."""
    manifest = Manifest(scope)
    _add_tokens(manifest, snapshot.config.sessions)
    _add_credentials(manifest, snapshot)
    if scope is None:
        now, states = clock.now(), (SIGNED_IN, REFRESHABLE)
        good = {name for name in snapshot.config.logins if snapshot.session_clock(LOGIN + name, now)[0] in states}
        manifest.logins = [each.name for each in snapshot.config.profiles.values() if each.login_session in good]
    order = {TOKEN: 0, ROLE: 1, CHAINED: 2, REGISTRATION: 3}
    manifest.items.sort(key=lambda item: (item.session == "", item.session, order[item.kind], item.label))
    return manifest


def logins_left(manifest: Manifest) -> str:
    """What a sign-out of everything does not end, and what does; "" when there is nothing."""
    names = manifest.logins
    if not names:
        return ""
    also = f" and {len(names) - 1} more profiles" if len(names) > 2 else f" and {names[1]}" if names[1:] else ""
    command = aws_command("logout", names[0]) if not names[1:] else "aws logout --all"
    return f"The sign-in with aws login stays, for {names[0]}{also}. To end it, run: {command}"


def token_item(path: str, value: files.Json, session: Session | None) -> Item | None:
    """The token in a file's object, None when it holds none of ours. In the place of a session whatever has an access
    token is one, as it is for those who use it; the session then says what the file does not."""
    if session is None:
        if not all(_text(value, key) for key in ("accessToken", "expiresAt", "startUrl")) or "clientIdHash" in value:
            return None
    elif "accessToken" not in value:
        return None
    token = shapes.parse_token(value)
    url = _text(value, "startUrl") or (session.start_url if session is not None else "")
    item = Item(TOKEN, path, session.key if session else "", url, token.expires_at if token else None)
    item.region = _text(value, "region") or (session.region if session is not None else "")
    if _text(value, "accessToken"):
        item.access_token = Secret(_text(value, "accessToken"))
    if token is not None and token.can_refresh(clock.now()):
        item.renewable_until = token.registration_expires_at
    return item


def _add_tokens(manifest: Manifest, sessions: Mapping[str, Session]) -> None:
    """The tokens, and the registrations of their clients."""
    owners = {shapes.token_path(key): session for key, session in sessions.items()}
    names: dict[str, Session] = {}
    for session in sessions.values():  # the one that is configured now, before what it may have been once
        names.setdefault(shapes.registration_path(session), session)
    for session in sessions.values():
        for path in shapes.registration_paths(session):
            names.setdefault(path, session)
    clients: dict[str, Item] = {}
    others: list[tuple[str, files.Json]] = []
    for path, value in _files(shapes.token_dir(), manifest):
        item = token_item(path, value, owners.get(path))
        if item is None:
            others.append((path, value))
        elif _add(manifest, item) and _text(value, "clientId"):
            clients.setdefault(_text(value, "clientId"), item)
    for path, value in others:
        owner = names.get(path)
        token = clients.get(_text(value, "clientId"))
        if owner is not None and _text(value, "clientId"):
            _add(manifest, Item(REGISTRATION, path, owner.key, owner.key))
        elif token is not None and shapes.parse_registration(value) is not None:
            _add(manifest, Item(REGISTRATION, path, token.session, token.session or token.label))
        else:
            manifest.kept += 1


def _add_credentials(manifest: Manifest, snapshot: Snapshot) -> None:
    """The role credentials, and what is chained from them."""
    config = snapshot.config
    profiles = [*config.sources.values(), *config.profiles.values()]
    owners = {snapshot.credentials_path(profile): profile for profile in profiles}
    chained = {(profile.account_id, profile.role_name): profile for profile in profiles if profile.via is not None}
    for path, value in _files(shapes.role_dir(), manifest):
        # Whoever uses the file in a profile's place does not look at what it says of its kind.
        profile = owners.get(path)
        marked = value.get("ProviderType") == "sso"
        if profile is None and not marked and path.endswith(".tmp"):
            profile = chained.get(_assumed_role(value))
        usable = profile is not None and profile.session is not None and isinstance(value.get("Credentials"), dict)
        if not marked and not usable:
            manifest.kept += 1
            continue
        found = shapes.parse_role_credentials(value)
        profile = profile or _without_profile(path, config)
        kind = ROLE if marked or profile is None or profile.via is None else CHAINED
        owner = profile.session or "" if profile is not None else ""
        label = profile.label if profile is not None else _account_of(found)
        item = Item(kind, path, owner, label, found.expires_at if found else None)
        item.account_id = (profile.account_id if profile else "") or (found.account_id if found else "")
        item.account_name = (profile.account_name if profile else "") or config.account_names.get(item.account_id, "")
        _add(manifest, item)


def _without_profile(path: str, config: Config) -> Profile | None:
    """The role that was used without a profile, and is cached in this file. None when its session is no more."""
    role = unlisted_roles.noted(path)
    if role is None or role.session not in config.sessions:
        return None
    role.account_name = config.account_names.get(role.account_id, "")
    return role


def _assumed_role(value: files.Json) -> tuple[str, str]:
    """Account and role of what an AssumeRole answer says that it is."""
    user = value.get("AssumedRoleUser")
    fields = str(user.get("Arn")).split(":", 5) if isinstance(user, dict) else []
    names = fields[5].split("/") if len(fields) == 6 else []
    return (fields[4], names[1]) if len(names) == 3 and names[0] == "assumed-role" else ("", "")


def _files(folder: str, manifest: Manifest) -> Iterable[tuple[str, files.Json]]:
    """The JSON objects in `folder` under names of the right form; what else lies there is counted as kept."""
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        manifest.closed.append(folder)
        return
    paths = [os.path.join(folder, name) for name in names if _NAME.match(name)]
    leftovers = [path for name in names if _TEMPORARY.match(name) and _is_leftover(path := os.path.join(folder, name))]
    manifest.kept += len(names) - len(paths) - len(leftovers)
    for path, content in zip(paths, files.read_all(paths), strict=True):
        if content.value is not None:
            yield path, content.value
        elif content.status != files.MISSING:
            manifest.kept += 1
            # Another user's file is not ours to remove, but the AWS tools would go on using it.
            hidden = content.reason in (files.DENIED, files.OTHERS)
            (manifest.closed if hidden else manifest.unreadable).append(path)
    for path in leftovers:
        value = files.read(path).value
        if value is not None:
            yield path, value
        else:
            manifest.kept += 1


def _is_leftover(path: str) -> bool:
    """Whether a temporary file is a plain one that nobody is writing any more."""
    try:
        info = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(info.st_mode) and clock.now() - info.st_mtime > TEMPORARY_AGE


def _text(value: files.Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _account_of(credentials: RoleCredentials | None) -> str:
    account = credentials.account_id if credentials is not None else ""
    return f"a role in account {account}" if account else "a role of no listed profile"


def _add(manifest: Manifest, item: Item) -> bool:
    """Whether the item is in the manifest's scope, and was added."""
    keys = manifest.keys()
    inside = keys is None or item.session in keys
    if inside:
        manifest.items.append(item)
    else:
        manifest.kept += 1
    return inside
