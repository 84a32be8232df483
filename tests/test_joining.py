"""Sign-ins to one session at the same time: the second shows the first one's code, and one approval serves both."""

from __future__ import annotations

import json
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws.cache import locks
from tui.aws.errors import SsoError
from tui.aws.session import joining
from tui.aws.session.browser_flow import BrowserCode
from tui.aws.session.device_code import DeviceSignIn
from tui.aws.session.joining import SignIn
from tui.aws.state.store import Store
from tui.demo.server import DemoServer

from .aws_home import configure, content, session_named, token_file
from .commands import start
from .program import highlight, program, quit_board
from .redirects import allow
from .sign_ins import LIMIT, Attempt, fast_polls, waiting_codes


@pytest.fixture
def store(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    fast_polls(demo, monkeypatch)
    return configure()


def joined(store: Store, flow: str = "device", anew: bool = False) -> SignIn:
    return SignIn(flow, store, session_named(store, "acme"), anew=anew)


def left_behind() -> list[str]:
    """What the sign-ins have left in the folder of the locks, besides the locks."""
    return [name for name in os.listdir(locks.lock_dir()) if not name.endswith(".lock")]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_c19_the_second_sign_in_joins_the_first(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store))
    assert second.flow.joined == os.getpid()  # type: ignore[union-attr]
    assert second.code.user_code == first.code.user_code
    assert second.code.complete_url == first.code.complete_url
    assert second.code.may_open
    assert abs(second.code.seconds_left() - first.code.seconds_left()) < 5
    demo.state.approve(first.code.user_code)
    assert first.end().access_token == second.end().access_token
    assert demo.state.log.count("StartDeviceAuthorization") == 1
    assert len(demo.state.access_tokens) == 1
    assert left_behind() == []


def test_c19_what_is_left_for_others_holds_no_secret(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    (path,) = [Path(locks.lock_dir()) / name for name in left_behind()]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    own = first.flow._own  # type: ignore[union-attr]
    assert isinstance(own, DeviceSignIn)
    assert own.code is not None
    text = path.read_text()
    assert first.code.user_code in text
    assert own.code.device_code.reveal() not in text
    assert own._registration is not None
    assert own._registration.client_secret.reveal() not in text
    first.cancel()


def test_c19_when_the_first_is_given_up_the_second_goes_on(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store))
    first.cancel()
    wait_until(lambda: second.told)
    assert "given up" in second.told[0]
    code = second.flow.code
    assert code is not None
    assert code is not second.code
    assert second.flow.joined is None  # type: ignore[union-attr]
    demo.state.approve(next(each for each in waiting_codes(demo, 2) if each != first.code.user_code))
    token = second.end()
    assert content(token_file("acme"))["accessToken"] == token.access_token.reveal()


def test_c05_c19_denied_for_one_is_denied_for_both(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store))
    demo.state.deny(first.code.user_code)
    for attempt in (first, second):
        with pytest.raises(SsoError, match="denied"):
            attempt.end()
    assert demo.state.log.count("StartDeviceAuthorization") == 1
    third = Attempt(store, "acme", joined(store))  # that is over: a new one begins
    assert third.code.user_code != first.code.user_code
    third.cancel()
    assert left_behind() == []


def test_c04_c19_a_code_that_expires_does_so_for_both(store: Store, demo: DemoServer) -> None:
    demo.state.settings.device_code_lifetime = 2
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store))
    for attempt in (first, second):
        with pytest.raises(SsoError, match="expired"):
            attempt.end()
    assert demo.state.log.count("StartDeviceAuthorization") == 1


def test_c19_a_new_code_is_ones_own(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store, anew=True))
    assert second.code.user_code != first.code.user_code
    demo.state.approve(second.code.user_code)
    second.end()
    first.cancel()


def test_c17_c19_the_one_that_joined_can_be_left_at_once(store: Store, demo: DemoServer) -> None:
    first = Attempt(store, "acme", joined(store))
    second = Attempt(Store(), "acme", joined(store))
    assert second.cancel() < 1.0
    demo.state.approve(first.code.user_code)
    first.end()


def test_c19_a_sign_in_that_shows_nothing_yet_is_waited_for(
    store: Store, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = locks.try_hold(joining._name(session_named(store, "acme")))
    assert held is not None
    monkeypatch.setattr(joining, "UNSHOWN_LIMIT", 1.0)
    alone = Attempt(store, "acme", joined(store))  # it never shows anything: stopped, perhaps
    assert alone.flow.joined is None  # type: ignore[union-attr]
    alone.cancel()
    held.release()


def test_b23_c19_without_locks_everybody_has_a_code(
    store: Store, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(locks, "lock_dir", lambda: str(tmp_path / "file/locks"))
    first, second = (Attempt(store, "acme", joined(store)) for _ in range(2))
    assert first.code.user_code != second.code.user_code
    demo.state.approve(first.code.user_code)
    demo.state.approve(second.code.user_code)
    tokens = [attempt.end().access_token.reveal() for attempt in (first, second)]
    assert content(token_file("acme"))["accessToken"] in tokens


def test_c19_a_code_joins_a_browser_that_is_open_already(store: Store, demo: DemoServer) -> None:
    first = joined(store, "browser")
    address = first.start()
    (path,) = [Path(locks.lock_dir()) / name for name in left_behind()]
    assert set(json.loads(path.read_text())) == {"process", "expiresAt"}
    second = joined(Store())
    code = second.start()
    assert isinstance(code, BrowserCode)
    assert code.url == ""
    tokens = []
    threads = [threading.Thread(target=lambda flow=flow: tokens.append(flow.wait())) for flow in (first, second)]
    for thread in threads:
        thread.start()
    allow(demo, address.complete_url)
    for thread in threads:
        thread.join(LIMIT)
    assert len({token.access_token.reveal() for token in tokens}) == 1
    assert len(tokens) == 2


def test_c19_two_commands_ask_once(store: Store, demo: DemoServer) -> None:
    processes = [start("login", "--session", "acme", "--no-open") for _ in range(3)]
    (code,) = waiting_codes(demo)
    demo.state.approve(code)
    said = [process.communicate(timeout=LIMIT)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum("one approval is for both" in text for text in said) >= 1
    assert demo.state.log.count("StartDeviceAuthorization") == 1
    assert len(demo.state.access_tokens) == 1


def test_b22_c19_when_the_first_program_is_killed_the_board_goes_on(store: Store, demo: DemoServer) -> None:
    first = start("login", "--session", "acme", "--no-open")
    (code,) = waiting_codes(demo)
    with program() as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "dev")
        terminal.press("l")
        terminal.wait_for(f"ssotui (process {first.pid}) too")
        assert code in terminal.text()
        first.send_signal(signal.SIGKILL)
        first.communicate()
        terminal.wait_for("given up")
        other = next(each for each in waiting_codes(demo, 2) if each != code)
        terminal.wait_for(other)
        demo.state.approve(other)
        terminal.wait_for("signed in until")
        terminal.wait_for("? Help")
        quit_board(terminal)
    assert left_behind() == []
