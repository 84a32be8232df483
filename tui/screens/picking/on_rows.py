"""Keys of the board that open a dialog for the marked rows, or for the highlighted one where none is marked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...aws.errors import SsoError
from ...aws.model import Profile
from ...aws.role.console_link import profile_link
from ...guard.rules import CONSOLE
from ...state_file import console_opened
from ..asking.guarded import may, titled
from ..console import open_console
from ..copying import copy
from ..dialogs import Confirm
from ..jobs import plain
from ..sessions.on_board import new_session
from .copy_menu import CopyMenu, of_many, of_profile, of_session
from .many_identities import ManyIdentities
from .service_picker import ServicePicker

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..board.panes import Panes

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


async def consoles(panes: Panes, _open: Open) -> None:
    """Open the consoles of the marked profiles."""
    await _open_consoles(panes, panes.marked_profiles())


async def console_at(panes: Panes, _open: Open) -> None:
    """Open the console, or those of the marked profiles, where one picks."""
    marked = panes.marked_profiles()
    profile = marked[0] if marked else panes.the_profile()
    if profile is None:
        return
    snapshot, state = panes.snapshot, panes.sso.state
    session = snapshot.session_of(profile)
    home = profile.region or (session.region if session is not None else "")
    try:
        for each in marked or [profile]:
            profile_link(snapshot, each, "console", home)  # what has no link says so before anything is picked
    except SsoError as error:
        panes.sso.tell(plain(error), "warning", timeout=10)
        return
    chosen = marked or [profile]
    if not await may(panes.sso, chosen, CONSOLE, "no console is opened"):
        return
    who = titled(panes.sso, "Console of", profile if len(chosen) == 1 else None, f"{len(chosen)} marked profiles")
    picked = await panes.app.push_screen_wait(ServicePicker(who, home, state.services, state.regions))
    if picked is not None:
        panes.sso.remember(console_opened(*picked))
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
    """Show how the profile's credentials come about; what mends them is a key of the board."""
    from ..diagnosis.why import WhyScreen  # late: seldom used

    profile = panes.the_profile()
    if profile is None:
        return
    key = await panes.app.push_screen_wait(WhyScreen(panes.sso.store, profile.name))
    action = {"l": "sign_in", "a": "accounts"}.get(key or "")
    if action is not None:
        await panes.screen.run_action(action)


ON_ROWS: dict[str, Callable[[Panes, Open], Awaitable[None]]] = {
    "identities": identities,
    "copy_menu": copy_menu,
    "copy_names": copy_names,
    "console_at": console_at,
    "consoles": consoles,
    "why": why,
    "new_session": new_session,
}
"""By what the keys' actions say."""
