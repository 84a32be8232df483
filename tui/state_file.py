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
    from typing import Any

    Change = Callable[["State"], "State"]
    """A change of what is remembered: the next state of whatever that is by then."""

SORTS = ("name", "recent", "session", "expiry")
MORE_SORTS = ("account", "account name", "role", "region")
"""Orders that only a click on a column's head brings."""
RECENT_LIMIT = 100
SWITCHED_LIMIT = 2
CONSOLES_LIMIT = 10


class State:
    """What is remembered: profiles by when they were used last (newest first), pinned profiles, sort order. `others`:
    what is in the file besides, of later versions. `switched`: the profiles that shells were switched to last, newest
    first. `used`: when those of `recent` were used, where that is known. `details`: whether the details are to be seen,
    None where nobody has said so. `services`, `regions`: where the console was opened last. `problem`: why it could not
    be read or written; `damaged`: because it makes no sense. Never changed, only replaced: threads take it as it is."""

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
        services: list[str] | None = None,
        regions: list[str] | None = None,
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
        self.services = services or []
        self.regions = regions or []

    def with_(self, **changes: Any) -> State:
        """The State that differs from this one in `changes`."""
        return State(**{name: changes.get(name, getattr(self, name)) for name in self.__slots__})

    def __repr__(self) -> str:
        return f"State({self.recent}, {self.pinned}, {self.sort!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__ if name != "others"
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
    recent, used = _names(value.get("recent"))[:RECENT_LIMIT], value.get("used")
    return State(
        recent,
        _names(value.get("pinned")),
        value["sort"] if value.get("sort") in (*SORTS, *MORE_SORTS) else "name",
        switched=_names(value.get("switched"))[:SWITCHED_LIMIT],
        used={name: used[name] for name in recent if _is_moment(used.get(name))} if isinstance(used, dict) else None,
        details=value["details"] if isinstance(value.get("details"), bool) else None,
        services=_names(value.get("services"))[:CONSOLES_LIMIT],
        regions=_names(value.get("regions"))[:CONSOLES_LIMIT],
        others=value,
    )


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40


def _names(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def change_state(*changes: Change) -> State:
    """Make changes to what is remembered at this moment, whoever has changed it last, and return all that. It has a
    `problem` where that cannot be written: then it is only not remembered."""
    from .aws.cache import locks  # whoever only reads can do without

    with locks.alone("state"):
        state = load_state()
        if state.problem and not state.damaged:
            return state  # what cannot be read just now is not replaced
        for change in changes:
            state = change(state)
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
        problem = ""
        try:
            replace(state_path(), json.dumps(value))
        except OSError as error:
            if os.path.realpath(state_path()) != os.devnull:
                problem = f"{state_path()}: {error.strerror or type(error).__name__}"
        return state.with_(problem=problem, damaged=False)


def used(name: str) -> Change:
    """The change that a profile was used just now."""
    at = int(clock.now())
    return lambda state: state.with_(recent=_first(name, state.recent), used={**state.used, name: at})


def pinned(name: str, wanted: bool) -> Change:
    """The change that a profile is pinned, or is not any more."""
    return lambda state: state.with_(pinned=[other for other in state.pinned if other != name] + [name] * wanted)


def sorted_by(order: str) -> Change:
    """The change of the order."""
    return lambda state: state.with_(sort=order)


def details_shown(wanted: bool) -> Change:
    """The change that the details are to be seen, or not."""
    return lambda state: state.with_(details=wanted)


def console_opened(service: str, region: str) -> Change:
    """The change that the console was opened at a service and in a region just now ("" for none)."""
    return lambda state: state.with_(services=_first(service, state.services), regions=_first(region, state.regions))


def switched_to(name: str) -> Change:
    """The change that a shell was switched to a profile just now."""
    use = used(name)
    return lambda state: use(state).with_(switched=_first(name, state.switched))


def _first(name: str, names: list[str]) -> list[str]:
    """The names with this one ("" for none) in front."""
    return [name] * bool(name) + [other for other in names if other != name]


def note_switch(name: str) -> str:
    """Remember that a shell was switched to a profile just now. Returns why that is not remembered, "" when it is."""
    return change_state(switched_to(name)).problem


def note_use(name: str) -> str:
    """Remember that a profile was used just now. Returns why that is not remembered, "" when it is."""
    return change_state(used(name)).problem


def replace(path: str, text: str) -> None:
    """Write a file of ours whole. A link into a folder of dotfiles stays one. Raises OSError."""
    if os.path.islink(path):
        path = os.path.realpath(path)
    files.write_text(path, text)
