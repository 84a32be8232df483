"""The filter bar."""

from __future__ import annotations

from textual import events
from textual.message import Message

from tui.widgets.filter_bar import LONGEST, FilterBar, FilterInput
from tui.widgets.profile_list import ProfileList, row_of

from .widget_host import FixedStates, Host, profile, screen_lines, session


def host() -> tuple[Host, FilterBar, ProfileList]:
    listing = ProfileList(FixedStates())
    bar = FilterBar(listing)
    listing.set_rows([row_of(profile(name), session("acme")) for name in ("dev", "prod")])
    return Host(lambda: [bar, listing], FilterBar.Changed, FilterBar.Done), bar, listing


def said(messages: list[Message]) -> list[object]:
    return [
        message.query if isinstance(message, FilterBar.Changed) else getattr(message, "keep", None)
        for message in messages
    ]


async def test_it_is_hidden_until_it_is_opened_and_tells_what_is_typed() -> None:
    app, bar, listing = host()
    async with app.run_test(size=(80, 24), message_hook=app.note) as pilot:
        listing.focus()
        assert not bar.display
        bar.open()
        await pilot.press("d", "e", "backspace")
        await pilot.pause()
        assert bar.display
        assert bar.text == "d"
        assert said(app.got) == ["d", "de", "d"]
        assert app.got[0].control is bar


async def test_escape_clears_and_closes() -> None:
    app, bar, _ = host()
    async with app.run_test(size=(80, 24), message_hook=app.note) as pilot:
        bar.open()
        await pilot.press("d", "escape")
        await pilot.pause()
        assert said(app.got) in (["d", "", False], ["d", False, ""])
        assert not bar.display
        assert bar.text == ""


async def test_enter_and_down_keep_the_filter() -> None:
    for key in ("enter", "down"):
        app, bar, _ = host()
        async with app.run_test(size=(80, 24), message_hook=app.note) as pilot:
            bar.open()
            await pilot.press("d", key)
            await pilot.pause()
            assert said(app.got) == ["d", True]
            assert bar.display
            assert bar.text == "d"


async def test_leaving_an_empty_filter_closes_it() -> None:
    app, bar, _ = host()
    async with app.run_test(size=(80, 24), message_hook=app.note) as pilot:
        bar.open()
        await pilot.press("enter")
        await pilot.pause()
        assert said(app.got) == [False]
        assert not bar.display


async def test_opened_again_it_goes_on_where_it_was() -> None:
    app, bar, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        bar.open()
        await pilot.press("d", "enter")
        listing.focus()
        bar.open()
        await pilot.press("e")
        assert bar.text == "de"


async def test_the_count_stands_at_the_end_of_the_line() -> None:
    app, bar, _ = host()
    async with app.run_test(size=(80, 24)) as pilot:
        bar.open()
        await pilot.press("d")
        bar.set_count(12, 300)
        await pilot.pause()
        line = screen_lines(pilot)[0].rstrip()
        assert line.startswith(" / d")
        assert line.endswith("12 of 300")


async def test_a_paste_goes_through_the_text_gate() -> None:
    app, bar, _ = host()
    async with app.run_test(size=(80, 24)) as pilot:
        bar.open()
        await pilot.pause()
        entry = app.query_one(FilterInput)
        entry.post_message(events.Paste("a\x1b]52;c;eA==\x07\u202eb\nsecond line"))
        await pilot.pause()
        assert bar.text == "a\\x1b]52;c;eA==\\x07\\u202eb"
        assert "".join(screen_lines(pilot)).isprintable()
        entry.post_message(events.Paste("x" * 5000))
        await pilot.pause()
        assert len(bar.text) <= LONGEST
