"""Durations and moments as the screens write them: short, of one width where possible, floored to whole units."""

from __future__ import annotations

import time

NO_TIME = "–"
"""Shown where there is no time left to show."""

FULL_BAR = 8 * 3600
"""Seconds that fill the bar: a working day, and what Identity Center gives a sign-in by default. A fixed scale, so
that the shortest bar is the soonest expiry and a bar means the same thing tomorrow."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WITH_SECONDS = 10 * _MINUTE
_YEAR = 365 * _DAY


def left(seconds: float) -> str:
    """Time that is left, at most 7 cells wide for anything below 100 days.

    `9m 41s` below ten minutes, `42m` below an hour, `5h 12m` below a day, `3d 4h` below a year, then `> 1 y`;
    `–` when nothing is left.
    """
    if seconds <= 0:
        return NO_TIME
    if seconds > _YEAR:
        return "> 1 y"
    whole = int(seconds)
    if whole < _WITH_SECONDS:
        return f"{whole // _MINUTE}m {whole % _MINUTE:02d}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < _DAY:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02d}m"
    return f"{whole // _DAY}d {whole % _DAY // _HOUR}h"


def until(expires_at: float | None, now: float) -> str:
    """Time left from `now` to `expires_at`, both seconds since the epoch; `–` when there is no expiry."""
    return NO_TIME if expires_at is None else left(expires_at - now)


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


def bar(seconds: float | None, width: int) -> tuple[str, str]:
    """The bar `━━━━━━╸─────` in two parts, the full one and the rest, `width` cells in all.

    `seconds` left, None or negative for none. It grows by half cells; anything left shows at least one half, and
    only FULL_BAR or more fills it.
    """
    share = 0.0 if seconds is None else min(max(seconds / FULL_BAR, 0.0), 1.0)
    halves = int(share * 2 * width)
    if share > 0:
        halves = max(halves, 1)
    full = "━" * (halves // 2) + "╸" * (halves % 2)
    return full, "─" * (width - len(full))


def ago(seconds: float) -> str:
    """How long ago something was, at most 8 cells wide: `now`, `12m ago`, `2h ago`, `3d ago`, `long ago`."""
    if seconds < _MINUTE:
        return "now"
    for unit, size, limit in (("m", _MINUTE, _HOUR), ("h", _HOUR, 2 * _DAY), ("d", _DAY, 100 * _DAY)):
        if seconds < limit:
            return f"{int(seconds // size)}{unit} ago"
    return "long ago"
