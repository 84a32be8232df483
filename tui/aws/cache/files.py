"""Reading and writing the cache files as files: bounded, checked, whole or not at all.

The AWS CLI v2 writes in place, so a reader can meet an empty or cut file: that is a reason to look again, never a
reason to delete. What is written here is never seen half done.
"""

from __future__ import annotations

import errno
import os
import stat
import time

from . import folders, quick_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Json = dict[str, object]
    Stamp = tuple[int, int, int]

SIZE_LIMIT = 1 << 20
"""A cache file is about 3 kB; anything beyond this many bytes is not one and is not read."""

RETRY_DELAYS = (0.05, 0.1, 0.15)
"""Seconds to wait before looking again at a file that could be half written."""

BUSY_LIMIT = 1.0
"""Seconds for which a file that keeps changing is looked at, beyond those delays, until a whole one is met."""

ENDED: Json = {"expiresAt": "1970-01-01T00:00:00Z", "Credentials": {"Expiration": "1970-01-01T00:00:00Z"}}
"""What a sign-out leaves in a file that cannot be removed: to the AWS tools it is a token, a registration or role
credentials long past, where an empty file would end them with an error. Here it counts as missing."""

# What reading a file can end in, besides its content.
MISSING = "missing"
TORN = "torn"
REFUSED = "refused"

DENIED = os.strerror(errno.EACCES).lower()
"""The reason where a file is refused, or a folder cannot be used, because its mode (or one above it) forbids it."""

OTHERS = "it belongs to another user"
"""The reason where a file is another user's."""

OPEN = "other users may read this file: run chmod 600 on it"
WRITABLE = "everybody may write to it: run chmod 700 on it"
MODELESS = "other users may read this file: its file system keeps no modes"
"""What is told of a file that is used, though others may read it."""


class FileContent:
    """One reading of one file. `status` is "" (then `value` is its JSON object), MISSING, TORN (not JSON, or not an
    object: perhaps half written) or REFUSED (`reason` says why). `stamp` changes whenever the file does. `loose`: what
    is to be told of a file that others may read, else ""."""

    __slots__ = ("loose", "reason", "stamp", "status", "value")

    def __init__(
        self,
        value: Json | None,
        status: str = "",
        reason: str = "",
        stamp: Stamp | None = None,
        loose: str = "",
    ) -> None:
        self.value = value
        self.status = status
        self.reason = reason
        self.stamp = stamp
        self.loose = loose


def read(path: str, delays: Sequence[float] = ()) -> FileContent:
    """The JSON object in the file at `path`. Looks again after each of `delays` (seconds) while it is torn, and for
    another second when it is torn and somebody is writing it all the time.

    Never raises. A file that is not a regular file, is owned by another user, or is larger than a cache file can be
    is refused without reading it. A symbolic link is followed as far as a regular file of ours.
    """
    content = first = _read_once(path)
    for delay in delays:
        if content.status != TORN:
            return content
        time.sleep(delay)
        content = _read_once(path)
    if delays and content.stamp != first.stamp:
        deadline = time.monotonic() + BUSY_LIMIT
        while content.status == TORN and time.monotonic() < deadline:
            time.sleep(0.005)
            content = _read_once(path)
    return content


def read_all(paths: Sequence[str]) -> list[FileContent]:
    """Like `read` with RETRY_DELAYS for each of `paths`, but those that are torn are waited for together: a hundred
    damaged files take no longer than one."""
    first = [_read_once(path) for path in paths]
    found = list(first)
    torn = [at for at, content in enumerate(found) if content.status == TORN]
    for delay in RETRY_DELAYS:
        if not torn:
            break
        time.sleep(delay)
        for at in torn:
            found[at] = _read_once(paths[at])
        torn = [at for at in torn if found[at].status == TORN]
    for at in torn:
        if found[at].stamp != first[at].stamp:  # somebody is writing it just now
            found[at] = read(paths[at], RETRY_DELAYS)
    return found


