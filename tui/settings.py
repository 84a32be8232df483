"""The user's settings (`config.toml`) and what the program remembers between runs (`state.json`).

Settings are the user's own file: it is only ever changed one key at a time, with comments kept. What the program
remembers by itself (recently used profiles, pins, sort order) is in the state folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import tomllib
from dataclasses import dataclass, field
from typing import Any

import platformdirs

THEME = "textual-dark"
FLOWS = ("device", "browser")
SORTS = ("name", "recent", "session", "expiry")
RECENT_LIMIT = 100


@dataclass
class Settings:
    """All settings with their defaults. `problems` are one line each: file, key, what is wrong."""

    theme: str = THEME
    flow: str = "device"
    export_format: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class State:
    """What is remembered: profiles by when they were used last (newest first), pinned profiles, sort order."""

    recent: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    sort: str = "name"


def settings_path() -> str:
    """The settings file, `~/.config/ssotui/config.toml` on Linux."""
    return os.path.join(platformdirs.user_config_dir("ssotui", appauthor=False), "config.toml")


def state_path() -> str:
    """The state file, `~/.local/state/ssotui/state.json` on Linux."""
    return os.path.join(platformdirs.user_state_dir("ssotui", appauthor=False), "state.json")


def load() -> Settings:
    """The settings; a missing file gives the defaults, a bad key its default and a line in `problems`."""
    settings = Settings()
    path = settings_path()
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        return settings
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        settings.problems.append(f"{path}: {reason}; the defaults are used")
        return settings
    _take(settings, table, path)
    return settings


def _take(settings: Settings, table: dict[str, Any], path: str) -> None:
    def bad(key: str, wanted: str) -> None:
        settings.problems.append(f"{path}: {key} must be {wanted}; the default is used")

    for key, value in table.items():
        if key == "theme":
            if isinstance(value, str):
                settings.theme = value
            else:
                bad("theme", "the name of a theme")
        elif key == "sign_in" and isinstance(value, dict):
            flow = value.get("flow", settings.flow)
            if flow in FLOWS:
                settings.flow = flow
            else:
                bad("sign_in.flow", 'either "device" or "browser"')
        elif key == "export" and isinstance(value, dict):
            chosen = value.get("format", "")
            if isinstance(chosen, str):
                settings.export_format = chosen
            else:
                bad("export.format", "the name of an export format")
        elif key == "keys" and isinstance(value, dict):
            for name, keys in value.items():
                if isinstance(keys, str) and keys:
                    settings.keys[name] = keys
                else:
                    bad(f"keys.{name}", 'a key or several with commas, such as "l" or "l,f5"')
        else:
            settings.problems.append(f"{path}: {key} is not a setting")


def save_theme(theme: str) -> str:
    """Write the chosen theme into the settings file, leaving the rest as it is. Returns why not, "" when done."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = settings_path()
    try:
        try:
            with open(path, encoding="utf-8") as file:
                document = tomlkit.parse(file.read())
        except FileNotFoundError:
            document = tomlkit.document()
        if document.get("theme") == theme:
            return ""
        document["theme"] = theme
        _replace(path, tomlkit.dumps(document))
    except OSError as error:
        return f"{path}: {error.strerror}"
    except (TOMLKitError, ValueError):
        return f"{path} cannot be changed: it is not valid TOML"
    return ""


def load_state() -> State:
    """What is remembered; anything unreadable counts as nothing."""
    state = State()
    try:
        with open(state_path(), encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError, RecursionError):
        return state
    if isinstance(value, dict):
        state.recent = _names(value.get("recent"))[:RECENT_LIMIT]
        state.pinned = _names(value.get("pinned"))
        if value.get("sort") in SORTS:
            state.sort = value["sort"]
    return state


def _names(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def save_state(state: State) -> None:
    """Remember; a state folder that cannot be written to only means that nothing is remembered."""
    value = {"recent": state.recent[:RECENT_LIMIT], "pinned": state.pinned, "sort": state.sort}
    with contextlib.suppress(OSError):
        _replace(state_path(), json.dumps(value))


def note_use(name: str) -> None:
    """Remember that a profile was used just now."""
    state = load_state()
    state.recent = [name, *(other for other in state.recent if other != name)]
    save_state(state)


def _replace(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
