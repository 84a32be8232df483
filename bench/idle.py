"""P5: what the board costs while nobody touches it, and whether it grows."""

from __future__ import annotations

from . import homes
from .places import SSOTUI, Homes
from .results import Budget, Report
from .screen import Screen
from .start import LARGEST

WINDOW = 20.0
SETTLED = 8.0
CHANGED = 60.0
"""Seconds in which every row has shown another time at least once: until then what is kept of painted rows fills up."""
GROWTH = 256
"""Kilobytes that count as none: a page here and there."""

FOCUS_LOST = "\x1b[O"


def measure(report: Report, places: Homes, seconds: float) -> None:
    """The processor time of a second's countdown, with and without the focus, and the growth over `seconds`."""
    with Screen([SSOTUI], homes.environ(places.home(LARGEST))) as screen:
        screen.wait_for(homes.first_shown(LARGEST))
        screen.pump(SETTLED + CHANGED)
        before = screen.memory("VmRSS")
        focused = [_share(screen) for _ in range(max(1, round(seconds / WINDOW)))]
        grown = screen.memory("VmRSS") - before
        screen.send(FOCUS_LOST)
        screen.pump(1.0)
        unfocused = [_share(screen)]
    report.add(
        Budget("P5", "countdown of 10,000 rows, share of one core", 1.5, "%").of_values(focused),
        Budget("P5", "the same without the focus", min(focused), "%").of_values(unfocused),
        Budget("P5", f"growth in {len(focused) * WINDOW:.0f} s of it", GROWTH, "kB").of_values([grown]),
    )


def _share(screen: Screen) -> float:
    before = screen.cpu_seconds()
    screen.pump(WINDOW)
    return (screen.cpu_seconds() - before) / WINDOW * 100
