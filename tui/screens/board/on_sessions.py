"""Keys of the board that are about sessions as such."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...aws.model import SSO_SESSION, Session
from ...keys import pressed
from ..sessions.session_form import SessionForm
from ..sessions.session_removal import SessionRemoval

if TYPE_CHECKING:
    from textual.screen import Screen

    from .panes import Panes

    Open = Callable[[Screen[Any]], object]
    """Opens a screen; the board looks anew when it is left."""


async def new_session(panes: Panes, open_screen: Open) -> None:
    """Ask for a start URL, sign in, and show what that session offers."""
    from ..accounts.browsing import Accounts

    store = panes.sso.store
    key = await panes.app.push_screen_wait(SessionForm(store, panes.sso.start_url))
    if key is not None:
        open_screen(Accounts(store, key))


async def change_session(panes: Panes, _open: object) -> None:
    """Have another start URL or region for the session of the highlighted row."""
    session = _session(panes, "change")
    if session is None:
        return
    if session.kind != SSO_SESSION:
        count = session.profile_count
        where = f"{count} profiles" if count != 1 else "one profile"
        panes.sso.tell(f"It has no section of its own: its start URL stands in {where}, to be edited there", "warning")
        return
    await panes.app.push_screen_wait(SessionForm(panes.sso.store, changed=session))


async def remove_session(panes: Panes, _open: object) -> None:
    """Show what would go with the session of the highlighted row, and remove it."""
    session = _session(panes, "remove")
    if session is not None:
        await panes.app.push_screen_wait(SessionRemoval(panes.sso.store, session))


def _session(panes: Panes, what: str) -> Session | None:
    session = panes.current_session()
    if session is None:
        known = panes.snapshot.config.sessions
        none = (
            f"Highlight the session first: {pressed('board.switch')} goes to the sessions"
            if known
            else f"There is no session to {what}"
        )
        panes.sso.tell(none, "warning")
    return session
