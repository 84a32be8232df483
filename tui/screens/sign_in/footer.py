"""The keys of the sign-in screen that do something now, and what. Values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...aws.model import BROWSER
from ...keys import keys_of
from ...widgets.key_bar import ShownKey, shown_as
from .attempt import DONE, OPEN, Attempt

_STAYING = {"leave": -1, "open": 0, "open_all": 1, "next": 2, "copy": 3, "again": 4}
"""What gives way last where there is no room for all: the way back, the pages, the way to the others, the code."""

OF_ONE = ("open", "open_all", "copy", "copy_url", "again", "browser")
"""The keys that are about the session of the cursor, or about all pages."""


def keys(current: Attempt, attempts: Sequence[Attempt], rebound: Mapping[str, str]) -> list[ShownKey]:
    """The keys for the session of the cursor, in their order."""
    found = [key for key in (*keys_of("sign_in", rebound), *keys_of("anywhere", rebound)) if key.label]
    return [
        shown_as(key.keys, _label(key.action, current, attempts) or key.label, _STAYING.get(key.action, rank))
        for rank, key in enumerate(found, len(_STAYING))
        if helps(key.action, current, attempts) and (key.action != "next" or len(attempts) > 1)
    ]


def helps(action: str, current: Attempt, attempts: Sequence[Attempt]) -> bool:
    """Whether an action does something for the session of the cursor."""
    if action == "open_all":
        return sum(bool(each.url) for each in attempts) > 1
    if action == "copy":
        return bool(current.user_code)
    if action in ("open", "copy_url"):
        return current.shown is not None
    if action in ("again", "browser"):
        return current.state != DONE and not (action == "browser" and not current.other_flow)
    return True


def _label(action: str, current: Attempt, attempts: Sequence[Attempt]) -> str:
    """What a key does now; "" for what it always says."""
    if action == "again":
        if current.state not in OPEN:
            return "Try again"
        return "Start again" if current.flow == BROWSER else "New code"
    if action == "browser":
        return "Use a code" if current.flow == BROWSER else "Browser flow"
    if action == "leave":
        waiting = sum(each.state in OPEN for each in attempts)
        return ("Back", "Cancel", "Cancel all")[min(waiting, 2)]
    return ""
