"""Faults of the program itself: their kind and place is told, whoever meets them, and no message and no value."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import NoReturn

import pytest

from tui.aws.clock import monotonic
from tui.aws.errors import SsoError, from_exception
from tui.aws.model import Secret
from tui.aws.requests import clients
from tui.aws.session.callback import Listener
from tui.cli import main
from tui.demo.server import DemoServer
from tui.desktop.redirect import Handover

from .board import board, sample

CANARY = "CANARY-0123456789abcdef"
HERE = r"KeyError in test_faults\.py:\d+"


def fault(*_arguments: object, **_options: object) -> NoReturn:
    access_token = f"{CANARY}-local"
    raise KeyError(f"{CANARY}-message", access_token)


def visit(url: str) -> None:
    """As a browser does whose request is not answered."""
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=20)


def told(title: str) -> None:
    assert re.search(HERE, title), title
    assert "CANARY" not in title


def test_x26_whatever_is_raised_has_a_place() -> None:
    try:
        fault()
    except KeyError as error:
        found = from_exception(error, "renew acme")
    told(found.title)
    assert found.title.startswith("Could not renew acme: KeyError in ")
    with pytest.raises(SsoError) as raised:
        clients.request(fault, "renew acme")  # in a thread of its own
    told(raised.value.title)
    full = from_exception(OSError(24, CANARY, "/secret"), "renew acme")
    assert full.title == "Could not renew acme: Too many open files (OSError in an unknown place)"


def test_x26_a_client_that_cannot_be_made_by_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    from tui.aws.state.store import Store

    monkeypatch.setattr(clients, "_make_client", fault)
    with pytest.raises(SsoError) as raised:
        clients.client("sso", "eu-south-2", Store().config)
    told(raised.value.title)


JOBS = {
    "renewal": ("tui.aws.session.renewal._renew", "sandbox", "l"),
    "identity": ("tui.screens.identity.get_identity", "dev-admin", "i"),
    "fleet": ("tui.aws.role.fleet.get_credentials", "dev-admin", "R"),
    "sign-in": ("tui.aws.session.device_code.register", "attic", "l"),
    "clipboard": ("tui.desktop.browser.copy", "dev-admin", "y"),
}


@pytest.mark.parametrize("name", JOBS)
async def test_x26_the_board_tells_the_place(
    name: str, home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, profile, key = JOBS[name]
    sample(home, demo)
    async with board(130, 40) as it:
        await it.highlight(profile)
        monkeypatch.setattr(broken, fault)
        await it.press(key)
        await it.until(lambda: re.search(HERE, " ".join(it.words().split())) is not None)
        assert "CANARY" not in it.words()
        monkeypatch.undo()


def test_x26_x46_the_listener_of_the_browser_flow(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Listener, "_judge", fault)
    listener = Listener("state")
    visit(f"http://127.0.0.1:{listener.port}/")
    with pytest.raises(SsoError) as raised:
        listener.wait(monotonic() + 20)
    told(raised.value.title)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("where", ["take", "serve_forever"])
def test_x46_the_handover_of_a_link(
    where: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(f"tui.desktop.redirect._Server.{where}", fault)
    if where == "serve_forever":  # what never served would be waited for; what serves a closed socket never rests
        monkeypatch.setattr("tui.desktop.redirect._Server.shutdown", lambda _server: None)
    with Handover(Secret(f"https://{CANARY}/")) as handover:
        if where == "take":
            visit(handover.url)
        with pytest.raises(SsoError) as raised:
            handover.wait(20)
    told(raised.value.title)
    assert capfd.readouterr() == ("", "")


def test_x46_a_login_whose_listener_fails_ends(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sample(home, demo)
    monkeypatch.setattr(Listener, "_read", fault)
    monkeypatch.setenv("BROWSER", "true")

    def knock(url: str, *_more: object) -> str:
        port = re.search(r"127\.0\.0\.1%3A(\d+)", url)
        assert port is not None
        visit(f"http://127.0.0.1:{port[1]}/")
        return ""

    monkeypatch.setattr("tui.desktop.browser.open_browser", knock)
    monkeypatch.setattr("tui.desktop.browser.choose_flow", lambda *_a, **_o: ("browser", ""))
    assert main.main(["login", "--session", "acme", "--flow", "browser", "--force"]) == 1
    told(" ".join(capfd.readouterr().err.split()))


IN_THE_DARK = f"""
import atexit, sys, threading
def fault(*_arguments):
    token = "{CANARY}-local"
    raise RuntimeError("{CANARY}-message", token)
class Thing:
    def __del__(self):
        fault()
def status(*_given):
    thread = threading.Thread(target=fault)
    thread.start()
    thread.join()
    Thing()
    atexit.register(fault)
    return 0
import tui.cli.verbs.status
tui.cli.verbs.status.run = status
from tui.__main__ import main
sys.argv = ["ssotui", "status"]
sys.exit(main())
"""


@pytest.mark.process
def test_x46_what_nobody_waits_for_is_told_in_one_line_each(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IN_THE_DARK], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == 3 * "ssotui: Something unexpected went wrong: RuntimeError in <string>:5\n"


async def test_x46_on_the_board_it_is_a_message(
    home: Path, demo: DemoServer, capfd: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    class Thing:
        def __del__(self) -> None:
            fault()

    async def task() -> None:
        fault()

    sample(home, demo)
    before = threading.excepthook, sys.unraisablehook
    try:
        async with board(130, 40) as it:
            for begin in (
                lambda: threading.Thread(target=fault).start(),
                lambda: asyncio.get_running_loop().call_soon(fault),
                Thing,
            ):
                begin()
                await it.until(lambda: re.search(HERE, " ".join(it.words().split())) is not None)
                assert "CANARY" not in it.words()
                it.app.clear_notifications()  # not after as long as it is shown
                it.app.said.over(monotonic())
                it.board.show_said()
                await it.until(lambda: "went wrong" not in it.words())
    finally:
        threading.excepthook, sys.unraisablehook = before
    assert "CANARY" not in "".join(capfd.readouterr())
