"""What is known of one session's portal while its accounts are shown, and the listing that brings more."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ...aws.cache import account_list
from ...aws.cache.account_list import AccountList
from ...aws.errors import Cancelled, SignInNeeded, SsoError
from ...aws.model import Session
from ...aws.role.accounts import Listing
from ...aws.state.store import Store
from ..jobs import in_thread
from .branches import Role
from .telling import Progress


class OpenListing:
    """Of the session with this `key`. `known`: what is shown; `marked`: the marked roles; `loaded`: whether what was
    listed before has been read."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.known = AccountList()
        self.progress = Progress()
        self.marked: set[Role] = set()
        self.loaded = False
        self._first = ""
        self._listing: Listing | None = None
        self._turn = threading.Lock()

    # For threads.

    def load(self, session: Session) -> AccountList:
        """What was listed before."""
        return account_list.load(session)

    def run(self, store: Store, session: Session, cancelled: threading.Event) -> AccountList:
        """List all there is, or what is left. One that was stopped first saves what it has; this goes on from there.
        Raises what `Listing.run` raises."""
        with self._turn:
            listing = Listing(store, session)
            listing.next_is(self._first)
            self._listing = listing
            return listing.run(cancelled)

    # For the event loop.

    async def bring(self, store: Store, session: Session) -> SignInNeeded | None:
        """The same in a thread; what stops it, or goes wrong, is in `progress` then. Returns the sign-in that it needs
        first."""
        progress = self.progress
        try:
            await in_thread(lambda cancelled: self.run(store, session, cancelled), "list the accounts")
        except Cancelled:
            progress.stopped = True
        except SsoError as error:
            progress.error = error
            return error if isinstance(error, SignInNeeded) else None
        finally:
            progress.running = False
            self.take()
            progress.pause = 0.0
        return None

    def first(self, account_id: str) -> None:
        """Have the roles of this account asked for before those of the others."""
        self._first = account_id
        if self._listing is not None and account_id:
            self._listing.next_is(account_id)

    def begun(self) -> None:
        """A listing begins."""
        progress = self.progress
        progress.running, progress.stopped, progress.error = True, False, None
        progress.listed_at = self.known.accounts_at if self.known.complete else 0
        progress.failures = {}
        self._listing = None

    def take(self) -> bool:
        """Take over what the listing has brought. Returns whether that is anything new."""
        listing, progress = self._listing, self.progress
        if listing is None:
            return False
        progress.pause = listing.pace.pause()
        progress.unsaved = listing.unsaved
        # The line of an account says already whose roles they are.
        failures = {account.account_id: error.reason for account, error in list(listing.failures)}
        if listing.known is self.known and failures == progress.failures:
            return False
        self.known, progress.failures = listing.known, failures
        return True

    def turn_marks(self, roles: Sequence[Role]) -> None:
        """Mark these; or unmark them, if all of them are marked."""
        if self.marked.issuperset(roles):
            self.marked.difference_update(roles)
        else:
            self.marked.update(roles)

    def young(self, now: float) -> bool:
        """Whether all is known, and has been listed lately."""
        return self.known.is_young(now)
