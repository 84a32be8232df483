"""The board's keys, several of them in a row, and where they leave one."""

from __future__ import annotations

from pathlib import Path

from textual.events import Key

from tui.demo.server import DemoServer

from .board import Driver, board, sample


def typed(it: Driver, *keys: str) -> None:
    """Keys that come faster than the screen."""
    for key in keys:
        it.app.post_message(Key(key, key if len(key) == 1 else None))


async def test_the_key_behind_tab_is_for_the_list_that_it_goes_to(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        typed(it, "tab", "enter")
        await it.until("Only the profiles of acme")
        assert it.app.focused is it.board.profiles
        typed(it, "j", "escape", "G")  # all again, and the sessions
        await it.until(lambda: it.board.sessions.highlighted == it.board.sessions.key_at(2))
        assert it.board.profiles.only is None
        typed(it, "tab", "tab", "e")
        await it.until("Highlight a profile first")
        await it.press("tab")
        typed(it, "tab", "w")
        await it.until("Highlight a profile first")


async def test_the_cursor_stays_on_the_row_that_was_found_and_gone_to(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("slash", *"sandbox", "escape")
        assert it.board.profiles.highlighted == "dev-admin"  # only looked
        await it.press("slash", *"sandbox", "enter")
        assert it.board.profiles.highlighted == "sandbox"
        await it.press("escape")
        assert it.board.profiles.row_count() > 5
        assert it.board.profiles.highlighted == "sandbox"
        await it.press("slash", *"nothing at all", "enter", "escape")
        assert it.board.profiles.highlighted == "sandbox"


async def test_what_was_used_is_among_the_last_used_at_once(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.highlight("sandbox")
        await it.press("enter")
        await it.until("export AWS_PROFILE=")
        await it.press("escape")
        assert it.board.profiles.shown[0] == it.board.profiles.highlighted == "sandbox"
        assert " now " in it.row("sandbox")


async def test_an_order_under_a_filter_is_for_later_which_is_said(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.press("slash", *"dev", "enter", "j")
        before, name = it.board.profiles.shown, it.board.profiles.highlighted
        await it.press("s")
        await it.until("A filter has the best match first; without it, sorted by recent use")
        assert "Sorted by" not in it.words()
        assert (it.board.profiles.shown, it.board.profiles.highlighted) == (before, name)
        await it.press("escape")
        assert "by recent use ▾" in it.words()
