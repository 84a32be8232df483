"""Rows: what a list needs of a profile or a session, as text that is safe to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

from ..aws.model import LEGACY, Profile, Session
from ..text import LIMIT, clean
from ..words.account import BOTH, apart
from ..words.marks import Mark


class Row:
    """One profile as the list shows it. `name` and `session` (its clock's) are the raw keys; all else is cleaned text.

    `problem` is empty, or the reason why this profile cannot be used; it then takes the place of the columns. `mark`:
    the label that a guard rule gives it.
    """

    __slots__ = (
        "account_id",
        "account_name",
        "label",
        "mark",
        "name",
        "problem",
        "region",
        "role_name",
        "session",
        "session_label",
    )

    def __init__(
        self,
        name: str,
        label: str,
        account_id: str = "",
        account_name: str = "",
        role_name: str = "",
        session: str | None = None,
        session_label: str = "",
        region: str = "",
        problem: str = "",
        mark: Mark | None = None,
    ) -> None:
        self.name = name
        self.label = label
        self.mark = mark
        self.account_id = account_id
        self.account_name = account_name
        self.role_name = role_name
        self.session = session
        self.session_label = session_label
        self.region = region
        self.problem = problem


def row_of(profile: Profile, session: Session | None, shown: str = BOTH, mark: Mark | None = None) -> Row:
    """The row of a profile; `session` is the Session that its key names, or None. `shown`: what is said of accounts."""
    account_name, account_id = apart(profile.account_id, profile.account_name, shown)
    return Row(
        profile.name,
        clean(profile.name),
        clean(account_id),
        clean(account_name),
        clean(_role(profile)),
        profile.clock_key,
        clean(session_text(profile, session)),
        clean(profile.region),
        _reason(profile) if profile.problems else "",
        mark,
    )


_KEPT = 400


class Rows(Sequence[Row]):
    """The rows of many profiles, in their order. Each is made when it is asked for: few of them are ever seen.
    `shown`: what is said of accounts; `marks`: those of profiles that have one, by name."""

    def __init__(
        self,
        profiles: Sequence[Profile],
        sessions: Mapping[str, Session],
        shown: str = BOTH,
        marks: Mapping[str, Mark] | None = None,
    ) -> None:
        self.profiles = profiles
        self.sessions = sessions
        self.shown = shown
        self.marks = marks or {}
        self._made: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self.profiles)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> Row | Rows:
        if isinstance(index, slice):
            return Rows(self.profiles[index], self.sessions, self.shown, self.marks)
        row = self._made.get(index)
        if row is None:
            profile = self.profiles[index]
            session = self.sessions.get(profile.session or "")
            row = row_of(profile, session, self.shown, self.marks.get(profile.name))
            if len(self._made) >= _KEPT:
                self._made.clear()
            self._made[index] = row
        return row


def names(rows: Sequence[Row]) -> list[str]:
    """The raw names of all rows."""
    return [each.name for each in (rows.profiles if isinstance(rows, Rows) else rows)]


def marks(rows: Sequence[Row]) -> dict[int, Mark]:
    """The marks of those rows that have one, by their places."""
    if isinstance(rows, Rows):
        found = rows.marks
        return {at: found[it.name] for at, it in enumerate(rows.profiles) if it.name in found} if found else {}
    return {at: row.mark for at, row in enumerate(rows) if row.mark is not None}


def texts(rows: Sequence[Row]) -> list[list[str]]:
    """What there is to say of all rows, column by column: name, account id, account name, role, session, region.
    Clean."""
    if not isinstance(rows, Rows):
        shown = [
            (row.label, row.account_id, row.account_name, row.role_name, row.session_label, row.region) for row in rows
        ]
        return [list(column) for column in zip(*shown, strict=True)] or [[], [], [], [], [], []]
    profiles = rows.profiles
    found = {key: _label(session) for key, session in rows.sessions.items()}
    columns = (
        [profile.name for profile in profiles],
        [profile.account_id for profile in profiles],
        [profile.account_name for profile in profiles],
        [profile.role_name or _role(profile) for profile in profiles],
        [found.get(profile.session or "") or session_text(profile, None) for profile in profiles],
        [profile.region for profile in profiles],
    )
    return [_clean_all(column) for column in columns]


def shown_texts(rows: Sequence[Row]) -> list[list[str]]:
    """The same as it is shown: of accounts what is to be said."""
    columns = texts(rows)
    if isinstance(rows, Rows) and rows.shown != BOTH:
        said = [apart(number, name, rows.shown) for number, name in zip(columns[1], columns[2], strict=True)]
        columns[1:3] = [number for _, number in said], [name for name, _ in said]
    return columns


def session_keys(rows: Sequence[Row]) -> list[str | None]:
    """What the session's clock of each row is known by."""
    if isinstance(rows, Rows):
        return [profile.clock_key for profile in rows.profiles]
    return [row.session for row in rows]


def _clean_all(raw: list[str]) -> list[str]:
    everything = "".join(raw)
    if everything.isascii() and everything.isprintable() and len(max(raw, key=len, default="")) <= LIMIT:
        return raw  # nothing to clean in ten thousand of them, found out in one go
    return list(map(clean, raw))


def _role(profile: Profile) -> str:
    if profile.via is not None and not profile.role_name:
        return f"via {profile.via}"
    return profile.role_name


def session_text(profile: Profile, session: Session | None) -> str:
    """What stands in the session's column, not clean yet."""
    name = _label(session) if session is not None else profile.session
    return name or ("aws login" if profile.login_session else "")


def _label(session: Session) -> str:
    return host_of(session.key) if session.kind == LEGACY else session.key


def _reason(profile: Profile) -> str:
    reason = clean(profile.problems[0])
    if profile.line and not reason.endswith(f":{profile.line})"):
        reason += f" ({clean(profile.file).replace(chr(92), '/').rpartition('/')[2]}:{profile.line})"
    return reason


def session_label(session: Session) -> str:
    """A session's name as the lists show it: the section's name, or the host of a legacy session's start URL."""
    return clean(_label(session))


def host_of(url: str) -> str:
    """The host (and port) of a start URL, without parsing more than that; the text itself when it is no URL."""
    return url.partition("://")[2].partition("/")[0] or url


class SessionRow:
    """One session as the list shows it. `name` is the raw key; all else is cleaned text.

    `problem` is empty, or why this session cannot be used. `warning` marks the host: its requests go somewhere else
    than to AWS, for example to a configured endpoint.
    """

    __slots__ = ("count", "host", "label", "name", "problem", "warning")

    def __init__(self, name: str, label: str, host: str, count: int, problem: str = "", warning: str = "") -> None:
        self.name = name
        self.label = label
        self.host = host
        self.count = count
        self.problem = problem
        self.warning = warning


def session_row_of(session: Session, warning: str = "") -> SessionRow:
    """The row of a session; `warning` is what to show instead of its host, after a `!`."""
    return SessionRow(
        session.key,
        session_label(session),
        clean(host_of(session.start_url)),
        session.profile_count,
        clean(session.problems[0]) if session.problems else "",
        clean(warning),
    )
