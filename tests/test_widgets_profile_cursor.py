"""The cursor of the profile list: keys, mouse, messages, and staying on its profile when the rows change."""

from __future__ import annotations

import pytest
from textual.message import Message

from tui.aws import clock
from tui.aws.model import SIGNED_IN
from tui.widgets.profile_list import ProfileList, Row, row_of

from .widget_host import NOW, FixedStates, Host, profile, screen_lines, session

ACME = session("acme")
TWENTY = [f"p{number:02d}" for number in range(20)]


def rows(*names: str) -> list[Row]:
    return [row_of(profile(name), ACME) for name in names]


def host(*kinds: type[Message]) -> tuple[Host, ProfileList]:
    states = FixedStates()
    states.sessions["acme"] = (SIGNED_IN, NOW)
    listing = ProfileList(states, id="profiles")
    return Host(lambda: [listing], *kinds), listing


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("down down up", "p01"),
        ("j j k", "p01"),
        ("G", "p19"),
        ("end", "p19"),
        ("G g", "p00"),
        ("end home", "p00"),
        ("pagedown", "p09"),
        ("pagedown pagedown pagedown", "p19"),
        ("G pageup", "p10"),
        ("up", "p00"),
        ("G down", "p19"),
    ],
)
async def test_keys_move_the_cursor(keys: str, name: str) -> None:
    app, listing = host()
    async with app.run_test(size=(80, 10)) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press(*keys.split())
        await pilot.pause()
        assert listing.highlighted == name
        marked = [line for line in screen_lines(pilot) if line.startswith("▸")]
        assert len(marked) == 1
        assert f" {name} " in marked[0]


async def test_a_key_can_be_bound_to_another_one() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 10)) as pilot:
        app.set_keymap({"list.down": "n"})
        listing.set_rows(rows(*TWENTY))
        await pilot.press("n", "n", "j")
        assert listing.highlighted == "p02"


async def test_messages_name_the_profile_once_for_every_move() -> None:
    app, listing = host(ProfileList.Highlighted, ProfileList.Chosen)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("j", "up", "up", "enter")
        await pilot.pause()
        got = [(type(message).__qualname__, getattr(message, "name", None)) for message in app.got]
        assert got == [
            ("ProfileList.Highlighted", "p00"),
            ("ProfileList.Highlighted", "p01"),
            ("ProfileList.Highlighted", "p00"),
            ("ProfileList.Chosen", "p00"),
        ]
        assert app.got[0].control is listing


async def test_one_click_highlights_and_a_second_soon_after_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    app, listing = host(ProfileList.Chosen)
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.pause()

        async def chosen_after(seconds: float, line: int, button: int = 1) -> list[str]:
            nonlocal now
            now += seconds
            await pilot.click(listing, offset=(5, line), button=button)
            await pilot.pause()
            names = [message.name for message in app.got if isinstance(message, ProfileList.Chosen)]
            app.got.clear()
            return names

        assert await chosen_after(0, 3) == []
        assert listing.highlighted == "p02"
        assert await chosen_after(0.6, 3) == []
        assert await chosen_after(0.4, 3) == ["p02"]
        assert await chosen_after(0.1, 3) == []  # the third one begins anew
        assert await chosen_after(0.1, 4) == []
        assert listing.highlighted == "p03"
        assert await chosen_after(0.1, 3) == []
        assert await chosen_after(0.1, 0) == []
        assert await chosen_after(0.1, 3) == []


async def test_a_right_click_never_acts() -> None:
    app, listing = host(ProfileList.Chosen, ProfileList.HeadClicked)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.pause()
        for line in (0, 1, 1, 3, 3):
            await pilot.click(listing, offset=(5, line), button=3)
        await pilot.click(listing, offset=(5, 1))
        await pilot.click(listing, offset=(5, 1), button=3)
        await pilot.pause()
        assert app.got == []
        assert listing.highlighted == "p00"


async def test_a_second_click_on_another_row_that_has_come_there_does_not_choose() -> None:
    app, listing = host(ProfileList.Chosen)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.pause()
        await pilot.click(listing, offset=(5, 3))
        listing.set_rows(rows(*TWENTY[5:]))
        await pilot.click(listing, offset=(5, 3))
        await pilot.pause()
        assert app.got == []


