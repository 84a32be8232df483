"""The profile list: its lines, its cursor, its keys, and that it paints no more than it must."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.aws import clock
from tui.aws.model import EXPIRED, EXPIRING, REFRESHABLE, SIGNED_IN, UNREADABLE, VALID, Profile
from tui.widgets.profile_list import ProfileList, Row, row_of

from .widget_host import NOW, FixedStates, Host, column_of, profile, screen_lines, session

ACME = session("acme")


def rows(*names: str) -> list[Row]:
    return [row_of(profile(name), ACME) for name in names]


class CountingList(ProfileList):
    """Notes which lines it was asked to paint."""

    def __init__(self, states: FixedStates) -> None:
        super().__init__(states)
        self.painted: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def states() -> FixedStates:
    states = FixedStates()
    states.sessions["acme"] = (SIGNED_IN, NOW + 5 * 3600 + 12 * 60)
    return states


def host(states: FixedStates, *kinds: type[Message]) -> tuple[Host, CountingList]:
    listing = CountingList(states)
    return Host(lambda: [listing], *kinds), listing


async def test_a_line_shows_the_profile_and_its_three_clocks(states: FixedStates) -> None:
    states.profiles["dev-admin"] = (VALID, NOW + 42 * 60 + 7)
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("dev-admin", "other"))
        await pilot.pause()
        lines = screen_lines(pilot)
        assert lines[0].split() == ["PROFILE", "ACCOUNT", "ROLE", "SESSION", "LEFT", "CREDENTIALS"]
        assert lines[1].split() == ["▸", "dev-admin", "111111111111", "Admin", "●", "acme", "5h", "12m", "valid", "42m"]
        assert lines[2].split() == ["other", "111111111111", "Admin", "●", "acme", "5h", "12m", "none"]


@pytest.mark.parametrize(
    ("state", "expires_in", "shown"),
    [
        (SIGNED_IN, 7200, "● acme 2h 00m"),
        (EXPIRING, 9 * 60 + 41, "◔ acme 9m 41s"),
        (REFRESHABLE, -5, "◐ acme ↻"),
        (REFRESHABLE, 300, "◐ acme ↻"),
        ("signed-out", None, "○ acme –"),
        (UNREADABLE, None, "! acme –"),
    ],
)
async def test_every_session_state_has_its_symbol(
    states: FixedStates, state: str, expires_in: float | None, shown: str
) -> None:
    states.sessions["acme"] = (state, None if expires_in is None else NOW + expires_in)
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("p"))
        await pilot.pause()
        assert f" {shown} " in " ".join(screen_lines(pilot)[1].split()) + " "


@pytest.mark.parametrize(
    ("state", "expires_in", "shown"),
    [
        (VALID, 11 * 3600, "valid 11h 00m"),
        (EXPIRING, 545, "expiring 9m 05s"),
        (EXPIRED, -1, "expired"),
        ("none", None, "none"),
    ],
)
async def test_every_state_of_credentials_has_its_word(
    states: FixedStates, state: str, expires_in: float | None, shown: str
) -> None:
    states.profiles["p"] = (state, None if expires_in is None else NOW + expires_in)
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("p"))
        await pilot.pause()
        assert " ".join(screen_lines(pilot)[1].split()).endswith(shown)


async def test_a_broken_profile_says_why_and_where(states: FixedStates) -> None:
    broken = Profile("typo", None, file="/home/u/.aws/config", line=41, problems=['sso_session "no" does not exist'])
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows([*rows("good"), row_of(broken, None)])
        await pilot.pause()
        assert " ".join(screen_lines(pilot)[2].split()) == '! typo sso_session "no" does not exist (config:41)'


def test_rows_tell_chained_and_other_profiles_apart() -> None:
    chained = Profile("c", "acme", via="base")
    login = Profile("l", None)
    login.login_session = "arn:aws:iam::111111111111:user/u"
    legacy = "https://d-1.awsapps.com/start"
    assert row_of(chained, ACME).role_name == "via base"
    assert row_of(login, None).session_label == "aws login"
    assert row_of(profile("x", legacy), session(legacy)).session_label == "d-1.awsapps.com"
    assert row_of(profile("x", legacy), session(legacy)).session == legacy


@pytest.mark.parametrize("size", [(80, 24), (100, 24), (120, 30), (200, 50)])
async def test_a14_columns_stand_under_each_other_whatever_the_names_are(
    states: FixedStates, size: tuple[int, int]
) -> None:
    names = [
        "plain",
        "漢字プロファイル",
        "e\u0301t\u00e9",
        "🚀 rocket",
        "עברית",
        "a\u202eb",
        "z\u200bw",
        "n" * 90,
        "漢" * 60,
    ]
    app, listing = host(states)
    async with app.run_test(size=size) as pilot:
        listing.set_rows(rows(*names))
        await pilot.pause()
        lines = screen_lines(pilot)[: len(names) + 1]
        longer = lines[8:]  # these go on over the account, in their own rows
        assert {column_of(line, "111111111111") for line in lines[1:8]} == {column_of(lines[0], "ACCOUNT")}
        assert all("…" in line and "111111111111" not in line for line in longer) == (size[0] < 120)
        assert len({column_of(line, "●") for line in lines[1:]}) == 1
        assert {column_of(line, "none") for line in lines[1:]} == {column_of(lines[0], "CRED")}
        assert {column_of(line, "5h 12m") + 6 for line in lines[1:]} == {column_of(lines[0], "LEFT") + 4}
        assert "a\\u202eb" in lines[6]
        assert "z\\u200bw" in lines[7]


async def test_a16_control_characters_never_reach_the_screen(states: FixedStates) -> None:
    nasty = "n\x1b]52;c;eA==\x07\x9b2J\x00\t\r\x7f[/b][@click=app.quit]"
    hostile = Profile(nasty, "acme", nasty, nasty, nasty, problems=[])
    hostile.account_name = nasty
    broken = Profile(nasty + "2", None, problems=[nasty], file=nasty, line=3)
    app, listing = host(states)
    async with app.run_test(size=(200, 24)) as pilot:
        listing.set_rows([row_of(hostile, ACME), row_of(broken, None)])
        listing.filter("x1b")
        await pilot.pause()
        text = "".join(screen_lines(pilot))
        assert text.isprintable()
        assert "\\x1b]52;c;eA==\\x07\\x9b2J\\x00\\t".replace("\\t", "\\x09") in text
        assert listing.highlighted == nasty


async def test_a28_endless_names_are_cut(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("x" * 1_000_000, "y"))
        await pilot.pause()
        line = screen_lines(pilot)[1]
        assert "…" in line
        assert "5h 12m" in line
        assert cell_len(line) == 80
        assert "111111111111" in screen_lines(pilot)[2]


async def test_the_region_gives_way_then_the_session_then_a_role_that_the_name_holds(states: FixedStates) -> None:
    named, other = profile("development.Admin"), profile("audit-of-development")
    named.account_name = other.account_name = "Development"
    other.role_name = "Auditor"
    app, listing = host(states)
    async with app.run_test(size=(120, 24)) as pilot:
        listing.set_rows([row_of(named, ACME), row_of(other, ACME)])
        for width, heads in (
            (120, "PROFILE ACCOUNT NAME ACCOUNT ROLE SESSION LEFT CREDENTIALS REGION"),
            (101, "PROFILE ACCOUNT NAME ACCOUNT ROLE SESSION LEFT CREDENTIALS"),
            (88, "PROFILE ACCOUNT NAME ACCOUNT ROLE SESSION LEFT CREDS"),
            (79, "PROFILE ACCOUNT NAME ACCOUNT ROLE LEFT CREDS"),
            (60, "PROFILE ROLE LEFT CREDS"),
            (42, "PROFILE LEFT CREDS"),
        ):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            lines = screen_lines(pilot)
            assert " ".join(lines[0].split()) == heads, width
            assert "development.Admin " in lines[1]
            assert "audit-of-development " in lines[2]
            assert "● " in lines[1]


@pytest.mark.parametrize("size", [(79, 24), (60, 15), (40, 10), (20, 5), (8, 3), (2, 2), (1, 1)])
async def test_e02_small_terminals_drop_columns_and_keep_the_name(states: FixedStates, size: tuple[int, int]) -> None:
    app, listing = host(states)
    async with app.run_test(size=size) as pilot:
        listing.set_rows(rows(*(f"name-{number}" for number in range(50))))
        await pilot.press("G", "g", "pagedown", "j")
        listing.filter("name")
        await pilot.pause()
        lines = screen_lines(pilot)
        assert all(cell_len(line) == size[0] for line in lines)
        if size[0] >= 20:
            assert "name-" in lines[1]
        if size[0] >= 40:
            assert "5h 12m" in lines[1]
        if size[0] >= 60:
            assert "none" in lines[1]


async def test_ten_thousand_rows_cost_those_in_sight(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows(*(f"profile-{number:05d}" for number in range(10_000))))
        await pilot.pause()
        await pilot.press("G")
        assert listing.highlighted == "profile-09999"
        assert "profile-09999" in screen_lines(pilot)[-1]
        assert len(states.asked) <= 2 * 24


async def test_moving_the_cursor_paints_two_lines(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows(*(f"p{number}" for number in range(10))))
        await pilot.pause()
        listing.painted.clear()
        await pilot.press("j")
        await pilot.pause()
        assert sorted(set(listing.painted)) == [1, 2]


async def test_a_tick_paints_the_lines_whose_text_changed(states: FixedStates, monkeypatch: pytest.MonkeyPatch) -> None:
    states.profiles["p3"] = (EXPIRING, NOW + 100)
    states.profiles["p4"] = (VALID, NOW + 3000)
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows(*(f"p{number}" for number in range(10))))
        await pilot.pause()
        assert "1m 40s" in screen_lines(pilot)[4]
        listing.painted.clear()
        listing.tick()
        await pilot.pause()
        assert listing.painted == []
        monkeypatch.setattr(clock, "now", lambda: NOW + 1)
        listing.tick()
        await pilot.pause()
        assert "1m 39s" in screen_lines(pilot)[4]
        assert "49m" in screen_lines(pilot)[5]
        assert "5h 11m" in screen_lines(pilot)[1]


async def test_a_tick_shows_a_new_state(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("p0", "p1"))
        await pilot.pause()
        states.profiles["p1"] = (VALID, NOW + 3600)
        listing.painted.clear()
        listing.tick()
        await pilot.pause()
        assert set(listing.painted) == {2}
        assert "valid    1h 00m" in screen_lines(pilot)[2]


async def test_a_theme_change_repaints_in_its_colours(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_rows(rows("p0"))
        await pilot.pause()
        dark = listing.render_line(1)
        app.theme = "textual-light"
        await pilot.pause()
        light = listing.render_line(1)
        assert dark.text == light.text
        assert [segment.style for segment in dark] != [segment.style for segment in light]


async def test_the_empty_list_says_what_to_press(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_empty("No SSO profiles yet.", "Press a to make some.")
        await pilot.press("j", "enter", "space", "G")
        await pilot.pause()
        text = "\n".join(screen_lines(pilot))
        assert "No SSO profiles yet." in text
        assert "Press a to make some." in text
        assert "PROFILE " not in text
        assert listing.highlighted is None
        listing.set_rows(rows("p0"))
        await pilot.pause()
        assert "No SSO profiles yet." not in "\n".join(screen_lines(pilot))
        assert "p0" in screen_lines(pilot)[1]


async def test_the_wheel_scrolls_and_leaves_the_cursor(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 10)) as pilot:
        listing.set_rows(rows(*(f"p{number:02d}" for number in range(50))))
        await pilot.pause()
        listing.post_message(
            events.MouseScrollDown(
                listing, x=3, y=3, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False
            )
        )
        await pilot.pause()
        assert listing.scroll_offset.y > 0
        assert listing.highlighted == "p00"
        assert "PROFILE" in screen_lines(pilot)[0]
