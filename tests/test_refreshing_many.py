"""R: fresh role credentials for all profiles that are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.model import VALID
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer
from tui.screens.board.board import Board

from .aws_home import CONFIG, configure, put_token, renewing
from .board import approve, board
from .sign_ins import fast_polls


@pytest.fixture(autouse=True)
def configured(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure()
    renewing(home, "on_open = false")
    fast_polls(demo, monkeypatch)


def many(count: int) -> str:
    """A configuration with so many profiles of one session."""
    section = "[profile p{0:03}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    return CONFIG + "".join(section.format(number) for number in range(count))


async def test_r_asks_above_25_profiles(demo: DemoServer) -> None:
    configure(many(24))  # with dev, audit, forbidden, nowhere and deploy they are 29
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.press("R")
        await it.until("Get fresh role credentials for 29 profiles?")
        await it.press("escape")
        assert isinstance(it.app.screen, Board)
        assert demo.state.log.count("GetRoleCredentials") == 0
        await it.press("R", "enter")
        await it.until(lambda: demo.state.log.count("GetRoleCredentials") > 0)
        await it.until(lambda: not it.board.clocks.busy)


async def test_r_says_how_many_it_leaves_out_and_why(demo: DemoServer) -> None:
    configure(many(24))
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.press("R")
        await it.until("29 profiles?")
        words = " ".join(it.words().split())
        assert "29 profiles? 2 are left out, because their sessions are not signed in." in words


async def test_r_signs_in_where_no_profile_shown_has_a_good_session(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.press("slash", *"sandbox", "enter", "R")
        await approve(it, demo)
        await it.until("Fresh role credentials for sandbox")
        assert it.board.clocks.credentials("sandbox")[0] == VALID


async def test_r_signs_in_to_all_sessions_that_aws_has_refused(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    demo.state.revoke_all()
    async with board() as it:
        await it.press("R")
        await it.until(lambda: len(demo.state.pending_user_codes()) == 2)
        for code in demo.state.pending_user_codes():
            demo.state.approve(code)
        await it.until(lambda: {it.board.clocks.credentials(name)[0] for name in ("dev", "sandbox")} == {VALID})


async def test_25_and_less_are_not_asked_about(demo: DemoServer) -> None:
    configure(many(20))
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.press("R")
        await it.until(lambda: demo.state.log.count("GetRoleCredentials") > 0)
        await it.until(lambda: not it.board.clocks.busy)


async def test_esc_says_what_was_stopped(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    async with board() as it:
        hang = demo.state.faults.add("GetRoleCredentials", hang=True, count=None)
        await it.press("R")
        await it.until("esc stops")
        await it.press("escape")
        await it.until("Stopped: 0 of 5 refreshed")
        demo.state.faults.remove(hang)
