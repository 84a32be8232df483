"""A session renewed without the user, in a thread; what there is to tell of it is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.notifications import SeverityLevel

from ...aws import clock
from ...aws.errors import SignInNeeded, SsoError
from ...aws.model import Session
from ...aws.state.store import Store
from ...words.durations import moment
from ..jobs import in_thread, plain

if TYPE_CHECKING:
    from ...aws.model import Token


class Told(NamedTuple):
    """What to tell the user."""

    text: str
    severity: SeverityLevel = "information"


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
