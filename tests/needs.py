"""What a test needs of the machine besides the Python packages that `make test` installs.

A test that runs another program asks for it by name, in the test, in a fixture or in a helper:

    zsh = needs.program("zsh")            # its path
    chromium = needs.program("chromium", "google-chrome")    # of the first that is here

Where the program is missing the test is skipped, and the reason says what is missing and how it comes here. Nothing
is skipped where SSOTUI_SKIP_NOTHING is set, as `.ci/run` does: each skip, whoever asked for it, is a failure then.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Generator
from typing import NoReturn

import pytest

_PATH = os.environ.get("PATH", os.defpath)  # a test may change it
_STRICT = bool(os.environ.get("SSOTUI_SKIP_NOTHING"))
_MISSING = "missing here: "
_SETUP = "`make setup` installs it"


def program(*names: str) -> str:
    """The path of the first of these programs that this machine has. Without one the test is skipped."""
    found = next(filter(None, (shutil.which(name, path=_PATH) for name in names)), None)
    return found or missing(names[0])


def missing(what: str, how: str = _SETUP) -> NoReturn:
    """Skips the test, because something is missing on this machine."""
    pytest.skip(f"{_MISSING}{what} ({how})")


def path_with(*folders: object) -> str:
    """A PATH with these folders in front, then those of the system, then where the developer has their programs."""
    return os.pathsep.join([*map(str, folders), "/usr/bin", "/bin", _PATH])


class Programs(dict[str, list[str]]):
    """Commands by the name of their program. The test that takes one whose program is missing is skipped."""

    def __getitem__(self, name: str) -> list[str]:
        found = program(name)
        return [found, *super().__getitem__(name)[1:]]


# -- for conftest.py: skips that are failures, and the summary of the others ---------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Makes a failure of a skip where nothing may be skipped."""
    report = yield
    if _STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that is skipped as a whole."""
    report = yield
    if _STRICT and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """One last line that says how many tests did not run, and what they miss."""
    yield
    counts = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not counts:
        return
    setup = f" ({_SETUP})"
    by_setup = {reason for reason in counts if reason.endswith(setup)}
    parts = [
        ", ".join(f"{reason.removeprefix(_MISSING).removesuffix(setup)} ({counts[reason]})" for reason in reasons)
        for reasons in (sorted(by_setup), sorted(counts.keys() - by_setup))
    ]
    parts[0] = parts[0] and f"missing here: {parts[0]}; `make setup` installs them"
    terminalreporter.write_line(f"{counts.total()} skipped: {'; '.join(filter(None, parts))}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
