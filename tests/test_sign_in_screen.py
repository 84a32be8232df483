"""The sign-in screen, whatever the service says and however it is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.server import DemoServer
from tui.screens.sign_in import SignIn

from .board import Driver, board, sample

LONG = "https://device.sso.us-east-1.amazonaws.com/" + "a/long/way/" * 150
ELSEWHERE = "https://sign-in.example/device"


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample(home, demo)


async def sign_in(it: Driver) -> SignIn:
    """Open it for the session that is signed out, and wait for its code."""
    await it.highlight("attic")
    await it.press("l")
    await it.until("waiting for approval")
    screen = it.app.screen
    assert isinstance(screen, SignIn)
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
        assert not screen.has_class("-qr")
        demo.state.faults.clear()
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        assert (await sign_in(it)).has_class("-qr")  # of the demo's own address there is one
