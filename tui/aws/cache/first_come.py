"""Of many commands that are started at once for one profile, one goes ahead; the others wait before they load anything.

An SDK starts a `credential-process` for each of its clients. Each takes the processor for the tenth part of a second
that loading takes, so whichever comes first to ask AWS comes to it late, and all of them with it. One alone is there
sooner; the others load while its request is under way. Which of them asks, and that one does, is for the lock of
`locks.role_turn`: here nothing but time is won, so whatever does not work is left.

A file for each profile's name is the lock, and its time says until when credentials last that were handed out for that
name: before that nobody waits, as each finds them by itself.

Owner: the main thread of a command, before and after all others.
"""

from __future__ import annotations

import errno
import os
from time import monotonic, sleep

from . import folders

LONGEST = 1.0
"""Seconds that one waits for whoever went ahead. Longer than it takes to load what a request needs, on a busy machine
too."""

LOOK_AGAIN = 0.02

_LONGEST_NAME = 100
"""Bytes of a name; a file's name has twice as many letters, of the 255 that file systems allow."""

_path = ""
_descriptor = -1


def go_or_wait(name: str, now: float) -> None:
    """Go ahead of others that ask for the profile `name`, or wait until whoever does so asks AWS, or has ended."""
    global _path, _descriptor
    if os.name != "posix" or not 0 < len(raw := name.encode(errors="surrogatepass")) <= _LONGEST_NAME:
        return
    _path = os.path.join(folders.own_folder(folders.STATE), "locks", f"start-{raw.hex()}.lock")
    try:
        if os.stat(_path).st_mtime > now:
            return
        _descriptor = os.open(_path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # the first time for this name
        return
    if not _lock(alone=True):
        until = monotonic() + LONGEST
        while not _lock(alone=False) and monotonic() < until:
            sleep(LOOK_AGAIN)
        let_others_follow()


def let_others_follow() -> None:
    """Let the others come: what is left is to wait for AWS."""
    global _descriptor
    if _descriptor >= 0:
        descriptor, _descriptor = _descriptor, -1
        os.close(descriptor)


def handed_out(until: float) -> None:
    """Credentials that are used until then (seconds since the epoch) are in the cache: nobody has to wait before."""
    if not _path:
        return
    try:
        if os.stat(_path).st_mtime >= until:
            return
    except OSError:
        try:
            folders.make_folders(os.path.dirname(_path))
            descriptor = os.open(_path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            folders.give_to_folder_owner(descriptor, _path)
            os.close(descriptor)
        except OSError:
            return
    try:
        os.utime(_path, (until, until), follow_symlinks=False)
    except (OSError, OverflowError):
        pass


def _lock(alone: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(_descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)  # no locks here: nobody waits
    return True
