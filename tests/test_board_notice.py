"""What the board says: in the line above the footer, and when a key can do nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.board import panes
from tui.widgets.bars import in_two_lines

from .aws_home import CONFIG, configure, put_token
from .board import Driver, board, sample

ONE = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n[profile dev]\nsso_session = acme\n"


def notice(it: Driver) -> str:
    """The line itself."""
    return it.words().splitlines()[-2].strip()


async def test_s_says_the_order_though_there_is_a_problem_to_tell(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(home, demo)
    async with board() as it:
        assert "legacy-typo" in notice(it)
        await it.press("s")
        assert notice(it) == "Sorted by recent use; once more sorts by session"
        await it.press("s", "s")
        assert notice(it) == "Sorted by expiry; once more sorts by name"
        monkeypatch.setattr("tui.aws.clock.monotonic", lambda: time.monotonic() + panes.SAID_FOR)
        await it.until(lambda: "legacy-typo" in notice(it))


async def test_what_is_wrong_is_said_until_the_cursor_is_moved_then_the_row_in_full(
    home: Path, demo: DemoServer
) -> None:
    sample(home, demo)
    async with board() as it:
        assert "legacy-typo" in notice(it)
        await it.press("j")
        assert notice(it).startswith("attic · 444444444444 · Auditor")
        await it.press("d")
        assert "legacy-typo" in notice(it)


async def test_what_has_no_session_comes_last_in_the_order_of_sessions(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.press("s", "s")
        assert it.board.profiles.shown[0] == "analytics"
        assert it.board.profiles.shown[-1] == "legacy-typo"


async def test_one_profile_is_not_several(home: Path) -> None:
    configure(ONE)
    async with board() as it:
        await it.press("d")
        assert notice(it).startswith("1 profile, sorted by name")


async def test_esc_clears_the_filter_whatever_else_is_under_way(home: Path, demo: DemoServer) -> None:
    configure(CONFIG)
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.press("slash", "d", "enter")
        it.board.panes.set_progress("Copying dev …")
        await it.press("escape")
        assert len(it.board.profiles.shown) == it.board.profiles.total


async def test_an_empty_board_says_all_that_helps_in_the_smallest_terminal(home: Path) -> None:
    async with board(40, 10) as it:
        assert "enter   sign in with a start URL" in it.words()
        assert "n Sign in with a start URL" in it.words()
        assert "ssotui --demo" in it.words()


async def test_what_to_press_stays_in_sight_when_the_line_is_too_long(home: Path) -> None:
    configure(f"{CONFIG}\n[profile this-one-has-a-name-of-some-length]\nsso_session = nowhere\n[profile broken\n")
    async with board(60, 15) as it:
        assert notice(it).startswith("! ~/.aws/config:")
        assert notice(it).endswith("…   ! shows all 3")


async def test_a_key_that_can_do_nothing_says_why(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.highlight("legacy-typo")
        await it.press("l")
        await it.until('legacy-typo: sso_session "nowhere" does not exist')
        await it.press("r")
        await it.until(" Profile legacy-typo: sso_session")
        assert "legacy-typo: Profile legacy-typo" not in it.words()
        await it.press("slash", *"zzzz", "enter")
        await it.until("Press esc to see everything again.")
        await it.press("i")
        await it.until("There is no profile here")
        await it.press("escape", "tab", "i")
        await it.until("tab goes to the profiles")


@pytest.mark.parametrize(
    ("value", "said"),
    [("dev ", 'there is no profile "dev "; did you mean dev?'), (" ", "it is blank"), ("DEV", "did you mean dev?")],
)
async def test_x43_a_profile_that_is_not_there_is_told(
    value: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", value)
    configure(ONE)
    async with board() as it:
        assert "AWS_PROFILE names no profile" in it.words().splitlines()[0]
        assert notice(it).startswith("! AWS_PROFILE: ")
        assert said in notice(it)
        await it.press("exclamation_mark")
        await it.until("2 problems")  # and a session without scopes


async def test_x10_default_is_the_profile_in_use(home: Path) -> None:
    configure(ONE.replace("[profile dev]", "[default]") + "[profile other]\nsso_session = acme\n")
    async with board(140, 40) as it:
        assert "names no profile" not in it.words()
        await it.until("as AWS_PROFILE is not set")
        assert "*default" in it.words().replace(" ", "")


def test_a_sentence_of_more_than_two_lines_says_that_it_goes_on() -> None:
    assert in_two_lines("one two three four five six", 9) == "one two\nthree fo…"
    assert in_two_lines("one two three   esc stops", 13) == "one two three\nesc stops"
    assert in_two_lines("one two three four five   esc stops", 16) == "one two three\nfou…   esc stops"
    assert in_two_lines("one two", 9) == "one two"


async def test_the_title_names_one_profile_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"globex-mobile-backend-{stage}-platform-engineer-eu-central-1" for stage in ("prod", "staging", "dev")]
    section = "[profile {0}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    configure(CONFIG + "".join(map(section.format, names)))
    titles = set()
    for name in names:
        monkeypatch.setenv("AWS_PROFILE", name)
        async with board() as it:
            titles.add(it.words().splitlines()[0].partition("using ")[2].split()[0])
    assert len(titles) == len(names)
