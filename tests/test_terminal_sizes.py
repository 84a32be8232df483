"""The board in terminals of every size, without colours and with few."""

from __future__ import annotations

import fcntl
import random
import re
import struct
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import close_dialog, highlight, program, quit_board, row, sample_home
from .terminal import Terminal

SCREENS = {
    "l": "waiting for approval",
    "i": "Identity of analytics",
    "e": "Export analytics",
    "x": "Sign out",
    "question_mark": "Keys and states",
    "!": "problem",
}


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def key(name: str) -> str:
    return "?" if name == "question_mark" else name


def too_small(terminal: Terminal) -> bool:
    """Whether the message is shown, however its words are broken into lines."""
    return " ".join(" ".join(terminal.lines()).split()) == "Too small: 40 by 10 at least."


def test_e01_everything_has_room_at_80x24(demo: DemoServer) -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        footer = terminal.lines()[-1]
        for word in ("enter Use", "l Sign in", "/ Filter", "tab Sessions", "L Sign in ×2", "? Help", "! 4"):
            assert word in footer
        highlight(terminal, "attic")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        terminal.wait_for(code)
        assert f"{demo.url}/platform/" in terminal.text()
        terminal.wait_for(re.compile(r"code expires in \d+m"))
        assert "only a sign-in that you started" in terminal.text()
        terminal.press("escape")
        terminal.wait_for("PROFILE ")
        highlight(terminal, "analytics")
        for name, words in list(SCREENS.items())[1:]:
            terminal.wait_for("PROFILE ")
            terminal.press(key(name))
            terminal.wait_for(words)
            terminal.wait_for(lambda it: "esc Back" in it.text())
            close_dialog(terminal)
        terminal.wait_for("PROFILE ")
        quit_board(terminal)


@pytest.mark.parametrize("size", [(60, 15), (40, 10)], ids=str)
def test_e02_small_terminals_show_rows_and_the_code(size: tuple[int, int], demo: DemoServer) -> None:
    with program(size=size) as terminal:
        terminal.wait_for("analytics")
        highlight(terminal, "attic")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        assert code in terminal.text()
        assert not too_small(terminal)
        terminal.press("escape")
        terminal.wait_for("attic")
        terminal.press("home")
        for name in list(SCREENS)[1:]:
            terminal.wait_for("attic")
            terminal.press(key(name))
            terminal.wait_for("Back")
            close_dialog(terminal)
        terminal.wait_for("attic")
        quit_board(terminal)


@pytest.mark.parametrize("size", [(20, 5), (1, 1)], ids=str)
def test_e02_below_the_minimum_every_key_is_harmless_and_growing_brings_it_back(size: tuple[int, int]) -> None:
    with program(size=size) as terminal:
        terminal.wait_for(lambda it: too_small(it) if size[0] > 1 else it.text().strip() == "T")
        for name in SCREENS:
            terminal.press(key(name), "down", "tab", "escape")
        terminal.press("/", "a", "escape", "ctrl+p", "escape")
        terminal.resize(80, 24)
        terminal.wait_for("PROFILE ")
        terminal.wait_for(lambda it: row(it, "attic"))
        assert not too_small(terminal)
        quit_board(terminal)


def test_e02_the_palette_in_a_terminal_without_room_for_it() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        for words in ("", "theme"):
            terminal.press("ctrl+p")
            terminal.wait_for("Search for commands")
            if words:
                terminal.send(words)
                terminal.wait_for("Change the current theme")
                terminal.press("enter")
                terminal.wait_for("Search for themes")
            terminal.resize(1, 1)
            terminal.wait_for(lambda it: len(it.text().strip()) <= 1)
            terminal.press("pagedown", "pageup", "down", "end", "home", "pagedown")
            terminal.resize(80, 24)
            terminal.wait_for("Search for")
            terminal.press("escape")
            terminal.wait_for(lambda it: "Search for" not in it.text() and row(it, "attic"))
        quit_board(terminal)


def test_e02_a_terminal_that_says_0_by_0(demo: DemoServer) -> None:
    with program() as terminal:
        terminal.wait_for("attic")
        fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        terminal.press("?")
        terminal.wait_for("Keys and states")
        terminal.press("escape")
        terminal.wait_for("PROFILE ")
        quit_board(terminal)


