"""The board's keys, several of them in a row, and where they leave one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.widget import AwaitMount, Widget

from tui.demo.server import DemoServer
from tui.screens.board.panes import Panes

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
        await it.until("Sorted by recent use without the filter, which has the best match first")
        assert (it.board.profiles.shown, it.board.profiles.highlighted) == (before, name)
        await it.press("escape")
        await it.press("s")
        assert "Sorted by session; once more sorts by expiry" in it.words()


async def test_the_count_of_a_filter_follows_what_it_finds(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    config = home / ".aws/config"
    async with board() as it:
        await it.press("slash", *"sandbox", "enter")
        found, total = it.board.profiles.row_count(), it.board.profiles.total
        await it.until(f"{found} of {total}")
        more = "\n[profile sandbox-2]\nsso_session = lab\nsso_account_id = 333333333333\nsso_role_name = Admin\n"
        config.write_text(config.read_text() + more)
        await it.until(f"{found + 1} of {total + 1}")


async def test_the_clock_may_tick_while_the_filter_is_being_opened(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the moment in which the bar is there and that in which its parts are."""
    sample(home, demo)
    async with board() as it:
        mount = Panes.mount

        def mount_and_tick(self: Panes, *widgets: Widget, **where: Any) -> AwaitMount:
            awaited = mount(self, *widgets, **where)
            it.board.tick()
            return awaited

        monkeypatch.setattr(Panes, "mount", mount_and_tick)
        await it.press("slash", *"sand")
        await it.until("2 of 13")
        assert it.app.return_code is None
