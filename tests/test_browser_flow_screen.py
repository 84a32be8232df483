"""The browser flow on the sign-in screen: what it shows, its key, and what leaving it leaves behind."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tui.aws.cache import shapes
from tui.demo.server import DemoServer
from tui.desktop import browser
from tui.screens.sign_in.attempt import Attempt
from tui.screens.sign_in.screen import SignInScreen
from tui.settings import settings_path
from tui.widgets.qr import QR

from .board import Driver, board, sample
from .redirects import allow, decide, fake_browser, follow, listening, target

FLOW = '[sign_in]\nflow = "browser"\n[confirm]\nsign_in = false\n'


@pytest.fixture(autouse=True)
def desktop(home: Path, demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample organisation, and a desktop with a browser."""
    sample(home, demo)
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setenv("BROWSER", fake_browser(tmp_path))


def use_settings(text: str) -> None:
    """Write the settings file."""
    Path(settings_path()).parent.mkdir(parents=True, exist_ok=True)
    Path(settings_path()).write_text(text)


def opened(tmp_path: Path) -> list[str]:
    """What the browser was opened with."""
    path = tmp_path / "arguments"
    return path.read_text().split() if path.exists() else []


def attempt(it: Driver) -> Attempt:
    """The first attempt on the screen."""
    return attempts(it)[0]


def attempts(it: Driver) -> list[Attempt]:
    """All of them."""
    assert isinstance(it.app.screen, SignInScreen)
    return it.app.screen.attempts


async def url_of(it: Driver) -> str:
    """The authorize URL that is waited on."""
    await it.until("waiting for the browser")
    code = attempt(it).code
    assert code is not None
    return code.url


async def test_the_setting_signs_in_through_the_browser(demo: DemoServer, tmp_path: Path) -> None:
    use_settings(FLOW)
    before = listening()
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        url = await url_of(it)
        words = it.words()
        assert "gives up in 9m" in words
        assert "Compare" not in words
        shown = "".join(words.split())
        assert url in shown.replace("▎", "")  # in full, over several lines
        assert not it.app.screen.query_one(QR).is_on_screen
        await it.until(lambda: opened(tmp_path) == [url])
        assert demo.state.log.count("StartDeviceAuthorization") == 0
        allow(demo, url)
        await it.until("acme: signed in until")
        grants = [entry.details["grantType"] for entry in demo.state.log.entries("CreateToken")]
        assert "authorization_code" in grants  # lab is renewed meanwhile, perhaps
        assert listening() == before


async def test_b_switches_between_the_flows(demo: DemoServer, tmp_path: Path) -> None:
    before = listening()
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until("Sign in anew")
        await it.press("enter")
        await it.until("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        assert "Browser flow" in it.words()
        assert opened(tmp_path) == []  # nothing opens by itself in the device flow
        await it.press("b")
        url = await url_of(it)
        assert code not in it.words()
        await it.until(lambda: opened(tmp_path) == [url])
        await it.press("b")
        await it.until("waiting for approval")
        await it.until(lambda: listening() == before)
        await it.press("b")
        second = await url_of(it)
        assert target(second).query["state"] != target(url).query["state"]
        allow(demo, second)
        await it.until("acme: signed in until")
    assert listening() == before


async def test_c17_escape_closes_the_port_and_writes_nothing(demo: DemoServer) -> None:
    use_settings(FLOW)
    before = listening()
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        url = await url_of(it)
        location = decide(demo, url)
        token = Path(shapes.token_path("acme")).read_bytes()
        await it.press("escape")
        assert not isinstance(it.app.screen, SignInScreen)
        await it.until(lambda: listening() == before)
        with pytest.raises(ConnectionRefusedError):
            follow(location)
        assert Path(shapes.token_path("acme")).read_bytes() == token


async def test_c32_the_error_is_on_the_screen_and_n_starts_again_with_a_new_client(demo: DemoServer) -> None:
    use_settings(FLOW)
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        url = await url_of(it)
        demo.state.faults.add("CreateToken", code="InvalidGrantException")
        assert allow(demo, url).status == 200
        await it.until("no longer accepts the sign-in")
        await it.press("n")
        again = await url_of(it)
        assert target(again).query["client_id"] != target(url).query["client_id"]
        follow(decide(demo, again, "deny"))
        await it.until("denied in the browser")


async def test_w01_without_a_browser_the_url_stays_and_the_flow_goes_on(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(f'{FLOW}[browser]\ncommand = "/nonexistent/browser"\n')
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        url = await url_of(it)
        await it.until("No browser was opened")
        assert "/authorize?" in it.words()
        allow(demo, url)
        await it.until("acme: signed in until")


async def test_c35_b_is_not_offered_to_legacy_sessions(demo: DemoServer) -> None:
    use_settings(FLOW)
    async with board(150, 40) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        assert "Browser flow" not in it.words()
        assert "With a code, not in the browser: a profile without an sso-session can use nothing else" in it.words()
        await it.press("b")
        assert attempt(it).flow == "device"
        demo.state.approve(demo.state.pending_user_codes()[0])
        await it.until("d-9667182f21.awsapps.com: signed in until")


async def test_w04_x33_over_ssh_a_code_is_shown_with_the_reason(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(FLOW)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with board(130, 40) as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until("waiting for approval")
        assert "not in the browser: this is an SSH session" in it.words()
        await it.press("b")  # asked for by name it is obeyed, with what it takes
        url = await url_of(it)
        forward = f"ssh -L {target(url).port}:127.0.0.1:{target(url).port} {socket.gethostname()}"
        await it.until(lambda: forward in " ".join(it.words().split()))
        allow(demo, url)
        await it.until("acme: signed in until")


async def test_no_browser_is_looked_for_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks the file system for each folder of the PATH."""
    use_settings(FLOW)
    found, asking = browser.choose_flow, []

    def noted(*arguments: Any, **named: Any) -> tuple[str, str]:
        asking.append(threading.current_thread())
        return found(*arguments, **named)

    monkeypatch.setattr(browser, "choose_flow", noted)
    async with board(130, 40) as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await url_of(it)
        assert asking
        assert threading.main_thread() not in asking


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (40, 10)])
async def test_the_long_url_fits_small_terminals(size: tuple[int, int]) -> None:
    use_settings(FLOW)
    async with board(*size) as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen) and attempt(it).state == "waiting")
        await it.until("/authorize?" if size[1] > 20 else "…")
        await it.until("gives up in")
        assert "Approve" in it.words()


async def test_two_sessions_at_once(demo: DemoServer, tmp_path: Path) -> None:
    use_settings(FLOW)
    demo.state.revoke_all()
    for key in ("acme", "lab"):
        os.unlink(shapes.token_path(key))
    async with board(120, 40) as it:
        await it.until("signed in to 0 of 3")
        await it.press("L")
        await it.until(lambda: all(one.state == "waiting" for one in attempts(it)))
        assert [one.flow for one in attempts(it)] == ["browser", "browser", "device"]
        assert opened(tmp_path) == []  # nobody has asked for that many pages
        await it.press("O")
        await it.until(lambda: len(opened(tmp_path)) == 3)
        for url in opened(tmp_path)[:2]:
            allow(demo, url)
        demo.state.approve(demo.state.pending_user_codes()[0])
        await it.until("signed in to 3 of 3")
