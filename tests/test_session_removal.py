"""A session that is removed while the program ends: its token is not left behind untold."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.aws.cache import config_edit
from tui.aws.cache.config_edit import ConfigFile
from tui.aws.requests import clients
from tui.aws.state import finishing
from tui.cli.environment import Environment
from tui.cli.verbs.sessions.dropping import drop
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_token, token_file
from .board import LIMIT, board


class SlowWrite:
    """Has the config file be written once `go_on` is set; `begun` is set when that waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self._real = config_edit.write
        monkeypatch.setattr(config_edit, "write", self._write)

    def _write(self, file: ConfigFile, text: str) -> str:
        self.begun.set()
        assert self.go_on.wait(LIMIT)
        return self._real(file, text)


@pytest.fixture
def write(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> SlowWrite:
    configure()
    put_token(demo, "acme", ACME)
    return SlowWrite(monkeypatch)


def assert_gone(demo: DemoServer) -> None:
    said: list[str] = []
    finishing.close()
    assert finishing.wait(said.append), said
    assert not token_file("acme").exists()
    assert not any(issued.sign_in.alive for issued in demo.state.access_tokens.values())


async def test_who_leaves_the_board_while_a_session_goes_leaves_no_token_of_it(
    demo: DemoServer, write: SlowWrite
) -> None:
    async with board() as it:
        await it.highlight("audit")
        await it.press("X", "p")
        await it.until("5 profiles: ")
        await it.press("enter")
        await it.until(write.begun.is_set)
    write.go_on.set()
    assert_gone(demo)


def test_ctrl_c_while_a_session_goes_leaves_no_token_of_it(
    demo: DemoServer, write: SlowWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clients.call

    def call(operation: Callable[[], Any], cancelled: None = None, limit: float | None = None) -> Any:
        if not write.begun.is_set():
            threading.Thread(target=real, args=(operation, cancelled, limit), daemon=True).start()
            assert write.begun.wait(LIMIT)
            raise KeyboardInterrupt
        return real(operation, cancelled, limit)

    monkeypatch.setattr(clients, "call", call)
    threading.Timer(0.5, write.go_on.set).start()
    with pytest.raises(KeyboardInterrupt):
        drop(Namespace(named="acme", with_profiles=True, yes=True), Environment())
    assert_gone(demo)
