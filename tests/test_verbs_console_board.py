"""The console from the board, by the key `o`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_token
from .board import board
from .program import program, row
from .test_verbs_console import MORE

LINK = "https://acme.awsapps.com/start/#/console?account_id=111111111111&role_name=Admin"


@pytest.fixture(autouse=True)
def signed_in(home: Path, demo: DemoServer) -> None:
    configure(CONFIG + MORE)
    put_token(demo, "acme", ACME)


async def test_o_opens_the_portal_s_link_without_any_request(opened: Path, demo: DemoServer) -> None:
    async with board(100, 24) as it:
        assert "o Console" in it.words().splitlines()[-1]
        await it.highlight("dev")
        await it.press("o")
        await it.until("The console of dev opens in the browser")
        assert it.app.state.recent == ["dev"]
    assert opened.read_text().startswith(LINK)
    assert "us-east-1" in opened.read_text()
    assert demo.state.log.entries() == []


async def test_w01_without_a_browser_it_says_why_and_shows_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "")
    async with board() as it:
        await it.highlight("dev")
        await it.press("o")
        await it.until("No browser was opened: there is no desktop here.")
        shown = "".join(line.strip() for line in it.words().splitlines())
        assert LINK in shown
        assert "The link: " in it.words()
        await it.press("escape")
        await it.until("tab Sessions")


@pytest.mark.parametrize(
    ("profile", "reason"),
    [("deploy", "assumed by way of dev"), ("signed-by-aws-login", "signs in with aws login")],
)
async def test_profiles_that_have_no_link_say_why(profile: str, reason: str, opened: Path) -> None:
    async with board(width=100) as it:
        await it.highlight(profile)
        await it.press("o")
        await it.until(lambda: reason in " ".join(it.words().split()))
    assert not opened.exists()


async def test_on_a_session_it_asks_for_a_profile(opened: Path) -> None:
    async with board() as it:
        await it.press("tab", "o")
        await it.until("Highlight a profile first")
    assert not opened.exists()


def test_the_demo_sends_no_browser_to_what_is_not_its_own(opened: Path) -> None:
    with program("--demo") as terminal:
        terminal.wait_for(lambda it: "analytics" in row(it, "analytics") and "? Help" in it.text())
        terminal.press("o")
        terminal.wait_for("there is no AWS console behind the demo")
        terminal.press("escape")
        terminal.wait_for("? Help")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert not opened.exists()
