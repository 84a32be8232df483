"""Locks between ssotui processes that renew the same token, or sign in to the same session. They live outside
`~/.aws` and die with their holder.

The AWS tools take no locks and do not heed ours; these only keep several ssotui processes from spending one
refresh token twice, and from asking the user for the same thing twice.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from . import files
from .errors import SsoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT = 30.0
"""Seconds after which somebody else's lock is given up on."""


def lock_dir() -> str:
    """The folder of the lock files, in the user's state folder (never in a cache folder of the AWS tools)."""
    import platformdirs

    return os.path.join(files.own_folder(platformdirs.user_state_dir), "locks")


class Held:
    """A lock that is held until it is released, or until the process ends. `locked` is False when locking is
    impossible here (a read-only folder, a file system without locks): there is nothing to hold then."""

    def __init__(self, lock: BaseFileLock | None) -> None:
        self._lock = lock
        self.locked = lock is not None

    def release(self) -> None:
        """Let go of it. Twice is harmless."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


@contextlib.contextmanager
def hold(name: str, wait: float | None = None) -> Iterator[bool]:
    """Hold the lock called `name` (a file name). Yields False when locking is impossible here: the work then goes on
    unlocked.

    Raises SsoError naming the holder's process id when the lock is not free within `wait` seconds (default: WAIT).
    """
    held = _acquire(name, WAIT if wait is None else wait)
    if held is None:
        holder = _holder(_path(name))
        raise SsoError(
            f"Another ssotui{f' (process {holder})' if holder else ''} has been renewing this session for too long",
            "wait for it, or end that process, and try again",
        )
    try:
        if held.locked:
            with contextlib.suppress(OSError), open(_path(name), "w") as file:
                file.write(str(os.getpid()))
        yield held.locked
    finally:
        held.release()


def try_hold(name: str) -> Held | None:
    """Take the lock called `name` (a file name) if it is free; None when somebody else holds it. Any thread may
    release it."""
    return _acquire(name, 0.0)


def _path(name: str) -> str:
    return os.path.join(lock_dir(), name + ".lock")


def _acquire(name: str, wait: float) -> Held | None:
    """The lock, or None when it is not free within `wait` seconds."""
    from filelock import FileLock, Timeout

    try:
        files.make_folders(lock_dir())
        lock = FileLock(_path(name), mode=0o600, thread_local=False)
        lock.acquire(timeout=wait, poll_interval=0.05)
    except Timeout:
        return None
    except (OSError, NotImplementedError):
        return Held(None)
    return Held(lock)


def _holder(path: str) -> str:
    try:
        with open(path) as file:
            text = file.read(20).strip()
    except OSError:
        return ""
    return text if text.isdigit() else ""
