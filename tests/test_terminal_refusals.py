"""Where there is no terminal for the board, and where output goes nowhere: said at once, and nothing is drawn."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import program, quit_board, sample_home
from .terminal import CLOSED, PIPE, Terminal

HINT = "run it in a terminal, or use a command: ssotui status"


@pytest.fixture
def null() -> Iterator[int]:
    number = os.open(os.devnull, os.O_RDWR)
    yield number
    os.close(number)


def refused(terminal: Terminal, reason: str) -> None:
    """Exit code 2, the reason and what to do instead, no control sequence."""
    assert terminal.wait_exit() == 2
    said = terminal.captured.get("stderr", terminal.raw).decode()
    assert reason in said
    assert HINT in said
    assert b"\x1b" not in terminal.raw
    assert terminal.captured.get("stdout", b"") == b""


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["--emit", "zsh"]], ids=str)
def test_e05_standard_input_is_a_pipe_or_a_file(arguments: list[str], null: int) -> None:
    for stdin in (PIPE, null, CLOSED):
        with program(*arguments, stdin=stdin, stdout=PIPE) as terminal:
            refused(terminal, "standard input is not one")


def test_e05_standard_error_is_a_pipe(home: Path) -> None:
    with program(stderr=PIPE) as terminal:
        refused(terminal, "standard error is not one")
        assert terminal.raw == b""


def test_e05_standard_error_is_closed() -> None:
    with program(stderr=CLOSED, stdout=PIPE) as terminal:
        assert terminal.wait_exit() == 2
        assert (terminal.raw, terminal.captured["stdout"]) == (b"", b"")


@pytest.mark.parametrize(
    ("env", "reason"),
    [({"TERM": "dumb"}, "TERM is dumb"), ({"TERM": ""}, "TERM is not set"), ({"TERM": None}, "TERM is not set")],
    ids=str,
)
def test_e05_a_terminal_that_cannot_be_drawn_on(env: Mapping[str, str | None], reason: str) -> None:
    with program(env=env) as terminal:
        refused(terminal, reason)
        terminal.assert_restored()


def test_the_board_runs_with_standard_output_elsewhere(null: int) -> None:
    """It draws on standard error."""
    for stdout in (PIPE, null, CLOSED):
        with program(stdout=stdout) as terminal:
            terminal.wait_for("No SSO profiles yet")
            quit_board(terminal)
            assert terminal.captured.get("stdout", b"") == b""


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["status", "--json"], ["env", "dev-admin"], ["whoami", "dev-admin"]],
    ids=" ".join,
)
def test_e07_nobody_reads_the_output(arguments: list[str], home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)
    read, write = os.pipe()
    os.close(read)
    with program(*arguments, stdout=write, stderr=PIPE) as terminal:
        os.close(write)
        assert terminal.wait_exit() == 141
        assert b"Traceback" not in terminal.captured["stderr"]
        assert b"Broken" not in terminal.captured["stderr"]


@pytest.mark.parametrize("arguments", [["status"], ["env", "dev-admin"]], ids=" ".join)
def test_e07_standard_output_is_closed_or_full(arguments: list[str], home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)
    with program(*arguments, stdout=CLOSED, stderr=PIPE) as terminal:
        assert terminal.wait_exit() in (0, 1)
        assert b"Traceback" not in terminal.captured["stderr"]
    full = os.open("/dev/full", os.O_WRONLY)
    with program(*arguments, stdout=full, stderr=PIPE) as terminal:
        os.close(full)
        assert terminal.wait_exit() == 1
        assert b"Reading or writing failed: No space left on device" in terminal.captured["stderr"]
        assert b"Traceback" not in terminal.captured["stderr"]
