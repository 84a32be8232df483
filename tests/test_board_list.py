"""The board's list with hundreds of profiles: where it opens, in which order, of which session, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from tui.aws import clock
from tui.demo.server import DemoServer
from tui.screens.sign_out import SignOut
from tui.state_file import change_state, details_shown, load_state, note_use, pinned
from tui.widgets.detail import Detail
from tui.widgets.profile_list import ProfileList

from .aws_home import configure
from .board import Driver, board, sample
from .config_texts import CORP, sso_profile
from .names import NAMES, SESSIONS, profiles

CONFIG = "".join(
    f"[sso-session {name}]\nsso_start_url = https://{name}.awsapps.com/start\nsso_region = eu-west-1\n"
    for name in SESSIONS
) + "".join(
    f"[profile {each.name}]\nsso_session = {each.session}\nsso_account_id = {each.account_id}\n"
    f"sso_role_name = {each.role}\nregion = eu-west-1\n"
    for each in profiles()
)


@pytest.fixture
def names(home: Path) -> None:
    configure(CONFIG)


def line(it: Driver) -> str:
    """The line above the footer."""
    return it.words().splitlines()[-2].strip()


def title(it: Driver) -> str:
    return it.words().splitlines()[0]


def lines(it: Driver) -> list[str]:
    """The lines of the list, its head first."""
    region: Region = it.board.profiles.region
    return [each[region.x :] for each in it.words().splitlines()[region.y : region.bottom]]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (130, 40), (200, 60)], ids=str)
async def test_no_two_rows_of_hundreds_read_alike(size: tuple[int, int]) -> None:
    note_use(NAMES[100])
    note_use(NAMES[-1])
    async with board(*size) as it:
        for _ in range(0, len(NAMES) + size[1], size[1] // 2):
            rows = [row[2:].rstrip() for row in lines(it)[1:]]
            assert len(set(rows)) == len(rows)
            await it.press("pagedown")
        assert it.board.profiles.highlighted == it.board.profiles.shown[-1]


@pytest.mark.usefixtures("names")
async def test_the_board_opens_on_the_active_profile_and_says_which_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "telemetry-dev.SecurityAudit".replace("telemetry", "search"))
    async with board() as it:
        assert it.board.profiles.highlighted == "search-dev.SecurityAudit"
        assert "▸ *search-dev.SecurityAudit" in it.words()
        assert "using search-dev.SecurityAudit " in title(it)
        await it.press("up")
        await it.press("s", "s", "s", "s")
        assert it.board.profiles.highlighted == it.board.profiles.shown[0]


@pytest.mark.usefixtures("names")
async def test_pins_and_the_five_last_used_stand_on_top_with_when(monkeypatch: pytest.MonkeyPatch) -> None:
    used = NAMES[200:207]
    for hours, name in enumerate(reversed(used)):
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda hours=hours: 1_790_000_000 + 3600 * hours)
            note_use(name)
    change_state(pinned(NAMES[150], True))
    monkeypatch.setattr(clock, "now", lambda: 1_790_000_000 + 3600 * 8)
    async with board(100, 30) as it:
        assert it.board.profiles.shown[:6] == [NAMES[150], *used[:5]]
        assert it.board.profiles.shown[6:] == sorted({*NAMES} - {NAMES[150], *used[:5]}, key=str.lower)
        rows = lines(it)
        for row, hours in zip(rows[2:7], (2, 3, 4, 5, 6), strict=True):
            assert f"{hours}h ago" in row
        assert "ago" not in "".join(rows[7:]) + rows[1]


@pytest.mark.usefixtures("names")
async def test_an_order_shows_in_the_head_and_begins_at_the_top() -> None:
    change_state(details_shown(False))
    async with board(200, 40) as it:
        assert "PROFILE ▾" in lines(it)[0]
        await it.press("G", "s")
        assert "PROFILE ▾" not in lines(it)[0]
        assert "by recent use ▾" in lines(it)[0]
        assert it.board.profiles.scroll_offset.y == 0
        assert it.board.profiles.highlighted == it.board.profiles.shown[0]
        for column, key in (("SESSION", "session"), ("LEFT", "expiry"), ("PROFILE", "name")):
            await it.press("G", "s")
            assert f"{column} ▾" in lines(it)[0]
            assert it.app.state.sort == key
            assert it.board.profiles.scroll_offset.y == 0
    assert load_state().sort == "name"


@pytest.mark.usefixtures("names")
async def test_an_order_of_a_column_that_is_not_there_shows_too() -> None:
    async with board(80, 24) as it:
        await it.press("s", "s")
        assert "by session ▾" in lines(it)[0]


@pytest.mark.usefixtures("names")
async def test_a_click_on_a_head_sorts_by_its_column() -> None:
    change_state(details_shown(False))
    async with board(200, 30) as it:
        await it.press("G")
        heads = {"ACCOUNT": "200000000000", "ROLE": "AWSAdmin", "SESSION": "acme", "PROFILE": "AWSAdmin"}
        for head, first in heads.items():
            profiles = it.board.profiles
            x = lines(it)[0].index(head)
            await it.pilot.click(ProfileList, offset=(x, 0))
            await it.pilot.pause()
            assert f"{head} ▾" in lines(it)[0]
            assert first in lines(it)[1]
            assert profiles.highlighted == profiles.shown[0]
        await it.pilot.click(ProfileList, offset=(lines(it)[0].index("CRED"), 0))
        await it.until("There is no order by role credentials")
        assert "PROFILE ▾" in lines(it)[0]
    assert load_state().sort == "name"


@pytest.mark.usefixtures("names")
async def test_enter_on_a_session_shows_only_its_profiles_and_esc_goes_back() -> None:
    async with board() as it:
        await it.press("tab", "down", "down", "enter")
        assert it.board.profiles.has_focus
        assert {name.partition("/")[0] for name in it.board.profiles.shown} == {"nw"}
        assert "Only the profiles of northwind-acquisition" in line(it)
        await it.press("slash")
        await it.type("securityaudit")
        await it.press("enter")
        assert len(it.board.profiles.shown) == 8
        await it.press("escape")
        assert len(it.board.profiles.shown) == 48
        await it.press("escape")
        assert len(it.board.profiles.shown) == len(NAMES)
        assert it.board.sessions.has_focus
        assert it.board.sessions.highlighted == "northwind-acquisition"


async def test_a_session_without_profiles_says_so_and_keys_are_about_it(home: Path) -> None:
    configure(CONFIG + "[sso-session solo]\nsso_start_url = https://solo.awsapps.com/start\nsso_region = eu-west-1\n")
    async with board() as it:
        await it.press("tab", "G")
        await it.until("solo · 0 profiles · eu-west-1 · https://solo.awsapps.com/start")
        await it.press("enter")
        await it.until("No profile uses this session.")
        await it.press("x")
        await it.until(" solo ")
        assert isinstance(it.app.screen, SignOut)
        assert [session.key for session in it.app.screen.sessions] == ["solo"]
        await it.press("escape", "a")
        await it.until("Sign in to solo")  # for its accounts
        await it.press("escape")
        await it.until("The accounts of solo are not known")
        await it.press("escape", "escape")
        assert len(it.board.profiles.shown) == len(NAMES)


@pytest.mark.usefixtures("names")
async def test_the_highlighted_row_is_said_in_full_where_there_are_no_details() -> None:
    async with board() as it:
        await it.press("d")
        assert "sorted by name" in line(it)
        await it.press("d", "slash")
        await it.type("globex-platform-tools-dev")
        await it.press("enter")
        # In 80 columns it takes a second line, which stays there: the list must not jump with each move.
        for _ in range(2):
            first, second = (text.strip() for text in it.words().splitlines()[-3:-1])
            assert first.startswith(f"{it.board.profiles.highlighted} · 2000000000")
            assert second.endswith("client-globex · eu-west-1")
            await it.press("down")
        await it.press("escape", "g")
        assert it.words().splitlines()[-3].strip().startswith("AWSAdministratorAccess-200000000024 · ")
        assert it.words().splitlines()[-2].strip() == ""


@pytest.mark.parametrize(("height", "seen"), [(20, 5), (22, 8), (24, 8), (28, 8), (29, 8), (30, 8), (40, 11)])
@pytest.mark.usefixtures("home")
async def test_eight_sessions_are_in_sight_where_that_leaves_as_many_profiles(height: int, seen: int) -> None:
    sessions = "".join(CORP.replace("corp", f"corp-{number:02d}") for number in range(20))
    configure(sessions + "".join(sso_profile(f"p-{number:02d}", "corp-01") for number in range(40)))
    async with board(80, height) as it:
        text = it.words()
        assert sum(f" corp-{number:02d} " in text for number in range(20)) == seen
        assert height < 22 or sum(f" p-{number:02d} " in text for number in range(40)) >= 8
        if height == 24:
            await it.press("d")  # below the list, which has half of the room then
            await it.until(lambda: " corp-07 " not in it.words())


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(("width", "seen"), [(80, False), (130, False), (150, False), (200, True)])
async def test_the_details_open_by_themselves_only_where_the_list_needs_none_of_their_room(
    width: int, seen: bool
) -> None:
    async with board(width, 30) as it:
        assert it.board.query_one_optional(Detail) is not None if seen else not it.board.query(Detail)
        if seen:
            shown = [each.split("│")[0] for each in lines(it)]
            assert all(column in shown[0] for column in ("PROFILE", "ACCOUNT", "LEFT", "CRED"))
            await it.press("slash")
            await it.type("globex-platform-tools-playground-site")
            await it.press("enter")
            name = it.board.profiles.highlighted or "?"
            assert len(name) > 70
            assert name in lines(it)[1].split("│")[0]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("size", [(80, 24), (130, 40), (240, 30)], ids=str)
async def test_d_opens_and_closes_the_details_and_that_is_remembered(size: tuple[int, int]) -> None:
    change_state(details_shown(False))
    async with board(*size) as it:
        assert not it.board.query(Detail)
        await it.press("d")
        await it.until("Role credentials" if size[1] > 24 else "account     ")
        assert it.board.query_one(Detail).display
    assert load_state().details is True
    async with board(*size) as it:
        assert it.board.query_one(Detail).display
        await it.press("d")
        assert not it.board.query_one(Detail).display
    assert load_state().details is False


async def test_keys_scroll_the_details_as_far_as_there_is_more(home: Path, demo: DemoServer) -> None:
    """In the profiles and in the sessions; the cursor of the list stays where it is."""
    sample(home, demo)
    change_state(details_shown(True))
    async with board(80, 24) as it:
        await it.highlight("dev-admin")
        pane = it.board.query_one(Detail)
        await it.until("account     ")
        await it.press("K")
        assert pane.scroll_offset.y == 0
        await it.press("J")
        assert 0 < pane.scroll_offset.y < pane.size.height
        await it.press(*"J" * 20)
        assert pane.scroll_offset.y == pane.max_scroll_y
        assert "written in" in it.words()
        assert it.board.profiles.highlighted == "dev-admin"
        await it.press(*"K" * 20)
        assert pane.scroll_offset.y == 0
        await it.press("tab", "J")
        await it.until(lambda: pane.scroll_offset.y > 0)
        await it.press("K", "d", "J", "d")
        assert pane.scroll_offset.y == 0
    async with board(130, 50) as it:
        await it.press("J")
        assert it.board.query_one(Detail).scroll_offset.y == 0


async def test_the_count_of_marks_is_always_in_sight_and_esc_clears_them(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.highlight("legacy-typo")
        await it.press("space", "down", "space", "slash", "d")
        assert "2 marked" in title(it)
        await it.press("escape")
        assert "2 marked" in title(it)
        await it.press("escape")
        assert "marked" not in title(it)
        assert it.board.panes.marked == set()


async def test_states_can_be_filtered_by_though_most_rows_are_out_of_sight(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board(80, 14) as it:
        await it.press("slash", *"expired")
        await it.until(lambda: it.board.profiles.shown == ["prod-readonly"])
        await it.press("escape", "slash")
        await it.type("!signed-in !none")
        await it.until(lambda: it.board.profiles.shown == ["legacy-typo", "sandbox"])
