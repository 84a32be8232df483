"""Locks between ssotui processes that renew the same token, or sign in to the same session. They live outside
`~/.aws` and die with their holder.

The AWS tools take no locks and do not heed ours; these only keep several ssotui processes from spending one
refresh token twice, and from asking the user for the same thing twice.
"""

from __future__ import annotations

import errno
import os
import time

from ..config.file import Unreadable, read_bytes
from ..errors import SsoError
from . import folders
from .folders import lock_dir as lock_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

WAIT = 30.0
"""Seconds after which somebody else's lock is given up on."""

PATIENCE = 10.0
"""Seconds that one waits for somebody else who is asking for the same role's credentials, before asking too."""

BRIEFLY = 2.0
"""Seconds that one waits for somebody else who is just writing a small file of ours, before writing it all the same."""

LOOK_AGAIN = 0.05
"""Seconds between two tries for a lock that somebody else holds."""

_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)


class Held:
    """A lock that is held until it is released, at the end of a `with`, or until the process ends. `locked`, which a
    `with` gets, is False when locking is impossible here (a read-only folder, a file system without locks): there is
    nothing to hold then.

    No generator makes it one for `with`: contextlib and what it imports take a third of the time of a command that
    waits for another one, and twenty may wait at once.
    """

    def __init__(self, release: Callable[[], None] | None) -> None:
        self._releases = [release] if release is not None else []
        self.locked = release is not None

    def release(self) -> None:
        """Let go of it. May be called twice, by two threads at once too: of those one finds it."""
        try:
            release = self._releases.pop()
        except IndexError:
            return
        release()

    def __enter__(self) -> bool:
        return self.locked

    def __exit__(self, *_error: object) -> None:
        self.release()


def hold(name: str, wait: float | None = None) -> Held:
    """Take the lock called `name` (a file name), for a `with`. Where locking is impossible the work goes on unlocked.

    Raises SsoError naming the holder's process id when the lock is not free within `wait` seconds (default: WAIT).
    """
    held = _acquire(name, WAIT if wait is None else wait)
    if held is None:
        holder = _holder(_path(name))
        raise SsoError(
            f"Another ssotui{f' (process {holder})' if holder else ''} has been renewing this session for too long",
            "wait for it, or end that process, and try again",
        )
    if held.locked:
        try:
            with open(_path(name), "w") as file:
                file.write(str(os.getpid()))
        except OSError:
            pass  # whoever waits too long is not told who holds it
    return held


def try_hold(name: str, wait: float = 0.0) -> Held | None:
    """Take the lock called `name` (a file name) if it is free within `wait` seconds; None when somebody else holds it.
    Any thread may release it. One that was left to the next (`leave`) is handed over."""
    left = _left.pop(name, None)
    return left if left is not None else _acquire(name, wait)


_left: dict[str, Held] = {}
"""Locks that a part of this program holds for the next one. Only written before there are threads."""


def leave(name: str, held: Held) -> None:
    """Leave a lock to whoever in this process takes it next, without a moment in which another process could. What
    nobody takes ends with the process."""
    _left[name] = held


def alone(name: str) -> Held:
    """Be alone, in a `with`, with a small file of ours while it is read and written, as far as there are locks here and
    nobody holds the one called `name` for too long."""
    return try_hold(name, BRIEFLY) or Held(None)


def role_turn(path: str) -> str:
    """The name of the lock for asking AWS for the role credentials in the file at `path`."""
    return f"role-{os.path.basename(path).removesuffix('.json')}"


def _path(name: str) -> str:
    return os.path.join(lock_dir(), name + ".lock")


def _acquire(name: str, wait: float) -> Held | None:
    """The lock, or None when it is not free within `wait` seconds."""
    deadline = time.monotonic() + wait
    try:
        folders.make_folders(lock_dir())
        while True:
            release = _try(_path(name))
            if release is not None:
                return Held(release)
            if time.monotonic() >= deadline:
                return None
            time.sleep(LOOK_AGAIN)
    except (OSError, NotImplementedError):
        return Held(None)


def _try(path: str) -> Callable[[], None] | None:
    """What frees the lock on the file at `path`, None when somebody else holds it. Raises OSError where there are no
    locks. (With the system's call itself: to load filelock takes as long as all that a command does besides.)"""
    try:
        import fcntl
    except ImportError:
        return _try_on_windows(path)
    descriptor = folders.open_own_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):  # else somebody has just removed the file
            return lambda: os.close(descriptor)
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in _TAKEN:
            os.close(descriptor)
            raise
    os.close(descriptor)
    return None


def _try_on_windows(path: str) -> Callable[[], None] | None:
    from filelock import FileLock, Timeout

    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock.release


def _holder(path: str) -> str:
    try:
        text = read_bytes(path)[:20].decode("ascii", "replace").strip()
    except (FileNotFoundError, Unreadable):
        return ""
    return text if text.isdigit() else ""