async def test_a_click_on_a_head_names_its_column() -> None:
    app, listing = host(ProfileList.HeadClicked)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.pause()
        heads = screen_lines(pilot)[0]
        for head in ("PROFILE", "ACCOUNT", "ROLE", "SESSION", "LEFT", "CREDENTIALS"):
            await pilot.click(listing, offset=(heads.index(head) + 2, 0))
        await pilot.pause()
        assert [getattr(message, "name", "") for message in app.got] == heads.split()


async def test_a_click_counts_from_the_first_line_in_sight() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 10)) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("G")
        await pilot.click(listing, offset=(5, 1))
        assert listing.highlighted == "p11"


async def test_the_cursor_stays_on_its_profile_when_the_rows_change() -> None:
    app, listing = host(ProfileList.Highlighted)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("j", "j", "j")
        await pilot.pause()
        app.got.clear()
        listing.set_rows(rows(*reversed(TWENTY), "zz"))
        await pilot.pause()
        assert listing.highlighted == "p03"
        assert any(line.startswith("▸  p03 ") for line in screen_lines(pilot))
        listing.set_rows(rows("aa", "bb", *TWENTY))
        await pilot.pause()
        assert listing.highlighted == "p03"
        assert app.got == []


async def test_the_cursor_keeps_its_line_of_the_screen_when_rows_come_above_it() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 10)) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("G", "k", "k")
        await pilot.pause()
        before = next(y for y, line in enumerate(screen_lines(pilot)) if line.startswith("▸"))
        listing.set_rows(rows("a", "b", "c", *TWENTY, "x", "y"))
        await pilot.pause()
        assert screen_lines(pilot)[before].startswith("▸  p17 ")


async def test_the_nearest_row_takes_over_when_the_profile_is_gone() -> None:
    app, listing = host(ProfileList.Highlighted)
    async with app.run_test(size=(80, 10), message_hook=app.note) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("j", "j", "j")
        listing.set_rows(rows(*(name for name in TWENTY if name != "p03")))
        assert listing.highlighted == "p04"
        await pilot.press("G")
        listing.set_rows(rows(*TWENTY[:5]))
        await pilot.pause()
        assert listing.highlighted == "p04"
        assert listing.scroll_offset.y == 0
        listing.set_rows([])
        await pilot.pause()
        assert listing.highlighted is None
        assert getattr(app.got[-1], "name", None) == ""


async def test_keep_names_the_profile_to_go_to() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 10)) as pilot:
        listing.set_rows(rows(*TWENTY), keep="p15")
        await pilot.pause()
        assert listing.highlighted == "p15"
        assert any(line.startswith("▸  p15 ") for line in screen_lines(pilot))
        assert listing.highlight("p02")
        assert listing.highlighted == "p02"
        assert not listing.highlight("nobody")
        assert listing.highlighted == "p02"


async def test_a_profile_to_keep_is_in_sight_from_the_first_frame() -> None:
    states = FixedStates()
    listing = ProfileList(states)
    listing.set_rows(rows(*TWENTY), keep="p19")
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        assert any(line.startswith("▸  p19 ") for line in screen_lines(pilot))


async def test_marks_stand_before_the_name() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows(*TWENTY[:5]))
        listing.set_flags(active="p01", marked={"p02", "p04"}, pinned={"p03"})
        await pilot.pause()
        lines = screen_lines(pilot)
        assert [line[:6] for line in lines[1:6]] == [" ▴ p03", "▸  p00", "  *p01", " + p02", " + p04"]
        listing.set_flags(active=None, marked={"p04"}, pinned=set())
        await pilot.pause()
        lines = screen_lines(pilot)
        assert [line[:6] for line in lines[1:6]] == ["▸  p00", "   p01", "   p02", "   p03", " + p04"]


async def test_pinned_rows_come_first_and_the_cursor_goes_with_its_profile() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows(*TWENTY))
        await pilot.press("j", "j", "j")
        listing.set_flags(active=None, pinned={"p03", "p10", "gone"})
        assert listing.shown[:4] == ["p03", "p10", "p00", "p01"]
        assert listing.highlighted == "p03"
        assert len(listing.shown) == 20
        assert listing.visible_keys()[0] == "p03"
