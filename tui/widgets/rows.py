"""Rows: what a list needs of a profile or a session, as text that is safe to show."""

from __future__ import annotations

from ..aws.model import LEGACY, Profile, Session
from ..text import clean


class Row:
    """One profile as the list shows it. `name` and `session` are the raw keys; all else is cleaned text.

    `problem` is empty, or the reason why this profile cannot be used; it then takes the place of the columns.
    """

    __slots__ = (
        "account_id",
        "account_name",
        "label",
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
    ) -> None:
        self.name = name
        self.label = label
        self.account_id = account_id
        self.account_name = account_name
        self.role_name = role_name
        self.session = session
        self.session_label = session_label
        self.region = region
        self.problem = problem


def row_of(profile: Profile, session: Session | None) -> Row:
    """The row of a profile; `session` is the Session that its key names, or None."""
    role = clean(profile.role_name)
    label = session_label(session) if session is not None else clean(profile.session or "")
    if profile.via is not None:
        role = role or f"via {clean(profile.via)}"
    if profile.login_session:
        label = label or "aws login"
    return Row(
        profile.name,
        clean(profile.name),
        clean(profile.account_id),
        clean(profile.account_name),
        role,
        profile.session,
        label,
        clean(profile.region),
        _reason(profile) if profile.problems else "",
    )


def _reason(profile: Profile) -> str:
    reason = clean(profile.problems[0])
    if profile.line and not reason.endswith(f":{profile.line})"):
        reason += f" ({clean(profile.file).replace(chr(92), '/').rpartition('/')[2]}:{profile.line})"
    return reason


def session_label(session: Session) -> str:
    """A session's name as the lists show it: the section's name, or the host of a legacy session's start URL."""
    return clean(host_of(session.key) if session.kind == LEGACY else session.key)


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
