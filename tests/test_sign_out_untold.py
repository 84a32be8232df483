"""Sessions that AWS was not told of: until when they live there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.errors import SsoError
from tui.aws.session import signing_out
from tui.aws.session.signing_out import make_manifest
from tui.aws.state import finishing
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.moments import moment
from tui.screens.sign_out import SignOut

from .aws_home import CONFIG, configure, known, put_token, token_file
from .board import board
from .commands import check, ssotui


@pytest.fixture
def untold(demo: DemoServer, home: Path) -> DemoServer:
    """AWS does not answer as it should."""
    configure(CONFIG)
    demo.state.faults.add("Logout", code="OddException", count=None)
    return demo


def test_the_command_says_until_when_they_live(untold: DemoServer) -> None:
    token = put_token(untold, "acme", ACME)
    done = check(ssotui("logout", "--all", "--yes"), 1)
    (line,) = done.stdout.splitlines()
    assert (
        f"it ends at its own expiry, {moment(token.expires_at, clock.now())}; only a copy of its file could renew it"
        in line
    )
    assert token.registration_expires_at is not None
    assert line.endswith(f"until {moment(token.registration_expires_at, clock.now())}")


@pytest.mark.parametrize(
    ("left", "renews", "said", "alive"),
    [
        (3600, True, "its own expiry, {alive}; only a copy of its file could renew it, until {until}", True),
        (3600, False, "its own expiry, {alive}", True),
        (-60, True, "its own expiry, which is past; only a copy of its file could renew it, until {until}", False),
        (-60, False, "its own expiry, which is past", False),
    ],
)
def test_machines_are_told_too(untold: DemoServer, left: int, renews: bool, said: str, alive: bool) -> None:
    token = put_token(untold, "acme", ACME, left, **({} if renews else {"refreshToken": None}))
    found = json.loads(check(ssotui("logout", "--all", "--yes", "--json"), 1).stdout)
    assert token.registration_expires_at is not None
    ends, until = clock.iso(token.expires_at), clock.iso(token.registration_expires_at)
    assert found["items"][0]["server"].endswith(said.format(alive=ends, until=until))
    assert found["sessions_alive_until"] == (ends if alive else None)
    assert found["sessions_renewable_until"] == (until if renews else None)


def test_of_a_session_that_aws_was_told_of_nothing_lives(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    result = signing_out.sign_out(store, make_manifest(known(store)))
    assert (result.sessions_alive_until, result.sessions_renewable_until) == (None, None)
    assert [outcome.told(clock.iso) for outcome in result.outcomes] == ["signed out at AWS"]


def test_a_token_that_names_no_region_says_so(demo: DemoServer, home: Path) -> None:
    store = configure()
    token = put_token(demo, "renamed", ACME, region=None, refreshToken=None)
    result = signing_out.sign_out(store, make_manifest(known(store)))
    assert not result.server_told
    (outcome,) = result.outcomes
    assert outcome.told(clock.iso) == (
        f"the token names no region, so AWS was not told; it ends at its own expiry, {clock.iso(token.expires_at)}"
    )
    assert not token_file("renamed").exists()


@pytest.mark.parametrize(("renews", "word"), [(True, "refreshable"), (False, "expired")])
async def test_a_token_that_can_be_renewed_is_not_called_expired(
    demo: DemoServer, home: Path, renews: bool, word: str
) -> None:
    configure()
    put_token(demo, "acme", ACME, expires_in=-60, **({} if renews else {"refreshToken": None}))
    async with board(100, 30) as it:
        it.app.push_screen(SignOut(it.app.store))
        await it.until("Removes")
        (line,) = [line for line in it.words().splitlines() if "  token" in line]
        assert word in line, line


async def test_the_board_says_until_when_they_live(untold: DemoServer) -> None:
    token = put_token(untold, "acme", ACME, refreshToken=None)
    async with board(150, 40) as it:
        await it.highlight("dev")
        await it.press("x", "enter")
        await it.until("not everything went well")
        await it.until(moment(token.expires_at, clock.now()))
        assert "it ends at its own expiry" in " ".join(it.words().split())


async def test_a_sign_out_that_fails_is_told_once(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()
    put_token(demo, "acme", ACME)

    def fail(*_arguments: object) -> None:
        raise SsoError("It went wrong", "try again")

    monkeypatch.setattr(signing_out, "_carry_out", fail)
    async with board() as it:
        await it.highlight("dev")
        await it.press("x")
        await it.until("Removes 1 token")
        await it.press("enter")
        await it.until("It went wrong")
        assert "The sign-out of acme was not finished: sign out once more" in it.words()
        assert finishing.failures() == []
