"""Fresh role credentials for many profiles: a few threads, one shared client, one pace for all."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from ..errors import Cancelled, SignInNeeded, SsoError, from_exception
from ..model import Profile, RoleCredentials
from ..requests import clients, pace
from ..state import current
from ..state.store import Store
from .credentials import cached_credentials, check_profile, get_credentials

Result = TypeVar("Result")

WAITING, GETTING, FAILED = "waiting", "getting…", "failed"

THREADS = clients.POOL * 3 // 2
"""More than requests at once: while some write what they got to the disk, others make the next requests."""


class Fleet:
    """One refresh of `profiles`, or other `work` for each of them. `run` does it; everything else may be asked from
    another thread meanwhile. `work` runs in the fleet's threads; `failed` is told there of what has raised an error.

    `names`: theirs. `states`: the word for each profile that is not done, by name. `done`: how many are, the failed
    ones included. `failures`: these, with the reason.
    """

    def __init__(
        self,
        store: Store,
        profiles: Sequence[Profile],
        work: Callable[[Profile, threading.Event], object] | None = None,
        failed: Callable[[Profile, SsoError], object] | None = None,
    ) -> None:
        self.store = store
        self.names = tuple(profile.name for profile in profiles)
        self.total = len(profiles)
        self.states = {profile.name: WAITING for profile in profiles}
        self.done = 0
        self.failures: list[tuple[Profile, SsoError]] = []
        self.pace = pace.Pace(clients.POOL)
        self._waiting = deque(profiles)
        self._ended: dict[tuple[str, ...], SignInNeeded] = {}
        self._got: set[str] = set()
        self._turns: dict[str, threading.Lock] = {}
        self._slowed: SsoError | None = None
        self._lock = threading.Lock()
        self._do = work if work is not None else self._refresh
        self._failed = failed

    def run(self, cancelled: threading.Event) -> None:
        """Get them all. Raises Cancelled at once when `cancelled` is set; requests under way are then dropped."""
        threads = [
            threading.Thread(target=self._work, args=(cancelled,), daemon=True, name="ssotui-fleet")
            for _ in range(min(THREADS, self.total))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.1)
                if cancelled.is_set():
                    raise Cancelled

    def words(self) -> dict[str, str]:
        """`states` as they are in truth: while AWS wants nothing to be asked, nobody is getting anything."""
        if self.pace.pause() == 0.0:
            return self.states
        return {name: WAITING if word == GETTING else word for name, word in list(self.states.items())}

    def _work(self, cancelled: threading.Event) -> None:
        pace.CURRENT.set(self.pace)  # each thread has a context of its own
        while not cancelled.is_set():
            try:
                profile = self._waiting.popleft()
            except IndexError:
                return
            self.states[profile.name] = GETTING
            try:
                self._do(profile, cancelled)
            except Cancelled:
                return
            except SsoError as error:
                self._finish(profile, error)
            except Exception as error:
                self._finish(profile, from_exception(error, f"get credentials for {profile.name}").with_traceback(None))
            else:
                self._finish(profile, None)

    def _refresh(self, profile: Profile, cancelled: threading.Event) -> None:
        # It may be long since it was asked for: by now the profile's name may stand for another role.
        current.as_configured(self.store, profile.name, lambda found: self._refresh_role(found, cancelled))

    def _refresh_role(self, profile: Profile, cancelled: threading.Event) -> None:
        path = self.store.snapshot.credentials_path(profile)
        with self._lock:
            turn = self._turns.setdefault(path or profile.name, threading.Lock())
        # One behind the other: between the moment in which the first has its credentials on disk and that in which it
        # says so here, another one would take them for those of before, and ask anew.
        with turn:
            if path and path in self._got:
                return  # another profile of the same role: these are its credentials too
            self.credentials(profile, True, cancelled)
            self._got.add(path)

    def credentials(self, profile: Profile, fresh: bool, cancelled: threading.Event) -> RoleCredentials:
        """For work: as `get_credentials`. What another profile was told that holds for this one too is not asked
        again."""
        check_profile(profile)
        cached = None if fresh else cached_credentials(self.store, profile)
        if cached is not None:
            return cached
        return self.in_session(profile, lambda: self._unless_slowed(profile, fresh, cancelled))

    def in_session(self, profile: Profile, get: Callable[[], Result]) -> Result:
        """For work: what `get` gets for the profile; it is not called once another profile of its session was told that
        this takes a sign-in, because nothing has changed since."""
        session = current.session_parts(self.store.snapshot.session_of(profile))
        ended = self._ended.get(session)
        if ended is not None:
            raise SignInNeeded(ended.session)
        try:
            return get()
        except SignInNeeded as error:
            self._ended[session] = error
            raise

    def _unless_slowed(self, profile: Profile, fresh: bool, cancelled: threading.Event) -> RoleCredentials:
        if self._slowed is not None:
            raise self._slowed.again()
        try:
            return get_credentials(self.store, profile, fresh, cancelled)
        except SsoError as error:
            if error.code in clients.THROTTLED:  # for longer than is waited here: the rest would be told the same
                self._slowed = SsoError("AWS asks to slow down", error.hint, error.exit_code, error.code)
            raise

    def _finish(self, profile: Profile, error: SsoError | None) -> None:
        with self._lock:
            self.done += 1
            if error is None:
                del self.states[profile.name]
            else:
                self.states[profile.name] = FAILED
                self.failures.append((profile, error))
        if error is not None and self._failed is not None:
            self._failed(profile, error)
