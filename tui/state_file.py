"""What the program remembers by itself between runs: recently used profiles, pins, the sort order (`state.json`).

`sso NAME` reads and writes it too, and people wait for that: nothing is imported that is not needed.
"""

from __future__ import annotations

import json
import os

from .aws import clock
from .aws.cache import files, folders
from .aws.config.file import Unreadable, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[["State"], None]
    """A change of what is remembered, made to whatever that is by then."""

SORTS = ("name", "recent", "session", "expiry")
MORE_SORTS = ("account", "account name", "role", "region")
"""Orders that only a click on a column's head brings."""
RECENT_LIMIT = 100
SWITCHED_LIMIT = 2
CONSOLES_LIMIT = 10

LOCK_WAIT = 2.0
"""Seconds for which another ssotui that is just writing the same file is waited for."""


class State:
    """What is remembered: profiles by when they were used last (newest first), pinned profiles, sort order. `others`:
    what is in the file besides, of later versions. `switched`: the profiles that shells were switched to last, newest
    first. `used`: when those of `recent` were used, where that is known. `details`: whether the details are to be seen,
    None where nobody has said so. `services`, `regions`: where the console was opened last. `problem`: why it could not
    be read or written; `damaged`: because it makes no sense."""

    __slots__ = (
        *("damaged", "details", "others", "pinned", "problem", "recent", "regions"),
        *("services", "sort", "switched", "used"),
    )

    def __init__(
        self,
        recent: list[str] | None = None,
        pinned: list[str] | None = None,
        sort: str = "name",
        *,
        switched: list[str] | None = None,
        used: dict[str, int] | None = None,
        details: bool | None = None,
        others: dict[str, object] | None = None,
        problem: str = "",
        damaged: bool = False,
    ) -> None:
        self.recent = recent or []
        self.pinned = pinned or []
        self.sort = sort
        self.switched = switched or []
        self.used = used or {}
        self.details = details
        self.others = others or {}
        self.problem = problem
        self.damaged = damaged
        self.services: list[str] = []
        self.regions: list[str] = []

    def __repr__(self) -> str:
        return f"State({self.recent}, {self.pinned}, {self.sort!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and (self.recent, self.pinned, self.sort) == (
            other.recent,
            other.pinned,
            other.sort,
        )

    __hash__ = None  # type: ignore[assignment]


def state_path() -> str:
    """The state file, `~/.local/state/ssotui/state.json` on Linux."""
    return os.path.join(folders.own_folder(folders.STATE), "state.json")


def load_state() -> State:
    """What is remembered. What cannot be read, or makes no sense, counts as nothing, and is a `problem` of it."""
    path = state_path()
    try:
        data = read_bytes(path)
        if not data:  # the null device too, an old way to have nothing remembered
            return State()
        value = json.loads(data.decode())
    except FileNotFoundError:
        return State()
    except Unreadable as error:
        return State(problem=f"{path}: {error}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return State(problem=f"{path}: it is damaged, and begun anew", damaged=True)
    state = State(_names(value.get("recent"))[:RECENT_LIMIT], _names(value.get("pinned")), others=value)
    state.switched = _names(value.get("switched"))[:SWITCHED_LIMIT]
    if value.get("sort") in (*SORTS, *MORE_SORTS):
        state.sort = value["sort"]
    state.services = _names(value.get("services"))[:CONSOLES_LIMIT]
    state.regions = _names(value.get("regions"))[:CONSOLES_LIMIT]
    used = value.get("used")
    if isinstance(used, dict):
        state.used = {name: used[name] for name in state.recent if _is_moment(used.get(name))}
    if isinstance(value.get("details"), bool):
        state.details = value["details"]
    return state


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40


def _names(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def change_state(*changes: Change) -> State:
    """Make changes to what is remembered at this moment, whoever has changed it last, and return all that. It has a
    `problem` where that cannot be written: then it is only not remembered."""
    with alone("state"):
        state = load_state()
        if state.problem and not state.damaged:
            return state  # what cannot be read just now is not replaced
        for change in changes:
            change(state)
        value: dict[str, object] = {
            **state.others,
            "recent": state.recent[:RECENT_LIMIT],
            "pinned": state.pinned,
            "sort": state.sort,
        }
        value["used"] = {name: state.used[name] for name in state.recent[:RECENT_LIMIT] if name in state.used}
        if state.details is not None:
            value["details"] = state.details
        if state.services or state.regions:
            value["services"] = state.services[:CONSOLES_LIMIT]
            value["regions"] = state.regions[:CONSOLES_LIMIT]
        if state.switched:
            value["switched"] = state.switched[:SWITCHED_LIMIT]
        state.problem = ""
        try:
            replace(state_path(), json.dumps(value))
        except OSError as error:
            if os.path.realpath(state_path()) != os.devnull:
                state.problem = f"{state_path()}: {error.strerror or type(error).__name__}"
        return state


def used(name: str) -> Change:
    """The change that a profile was used just now."""

    def change(state: State) -> None:
        state.recent = [name, *(other for other in state.recent if other != name)]
        state.used = {**state.used, name: at}

    at = int(clock.now())
    return change


def pinned(name: str, wanted: bool) -> Change:
    """The change that a profile is pinned, or is not any more."""

    def change(state: State) -> None:
        state.pinned = [other for other in state.pinned if other != name] + [name] * wanted

    return change


def sorted_by(order: str) -> Change:
    """The change of the order."""

    def change(state: State) -> None:
        state.sort = order

    return change


def details_shown(wanted: bool) -> Change:
    """The change that the details are to be seen, or not."""

    def change(state: State) -> None:
        state.details = wanted

    return change


def console_opened(service: str, region: str) -> Change:
    """The change that the console was opened at a service and in a region just now ("" for none)."""

    def change(state: State) -> None:
        state.services = [service] * bool(service) + [other for other in state.services if other != service]
        state.regions = [region] * bool(region) + [other for other in state.regions if other != region]

    return change


def switched_to(name: str) -> Change:
    """The change that a shell was switched to a profile just now."""

    use = used(name)

    def change(state: State) -> None:
        use(state)
        state.switched = [name, *(other for other in state.switched if other != name)]

    return change


def note_switch(name: str) -> str:
    """Remember that a shell was switched to a profile just now. Returns why that is not remembered, "" when it is."""
    return change_state(switched_to(name)).problem


def note_use(name: str) -> str:
    """Remember that a profile was used just now. Returns why that is not remembered, "" when it is."""
    return change_state(used(name)).problem


class alone:
    """Alone of all ssotui, as far as there are locks here, and nobody holds one too long."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        from .aws.cache import locks

        self._held = locks.try_hold(self._name, LOCK_WAIT)

    def __exit__(self, *_error: object) -> None:
        if self._held is not None:
            self._held.release()


def replace(path: str, text: str) -> None:
    """Write a file of ours whole. A link into a folder of dotfiles stays one. Raises OSError."""
    if os.path.islink(path):
        path = os.path.realpath(path)
    files.write_text(path, text)
