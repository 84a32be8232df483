"""Role credentials for many profiles, while AWS asks to slow down: rows that say what is, and nobody forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.role import fleet as fleets
from tui.aws.role.fleet import GETTING, WAITING, Fleet
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, grid
from tui.demo.server import DemoServer

from .aws_home import cli_cache, configure, put_token
from .board import board

COUNT = 40


@pytest.fixture
def many(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    with DemoServer(grid(COUNT)) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        put_token(server, "acme", ACME)
        text = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"
        for number in range(COUNT):
            text += f"\n[profile p{number:02}]\nsso_session = acme\n"
            text += f"sso_account_id = {100000000000 + number}\nsso_role_name = Admin\n"
        configure(text)
        yield server


def started(store: Store) -> tuple[Fleet, threading.Thread]:
    fleet = Fleet(store, list(store.config.profiles.values()))
    thread = threading.Thread(target=fleet.run, args=(threading.Event(),), daemon=True)
    thread.start()
    return fleet, thread


@pytest.mark.walk
def test_all_are_served_where_aws_allows_few_at_a_time(many: DemoServer) -> None:
    many.state.settings.requests_per_second = 15
    fleet, thread = started(Store())
    thread.join(60)
    assert (fleet.done, fleet.failures, fleet.states) == (COUNT, [], {})
    assert len(list(cli_cache().glob("*.json"))) == COUNT


def test_nobody_is_getting_anything_while_aws_wants_a_pause(many: DemoServer) -> None:
    many.state.faults.add("GetRoleCredentials", count=8, status=429, headers={"Retry-After": "2"})
    fleet, thread = started(Store())
    assert many.state.log.wait_for("GetRoleCredentials", 8)
    time.sleep(0.5)
    assert GETTING in fleet.states.values()
    assert set(fleet.words().values()) == {WAITING}
    thread.join(60)
    assert (fleet.done, fleet.failures, fleet.words()) == (COUNT, [], {})


def test_a_pause_that_is_too_long_ends_it_for_all(many: DemoServer) -> None:
    many.state.faults.add("GetRoleCredentials", count=None, status=429, headers={"Retry-After": "600"})
    fleet, thread = started(Store())
    thread.join(20)
    assert not thread.is_alive()
    assert fleet.done == len(fleet.failures) == COUNT
    assert {"slow down" in error.title for _profile, error in fleet.failures} == {True}
    assert many.state.log.count("GetRoleCredentials") <= fleets.THREADS


@pytest.mark.walk
async def test_the_rows_say_so(many: DemoServer) -> None:
    slow = many.state.faults.add("GetRoleCredentials", count=8, status=429, headers={"Retry-After": "6"})
    async with board() as it:
        await it.highlight("p00")
        it.board.action_refresh_all()
        await it.until("enter Yes")  # so many are asked about
        it.app.simulate_key("enter")  # after a key of its own, Pilot waits until all these threads are idle
        await it.until(lambda: "AWS asks to slow down" in it.words() and it.row("p00").split()[-1] == "waiting")
        await it.until(f"Fresh role credentials for {COUNT} profiles")
        await it.until(lambda: it.row("p00").split()[-2] == "valid")
        slow = many.state.faults.add("GetRoleCredentials", count=None, status=429, headers={"Retry-After": "600"})
        await it.press("R", "enter")
        await it.until(lambda: f"0 of {COUNT} refreshed" in it.words())
        assert slow.fired > 0
        await it.until(lambda: it.row("p00").split()[-2] == "valid")  # what it had is still there
