"""P3 and P4: how long after a key the terminal gets its first byte, and the last one of what the key changes."""

from __future__ import annotations

import random
import re

from . import homes
from .places import SSOTUI, Homes
from .results import Budget, Report, percentile
from .screen import Screen
from .start import LARGEST

KEYS_A_ROUND = 100
DOWN, PAGE_DOWN = "j", "\x1b[6~"
PAGES = 60
QUERIES = ("team-42", "00042", "readonly", "1000", "acc 7")
BACKSPACE = "\x7f"

_TIME = re.compile(rb"[0-9]{2}:[0-9]{2}:[0-9]{2}")
WARM = 4.0


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P3 and P4, at 10,000 profiles."""
    with Screen([SSOTUI], homes.environ(places.home(LARGEST))) as screen:
        screen.wait_for(homes.first_shown(LARGEST))
        screen.pump(WARM)
        scroll(screen, DOWN, KEYS_A_ROUND)  # to the lower edge: from there on each key moves all rows
        scrolled = [scroll(screen, DOWN, KEYS_A_ROUND) for _ in range(rounds)]
        pages = scroll(screen, PAGE_DOWN, PAGES)
        typed = [_type(screen, QUERIES[number % len(QUERIES)]) for number in range(rounds + 1)][1:]
    report.add(
        Budget("P3", "scrolling key to first byte, median", 12, "ms").of_values([percentile(x, 0.5) for x in scrolled]),
        Budget("P3", "scrolling key to first byte, 99th percentile", 16, "ms").of_values(
            [percentile(x, 0.99) for x in scrolled]
        ),
        Budget("P4", "filter key to first byte", 25, "ms").of_values([first for first, _ in typed]),
        Budget("P4", "filter key to final frame, 99th percentile", 120, "ms").of_values([last for _, last in typed]),
    )
    report.remarks.append(f"A page key, which shows rows never shown before: {percentile(pages, 0.5):.0f} ms (median).")


def scroll(screen: Screen, key: str, count: int) -> list[float]:
    """Milliseconds from each of so many keys to the first byte. They come at random times, ticks or no ticks."""
    times = []
    for _ in range(count):
        screen.pump(random.uniform(0.02, 0.06))
        times.append(screen.press(key, quiet=0.03)[0] * 1000)
    return times


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
