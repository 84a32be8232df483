"""The session list: its lines, what narrow terminals drop, and the soonest expiry."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.aws import clock
from tui.aws.model import EXPIRING, REFRESHABLE, SIGNED_IN, UNREADABLE
from tui.moments import moment
from tui.widgets.session_list import SessionList, session_row_of
from tui.words.states import GOOD, RENEW

from .widget_host import NOW, FixedStates, Host, column_of, screen_lines, session

HOUR = 3600
LEGACY_URL = "https://d-9667182f21.awsapps.com/start"


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def states() -> FixedStates:
    states = FixedStates()
    states.sessions = {
        "acme": (SIGNED_IN, NOW + 5 * HOUR + 12 * 60),
        "lab": (REFRESHABLE, NOW - 60),
        "old": ("signed-out", None),
        "ops": (EXPIRING, NOW + 581),
        "bad": (UNREADABLE, None),
        LEGACY_URL: (SIGNED_IN, NOW + 7 * HOUR),
    }
    return states


def host(states: FixedStates) -> tuple[Host, SessionList]:
    listing = SessionList(states)
    rows = []
    for number, key in enumerate(states.sessions):
        each = session(key)
        each.profile_count = 10**number if number < 4 else number
        rows.append(session_row_of(each))
    listing.set_rows(rows)
    return Host(lambda: [listing], SessionList.Chosen, SessionList.Highlighted), listing


async def test_a_line_answers_where_and_for_how_long(states: FixedStates) -> None:
    app, _ = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = [" ".join(line.split()) for line in screen_lines(pilot)]
        assert lines[0] == "SESSION STATE LEFT PORTAL PROFILES"
        assert lines[1] == "▸ ● acme signed-in 5h 12m ━━━━━━━╸──── acme.awsapps.com 1"
        assert lines[2] == "◐ lab refreshable ↻ ──────────── lab.awsapps.com 10"
        assert lines[3] == "○ old signed-out – ──────────── old.awsapps.com 100"
        assert lines[4] == "◔ ops expiring 9m 41s ╸─────────── ops.awsapps.com 1000"
        assert lines[5] == "! bad unreadable – ──────────── bad.awsapps.com 4"
        assert lines[6].startswith("● d-9667182f21… signed-in 7h 00m ━━━━━━━━━━╸─ d-9667182f2")


@pytest.mark.parametrize("width", [80, 100, 120, 160])
async def test_columns_stand_under_each_other_and_numbers_end_together(states: FixedStates, width: int) -> None:
    app, _ = host(states)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)[:7]
        assert len({len(line.rstrip()) for line in lines[:6]}) == 1
        assert {column_of(line, word) for line, word in zip(lines[1:5], ("━", "─", "─", "╸"), strict=True)} == {
            column_of(lines[1], "━")
        }
        assert column_of(lines[1], "5h 12m") + 6 == column_of(lines[0], "LEFT") + 4


@pytest.mark.parametrize(
    ("width", "bar", "portal"), [(80, True, True), (60, False, False), (66, False, True), (40, False, False)]
)
async def test_narrow_terminals_drop_the_bar_then_the_host(
    states: FixedStates, width: int, bar: bool, portal: bool
) -> None:
    app, _ = host(states)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert ("━" in lines[1]) == bar
        assert ("acme.awsapp" in lines[1]) == portal
        assert "acme" in lines[1]
        assert "signed-in" in lines[1]


@pytest.mark.parametrize("size", [(30, 6), (20, 5), (6, 2), (1, 1)])
async def test_e02_tiny_terminals_do_no_harm(states: FixedStates, size: tuple[int, int]) -> None:
    app, _ = host(states)
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "G", "pageup")
        await pilot.pause()
        assert all(cell_len(line) == size[0] for line in screen_lines(pilot))


async def test_the_soonest_expiry_stands_out(states: FixedStates) -> None:
    states.sessions["ops"] = ("signed-out", None)
    app, listing = host(states)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()

        def bold(y: int) -> list[str]:
            return [segment.text.strip() for segment in listing.render_line(y) if segment.style and segment.style.bold]

        assert "5h 12m" in bold(1)
        assert "7h 00m" not in bold(6)
        states.sessions["acme"] = ("signed-out", None)
        listing.tick()
        await pilot.pause()
        assert "7h 00m" in bold(6)


async def test_a_broken_session_says_why(states: FixedStates) -> None:
    app, listing = host(states)
    broken = session("nourl", "x")
    broken.problems.append("sso_start_url is missing (config:12)\x1b[2J")
    broken.profile_count = 3
    listing.set_rows([session_row_of(session("acme")), session_row_of(broken)])
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert " ".join(lines[2].split()) == "! nourl sso_start_url is missing (config:12)\\x1b[2J 3"
        assert len(lines[1].rstrip()) == len(lines[2].rstrip())


async def test_another_endpoint_is_marked(states: FixedStates) -> None:
    app, listing = host(states)
    listing.set_rows([session_row_of(session("acme"), "127.0.0.1:8443")])
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        assert "! 127.0.0.1:8443" in screen_lines(pilot)[1]


async def test_three_hundred_sessions_take_a_third_of_the_screen_and_scroll() -> None:
    states = FixedStates()
    listing = SessionList(states)
    listing.set_rows([session_row_of(session(f"s{number:03d}")) for number in range(300)])
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert 8 <= listing.size.height <= 11
        assert listing.highlighted == "s299"
        assert "s299" in "\n".join(screen_lines(pilot))


async def test_keys_and_clicks_choose_a_session_by_its_key(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24), message_hook=app.note) as pilot:
        await pilot.press("G", "enter")
        await pilot.click(listing, offset=(6, 2))
        await pilot.click(listing, offset=(6, 2))
        await pilot.pause()
        got = [(type(message).__name__, getattr(message, "name", None)) for message in app.got]
        assert got == [
            ("Highlighted", "acme"),
            ("Highlighted", LEGACY_URL),
            ("Chosen", LEGACY_URL),
            ("Highlighted", "lab"),
            ("Chosen", "lab"),
        ]


async def test_the_cursor_stays_on_its_session(states: FixedStates) -> None:
    app, listing = host(states)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        listing.set_rows([session_row_of(session(key)) for key in ("x", "y", "ops", "acme", "old")])
        assert listing.highlighted == "old"
        listing.set_rows([session_row_of(session("lab"))])
        assert listing.highlighted == "lab"
        listing.set_rows([])
        assert listing.highlighted is None


@pytest.mark.parametrize("width", [80, 130])
async def test_a_session_long_past_reads_since_when(states: FixedStates, width: int) -> None:
    states.sessions["lab"] = (REFRESHABLE, NOW - 9 * HOUR)
    states.sessions["old"] = (REFRESHABLE, NOW - 47 * HOUR)
    app, listing = host(states)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert " ".join(lines[2].split()[:5]) == "◐ lab ended 9h ago"
        assert " ".join(lines[3].split()[:5]) == "◐ old ended 47h ago"
        assert lines[2].index("↻") == lines[3].index("↻") == lines[1].index("12m") + 2
        assert not [piece for piece in listing.row_pieces(1, width, False) if piece[1] in (GOOD, RENEW)]


@pytest.mark.parametrize(
    ("width", "shown"), [(80, "ends 11:40"), (130, "ends 11:40  acme.awsapps.com"), (50, "ends 11:40")]
)
async def test_a_session_whose_end_is_known_reads_when(states: FixedStates, width: int, shown: str) -> None:
    end = NOW + 25 * 60
    told = f"ends {moment(end, NOW)}"
    states.sessions["acme"] = (SIGNED_IN, end)
    app, listing = host(states)
    listing.set_ends({"acme": end, "old": NOW - 1})
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert shown.replace("ends 11:40", told) in lines[1]
        assert ("signed-in" in lines[1]) is (width > 50)
        assert "ends" not in lines[3]
    listing.set_ends({"acme": NOW + 30 * HOUR})
    assert moment(NOW + 30 * HOUR, NOW) in "".join(text for text, _ in listing.row_pieces(0, 130, False))
