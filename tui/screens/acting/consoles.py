"""The consoles of one profile or of several, where one picks too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..console import open_console, pick_place
from ..dialogs import Confirm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...aws.model import Profile
    from ..sign_in.signing_in import Place

ASK = 3
"""Consoles above which it is asked whether all of them are meant."""


async def open_consoles(
    place: Place, profiles: Sequence[Profile], service: str | None = None, region: str = ""
) -> None:
    """Open them one after the other. Many windows are no accident: they are asked about."""
    question = f"Open the consoles of {len(profiles)} profiles, each in a tab of its own?"
    if len(profiles) > ASK and not await place.app.push_screen_wait(Confirm(question)):
        return
    for profile in profiles:
        await open_console(place.sso, profile, service, region)


async def open_consoles_at(place: Place, profiles: Sequence[Profile]) -> None:
    """Open them at a service and in a region, once they are picked."""
    picked = await pick_place(place.sso, profiles, place.app.push_screen_wait)
    if picked is not None:
        await open_consoles(place, profiles, *picked)
