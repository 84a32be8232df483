"""P13: keys while dialogs open and close, on a machine where files open slowly."""

from __future__ import annotations

from . import homes, slow_files
from .keys import DOWN, WARM
from .places import PYTHON, ROOT, Homes
from .results import Budget, Report, percentile
from .screen import Screen
from .start import LARGE

DIALOGS = ("?", "e", "w", "!", "c", "a", "U", "O", "x")
"""The keys that open one: help, export, why, problems, copies, accounts, the last change, the console, sign-out."""

_ROUNDS = 6
_ESCAPE = "\x1b"


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P13: the time to the first byte of a cursor key before and behind each dialog, and of the keys of dialogs."""
    del rounds
    moved, opened = [], []
    argv = [PYTHON, "-m", slow_files.__name__, str(WARM)]
    with Screen(argv, homes.environ(places.home(LARGE)), cwd=ROOT) as screen:
        screen.wait_for(homes.first_shown(LARGE))
        screen.pump(WARM + 2)
        for number in range(_ROUNDS + 1):
            times = [_round(screen, key) for key in DIALOGS]
            if number:  # the first time a dialog opens it has to be laid out by rules that are kept from then on
                moved.append([ms for moves, _ in times for ms in moves])
                opened += [ms for _, ms in times]
    report.add(
        Budget(
            "P13",
            f"cursor key between dialogs, files {slow_files.SLOW * 1000:.0f} ms slower, 99th percentile",
            16,
            "ms",
        ).of_values([percentile(each, 0.99) for each in moved])
    )
    report.remarks.append(
        f"A dialog with such files, from its key to the first byte: {percentile(opened, 0.5):.0f} ms (median)."
    )


def _round(screen: Screen, key: str) -> tuple[list[float], float]:
    before = screen.press(DOWN, quiet=0.1)[0]
    opened = screen.press(key, quiet=0.4)[0]
    for _ in range(2):  # the accounts stop asking first
        screen.send(_ESCAPE)
        screen.pump(0.4)
    behind = screen.press(DOWN, quiet=0.1)[0]
    return [before * 1000, behind * 1000], opened * 1000
