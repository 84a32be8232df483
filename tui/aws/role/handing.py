"""Role credentials for many profiles, each got when somebody is about to use them, and handed over at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ..errors import Cancelled, SsoError
from ..model import Profile, RoleCredentials
from ..state import current
from ..state.store import Store
from .fleet import Fleet

_LOOK_EVERY = 0.1


class Handing:
    """`hand` is called with the profile, as it is configured by then, and credentials with at least 15 minutes left, or
    `refuse` with the reason why there are none; both by several threads. No more than `places` profiles are on their
    way at a time: who has been handed something calls `done_with` when it has been used. Else credentials for all would
    lie about while the first few are used, and run out there.
    """

    def __init__(
        self,
        store: Store,
        profiles: Sequence[Profile],
        places: int,
        hand: Callable[[Profile, RoleCredentials], object],
        refuse: Callable[[Profile, SsoError], object],
    ) -> None:
        self.fleet = Fleet(store, profiles, self._get_and_hand, refuse)
        self._store = store
        self._places = threading.Semaphore(places)
        self._hand = hand

    def done_with(self) -> None:
        """A place is free again."""
        self._places.release()

    def _get_and_hand(self, profile: Profile, cancelled: threading.Event) -> None:
        while not self._places.acquire(timeout=_LOOK_EVERY):
            if cancelled.is_set():
                raise Cancelled
        try:
            answer = current.as_configured(
                self._store, profile.name, lambda found: self.fleet.credentials(found, False, cancelled)
            )
        except BaseException:
            self.done_with()
            raise
        if cancelled.is_set():
            raise Cancelled
        self._hand(answer.profile, answer.result)
