"""After a sign-in or a renewal: the names of the accounts that a session's profiles are for, where some are unknown."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...aws.errors import SsoError
from ...aws.model import Session
from ...aws.role.accounts import Listing
from ...aws.state.snapshot import Snapshot
from ...aws.state.store import Store
from ..jobs import in_thread

if TYPE_CHECKING:
    from textual.app import App


def learn(app: App[Any], store: Store, session: Session) -> None:
    """Ask the portal for them in the background, to its end even when the screen is left. What comes of it shows by
    itself; where nothing does, the numbers stand as they did."""

    async def ask() -> None:
        with suppress(SsoError):
            await in_thread(lambda cancelled: Listing(store, session).learn_names(cancelled), "list the accounts")

    if unnamed(store.snapshot, session):
        app.run_worker(ask(), group="names", exit_on_error=False, description="learn the names of accounts")


def unnamed(snapshot: Snapshot, session: Session) -> bool:
    """Whether a profile of the session is for an account whose name is not known."""
    profiles = snapshot.config.profiles.values()
    return any(it.session == session.key and it.account_id and not it.account_name for it in profiles)


def named(snapshot: Snapshot, session: Session) -> bool:
    """Whether the account of any profile of the session has a name."""
    return any(it.session == session.key and it.account_name for it in snapshot.config.profiles.values())
