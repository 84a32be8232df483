"""Signing out: what would go (the manifest), and making it go.

Local files go first, whatever the network does; then the service is told to forget the tokens, within 8 seconds in
all. Only files of the kinds that ssotui and the AWS CLI write are touched: named by forty hex digits, with the right
content. Everything else in the two folders is foreign and stays as it is.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from . import cache, clients, clock, files
from .errors import SsoError, from_exception
from .inventory import Inventory
from .model import RoleCredentials, Secret, Session

TOKEN = "token"
ROLE = "role credentials"
REGISTRATION = "client registration"
CHAINED = "chained credentials"

SERVER_LIMIT = 8.0
"""Seconds that telling the service may take in all."""

AT_ONCE = 32
"""Tokens that the service is told of at once: who waits for others may find the time used up."""

TEMPORARY_AGE = 60.0
"""Seconds after which a temporary file of ours is a leftover here: it may hold a token, so it goes."""

_NAME = re.compile(r"^[0-9a-f]{40}\.json$")


class Item:
    """One file to remove. `session`: its session's key, or "" when no configured session is known to own it.
    `label`: which profile, role or start URL it belongs to. `expires_at` of credentials, else None."""

    __slots__ = ("access_token", "expires_at", "kind", "label", "path", "region", "session")

    def __init__(self, kind: str, path: str, session: str, label: str, expires_at: int | None = None) -> None:
        self.kind = kind
        self.path = path
        self.session = session
        self.label = label
        self.expires_at = expires_at
        self.access_token: Secret | None = None
        self.region = ""

    def __repr__(self) -> str:
        return f"Item({self.kind}, {self.path})"


class Manifest:
    """What a sign-out would remove. `scope`: a session's key, or None for everything. `kept`: how many other files
    lie in the two folders and stay. `unreadable`: paths that could be ours but cannot be read. `closed`: folders and
    files that their mode or owner keeps from us: a sign-out that leaves them there is none."""

    __slots__ = ("closed", "items", "kept", "scope", "unreadable")

    def __init__(self, scope: str | None) -> None:
        self.scope = scope
        self.items: list[Item] = []
        self.kept = 0
        self.unreadable: list[str] = []
        self.closed: list[str] = []

    def of_kind(self, kind: str) -> list[Item]:
        """The items of one kind."""
        return [item for item in self.items if item.kind == kind]


class Outcome:
    """What became of one item. `removed`: its file is gone. `server`: for a token, "signed out" or why not, else "".
    `problem`: why the file is still there, else ""."""

    __slots__ = ("item", "problem", "removed", "server")

    def __init__(self, item: Item, removed: bool, problem: str = "") -> None:
        self.item = item
        self.removed = removed
        self.problem = problem
        self.server = ""


class Result:
    """The outcome of a sign-out. `left`: files of ours found afterwards all the same (a sign-in by another program
    meanwhile). `closed`: as in the Manifest. `alive_until`: when the last of the removed role credentials expires at
    AWS, None when none was alive.
    """

    __slots__ = ("alive_until", "closed", "left", "outcomes")

    def __init__(
        self, outcomes: list[Outcome], left: list[Item], alive_until: int | None, closed: list[str] | None = None
    ) -> None:
        self.outcomes = outcomes
        self.left = left
        self.alive_until = alive_until
        self.closed = closed or []

    @property
    def ok(self) -> bool:
        """Whether every local file is gone and stayed away."""
        return not self.left and not self.closed and all(outcome.removed for outcome in self.outcomes)

    @property
    def server_told(self) -> bool:
        """Whether the service confirmed the end of every token."""
        return all(outcome.server in (TOLD, NOT_NEEDED, "") for outcome in self.outcomes)


TOLD = "signed out at AWS"
NOT_NEEDED = "AWS had ended it already"


def make_manifest(inventory: Inventory, scope: str | None = None) -> Manifest:
    """What signing out of the session with key `scope` (or of everything) would remove."""
    manifest = Manifest(scope)
    sessions = inventory.config.sessions
    tokens = {cache.token_path(key): session for key, session in sessions.items()}
    registrations = {cache.registration_path(session): session for session in sessions.values()}
    for path, content in _files(cache.token_dir(), manifest):
        value = content.value or {}
        if _is_token(value):
            item = _token_item(path, value, tokens.get(path))
        elif _is_registration(value):
            owner = registrations.get(path)
            item = Item(REGISTRATION, path, owner.key if owner else "", owner.key if owner else "unknown session")
        else:
            manifest.kept += 1
            continue
        _add(manifest, item)
    roles = {inventory.credentials_path(profile): profile for profile in inventory.config.profiles.values()}
    for path, content in _files(cache.role_dir(), manifest):
        value = content.value or {}
        profile = roles.get(path)
        found = cache.parse_role_credentials(value)
        if value.get("ProviderType") == "sso":
            kind = ROLE
        elif profile is not None and profile.via is not None and found is not None:
            kind = CHAINED
        else:
            manifest.kept += 1
            continue
        owner_key = profile.session if profile is not None else None
        label = profile.name if profile is not None else _account_of(found)
        _add(manifest, Item(kind, path, owner_key or "", label, found.expires_at if found else None))
    order = {TOKEN: 0, ROLE: 1, CHAINED: 2, REGISTRATION: 3}
    manifest.items.sort(key=lambda item: (item.session == "", item.session, order[item.kind], item.label))
    return manifest


def sign_out(inventory: Inventory, manifest: Manifest, cancelled: threading.Event | None = None) -> Result:
    """Carry out a manifest: remove its files, tell the service, look again. Raises nothing for single failures."""
    outcomes = [outcome for item in manifest.items for outcome in _remove(item)]
    keys = list(inventory.config.sessions) if manifest.scope is None else [manifest.scope]
    outcomes += _memory_tokens(inventory, keys)
    inventory.forget(keys)
    cache.sweep_leftovers(clock.now(), TEMPORARY_AGE)
    _tell_service(inventory, outcomes, cancelled)
    after = make_manifest(inventory, manifest.scope)
    failed = {outcome.item.path for outcome in outcomes if not outcome.removed}
    alive = [
        outcome.item.expires_at
        for outcome in outcomes
        if outcome.item.kind in (ROLE, CHAINED) and outcome.item.expires_at is not None
    ]
    latest = max(alive, default=None)
    if latest is not None and latest <= clock.now():
        latest = None
    left = [item for item in after.items if item.path not in failed]
    return Result(outcomes, left, latest, after.closed)


def _memory_tokens(inventory: Inventory, keys: list[str]) -> list[Outcome]:
    """Tokens that only this process has, because their file could not be written: AWS is told of them too."""
    found = []
    for key in keys:
        token = inventory.memory_token(key)
        if token is not None:
            item = Item(TOKEN, "", key, token.start_url, token.expires_at)
            item.access_token, item.region = token.access_token, token.region
            found.append(Outcome(item, True))
    return found


def _files(folder: str, manifest: Manifest) -> Iterable[tuple[str, files.FileContent]]:
    """The JSON objects in `folder` under names of the right form; what else lies there is counted as kept."""
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        manifest.closed.append(folder)
        return
    paths = [os.path.join(folder, name) for name in names if _NAME.match(name)]
    manifest.kept += len(names) - len(paths)
    for path, content in zip(paths, files.read_all(paths), strict=True):
        if content.value is not None:
            yield path, content
        elif content.status != files.MISSING:
            manifest.kept += 1
            # Another user's file is not ours to remove, but the AWS tools would go on using it.
            hidden = content.reason in (files.DENIED, files.OTHERS)
            (manifest.closed if hidden else manifest.unreadable).append(path)


def _is_token(value: files.Json) -> bool:
    return all(isinstance(value.get(key), str) for key in ("accessToken", "expiresAt", "startUrl", "region"))


def _is_registration(value: files.Json) -> bool:
    allowed = {"clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"}
    return cache.parse_registration(value) is not None and set(value) <= allowed


def _token_item(path: str, value: files.Json, session: Session | None) -> Item:
    token = cache.parse_token(value)
    url = str(value["startUrl"])
    item = Item(TOKEN, path, session.key if session else "", url, token.expires_at if token else None)
    item.access_token = Secret(str(value["accessToken"]))
    item.region = str(value["region"])
    return item


def _account_of(credentials: RoleCredentials | None) -> str:
    account = credentials.account_id if credentials is not None else ""
    return f"a role in account {account}" if account else "a role of no listed profile"


def _add(manifest: Manifest, item: Item) -> None:
    if manifest.scope is None or item.session == manifest.scope:
        manifest.items.append(item)
    else:
        manifest.kept += 1


def _remove(item: Item) -> list[Outcome]:
    """Remove an item's file. A token that another program has put there since the manifest was made goes too: it has
    an outcome of its own, so that the service is told of both."""
    newer = _newer(item) if item.kind == TOKEN else None
    try:
        os.unlink(item.path)  # of a symbolic link only the link goes
    except FileNotFoundError:
        newer = None
    except OSError as error:
        return [Outcome(item, False, error.strerror or "it cannot be removed")]
    return [Outcome(found, True) for found in (item, newer) if found is not None]


def _newer(item: Item) -> Item | None:
    value = files.read(item.path, files.RETRY_DELAYS).value or {}
    if not _is_token(value) or item.access_token == Secret(str(value["accessToken"])):
        return None
    found = _token_item(item.path, value, None)
    found.session = item.session
    found.label += " (a new sign-in by another program)"
    return found


def _tell_service(inventory: Inventory, outcomes: list[Outcome], cancelled: threading.Event | None) -> None:
    tokens = [outcome for outcome in outcomes if outcome.item.access_token is not None]
    if not tokens:
        return
    deadline = time.monotonic() + SERVER_LIMIT
    cancelled = cancelled or threading.Event()
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, len(tokens)), thread_name_prefix="ssotui-sign-out")
    try:
        waiting = []
        for outcome in tokens:
            outcome.server = _untold(SsoError("no thread can be started"))  # unless one is
        with contextlib.suppress(RuntimeError):  # a limit on processes; what became of the files is told all the same
            for outcome in tokens:
                waiting.append((outcome, pool.submit(_log_out, inventory, outcome.item, deadline, cancelled)))
        for outcome, future in waiting:
            outcome.server = future.result()
    except BaseException:  # Ctrl+C: the end of the program waits for these threads
        cancelled.set()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _log_out(inventory: Inventory, item: Item, deadline: float, cancelled: threading.Event | None) -> str:
    token = item.access_token
    if token is None:
        return ""
    if not item.region:
        return "the token names no region, so AWS was not told"
    for attempt in (1, 2):
        try:
            client = clients.client("sso", item.region, inventory.config, inventory.active_profile or None)
            request = partial(_call_logout, client, token)
            answer = clients.call(request, cancelled, max(0.1, deadline - time.monotonic()))
        except Exception as error:
            failure = from_exception(error, "tell AWS")
            if failure.code == "UnauthorizedException":
                return NOT_NEEDED
            if attempt == 2 or not clients.is_transient(error) or deadline - time.monotonic() < 1.0:
                return _untold(failure)
            time.sleep(0.3)
        else:
            # The service answers with nothing. A page comes from something that answers in its place.
            kind = str(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("content-type", ""))
            return TOLD if "text/html" not in kind else _untold(SsoError("a web page answered for AWS"))
    return ""


def _call_logout(client: Any, token: Secret) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.logout(accessToken=token.reveal())
    return answer


def _untold(failure: SsoError) -> str:
    return f"AWS was not told ({failure.title.removeprefix('Could not tell AWS: ')}); it ends at its own expiry"
