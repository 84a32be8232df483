"""Fresh role credentials for many profiles, shown on the board: a bar, a word in each row, the result at the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...aws import clock
from ...aws.errors import SignInNeeded
from ...aws.role.fleet import Fleet
from ...keys import pressed
from ..dialogs import Confirm
from ..jobs import in_thread, plain
from ..sign_in.for_rows import but_signed_out
from ..sign_in.silent_renewal import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...aws.model import Profile
    from ...aws.state.store import Store
    from ..sign_in.signing_in import Needed
    from .panes import Panes

SHOW_EVERY = 0.1
"""Seconds between two looks at the threads: however many of them there are, they never wake the screen."""

BAR = 20


ASK = 25
"""Profiles above which it is asked whether all of them are meant."""


async def refresh(store: Store, panes: Panes, profiles: Sequence[Profile], needed: Needed, left_out: int = 0) -> None:
    """Get fresh role credentials, several at a time, and tell how it went. Many are asked about first. All stops at
    once when the worker awaiting this is cancelled, and what was stopped is told. `needed`: what to call where nothing
    could be had without a sign-in. `left_out`: how many others are shown whose session is not signed in."""
    if len(profiles) > ASK:
        why = "because its session is" if left_out == 1 else "because their sessions are"
        rest = f" {left_out} {'is' if left_out == 1 else 'are'} left out, {why} not signed in." if left_out else ""
        how = f"On the board, {pressed('board.back')} stops it."
        question = f"Get fresh role credentials for {len(profiles)} profiles?{rest} {how}"
        if not await panes.app.push_screen_wait(Confirm(question)):
            return
    profiles = but_signed_out(panes.snapshot, profiles, clock.now())  # some sign-in may have been cancelled
    fleet = Fleet(store, profiles)
    busy = panes.clocks.busy = fleet.states

    def show() -> None:
        nonlocal busy
        if panes.clocks.busy is busy:  # no other refresh has begun
            busy = panes.clocks.busy = fleet.words()
        panes.profiles.tick()
        panes.set_progress(progress(fleet))

    show()
    timer = panes.set_interval(SHOW_EVERY, show)
    try:
        await in_thread(fleet.run)
    except asyncio.CancelledError:
        panes.sso.tell(f"Stopped: {fleet.done - len(fleet.failures)} of {fleet.total} refreshed", timeout=10)
        raise
    finally:
        timer.stop()
        show()
        if panes.clocks.busy is busy:
            panes.clocks.busy = {}
            panes.set_progress("")
    errors = the_sign_ins_needed(fleet)
    if errors and needed is not None:
        needed(*errors)
    else:
        panes.sso.tell(*result(fleet), timeout=10)


def progress(fleet: Fleet) -> str:
    """The line about a refresh that is under way."""
    pause = fleet.pace.pause()
    # In place of the other words: on 80 columns there is no room for both.
    doing = f"AWS asks to slow down, on in {pause:.0f} s" if pause >= 1 else "Getting role credentials"
    if fleet.total == 1:
        return f"{doing} …   {pressed('board.back')} stops"
    full = BAR * fleet.done // fleet.total
    bar = "━" * full + "─" * (BAR - full)
    return f"{doing} {bar} {fleet.done} of {fleet.total}   {pressed('board.back')} stops"


def result(fleet: Fleet) -> Told:
    """How a refresh went."""
    good = fleet.total - len(fleet.failures)
    if not fleet.failures:
        return Told(f"Fresh role credentials for {fleet.names[0] if good == 1 else f'{good} profiles'}")
    profile, error = fleet.failures[0]
    more = f" (and {len(fleet.failures) - 1} more)" if len(fleet.failures) > 1 else ""
    start = f"{good} of {fleet.total} refreshed. " if fleet.total > 1 else ""
    who = "" if profile.name in error.title else f"{profile.name}: "
    return Told(f"{start}{who}{plain(error)}{more}", "warning" if good else "error")


def the_sign_ins_needed(fleet: Fleet) -> list[SignInNeeded]:
    """What kept all profiles from being refreshed, where that is nothing but sign-ins: one for each session."""
    needed = {error.session: error for _, error in fleet.failures if isinstance(error, SignInNeeded)}
    only = all(isinstance(error, SignInNeeded) for _, error in fleet.failures)
    return list(needed.values()) if only and len(fleet.failures) == fleet.total else []
