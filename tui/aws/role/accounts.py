"""Listing what a session's portal offers: its accounts, then the roles of each. No call gives all roles at once.

The portal lets through about twenty calls a second. So few are made at once and few in a second, fewer when it asks to
slow down; and what has been listed when it ends early is kept, and not asked for again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from contextvars import copy_context
from typing import Any

from .. import clock
from ..cache import account_list, account_names
from ..cache.account_list import Account, AccountList, text_of
from ..config.checks import is_account
from ..errors import Cancelled, SignInNeeded, SsoError, from_exception
from ..model import Session, Token
from ..requests import clients, pace
from ..requests.behalf import behalf
from ..requests.start_url import region_of
from ..session.renewal import Asking
from ..state.store import Store

AT_ONCE = clients.POOL
PER_SECOND = 10.0

PAGE = 100
"""Results of a page: the most that the portal gives."""

MOST_PAGES = 1000
"""Of one listing: a portal that never comes to an end is not followed."""

GO_ON_WITHIN = 3600
"""Seconds for which a listing that was stopped is gone on with; after that the accounts themselves are listed anew."""

FAILURES = 8
"""Accounts that fail one after another, before the rest is not tried."""

SAVE_EVERY = 2.0
"""Seconds between two states of a listing that are kept on disk."""

PATIENCE = 1.0
"""Seconds for which a listing that is stopped waits for what it has asked for already: else that is asked again."""

_TO_END = 0.5
"""Seconds more for the threads to end: what they have learnt is saved after that."""

_NOT_OFFERED = ("ForbiddenException", "ResourceNotFoundException", "AccessDeniedException", "AccessDenied")
"""The codes for an account that has been taken away since the accounts were listed."""


class _Leaving(threading.Event):
    """For a request that is under way: set when `cancelled` has been for PATIENCE."""

    def __init__(self, cancelled: threading.Event) -> None:
        super().__init__()
        self._cancelled = cancelled
        self._until: float | None = None

    def is_set(self, and_then: float = 0.0) -> bool:
        """Whether that time is over, and so many seconds more."""
        if not self._cancelled.is_set():
            return False
        if self._until is None:
            self._until = time.monotonic() + PATIENCE
        return time.monotonic() >= self._until + and_then

    def wait(self, timeout: float | None = None) -> bool:
        """Wait between two requests: that ends with `cancelled`."""
        return self._cancelled.wait(timeout)


class Listing:
    """One listing of `session`. `run` does it; everything else may be asked from another thread meanwhile.

    `known`: what is known by now, at first what was listed last. `failures`: the accounts whose roles could not be
    listed, with the reason. `unsaved`: why what is known is not kept on disk, "" when it is.
    """

    def __init__(self, store: Store, session: Session) -> None:
        self.store = store
        self.session = session
        self.known = account_list.load(session)
        self.failures: list[tuple[Account, SsoError]] = []
        self.unsaved = ""
        self.pace = pace.Pace(AT_ONCE, PER_SECOND)
        self._acting = behalf(store.snapshot, session.key)
        self._asking = Asking(store, session, self._acting)
        self._waiting: deque[str] = deque()
        self._first = ""
        self._in_a_row = 0
        self._ended: SsoError | None = None
        self._lock = threading.Lock()
        self._saved = 0.0
        self._leaving = _Leaving(threading.Event())

    @property
    def progress(self) -> tuple[int, int]:
        """Accounts whose roles are listed, of how many."""
        known = self.known
        return len(known.accounts) - len(known.unlisted()), len(known.accounts)

    def next_is(self, account_id: str) -> None:
        """Ask for the roles of this account before those of the others, also when these are not known yet."""
        with self._lock:
            self._first = account_id
            if account_id in self._waiting:
                self._waiting.remove(account_id)
                self._waiting.appendleft(account_id)

    def run(self, cancelled: threading.Event) -> AccountList:
        """List all there is, or the rest of what was listed before. Raises Cancelled soon after `cancelled` is set:
        when what has been asked for is answered. Raises SignInNeeded, SsoError. What is known by then is kept."""
        self._leaving = _Leaving(cancelled)
        try:
            self._asking.begin(cancelled)
            now = int(clock.now())
            if self.known.complete or abs(now - self.known.accounts_at) >= GO_ON_WITHIN:
                found = copy_context().run(self._accounts, cancelled)
                with self._lock:
                    self.known = self.known.with_accounts(found, now)
                _note_names(found)  # where that fails, `_save` meets with the same, and that is told
            # As they are shown: from the top.
            waiting = sorted(self.known.unlisted(), key=lambda it: (it.name.casefold(), it.account_id))
            self._waiting.extend(account.account_id for account in waiting)
            self.next_is(self._first)
            self._list_roles(cancelled)
        finally:
            self._save()
        if self._ended is not None:
            raise self._ended
        return self.known

    def learn_names(self, cancelled: threading.Event) -> None:
        """Ask for the accounts alone, and remember their names. Raises as `run` does."""
        self._asking.begin(cancelled)
        _note_names(copy_context().run(self._accounts, cancelled))

    def _list_roles(self, cancelled: threading.Event) -> None:
        threads = [
            threading.Thread(target=self._work, args=(cancelled,), daemon=True, name="ssotui-accounts")
            for _ in range(min(AT_ONCE, len(self._waiting)))
        ]
        for thread in threads:
            thread.start()
        leaving, saved = self._leaving, False
        for thread in threads:
            while thread.is_alive():
                thread.join(0.1)
                if leaving.is_set(_TO_END):
                    raise Cancelled
                if time.monotonic() - self._saved > SAVE_EVERY or (cancelled.is_set() and not saved):
                    saved = cancelled.is_set()  # the program may be about to end
                    self._save()
        if cancelled.is_set():
            raise Cancelled

    def _accounts(self, cancelled: threading.Event) -> list[Account]:
        pace.CURRENT.set(self.pace)
        found: dict[str, Account] = {}
        for item in self._pages("list_accounts", "accountList", "list the accounts", cancelled):
            account_id = item.get("accountId")
            if isinstance(account_id, str) and is_account(account_id):
                account = Account(account_id, text_of(item.get("accountName")), text_of(item.get("emailAddress")))
                found.setdefault(account_id, account)
        return list(found.values())

    def _work(self, cancelled: threading.Event) -> None:
        pace.CURRENT.set(self.pace)  # each thread has a context of its own
        while not cancelled.is_set() and self._ended is None:
            with self._lock:
                if not self._waiting:
                    return
                account = self.known.accounts[self._waiting.popleft()]
            try:
                roles = self._roles(account, cancelled)
            except Cancelled:
                return
            except SsoError as error:
                self._failed(account, error)
            except Exception as error:
                self._failed(account, from_exception(error, _doing(account)))
            else:
                with self._lock:
                    self._in_a_row = 0
                    self.known = self.known.with_roles(account.account_id, roles, int(clock.now()))

    def _roles(self, account: Account, cancelled: threading.Event) -> list[str]:
        asked = {"accountId": account.account_id}
        try:
            pages = self._pages("list_account_roles", "roleList", _doing(account), cancelled, **asked)
            return [role for item in pages if (role := text_of(item.get("roleName")))]
        except SsoError as error:
            if error.code in _NOT_OFFERED:
                return []
            raise

    def _failed(self, account: Account, error: SsoError) -> None:
        error = error.with_traceback(None)  # its frames hold the token
        with self._lock:
            self._in_a_row += 1
            self.failures.append((account, error))
            hopeless = isinstance(error, SignInNeeded) or error.code in clients.THROTTLED
            if hopeless or self._in_a_row >= FAILURES:
                self._ended = self._ended or error

    def _pages(
        self, operation: str, key: str, doing: str, cancelled: threading.Event, **arguments: str
    ) -> Iterator[Mapping[str, Any]]:
        """What all pages of a listing hold. Pages can be empty and yet have others behind them; a token that comes once
        more is an end, or there would be none."""
        following: dict[str, str] = {}
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            answer = self._ask(operation, doing, cancelled, {**arguments, **following})
            items = answer.get(key)
            if not isinstance(items, list) and not following and not answer.get("nextToken"):
                # Taken for an empty list, it would have --prune remove every profile.
                raise SsoError(f"Could not {doing}: the answer holds no list and could not be understood", "try again")
            yield from (item for item in (items if isinstance(items, list) else []) if isinstance(item, dict))
            token = answer.get("nextToken")
            if not isinstance(token, str) or not token or token in seen:
                return
            seen.add(token)
            following = {"nextToken": token}

    def _ask(
        self, operation: str, doing: str, cancelled: threading.Event, arguments: Mapping[str, str]
    ) -> Mapping[str, Any]:
        def request(token: Token) -> Mapping[str, Any]:
            return self._request(operation, doing, cancelled, arguments, token)

        return self._asking.ask(request, cancelled)

    def _request(
        self, operation: str, doing: str, cancelled: threading.Event, arguments: Mapping[str, str], token: Token
    ) -> Mapping[str, Any]:
        client = clients.client("sso", region_of(self.session, token), self.store.config, self._acting)
        call = getattr(client, operation)

        def ask() -> Mapping[str, Any]:
            if cancelled.is_set():
                raise Cancelled
            answer: Mapping[str, Any] = call(accessToken=token.access_token.reveal(), maxResults=PAGE, **arguments)
            return answer

        return clients.request(ask, doing, self._leaving)

    def _save(self) -> None:
        self._saved = time.monotonic()
        try:
            account_list.save(self.session, self.known)
            self.unsaved = ""
        except OSError as error:
            self.unsaved = error.strerror or "the file cannot be written"


def _note_names(found: list[Account]) -> None:
    with suppress(OSError):
        account_names.note({account.account_id: account.name for account in found})


def _doing(account: Account) -> str:
    return f"list the roles of account {account.account_id}"
