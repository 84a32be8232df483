"""When to renew which session while the board is open, when to warn, and what the terminal's title says.

Decisions only: `Scheduler.tick` is told the time and the sessions' clocks once a second and returns what to do. The
board does it, and says how it went.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model import MARGIN, lasts

WARNINGS = (15 * 60, 5 * 60)
"""Seconds before the end at which the user is told of a session that will not be renewed."""

PAUSE = 60.0
"""Seconds (monotonic) between two attempts for one session."""

JUMP = 30.0
"""Seconds by which the wall clock has to leap between two ticks to mean that the machine slept, or was set."""

OPENING = 1.0
"""Seconds (monotonic) of quiet after the first tick: the board is painted first, and botocore imported."""

TOLERANCE = 30.0
"""Seconds that a token may seem to live for longer than the one before it, and still be of the same kind."""

SETTLE = 3.0
"""Seconds (monotonic) of quiet after a leap: the files are looked at anew first, and the network comes back."""


class ScheduledSession(NamedTuple):
    """A session as the scheduler sees it. `expires_at`: of its access token, None without one. `renewable`: whether
    AWS would renew it without the user, as far as one knows. `ends`: whether the session itself is known to end with
    this token; it is then renewable when that has come, to see whether it is so. `in_use`: whether the active profile
    is one of its own: where several are due it comes first."""

    key: str
    expires_at: int | None
    renewable: bool
    ends: bool = False
    in_use: bool = False


class Renew(NamedTuple):
    """Renew this session now; then call `Scheduler.finished`."""

    key: str


class Warn(NamedTuple):
    """Tell the user that this session ends in so many minutes. `reason`: why the last attempt to renew it failed."""

    key: str
    minutes: int
    reason: str


class LookAgain(NamedTuple):
    """The clock has leapt: read the files anew, because another program may have changed everything meanwhile."""


Action = Renew | Warn | LookAgain


class Scheduler:
    """Renews sessions that are alive, or were while the board was open, in the last 15 minutes of their tokens.

    A session whose token had ended before is renewed with the first tick (`on_open`), or stays as it is until somebody
    uses it. One renewal at a time, at most one a minute for each session. `automatic`: whether to renew at all.
    """

    def __init__(self, automatic: bool, on_open: bool = False) -> None:
        self.automatic = automatic
        self.on_open = on_open
        self.under_way: str | None = None
        self.failures: dict[str, str] = {}
        self._known: dict[str, int | None] = {}
        self._alive: dict[str, int] = {}
        self._tried: dict[str, float] = {}
        self._margins: dict[str, float] = {}
        self._told: dict[str, int] = {}
        self._last_tick: float | None = None
        self._quiet_until = -math.inf

    def tick(self, now: float, monotonic: float, sessions: Sequence[ScheduledSession]) -> list[Action]:
        """What is to be done now. `now`: seconds since the epoch; `monotonic`: seconds on a clock nobody sets."""
        if self._last_tick is None:
            self._quiet_until = monotonic + OPENING
            if self.on_open:
                self._alive = {each.key: each.expires_at for each in sessions if each.expires_at and not each.ends}
        leapt = self._last_tick is not None and abs(now - self._last_tick) > JUMP
        self._last_tick = now
        for gone in self._known.keys() - {session.key for session in sessions}:
            self._forget(gone)
            del self._known[gone]
        for session in sessions:
            self._see(session, now)
        if leapt:
            self._quiet_until = monotonic + SETTLE
            return [LookAgain()]
        if monotonic < self._quiet_until:
            return []
        actions: list[Action] = [warning for session in sessions if (warning := self._warning(session, now))]
        due = self._due(sessions, now, monotonic)
        if due is not None:
            self.under_way = due
            self._tried[due] = monotonic
            actions.append(Renew(due))
        return actions

    def finished(self, key: str, now: float, expires_at: int | None, reason: str = "") -> None:
        """The renewal of `key` has ended: with a token that expires at `expires_at`, or not, for `reason`."""
        self.under_way = None
        if reason:
            self.failures[key] = reason
        elif expires_at is not None:
            # A token that lives for less than half an hour would else be renewed every minute.
            self._margins[key] = min(MARGIN, (expires_at - now) / 2)

    def _see(self, session: ScheduledSession, now: float) -> None:
        key, expires_at = session.key, session.expires_at
        if expires_at is not None and expires_at > now:
            self._alive[key] = expires_at
        if key in self._known and self._known[key] == expires_at:
            return
        news = key in self._known and session.ends  # a renewal of just now has shown it
        self._forget(key)
        self._known[key] = expires_at
        if expires_at is not None and expires_at - now > 2 * self._margins.get(key, MARGIN) + TOLERANCE:
            self._margins.pop(key, None)  # it was for tokens that live for a shorter time than this one
        if expires_at is not None and not session.renewable and not news:
            # What the board shows from the first moment on is no news.
            self._told[key] = min((limit for limit in WARNINGS if expires_at - now <= limit), default=WARNINGS[0] + 1)

    def _forget(self, key: str) -> None:
        self.failures.pop(key, None)
        self._told.pop(key, None)

    def _warning(self, session: ScheduledSession, now: float) -> Warn | None:
        key, expires_at = session.key, session.expires_at
        if expires_at is None or expires_at <= now or key == self.under_way:
            return None  # what comes of a renewal that is under way is told with its reason
        if session.renewable and not (self.automatic and key in self.failures):
            return None
        left = expires_at - now
        # What may still be renewed is worth a bell only when it becomes urgent.
        limits = WARNINGS[-1:] if session.renewable else WARNINGS
        limit = min((limit for limit in limits if left <= limit), default=None)
        if limit is None or self._told.get(key, WARNINGS[0] + 1) <= limit:
            return None
        self._told[key] = limit
        return Warn(key, math.ceil(left / 60), self.failures.get(key, ""))

    def _due(self, sessions: Iterable[ScheduledSession], now: float, monotonic: float) -> str | None:
        if not self.automatic or self.under_way is not None:
            return None
        due = [
            (not session.in_use, session.expires_at, session.key)
            for session in sessions
            if session.renewable
            and session.expires_at is not None
            and self._alive.get(session.key) == session.expires_at
            and not lasts(session.expires_at, now, self._margins.get(session.key, MARGIN))
            and monotonic - self._tried.get(session.key, -math.inf) >= PAUSE
        ]
        return min(due)[2] if due else None


def first_to_end(sessions: Iterable[ScheduledSession], now: float) -> ScheduledSession | None:
    """The session that is alive and ends before all others."""
    alive = [session for session in sessions if session.expires_at is not None and session.expires_at > now]
    return min(alive, key=lambda session: session.expires_at or 0, default=None)


def coarse(seconds: float) -> str:
    """Time left for a title, which should not change every second: `5h 12m`, `42m`, `1m`."""
    minutes = max(1, int(seconds // 60))
    if minutes < 60:
        return f"{minutes}m"
    hours = minutes // 60
    return f"{hours}h {minutes % 60:02d}m" if hours < 24 else f"{hours // 24}d {hours % 24}h"
