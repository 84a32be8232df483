"""P9: reading the configuration, beside botocore's reader of the same file."""

from __future__ import annotations

import time
from collections.abc import Callable

from tui.aws.config import loading

from . import homes
from .places import Homes
from .results import Budget, Report, shuffled
from .start import LARGE


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P9, once both have been found to say the same."""
    from botocore import configloader

    home = places.home(LARGE)
    path = str(home / ".aws/config")
    environ = homes.environ(home)
    ours, theirs = loading.load(environ), configloader.load_config(path)
    same = len(ours.profiles) == LARGE and ours.profiles.keys() == theirs["profiles"].keys()
    for name, keys in theirs["profiles"].items():
        found = ours.profiles[name]
        read = (found.session, found.account_id, found.role_name, found.region)
        same &= read == tuple(keys[key] for key in ("sso_session", "sso_account_id", "sso_role_name", "region"))
    session, keys = ours.sessions[homes.SESSION], theirs["sso_sessions"][homes.SESSION]
    same &= (session.start_url, session.region) == (keys["sso_start_url"], keys["sso_region"])
    budget = Budget("P9", "botocore's load_config / own reader, 1,000 profiles", 8, at_least=True)
    if same:
        seconds = shuffled(
            {"ours": _timed(lambda: loading.load(environ)), "theirs": _timed(lambda: configloader.load_config(path))},
            rounds,
        )
        budget.of_ratios(seconds["theirs"], seconds["ours"])
    else:
        budget.median = budget.best = 0.0
        budget.note = "they do not say the same"
    report.add(budget)


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return run
