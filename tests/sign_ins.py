"""A sign-in that goes on in the background while a test decides about it."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from tui.aws.errors import SsoError
from tui.aws.model import Token
from tui.aws.session import device_code, joining
from tui.aws.session.device_code import DeviceSignIn, ShownCode
from tui.aws.session.joining import SignIn
from tui.aws.state.store import Store
from tui.demo.server import DemoServer

from .aws_home import session_named

LIMIT = 30.0
"""Seconds to wait for anything; long, because the machine may be slow."""

LONGEST_INTERVAL = device_code.LONGEST_INTERVAL
"""As users have it: while there is an Identity Center, tests have a shorter one."""


class Attempt:
    """A device code sign-in to one session: `code` is there when this is; `end()` waits for the token or raises.
    `flow`: another sign-in than that, to begin with."""

    def __init__(self, store: Store, key: str, flow: SignIn | None = None) -> None:
        self.told: list[str] = []
        self.cancelled = threading.Event()
        self.flow = flow or DeviceSignIn(store, session_named(store, key))
        code = self.flow.start(self.cancelled)
        assert isinstance(code, ShownCode)
        self.code = code
        self._token: Token | None = None
        self._error: SsoError | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._token = self.flow.wait(self.told.append, self.cancelled)
        except SsoError as error:
            self._error = error

    def end(self) -> Token:
        """The token. Raises what the sign-in raised."""
        self.thread.join(LIMIT)
        assert not self.thread.is_alive()
        if self._error is not None:
            raise self._error
        assert self._token is not None
        return self._token

    def cancel(self) -> float:
        """Cancels, and says how many seconds that took."""
        began = time.monotonic()
        self.cancelled.set()
        self.thread.join(LIMIT)
        assert not self.thread.is_alive()
        return time.monotonic() - began


def waiting_codes(demo: DemoServer, count: int = 1) -> list[str]:
    """The user codes that wait for a decision, once there are `count` of them."""
    deadline = time.monotonic() + LIMIT
    while len(found := demo.state.pending_user_codes()) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def fast_polls(demo: DemoServer, monkeypatch: pytest.MonkeyPatch, interval: float = 0.05) -> None:
    """Lets device codes be polled in such fractions of a second: the service names no interval, and the default is
    short. So is the pause after which a sign-in looks what the one that it has joined has come to.
    A command in a process of its own polls every five seconds then."""
    demo.state.settings.poll_interval = 0
    monkeypatch.setattr(device_code, "LONGEST_INTERVAL", LONGEST_INTERVAL)
    monkeypatch.setattr(device_code, "DEFAULT_INTERVAL", interval)
    monkeypatch.setattr(joining, "LOOK_AGAIN", interval)


def gaps(demo: DemoServer, operation: str = "CreateToken") -> list[float]:
    """Seconds between the requests of one kind."""
    times = demo.state.log.times(operation)
    return [later - earlier for earlier, later in pairwise(times)]
