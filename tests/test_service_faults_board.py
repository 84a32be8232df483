"""Services that fail or fall silent, as seen from the board: it stays alive, and says what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.sign_in.screen import SignInScreen

from .aws_home import CONFIG, configure, put_token
from .board import board

MANY = [f"s{number:02}" for number in range(8)]


def many_sessions(demo: DemoServer) -> None:
    """Sessions that can all be renewed, and one that cannot."""
    text = "".join(f"[sso-session {name}]\nsso_start_url = {ACME}\nsso_region = us-east-1\n\n" for name in MANY)
    configure(text + CONFIG)
    for name in MANY:
        put_token(demo, name, ACME, -60)


async def test_c19_sessions_are_renewed_side_by_side(demo: DemoServer, home: Path) -> None:
    """One after another they would take twenty seconds each while AWS does not answer. The first code is there while
    they go on."""
    many_sessions(demo)
    demo.state.faults.add("CreateToken", count=None, delay=3.0, code="InvalidGrantException")
    async with board(120, 40) as it:
        await it.press("L")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        screen = it.app.screen
        assert isinstance(screen, SignInScreen)
        await it.until(lambda: bool(screen.attempts[0].user_code))
        assert len(screen.attempts) == len(MANY) + 3
        assert {attempt.message for attempt in screen.attempts[3:]} == {"renewing …"}
        await it.until(lambda: "renewing …" not in {attempt.message for attempt in screen.attempts})
    first, *_rest, last = demo.state.log.times("CreateToken")[: len(MANY)]
    assert last - first < 3.0


@pytest.mark.parametrize("keys", [("L", "L"), ("l", "l", "L")])
async def test_c19_a_second_press_joins_the_renewal_under_way(
    demo: DemoServer, home: Path, keys: tuple[str, ...]
) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", count=None, delay=1.0, code="InvalidGrantException")
    async with board() as it:
        await it.highlight("dev")
        await it.press(*keys)
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.pilot.pause(1.0)
        screens = [screen for screen in it.app.screen_stack if isinstance(screen, SignInScreen)]
        names = [attempt.session.key for screen in screens for attempt in screen.attempts]
        assert sorted(names) == sorted(set(names))
