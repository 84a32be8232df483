"""What the program has said in this run: the last of it stands in the status line for a while, all of it is in `!`."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from textual.notifications import SeverityLevel

KEPT = 200
"""Sayings that are kept; the oldest go first."""


class Saying(NamedTuple):
    """One sentence. `at`: seconds since the epoch; `since` and `until` (monotonic): for how long it is shown."""

    text: str
    severity: SeverityLevel
    at: float
    since: float
    until: float


class Said:
    """For the event loop."""

    def __init__(self) -> None:
        self._all: deque[Saying] = deque(maxlen=KEPT)

    def add(self, saying: Saying) -> bool:
        """Keep a sentence. False when it is being shown already."""
        if any(saying.text == other.text and other.until > saying.since for other in self._all):
            return False
        self._all.append(saying)
        return True

    def latest(self, monotonic: float, errors: bool = False) -> Saying | None:
        """What is to be shown now, in a line: the newest that is no error, or is one where `errors` have no box."""
        shown = [it for it in self._all if (errors or it.severity != "error") and it.until > monotonic]
        return shown[-1] if shown else None

    def over(self, monotonic: float, errors: bool = False, before: float = math.inf) -> None:
        """What is shown is taken away (of it only the `errors`, only what was said `before`)."""
        ended = (
            it._replace(until=min(it.until, monotonic))
            if it.since < before and (it.severity == "error" or not errors)
            else it
            for it in self._all
        )
        self._all = deque(ended, KEPT)

    def all(self) -> list[Saying]:
        """Everything, the newest first."""
        return list(reversed(self._all))
