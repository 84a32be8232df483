"""Bytes that no person typed: late answers of the terminal, broken characters, pastes that hold control sequences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import assert_no_foreign_bytes, program, quit_board, row, sample_home
from .terminal import Terminal
from .test_keyboard import ANSWERS, NONSENSE


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


EVERYTHING = b"".join([*ANSWERS.values(), *NONSENSE.values()])


def open_filter(terminal: Terminal) -> None:
    terminal.wait_for("? Help")
    terminal.press("/")
    terminal.wait_for("esc Clear filter")


def test_the_board_takes_no_answer_for_a_key(demo: DemoServer) -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send(EVERYTHING + b"j")
        terminal.wait_for(lambda it: row(it, "attic").lstrip().startswith("▸"))
        assert terminal.lines()[0].startswith(" ssotui")
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)
    assert demo.state.log.count("GetRoleCredentials") == 0


@pytest.mark.parametrize("data", [b"\xff", b"zz\xe9z", b"\x1b[102;1:1:1u", b"\x1b[1114112u"], ids=repr)
def test_bytes_that_make_no_sense_do_not_end_it(data: bytes) -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send(data)
        terminal.press("escape")  # from where letters have led
        terminal.send("?")
        terminal.wait_for("Keys and states")
        terminal.press("escape")
        terminal.wait_for(lambda it: "Keys and states" not in it.text() and "? Help" in it.text())
        quit_board(terminal)
        assert b"Traceback" not in terminal.raw


def test_a_terminal_that_knows_no_pixels_may_have_a_mouse() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send(b"\x1b[?2048;2$y\x1b[48;24;80;0;0t\x1b[<35;5;5M\x1b[<0;20;10M\x1b[<0;20;10m")
        terminal.wait_for(lambda it: row(it, "attic").lstrip().startswith("▸"))
        quit_board(terminal)


def test_answers_and_a_paste_while_the_filter_is_typed() -> None:
    with program() as terminal:
        open_filter(terminal)
        terminal.send(b"s" + EVERYTHING + b"ta" + EVERYTHING + b"\x1b[200~gin\x1b[201~" + b"g")
        terminal.wait_for("/ staging ")
        terminal.press("escape")
        terminal.wait_for(lambda it: row(it, "attic"))
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)


def test_what_is_pasted_right_behind_the_slash_is_the_filter() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send(b"/\x1b[200~staging\x1b[201~")
        terminal.wait_for("/ staging ")
        quit_by_signal_key(terminal)


def test_a16_a_paste_is_shown_and_not_obeyed() -> None:
    """A copied text can hold anything; in a paste of the terminal's it came through as keys."""
    evil = "\x1bqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\x1b[113u\x1b[48;5;5;5;5t\x1b]52;c;eA==\x07\x9b31m\u202e"
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send(b"\x1b[200~" + evil.encode() + b"\x1b[201~")  # the board has no use for it
        terminal.press("/")
        terminal.wait_for("esc Clear filter")
        terminal.send(b"\x1b[200~" + evil.encode() + b"\x1b[201~")
        terminal.wait_for(r"\x1bqqqq")
        terminal.press("escape", "ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.send(b"\x1b[200~" + evil.encode() + b"\x1b[201~")
        terminal.wait_for(r"\x1bqqqq")
        quit_by_signal_key(terminal)
        assert_no_foreign_bytes(terminal)


def quit_by_signal_key(terminal: Terminal) -> None:
    terminal.press("ctrl+c")
    assert terminal.wait_exit() == 0
    terminal.assert_restored()
