"""P12: a board of 300 profiles with the names that real tools give them, beside one with 300 short names."""

from __future__ import annotations

from pathlib import Path

from tui.demo.large.names import profiles

from . import homes
from .keys import DOWN, KEYS_A_ROUND, WARM, scroll
from .places import SSOTUI, Homes
from .results import Budget, Report, percentile, shuffled
from .screen import Screen

COUNT = 300


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P12: the first paint, and a scrolling key."""
    real = [it.name for it in profiles()]
    assert len(real) == COUNT
    short = [f"dev-{number:03d}" for number in range(COUNT)]
    cases = {"real": _home(places, "real", real), "short": _home(places, "short", short)}
    first = {"real": min(real, key=str.casefold)[:8], "short": min(short)}
    seconds = shuffled({name: lambda name=name: _start(cases[name], first[name]) for name in cases}, rounds)  # type: ignore[misc]
    with Screen([SSOTUI], homes.environ(cases["real"])) as screen:
        screen.wait_for(first["real"])
        screen.pump(WARM)
        scroll(screen, DOWN, KEYS_A_ROUND // 2)  # to the lower edge
        scrolled = [scroll(screen, DOWN, KEYS_A_ROUND // 2) for _ in range(4)]
    report.add(
        Budget("P12", "first paint, 300 real names / 300 short ones", 1.05).of_ratios(
            seconds["real"], seconds["short"]
        ),
        Budget("P12", "scrolling key to first byte, median", 12, "ms").of_values(
            [percentile(x, 0.5) for x in scrolled]
        ),
        Budget("P12", "scrolling key to first byte, 99th percentile", 16, "ms").of_values(
            [percentile(x, 0.99) for x in scrolled]
        ),
    )


def _home(places: Homes, kind: str, names: list[str]) -> Path:
    home = places.folder / f"{kind}-names"
    home.mkdir(parents=True)
    homes.make(home, COUNT, names=names)
    return home


def _start(home: Path, shows: str) -> float:
    with Screen([SSOTUI], homes.environ(home)) as screen:
        return screen.wait_for(shows) - screen.started
