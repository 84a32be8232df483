"""`w` on the board: the chain of a profile's credentials, and the key that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.server import DemoServer
from tui.screens.diagnosis.why import WhyScreen
from tui.screens.sign_in.screen import SignInScreen

from .board import board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> None:
    """The sample organisation for every test here."""
    sample(home, demo)


async def test_w_shows_the_chain_and_enter_mends_the_first_broken_link() -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("w")
        await it.until("Broken: token; enter: Sign in")
        assert "! token" in it.words()
        assert "nobody has signed in to this session here" in it.words()
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))


async def test_where_nothing_is_broken_enter_does_nothing_and_esc_leaves() -> None:
    async with board(120, 40) as it:
        await it.highlight("dev-admin")
        await it.press("w")
        await it.until("Nothing is broken. boto3 takes the same: sso.")
        await it.press("enter")
        assert isinstance(it.app.screen, WhyScreen)
        assert "Mend it" not in it.words()
        await it.press("c")
        await it.until("The chain: ")
        assert "token             signed-in, until" in it.app.clipboard
        await it.press("escape")
        await it.until(lambda: it.app.screen is it.board)


async def test_a_broken_profile_says_the_line_and_the_chain_follows_the_configuration(home: Path) -> None:
    config = home / ".aws/config"
    async with board(120, 40) as it:
        await it.highlight("legacy-typo")
        await it.press("w")
        await it.until("Broken: profile")
        assert 'sso_session "nowhere" does not exist' in it.words()
        config.write_text(config.read_text().replace("sso_session = nowhere", "sso_session = acme"))
        await it.until("Nothing is broken.")
