"""Keys of the board that are about sessions as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .session_form import SessionForm

if TYPE_CHECKING:
    from ..board.panes import Panes


async def new_session(panes: Panes, _open: object) -> None:
    """Ask for a start URL, sign in, and have a session."""
    await panes.app.push_screen_wait(SessionForm(panes.sso.store, panes.sso.start_url))