@pytest.mark.parametrize("in_band", [True, False], ids=["in-band", "signals"])
def test_e02_a_storm_of_resizes_leaves_a_whole_screen(in_band: bool) -> None:
    choose = random.Random(7)
    with program(in_band_resize=in_band) as terminal:
        terminal.wait_for("attic")
        for name in ("", *SCREENS):
            if name:
                terminal.press(key(name))
            for _ in range(12):
                terminal.resize(choose.randrange(1, 200), choose.randrange(1, 60))
            terminal.press("escape")
        terminal.resize(80, 24)
        terminal.wait_for(
            lambda it: (
                it.lines()[0].startswith(" ssotui")
                and "? Help" in it.lines()[-1]
                and all(row(it, name) for name in ("acme", "attic", "staging"))
            )
        )
        quit_board(terminal)


def colours(raw: bytes) -> Iterator[str]:
    """The parameters of every sequence that sets colours or styles."""
    for found in re.finditer(rb"\x1b\[([0-9;]*)m", raw):
        yield found[1].decode()


def chromatic(parameters: str) -> bool:
    """Whether a colour other than a grey is set."""
    numbers = [int(number or 0) for number in parameters.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48) and numbers[:1] == [2]:
            red, green, blue = numbers[1:4]
            del numbers[:4]
            if not red == green == blue:
                return True
        elif number in (38, 48) and numbers[:1] == [5]:
            index = numbers[1]
            del numbers[:2]
            if not (index in (0, 7, 8, 15, 16, 231) or index >= 232):
                return True
        elif number in (*range(31, 37), *range(41, 47), *range(91, 97), *range(101, 107)):
            return True
    return False


def test_e04_no_color_is_obeyed_and_words_and_symbols_tell_the_states() -> None:
    with program(env={"NO_COLOR": "1"}, size=(130, 40)) as terminal:
        terminal.wait_for("written in")
        for session, symbol, state in (("acme", "●", "signed-in"), ("lab", "◐", "refreshable")):
            line = next(line for line in terminal.lines() if session in line and state in line)
            assert symbol in line
        assert "○" in row(terminal, "attic")
        assert "expiring" in row(terminal, "sandbox")
        for name in ("i", "e", "x", "?", "l"):
            terminal.press(key(name))
            terminal.wait_for(re.compile("Back|Cancel"))
            close_dialog(terminal)
            terminal.wait_for("written in")
        quit_board(terminal)
        assert [found for found in colours(terminal.raw) if chromatic(found)] == []


def test_colours_are_used_where_they_are_wanted() -> None:
    """The check above can tell the difference."""
    with program() as terminal:
        terminal.wait_for("attic")
        assert any(map(chromatic, colours(terminal.raw)))


@pytest.mark.parametrize("term", ["xterm", "linux", "vt220"])
def test_e04_with_16_colours_every_character_can_be_read(term: str) -> None:
    with program(env={"TERM": term, "COLORTERM": None}) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "dev-admin")
        assert_legible(terminal)
        for name, words in (("e", "credentials valid for"), ("x", "Removes"), ("?", "Keys and states")):
            terminal.press(name)
            terminal.wait_for(words)
            assert_legible(terminal)
            close_dialog(terminal)
            terminal.wait_for("PROFILE ")
        quit_board(terminal)


def assert_legible(terminal: Terminal) -> None:
    screen = terminal.emulator.screen
    same = [
        screen.buffer[line][column]
        for line in range(screen.lines)
        for column in range(screen.columns)
        if screen.buffer[line][column].data.strip()
        and screen.buffer[line][column].data not in "▌▐━─│╸"
        and screen.buffer[line][column].fg == screen.buffer[line][column].bg != "default"  # which are two colours
    ]
    assert same == [], f"text in the colour of its background\n{terminal.dump()}"


def test_the_terminal_itself_tells_its_size_not_the_environment() -> None:
    """Some shells export COLUMNS and LINES, which then stay as they were at the start."""
    with program(env={"COLUMNS": "60", "LINES": "15"}, size=(130, 40)) as terminal:
        terminal.wait_for("written in")
        terminal.resize(80, 24)
        terminal.wait_for(lambda it: "? Help" in it.lines()[23])
