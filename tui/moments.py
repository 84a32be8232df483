"""Moments as people say them: when something ends, and how long ago something was. Below everything, because what AWS's
side says in a sentence is read by people too."""

from __future__ import annotations

import time

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def absolute(seconds: float) -> str:
    """A moment in local time with its zone, `2026-03-04 14:03:22 CET (+0100)`.

    `seconds` since the epoch. Moments that the platform cannot convert give `after the year 9999`, or
    `before the year 1` when negative.
    """
    try:
        moment = time.localtime(seconds)
    except (OverflowError, OSError, ValueError):
        return "after the year 9999" if seconds > 0 else "before the year 1"
    zone, offset = time.strftime("%Z", moment), time.strftime("%z", moment)
    named = f"{zone} ({offset})" if zone and zone[0] not in "+-" else offset
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', moment)} {named}"


def moment(seconds: float, now: float) -> str:
    """A moment as people say it, in local time: `18:05` today, `Mon 18:05` within a week, else `2026-03-04 18:05`."""
    try:
        then, today = time.localtime(seconds), time.localtime(now)
    except (OverflowError, OSError, ValueError):
        return absolute(seconds)
    clock = time.strftime("%H:%M", then)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return clock
    if abs(seconds - now) < 6 * _DAY:
        return f"{time.strftime('%a', then)} {clock}"
    return f"{time.strftime('%Y-%m-%d', then)} {clock}"


def ago(seconds: float) -> str:
    """How long ago something was, at most 8 cells wide: `now`, `12m ago`, `2h ago`, `3d ago`, `long ago`."""
    if seconds < _MINUTE:
        return "now"
    for unit, size, limit in (("m", _MINUTE, _HOUR), ("h", _HOUR, 2 * _DAY), ("d", _DAY, 100 * _DAY)):
        if seconds < limit:
            return f"{int(seconds // size)}{unit} ago"
    return "long ago"


def since(seconds: float) -> str:
    """The same where it ends a clause: `just now` in place of `now`."""
    said = ago(seconds)
    return "just now" if said == "now" else said
