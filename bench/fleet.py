"""P8: fresh role credentials for many profiles (`R`), beside one after another, and the keys meanwhile."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import homes, server
from .places import PYTHON, ROOT, SSOTUI, Homes
from .results import Budget, Report, shuffled
from .screen import Screen

LATENCY = 0.08
ROLES, MANY = 50, 200
_WARM = 2.5
_REST = 1
"""Seconds after a refresh, in which the board comes to rest."""
_CURSOR = "▸"


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P8, and the latency of keys while 200 roles are refreshed."""
    with server.running(MANY, LATENCY) as service:
        home = places.home(ROLES, service.access_token)
        environ = homes.environ(home, service.environ)
        with Screen([SSOTUI], environ) as screen, _one_by_one(service.access_token, environ) as sequential:
            screen.wait_for(homes.first_shown(ROLES))
            screen.pump(_WARM)
            seconds = shuffled({"R": lambda: _refresh(screen), "one by one": lambda: _ask(sequential)}, rounds)
        report.add(
            Budget("P8", "50 roles at 80 ms: one after another / R", 6, at_least=True).of_ratios(
                seconds["one by one"], seconds["R"]
            )
        )
        home = places.home(MANY, service.access_token)
        with Screen([SSOTUI], homes.environ(home, service.environ)) as screen:
            screen.wait_for(homes.first_shown(MANY))
            screen.pump(_WARM)
            idle, busy = zip(*[_latencies(screen) for _ in range(rounds)], strict=True)
        report.add(Budget("P8", "key latency while 200 roles are refreshed / idle", 2).of_ratios(busy, idle))


def _refresh(screen: Screen) -> float:
    """Seconds from the key to the message that all are there."""
    before = _asked(screen)
    started = time.perf_counter()
    screen.send("\r")
    seconds = screen.wait_for("Fresh role", since=before) - started
    screen.pump(_REST)
    return seconds


def _asked(screen: Screen) -> int:
    """Press the key, and wait until it is asked whether that many are meant. Returns what was written by then."""
    before = len(screen.output)
    screen.send("R")
    screen.wait_for("Get fresh role credentials", since=before)
    screen.pump(0.3)  # else the answer may come before the dialog hears keys
    return len(screen.output)


def _latencies(screen: Screen) -> tuple[float, float]:
    """Medians of a round: a cursor key while nothing else goes on, and while a refresh does."""
    idle = [_move(screen, number) for number in range(30)]
    before = _asked(screen)
    screen.send("\r")
    screen.pump(0.15)
    busy: list[float] = []
    while b"Fresh role" not in screen.output[before:]:
        busy.append(_move(screen, len(busy)))
    screen.pump(_REST)
    return statistics.median(idle), statistics.median(busy)


def _move(screen: Screen, number: int) -> float:
    """Seconds until the cursor shows on the next row, or on the one before."""
    screen.pump(random.uniform(0.02, 0.05))
    before = len(screen.output)
    started = time.perf_counter()
    screen.send("jk"[number % 2])
    return screen.wait_for(_CURSOR, since=before) - started


@contextmanager
def _one_by_one(access_token: str, environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that gets the roles one after another, through one botocore client, each time it is told to."""
    with subprocess.Popen(
        [PYTHON, "-m", __name__, access_token],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environ,
    ) as process:
        yield process
        process.communicate()


def _ask(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main() -> None:
    """The other process."""
    import botocore.session
    from botocore import UNSIGNED
    from botocore.config import Config

    client: Any = botocore.session.Session().create_client(
        "sso", region_name=homes.REGION, config=Config(signature_version=UNSIGNED)
    )
    for _ in sys.stdin:
        started = time.perf_counter()
        for number in range(ROLES):
            client.get_role_credentials(
                roleName=homes.ROLE, accountId=homes.account_id(number), accessToken=sys.argv[1]
            )
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
