"""Numbers and dates from a service that are beyond reason: waited for within reason, and never a traceback."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from tui.aws.errors import Cancelled
from tui.aws.requests import clients
from tui.aws.session import device_code
from tui.aws.state.store import Store
from tui.cli import main
from tui.demo.faults import REMOVE
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.words.durations import left

from .aws_home import configure, put_token, session_named
from .sign_ins import LONGEST_INTERVAL, Attempt, fast_polls, gaps
from .test_service_faults import failed

HUGE = int("9" * 400)


@pytest.fixture
def store(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(clients.Skew, "seconds", None)
    fast_polls(demo, monkeypatch)
    return configure()


@pytest.mark.parametrize("interval", [600, 10**9, 1 << 40, HUGE], ids=["ten minutes", "years", "ages", "400 digits"])
def test_c01_an_interval_that_outlives_the_code_is_not_waited_for(
    demo: DemoServer, store: Store, interval: int
) -> None:
    demo.state.settings.auto_approve_after = 0
    demo.state.faults.add("StartDeviceAuthorization", replace={"interval": interval, "expiresIn": 600})
    attempt = Attempt(store, "acme")
    assert isinstance(attempt.code, device_code.DeviceCode)
    assert attempt.code.interval == device_code.DEFAULT_INTERVAL
    attempt.end()


def test_c13_a_code_for_centuries_can_be_waited_for(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": (1 << 36) - 1})
    demo.state.faults.add("CreateToken", status=503, headers={"Retry-After": "9" * 400})
    attempt = Attempt(store, "acme")
    assert demo.state.log.wait_for("CreateToken")
    time.sleep(0.3)
    attempt.cancel()
    with pytest.raises(Cancelled):
        attempt.end()


@pytest.mark.parametrize("offset", [0, -7200])
def test_c11_a_date_to_wait_for_is_one_of_the_services_clock(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, offset: int
) -> None:
    demo.state.settings.clock_offset = offset
    demo.state.settings.auto_approve_after = 0
    until = formatdate(time.time() + offset + 3, usegmt=True)
    demo.state.faults.add("CreateToken", status=429, headers={"Retry-After": until})
    monkeypatch.setattr(device_code, "SLOW_DOWN", 0.0)
    Attempt(store, "acme").end()
    assert 1.0 < gaps(demo)[0] < 15


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 2020 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999999999999999999"]
)
@pytest.mark.parametrize("header", ["Retry-After", "Date"])
def test_c16_dates_that_no_calendar_has_are_overlooked(
    demo: DemoServer,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    header: str,
    date: str,
) -> None:
    put_token(demo, "acme", ACME)
    if header == "Date":
        monkeypatch.setattr("tui.demo.server._Handler.date_time_string", lambda *_: date)
        assert main.main(["env", "dev"]) == 0
    demo.state.faults.add("GetRoleCredentials", count=None, status=429, headers={"Retry-After": date})
    code, sentence = failed(capsys, demo, ["env", "audit"])
    assert (code, sentence) == (1, "ssotui: Could not get credentials for audit: AWS asks to slow down")


@pytest.mark.parametrize(
    ("interval", "expires_in", "wanted"),
    [
        (REMOVE, 600, 5),
        (0, 600, 5),
        (-3, 600, 5),
        (2.5, 600, 2),
        (7, 600, 7),
        ("7", 600, 7),
        (599, 600, 60),  # nobody waits for ten minutes after the approval
        (90, 86400, 60),
        (5, 4, 2.0),  # else nobody would ever be asked
        (REMOVE, 1, 0.5),
    ],
)
def test_c01_intervals_and_lifetimes_that_are_not_usual(
    demo: DemoServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    interval: object,
    expires_in: object,
    wanted: float,
) -> None:
    monkeypatch.setattr(device_code, "LONGEST_INTERVAL", LONGEST_INTERVAL)
    replace = {"interval": interval, "expiresIn": expires_in}
    demo.state.faults.add("StartDeviceAuthorization", replace=replace)
    code = started(configure())
    assert code.interval == wanted
    assert code.expires
    assert code.seconds_left() == pytest.approx(expires_in, abs=1.0)


@pytest.mark.parametrize("expires_in", [REMOVE, 0, -1, 0.2, None])
def test_c04_a_lifetime_that_is_not_told_is_not_made_up(demo: DemoServer, store: Store, expires_in: object) -> None:
    demo.state.settings.auto_approve_after = 1
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": expires_in})
    attempt = Attempt(store, "acme")
    assert not attempt.code.expires  # the countdown is that of our patience, and says so
    assert 590 < attempt.code.seconds_left() <= device_code.PATIENCE
    attempt.end()


@pytest.mark.parametrize("expires_in", [86400, 10**9, 1 << 40, HUGE], ids=["a day", "years", "ages", "400 digits"])
def test_c04_a_code_that_lives_long_is_waited_for(demo: DemoServer, store: Store, expires_in: int) -> None:
    demo.state.settings.auto_approve_after = 1
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": expires_in})
    attempt = Attempt(store, "acme")
    assert attempt.code.expires
    assert attempt.code.seconds_left() > 86300
    assert left(attempt.code.seconds_left()) in ("23h 59m", "> 1 y")
    attempt.end()


def test_c04_a_code_of_two_seconds_is_asked_for_at_least_once(demo: DemoServer, home: Path) -> None:
    demo.state.settings.auto_approve_after = 0
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": 2, "interval": 5})
    Attempt(configure(), "acme").end()


def started(store: Store) -> device_code.DeviceCode:
    return device_code.DeviceSignIn(store, session_named(store, "acme")).start()
