"""Signing out: making go what the manifest lists.

Local files go first, whatever the network does; then the service is told to forget the tokens, within 8 seconds in
all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from .. import clock
from ..cache import files, shapes, unlisted_roles
from ..errors import SsoError, from_exception
from ..model import Secret
from ..requests import clients
from ..requests.behalf import behalf
from ..state import finishing
from ..state.store import Store
from . import signed_out
from .manifest import CHAINED, REGISTRATION, ROLE, TEMPORARY_AGE, TOKEN, Item, Manifest, make_manifest, token_item

__all__ = ["CHAINED", "REGISTRATION", "ROLE", "TOKEN", "Item", "Manifest", "make_manifest"]

SERVER_LIMIT = 8.0
"""Seconds that telling the service may take in all."""

AT_ONCE = 32
"""Tokens that the service is told of at once: who waits for others may find the time used up."""


class Outcome:
    """What became of one item. `removed`: its file is gone, or `emptied` where it must stay. `server`: for a token,
    "signed out" or why not, else "". `problem`: why the file is still there as it was, else ""."""

    __slots__ = ("emptied", "item", "problem", "removed", "server")

    def __init__(self, item: Item, removed: bool, problem: str = "", emptied: bool = False) -> None:
        self.emptied = emptied
        self.item = item
        self.removed = removed
        self.problem = problem
        self.server = ""

    @property
    def untold(self) -> bool:
        """Whether this is a token of which AWS does not know that it is signed out."""
        return self.server not in (TOLD, NOT_NEEDED, "")

    def told(self, moment: Callable[[int], str]) -> str:
        """`server`, and for how long a token lives that AWS was not told of. `moment`: how a time is said."""
        item, now = self.item, clock.now()
        if not self.untold:
            return self.server
        text = self.server
        if item.expires_at is not None:
            text += "" if text.endswith(_AT_EXPIRY) else f"; {_AT_EXPIRY}"
            text += f", {moment(item.expires_at)}" if item.expires_at > now else ", which is past"
        if item.renewable_until is not None:
            text += f"; only a copy of its file could renew it, until {moment(item.renewable_until)}"
        return text


class SignOutResult:
    """The outcome of a sign-out. `left`: files of ours found afterwards all the same (a sign-in by another program
    meanwhile). `closed`: as in the Manifest. `alive_until`: when the last of the removed role credentials expires at
    AWS, None when none was alive. The sessions that AWS was not told of live until `sessions_alive_until`, and whoever
    has a copy of their tokens can renew them until `sessions_renewable_until`; None when there are none.
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
        return not any(outcome.untold for outcome in self.outcomes)

    @property
    def sessions_alive_until(self) -> int | None:
        """The last expiry of their tokens."""
        ends = [outcome.item.expires_at or 0 for outcome in self.outcomes if outcome.untold]
        return max(ends, default=0) if max(ends, default=0) > clock.now() else None

    @property
    def sessions_renewable_until(self) -> int | None:
        """The last end of their clients' registrations."""
        ends = [outcome.item.renewable_until for outcome in self.outcomes if outcome.untold]
        return max((end for end in ends if end is not None), default=None)


TOLD = "signed out at AWS"
NOT_NEEDED = "AWS had ended it already"
_AT_EXPIRY = "it ends at its own expiry"


def begin(manifest: Manifest) -> finishing.Job:
    """Register a sign-out that is about to be carried out. Raises Cancelled when the program is ending."""
    keys = manifest.keys()
    whose = ", ".join(keys) if keys is not None else "everything"
    return finishing.begin(
        f"AWS to be told of the sign-out of {whose}", f"The sign-out of {whose} was not finished: sign out once more"
    )


def sign_out(store: Store, manifest: Manifest, job: finishing.Job | None = None) -> SignOutResult:
    """Carry out a manifest: remove its files, tell the service, look again. Raises nothing for single failures.

    For a thread of its own: once begun it is carried out to its end, because nobody could tell the service later. `job`
    is what `begin` made for it; whoever has shown the result ends that one (without it, nothing of it is told twice).
    """
    found = job or begin(manifest)
    try:
        result = _carry_out(store, manifest, found)
    except BaseException:
        found.failed(*found.lost)
        raise
    found.failed(*_lost(result.outcomes))
    if job is None:
        found.done()
    return result


