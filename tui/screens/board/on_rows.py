"""Keys of the board that open a dialog for the highlighted row, other than those that do something with its profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ...aws import clock
from ..sign_in.for_rows import the_profile
from .on_sessions import change_session, new_session, remove_session

if TYPE_CHECKING:
    from textual.screen import Screen

    from .panes import Panes

    Open = Callable[[Screen[Any]], object]
    """Opens a screen; the board looks anew when it is left."""


async def take_back(panes: Panes, open_screen: Open) -> None:
    """Show the last change of the config file the other way round, to be taken back."""
    from ..changes.change import TakeBack
    from ..changes.config_change import ConfigChange

    open_screen(ConfigChange(panes.sso.store, TakeBack()))


async def why(panes: Panes, _open: Open) -> None:
    """Show how the profile's credentials come about; what mends them is an action of the board."""
    from ..diagnosis.why import WhyScreen  # late: seldom used

    profile = the_profile(panes)
    if profile is None:
        return
    action = await panes.app.push_screen_wait(WhyScreen(panes.sso.store, profile.name))
    if action:
        await panes.screen.run_action(action)


async def accounts(panes: Panes, open_screen: Open) -> None:
    """Show the accounts and roles of the highlighted row's session; where it has none, of one that is signed in."""
    from ..accounts.browsing import Accounts

    snapshot = panes.snapshot
    session = panes.current_session()
    if session is None:
        known = list(snapshot.config.sessions.values())
        session = next((it for it in known if snapshot.usable(it.key, clock.now())), known[0] if known else None)
    if session is None:
        panes.sso.tell("There is no session whose accounts could be shown", "warning")
        return
    open_screen(Accounts(panes.sso.store, session.key, panes.current_profile()))


ON_ROWS: dict[str, Callable[[Panes, Open], Awaitable[None]]] = {
    "why": why,
    "new_session": new_session,
    "accounts": accounts,
    "change_session": change_session,
    "remove_session": remove_session,
    "take_back": take_back,
}
"""By what the keys' actions say."""
