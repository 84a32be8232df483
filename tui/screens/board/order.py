"""In which order the board lists its profiles, and what it says of one of them in a line. Values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...aws.model import Profile, Session
from ...keys import pressed
from ...state_file import MORE_SORTS, SORTS
from ...widgets.columns import ACCOUNT, ACCOUNT_NAME, CREDENTIALS, LEFT, NAME, REGION, ROLE, SESSION
from ...widgets.rows import session_text
from ...words.account import BOTH, about


class Order(NamedTuple):
    """How an order is said, and the column whose head says so, "" for none."""

    words: str
    column: str


ORDERS = {
    "name": Order("name", NAME),
    "recent": Order("recent use", ""),
    "session": Order("session", SESSION),
    "expiry": Order("expiry", LEFT),
    "account": Order("account", ACCOUNT),
    "account name": Order("account name", ACCOUNT_NAME),
    "role": Order("role", ROLE),
    "region": Order("region", REGION),
}
"""All orders, by what is remembered of them."""

_LAST = chr(0x10FFFF)
"""Where rows go that have nothing to be sorted by."""


def told(sort: str) -> str:
    """That the profiles are in this order now, and what the key brings next."""
    again = pressed("board.sort") if sort in MORE_SORTS else "once more"
    return f"Sorted by {ORDERS[sort].words}; {again} sorts by {ORDERS[after(sort)].words}"


def after(sort: str) -> str:
    """The order that the key brings next."""
    return SORTS[(SORTS.index(sort) + 1) % len(SORTS)] if sort in SORTS else SORTS[0]


NO_ORDER = "There is no order by role credentials, which are known of what is in sight; a filter finds them: / valid"


def of_head(column: str) -> str:
    """The order that a click on the head of a column brings, "" where it brings none."""
    if column == CREDENTIALS:
        return ""
    return next((sort for sort, order in ORDERS.items() if order.column == column), SORTS[0])


def in_order(
    profiles: Sequence[Profile],
    sessions: Mapping[str, Session],
    sort: str,
    recent: Sequence[str],
    ends: Callable[[str], float],
) -> list[Profile]:
    """The profiles in an order of ORDERS; those that are alike in it by name. `recent`: names, the one used last first;
    `ends`: when a session ends, infinite where it does not or has long."""
    ordered = sorted(profiles, key=lambda profile: profile.name.lower())
    if sort == "recent":
        places = {name: index for index, name in enumerate(recent)}
        ordered.sort(key=lambda profile: places.get(profile.name, len(places)))
    elif sort == "session":
        ordered.sort(key=lambda profile: session_text(profile, sessions.get(profile.session or "")).lower() or _LAST)
    elif sort == "expiry":
        soon = {key: ends(key) for key in {profile.clock_key for profile in ordered if profile.clock_key}}
        ordered.sort(key=lambda profile: soon.get(profile.clock_key or "", float("inf")))
    elif sort in _TEXTS:
        text = _TEXTS[sort]
        ordered.sort(key=lambda profile: text(profile).lower() or _LAST)
    return ordered


_TEXTS: dict[str, Callable[[Profile], str]] = {
    "account": lambda profile: profile.account_id,
    "account name": lambda profile: profile.account_name,
    "role": lambda profile: profile.role_name,
    "region": lambda profile: profile.region,
}


def in_full(profile: Profile, session: Session | None, shown: str = BOTH) -> str:
    """All that a row says of a profile but its clocks: for where the list has to leave some of it out. What the name
    says already is not said twice. `shown`: what is said of accounts."""
    name = profile.name.lower()
    rest = (session_text(profile, session), profile.region)
    return " · ".join([profile.name, *about(profile, shown), *(it for it in rest if it and it.lower() not in name)])
