"""`!` on the board: what is wrong, why it hurts, and the key that repairs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.accounts.browsing import Accounts
from tui.screens.changes.config_change import CHANGED, ConfigChange
from tui.settings import settings_path

from .aws_home import put_token, token_file, write_in_place
from .board import board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> None:
    """The sample organisation for every test here."""
    sample(home, demo)


async def test_what_is_wrong_says_why_it_hurts_and_is_repaired_after_a_question(home: Path) -> None:
    config = home / ".aws/config"
    before = config.read_bytes()
    async with board(100, 40) as it:
        await it.press("!")
        await it.until("the start URL stands in the profile")
        words = it.words()
        assert 'sso_session "nowhere" does not exist' in words
        assert "5 problems" in words  # three addresses among them; none is told twice
        assert "this profile gives no credentials; to mend it: correct the line" in words
        assert "such a sign-in cannot be renewed" in words
        await it.press("f")
        await it.until(lambda: isinstance(it.app.screen, ConfigChange))
        await it.until("+ sso_session = d-9667182f21")
        await it.press("escape")
        await it.until("the start URL stands in the profile")
        assert config.read_bytes() == before
        await it.press("f")
        await it.until(lambda: isinstance(it.app.screen, ConfigChange))
        await it.until("+ sso_session = d-9667182f21")
        await it.press("enter")
        await it.until("4 problems")
        assert b"[sso-session d-9667182f21]" in config.read_bytes()
        await it.press("escape")
        await it.until("d-9667182f21")


async def test_a_file_that_others_can_read_is_told_once_by_all(home: Path, demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    path = token_file("acme")
    path.chmod(0o644)
    async with board(100, 40) as it:
        await it.highlight("dev-admin")
        await it.press("!")
        await it.until("whoever reads it can act as you")
        told = it.words()
        assert told.count(path.name[:20]) == 1
        assert "(f)" in told


async def test_the_accounts_tell_of_what_the_board_tells(home: Path) -> None:
    write_in_place(Path(settings_path()), "theme = 5\n")
    async with board(100, 40) as it:
        await it.press("!")
        await it.until("theme must be")
        await it.until("ssotui --print-config")
        on_the_board = it.app.screen.query_one("#count", Static).render()
        await it.press("escape", "a")
        await it.until(lambda: isinstance(it.app.screen, Accounts))
        await it.press("!")
        await it.until("theme must be")
        await it.until("ssotui --print-config")
        assert str(it.app.screen.query_one("#count", Static).render()) == str(on_the_board)


async def test_a_file_that_changes_under_the_question_is_shown_and_asked_about_anew(home: Path) -> None:
    config = home / ".aws/config"
    async with board(100, 40) as it:
        await it.press("!")
        await it.until("the start URL stands in the profile")
        await it.press("f")
        await it.until("+ sso_session = d-9667182f21")
        config.write_text("# written meanwhile\n" + config.read_text())
        await it.until(lambda: CHANGED[:30] in it.words() and "+ sso_session" in it.words())
        assert b"[sso-session d-9667182f21]" not in config.read_bytes()
        await it.press("enter")
        await it.until(lambda: b"[sso-session d-9667182f21]" in config.read_bytes())
        assert config.read_text().startswith("# written meanwhile\n")


async def test_lines_that_are_too_long_go_on_below_their_indent() -> None:
    async with board(80, 24) as it:
        await it.press("!")
        await it.until("such a sign-in cannot be renewed")
        lines = it.words().splitlines()
        (at,) = (at for at, line in enumerate(lines) if "such a sign-in cannot be renewed" in line)
        assert lines[at + 1].index("mend it: give them an sso-session") == lines[at].index("such")


async def test_the_last_of_many_problems_is_reached(home: Path) -> None:
    config = home / ".aws/config"
    broken = "".join(f"[profile broken-{number:02}]\nsso_session = nowhere\n" for number in range(20))
    config.write_text(config.read_text() + broken)
    async with board(80, 24) as it:
        await it.press("!")
        await it.until("25 problems")
        assert "broken-19" not in it.words()
        await it.press("G")
        await it.until("profile broken-19: ")
