"""Dates as the AWS tools write them, and the states of the clocks at their borders."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.aws import clock
from tui.aws.model import LEGACY, SSO_SESSION, RoleCredentials, Secret, Session, Token, credentials_state, session_clock

MOMENT = 1795430844
"""2026-11-23T10:47:24Z"""

ACME = Session("acme", SSO_SESSION, "https://acme.awsapps.com/start", "us-east-1")
ATTIC = Session("https://old.awsapps.com/start", LEGACY, "https://old.awsapps.com/start", "us-east-1")


def test_b04_dates_are_written_in_utc_with_a_z() -> None:
    assert clock.iso(MOMENT + 0.9) == "2026-11-23T10:47:24Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T10:47:24Z",
        "2026-11-23T10:47:24UTC",
        "2026-11-23T10:47:24+00:00",
        "2026-11-23T12:47:24+02:00",
        "2026-11-23T10:47:24.999Z",
        "2026-11-23T10:47:24.123456+00:00",
        "2026-11-23 10:47:24Z",
    ],
)
def test_b04_dates_of_the_aws_tools_are_understood(text: str) -> None:
    assert clock.parse_iso(text) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-23T10:47:24",  # no zone: botocore fails on it
        MOMENT,
        float(MOMENT),
        None,
        True,
        ["2026-11-23T10:47:24Z"],
        "",
        "tomorrow",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "0000-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T10:47:61Z",
        "２026-11-23T10:47:24Z",
        "2026-11-23T10:47:24Z" + " " * 40,
    ],
)
def test_b04_other_dates_are_not_guessed_at(value: object) -> None:
    assert clock.parse_iso(value) is None


@given(st.integers(0, 253402300799))
def test_every_date_survives_writing_and_reading(seconds: int) -> None:
    text = clock.iso(seconds)
    assert clock.parse_iso(text) == seconds
    assert datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == text


def token(expires_at: int, **fields: object) -> Token:
    registered = {
        "client_id": "id",
        "client_secret": Secret("s"),
        "refresh_token": Secret("r"),
        "registration_expires_at": MOMENT + 90 * 86400,
        **fields,
    }
    return Token(Secret("t"), expires_at, **registered)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "renewable", "plain"),
    [
        (-1, "refreshable", "signed-out"),
        (0, "refreshable", "signed-out"),
        (1, "refreshable", "expiring"),
        (899, "refreshable", "expiring"),
        (900, "signed-in", "signed-in"),
        (253402300799 - MOMENT, "signed-in", "signed-in"),
    ],
)
def test_b05_session_states_around_the_expiry(left: int, renewable: str, plain: str) -> None:
    found = token(MOMENT + left)
    assert session_clock(ACME, found, MOMENT)[0] == renewable
    assert session_clock(ACME, token(MOMENT + left, refresh_token=None), MOMENT)[0] == plain
    assert session_clock(ATTIC, found, MOMENT)[0] == plain  # the AWS tools never renew a legacy token


@pytest.mark.parametrize("registration", [None, MOMENT - 1, MOMENT])
def test_b07_a_dead_registration_cannot_renew(registration: int | None) -> None:
    found = token(MOMENT - 60, registration_expires_at=registration)
    assert session_clock(ACME, found, MOMENT)[0] == "signed-out"


def test_sessions_without_a_readable_token() -> None:
    assert session_clock(ACME, None, MOMENT)[0] == "signed-out"
    assert session_clock(ACME, None, MOMENT, unreadable=True)[0] == "unreadable"


@pytest.mark.parametrize(
    ("left", "state"), [(-1, "expired"), (0, "expired"), (1, "expiring"), (899, "expiring"), (900, "valid")]
)
def test_b05_credential_states_around_the_expiry(left: int, state: str) -> None:
    found = RoleCredentials("AKIA", Secret("s"), Secret("t"), MOMENT + left)
    assert credentials_state(found, MOMENT) == state
    assert credentials_state(None, MOMENT) == "none"
