"""The guard rules of a board that stays open: one that is added in the morning counts at noon."""

from __future__ import annotations

from ..aws.cache import files
from ..aws.cache.folders import settings_path
from . import lookup
from .rules import Guard


class WatchedRules:
    """The settings file, as far as it has guard rules. Owned by whoever calls `look`, one thread at a time."""

    def __init__(self) -> None:
        self._stamp: files.Stamp | None = None
        self._found: Guard | None = None

    def look(self) -> bool:
        """Read the rules, if the file is another one than at the last look; whether they were read. For threads."""
        stamp = files.stamp(settings_path())
        if stamp == self._stamp:
            return False
        self._stamp, self._found = stamp, lookup.load()
        return True

    def take(self) -> Guard | None:
        """What was read and nobody has taken yet."""
        found, self._found = self._found, None
        return found
