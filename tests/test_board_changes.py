"""The configuration changes under an open board, and under what is open on top of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.server import DemoServer
from tui.desktop import browser as desktop

from .board import Driver, board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> Path:
    """The sample organisation for every test here."""
    sample(home, demo)
    return home


def without(home: Path, *sections: str) -> None:
    """Take sections out of the configuration file."""
    config = home / ".aws/config"
    parts = ["[" + part for part in config.read_text().split("\n[")]
    parts[0] = parts[0].removeprefix("[")
    config.write_text("\n".join(part for part in parts if part.partition("]")[0] + "]" not in sections))


async def gone(it: Driver, *names: str) -> None:
    """Wait until the board has seen that these profiles are no more."""
    await it.until(lambda: not set(names) & set(it.board.profiles.shown))


async def test_a29_profiles_that_are_gone_are_not_marked_any_more(home: Path, demo: DemoServer) -> None:
    async with board() as it:
        for name in ("staging", "billing"):
            await it.highlight(name)
            await it.press("space")
        await it.highlight("dev-readonly")
        without(home, "[profile staging]", "[profile billing]", "[profile legacy-typo]")
        await gone(it, "staging", "billing")
        assert "marked" not in it.words()
        await it.press("r")
        await it.until("Fresh role credentials for dev-readonly")
        assert it.row("dev-readonly").split()[-2] == "valid"


async def test_a_renewal_that_fails_opens_no_sign_in_over_another_screen(demo: DemoServer) -> None:
    refused = demo.state.faults.add("CreateToken", code="InvalidGrantException", status=400, hang=True)
    async with board() as it:
        await it.highlight("sandbox")
        await it.press("l")
        await it.until("Renewing lab")
        await it.press("question_mark")
        refused.release()
        await it.until("Sign-in needed for lab")
        assert "Keys and states" in it.words()
        await it.press("escape", "l")
        await it.until("Sign in to lab")


async def test_w01_a_browser_that_fails_late_opens_no_dialog_over_another_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "browser"
    begun, goes_on = tmp_path / "begun", tmp_path / "goes on"
    browser.write_text(f"#!/bin/sh\n: >'{begun}'\nwhile [ ! -e '{goes_on}' ]; do sleep 0.05; done\nexit 3\n")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr(desktop, "LOOKED_AT", 60.0)
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("o")
        await it.until(begun.exists)
        await it.press("x")
        await it.until("Removes 1 token")
        goes_on.touch()
        await it.until("No browser was opened")
        assert "Removes 1 token" in it.words()
        await it.press("escape", "o")
        await it.until("Console of dev-admin")


@pytest.mark.parametrize("code", ["", "InternalServerException"], ids=["well", "badly"])
async def test_a_sign_out_that_is_left_tells_how_it_ended(code: str, home: Path, demo: DemoServer) -> None:
    logout = demo.state.faults.add("Logout", hang=True, code=code, status=500 if code else 0, count=None)
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("y")
        await it.until("cannot be confirmed")
        await it.press("x")
        await it.until("Removes 1 token")
        await it.press("enter")
        await it.until(lambda: demo.state.log.count("Logout") > 0)
        await it.press("escape")
        logout.release()
        if not code:
            demo.state.faults.clear()
        await it.until("Signed out here, but not everything went well" if code else "Signed out")
        assert it.app.screen is it.board
        await it.until(lambda: it.app.clipboard == "")
