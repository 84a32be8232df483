"""A session renewed without the user, in a thread; what there is to tell of it is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.notifications import SeverityLevel

from ...aws import clock
from ...aws.errors import SsoError
from ...aws.model import Session
from ...aws.state.store import Store
from ...moments import moment
from ...widgets.rows import session_label
from ...words.counts import some
from ..jobs import in_thread, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...aws.model import Token


class Told(NamedTuple):
    """What to tell the user."""

    text: str
    severity: SeverityLevel = "information"


async def renew(store: Store, session: Session, acting: str | None = None, before_sign_in: bool = False) -> Token:
    """Renew a session, as it is configured by now. `acting`: the profile that it is done for. `before_sign_in`: the
    user is asked where that does not work. Raises SsoError."""
    from ...aws.session import renewal
    from ...aws.state.current import session_now

    return await in_thread(
        lambda cancelled: renewal.renew(
            store, session_now(store, session.key), acting, cancelled, before_sign_in=before_sign_in
        ),
        f"renew {session.key}",
    )


def told_of(renewals: Iterable[tuple[Session, Token | SsoError]]) -> Iterator[Told]:
    """How renewals have gone. One sentence for those that have worked: each of its own would take the last one's
    place."""
    now, renewed, errors = clock.now(), dict[str, str](), list[str]()
    for session, ended in renewals:
        if isinstance(ended, SsoError):
            errors.append(plain(ended))
        else:
            renewed[session_label(session)] = moment(ended.expires_at, now)
    if len(set(renewed.values())) > 1:
        yield Told(f"Renewed: {some([f'{name} until {until}' for name, until in renewed.items()])}")
    elif renewed:
        until = next(iter(renewed.values()))
        yield Told(f"{some([*renewed])} {'is' if len(renewed) == 1 else 'are'} renewed: signed in until {until}")
    for error in dict.fromkeys(errors):
        yield Told(error, "error")
