"""Durations, moments and bars."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import moments
from tui.words import durations

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "–"),
        (0, "–"),
        (0.4, "0m 00s"),
        (48, "0m 48s"),
        (48.9, "0m 48s"),
        (9 * MINUTE + 41, "9m 41s"),
        (10 * MINUTE - 1, "9m 59s"),
        (10 * MINUTE, "10m"),
        (42 * MINUTE + 59, "42m"),
        (HOUR - 1, "59m"),
        (HOUR, "1h 00m"),
        (5 * HOUR + 12 * MINUTE + 30, "5h 12m"),
        (DAY - 1, "23h 59m"),
        (DAY, "1d 0h"),
        (3 * DAY + 4 * HOUR + 5, "3d 4h"),
        (90 * DAY, "90d 0h"),
        (365 * DAY, "365d 0h"),
        (365 * DAY + 1, "> 1 y"),
        (253402300799.0, "> 1 y"),
        (float("inf"), "> 1 y"),
    ],
)
def test_left(seconds: float, text: str) -> None:
    assert durations.left(seconds) == text


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_left_is_short(seconds: float) -> None:
    assert cell_len(durations.left(seconds)) <= 8


@given(st.integers(min_value=1, max_value=100 * DAY - 1))
def test_left_fits_the_columns_of_the_lists(seconds: int) -> None:
    assert cell_len(durations.left(seconds)) <= 7


def test_until() -> None:
    assert durations.until(None, 1000) == "–"
    assert durations.until(1000 + 42 * MINUTE, 1000) == "42m"
    assert durations.until(999, 1000) == "–"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Paris", "2026-03-04 14:03:22 CET (+0100)"),
        ("UTC", "2026-03-04 13:03:22 UTC (+0000)"),
        ("America/Sao_Paulo", "2026-03-04 10:03:22 -0300"),
    ],
)
def test_absolute_says_the_zone(zone: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert moments.absolute(1772629402) == text
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("seconds", [1e30, float("inf"), float("nan")])
def test_absolute_survives_any_number(seconds: float) -> None:
    assert moments.absolute(seconds) in {"after the year 9999", "before the year 1"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "──────────"),
        (-5, "──────────"),
        (1, "╸─────────"),
        (4 * HOUR, "━━━━━─────"),
        (4.5 * HOUR, "━━━━━╸────"),
        (8 * HOUR - 1, "━━━━━━━━━╸"),
        (8 * HOUR, "━━━━━━━━━━"),
        (90 * DAY, "━━━━━━━━━━"),
    ],
)
def test_bar(seconds: float | None, text: str) -> None:
    assert "".join(durations.bar(seconds, 10)) == text


@given(st.floats(min_value=0, max_value=10 * HOUR), st.floats(min_value=0, max_value=10 * HOUR))
def test_less_time_never_has_the_longer_bar(one: float, other: float) -> None:
    shorter, longer = sorted([one, other])
    full = len(durations.bar(shorter, 20)[0]), len(durations.bar(longer, 20)[0])
    assert full[0] <= full[1]
    assert len("".join(durations.bar(shorter, 20))) == 20
