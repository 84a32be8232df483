"""Keys of the board that open a dialog for the marked rows, or for the highlighted one where none is marked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...aws import clock
from ...aws.model import Profile
from ..console import open_console, pick_place
from ..copying import copy
from ..dialogs import Confirm
from ..picking.copy_menu import CopyMenu, of_many, of_profile, of_session
from ..picking.many_identities import ManyIdentities
from ..sign_in.for_rows import the_profile
from .on_sessions import change_session, new_session, remove_session
from .view import but_signed_out

if TYPE_CHECKING:
    from textual.screen import Screen

    from .panes import Panes

    Open = Callable[[Screen[Any]], object]
    """Opens a screen; the board looks anew when it is left."""


ASK_CONSOLES = 3
"""Consoles above which it is asked whether all of them are meant."""


async def identities(panes: Panes, open_screen: Open) -> None:
    """Ask AWS who the marked profiles are."""
    open_screen(ManyIdentities(panes.sso.store, panes.marked_profiles()))


async def copy_menu(panes: Panes, open_screen: Open) -> None:
    """Open the copy menu."""
    snapshot, store = panes.snapshot, panes.sso.store
    marked, profile, session = panes.marked_profiles(), panes.current_profile(), panes.current_session()
    if marked:
        sessions = [found for each in marked if (found := snapshot.session_of(each)) is not None]
        open_screen(CopyMenu(store, f"{len(marked)} marked profiles", of_many(marked, sessions)))
    elif profile is not None:
        open_screen(CopyMenu(store, profile.name, of_profile(profile, session), profile))
    elif session is not None:
        open_screen(CopyMenu(store, session.key, of_session(session)))
    else:
        panes.sso.tell("There is nothing highlighted to copy from", "warning")


async def copy_names(panes: Panes, _open: Open) -> None:
    """Copy the names of the marked profiles, a line each."""
    names = [profile.name for profile in panes.marked_profiles()]
    await copy(panes.sso, "\n".join(names), f"The names of {len(names)} profiles")


async def take_back(panes: Panes, open_screen: Open) -> None:
    """Show the last change of the config file the other way round, to be taken back."""
    from ..changes.change import TakeBack
    from ..changes.config_change import ConfigChange

    open_screen(ConfigChange(panes.sso.store, TakeBack()))


async def consoles(panes: Panes, _open: Open) -> None:
    """Open the consoles of the marked profiles."""
    await _open_consoles(panes, but_signed_out(panes.snapshot, panes.marked_profiles(), clock.now()))


async def console_at(panes: Panes, _open: Open) -> None:
    """Open the console, or those of the marked profiles, where one picks."""
    marked = panes.marked_profiles()
    profile = marked[0] if marked else the_profile(panes)
    if profile is None:
        return
    picked = await pick_place(panes.sso, marked or [profile], panes.app.push_screen_wait)
    if picked is not None:
        await _open_consoles(panes, marked or [profile], *picked)


async def _open_consoles(
    panes: Panes, profiles: Sequence[Profile], service: str | None = None, region: str = ""
) -> None:
    """Open them one after the other. Many windows are no accident: they are asked about."""
    question = f"Open the consoles of {len(profiles)} profiles, each in a tab of its own?"
    if len(profiles) > ASK_CONSOLES and not await panes.app.push_screen_wait(Confirm(question)):
        return
    for profile in profiles:
        await open_console(panes.sso, profile, service, region)


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
    "identities": identities,
    "copy_menu": copy_menu,
    "copy_names": copy_names,
    "console_at": console_at,
    "consoles": consoles,
    "why": why,
    "new_session": new_session,
    "accounts": accounts,
    "change_session": change_session,
    "remove_session": remove_session,
    "take_back": take_back,
}
"""By what the keys' actions say."""
