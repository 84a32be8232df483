"""P3 and P4: how long after a key the terminal gets its first byte, and the last one of what the key changes."""

from __future__ import annotations

import random
import re

from . import homes
from .places import SSOTUI, Homes
from .results import Budget, Report, percentile
from .screen import Screen, Stuck
from .start import LARGEST

KEYS_A_ROUND = 60
"""A round ends with its 99th percentile: of so many keys that is the slowest but none."""

SCROLLING = ("j",) * 10 + ("k",) * 3 + ("\x1b[6~",) * 4 + ("\x1b[5~",) * 2
QUERIES = ("team-42", "00042", "readonly", "1000", "acc 7")
BACKSPACE = "\x7f"

_TIME = re.compile(rb"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_WARM = 4.0


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P3 and P4, at 10,000 profiles."""
    with Screen([SSOTUI], homes.environ(places.home(LARGEST))) as screen:
        screen.wait_for(homes.first_shown(LARGEST))
        screen.pump(_WARM)
        scrolled = [_scroll(screen) for _ in range(rounds + 1)][1:]
        typed = [_type(screen, QUERIES[number % len(QUERIES)]) for number in range(rounds + 1)][1:]
    report.add(
        Budget("P3", "scrolling key to first byte, median", 12, "ms").of_values([median for median, _ in scrolled]),
        Budget("P3", "scrolling key to first byte, 99th percentile", 16, "ms").of_values(
            [worst for _, worst in scrolled]
        ),
        Budget("P4", "filter key to first byte", 25, "ms").of_values([first for first, _ in typed]),
        Budget("P4", "filter key to final frame, 99th percentile", 120, "ms").of_values([last for _, last in typed]),
    )


def _scroll(screen: Screen) -> tuple[float, float]:
    """Milliseconds to the first byte: median and 99th percentile of a round."""
    first: list[float] = []
    while len(first) < KEYS_A_ROUND:
        screen.pump(random.uniform(0.02, 0.06))
        try:
            first.append(screen.press(random.choice(SCROLLING), quiet=0.03)[0] * 1000)
        except Stuck:
            screen.press("j")  # it was the first row already
    return percentile(first, 0.5), percentile(first, 0.99)


def _type(screen: Screen, query: str) -> tuple[float, float]:
    """Milliseconds to the first byte (median) and to the final frame (99th percentile) while a filter is typed."""
    screen.press("/", quiet=0.3)
    first, last = [], []
    for key in query + BACKSPACE * 2:
        after_the_clock(screen)
        times = screen.press(key, quiet=0.2)
        first.append(times[0] * 1000)
        last.append(times[1] * 1000)
    screen.press("\x1b", quiet=0.5)
    return percentile(first, 0.5), percentile(last, 0.99)


def after_the_clock(screen: Screen) -> None:
    """Wait for the clock's next second: what comes in the second behind it comes of the key."""
    at = len(screen.output)
    while not _TIME.search(screen.output, at):
        screen.pump(0.02)
    screen.pump(0.1)
