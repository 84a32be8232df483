"""Fresh role credentials for many profiles, shown on the board: a bar, a word in each row, the result at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...aws.role.fleet import Fleet
from ..jobs import in_thread, plain
from .background import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...aws.model import Profile
    from ...aws.state.store import Store
    from .panes import Panes

SHOW_EVERY = 0.1
"""Seconds between two looks at the threads: however many of them there are, they never wake the screen."""

BAR = 20


async def refresh(store: Store, panes: Panes, profiles: Sequence[Profile]) -> Told:
    """Get fresh role credentials, several at a time. All stops at once when the worker awaiting this is cancelled."""
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
    finally:
        timer.stop()
        show()
        if panes.clocks.busy is busy:
            panes.clocks.busy = {}
            panes.set_progress("")
    return result(fleet)


def progress(fleet: Fleet) -> str:
    """The line about a refresh that is under way."""
    pause = fleet.pace.pause()
    # In place of the other words: on 80 columns there is no room for both.
    doing = f"AWS asks to slow down, on in {pause:.0f} s" if pause >= 1 else "Getting role credentials"
    if fleet.total == 1:
        return f"{doing} …   esc stops"
    full = BAR * fleet.done // fleet.total
    bar = "━" * full + "─" * (BAR - full)
    return f"{doing} {bar} {fleet.done} of {fleet.total}   esc stops"


def result(fleet: Fleet) -> Told:
    """How a refresh went."""
    good = fleet.total - len(fleet.failures)
    if not fleet.failures:
        return Told(f"Fresh role credentials for {good} profile{'s' if good > 1 else ''}")
    profile, error = fleet.failures[0]
    more = f" (and {len(fleet.failures) - 1} more)" if len(fleet.failures) > 1 else ""
    start = f"{good} of {fleet.total} refreshed. " if fleet.total > 1 else ""
    who = "" if profile.name in error.title else f"{profile.name}: "
    return Told(f"{start}{who}{plain(error)}{more}", "warning" if good else "error")
