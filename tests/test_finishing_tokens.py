"""Tokens that AWS has issued and that are not to be lost, nor to live on unseen: of a renewal under way at the end of
the program, and of a sign-in that nobody wants any more."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.errors import Cancelled
from tui.aws.session.browser_flow import BrowserSignIn
from tui.aws.session.device_code import DeviceSignIn
from tui.aws.session.renewal import renew
from tui.aws.state import finishing
from tui.aws.state.store import Store
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, content, put_token, session_named, sso_cache, token_file
from .commands import environment, leaked, start
from .program import highlight, program, quit_board
from .pythons import PYTHON
from .redirects import allow
from .sign_ins import LIMIT, Attempt, fast_polls
from .test_finishing import SIGNALS, alive_at_aws, until

RENEWING = "Waiting for AWS to renew the sign-in to acme, 8 s at most; ctrl+c gives up"


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


def is_renewed(demo: DemoServer, old: str) -> bool:
    """Whether the file of acme has a token that AWS knows, and another than the old one."""
    now = str(content(token_file("acme"))["accessToken"])
    return now != old and demo.state.access(now) is not None


# -- renewals ---------------------------------------------------------------------------------------------------


def test_x04_q_waits_for_a_renewal(demo: DemoServer, store: Store) -> None:
    old = put_token(demo, "acme", ACME, expires_in=300).access_token.reveal()
    demo.state.faults.add("CreateToken", delay=2.0)
    with program(size=(100, 24)) as terminal:
        terminal.wait_for("? Help")
        assert demo.state.log.wait_for("CreateToken")
        quit_board(terminal)
        assert RENEWING in terminal.text()
    assert is_renewed(demo, old)


@pytest.mark.parametrize("number", SIGNALS)
def test_x04_a_signal_in_the_middle_of_a_commands_renewal_loses_no_token(
    demo: DemoServer, store: Store, number: signal.Signals
) -> None:
    verb = {
        signal.SIGTERM: ("env", "dev"),
        signal.SIGHUP: ("login", "dev"),
        signal.SIGQUIT: ("credential-process", "dev"),
        signal.SIGINT: ("whoami", "dev"),
    }[number]
    old = put_token(demo, "acme", ACME, -60).access_token.reveal()
    demo.state.faults.add("CreateToken", delay=1.5)
    process = start(*verb)
    assert demo.state.log.wait_for("CreateToken", timeout=LIMIT)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (128 + number, "", f"ssotui: {RENEWING}\n")
    assert is_renewed(demo, old)


def test_x04_a_signal_that_the_caller_has_us_ignore_stays_ignored(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", delay=1.0)
    command = f"trap '' HUP; exec {PYTHON} -m tui env dev --format json"
    process = subprocess.Popen(["sh", "-c", command], env=environment(), stdout=subprocess.PIPE, text=True)
    assert demo.state.log.wait_for("CreateToken", timeout=LIMIT)
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "AccessKeyId" in output


def test_x04_a_crash_of_the_board_waits_for_a_renewal(demo: DemoServer, store: Store) -> None:
    old = put_token(demo, "acme", ACME, expires_in=300).access_token.reveal()
    demo.state.faults.add("CreateToken", delay=2.0)
    crash = (
        "import sys\n"
        "from tui.screens.board.board import Board\n"
        "Board.action_help = lambda self: 1 / 0\n"
        "from tui.__main__ import main\n"
        "sys.exit(main())\n"
    )
    with program(command=[sys.executable, "-c", crash]) as terminal:
        terminal.wait_for("? Help")
        assert demo.state.log.wait_for("CreateToken")
        terminal.press("?")
        assert terminal.wait_exit() == 1
        assert "ZeroDivisionError" in terminal.text()
    assert is_renewed(demo, old)


def test_x04_a_renewal_is_not_begun_when_the_program_is_ending(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME, -60)
    finishing.close()
    with pytest.raises(Cancelled):
        renew(store, session_named(store, "acme"))
    assert demo.state.log.count() == 0


# -- what arrives after a cancelled sign-in ---------------------------------------------------------------------


@pytest.mark.parametrize("when", ["cancelled", "quit"])
def test_x04_a_token_that_comes_after_a_cancelled_sign_in_is_given_back(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "acme")
    answer = demo.state.faults.add("CreateToken", delay=1.0)
    demo.state.approve(attempt.code.user_code)
    until(lambda: answer.fired)
    assert attempt.cancel() < 1
    if when == "quit":
        assert finishing.close()
        assert finishing.wait(lambda _line: None)
    until(lambda: demo.state.log.count("Logout"))
    until(lambda: alive_at_aws(demo) == [])
    assert not token_file("acme").exists()


def test_x04_a_token_that_cannot_be_given_back_is_told(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "acme")
    answer = demo.state.faults.add("CreateToken", delay=0.5)
    demo.state.faults.add("Logout", status=403, code="OddException", count=None)
    demo.state.approve(attempt.code.user_code)
    until(lambda: answer.fired)
    attempt.cancel()
    finishing.close()
    said: list[str] = []
    assert not finishing.wait(said.append)
    assert "A token for acme came too late to be of use, and AWS could not be told to end it: it ends at" in said[-1]
    assert leaked(demo, *said) == []


def test_x04_a_code_of_the_browser_is_exchanged_and_its_token_given_back(demo: DemoServer, store: Store) -> None:
    flow = BrowserSignIn(store, session_named(store, "acme"))
    cancelled = threading.Event()
    url = flow.start(cancelled).url
    demo.state.faults.add("CreateToken", delay=1.0)
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            flow.wait(None, cancelled)
        except Cancelled as error:
            raised.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    allow(demo, url)
    assert demo.state.log.wait_for("CreateToken")
    cancelled.set()
    thread.join(LIMIT)
    assert raised
    until(lambda: demo.state.log.count("Logout"))
    until(lambda: alive_at_aws(demo) == [])
    assert not token_file("acme").exists()


def test_x04_a_registration_that_comes_after_a_cancelled_sign_in_is_kept_for_the_next(
    demo: DemoServer, store: Store
) -> None:
    demo.state.faults.add("RegisterClient", delay=1.0)
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    with pytest.raises(Cancelled):
        DeviceSignIn(store, session_named(store, "acme")).start(cancelled)
    until(lambda: [path for path in sso_cache().glob("*.json") if "clientId" in content(path)])
    DeviceSignIn(store, session_named(store, "acme")).start()
    assert demo.state.log.count("RegisterClient") == 1


def test_x04_q_in_the_middle_of_the_answer_leaves_nothing_alive(demo: DemoServer, store: Store) -> None:
    demo.state.settings.poll_interval = 1
    with program(size=(100, 24)) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "dev")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        answer = demo.state.faults.add("CreateToken", delay=2.0)
        demo.state.approve(demo.state.pending_user_codes()[0])
        until(lambda: answer.fired)
        terminal.press("ctrl+c")
        assert terminal.wait_exit() in (0, 130)
    assert [token for token in alive_at_aws(demo) if not token_file("acme").exists()] == []
