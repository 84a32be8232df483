"""What the program says: one line for news, boxes for errors alone, everything in `!`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.server import DemoServer
from tui.said import KEPT, Said, Saying
from tui.widgets.key_bar import ShownKey, fitting

from .board import Driver, board, sample


def saying(text: str, severity: str = "information", since: float = 0.0, lasts: float = 6.0) -> Saying:
    return Saying(text, severity, 1e9 + since, since, since + lasts)  # type: ignore[arg-type]


def test_the_newest_is_shown_while_it_is_news_and_all_are_kept() -> None:
    said = Said()
    assert said.add(saying("one"))
    assert said.add(saying("two", "warning", 1.0))
    assert said.add(saying("broken", "error", 2.0))
    latest = said.latest(3.0)
    assert latest is not None
    assert latest.text == "two"
    assert said.latest(7.5) is None
    assert [each.text for each in said.all()] == ["broken", "two", "one"]


def test_what_is_shown_already_is_not_said_again_and_old_ones_go() -> None:
    said = Said()
    assert said.add(saying("one"))
    assert not said.add(saying("one", since=5.0))
    assert said.add(saying("one", since=6.0))
    for number in range(KEPT):
        said.add(saying(str(number), since=10.0))
    assert len(said.all()) == KEPT
    assert said.all()[-1].text == "0"


def test_errors_that_were_taken_away_may_be_told_again() -> None:
    said = Said()
    said.add(saying("broken", "error"))
    said.add(saying("news"))
    said.over(1.0, errors=True)
    assert said.add(saying("broken", "error", 1.0))
    assert not said.add(saying("news", since=1.0))


@pytest.mark.parametrize(
    ("width", "left"), [(60, "use sign filter help"), (25, "use sign help"), (24, "use sign"), (14, "use"), (3, "")]
)
def test_keys_give_way_by_their_rank_and_keep_their_place(width: int, left: str) -> None:
    keys = [
        ShownKey("enter", "enter", "use", 0),
        ShownKey("l", "l", "sign", 1),
        ShownKey("slash", "/", "filter", 3),
        ShownKey("question_mark", "?", "help", 2),
    ]
    assert " ".join(key.label for key in fitting(keys, width)) == left


def last_lines(it: Driver) -> list[str]:
    return [line.strip() for line in it.words().splitlines()[-3:]]


async def test_news_stand_above_the_keys_and_errors_in_a_box_until_a_key(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        it.app.tell("all is well")
        await it.pilot.pause()
        assert last_lines(it)[1] == "all is well"
        assert "? Help" in last_lines(it)[2]
        it.app.tell("it is broken", "error")
        await it.until("it is broken")
        assert "? Help" in last_lines(it)[2]
        assert last_lines(it)[1] == "all is well"
        await it.press("j")
        await it.until(lambda: "it is broken" not in it.words())
        await it.press("exclamation_mark")
        await it.until("What was said")
        assert "it is broken" in it.words()
        it.app.tell("and a dialog has a line too", "warning")
        await it.until("! and a dialog has a line too")
        await it.press("escape")
        await it.until(lambda: last_lines(it)[1] == "! and a dialog has a line too")


async def test_a_long_sentence_takes_two_lines(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    text = "a sentence of " + "many words " * 8 + "and its end"
    async with board() as it:
        it.app.tell(text)
        await it.until(lambda: " ".join(last_lines(it)[:2]) == text)
        assert "? Help" in last_lines(it)[2]


async def test_the_footer_counts_what_is_wrong_and_who_needs_a_sign_in(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board(110, 24) as it:
        assert last_lines(it)[2].endswith("! 4")  # the demo has other addresses than AWS
        assert "L Sign in ×2" in last_lines(it)[2]
        assert "tab Sessions" in last_lines(it)[2]
        await it.press("tab")
        await it.until(lambda: "tab Profiles" in last_lines(it)[2])
        await it.pilot.click("KeyBar", offset=(last_lines(it)[2].index("? Help") + 1, 0))
        await it.until("Keys and states")


async def test_a_click_on_the_line_shows_everything(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.pilot.click("NoticeBar")
        await it.until("5 problems")  # of which one was not met before it was looked for


async def test_x_on_a_row_without_a_session_says_so(home: Path, demo: DemoServer) -> None:
    """What it would have removed was everything: nobody asked for that."""
    sample(home, demo)
    async with board() as it:
        await it.highlight("legacy-typo")
        await it.press("x")
        await it.until("legacy-typo: sso_session")
        assert it.app.screen is it.board
