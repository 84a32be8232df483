"""`ssotui --emit SHELL`: standard output is a channel to the shell function, whatever happens on the screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from . import needs
from .program import highlight, program, sample_home
from .terminal import PIPE, Terminal

CRASH = """
import sys
from tui.screens.board import board
def use_profile(self, profile):
    raise RuntimeError("on purpose")
board.Board.use_profile = use_profile
from tui.__main__ import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def chooser(shell: str = "bash") -> Terminal:
    return program("--emit", shell, stdout=PIPE)


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_h07_leaving_gives_nothing_and_fails(key: str) -> None:
    with chooser() as terminal:
        terminal.wait_for("? Help")
        terminal.press(key)
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        assert terminal.captured["stdout"] == b""


def test_h07_escape_stays_on_the_board_and_gives_nothing() -> None:
    with chooser() as terminal:
        terminal.wait_for("? Help")
        terminal.press("escape", "?")
        terminal.wait_for("Keys and states")
        terminal.press("escape", "escape")
        terminal.wait_for("? Help")
        terminal.press("q")
        assert terminal.wait_exit() == 1
        assert terminal.captured["stdout"] == b""


def test_h07_a_signal_gives_nothing_and_fails() -> None:
    with chooser() as terminal:
        terminal.wait_for("? Help")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 143
        terminal.assert_restored()
        assert terminal.captured["stdout"] == b""


def test_h07_a_crash_gives_nothing_and_fails() -> None:
    with program("--emit", "bash", command=[sys.executable, "-c", CRASH], stdout=PIPE) as terminal:
        terminal.wait_for("? Help")
        terminal.press("enter")
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        assert terminal.captured["stdout"] == b""
        terminal.wait_for("ssotui has crashed: RuntimeError")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_h08_enter_gives_the_lines_and_nothing_else(shell: str) -> None:
    path = needs.program(shell)
    with chooser(shell) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "staging")
        terminal.press("enter")
        assert terminal.wait_exit() == 0
        terminal.assert_restored()
        lines = terminal.captured["stdout"].decode()
    inside = {**os.environ, "AWS_ACCESS_KEY_ID": "old", "AWS_PROFILE": "old"}
    done = subprocess.run(
        [path, "-c", lines + "\nenv"], env=inside, capture_output=True, text=True, timeout=60, check=True
    )
    found = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    assert found["AWS_PROFILE"] == "staging"
    assert not found.get("AWS_ACCESS_KEY_ID")


def test_h07_a_broken_pipe_fails_without_a_word_of_python() -> None:
    read, write = os.pipe()
    with program("--emit", "bash", stdout=write) as terminal:
        os.close(write)
        terminal.wait_for("? Help")
        os.close(read)
        terminal.press("enter")
        assert terminal.wait_exit() == 141
        terminal.assert_restored()
        assert "Traceback" not in terminal.text()


def test_the_board_has_the_size_of_the_terminal_though_standard_output_is_none() -> None:
    with program("--emit", "bash", stdout=PIPE, size=(130, 40)) as terminal:
        terminal.wait_for("written in")
        terminal.resize(60, 15)
        terminal.wait_for(lambda it: "Help" in it.lines()[-1] or "Use" in it.lines()[-1])
        assert len(terminal.lines()) == 15
