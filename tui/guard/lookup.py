"""Whether there are guard rules, for commands that must start fast: without rules this costs next to nothing."""

from __future__ import annotations

import os

from ..aws.cache.folders import settings_path
from ..aws.config.file import Unreadable, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rules import Guard

_WORD = b"guard"


def present() -> bool:
    """Whether there may be guard rules. A file that is there and cannot be read may hold some."""
    return _told() is not None


def load() -> Guard:
    """The rules of the settings file, without its other settings."""
    data = _told()
    if data is None:
        from .rules import NO_GUARD

        return NO_GUARD
    import tomllib

    from .declared import UNREADABLE, from_value

    try:
        return from_value(tomllib.loads(data.decode()).get("guard"), settings_path()) if data else UNREADABLE
    except (ValueError, RecursionError):
        return UNREADABLE


def may_hold(data: bytes) -> bool:
    """Whether a settings file may have guard rules: outside of comments, such as those of --print-config. A name with
    an escape in it may be any."""
    if _WORD not in data and b"\\u" not in data.lower():
        return False
    lines = (line for line in data.splitlines() if not line.lstrip().startswith(b"#"))
    return any(_WORD in line or b"\\u" in line.lower() for line in lines)


def hides_rules(error: Unreadable) -> bool:
    """Whether a settings file that is not read for this reason may have guard rules: it is no folder or device."""
    return error.refused


def _told() -> bytes | None:
    """A settings file that may have guard rules; empty where it is there but cannot be read, None where there is none
    or it has no such word in it."""
    path = settings_path()
    try:
        os.stat(path)
        data = read_bytes(path)
    except OSError:
        return None
    except Unreadable as error:
        return b"" if hides_rules(error) else None
    return data if may_hold(data) else None
