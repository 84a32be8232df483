"""Stopping the board with ctrl+z, or with signals, and going on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .emulator import BRACKETED_PASTE
from .program import COMMAND, highlight, program, quit_board, row, sample_home
from .terminal import PIPE, Terminal

SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
START = shlex.join(COMMAND)


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


@pytest.fixture
def shell() -> Iterator[Terminal]:
    """An interactive shell with job control, at its prompt."""
    with program(command=SHELL, env={"PS1": "prompt> "}) as terminal:
        terminal.wait_for("prompt>")
        yield terminal


def stopped(terminal: Terminal) -> bool:
    """Whether the program that leads the session is stopped, as the kernel says."""
    return Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def at_the_prompt(terminal: Terminal) -> None:
    """The shell has the terminal back, with nothing of the board's on it."""
    terminal.wait_for("Stopped")
    terminal.wait_for(lambda it: it.lines()[:1] != [""] and "prompt>" in it.text().rstrip().rpartition("\n")[2])
    left = [what for what in terminal.emulator.leftovers() if str(BRACKETED_PASTE) not in what]
    assert left == []


def test_e10_ctrl_z_in_the_middle_of_a_sign_in_and_back_after_the_code_expired(
    shell: Terminal, demo: DemoServer
) -> None:
    before = shell.termios_now()
    shell.send(START + "\n")
    shell.wait_for("attic")
    highlight(shell, "attic")
    shell.press("l")
    shell.wait_for("waiting for approval")
    (code,) = demo.state.pending_user_codes()
    shell.press("ctrl+z")
    at_the_prompt(shell)
    assert shell.termios_now() == before
    shell.send("echo still $((40 + 2))\n")
    shell.wait_for("still 42")
    demo.state.expire(code)
    shell.send("fg\n")
    shell.wait_for("The code has expired")
    shell.press("n")
    shell.wait_for("waiting for approval")
    demo.state.approve(demo.state.pending_user_codes()[0])
    shell.wait_for(lambda it: "signed-in" in row(it, "attic") or "signed in to 2 of 3" in it.text())
    shell.wait_for("? Help")
    shell.press("q")
    shell.wait_for(lambda it: not it.emulator.alternate)
    shell.send("echo ended with $?\n")
    shell.wait_for("ended with 0")


def test_e10_the_whole_screen_is_drawn_anew_and_keys_work(shell: Terminal) -> None:
    shell.send(START + "\n")
    shell.wait_for("? Help")
    for _ in range(2):
        shell.press("ctrl+z")
        at_the_prompt(shell)
        shell.send("clear; fg\n")
        shell.wait_for(lambda it: row(it, "attic") and row(it, "staging") and "? Help" in it.lines()[-1])
        shell.press("?")
        shell.wait_for("Keys and states")
        shell.press("escape")
        shell.wait_for("? Help")
    shell.press("q")
    shell.wait_for(lambda it: it.text().rstrip().endswith("prompt>"))


def test_e10_the_terminal_may_have_another_size_then(shell: Terminal) -> None:
    shell.send(START + "\n")
    shell.wait_for("? Help")
    shell.press("ctrl+z")
    at_the_prompt(shell)
    shell.resize(130, 40)
    shell.send("fg\n")
    shell.wait_for("written in")
    assert row(shell, "attic")
    shell.press("q")
    shell.wait_for(lambda it: not it.emulator.alternate)


def test_stopped_by_others_and_continued_it_takes_the_terminal_back() -> None:
    """SIGSTOP cannot be seen coming; what the shell did to the terminal meanwhile is undone."""
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.signal(signal.SIGSTOP)
        terminal.wait_for(stopped)
        os.write(terminal.slave, b"\x1b[?1049l\x1b[?25h\r\nsomething of the shell's\r\n")
        terminal.wait_for("something of the shell's")
        terminal.signal(signal.SIGCONT)
        terminal.wait_for(lambda it: it.emulator.alternate and row(it, "attic") and "? Help" in it.lines()[-1])
        quit_board(terminal)


