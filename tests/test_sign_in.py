"""Signing in with a device code: what is asked, how often, and what becomes of every answer."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import Session
from tui.aws.requests import clients
from tui.aws.role import credentials
from tui.aws.session import device_code
from tui.aws.state.store import Store
from tui.demo.faults import REMOVE
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    CONFIG,
    configure,
    content,
    known,
    named,
    session_named,
    sso_cache,
    token_file,
    token_text,
    write_in_place,
)
from .sign_ins import LONGEST_INTERVAL, Attempt, fast_polls, gaps


@pytest.fixture
def store(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    fast_polls(demo, monkeypatch)
    return configure()


def approved(demo: DemoServer, store: Store, key: str) -> Attempt:
    attempt = Attempt(store, key)
    demo.state.approve(attempt.code.user_code)
    return attempt


def tokens() -> list[str]:
    """The token files that there are."""
    return [path.name for path in sso_cache().glob("*.json") if "accessToken" in path.read_text()]


@pytest.mark.parametrize(("key", "url", "region"), [("acme", ACME, "us-east-1"), ("lab", LAB, "eu-west-1")])
def test_a_sign_in_leaves_what_the_aws_cli_would(
    demo: DemoServer, store: Store, key: str, url: str, region: str
) -> None:
    token = approved(demo, store, key).end()
    path = token_file(key)
    assert path.read_text() == token_text(token)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (token.start_url, token.region) == (url, region)
    assert token.refresh_token is not None
    assert known(store).session_clock(key, clock.now()) == ("signed-in", token.expires_at)
    assert demo.state.access(token.access_token.reveal()) is not None
    (asked,) = demo.state.log.entries("RegisterClient")
    assert asked.details == {"clientName": "ssotui", "scopes": "sso:account:access"}

    registration = content(Path(shapes.registration_path(session_named(store, key))))
    assert list(registration) == ["clientId", "clientSecret", "expiresAt", "scopes"]
    assert registration["clientId"] == token.client_id


def test_b13_what_killed_writers_left_long_ago_is_swept(demo: DemoServer, store: Store) -> None:
    leftovers = [write_in_place(sso_cache() / name, "{}") for name in (".ssotui-a.tmp", ".ssotui-b.tmp", "tmpabc.tmp")]
    for path in leftovers[::2]:
        os.utime(path, (1, 1))
    approved(demo, store, "acme").end()
    assert [path.exists() for path in leftovers] == [False, True, True]


def test_a_legacy_session_is_named_by_its_url_and_has_no_scopes(demo: DemoServer, store: Store) -> None:
    token = approved(demo, store, LEGACY).end()
    assert token.refresh_token is None
    assert "refreshToken" not in content(token_file(LEGACY))
    (asked,) = demo.state.log.entries("RegisterClient")
    assert asked.details == {"clientName": "ssotui"}


def test_a_registration_serves_until_its_last_15_minutes(demo: DemoServer, store: Store) -> None:
    approved(demo, store, "acme").end()
    approved(demo, store, "acme").end()
    assert demo.state.log.count("RegisterClient") == 1
    path = Path(shapes.registration_path(session_named(store, "acme")))
    write_in_place(path, json.dumps({**content(path), "expiresAt": clock.iso(time.time() + 890)}))
    approved(demo, store, "acme").end()
    assert demo.state.log.count("RegisterClient") == 2
    write_in_place(path, json.dumps({**content(path), "grantTypes": ["authorization_code", "refresh_token"]}))
    approved(demo, store, "acme").end()  # one for the browser flow cannot ask for device codes
    assert demo.state.log.count("RegisterClient") == 3
    write_in_place(path, "half a fi")
    approved(demo, store, "acme").end()
    assert demo.state.log.count("RegisterClient") == 4


def test_c01_polls_come_at_the_interval(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fast_polls(demo, monkeypatch, 0.2)
    attempt = Attempt(store, "acme")
    assert 590 < attempt.code.seconds_left() <= 600
    assert demo.state.log.wait_for("CreateToken", 3)
    demo.state.approve(attempt.code.user_code)
    attempt.end()
    assert min(gaps(demo)) >= 0.2
    assert attempt.told == []


@pytest.mark.parametrize("interval", [None, 0, -1])
def test_c01_five_seconds_when_the_service_does_not_say(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch, interval: object
) -> None:
    monkeypatch.setattr(device_code, "LONGEST_INTERVAL", LONGEST_INTERVAL)
    demo.state.faults.add("StartDeviceAuthorization", replace={"interval": REMOVE if interval is None else interval})
    store = configure()
    code = device_code.DeviceSignIn(store, session_named(store, "acme")).start()
    assert code.interval == device_code.DEFAULT_INTERVAL == 5


def test_c02_slow_down_is_obeyed_and_stays(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert device_code.SLOW_DOWN == 5
    monkeypatch.setattr(device_code, "SLOW_DOWN", 0.3)
    demo.state.faults.add("CreateToken", code="SlowDownException", count=2)
    attempt = Attempt(store, "acme")
    assert demo.state.log.wait_for("CreateToken", 4)
    demo.state.approve(attempt.code.user_code)
    attempt.end()
    first, *rest = gaps(demo)
    assert first >= 0.35
    assert min(rest) >= 0.65


def test_c04_an_expired_code_ends_the_sign_in(demo: DemoServer, store: Store) -> None:
    attempt = Attempt(store, "acme")
    demo.state.expire(attempt.code.user_code)
    with pytest.raises(SsoError, match="The code has expired") as caught:
        attempt.end()
    assert (caught.value.code, caught.value.exit_code) == ("ExpiredTokenException", 3)
    assert tokens() == []


def test_c04_the_own_deadline_ends_it_when_the_service_does_not(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": 1})
    demo.state.faults.add("CreateToken", code="AuthorizationPendingException", count=None)
    attempt = Attempt(store, "acme")
    with pytest.raises(SsoError, match="The code has expired"):
        attempt.end()
    assert attempt.code.seconds_left() == 0


def test_c04_c13_a_last_poll_without_an_answer_does_not_outlive_the_code(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": 1})
    demo.state.faults.add("CreateToken", hang=True, count=None)
    began = time.monotonic()
    with pytest.raises(SsoError, match="The code has expired"):
        Attempt(store, "acme").end()
    assert time.monotonic() - began < clients.TOTAL_TIMEOUT / 2


def test_c05_a_denied_sign_in_ends_at_once(demo: DemoServer, store: Store) -> None:
    attempt = Attempt(store, "acme")
    demo.state.deny(attempt.code.user_code)
    with pytest.raises(SsoError, match="denied") as caught:
        attempt.end()
    assert (caught.value.code, caught.value.exit_code) == ("AccessDeniedException", 4)
    assert tokens() == []


@pytest.mark.parametrize("code", ["InvalidClientException", "UnauthorizedClientException"])
def test_c07_a_registration_that_aws_forgot_is_replaced_once(demo: DemoServer, store: Store, code: str) -> None:
    Attempt(store, "acme").cancel()
    path = Path(shapes.registration_path(session_named(store, "acme")))
    old = content(path)
    demo.state.log.clear()
    demo.state.faults.add("StartDeviceAuthorization", code=code)
    approved(demo, store, "acme").end()
    assert (demo.state.log.count("RegisterClient"), demo.state.log.count("StartDeviceAuthorization")) == (1, 2)
    assert content(path)["clientId"] != old["clientId"]


def test_c07_a_second_refusal_of_the_client_is_told(demo: DemoServer, store: Store) -> None:
    Attempt(store, "acme").cancel()
    demo.state.log.clear()
    demo.state.faults.add("StartDeviceAuthorization", code="InvalidClientException", count=None)
    with pytest.raises(SsoError, match="registration was refused"):
        Attempt(store, "acme")
    assert (demo.state.log.count("RegisterClient"), demo.state.log.count("StartDeviceAuthorization")) == (1, 2)


def test_c07_a_client_that_was_just_registered_is_not_registered_again(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("StartDeviceAuthorization", code="InvalidClientException", count=None)
    with pytest.raises(SsoError):
        Attempt(store, "acme")
    assert demo.state.log.count("RegisterClient") == 1


def test_c08_a_wrong_start_url_or_region_is_named(demo: DemoServer, home: Path) -> None:
    store = configure(CONFIG.replace(ACME, "https://nobody.awsapps.com/start"))
    with pytest.raises(SsoError) as caught:
        Attempt(store, "acme")
    assert "https://nobody.awsapps.com/start" in caught.value.title
    assert "us-east-1" in caught.value.title
    assert "sso_region" in caught.value.hint


@pytest.mark.parametrize(
    ("missing", "found"), [("sso_start_url", f"sso_start_url = {ACME}\n"), ("sso_region", "sso_region = us-east-1\n")]
)
def test_an_incomplete_session_is_told_before_any_request(
    demo: DemoServer, home: Path, missing: str, found: str
) -> None:
    store = configure(CONFIG.replace(found, "", 1))
    with pytest.raises(SsoError, match=missing):
        Attempt(store, "acme")
    assert demo.state.log.count() == 0


@pytest.mark.parametrize("effects", [{"status": 500}, {"status": 503}, {"reset": True}], ids=str)
def test_c10_c14_polling_goes_on_through_passing_failures(
    demo: DemoServer, store: Store, effects: dict[str, Any]
) -> None:
    demo.state.faults.add("CreateToken", count=3, **effects)
    attempt = approved(demo, store, "acme")
    attempt.end()
    assert demo.state.log.count("CreateToken") == 4
    assert len(attempt.told) == 3
    assert all(line.endswith("trying again") for line in attempt.told)
    assert all(gap >= pause for gap, pause in zip(gaps(demo), (0.05, 0.1, 0.2), strict=True))  # it backs off


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization"])
def test_c10_the_requests_before_are_tried_three_times(demo: DemoServer, store: Store, operation: str) -> None:
    demo.state.faults.add(operation, status=502, count=2)
    approved(demo, store, "acme").end()
    assert demo.state.log.count(operation) == 3


def test_c11_a_request_to_wait_is_obeyed_while_polling(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_code, "SLOW_DOWN", 0.0)
    demo.state.faults.add("CreateToken", status=429, headers={"Retry-After": "1"})
    approved(demo, store, "acme").end()
    assert gaps(demo)[0] >= 1.0


def test_c11_an_absurd_wait_ends_with_the_code(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("StartDeviceAuthorization", replace={"expiresIn": 1})
    demo.state.faults.add("CreateToken", status=503, headers={"Retry-After": "86400"})
    with pytest.raises(SsoError, match="The code has expired"):
        Attempt(store, "acme").end()
    assert demo.state.log.count("CreateToken") == 1


def test_c22_of_a_strange_address_one_clean_line_is_copied(demo: DemoServer, home: Path) -> None:
    address = "https://acme.awsapps.com/start\nrm -rf ~\n\x1b[2J"
    demo.state.faults.add(
        "StartDeviceAuthorization", replace={"verificationUri": address, "verificationUriComplete": address}
    )
    store = configure()
    code = device_code.DeviceSignIn(store, session_named(store, "acme")).start()
    assert code.url == code.complete_url == r"https://acme.awsapps.com/start\x0arm -rf ~\x0a\x1b[2J"
    assert not code.may_open


@pytest.mark.parametrize("offset", [-7200, 7200])
def test_c16_the_expiry_is_counted_from_this_machines_clock(demo: DemoServer, store: Store, offset: int) -> None:
    clients.Skew.seconds = None
    demo.state.settings.clock_offset = offset
    token = approved(demo, store, "acme").end()
    assert abs(token.expires_at - time.time() - 8 * 3600) < 60
    assert "120 minutes" in clients.skew_warning()
    clients.Skew.seconds = None


@pytest.mark.parametrize("effects", [{}, {"hang": True}, {"delay": 20.0}], ids=str)
def test_c13_c17_a_cancelled_sign_in_ends_at_once(demo: DemoServer, store: Store, effects: dict[str, Any]) -> None:
    if effects:
        demo.state.faults.add("CreateToken", **effects)
    attempt = Attempt(store, "acme")
    assert demo.state.log.wait_for("CreateToken")
    assert attempt.cancel() < 10  # it would last ten minutes
    with pytest.raises(Cancelled):
        attempt.end()


def test_c17_what_arrives_after_cancelling_is_not_written(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("CreateToken", delay=0.5)
    attempt = approved(demo, store, "acme")
    assert demo.state.log.wait_for("CreateToken")
    attempt.cancel()
    (asked,) = demo.state.log.entries("CreateToken")
    deadline = time.monotonic() + 20
    while not asked.status and time.monotonic() < deadline:
        time.sleep(0.02)
    assert asked.status == 200
    time.sleep(0.2)
    assert tokens() == []
    assert known(store).session_clock("acme", clock.now()) == ("signed-out", None)


def test_c19_sign_ins_side_by_side_do_not_mix(demo: DemoServer, store: Store) -> None:
    attempts = {key: Attempt(store, key) for key in ("acme", "lab", LEGACY)}
    assert len({attempt.code.user_code for attempt in attempts.values()}) == 3
    demo.state.deny(attempts["lab"].code.user_code)
    with pytest.raises(SsoError, match="denied"):
        attempts["lab"].end()
    for key in (LEGACY, "acme"):
        demo.state.approve(attempts[key].code.user_code)
        token = attempts[key].end()
        assert content(token_file(key))["accessToken"] == token.access_token.reveal()
    assert content(token_file("acme"))["startUrl"] == ACME
    assert content(token_file(LEGACY))["startUrl"] == LEGACY
    assert not token_file("lab").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verificationUri", "javascript:alert(1)"),
        ("verificationUri", "file:///etc/passwd"),
        ("verificationUriComplete", "https://evil.example.com/device"),
        ("verificationUriComplete", "http://acme.awsapps.com/device"),
    ],
)
def test_c22_a_strange_address_is_shown_but_not_opened(demo: DemoServer, store: Store, field: str, value: str) -> None:
    assert Attempt(store, "acme").cancel() >= 0
    demo.state.faults.add("StartDeviceAuthorization", replace={field: value})
    code = device_code.DeviceSignIn(store, session_named(store, "acme")).start()
    assert not code.may_open
    assert value in (code.url, code.complete_url)


def test_c22_the_services_own_address_is_opened(store: Store) -> None:
    attempt = Attempt(store, "acme")
    attempt.cancel()
    assert attempt.code.may_open


@pytest.mark.parametrize(
    ("operation", "replace"),
    [
        ("RegisterClient", {"clientId": REMOVE}),
        ("RegisterClient", {"clientSecretExpiresAt": REMOVE}),
        ("StartDeviceAuthorization", {"userCode": REMOVE}),
        ("StartDeviceAuthorization", {"deviceCode": 7}),
        ("StartDeviceAuthorization", {"verificationUri": ""}),
        ("CreateToken", {"accessToken": REMOVE}),
        ("CreateToken", {"expiresIn": -5}),
        ("CreateToken", {"expiresIn": 1 << 60}),
    ],
)
def test_answers_that_lack_something_are_no_tracebacks(
    demo: DemoServer, store: Store, operation: str, replace: dict[str, object]
) -> None:
    demo.state.faults.add(operation, replace=replace)
    with pytest.raises(SsoError, match="could not be understood"):
        approved(demo, store, "acme").end()
    assert tokens() == []


def test_b11_a_token_that_cannot_be_written_is_used_in_this_run(demo: DemoServer, store: Store) -> None:
    write_in_place(Path(os.environ["HOME"], ".aws/sso/cache"), "not a folder")
    token = approved(demo, store, "acme").end()
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)
    assert "Not a directory" in known(store).unwritten_reason("acme")
    assert any("other programs do not see this sign-in" in problem.message for problem in known(store).problems())
    assert credentials.get_credentials(store, named(store, "dev")).account_id == "111111111111"


def test_waiting_comes_after_starting(store: Store) -> None:
    with pytest.raises(ValueError, match="start"):
        device_code.DeviceSignIn(store, Session("acme", "sso-session", ACME, "us-east-1")).wait()
