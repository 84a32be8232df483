"""How fast a group of threads may make requests: when AWS asks one of them to slow down (429), all of them do."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

from ..errors import Cancelled

LONGEST_WAIT = 60.0
"""Seconds. A service that asks for a longer pause is not waited for."""

MOST_REFUSALS = 12
"""Of one request, one after another, before it is given up."""

_FASTER, _LONGEST_INTERVAL = 0.95, 1.0
"""How the seconds between two beginnings get fewer with each request that goes well, and how many they are at most."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
"""Seconds, when the service does not say how long: doubled with each refusal in a row."""


class Turn:
    """One request. Set one of these before it ends: `done`, or `refused_for` (seconds that the service asked to wait,
    0 when it did not say)."""

    __slots__ = ("done", "refused_for")

    def __init__(self) -> None:
        self.done = False
        self.refused_for: float | None = None


class Pace:
    """At most `most` requests at once; half as many after a refusal, and one more after each round that goes well.
    With `per_second` at most so many begin in a second; also half as many after a refusal, and slowly more again."""

    def __init__(self, most: int, per_second: float = 0.0) -> None:
        self.most = most
        self._shortest = self._interval = 1 / per_second if per_second else 0.0
        self._begins = 0.0  # monotonic: when the next one may
        self._condition = threading.Condition()
        self._limit = float(most)
        self._running = 0
        self._resumes = 0.0  # monotonic, like the next
        self._slowed = float("-inf")
        self._refusals = 0

    @property
    def at_once(self) -> int:
        """Requests that may be under way at once now."""
        return int(self._limit)

    def pause(self) -> float:
        """Seconds until the next request may begin, 0 when it may now."""
        return max(0.0, self._resumes - time.monotonic())

    @contextlib.contextmanager
    def turn(self, cancelled: threading.Event | None = None) -> Iterator[Turn]:
        """Wait until a request may be made; it is made in the block. Raises Cancelled soon after `cancelled` is set."""
        begun = self._begin(cancelled)
        turn = Turn()
        try:
            yield turn
        finally:
            self._end(begun, turn)

    def _begin(self, cancelled: threading.Event | None) -> float:
        with self._condition:
            while True:
                if cancelled is not None and cancelled.is_set():
                    raise Cancelled
                now = time.monotonic()
                pause = max(self.pause(), self._begins - now)
                if pause <= 0.0 and self._running < self.at_once:
                    self._running += 1
                    self._begins = now + self._interval
                    return now
                self._condition.wait(min(pause, 0.1) if pause > 0.0 else 0.1)

    def _end(self, begun: float, turn: Turn) -> None:
        with self._condition:
            self._running -= 1
            if turn.refused_for is not None:
                self._slow_down(begun, turn.refused_for)
            elif turn.done:
                self._refusals = 0
                self._limit = min(float(self.most), self._limit + 1 / self._limit)
                self._interval = max(self._shortest, self._interval * _FASTER)
            self._condition.notify_all()

    def _slow_down(self, begun: float, wanted: float) -> None:
        now = time.monotonic()
        pause = wanted
        if begun >= self._slowed:  # the others were under way already: they say the same once more
            self._limit = max(1.0, self._limit / 2)
            self._interval = min(self._interval * 2, max(_LONGEST_INTERVAL, self._shortest))
            self._slowed = now
            own = min(_FIRST_PAUSE * 2**self._refusals, _LONGEST_PAUSE)
            self._refusals += 1
            pause = max(wanted, own * random.uniform(0.75, 1.25))
        self._resumes = max(self._resumes, now + min(pause, LONGEST_WAIT))


CURRENT: ContextVar[Pace | None] = ContextVar("pace", default=None)
"""The pace that the requests of this thread keep; none by default."""
