"""How far the service's clock is from ours: every expiry on the screen is counted on ours."""

from __future__ import annotations

from .. import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Skew:
    """How far the service's clock is ahead of ours, in seconds, as its Date headers tell; None before any answer.

    One for the process: there is one clock here, and AWS's services agree. Every thread that makes a request sets it;
    of two the last one counts, and needs no lock."""

    seconds: float | None = None


def note_date(answer: Mapping[str, Any]) -> None:
    """Remember how far the service's clock is from ours."""
    moment = date_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date"))
    if moment is not None:
        Skew.seconds = moment - clock.now()


def date_of(header: object) -> float | None:
    """The time in a header, in seconds since the epoch; None when it holds none."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(str(header)).timestamp()
    except (ValueError, TypeError, OverflowError):  # the last of numbers that fit into no date
        return None


def skew_warning() -> str:
    """One sentence when this machine's clock is more than five minutes off, else ""."""
    if Skew.seconds is None or abs(Skew.seconds) < 300:
        return ""
    minutes = round(abs(Skew.seconds) / 60)
    return (
        f"This machine's clock is {minutes} minutes {'behind' if Skew.seconds > 0 else 'ahead'}: expiries shown are off"
    )
