"""Sign-ins and renewals that other programs finish: those that take no lock of ours, and a second board."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.model import Token
from tui.aws.session.joining import SignIn
from tui.aws.state.store import Store
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, content, put_token, session_named, token_file
from .board import board
from .commands import check, ssotui
from .sign_ins import Attempt, fast_polls, waiting_codes
from .test_finishing import alive_at_aws, until


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


# -- a sign-in that another program finishes (X34) --------------------------------------------------------------


def signed_in_elsewhere(demo: DemoServer) -> Token:
    """What `aws sso login` leaves, which takes no lock of ours."""
    return put_token(demo, "acme", ACME, 8 * 3600)


def test_x34_a_sign_in_that_another_program_has_finished_is_over(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "acme", SignIn("device", store, session_named(store, "acme")))
    began = time.monotonic()
    token = signed_in_elsewhere(demo)
    assert attempt.end().access_token == token.access_token
    assert time.monotonic() - began < 4
    polls = demo.state.log.count("CreateToken")
    for code in waiting_codes(demo):
        demo.state.approve(code)
    time.sleep(0.5)
    assert demo.state.log.count("CreateToken") <= polls + 1
    assert content(token_file("acme"))["accessToken"] == token.access_token.reveal()


def test_x34_an_own_token_that_comes_too_late_is_given_back(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "acme", SignIn("device", store, session_named(store, "acme")))
    answer = demo.state.faults.add("CreateToken", delay=1.0)
    demo.state.approve(attempt.code.user_code)
    until(lambda: answer.fired)
    token = signed_in_elsewhere(demo)
    assert attempt.end().access_token == token.access_token
    until(lambda: demo.state.log.count("Logout"))
    until(lambda: alive_at_aws(demo) == [token.access_token.reveal()])
    assert content(token_file("acme"))["accessToken"] == token.access_token.reveal()


def test_x34_in_the_browser_flow_too(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fast_polls(demo, monkeypatch)
    sign_in = SignIn("browser", store, session_named(store, "acme"))
    sign_in.start()
    threading.Timer(0.3, signed_in_elsewhere, [demo]).start()
    began = time.monotonic()
    token = sign_in.wait()
    assert time.monotonic() - began < 4
    assert content(token_file("acme"))["accessToken"] == token.access_token.reveal()
    assert demo.state.log.count("CreateToken") == 0


def just_refused(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> list[Token]:
    """A session whose renewal AWS refuses, as another program has spent the refresh token; that one writes what it got
    in the very moment after. It is returned then."""
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException", status=400)
    refused, written = Store.refused, list[Token]()

    def then_written(self: Store, key: str, token: Token) -> None:
        refused(self, key, token)
        written.append(signed_in_elsewhere(demo))

    monkeypatch.setattr(Store, "refused", then_written)
    return written


async def test_x34_a_token_that_comes_right_after_a_refusal_will_do(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = just_refused(demo, monkeypatch)
    async with board() as it:
        await it.highlight("dev")
        await it.press("l")
        await it.until(lambda: bool(written))
        await it.until(lambda: it.app.screen is it.board and "signed-in" in it.row("acme"))
        assert content(token_file("acme"))["accessToken"] == written[0].access_token.reveal()
        await it.press("l", "enter")  # now a sign-in anew is meant
        await it.until("waiting for approval")


@pytest.mark.parametrize(("key", "shows"), [("enter", "Use dev"), ("L", "signed in until")])
async def test_x34_so_it_does_before_something_that_needs_it_and_among_several(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, key: str, shows: str
) -> None:
    written = just_refused(demo, monkeypatch)
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await it.until(lambda: bool(written))
        await it.until(shows)


def test_x34_on_the_command_line(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fast_polls(demo, monkeypatch)
    written = just_refused(demo, monkeypatch)
    check(ssotui("login", "dev", "--no-open"), 0, demo)
    assert content(token_file("acme"))["accessToken"] == written[0].access_token.reveal()


async def test_x34_on_the_board(demo: DemoServer, store: Store) -> None:
    async with board() as it:
        await it.highlight("dev")
        await it.press("l")
        await it.until("waiting for approval")
        signed_in_elsewhere(demo)
        await it.until(lambda: it.app.screen is it.board)
        await it.until(lambda: "signed-in" in it.row("acme"))


# -- two boards (X50) -------------------------------------------------------------------------------------------


async def test_x50_two_boards_renew_once(demo: DemoServer, store: Store) -> None:
    old = put_token(demo, "acme", ACME, 600)
    demo.state.faults.add("CreateToken", delay=0.5)
    async with board() as first, board() as second:
        await first.until(lambda: "signed-in" in first.row("acme"))
        await second.until(lambda: "signed-in" in second.row("acme"))
    assert demo.state.log.count("CreateToken") == 1
    assert content(token_file("acme"))["accessToken"] != old.access_token.reveal()
