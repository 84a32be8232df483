"""The sign-in screen, whatever the service says and however it is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tui.demo.server import DemoServer
from tui.screens.sign_in.panels import Lines
from tui.screens.sign_in.screen import SignInScreen
from tui.widgets.qr import QR

from .board import Driver, board

LONG = "https://device.sso.us-east-1.amazonaws.com/" + "a/long/way/" * 150
ELSEWHERE = "https://sign-in.example/device"


pytestmark = pytest.mark.usefixtures("organisation")


async def sign_in(it: Driver) -> SignInScreen:
    """Open it for the session that is signed out, and wait for its code."""
    await it.highlight("attic")
    await it.press("l")
    await it.until("waiting for approval")
    screen = it.app.screen
    assert isinstance(screen, SignInScreen)
    return screen


async def test_e02_left_while_the_terminal_changes_its_size() -> None:
    async with board() as it:
        screen = await sign_in(it)
        await it.press("escape")
        await it.until(lambda: it.board.is_current and not screen.query("TitleBar"))
        screen.tick()  # what a change of size asks for can come when there is nothing to show it in any more


async def test_c22_a_long_address_leaves_the_code_in_sight(demo: DemoServer) -> None:
    demo.state.faults.add(
        "StartDeviceAuthorization", replace={"verificationUri": LONG, "verificationUriComplete": LONG}
    )
    async with board(80, 24) as it:
        await sign_in(it)
        (code,) = demo.state.pending_user_codes()
        assert code in it.words()
        assert "code expires in" in it.words()
        assert "https://device.sso.us-east-1.amazonaws.com/" in "".join(it.words().split())


async def test_c22_there_is_no_qr_code_of_an_address_that_is_not_awss(demo: DemoServer) -> None:
    demo.state.faults.add(
        "StartDeviceAuthorization", replace={"verificationUri": ELSEWHERE, "verificationUriComplete": ELSEWHERE}
    )
    async with board(130, 40) as it:
        screen = await sign_in(it)
        assert "Not an address of AWS's" in it.words()
        assert not has_qr(screen)
        demo.state.faults.clear()
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        assert has_qr(await sign_in(it))  # of the demo's own address there is one


def has_qr(screen: SignInScreen) -> bool:
    """Whether a QR code is shown."""
    return screen.query_one(QR).display


def text_of(screen: SignInScreen) -> str:
    """What the screen says of its one session, however its words are broken into lines."""
    return " ".join(str(screen.query_one("#one", Lines).render()).split())


def noting(into: list[str]) -> Callable[..., str]:
    """A helper of the desktop's that only notes what it is given, and says that all went well."""

    def note(text: str, *_: object) -> str:
        into.append(text)
        return ""

    return note


@pytest.mark.parametrize("in_address", [False, True])
async def test_x01_the_code_is_there_to_type_and_to_copy(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, in_address: bool
) -> None:
    demo.state.settings.code_in_address = in_address
    copied: list[str] = []
    monkeypatch.setattr("tui.desktop.browser.copy", noting(copied))
    async with board(80, 24) as it:
        screen = await sign_in(it)
        (code,) = demo.state.pending_user_codes()
        assert code in it.words()
        assert "Enter or compare" in it.words()
        assert ("the page asks for it" in text_of(screen)) is not in_address
        assert has_qr(screen)
        assert "c Copy code  u Copy URL" in it.words()
        await it.press("c")
        await it.until("The code: copied")
        await it.press("u")
        await it.until("The URL: copied")
    assert copied[0] == code
    assert copied[1].startswith(f"{demo.url}/")
    assert (code in copied[1]) is in_address


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://us-east-1.signin.aws/platform/authorize?request_uri=PpzDtbPjkWdfQ8VmQ2kR3A", True),
        ("https://evil-signin.aws/platform/authorize?request_uri=urn:x", False),
    ],
)
async def test_x01_awss_newer_page_is_opened_and_has_a_qr_code(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, url: str, opened: bool
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("tui.desktop.browser.open_browser", noting(seen))
    demo.state.faults.add("StartDeviceAuthorization", replace={"verificationUri": url, "verificationUriComplete": url})
    async with board(80, 24) as it:
        screen = await sign_in(it)
        assert has_qr(screen) is opened
        assert ("Not an address of AWS's" in text_of(screen)) is not opened
        await it.press("o")
        await it.until("Opened in the browser" if opened else "it is not opened from here")
    assert seen == ([url] if opened else [])


async def test_x27_what_was_shown_comes_back_with_the_room_for_it(demo: DemoServer) -> None:
    async with board(80, 24) as it:
        screen = await sign_in(it)
        before = (has_qr(screen), it.words().splitlines()[-1])
        assert before[0]
        for size in ((39, 10), (80, 24), (80, 9), (20, 5), (80, 24)):
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause(0.1)
        await it.until(lambda: (has_qr(screen), it.words().splitlines()[-1]) == before)
        (code,) = demo.state.pending_user_codes()
        assert code in it.words()
        await it.press("n")
        await it.until(lambda: len(demo.state.pending_user_codes()) == 2)


async def test_what_was_said_of_an_attempt_goes_with_it(demo: DemoServer) -> None:
    async with board(80, 24) as it:
        await sign_in(it)
        it.app.tell("No browser was opened", "warning", timeout=60)
        await it.until("No browser was opened")
        await it.press("n")
        await it.until(lambda: len(demo.state.pending_user_codes()) == 2)
        await it.until(lambda: "No browser was opened" not in it.words())


async def sign_in_to_all(it: Driver, demo: DemoServer) -> SignInScreen:
    """Open it for all sessions, and wait for their codes."""
    await it.press("L")
    await it.until(lambda: isinstance(it.app.screen, SignInScreen) and len(it.app.screen.attempts) > 1)
    screen = it.app.screen
    assert isinstance(screen, SignInScreen)
    await it.until(lambda: all(attempt.user_code for attempt in screen.attempts))
    return screen


async def test_x27_the_row_that_was_chosen_stays_chosen_and_in_sight(demo: DemoServer) -> None:
    demo.state.revoke_all()
    async with board(80, 40) as it:
        screen = await sign_in_to_all(it, demo)
        await it.press("shift+tab")
        chosen = screen.current
        assert chosen is screen.attempts[-1]
        for size in ((39, 10), (40, 10), (80, 40)):
            await it.pilot.resize_terminal(*size)
            await it.until(lambda size=size: (chosen.user_code in it.words()) is (size[0] >= 40))  # type: ignore[misc]
            assert screen.current is chosen


async def test_x27_the_smallest_terminal_shows_how_it_stands(demo: DemoServer) -> None:
    demo.state.faults.add("StartDeviceAuthorization", code="InvalidRequestException")
    async with board(40, 10) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("AWS refused")
        await it.press("n")
        await it.until("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        for text in (code, "code expires in", "Approve"):
            await it.until(text)
        demo.state.deny(code)
        await it.until("denied")
