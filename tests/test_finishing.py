"""What must not be lost at the end of the program: a sign-out that AWS has to be told of, a renewal whose refresh token
is spent, a token that arrives when nobody wants it any more."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.aws.errors import Cancelled
from tui.aws.session import signing_out
from tui.aws.state import finishing
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from .aws_home import configure, put_token, token_file
from .board import board
from .commands import start
from .program import highlight, program, quit_board
from .sign_ins import LIMIT
from .terminal import PIPE, Terminal

WAITING = "Waiting for AWS to be told of the sign-out of acme, 8 s at most; ctrl+c gives up"
UNTOLD = "Sign-out of acme: AWS was not told (it has not answered); it ends at its own expiry"
SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT]


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive_at_aws(demo: DemoServer) -> list[str]:
    """The access tokens that AWS would still accept."""
    return [token.reveal() for token in list(demo.state.access_tokens) if demo.state.access(token.reveal()) is not None]


# -- the registry -----------------------------------------------------------------------------------------------


def test_what_is_under_way_is_waited_for_in_one_line() -> None:
    first, second = finishing.begin("this", "this is lost"), finishing.begin("that", "that is lost")
    threading.Timer(0.5, first.done).start()
    threading.Timer(0.6, second.done).start()
    said: list[str] = []
    assert finishing.close()
    assert finishing.wait(said.append)
    assert said == ["Waiting for this, that, 8 s at most; ctrl+c gives up"]
    assert not finishing.close()


def test_what_takes_too_long_is_lost_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "LIMIT", 0.5)
    finishing.begin("this", "this is\x1b[2J lost")
    finishing.begin("a trifle", patience=0.1)
    finishing.close()
    said: list[str] = []
    assert not finishing.wait(said.append)
    assert said[1:] == ["this is\\x1b[2J lost"]


def test_at_the_end_nothing_begins_any_more() -> None:
    finishing.close()
    with pytest.raises(Cancelled):
        finishing.begin("this")


def test_what_has_failed_is_told_once() -> None:
    with finishing.job("this", "this is lost") as job:
        job.failed("AWS said no")
    assert finishing.failures() == ["AWS said no"]
    assert finishing.failures() == []
    assert not finishing.close()


# -- signing out ------------------------------------------------------------------------------------------------


def sign_out_of_acme(terminal: Terminal, demo: DemoServer) -> None:
    terminal.wait_for("? Help")
    highlight(terminal, "dev")
    terminal.press("x")
    terminal.wait_for("Removes 1 token")
    terminal.press("enter")
    assert demo.state.log.wait_for("Logout")
    terminal.press("escape")
    terminal.wait_for("PROFILE ▾")  # which is behind the dialog, unlike the keys


def test_x03_q_waits_until_aws_has_been_told_of_a_sign_out(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("Logout", delay=2.5)
    with program(size=(100, 24)) as terminal:
        sign_out_of_acme(terminal, demo)
        quit_board(terminal)
        assert WAITING in terminal.text()
        assert "not told" not in terminal.text()
    assert not token_file("acme").exists()
    assert alive_at_aws(demo) == []


def test_x03_what_aws_could_not_be_told_is_said_and_the_exit_code_says_so(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("Logout", hang=True)
    with program(size=(100, 24)) as terminal:
        sign_out_of_acme(terminal, demo)
        terminal.press("q")
        terminal.wait_for(WAITING)
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        assert UNTOLD in terminal.text()


def test_x03_q_at_once_behind_the_confirmation(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("Logout", delay=1.0)
    with program(size=(100, 24)) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "dev")
        terminal.press("x")
        terminal.wait_for("Removes 1 token")
        terminal.press("enter", "escape", "q")
        assert terminal.wait_exit() == 0
    assert not token_file("acme").exists()
    assert alive_at_aws(demo) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_x03_a_signal_waits_too_however_often_it_comes(demo: DemoServer, store: Store, number: signal.Signals) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("Logout", delay=4.5)  # longer than the board's own end may take
    with program(size=(100, 24)) as terminal:
        sign_out_of_acme(terminal, demo)
        terminal.signal(number)
        terminal.wait_for(WAITING)
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        terminal.assert_restored()
    assert alive_at_aws(demo) == []


def test_x03_a_terminal_that_has_gone_away_does_not_keep_aws_from_being_told(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("Logout", delay=2.0)
    with program(size=(100, 24)) as terminal:
        sign_out_of_acme(terminal, demo)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert alive_at_aws(demo) == []


def test_x03_a_profile_that_was_chosen_is_printed_all_the_same(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    other = put_token(demo, "lab", LAB)  # what is chosen needs no sign-in
    demo.state.faults.add("Logout", delay=2.0)
    with program("--emit", "bash", stdout=PIPE) as terminal:
        sign_out_of_acme(terminal, demo)
        highlight(terminal, "sandbox")
        terminal.press("enter")
        assert terminal.wait_exit() == 0
        assert b"AWS_PROFILE" in terminal.captured["stdout"]
    assert alive_at_aws(demo) == [other.access_token.reveal()]


def test_x03_a_choice_wins_over_what_was_lost(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    demo.state.faults.add("Logout", hang=True)
    with program("--emit", "bash", stdout=PIPE, size=(100, 24)) as terminal:
        sign_out_of_acme(terminal, demo)
        highlight(terminal, "sandbox")
        terminal.press("enter")
        terminal.wait_for(WAITING)
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 0
        assert b"AWS_PROFILE" in terminal.captured["stdout"]
        assert UNTOLD in terminal.text()


def interrupted_logout(demo: DemoServer, number: int) -> subprocess.Popen[str]:
    put_token(demo, "acme", ACME)
    process = start("logout", "--session", "acme", "--yes")
    assert demo.state.log.wait_for("Logout", timeout=LIMIT)
    process.send_signal(number)
    return process


@pytest.mark.parametrize("number", SIGNALS)
def test_x03_an_interrupted_logout_tells_aws_all_the_same(
    demo: DemoServer, store: Store, number: signal.Signals
) -> None:
    demo.state.faults.add("Logout", delay=1.5)
    process = interrupted_logout(demo, number)
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + number, f"ssotui: {WAITING}\n")
    assert not token_file("acme").exists()
    assert alive_at_aws(demo) == []


def test_x03_a_logout_interrupted_twice_says_what_aws_does_not_know(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("Logout", hang=True)
    process = interrupted_logout(demo, signal.SIGINT)
    assert process.stderr is not None
    assert process.stderr.readline() == f"ssotui: {WAITING}\n"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < signing_out.SERVER_LIMIT / 2
    assert (process.returncode, err) == (130, f"ssotui: {UNTOLD}\n")
    assert not token_file("acme").exists()


def test_x03_a_sign_out_that_fails_after_it_was_interrupted_is_told(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("Logout", delay=1.0, status=403, code="OddException")
    process = interrupted_logout(demo, signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "ssotui: Sign-out of acme: AWS was not told (OddException" in err
    assert err.count("not told") == 1


async def test_x03_a_sign_out_that_failed_behind_the_users_back_is_told_on_the_board(
    demo: DemoServer, store: Store
) -> None:
    put_token(demo, "acme", ACME)
    fault = demo.state.faults.add("Logout", hang=True, status=403, code="OddException")
    async with board(width=120) as it:
        await it.highlight("dev")
        await it.press("x")
        await it.until("Removes 1 token")
        await it.press("enter", "escape")
        await it.until(lambda: it.app.screen is it.board)
        fault.release()
        await it.until(lambda: any("not told (OddException" in told.text for told in it.app.said.all()))
    assert finishing.failures() == []


def test_x03_two_sessions_are_told_apart(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    demo.state.faults.add("Logout", hang=True)
    process = start("logout", "--all", "--yes")
    assert demo.state.log.wait_for("Logout", 2, timeout=LIMIT)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.8)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("not told") == 1  # the other one has answered
