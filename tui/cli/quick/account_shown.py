"""The setting accounts.show, for what must not wait until all settings have been read: that takes a TOML parser."""

from __future__ import annotations

from ...aws.cache.folders import settings_path
from ...aws.config.file import Unreadable, read_bytes
from ...words.account import BOTH, SHOWN

_VALUES = {f"{quote}{word}{quote}": word for word in SHOWN for quote in "\"'"}


def account_shown() -> str:
    """One of SHOWN, as `settings.load` gives it."""
    try:
        text = read_bytes(settings_path()).decode()
    except (FileNotFoundError, Unreadable, ValueError):
        return BOTH
    return BOTH if "show" not in text or "accounts" not in text else _in_lines(text)


def _in_lines(text: str) -> str:
    """What the lines of the table [accounts] say. What is written in another way is left to the parser."""
    found, inside = "", False
    if '"""' in text or "'''" in text:
        return _parsed(text)
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == "[accounts]"
        if line.startswith("#") or "show" not in line:
            continue
        key, _, value = line.partition("=")
        if not inside or key.strip() != "show" or found or value.strip() not in _VALUES:
            return _parsed(text)
        found = _VALUES[value.strip()]
    return found or BOTH


def _parsed(text: str) -> str:
    import tomllib

    try:
        table = tomllib.loads(text).get("accounts")
    except (ValueError, RecursionError):
        return BOTH
    found = table.get("show") if isinstance(table, dict) else None
    return found if found in SHOWN else BOTH
