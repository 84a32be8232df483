"""The mouse on the board and in its dialogs: one click highlights, a second one soon after uses, other buttons do
nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.events import MouseDown, MouseUp
from textual.widgets import OptionList

from tui.demo.server import DemoServer
from tui.screens.export import Export
from tui.screens.picking.copy_menu import CopyMenu
from tui.screens.picking.service_picker import ServicePicker
from tui.screens.sign_in.screen import SignInScreen

from .board import Driver, board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sample(home, demo)
    monkeypatch.setattr("tui.desktop.browser.copy", lambda *_: "")
    monkeypatch.setattr(
        App, "CLICK_CHAIN_TIME_THRESHOLD", 1000.0
    )  # two clicks are soon after each other on any machine


async def click(it: Driver, text: str, times: int = 1, button: int = 1) -> None:
    """Click where this stands on the screen."""
    y, x = next((at, line.index(text)) for at, line in enumerate(it.words().splitlines()) if text in line)
    for _ in range(times):
        for kind in (MouseDown, MouseUp):  # as they come from the terminal: Pilot's go past the application
            it.app.post_message(kind(None, x + 1, y, 0, 0, button, False, False, False, x + 1, y))
        await it.pilot.pause()


@pytest.mark.parametrize("button", [2, 3])
async def test_only_the_left_button_acts(button: int) -> None:
    async with board(100, 30) as it:
        await it.highlight("billing")
        for text in ("? Help", "/ Filter", "legacy-typo: sso_session", "ACCOUNT", "dev-admin", "attic"):
            await click(it, text, times=2, button=button)
            assert it.app.screen is it.board
            assert it.board.profiles.highlighted == "billing"
            assert it.app.state.sort == "name"
        await it.press("e")
        await it.until("credentials valid for")
        options = it.app.screen.query_one(OptionList)
        for text in ("fish", "esc Back", "w Write"):
            await click(it, text, times=2, button=button)
            assert isinstance(it.app.screen, Export)
            assert options.highlighted == 0
        assert it.app.said.all() == []


async def test_in_dialogs_one_click_highlights_and_a_second_picks() -> None:
    async with board(100, 30) as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("credentials valid for")
        options = it.app.screen.query_one(OptionList)
        await click(it, "fish")
        assert options.highlighted == 1
        await click(it, "dotenv")
        await it.until("AWS_ACCESS_KEY_ID=")
        assert it.app.said.all() == []
        await click(it, "docker", times=2)
        await it.until("docker lines for dev-admin: copied")
        await it.press("escape", "c")
        await it.until("Copy of dev-admin")
        await click(it, "account number")
        assert isinstance(it.app.screen, CopyMenu)
        await click(it, "start URL", times=2)
        await it.until("The start URL of dev-admin: copied")
        assert it.app.screen_stack == [it.board]


async def test_the_console_s_lists_are_clicked_likewise() -> None:
    async with board(100, 30) as it:
        await it.highlight("dev-admin")
        await it.press("O")
        await it.until("af-south-1")
        await click(it, "af-south-1")
        await click(it, "Athena")
        assert isinstance(it.app.screen, ServicePicker)
        await click(it, "Athena")
        await it.until(lambda: it.app.state.services == ["athena"])
        assert it.app.state.regions == ["af-south-1"]


async def test_a_session_s_second_click_shows_its_profiles() -> None:
    async with board(100, 30) as it:
        await click(it, "refreshable")
        assert it.board.sessions.highlighted == "lab"
        assert len(it.board.profiles.shown) == 13
        await click(it, "refreshable")
        assert it.board.profiles.shown == ["playground", "sandbox", "sandbox-readonly"]


async def test_the_code_and_the_url_of_a_sign_in_are_copied_by_a_click() -> None:
    async with board(100, 40) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        screen = it.app.screen
        assert isinstance(screen, SignInScreen)
        await it.until(screen.current.user_code)
        await click(it, screen.current.user_code, button=3)
        assert screen.current.said[0] == ""
        await click(it, screen.current.user_code)
        await it.until("The code: copied")
        await click(it, "http://127.0.0.1")
        await it.until("The URL: copied")
