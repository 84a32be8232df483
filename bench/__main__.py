"""`python -m bench`: measures every budget, prints the table, writes `bench/results.json` and the picture."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from . import callers, command, dialogs, each, fleet, idle, keys, listing, parser, picture, real_names, start
from .places import ROOT, Homes
from .results import ROUNDS, Report, table

RESULTS = ROOT / "bench/results.json"


def main() -> int:
    """Measure; the exit code is 1 when a budget is missed."""
    options = _options()
    if not sys.platform.startswith("linux"):
        print("The benchmarks read /proc: they run on Linux only.", file=sys.stderr)
        return 2
    report = Report(machine=_machine())
    with tempfile.TemporaryDirectory(prefix="ssotui-bench-") as folder:
        places = Homes(Path(folder))
        parts: dict[str, Callable[[], None]] = {
            "start": lambda: start.measure(report, places, options.rounds),
            "keys": lambda: keys.measure(report, places, options.rounds),
            "idle": lambda: idle.measure(report, places, options.idle),
            "command": lambda: command.measure(report, places, options.rounds),
            "fleet": lambda: fleet.measure(report, places, options.rounds),
            "names": lambda: real_names.measure(report, places, options.rounds),
            "dialogs": lambda: dialogs.measure(report, places, options.rounds),
            "callers": lambda: callers.measure(report, places, options.rounds),
            "each": lambda: each.measure(report, places, options.rounds),
            "listing": lambda: listing.measure(report, places, options.rounds),
            "parser": lambda: parser.measure(report, places, options.rounds),
        }
        for name, measure in parts.items():
            if options.only in (None, name):
                began = time.monotonic()
                print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
                measure()
                print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    report.budgets.sort(key=lambda budget: int(budget.number[1:]))
    print(table(report))
    if options.only is None:
        RESULTS.write_text(json.dumps(_as_json(report), indent=1) + "\n")
        if shutil.which("chromium") and not options.no_picture:
            picture.draw(json.loads(RESULTS.read_text()))
    return 1 if any(budget.met is False for budget in report.budgets) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets of bench/README.md.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each comparison (default %(default)s)")
    parser.add_argument(
        "--idle",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to idle (default %(default)s; 3600: an hour)",
    )
    parser.add_argument(
        "--only",
        choices=[
            "start",
            "keys",
            "idle",
            "command",
            "fleet",
            "names",
            "dialogs",
            "callers",
            "each",
            "listing",
            "parser",
        ],
        help="measure one part",
    )
    parser.add_argument("--no-picture", action="store_true", help="leave screenshots/speed.png as it is")
    return parser.parse_args()


def _machine() -> dict[str, str]:
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        **{name: version(name) for name in ("textual", "botocore")},
    }


def _as_json(report: Report) -> dict[str, object]:
    return {**asdict(report), "budgets": [{**asdict(budget), "met": budget.met} for budget in report.budgets]}


if __name__ == "__main__":
    sys.exit(main())
