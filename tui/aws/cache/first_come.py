"""Of many commands that are started at once for one profile, one goes ahead; the others wait before they load anything.

An SDK starts a `credential-process` for each of its clients. Each takes the processor for the tenth part of a second
that loading takes, so whichever comes first to ask AWS comes to it late, and all of them with it. One alone is there
sooner; the others load while its request is under way. Which of them asks, and that one does, is for the lock of
`locks.role_turn`: here nothing but time is won, so whatever does not work is left.

A file for each profile's name is the lock. In it stands where the credentials are that were handed out for that name
last, and its time says until when they are used: nobody waits while they are there, as each finds them by itself.

Owner: the main thread of a command, before all others. Any thread lets the others come.
"""

from __future__ import annotations

import os
from time import monotonic, sleep, time

from . import folders

LONGEST = 1.0
"""Seconds that one waits for whoever went ahead. Longer than it takes to load what a request needs, on a busy machine
too."""

FIRST_PAUSE, LOOK_AGAIN = 0.06, 0.02
"""Seconds. It takes longer than the first to load what a request needs, and each look takes the processor from it."""

_LONGEST_NAME = 100
"""Bytes of a name; a file's name has twice as many letters, of the 255 that file systems allow."""

_LONGEST_PATH = 4096

_path = ""

_held: list[int] = []
"""The descriptor of the file, while this process goes ahead. Of two threads that let the others come, one finds it."""


def go_or_wait(name: str) -> None:
    """Go ahead of others that ask for the profile `name`, or wait until whoever does so asks AWS, or has ended."""
    global _path
    if os.name != "posix" or not 0 < len(raw := name.encode(errors="surrogatepass")) <= _LONGEST_NAME:
        return
    _path = os.path.join(folders.lock_dir(), f"start-{raw.hex()}.lock")
    try:
        descriptor = folders.open_own_file(_path, make=False)
    except OSError:  # the first time for this name
        return
    if not _is_there(descriptor):
        if _lock(descriptor, alone=True):
            _held.append(descriptor)
            return
        until, pause = monotonic() + LONGEST, FIRST_PAUSE
        while not _lock(descriptor, alone=False) and monotonic() < until:
            sleep(pause)
            pause = LOOK_AGAIN
    os.close(descriptor)


def let_others_follow() -> None:
    """Let the others come: what is left is to wait for AWS."""
    try:
        descriptor = _held.pop()
    except IndexError:
        return
    os.close(descriptor)


def handed_out(path: str, until: float) -> None:
    """Credentials that are used until then (seconds since the epoch) are in the cache file at `path`."""
    if not _path:
        return
    try:
        folders.make_folders(os.path.dirname(_path))
        descriptor = folders.open_own_file(_path)
    except OSError:
        return
    try:
        told = path.encode(errors="surrogateescape")
        if os.read(descriptor, _LONGEST_PATH) != told:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, told, 0)
        elif os.fstat(descriptor).st_mtime == until:
            return
        os.utime(descriptor, (until, until))
    except (OSError, ValueError):
        pass  # a disk that is full, or a name of another encoding: then somebody waits for nothing
    finally:
        os.close(descriptor)


def _is_there(descriptor: int) -> bool:
    """Whether the credentials are in the cache that were handed out last, as far as it is known."""
    try:
        return os.fstat(descriptor).st_mtime > time() and os.path.exists(os.read(descriptor, _LONGEST_PATH))
    except (OSError, ValueError):  # no file like ours
        return False


def _lock(descriptor: int, alone: bool) -> bool:
    """Whether the file could be locked; also where there are no locks, as nobody waits then."""
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # somebody else has it
        return False
    except OSError:
        return True
    return True
