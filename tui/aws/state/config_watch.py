"""The configuration while it changes: taken in when it holds still, and the last good one kept while it cannot be read.

Editors, the AWS CLI and tools that synchronise folders empty a file before they write it, take it away for a while, or
touch it all the time. None of that is a reason to show an empty board.
"""

from __future__ import annotations

import os
import time

from ...text import place
from ..config import loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..cache.account_names import AccountNames
    from ..config.configuration import Config

    Stamps = tuple[tuple[int, ...] | None, ...]
    Seen = tuple[Stamps, tuple[object, ...]]

EMPTIED_GRACE = 5.0
"""Seconds for which a file that was good and is empty or cut now is taken for one that is just being rewritten."""

RESTLESS = 2.5
"""Seconds after which a configuration that never holds still is taken as it is met."""

SETTLED = 0.05
"""Seconds for which a file that has changed must hold still before somebody who waits for it reads it."""

LONGEST = 1.0
"""Seconds for which it is waited for that."""

REWRITTEN = "The configuration is empty or unreadable just now; showing the last good one."


class ConfigWatch:
    """The configuration as it is to be shown. `notice`: one sentence on what is shown in place of the present one, or
    "". `names`: of accounts, for the profiles that do not name theirs. Used by a Store, under its lock; what is shown
    is replaced whole, so that everybody may look at it."""

    def __init__(self, environ: Mapping[str, str], names: AccountNames | None = None) -> None:
        self._environ = environ
        self._names = names
        self._own: frozenset[str] = frozenset()
        self.notice = ""
        self._stamps: Stamps = _stamps(loading.locations(environ))
        self.config = self._named(loading.load(environ))
        self._seen: Seen | None = None
        self._kept_for: Seen | None = None
        self._suspect_since: float | None = None
        self._changing_since = 0.0
        self._taken_between = False

    def poll(self) -> bool:
        """Look at the files again. Returns whether there is something else to show."""
        changed = self._poll() or self._taken_between
        if self._names is not None and self._names.look():
            self.config = self.config.with_account_names(self._names.names, self._own)
            changed = True
        self._taken_between = False
        return changed

    def look(self, before: Stamps | None = None, late: bool = False) -> bool | Stamps:
        """Take the configuration in as it is at this moment, when the files hold still; the next poll tells of it.
        False where it cannot be read, or is empty: what is shown stays.

        What else comes back is to be given `before`, SETTLED seconds later: whether the files hold still shows when
        they are as they were then. `late`: they are taken as they are, because some sync tools touch them all the time.
        """
        stamps = _stamps(loading.locations(self._environ))
        if stamps == self._stamps or loading.fingerprint(self._environ) == self.config.fingerprint:
            return True
        if stamps == before or late:
            found = loading.load(self._environ)
            if not self._lost(found):
                self._take(stamps, found)
                self._taken_between = True
                return True
            if late:
                return False
        return stamps

    def _poll(self) -> bool:
        stamps = _stamps(loading.locations(self._environ))
        if stamps == self._stamps:
            return self._settle(stamps)
        seen = stamps, loading.fingerprint(self._environ)
        if seen[1] == self.config.fingerprint:  # it has only been touched, or has come back
            return self._settle(stamps)
        before, self._seen = self._seen, seen
        if before is None:
            self._changing_since = time.monotonic()
        if before is None or (_differ(before, seen) and time.monotonic() - self._changing_since < RESTLESS):
            return False  # still being written: wait until it holds still for one poll
        if seen == self._kept_for:
            return False
        found = loading.load(self._environ)
        notice = self._why_not(found, seen)
        if notice:
            changed, self.notice = self.notice != notice, notice
            return changed
        self._take(stamps, found)
        return True

    def _why_not(self, found: Config, seen: Seen) -> str:
        """Why not to show what was `found`, in a sentence for the user; "" to show it."""
        lost = self._lost(found)
        if lost and lost != REWRITTEN:
            self._kept_for = seen
        if lost != REWRITTEN:
            return lost
        if self._suspect_since is None:
            self._suspect_since = time.monotonic()
        return REWRITTEN if time.monotonic() - self._suspect_since < EMPTIED_GRACE else ""

    def _lost(self, found: Config) -> str:
        """What to say when profiles would be lost because a file cannot be read, or is empty; else ""."""
        if not self.config.profiles.keys() - found.profiles.keys():
            return ""
        for path, reason in found.unread.items():
            if path not in self.config.unread:
                return f"{place(path)}: {reason}; showing the last good configuration"
        return "" if found.profiles else REWRITTEN

    def _take(self, stamps: Stamps, found: Config) -> None:
        self.config = self._named(found)
        self._settle(stamps)

    def _named(self, found: Config) -> Config:
        """What was read, with the names of accounts. Profiles that name it themselves keep that."""
        if self._names is None or not found.profiles:
            return found
        self._own = frozenset(name for name, profile in found.profiles.items() if profile.account_name)
        return found.with_account_names(self._names.names, self._own) if self._names.names else found

    def _settle(self, stamps: Stamps) -> bool:
        """What is shown is what there is. Returns whether it was not."""
        restored, self.notice = bool(self.notice), ""
        self._stamps = stamps
        self._seen = self._kept_for = self._suspect_since = None
        return restored


def _differ(before: Seen, seen: Seen) -> bool:
    return before[0] != seen[0] and before[1] != seen[1]


def _stamps(paths: tuple[str, ...]) -> Stamps:
    """What changes whenever a file is written to, replaced, or closed to us."""
    return tuple(map(_stamp, paths))


def _stamp(path: str) -> tuple[int, ...] | None:
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return None
    return info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino
