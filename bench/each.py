"""P15: a command under 50 profiles (`ssotui each`), beside a loop over `ssotui exec`; and that each has its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from . import homes, server
from .command import run
from .places import SSOTUI, Homes
from .results import Budget, Report, shuffled

LATENCY = 0.08
PROFILES = 50
_SHARE = 5
"""A loop takes so long that there is one round of it for so many of the others."""

_TELL = "echo $AWS_ACCESS_KEY_ID $AWS_SESSION_TOKEN {account_id}"


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P15. Nothing is cached before any of the rounds."""
    with server.running(PROFILES, LATENCY) as service:
        home = places.home(PROFILES, service.access_token)
        environ = homes.environ(home, service.environ)
        cases = {"each": lambda: _each(home, environ), "loop": lambda: _loop(home, environ)}
        seconds = shuffled(cases, max(rounds // _SHARE, 2))
        own = _own(home, environ)
    report.add(
        Budget("P15", "50 profiles at 80 ms, true: one after another / each", 6, at_least=True).of_ratios(
            seconds["loop"], seconds["each"]
        ),
        Budget("P15", "each command has its own credentials", 1, "yes/no", at_least=True).of_values([float(own)]),
    )


def _each(home: Path, environ: Mapping[str, str]) -> float:
    _forget(home)
    return run([SSOTUI, "each", "--", "true"], environ)


def _loop(home: Path, environ: Mapping[str, str]) -> float:
    _forget(home)
    started = time.perf_counter()
    for number in range(PROFILES):
        run([SSOTUI, "exec", homes.profile_name(number), "--", "true"], environ)
    return time.perf_counter() - started


def _own(home: Path, environ: Mapping[str, str]) -> bool:
    """Whether each command had the credentials of its own account, which are in the cache by then."""
    _forget(home)
    done = subprocess.run(
        [SSOTUI, "each", "--json", "--", "sh", "-c", _TELL], env=environ, capture_output=True, text=True, check=True
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    found = {tuple(record["stdout"].split()) for record in records}
    cached = [json.loads(path.read_text())["Credentials"] for path in (home / ".aws/cli/cache").iterdir()]
    expected = {(it["AccessKeyId"], it["SessionToken"], it["AccountId"]) for it in cached}
    return found == expected and len(found) == PROFILES == len({key for key, _, _ in found})


def _forget(home: Path) -> None:
    cache = home / ".aws/cli/cache"
    shutil.rmtree(cache)
    cache.mkdir(mode=0o700)
