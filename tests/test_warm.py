"""A fork of a process that has loaded the program begins as a process of its own does, and ends like it."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from .terminal import PIPE, Terminal
from .warm import ROOT

SEEN = [sys.executable, "-m", "tests.seen"]


def ended(
    warm: bool, *arguments: str, folder: Path = ROOT, stdin: int | None = None, stderr: int | None = None
) -> tuple[int, dict[str, object], str]:
    """The exit status, what it found, and what it said besides."""
    environ = {**os.environ, "ONE": "it's", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    with Terminal([*SEEN, *arguments], environ, folder, stdin=stdin, stdout=PIPE, stderr=stderr, warm=warm) as terminal:
        terminal.wait_exit()
        assert terminal.returncode is not None
        assert terminal.captured["stdout"], terminal.dump()
        found = json.loads(terminal.captured["stdout"])
        found["terminals"] = ["a terminal" * (it == os.ttyname(terminal.slave)) or it for it in found["terminals"]]
        return terminal.returncode, found, terminal.text() + terminal.captured.get("stderr", b"").decode()


@pytest.fixture(autouse=True)
def its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.mark.parametrize("stdin", [None, PIPE])
@pytest.mark.parametrize("stderr", [None, PIPE])
def test_it_finds_what_every_process_finds(tmp_path: Path, stdin: int | None, stderr: int | None) -> None:
    for number, folder in enumerate((tmp_path, ROOT)):
        arguments = ("exit", str(number), "a b", "", "漢")
        own = ended(False, *arguments, folder=folder, stdin=stdin, stderr=stderr)
        fork = ended(True, *arguments, folder=folder, stdin=stdin, stderr=stderr)
        assert fork[1].pop("files") == [0, 1, 2]  # the other one has what this process was given too
        own[1].pop("files")
        assert fork == own
        assert own[0] == number


@pytest.mark.parametrize("end", [("exit", "7"), ("signal", "9"), ("signal", "15"), ("signal", "2"), ("raise", "")])
def test_it_ends_as_every_process_ends(end: tuple[str, str]) -> None:
    code, _, said = ended(True, *end)
    assert code == ended(False, *end)[0]
    assert ("RuntimeError: as asked" in said) == (end[0] == "raise")


def test_it_can_be_killed_at_any_time() -> None:
    with Terminal([sys.executable, "-m", "tui"], warm=True) as terminal:
        pass
    assert terminal.returncode == -signal.SIGKILL


def test_variables_that_are_read_once_are_heeded() -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "ascii:replace"}
    for warm in (False, True):
        with Terminal([*SEEN, "exit", "0"], environ, stdout=PIPE, warm=warm) as terminal:
            assert terminal.wait_exit() == 0
            (found,) = [it for it in json.loads(terminal.captured["stdout"])["streams"] if it[0] == "<stdin>"]
            assert found[2:4] == ["ascii", "replace"]