def test_continued_without_having_stopped_nothing_is_lost() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        for _ in range(3):
            terminal.signal(signal.SIGCONT)
        terminal.wait_for(lambda it: it.raw.count(b"\x1b[?1049h") > 1)
        terminal.wait_for("? Help")
        quit_board(terminal)


IN_THE_MIDDLE = """
import os, queue, signal, sys
real, sent = queue.Queue._put, []
def put(self, item):
    real(self, item)
    if isinstance(item, str) and "Keys and states" in item and not sent:
        sent.append(os.kill(os.getpid(), signal.SIGCONT))
queue.Queue._put = put
from tui.__main__ import main
sys.exit(main())
"""


def test_continued_in_the_middle_of_writing_it_does_not_wait_for_itself() -> None:
    with program(command=[sys.executable, "-c", IN_THE_MIDDLE]) as terminal:
        terminal.wait_for("? Help")
        terminal.press("?")
        terminal.wait_for(lambda it: it.raw.count(b"\x1b[?1049h") > 1)
        terminal.wait_for("Keys and states")
        terminal.press("escape")
        terminal.wait_for("? Help")
        quit_board(terminal)


def test_a_signal_ends_it_while_it_is_stopped(shell: Terminal) -> None:
    shell.send(START + "\n")
    shell.wait_for("? Help")
    shell.press("ctrl+z")
    at_the_prompt(shell)
    shell.send("kill -TERM %1; fg; echo ended with $?\n")
    shell.wait_for("ended with 143")
    assert not shell.emulator.alternate


def test_with_a_shell_that_waits_for_the_answer_ctrl_z_does_not_stop_it() -> None:
    """Stopped inside of $(...), it could not be continued: the shell would wait for ever."""
    with program("--emit", "bash", stdout=PIPE) as terminal:
        terminal.wait_for("? Help")
        terminal.press("ctrl+z")
        terminal.wait_for("cannot be stopped")
        assert not stopped(terminal)
        quit_board(terminal, 1)


@pytest.mark.parametrize(("ended_by", "code"), [("kill %1", 143), ("kill -HUP %1", 129)])
def test_e08_e10_a_stopped_board_can_be_ended_from_the_shell(shell: Terminal, ended_by: str, code: int) -> None:
    """The shell sends SIGCONT with it, while the terminal is its own."""
    before = shell.termios_now()
    shell.send(START + "\n")
    shell.wait_for("? Help")
    shell.press("ctrl+z")
    at_the_prompt(shell)
    shell.send(f"{ended_by}; while kill -0 %1 2>/dev/null; do sleep 0.1; done\n")
    shell.wait_for(f"Exit {code}")
    assert not shell.emulator.alternate
    assert shell.termios_now() == before
    shell.send("echo still $((40 + 2))\n")
    shell.wait_for("still 42")


def test_e10_in_the_background_it_stays_stopped(shell: Terminal) -> None:
    shell.send(START + "\n")
    shell.wait_for("? Help")
    shell.press("ctrl+z")
    at_the_prompt(shell)
    shell.send("bg; sleep 0.5; jobs; echo so\n")
    shell.wait_for(re.compile("Stopped.*\\n.*so", re.DOTALL))
    assert not shell.emulator.alternate
    shell.send("fg\n")
    shell.wait_for(lambda it: it.emulator.alternate and "? Help" in it.lines()[-1])
    shell.press("q")
    shell.wait_for(lambda it: not it.emulator.alternate)


def test_e08_a_terminal_that_takes_no_output_does_not_keep_it_from_ending() -> None:
    """As after ctrl+s, with keys typed until nothing more can be drawn."""
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.stall()
        for _ in range(150):
            terminal.press("?", "escape")
            time.sleep(0.01)
        terminal.signal(signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1]) == 143
        terminal.returncode = 143
        assert terminal.termios_now() == terminal.termios_before
