"""The wall clock, in one place so that tests and screenshots can set it.

Expiries are compared with `now()`; deadlines of things that this program waits for are on a monotonic clock: they must
not jump when somebody corrects the wall clock.
"""

from __future__ import annotations

import time

now = time.time
"""Seconds since the epoch, UTC. Call it as `clock.now()`, so that replacing it reaches every caller."""


monotonic = time.monotonic
"""Seconds on a clock that nobody sets, for countdowns that a screenshot has to hold still."""


def iso(seconds: float) -> str:
    """`seconds` since the epoch as `YYYY-MM-DDTHH:MM:SSZ`, the form the AWS CLI writes (floored)."""
    year, month, day, hour, minute, second = time.gmtime(int(seconds))[:6]
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


_FIRST, _LAST = -62135596800, 253402300799
"""The first second of the year 1 and the last one of the year 9999, UTC."""


def parse_iso(text: object) -> int | None:
    """Seconds since the epoch for the date forms the AWS tools write, or None for anything else.

    Accepted: `...Z`, `...UTC` (old CLI v2 files), `+00:00` and other offsets, fractional seconds. A date
    without a zone, a number, an empty string or a year outside 1..9999 gives None: botocore fails on those.
    """
    if not isinstance(text, str) or not 19 <= len(text) <= 40:
        return None
    if text.endswith("UTC"):
        text = text[:-3].rstrip() + "Z"
    if len(text) == 20 and text[19] == "Z" and text[10] == "T":
        parsed = _parse_plain(text)
        if parsed is not None:
            return parsed
    if text[10] not in "T " or not (text[:4] + text[5:7] + text[8:10]).isdigit():
        return None  # week dates and the like, which datetime understands and the AWS tools do not
    from datetime import datetime  # only for the rarer forms: the common one needs no import

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    try:
        seconds = int(moment.timestamp())
    except (OverflowError, ValueError):
        return None
    return seconds if _FIRST <= seconds <= _LAST else None  # else it is another year in UTC


_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _parse_plain(text: str) -> int | None:
    """`YYYY-MM-DDTHH:MM:SSZ` without importing datetime or calendar; None when it is not exactly that."""
    fields = text[0:4], text[5:7], text[8:10], text[11:13], text[14:16], text[17:19]
    if text[4] + text[7] + text[13] + text[16] != "--::" or not all(
        field.isascii() and field.isdigit() for field in fields
    ):
        return None
    year, month, day, hour, minute, second = map(int, fields)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (year >= 1 and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        return None
    if not 1 <= day <= _DAYS_IN[month - 1] or (month == 2 and day == 29 and not leap):
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    days += _DAYS_BEFORE[month - 1] + (1 if leap and month > 2 else 0) + day - 1
    return (days - 719162) * 86400 + hour * 3600 + minute * 60 + second
