"""Durations as the screens write them: short, of one width where possible, floored to whole units."""

from __future__ import annotations

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
