"""Clicks on everything, twice and where nobody expects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.command import CommandList

from tui.demo.server import DemoServer
from tui.screens.help import Help
from tui.screens.palette import Palette

from .board import board
from .program import program, quit_board, row, sample_home
from .terminal import Terminal


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def clicks(columns: int, rows: int) -> Iterator[str]:
    """A click on every fifth cell, each a little drag to the right."""
    for y in range(1, rows + 1, 2):
        for x in range(1, columns + 1, 5):
            yield f"\x1b[<0;{x};{y}M\x1b[<32;{x + 2};{y}M\x1b[<0;{x + 2};{y}m"


@pytest.mark.parametrize("size", [(80, 24), (30, 5)], ids=str)
def test_clicking_all_over_the_place_breaks_nothing(size: tuple[int, int]) -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        for key in ("x", "?", "enter"):
            terminal.press(key)
            terminal.resize(*size)
            terminal.send("".join(clicks(*size)))
            terminal.resize(80, 24)
            terminal.wait_for(back)
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 0
        terminal.assert_restored()


def test_a_double_click_beside_the_palette_ends_nothing() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.send("\x1b[<0;2;1M\x1b[<0;2;1m" * 2)
        terminal.wait_for(lambda it: "Search for commands" not in it.text() and "? Help" in it.text())
        quit_board(terminal)


def back(terminal: Terminal) -> bool:
    """Whether the board is there, with nothing over it; what is over it is closed."""
    if terminal.lines()[0].startswith(" ssotui") and row(terminal, "attic"):
        return True
    terminal.press("escape")
    return False


async def test_a_double_click_beside_the_palette_closes_it_once() -> None:
    async with board() as it:
        await it.press("question_mark", "ctrl+p")
        await it.until("Search for commands")
        palette = it.app.screen
        palette.dismiss()
        palette.dismiss()
        await it.until("Keys and states")
        assert isinstance(it.app.screen, Help)


async def test_a_second_key_that_was_meant_for_a_dialog_closes_nothing_else() -> None:
    async with board() as it:
        await it.press("question_mark")
        dialog = it.app.screen
        dialog.dismiss()
        dialog.dismiss()
        await it.pilot.pause()
        assert it.app.screen is it.board


async def test_the_palette_opens_over_what_came_over_another_palette() -> None:
    async with board() as it:
        await it.press("ctrl+p")
        it.app.push_screen(Help())
        await it.press("ctrl+p")
        await it.until("Search for commands")
        assert isinstance(it.app.screen, Palette)


async def test_a_palette_that_is_closed_while_it_searches_does_no_harm() -> None:
    async with board() as it:
        await it.press("ctrl+p")
        await it.until("Search for commands")
        palette = it.app.screen
        assert isinstance(palette, Palette)
        found = palette.query_one(CommandList)
        await palette.query("*").remove()
        palette._refresh_command_list(found, [], False)