def _read_once(path: str) -> FileContent:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        if os.path.islink(path):
            return FileContent(None, REFUSED, "it is a symbolic link to nothing")
        return FileContent(None, MISSING)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            return FileContent(None, REFUSED, "it is not a regular file")
        return FileContent(None, REFUSED, (error.strerror or "cannot be opened").lower())
    try:
        info = os.fstat(descriptor)
        stamp = stamp_of(info)
        if not stat.S_ISREG(info.st_mode):
            return FileContent(None, REFUSED, "it is not a regular file", stamp)
        if folders.is_foreign(info, path):
            return FileContent(None, REFUSED, OTHERS, stamp)
        if info.st_size > SIZE_LIMIT:
            return FileContent(None, REFUSED, "it is too large for a cache file", stamp)
        data = b""
        while len(data) <= SIZE_LIMIT and (chunk := os.read(descriptor, SIZE_LIMIT + 1)):
            data += chunk
    except OSError as error:
        return FileContent(None, REFUSED, (error.strerror or "cannot be read").lower())
    finally:
        os.close(descriptor)
    try:
        # As text: given bytes, json would also take UTF-16 and a byte order mark, which the AWS tools do not.
        value = quick_json.loads(data.decode())
    except (ValueError, RecursionError):
        return FileContent(None, TORN, "it is not valid JSON", stamp)
    if not isinstance(value, dict):
        return FileContent(None, TORN, "it is not a JSON object", stamp)
    if value == ENDED:
        return FileContent(None, MISSING, "", stamp)
    loose = ""
    if os.name == "posix" and info.st_mode & 0o077:
        # Nobody makes such a file executable: where one is, Windows drives and shares make their modes up.
        loose = MODELESS if info.st_mode & 0o111 else OPEN
    return FileContent(value, "", "", stamp, loose)


def stamp_of(info: os.stat_result) -> Stamp:
    """What changes whenever a file is replaced or written to."""
    return (info.st_mtime_ns, info.st_size, info.st_ino)


def stamp(path: str) -> Stamp | None:
    """The stamp of the file at `path`, None when it is not there or cannot be looked at."""
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None


def write(path: str, value: Json, before_replace: Callable[[], None] | None = None) -> None:
    """Write `value` to the file at `path` as JSON, like `write_text`."""
    import json

    write_text(path, json.dumps(value), before_replace)


def write_text(path: str, text: str, before_replace: Callable[[], None] | None = None) -> None:
    """Write `text` to the file at `path`: whole or not at all, readable by its owner only, on disk when this returns.

    A symbolic link is resolved first, so that it stays a link; one that leads to nothing, to a loop or to another
    user's file is refused, and so is what is no regular file, such as a device. Folders that are missing are made with
    mode 0700. A file that is replaced keeps its owner. One that cannot be replaced (a mount of its own, a folder that
    takes no new files) is written in place. `before_replace` may raise to leave the old file as it is. Raises OSError.
    """
    from .writing import write_bytes

    write_bytes(path, text.encode(), before_replace)


class _Tried(Exception):
    """All has gone well, up to the point where the old file would be replaced."""


def why_not_writable(path: str, value: Json) -> str:
    """Why `value` cannot be written to the file at `path` now, "" if it can be. It is tried, because nothing else
    tells of a full disk, a quota or a read-only mount; the file stays as it is."""

    def stop() -> None:
        raise _Tried

    try:
        write(path, value, stop)
    except _Tried:
        return _why_not_in_place(path)
    except OSError as error:
        return error.strerror or "the file cannot be written"
    return ""


def _why_not_in_place(path: str) -> str:
    """Why the file at `path` can be written by nobody, "" if it can be or is not there. A read-only mount of its own
    and an immutable file say so when they are opened, and cannot be replaced either. (What only its mode forbids can
    be.)"""
    try:
        os.close(os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)))
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EPERM):
            return error.strerror or "the file cannot be written"
    return ""


def remove(path: str) -> bool:
    """Remove the file at `path` (of a symbolic link only the link). One that is a mount of its own must stay, and is
    written over with ENDED. Returns whether it is gone. Raises OSError."""
    try:
        os.unlink(path)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        from .writing import write_over

        write_over(path, ENDED, error)
        return False
    return True


def folder_problem(folder: str) -> str:
    """Why the cache folder cannot be used or trusted, "" when all is well or it does not exist yet."""
    try:
        info = os.stat(folder)
    except FileNotFoundError:
        return "it is a symbolic link to nothing" if os.path.islink(folder) else ""
    except OSError as error:
        return (error.strerror or "cannot be looked at").lower()
    if not stat.S_ISDIR(info.st_mode):
        return "it is not a folder"
    if not os.access(folder, os.R_OK | os.X_OK):
        return DENIED
    if os.name == "posix" and info.st_mode & 0o002:
        return WRITABLE
    return ""
