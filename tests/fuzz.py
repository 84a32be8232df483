"""`make fuzz`: every test that hypothesis feeds, over and over with new inputs, until the time is up.

What makes a test fail is reduced to its smallest form by hypothesis, which keeps it in `.hypothesis/examples`: from
then on `make test` and the next `make fuzz` try it first. The report of each find is kept in `.hypothesis/finds`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from .strategies import FUZZING

EXAMPLES = 200
"""Inputs for each test in a round."""

FINDS = Path(".hypothesis/finds")

settings.register_profile(
    FUZZING,
    max_examples=int(os.environ.get("SSOTUI_FUZZ_EXAMPLES", EXAMPLES)),
    deadline=None,
    derandomize=False,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# -- the plugin: one round --------------------------------------------------------------------------------------


class Round:
    """Counts what a round tried, ends it when its time is up, and keeps what it found."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.examples = 0
        self.tests = 0
        self.finds: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Another order each time, so that a round that is cut short does not always leave out the same tests."""
        random.shuffle(items)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Ends the round in time."""
        if time.monotonic() >= self.deadline:
            item.session.shouldstop = "the time is up"
            pytest.skip("the time is up")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Notes how a test ended."""
        report = yield
        if report.when == "call":
            statistics = str(getattr(item, "hypothesis_statistics", ""))
            self.tests += 1
            self.examples += sum(map(int, re.findall(r"(\d+) (?:passing|failing|invalid)", statistics)))
        if report.failed:
            self.finds.append(item.nodeid)
            FINDS.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", item.nodeid.removeprefix("tests/"))
            digest = hashlib.sha256(report.longreprtext.encode(errors="replace")).hexdigest()[:8]
            (FINDS / f"{name}-{digest}.txt").write_text(report.longreprtext, errors="backslashreplace")
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line for the loop, which passes it on."""
        terminalreporter.write_line(f"round: {self.tests} {self.examples} {len(self.finds)}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-seconds", type=float, default=0.0)


def pytest_configure(config: pytest.Config) -> None:
    seconds = config.getoption("--fuzz-seconds")
    if seconds:
        config.pluginmanager.register(Round(seconds), "ssotui-fuzz")


# -- the loop ---------------------------------------------------------------------------------------------------


def main() -> int:
    """Run rounds until the time is up. Returns 1 when something was found, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800.0)
    parser.add_argument("tests", nargs="*", help="which tests, as pytest names them (default: all)")
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    rounds = examples = found = 0
    while (left := deadline - time.monotonic()) > 1:
        command = [sys.executable, "-m", "pytest", "-p", "tests.fuzz", "-p", "no:cacheprovider", "-q", "--tb=short"]
        command += ["-m", "hypothesis", "-o", "timeout=1800", f"--hypothesis-profile={FUZZING}"]
        command += [f"--fuzz-seconds={left:.0f}", *options.tests]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        match = re.search(r"^round: (\d+) (\d+) (\d+)$", done.stdout, re.MULTILINE)
        if match is None or (match[1] == "0" and time.monotonic() < deadline):
            print(done.stdout, done.stderr, sep="\n")
            return 1
        rounds += 1
        examples += int(match[2])
        found += int(match[3])
        took = time.monotonic() - began
        print(f"round {rounds}: {match[1]} tests, {int(match[2]):,} inputs, {match[3]} finds, {took:.0f} s", flush=True)
        if int(match[3]):
            print(done.stdout, flush=True)
    print(f"{rounds} rounds, {examples:,} inputs, {found} finds" + (f"; see {FINDS}" if found else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
