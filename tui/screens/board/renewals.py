"""The board's watch over the sessions: which to renew before they end, what to announce, what the title says."""

from __future__ import annotations

from collections.abc import Iterable

from ...aws.state.schedule import Action, Scheduler, Warn, Watched, coarse, first_to_end
from ...aws.state.snapshot import Snapshot
from ...text import clean
from ...widgets.rows import session_label
from ...words.marks import Mark

WARNING_SHOWN = 20
"""Seconds for which the announcement of an end stays."""


class Renewals:
    """The schedule, and what there is to say of it. `scheduler`: told of each renewal that has ended."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(automatic=True)

    def due(self, snapshot: Snapshot, now: float, monotonic: float) -> Iterable[Action]:
        """What is to be done in this second."""
        return self.scheduler.tick(now, monotonic, _watched(snapshot, now))

    def notice(self, snapshot: Snapshot, now: float) -> tuple[str, str]:
        """What there is to say of a renewal, and its kind; ("", "") when there is nothing."""
        if self.scheduler.under_way is not None:
            return f"Renewing {label(snapshot, self.scheduler.under_way)} …", "info"
        for key, reason in self.scheduler.failures.items():
            session = snapshot.config.sessions.get(key)
            if session is not None and snapshot.refreshable(session, now):
                return f"{label(snapshot, key)} is not renewed yet, trying every minute: {reason}", "warning"
        return "", ""

    def habits(self, snapshot: Snapshot, now: float) -> list[str]:
        """Whether sessions are renewed by themselves: it is network traffic that nobody asks for each time."""
        renews = any(snapshot.refreshable(session, now) for session in snapshot.config.sessions.values())
        return ["auto-renewal on"] if renews and self.scheduler.automatic else []


def title(snapshot: Snapshot, now: float, mark: Mark | None = None) -> str:
    """The terminal's title: the session that ends first, and when; in front the mark of the active profile."""
    first = first_to_end(_watched(snapshot, now), now)
    using = f"{mark.text} " if mark is not None else ""
    if first is None or first.expires_at is None:
        return f"{using}ssotui"
    name = clean(label(snapshot, first.key), 40)  # so that the time has room behind it
    return f"{using}{name} {coarse(first.expires_at - now)} – ssotui"


def announcement(snapshot: Snapshot, warning: Warn) -> str:
    """A session that ends soon, in a sentence."""
    ends = "in a minute" if warning.minutes == 1 else f"in {warning.minutes} minutes"
    text = f"{label(snapshot, warning.key)} ends {ends}: press l to sign in again"
    return f"{text} ({warning.reason})" if warning.reason else text


def label(snapshot: Snapshot, key: str) -> str:
    """A session by the name that people know it by."""
    session = snapshot.config.sessions.get(key)
    return session_label(session) if session is not None else key


def _watched(snapshot: Snapshot, now: float) -> list[Watched]:
    found = []
    active = snapshot.profile(snapshot.active_profile)
    in_use = active.session if active is not None else None
    for session in snapshot.config.sessions.values():
        expires_at = snapshot.session_clock(session.key, now)[1]
        ends = session.key in snapshot.ends
        renewable = not session.problems and snapshot.may_renew(session, now)
        if ends and expires_at is not None and expires_at > now:
            renewable = False
        found.append(Watched(session.key, expires_at, renewable, ends, session.key == in_use))
    return found
