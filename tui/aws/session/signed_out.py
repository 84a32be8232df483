"""What arrives after a sign-out: answers to requests that were under way when their session ended.

Such an answer would undo the sign-out, in this process or in another one. So each sign-out leaves a mark for its
sessions, beside the locks, and whoever asks AWS for something looks at it before and after. The mark is another one
each time: an answer to an old request does not pass for one of a new sign-in.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable

from ..cache import files, locks, shapes
from ..errors import SignInNeeded
from ..model import Session
from ..state.store import Store

_here: dict[str, int] = {}
"""How often this process has signed out, by lock name: where no mark can be left, this is better than nothing. Of the
whole process, because a sign-out counts for every Store of it; threads count behind the lock."""

_lock = threading.Lock()


def mark(names: Iterable[str]) -> None:
    """Leave a mark for the sessions with these lock names (see `shapes.lock_name`)."""
    for name in names:
        with _lock:
            _here[name] = _here.get(name, 0) + 1
        with contextlib.suppress(OSError):
            files.write_text(_path(name), os.urandom(8).hex())


class SignOutWatch:
    """Tells whether a session has been signed out since this was made: by an ssotui, or (with `token`) by another
    program that has removed its token. Without a session there is nothing to sign out of."""

    def __init__(self, store: Store, session: Session | None, token: bool = True) -> None:
        self._store = store
        self._key = session.key if session is not None else None
        self._before = self._marks()
        self._had_token = token and self._has_token()

    def ended(self) -> bool:
        """Whether it has been."""
        return self._marks() != self._before or (self._had_token and not self._has_token())

    def check(self) -> None:
        """Raises SignInNeeded when it has been."""
        if self._key is not None and self.ended():
            raise SignInNeeded(self._key, "it was signed out meanwhile")

    def _has_token(self) -> bool:
        return self._key is not None and self._store.newest_token(self._key) is not None

    def _marks(self) -> tuple[int, str]:
        if self._key is None:
            return 0, ""
        name, text = shapes.lock_name(self._key), ""
        with contextlib.suppress(OSError, ValueError), open(_path(name), encoding="ascii") as file:
            text = file.read(100)
        return _here.get(name, 0), text


def _path(name: str) -> str:
    return os.path.join(locks.lock_dir(), name + ".signed-out")
