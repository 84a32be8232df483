"""One session being signed in: by which flow, how it stands, and what there is to say of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from ...aws.errors import SsoError
from ...aws.model import BROWSER, DEVICE, LEGACY, Session, Token
from ...aws.session import device_code, joining
from ...aws.session.browser_flow import BrowserCode
from ...aws.session.device_code import ShownCode
from ...desktop.browser import way_back
from ...keys import pressed
from ...text import clean
from ...widgets.rows import session_label
from ..jobs import plain

STARTING, WAITING, DONE, FAILED, EXPIRED, DENIED = "starting", "waiting", "done", "failed", "expired", "denied"

_ENDED = {device_code.EXPIRED: EXPIRED, device_code.DENIED: DENIED}
"""How a sign-in has ended for which a key of its screen begins another, by the code of the error."""

Tried = Mapping[str, Token | None]
"""What there was for sessions (by their keys) before renewals that have just been refused."""

OPEN = (STARTING, WAITING)
"""The states in which something is under way."""


class Attempt:
    """One session being signed in, by the flow called `flow`; "" until it is chosen.

    `reason` says why it is not the flow that was asked for. `message`: the state in words, not clean. `said`: what the
    last key has come to, and whether that is bad news. `tried`: the token that a renewal was refused for just before.
    """

    def __init__(self, session: Session, flow: str = "", reason: str = "", tried: Token | None = None) -> None:
        self.session = session
        self.flow = flow
        self.reason = reason
        self.sign_in: joining.SignIn | None = None
        self.tried = tried
        self.state = STARTING
        self.message = ""
        self.said = ("", False)

    def ended(self, error: SsoError) -> tuple[str, str]:
        """The state that an error means, and what is to be said of it."""
        state = _ENDED.get(error.code, FAILED)
        if state == FAILED:
            return state, plain(error)
        anew = "for a new code" if state == EXPIRED and self.flow != BROWSER else "to try again"
        return state, f"{error.title}: press {pressed('sign_in.again')} {anew}"

    @property
    def label(self) -> str:
        """The session's name, clean."""
        return clean(session_label(self.session), 60)

    @property
    def code(self) -> ShownCode | BrowserCode | None:
        """What the user needs for approving, once it is there."""
        return self.sign_in.code if self.sign_in is not None else None

    @property
    def shown(self) -> ShownCode | BrowserCode | None:
        """The same, for as long as it is of use."""
        return self.code if self.state == WAITING else None

    @property
    def user_code(self) -> str:
        """The code to type or to compare, clean; "" where there is none (any more)."""
        return clean(self.shown.user_code) if isinstance(self.shown, ShownCode) else ""

    @property
    def url(self) -> str:
        """The address to show, clean; "" where there is none (any more), or another program has it."""
        return clean(self.shown.url, 2000) if self.shown is not None else ""

    @property
    def asked_for(self) -> bool:
        """Whether the page asks for the code, which its address does not hold."""
        return isinstance(self.shown, ShownCode) and not self.shown.in_url

    @property
    def strange(self) -> bool:
        """Whether the address is not one of AWS's, so that nothing here opens it."""
        return self.shown is not None and not self.shown.may_open

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the code expires, or the waiting ends."""
        return self.shown.seconds_left() if self.shown is not None else None

    @property
    def counts(self) -> str:
        """What the seconds lead to."""
        return "code expires in" if isinstance(self.shown, ShownCode) and self.shown.expires else "gives up in"

    @property
    def note(self) -> str:
        """What the sign-in has found out that the user should correct, or ""."""
        return self.sign_in.note if self.sign_in is not None else ""

    @property
    def way_back(self) -> str:
        """The command that lets a browser on another machine come back to this one, "" where none is needed."""
        return clean(way_back(self.shown.port)) if isinstance(self.shown, BrowserCode) else ""

    @property
    def other_flow(self) -> str:
        """What the sign-in could be switched to, "" for a session that can only use a code."""
        if self.session.kind == LEGACY:
            return ""
        return DEVICE if self.flow == BROWSER else BROWSER


def carry_out(sign_in: joining.SignIn, tell: Callable[[str], None], cancelled: threading.Event) -> Token:
    """A whole sign-in, in one thread. `tell` hears of it when the code is there ("") and of what happens later."""
    import segno  # noqa: F401 - for the QR code: here nobody waits for its files

    sign_in.start(cancelled)
    tell("")
    return sign_in.wait(tell, cancelled)
