"""How the states of the clocks look in a list: a symbol, a word, and the name of the style that colours them.

The words themselves come from `tui.aws.model`. Every state has its own word, and every session state its own symbol,
so nothing depends on colour.
"""

from __future__ import annotations

from typing import Protocol

from ..aws import model
from ..moments import ago
from . import durations
from .symbols import RENEWS as RENEWS
from .symbols import SYMBOLS as SYMBOLS

GOOD = "list--good"
SOON = "list--soon"
RENEW = "list--renew"
BAD = "list--bad"
MUTED = "list--muted"

STYLES = {
    GOOD: "$text-success",
    SOON: "bold $text-warning",
    RENEW: "$text-success",
    BAD: "$text-error",
    MUTED: "$text-muted",
}
"""What these names mean in texts of Textual's."""

SESSION_STATES = (model.SIGNED_IN, model.EXPIRING, model.REFRESHABLE, model.SIGNED_OUT, model.UNREADABLE)
CREDENTIALS_STATES = (model.VALID, model.EXPIRING, model.EXPIRED, model.NONE)
"""The words of the two clocks, by which profiles can be filtered."""

LONG_PAST = 15 * 60
"""Seconds after the end of a token from which nobody can say that its session still renews: it may have ended too."""

LAPSED = 3600
"""Seconds after which the board does not call it refreshable either, until a renewal has shown that it is."""

ENDED = "ended"
"""In place of `refreshable`, with how long ago that was, for a session that may have ended too."""

DENIED = "denied"
"""In place of the word of a profile's role credentials: AWS has refused the role."""


_SESSION_CLASSES = {
    model.SIGNED_IN: GOOD,
    model.EXPIRING: SOON,
    model.REFRESHABLE: RENEW,
    model.UNREADABLE: BAD,
}
_CREDENTIAL_CLASSES = {model.VALID: GOOD, model.EXPIRING: SOON, DENIED: BAD}
_COUNTING = frozenset({model.SIGNED_IN, model.EXPIRING, model.VALID})


class States(Protocol):
    """Where a list asks for states, and only for the rows that it paints.

    Both give the state's word (see `tui.aws.model`) and the absolute expiry in seconds since the epoch, or None.
    They are called on the UI thread many times a second: they must answer from memory.
    """

    def session(self, key: str, /) -> tuple[str, float | None]:
        """The session with this key."""

    def credentials(self, profile_name: str, /) -> tuple[str, float | None]:
        """The role credentials of this profile."""


def session_class(state: str, expires_at: float | None, now: float) -> str:
    """The name of the style for a session state. What is long past is not said in the colour of what is good."""
    if state == model.REFRESHABLE and expires_at is not None and now - expires_at > LONG_PAST:
        return MUTED
    return _SESSION_CLASSES.get(state, MUTED)


def session_word(state: str, expires_at: float | None, now: float) -> str:
    """The state of a session as the board says it: `signed-in`, or `ended 9h ago` for one that may renew or not."""
    if state == model.REFRESHABLE and expires_at is not None and now - expires_at > LAPSED:
        return f"{ENDED} {ago(now - expires_at)}"
    return state


def left_class(state: str, expires_at: float | None, now: float) -> str:
    """The name of the style for the time left of a session that is not simply signed in."""
    return MUTED if state == model.UNREADABLE else session_class(state, expires_at, now)


def credentials_class(state: str) -> str:
    """The name of the style for a state of role credentials."""
    return _CREDENTIAL_CLASSES.get(state, MUTED)


def session_left(state: str, expires_at: float | None, now: float) -> str:
    """What stands in a session's LEFT column."""
    if state == model.REFRESHABLE:
        return RENEWS
    return durations.until(expires_at, now) if state in _COUNTING else durations.NO_TIME


def credentials_left(state: str, expires_at: float | None, now: float) -> str:
    """The time beside the credentials' word; empty when there is nothing to count."""
    return durations.until(expires_at, now) if state in _COUNTING else ""
