"""What the board does in the background. Each job takes what it needs, and returns what there is to tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from textual.notifications import SeverityLevel

from ...aws import clock
from ...aws.errors import SignInNeeded, SsoError
from ...aws.model import Session
from ...aws.state.store import Store
from ...moments import moment
from ..jobs import in_thread, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...aws.model import Profile, Token

POLL, UNFOCUSED_POLL = 0.5, 0.9
"""Seconds between two looks at the files; longer while another window has the focus. A change has to hold still for one
more before it is taken."""


class Told(NamedTuple):
    """What to tell the user."""

    text: str
    severity: SeverityLevel = "information"


class Watch:
    """The watch over the files. `soon` has it look at once, for what is missing; `anew` has it read everything anew,
    whatever the files' times say. Both are for the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._soon = asyncio.Event()
        self._anew = False

    def soon(self) -> None:
        """Do not wait for the next turn."""
        self._soon.set()

    def anew(self) -> None:
        """Read everything once more, at once."""
        self._anew = True
        self._soon.set()

    async def look(self, pause: float, shown: Callable[[], Sequence[Profile]], also: Callable[[], bool]) -> bool:
        """Wait `pause` seconds, or until somebody wants to know soon; then look, in a thread, at the configuration, the
        tokens, and the credentials of the profiles that are `shown` by then. Returns what `also` says, in that thread.
        """
        try:
            await asyncio.wait_for(self._soon.wait(), pause)
        except TimeoutError:
            regular = True
        else:
            regular = False  # two looks at the configuration in a row would not show that it holds still
        self._soon.clear()
        anew, self._anew = self._anew, False
        profiles = shown()

        def work(_cancelled: object) -> bool:
            self._store.look(profiles, regular, anew)
            return also()

        return await in_thread(work, "look at the files")


async def renew(store: Store, session: Session, acting: str | None = None) -> Token:
    """Renew a session, as it is configured by now. `acting`: the profile that it is done for. Raises SsoError."""
    from ...aws.session import renewal
    from ...aws.state.current import session_now

    return await in_thread(
        lambda cancelled: renewal.renew(store, session_now(store, session.key), acting, cancelled),
        f"renew {session.key}",
    )


async def try_to_renew(store: Store, session: Session, acting: str | None) -> Told | None:
    """Renew a session, or say why that failed for now; None when the user has to sign in."""
    try:
        token = await renew(store, session, acting)
    except SignInNeeded:
        return None
    except SsoError as error:
        return Told(plain(error), "error")
    return Told(f"{session.key} is renewed: signed in until {moment(token.expires_at, clock.now())}")
