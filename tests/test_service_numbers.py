"""Numbers and dates from a service that are beyond reason: waited for within reason, and never a traceback."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from tui import cli
from tui.aws import clients, sign_in
from tui.aws.errors import Cancelled
from tui.aws.inventory import Inventory
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_token
from .sign_ins import Attempt, fast_polls, gaps
from .test_service_faults import failed

HUGE = int("9" * 400)


@pytest.fixture
def inventory(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    monkeypatch.setattr(clients.Skew, "seconds", None)
    fast_polls(demo, monkeypatch)
    return configure()


@pytest.mark.parametrize("interval", [600, 10**9, 1 << 40, HUGE], ids=["ten minutes", "years", "ages", "400 digits"])
def test_c01_an_interval_that_outlives_the_code_is_not_waited_for(
    demo: DemoServer, inventory: Inventory, interval: int
) -> None:
    demo.state.settings.auto_approve_after = 0
    demo.state.faults.add("StartDeviceAuthorization", replace={"interval": interval, "expiresIn": 600})
    attempt = Attempt(inventory, "acme")
    assert isinstance(attempt.code, sign_in.DeviceCode)
    assert attempt.code.interval == sign_in.DEFAULT_INTERVAL
    attempt.end()


def test_c13_a_code_for_centuries_can_be_waited_for(
    demo: DemoServer, inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": (1 << 36) - 1})
    demo.state.faults.add("CreateToken", status=503, headers={"Retry-After": "9" * 400})
    attempt = Attempt(inventory, "acme")
    assert demo.state.log.wait_for("CreateToken")
    time.sleep(0.3)
    attempt.cancel()
    with pytest.raises(Cancelled):
        attempt.end()


@pytest.mark.parametrize("offset", [0, -7200])
def test_c11_a_date_to_wait_for_is_one_of_the_services_clock(
    demo: DemoServer, inventory: Inventory, monkeypatch: pytest.MonkeyPatch, offset: int
) -> None:
    demo.state.settings.clock_offset = offset
    demo.state.settings.auto_approve_after = 0
    until = formatdate(time.time() + offset + 3, usegmt=True)
    demo.state.faults.add("CreateToken", status=429, headers={"Retry-After": until})
    monkeypatch.setattr(sign_in, "SLOW_DOWN", 0.0)
    Attempt(inventory, "acme").end()
    assert 1.0 < gaps(demo)[0] < 15


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 2020 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999999999999999999"]
)
@pytest.mark.parametrize("header", ["Retry-After", "Date"])
def test_c16_dates_that_no_calendar_has_are_overlooked(
    demo: DemoServer,
    inventory: Inventory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    date: str,
) -> None:
    put_token(demo, "acme", ACME)
    if header == "Date":
        monkeypatch.setattr("tui.demo.server._Handler.date_time_string", lambda *_: date)
        assert cli.main(["env", "dev"]) == 0
    demo.state.faults.add("GetRoleCredentials", count=None, status=429, headers={"Retry-After": date})
    code, sentence = failed(capsys, demo, ["env", "audit"])
    assert (code, sentence) == (1, "ssotui: Could not get credentials for audit: AWS asks to slow down")
