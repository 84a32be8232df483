"""The keys of the lists in every dialog, and the help that each of them has."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from tui.screens.help import Help

from .board import Driver, board

pytestmark = pytest.mark.usefixtures("organisation")


HIGH = 180
"""Lines in which the whole help can be seen, in one column too."""


def top(it: Driver) -> int:
    return round(it.app.screen.query(VerticalScroll).first().scroll_y)


@pytest.mark.parametrize("key", ["question_mark", "exclamation_mark", "x", "i"])
async def test_texts_scroll_by_the_keys_of_the_lists(key: str) -> None:
    async with board(60, 12) as it:
        await it.press("tab", "tab", key)
        await it.until(lambda: it.app.screen is not it.board)
        if key == "exclamation_mark":  # one problem: nothing to scroll
            await it.press("j", "G", "g", "ctrl+d", "ctrl+u")
            assert top(it) == 0
            return
        await it.until(lambda: it.app.screen.query(VerticalScroll).first().max_scroll_y > 3)
        await it.press("j", "j")
        assert top(it) == 2
        await it.press("k")
        assert top(it) == 1
        await it.press("G")
        end = it.app.screen.query(VerticalScroll).first().max_scroll_y
        assert top(it) == end
        await it.press("ctrl+u")
        assert 0 < top(it) < end or end <= 3
        await it.press("g")
        assert top(it) == 0
        await it.press("ctrl+d")
        assert top(it) > 1 or end <= 3


async def test_formats_are_chosen_by_the_keys_of_the_lists() -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("credentials valid for")
        formats = it.app.screen.query_one(OptionList)
        await it.press("g", "j", "j", "k")
        assert formats.highlighted == 1
        await it.press("G")
        assert formats.highlighted == formats.option_count - 1
        await it.press("ctrl+u")
        half = formats.highlighted
        assert half is not None
        assert half < formats.option_count - 2
        await it.press("g", "ctrl+d")
        assert formats.highlighted == formats.option_count - 1 - half


async def test_the_lists_of_the_board_move_by_half_a_page(home: Path) -> None:
    roles = "".join(f"[profile p{number:02}]\nsso_session = acme\nsso_account_id = 1\n" for number in range(60))
    (home / ".aws/config").write_text((home / ".aws/config").read_text() + roles)
    async with board() as it:
        await it.press("g", "ctrl+d")
        first = it.board.profiles.highlighted
        page = len(it.board.profiles.visible_keys())
        assert it.board.profiles.shown.index(str(first)) == page // 2
        await it.press("ctrl+d", "ctrl+u", "ctrl+u")
        assert it.board.profiles.highlighted == it.board.profiles.shown[0]


@pytest.mark.parametrize(
    ("keys", "name"),
    [("e", "Export"), ("i", "Identity"), ("x", "Sign-out"), ("enter", "Using a profile"), ("l", "Elsewhere")],
)
async def test_every_dialog_has_help_its_own_keys_first(keys: str, name: str) -> None:
    async with board(80, HIGH) as it:
        await it.highlight("dev-admin")
        await it.press(keys)
        await it.until(lambda: "esc Back" in it.words())
        below = it.app.screen
        for width in (80, 130):
            await it.pilot.resize_terminal(width, HIGH)
            await it.press("question_mark")
            await it.until("Keys and states")
            await it.until(partial(shows_columns, it, 2 if width >= 110 else 1))
            lines = it.words().splitlines()
            titles = [
                "States",
                "Marks",
                "Board",
                "Sign-in",
                "Identity",
                "Export",
                "Sign-out",
                "Using a profile",
                "Lists and texts",
                "Elsewhere",
            ]
            places = {
                title: min(at for at, line in enumerate(lines) if title in map(str.strip, line.split("  ")))
                for title in titles
            }
            assert places["States"] < places["Marks"], width
            keys_of_screens = {title: at for title, at in places.items() if title not in ("States", "Marks")}
            assert min(keys_of_screens, key=lambda title: keys_of_screens[title]) == name, width
            # Beside the states where there is room, else below them.
            assert places[name] == places["States"] if width >= 110 else places[name] > places["Marks"], width
            await it.press("question_mark")
            assert it.app.screen is below, width


def shows_columns(it: Driver, count: int) -> bool:
    return len(it.app.screen.query("#help > Vertical")) == count


async def test_the_help_changes_its_columns_with_the_terminal() -> None:
    async with board(80, 90) as it:
        await it.press("question_mark")
        await it.until("Keys and states")
        for width, columns in ((110, 2), (109, 1), (140, 2)):
            await it.pilot.resize_terminal(width, 90)
            await it.until(partial(shows_columns, it, columns))
        assert isinstance(it.app.screen, Help)
        await it.until("On a session")


async def test_a_question_mark_is_a_letter_where_text_is_typed() -> None:
    async with board() as it:
        await it.press("slash", "question_mark")
        assert it.app.screen is it.board
