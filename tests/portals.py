"""The screen of accounts and roles in tests: portals that are signed in to, and the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tui.aws.requests import pace
from tui.aws.role import accounts
from tui.demo.organisation import ACME, Organisation
from tui.demo.server import DemoServer
from tui.screens.accounts.browsing import Accounts

from .aws_home import configure, put_token, renewing
from .board import Driver

Serve = Callable[[Organisation], DemoServer]

SESSION = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"


def make_quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No tenth of a second between two requests, no clipboard, no browser, no renewal that nobody asked for."""
    renewing(home, "on_open = false")
    monkeypatch.setenv("BROWSER", "")
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)
    monkeypatch.setattr(pace, "_FIRST_PAUSE", 0.01)


@contextmanager
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """To be called with an organisation: its server, the session acme of which is configured and signed in."""
    with ExitStack() as stack:

        def serve(organisation: Organisation) -> DemoServer:
            server = stack.enter_context(DemoServer(organisation))
            for name, value in server.environ().items():
                monkeypatch.setenv(name, value)
            configure(SESSION)
            put_token(server, "acme", ACME)
            return server

        yield serve


def screen(it: Driver) -> Accounts:
    """The screen, which is in front."""
    found = it.app.screen
    assert isinstance(found, Accounts)
    return found


async def opened(it: Driver, *, profile: str = "dev") -> Accounts:
    """Opens the screen from the row of a profile, and waits until all is listed."""
    await it.highlight(profile)
    await it.press("a")
    await it.until(lambda: screen(it).listing.known.complete and not screen(it).listing.progress.running)
    await it.until("listed just now")
    return screen(it)


async def go(it: Driver, account: str, role: str) -> None:
    """Puts the cursor on a role."""
    assert screen(it).tree_list.reveal((account, role))
    await it.pilot.pause()


def said(it: Driver) -> str:
    """What was said last."""
    return it.app.said.all()[0].text
