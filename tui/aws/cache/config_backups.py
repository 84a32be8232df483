"""Copies of the config file from before each change of this program's, and what each change made of it.

In the state folder, for this user alone: the last five. A change can be taken back as long as the file still is what
the change has made of it.
"""

from __future__ import annotations

import json
import os
import time

from ..config.file import Unreadable, read_bytes
from . import folders, writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 5
"""Changes that can be gone back to."""


class ChangeMade:
    """One change of the file at `path`: its bytes before (None: there was no file) and after. `copy` is the path of
    the copy of what was before, "" where there was nothing."""

    __slots__ = ("after", "before", "copy", "path", "record")

    def __init__(self, path: str, before: bytes | None, after: bytes, name: str) -> None:
        self.path = path
        self.before = before
        self.after = after
        self.copy = os.path.join(backup_folder(), name) if before is not None else ""
        self.record = os.path.join(_records(), name)

    def forget(self, with_copy: bool = False) -> None:
        """It is nothing to go back to any more."""
        folders.unlink_quietly(self.record)
        if with_copy and self.copy:
            folders.unlink_quietly(self.copy)


def backup_folder() -> str:
    """Where the copies are."""
    return os.path.join(_folder(), "backups")


def note(path: str, before: bytes | None, after: bytes) -> ChangeMade:
    """Keep what a change is about to do, and forget the oldest of more than KEPT. Raises OSError: then nothing of it is
    kept, and the change has to be left undone."""
    first = name = time.strftime("config-%Y%m%d-%H%M%S", time.gmtime())
    taken = 1
    while any(os.path.lexists(os.path.join(folder, name)) for folder in (backup_folder(), _records())):
        taken += 1
        name = f"{first}-{taken}"
    change = ChangeMade(path, before, after, name)
    head = json.dumps({"path": path, "new": before is None}).encode()
    try:
        if before is not None:
            writing.write_bytes(change.copy, before)
        writing.write_bytes(change.record, head + b"\n" + after)
    except OSError:
        change.forget(with_copy=True)
        raise
    for folder in (backup_folder(), _records()):
        for old in _names(folder)[:-KEPT]:
            folders.unlink_quietly(os.path.join(folder, old))
    return change


def last(path: str) -> ChangeMade | None:
    """The last change of the file at `path` that is still kept, with the copy of what was before it."""
    for name in reversed(_names(_records())):
        try:
            first, _, after = read_bytes(os.path.join(_records(), name)).partition(b"\n")
            head = json.loads(first)
            if not isinstance(head, dict) or head.get("path") != path:
                continue
            before = None if head.get("new") is True else read_bytes(os.path.join(backup_folder(), name))
        except (OSError, Unreadable, ValueError):
            return None  # what it was is not known: nor is, whether an older copy is what was before it
        return ChangeMade(path, before, after, name)
    return None


def _folder() -> str:
    return folders.own_folder(folders.STATE)


def _records() -> str:
    return os.path.join(_folder(), "changes")


def _names(folder: str) -> list[str]:
    """The copies in a folder, the oldest first."""
    try:
        found = [name for name in os.listdir(folder) if name.startswith("config-")]
    except OSError:
        return []
    return sorted(found, key=_age(folder))


def _age(folder: str) -> Callable[[str], tuple[float, int, str]]:
    def key(name: str) -> tuple[float, int, str]:
        try:
            return os.lstat(os.path.join(folder, name)).st_mtime, len(name), name
        except OSError:  # another ssotui has just removed it
            return 0.0, 0, name

    return key