def _carry_out(store: Store, manifest: Manifest, job: finishing.Job) -> SignOutResult:
    scope = manifest.keys()
    keys = list(store.config.sessions if scope is None else scope)
    tokens = [item.path for item in manifest.of_kind(TOKEN) if item.path.endswith(".json")]
    names = {*map(shapes.lock_name, keys), *(os.path.basename(path).removesuffix(".json") for path in tokens)}
    # Before the files go: what is being written at this moment sees the mark, or is found now. And after it, for those
    # who have begun in between with a token that goes.
    signed_out.mark(names)
    known = {item.path for item in manifest.items}
    since = make_manifest(store.snapshot, manifest.scope).items
    items = manifest.items + [item for item in since if item.path not in known]
    outcomes = [outcome for item in items for outcome in _remove(store, item)]
    signed_out.mark(names)
    outcomes += _memory_tokens(store, keys)
    store.dropped(keys)
    shapes.sweep_leftovers(clock.now(), TEMPORARY_AGE)
    _tell_service(store, outcomes, job)
    after = make_manifest(store.snapshot, manifest.scope)
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
    return SignOutResult(outcomes, left, latest, after.closed)


def _memory_tokens(store: Store, keys: list[str]) -> list[Outcome]:
    """Tokens that only this process has, because their file could not be written: AWS is told of them too."""
    found = []
    for key in keys:
        token = store.snapshot.unwritten_token(key)
        if token is not None:
            item = Item(TOKEN, "", key, token.start_url, token.expires_at)
            item.access_token, item.region = token.access_token, token.region
            item.renewable_until = token.registration_expires_at if token.can_refresh(clock.now()) else None
            found.append(Outcome(item, True))
    return found


def _remove(store: Store, item: Item) -> list[Outcome]:
    """Remove an item's file, or what it holds. A token that another program has put there since the manifest was made
    goes too: it has an outcome of its own, so that the service is told of both."""
    newer = _newer(store, item) if item.kind == TOKEN else None
    emptied = False
    try:
        emptied = not files.remove(item.path)
    except FileNotFoundError:
        newer = None
    except OSError as error:
        return [Outcome(item, False, error.strerror or "it cannot be removed")]
    if item.kind == ROLE:
        unlisted_roles.forget(item.path)
    return [Outcome(found, True, emptied=emptied) for found in (item, newer) if found is not None]


def _newer(store: Store, item: Item) -> Item | None:
    value = files.read(item.path, files.RETRY_DELAYS).value or {}
    found = token_item(item.path, value, store.config.sessions.get(item.session))
    if found is None or found.access_token in (None, item.access_token):
        return None
    found.session = item.session
    found.label += " (a new sign-in by another program)"
    return found


def _lost(outcomes: list[Outcome]) -> list[str]:
    """What whoever signs out has to know, if they know nothing else of it."""
    lines = []
    for outcome in outcomes:
        item = outcome.item
        if not outcome.removed:
            lines.append(f"Sign-out: {item.path} was not removed: {outcome.problem}")
        elif outcome.untold:
            lines.append(f"Sign-out of {item.session or item.label}: {outcome.server}")
    return lines


def _tell_service(store: Store, outcomes: list[Outcome], job: finishing.Job) -> None:
    tokens = [outcome for outcome in outcomes if outcome.item.access_token is not None]
    if not tokens:
        return
    for outcome in tokens:  # until it is told
        outcome.server = _untold(SsoError("it has not answered"))
    job.lost = _lost(outcomes)
    deadline = time.monotonic() + SERVER_LIMIT
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, len(tokens)), thread_name_prefix="ssotui-sign-out")

    def tell(outcome: Outcome) -> None:
        outcome.server = _log_out(store, outcome.item, deadline)
        job.lost = _lost(outcomes)

    try:
        waiting = []
        for outcome in tokens:
            try:
                waiting.append(pool.submit(tell, outcome))
            except RuntimeError:  # a limit on processes; what became of the files is told all the same
                outcome.server = _untold(SsoError("no thread can be started"))
        for future in waiting:
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _log_out(store: Store, item: Item, deadline: float) -> str:
    token = item.access_token
    if token is None:
        return ""
    if not item.region:
        return "the token names no region, so AWS was not told"
    for attempt in (1, 2):
        try:
            acting = behalf(store.snapshot, item.session)
            client = clients.client("sso", item.region, store.config, acting)
            request = partial(_call_logout, client, token)
            answer = clients.call(request, None, max(0.1, deadline - time.monotonic()))
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
    return f"AWS was not told ({failure.reason}); {_AT_EXPIRY}"
