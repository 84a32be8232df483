"""P1, P2 and P10: from the start of the program to the first paint, what that imports, and what memory it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from . import homes, server
from .places import BARE, SSOTUI, Homes
from .results import Budget, Report, shuffled
from .screen import Screen

SIZES = (10, 100, 1_000, 10_000)
LARGE, LARGEST = SIZES[-2:]

_SETTLED = 0.15
"""Seconds after the first paint at which its memory is looked at: botocore is imported half a second after it."""

_WITH_CLIENTS = 2.5
_FEW_ROUNDS = 5
_IMPORTED = re.compile(rb"import time: +[0-9]+ \| +[0-9]+ \| +(botocore|boto3)\b")


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P1 and P10, and the points of the picture."""
    memory: dict[str, list[float]] = {}

    def start(name: str, argv: Sequence[str], home: Path, shows: str) -> float:
        with Screen(argv, homes.environ(home)) as screen:
            seconds = screen.wait_for(shows) - screen.started
            screen.pump(_SETTLED)
            memory.setdefault(name, []).append(screen.memory())
            return seconds

    cases = {"bare": lambda: start("bare", BARE, places.home(0), "bare program")}
    for size in SIZES:
        cases[str(size)] = lambda size=size: start(  # type: ignore[misc]
            str(size), [SSOTUI], places.home(size), homes.first_shown(size)
        )
    seconds = shuffled(cases, rounds)
    peaks = {name: values[1:] for name, values in memory.items()}  # without the round that does not count
    with_clients = _with_clients(places, rounds)
    bare, bare_peaks = seconds["bare"], peaks["bare"]
    report.add(
        Budget("P1", "start to first paint, 1,000 profiles / bare", 1.25).of_ratios(seconds[str(LARGE)], bare),
        Budget("P1", "start to first paint, 10,000 profiles / bare", 1.6).of_ratios(seconds[str(LARGEST)], bare),
    )
    report.add(first_imports(places))
    report.add(
        Budget("P10", "peak memory, 10,000 profiles / bare, before botocore", 1.4).of_ratios(
            peaks[str(LARGEST)], bare_peaks
        ),
        Budget("P10", "peak memory, 10,000 profiles / bare, with clients", 1.8).of_ratios(
            with_clients[LARGEST], bare_peaks[: len(with_clients[LARGEST])]
        ),
    )
    report.series["start, ssotui"] = {size: min(seconds[str(size)]) for size in SIZES}
    report.series["start, bare"] = {size: min(bare) for size in SIZES}
    report.series["memory, ssotui"] = {size: min(peaks[str(size)]) / 1024 for size in SIZES}
    report.series["memory, ssotui with clients"] = {size: min(with_clients[size]) / 1024 for size in SIZES}
    report.series["memory, bare"] = {size: min(bare_peaks) / 1024 for size in SIZES}


def _with_clients(places: Homes, rounds: int) -> dict[int, list[float]]:
    """Peaks in kilobytes after fresh role credentials have come through a client."""
    peaks: dict[int, list[float]] = {}
    with server.running(LARGEST, 0.0) as service:
        for size in SIZES:
            home = places.home(size, service.access_token)
            peaks[size] = []
            for _ in range(rounds if size == LARGEST else min(rounds, _FEW_ROUNDS)):
                with Screen([SSOTUI], homes.environ(home, service.environ)) as screen:
                    screen.wait_for(homes.first_shown(size))
                    screen.pump(_WITH_CLIENTS)
                    before = len(screen.output)
                    screen.send("r")
                    screen.wait_for("Fresh role", since=before)
                    screen.pump(_SETTLED)
                    peaks[size].append(screen.memory())
    return peaks


def first_imports(places: Homes) -> Budget:
    """P2, told by Python itself, which writes to the terminal what it imports (-X importtime)."""
    profiling = {"PYTHONPROFILEIMPORTTIME": "1"}
    early: list[str] = []
    for argv, home, shows in (
        ([SSOTUI], places.home(LARGE), homes.first_shown(LARGE)),
        ([SSOTUI, "--demo"], places.home(0), "dev-admin"),
    ):
        with Screen(argv, homes.environ(home, profiling)) as screen:
            screen.wait_for(shows)
            painted = screen.output.find(shows.encode())
            if _IMPORTED.search(screen.output[:painted]):
                early.append(" ".join(["ssotui", *argv[1:]]))
            screen.wait_for("botocore.session", since=painted)  # it does come, and would have been seen
    good = 0.0 if early else 1.0
    note = f"imported by {' and '.join(early)}" if early else ""
    return Budget("P2", "botocore not imported at the first paint", 1, "yes/no", True, good, good, note)
