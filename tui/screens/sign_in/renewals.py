"""The board's watch over the sessions: which to renew before they end, what to announce, what the title says."""

from __future__ import annotations

from collections.abc import Iterable

from ...aws.model import Session
from ...aws.state.schedule import Action, ScheduledSession, Scheduler, Warn, coarse, first_to_end
from ...aws.state.snapshot import Snapshot
from ...keys import pressed
from ...text import clean
from ...widgets.rows import session_label
from ...words.counts import some
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
        failing = {}
        for key, reason in self.scheduler.failures.items():
            session = snapshot.config.sessions.get(key)
            if session is not None and snapshot.refreshable(session, now):
                failing[label(snapshot, key)] = reason
        if not failing:
            return "", ""
        are, why = "is" if len(failing) == 1 else "are", "; ".join(dict.fromkeys(failing.values()))
        return f"{some([*failing])} {are} not renewed yet, trying every minute: {why}", "warning"

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


def announcement(snapshot: Snapshot, actions: Iterable[Action], here: Session | None) -> str:
    """The sessions that end soon, in one sentence: each of its own would take the last one's place. "" when none does.
    `here`: that of the highlighted row, which has a key of its own."""
    ending: dict[int, list[str]] = {}
    keys, reasons = [], []
    for warning in actions:
        if isinstance(warning, Warn):
            ending.setdefault(warning.minutes, []).append(label(snapshot, warning.key))
            keys.append(warning.key)
            reasons.append(warning.reason)
    if not keys:
        return ""
    parts = [
        f"{some(names)} {'ends' if len(names) == 1 else 'end'} in {'a minute' if at == 1 else f'{at} minutes'}"
        for at, names in sorted(ending.items())
    ]
    key = pressed("board.sign_in" if here is not None and keys == [here.key] else "board.sign_in_all")
    why = "; ".join(dict.fromkeys(filter(None, reasons)))
    return f"{', '.join(parts)}: press {key} to sign in again" + (f" ({why})" if why else "")


def label(snapshot: Snapshot, key: str) -> str:
    """A session by the name that people know it by."""
    session = snapshot.config.sessions.get(key)
    return session_label(session) if session is not None else key


def _watched(snapshot: Snapshot, now: float) -> list[ScheduledSession]:
    found = []
    active = snapshot.profile(snapshot.active_profile)
    in_use = active.session if active is not None else None
    for session in snapshot.config.sessions.values():
        expires_at = snapshot.session_clock(session.key, now)[1]
        ends = session.key in snapshot.ends
        renewable = not session.problems and snapshot.may_renew(session, now)
        if ends and expires_at is not None and expires_at > now:
            renewable = False
        found.append(ScheduledSession(session.key, expires_at, renewable, ends, session.key == in_use))
    return found
