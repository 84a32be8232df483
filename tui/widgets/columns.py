"""How wide the columns of the profile list are: natural widths where they fit, shrunk by priority where not."""

from __future__ import annotations

from collections.abc import Mapping

GUTTER = 3
GAP, WIDEST_GAP = 2, 4
"""Between two columns; one less before LEFT, whose times rarely fill it."""

WIDE = 100
"""Cells from which the optional columns may show."""

NAME, ACCOUNT, ACCOUNT_NAME, ROLE, SESSION, LEFT, CREDENTIALS, REGION = (
    "PROFILE",
    "ACCOUNT",
    "ACCOUNT NAME",
    "ROLE",
    "SESSION",
    "LEFT",
    "CREDENTIALS",
    "REGION",
)
ORDER = (NAME, ACCOUNT, ACCOUNT_NAME, ROLE, SESSION, LEFT, CREDENTIALS, REGION)
OPTIONAL = (REGION, ACCOUNT_NAME)
FIXED = {LEFT: 7, CREDENTIALS: 15}
CAPS = {NAME: 40, ACCOUNT: 12, ACCOUNT_NAME: 26, ROLE: 26, SESSION: 24, REGION: 14}

_LEAST = {ROLE: 8, SESSION: 8, NAME: 16}
_DROPPED_FIRST = (ACCOUNT, ROLE, CREDENTIALS, SESSION, LEFT)


def layout(natural: Mapping[str, int], width: int) -> tuple[dict[str, int], int]:
    """Column widths, in ORDER, and the gap between columns, for a list `width` cells wide.

    `natural` holds the widest cell of each text column. On narrow lists the role, the session and the name give
    way, down to a readable rest, then whole columns go; the name always stays.
    """
    widths = {name: FIXED.get(name) or min(max(natural.get(name, 0), len(name)), CAPS[name]) for name in ORDER}
    room = width - GUTTER
    shown = [name for name in ORDER if name not in OPTIONAL]
    if width >= WIDE:
        for name in OPTIONAL:
            if natural.get(name) and _total(widths, [*shown, name]) <= room:
                shown.append(name)
    for name in _DROPPED_FIRST:
        smallest = {**widths, **{each: min(widths[each], least) for each, least in _LEAST.items()}}
        if _total(smallest, shown) <= room:
            break
        shown.remove(name)
    shrinking = [name for name in _LEAST if name in shown]
    while _total(widths, shown) > room:
        # From the one that has most to give, so that a single long name does not cost all roles their ends.
        name = max(shrinking, key=lambda each: widths[each] - _LEAST[each])
        if widths[name] <= _LEAST[name]:
            break
        widths[name] -= 1
    widths[NAME] = max(widths[NAME] - max(_total(widths, shown) - room, 0), 1)
    spare = room - _total(widths, shown)
    gap = min(GAP + max(spare, 0) // max(len(shown) - 1, 1), WIDEST_GAP)
    return {name: widths[name] for name in ORDER if name in shown}, gap


def _total(widths: Mapping[str, int], shown: list[str]) -> int:
    return sum(widths[name] for name in shown) + GAP * (len(shown) - 1) - (LEFT in shown)
