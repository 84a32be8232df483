"""What has been read of single cache files. Only the Store reads by it, under its lock."""

from __future__ import annotations

import time

from ..cache import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..model import RoleCredentials, Token

    Parse = Callable[[files.Json], Token | RoleCredentials | None]

EMPTIED_GRACE = 5.0
"""Seconds for which a file that was good and is empty or cut now is taken for one that is just being rewritten."""


class CacheEntry:
    """What is known of one cache file: the parsed object, or why there is none. Never changed, only replaced.

    `loose`: what is wrong with a file that is used all the same. `torn_since` (monotonic): since when the file has been
    cut; `value` is then what it held before.
    """

    __slots__ = ("loose", "path", "problem", "stamp", "torn_since", "value")

    def __init__(
        self,
        value: Token | RoleCredentials | None = None,
        problem: str = "",
        stamp: files.Stamp | None = None,
        loose: str = "",
        torn_since: float | None = None,
        path: str = "",
    ) -> None:
        self.value = value
        self.problem = problem
        self.stamp = stamp
        self.loose = loose
        self.torn_since = torn_since
        self.path = path


class CacheEntries:
    """The entries by the paths of their files."""

    def __init__(self) -> None:
        self._known: dict[str, CacheEntry] = {}
        self._due: set[str] = set()

    def get(self, path: str) -> CacheEntry | None:
        """What is known of the file at `path`, None when it has not been read."""
        return self._known.get(path)

    def reread(self) -> None:
        """Have all files read anew at the next look, whatever their times say."""
        self._due = set(self._known)

    def look(self, wanted: Mapping[str, Parse]) -> Iterable[str]:
        """Read those of the `wanted` files that have changed or were never read. Returns whose entries are others. It
        waits for files that are being written."""
        due = [path for path in wanted if self._is_due(path)]
        self._due -= set(due)
        contents = zip(due, files.read_all(due), strict=True)
        return [path for path, content in contents if self._take_in(entry_of(path, content, wanted[path]))]

    def renew(self, path: str, parse: Parse) -> bool:
        """The same for one file, with more patience."""
        if not self._is_due(path):
            return False
        self._due.discard(path)
        return self._take_in(entry_of(path, files.read(path, files.RETRY_DELAYS), parse))

    def _is_due(self, path: str) -> bool:
        entry = self._known.get(path)
        return (
            entry is None
            or path in self._due
            or entry.stamp != files.stamp(path)
            or bool(entry.problem and entry.stamp is None)
        )

    def _take_in(self, found: CacheEntry) -> bool:
        """Replace what is known of a file by what was `found`. Returns whether that says something else."""
        entry = self._known.get(found.path)
        if found.torn_since is not None and entry is not None and entry.value is not None:
            since = found.torn_since if entry.torn_since is None else entry.torn_since
            if time.monotonic() - since < EMPTIED_GRACE:
                self._known[found.path] = CacheEntry(entry.value, loose=entry.loose, torn_since=since, path=found.path)
                return False
        self._known[found.path] = found
        return entry is None or (entry.stamp, entry.problem) != (found.stamp, found.problem)


def entry_of(path: str, content: files.FileContent, parse: Parse) -> CacheEntry:
    """The entry of the file at `path` with this content."""
    if content.status == files.MISSING:
        return CacheEntry(stamp=content.stamp, path=path)
    if content.value is None:
        torn_since = time.monotonic() if content.status == files.TORN else None
        return CacheEntry(problem=content.reason, stamp=content.stamp, torn_since=torn_since, path=path)
    value = parse(content.value)
    if value is None:
        problem = "it lacks a token or an expiry that can be understood"
        return CacheEntry(problem=problem, stamp=content.stamp, path=path)
    return CacheEntry(value, "", content.stamp, content.loose, path=path)
