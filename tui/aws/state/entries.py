"""What is known of the cache files that have been read, and the one place where they are read.

Questions come from commands and worker threads, which wait for a file, and from the thread that paints, which must
not: a home folder can be on a network, and forty files of it would hold up the next key for a second. So that thread is
answered from what has been read, and what it has asked for in vain is read at the next look.
"""

from __future__ import annotations

import threading
import time

from ..cache import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..model import RoleCredentials, Token

    Parse = Callable[[files.Json], Token | RoleCredentials | None]

EMPTIED_GRACE = 5.0
"""Seconds for which a file that was good and is empty or cut now is taken for one that is just being rewritten."""


class Entry:
    """What is known of one cache file: the parsed object, or why there is none. `torn_since` (monotonic): since when
    the file has been cut; `value` is then what it held before."""

    __slots__ = ("loose", "problem", "stamp", "torn_since", "value")

    def __init__(
        self,
        value: Token | RoleCredentials | None = None,
        problem: str = "",
        stamp: files.Stamp | None = None,
        loose: str = "",
        torn_since: float | None = None,
    ) -> None:
        self.value = value
        self.problem = problem
        self.stamp = stamp
        self.loose = loose
        self.torn_since = torn_since


UNREAD = Entry()
"""What is known of a file that has not been read yet."""


class Entries:
    """The entries by the paths of their files. They are replaced, never changed in place, so readers need no lock.

    `asked`: what the thread that must not read has asked for and is still to be read.
    """

    def __init__(self) -> None:
        self.asked: dict[str, Parse] = {}
        self._known: dict[str, Entry] = {}
        self._due: set[str] = set()
        self._painter: int | None = None

    def keep_off(self) -> None:
        """From now on the calling thread is answered from what has been read."""
        self._painter = threading.get_ident()

    def get(self, path: str, parse: Parse) -> Entry:
        """The entry of the file at `path`, read if need be; for the thread that paints what is known of it."""
        entry = self._known.get(path)
        if entry is not None and path not in self._due:
            return entry
        if threading.get_ident() == self._painter:
            self.asked[path] = parse
            return entry if entry is not None else UNREAD
        self._due.discard(path)
        entry = self._known[path] = entry_of(files.read(path), parse)
        return entry

    def known(self) -> dict[str, Entry]:
        """All that have been read."""
        return dict(self._known)

    def reread(self, paths: Iterable[str] | None = None) -> None:
        """Have these files (default: all) read anew before the next answer, whatever their times say."""
        self._due |= set(self._known) if paths is None else set(paths)

    def look(self, wanted: Mapping[str, Parse]) -> bool:
        """Read those of the `wanted` files, and of those that were asked for, which have changed or were never read.
        Returns whether anything is another. For worker threads: it waits for files that are being written."""
        asked, self.asked = self.asked, {}
        wanted = {**wanted, **asked}
        due = [path for path in wanted if self._is_due(path)]
        self._due -= set(due)
        changed = False
        for path, content in zip(due, files.read_all(due), strict=True):
            changed |= self._take_in(path, entry_of(content, wanted[path]))
        return changed or bool(asked)

    def renew(self, path: str, parse: Parse) -> None:
        """The same for one file."""
        if self._is_due(path):
            self._due.discard(path)
            self._take_in(path, entry_of(files.read(path, files.RETRY_DELAYS), parse))

    def _is_due(self, path: str) -> bool:
        entry = self._known.get(path)
        return (
            entry is None
            or path in self._due
            or entry.stamp != files.stamp(path)
            or bool(entry.problem and entry.stamp is None)
        )

    def _take_in(self, path: str, found: Entry) -> bool:
        """Replace what is known of a file by what was `found`. Returns whether it is something else."""
        entry = self._known.get(path, UNREAD)
        if found.torn_since is not None and entry.value is not None:
            since = found.torn_since if entry.torn_since is None else entry.torn_since
            if time.monotonic() - since < EMPTIED_GRACE:
                self._known[path] = Entry(entry.value, loose=entry.loose, torn_since=since)
                return False
        self._known[path] = found
        return (entry.stamp, entry.problem) != (found.stamp, found.problem)


def entry_of(content: files.FileContent, parse: Parse) -> Entry:
    """The entry of a file with this content."""
    if content.status == files.MISSING:
        return Entry(stamp=content.stamp)
    if content.value is None:
        torn_since = time.monotonic() if content.status == files.TORN else None
        return Entry(problem=content.reason, stamp=content.stamp, torn_since=torn_since)
    value = parse(content.value)
    if value is None:
        return Entry(problem="it lacks a token or an expiry that can be understood", stamp=content.stamp)
    return Entry(value, "", content.stamp, content.loose)
