"""The tables of `ssotui status`: what stands in them, and what gives way where there is little room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ....aws.model import Profile, Session
from ....text import clean
from ....widgets.rows import Row as ListRow
from ....widgets.rows import host_of, row_of, session_label
from ....words.account import BOTH
from ....words.durations import NO_TIME
from ....words.marks import Mark
from ....words.states import (
    BAD,
    SYMBOLS,
    credentials_class,
    credentials_left,
    left_class,
    session_class,
    session_left,
)
from ....words.symbols import RENEWS
from .layout import FAINT, STRONG, Cell, Table, TableRow

SIGNS = "".join(SYMBOLS.values()) + RENEWS + NO_TIME
PLAIN_SIGNS = str.maketrans("●◔◐○↻–", "*+~-~-")
"""What stands for them where the output cannot have them; the words beside them say the same."""

LONGEST_NAME = 50
"""Letters of an account's name: AWS allows no longer ones."""

Clock = tuple[str, int | None]
"""A state's word, and when it ends."""


class ProfileStatus(NamedTuple):
    """A profile with what is known of it. `session`: the one that signs it in."""

    profile: Profile
    session: Session | None
    active: bool
    clock: Clock
    credentials: Clock
    mark: Mark | None = None


def session_forms(sessions: Sequence[tuple[Session, Clock]], now: float) -> Iterator[Table]:
    """The sessions: with their start URLs, with the hosts alone, without."""
    header = ("SESSION", "STATE", "LEFT", "PROFILES", "START URL")
    right = frozenset((1, 2))
    for place_of in (lambda session: session.start_url, lambda session: host_of(session.start_url), lambda _: ""):
        rows = []
        for session, (state, ends) in sessions:
            label, where = session_label(session), clean(place_of(session))
            if session.problems:
                rows.append(TableRow(Cell(label), (), Cell(f"! {clean(session.problems[0])}", BAD)))
                continue
            cells = (
                _state(state, ends, now),
                Cell(session_left(state, ends, now), left_class(state, ends, now)),
                Cell(str(session.profile_count)),
                Cell(where if where != label else "", FAINT),
            )
            rows.append(TableRow(Cell(label), cells))
        yield Table(header, rows, right)


def profile_forms(profiles: Sequence[ProfileStatus], now: float, shown_of_accounts: str = BOTH) -> Iterator[Table]:
    """The profiles. What gives way first: the session's name (its symbol stays), the role where the profile's name
    holds it, the room between a state and its time, the account's name beside its number, the account where the
    profile's name holds it, then role and account altogether."""
    rows = [row_of(shown.profile, shown.session, shown_of_accounts) for shown in profiles]
    each = list(zip(profiles, rows, strict=True))
    yield _profiles(each, now, session=True)
    yield _profiles(each, now)
    yield _profiles(each, now, held_roles=False)
    yield _profiles(each, now, held_roles=False, apart=False)
    yield _profiles(each, now, held_roles=False, apart=False, names=False)
    yield _profiles(each, now, held_roles=False, held_accounts=False, apart=False, names=False)
    yield _profiles(each, now, roles=False, held_accounts=False, apart=False, names=False)
    yield _profiles(each, now, roles=False, accounts=False, apart=False, names=False)


def _profiles(
    profiles: Sequence[tuple[ProfileStatus, ListRow]],
    now: float,
    *,
    session: bool = False,
    roles: bool = True,
    held_roles: bool = True,
    accounts: bool = True,
    held_accounts: bool = True,
    apart: bool = True,
    names: bool = True,
) -> Table:
    rows = []
    for shown, row in profiles:
        name = _name(shown, row.label)
        below = "  ".join(filter(None, (row.account_name, row.account_id, row.role_name)))
        if row.problem:
            rows.append(TableRow(name, (), Cell(f"! {row.problem}", BAD), below))
            continue
        account = row.account_id if accounts and (held_accounts or row.account_id not in row.label) else ""
        called = clean(row.account_name, LONGEST_NAME) if names or (accounts and not row.account_id) else ""
        if not held_accounts and called.lower() in row.label.lower():
            called = ""
        role = row.role_name if roles and (held_roles or row.role_name.lower() not in row.label.lower()) else ""
        cells = (
            Cell(called),
            Cell(account),
            Cell(role),
            Cell(row.session_label if session else ""),
            *_clocks(shown, now, apart),
        )
        rows.append(TableRow(name, cells, below=below))
    clocks = ("STATE", "LEFT", "CREDENTIALS", "LEFT") if session else ("SESSION", "LEFT", "CREDENTIALS", "LEFT")
    header = ("  PROFILE", "ACCOUNT NAME", "ACCOUNT", "ROLE", "SESSION", *clocks)
    return Table(header, rows, frozenset((5, 7)))


def _name(shown: ProfileStatus, label: str) -> Cell:
    text, mark = f"{'*' if shown.active else ' '} {label}", shown.mark
    if mark is not None:
        return Cell(f"{text} {mark.text}", mark.name)
    return Cell(text, STRONG if shown.active else "")


def _clocks(shown: ProfileStatus, now: float, apart: bool) -> tuple[Cell, Cell, Cell, Cell]:
    (state, ends), (word, until) = shown.clock, shown.credentials
    left, credentials = session_left(state, ends, now), credentials_left(word, until, now)
    if apart:
        return (
            _state(state, ends, now),
            Cell(left, left_class(state, ends, now)),
            Cell(word, credentials_class(word)),
            Cell(credentials, credentials_class(word)),
        )
    # A time says that it is signed in; the symbol tells whether that ends soon.
    told = state if left in (RENEWS, NO_TIME) else left
    return (
        _state(state, ends, now, told),
        Cell(""),
        Cell(f"{word} {credentials}".strip(), credentials_class(word)),
        Cell(""),
    )


def _state(state: str, ends: int | None, now: float, told: str = "") -> Cell:
    text = f"{SYMBOLS.get(state, '!')} {told or state}" if state else ""
    return Cell(text, session_class(state, ends, now))
