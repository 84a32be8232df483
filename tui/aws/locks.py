"""Locks between ssotui processes that renew the same token. They live outside `~/.aws` and die with their holder.

The AWS tools take no locks and do not heed ours; these only keep several ssotui processes from spending one
refresh token twice.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from .errors import SsoError

WAIT = 30.0
"""Seconds after which somebody else's lock is given up on."""


def lock_dir() -> str:
    """The folder of the lock files, in the user's state folder (never in a cache folder of the AWS tools)."""
    import platformdirs

    return os.path.join(platformdirs.user_state_dir("ssotui", appauthor=False), "locks")


@contextlib.contextmanager
def hold(name: str, wait: float | None = None) -> Iterator[bool]:
    """Hold the lock called `name` (a file name). Yields False when locking is impossible here (a read-only folder, a
    file system without locks): the work then goes on unlocked.

    Raises SsoError naming the holder's process id when the lock is not free within `wait` seconds (default: WAIT).
    """
    from filelock import FileLock, Timeout

    path = os.path.join(lock_dir(), name + ".lock")
    lock = None
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        lock = FileLock(path, mode=0o600)
        lock.acquire(timeout=WAIT if wait is None else wait, poll_interval=0.05)
    except Timeout:
        holder = _holder(path)
        raise SsoError(
            f"Another ssotui{f' (process {holder})' if holder else ''} has been renewing this session for too long",
            "wait for it, or end that process, and try again",
        ) from None
    except (OSError, NotImplementedError):
        lock = None
    if lock is None:
        yield False
        return
    try:
        with contextlib.suppress(OSError), open(path, "w") as file:
            file.write(str(os.getpid()))
        yield True
    finally:
        lock.release()


def _holder(path: str) -> str:
    try:
        with open(path) as file:
            text = file.read(20).strip()
    except OSError:
        return ""
    return text if text.isdigit() else ""
