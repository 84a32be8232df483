"""Writing a file whole or not at all, also where a file system does not keep what POSIX promises.

Windows drives in WSL and shares know no modes and no owners, and cannot always sync. A file that is a mount of its own,
as containers have them, cannot be replaced. A sign-in that the user has just approved must not be lost for that.
"""

from __future__ import annotations

import errno
import os
import stat
from tempfile import mkstemp

from . import folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

NO_ROOM = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""The errors with which a file system says that it is full: what was written is not there then."""


def write_bytes(
    path: str, data: bytes, before_replace: Callable[[], None] | None = None, keep_mode: bool = False
) -> None:
    """What `files.write_text` does, for bytes. `keep_mode`: a file that others may read stays so."""
    if os.path.islink(path):
        path = _resolve_link(path)
    before = _require_regular(path)
    folder = os.path.dirname(path)
    folders.make_folders(folder)
    mode = stat.S_IMODE(before.st_mode) if keep_mode and before is not None else 0o600
    temporary, failure = _make_temporary(folder, data, before, mode)
    try:
        if failure is not None:
            os.close(_open_in_place(path, before, failure))
        if before_replace is not None:
            before_replace()
        if failure is None:
            failure = _rename(temporary, path)
    finally:
        folders.unlink_quietly(temporary)
    if failure is None:
        _sync_folder(folder)
    else:
        _write_in_place(_open_in_place(path, before, failure), data, mode)


def write_over(path: str, value: dict[str, object], failure: OSError) -> None:
    """Write `value` into the very file at `path`, which could not be removed because of `failure`. Raises OSError."""
    import json

    info = os.lstat(path)
    if not stat.S_ISREG(info.st_mode):
        raise failure
    _write_in_place(_open_in_place(path, info, failure), json.dumps(value).encode())


def _make_temporary(folder: str, data: bytes, before: os.stat_result | None, mode: int) -> tuple[str, OSError | None]:
    """A file that can take the place of the one there was `before`, and what was wrong with making it."""
    temporary = ""
    try:
        descriptor, temporary = mkstemp(prefix=folders.TEMPORARY_PREFIX, suffix=".tmp", dir=folder or os.curdir)
        with os.fdopen(descriptor, "wb") as file:
            _set_mode(descriptor, 0o600)
            _give(descriptor, before, folder)
            if mode != 0o600:
                _set_mode(descriptor, mode)  # last: a change of the owner can take bits away
            file.write(data)
            file.flush()
            _sync(descriptor)
    except OSError as error:
        return temporary, error
    return temporary, None


def _rename(temporary: str, path: str) -> OSError | None:
    try:
        os.replace(temporary, path)
    except OSError as error:
        return error
    return None


def _open_in_place(path: str, before: os.stat_result | None, failure: OSError) -> int:
    """A descriptor of the file that there was `before`, to write it in place because it could not be replaced. Raises
    `failure` where that is no way out: a full disk would then cost the old content too."""
    if before is None or failure.errno in NO_ROOM:
        raise failure
    flags = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        raise failure from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise failure
    return descriptor


def _write_in_place(descriptor: int, data: bytes, mode: int = 0o600) -> None:
    """Overwrite a file, and close it. What it held is put back, as far as possible, when the new cannot be written to
    its end."""
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        before = file.read()
        _set_mode(descriptor, mode)
        try:
            _overwrite(descriptor, data)
        except OSError:
            try:
                _overwrite(descriptor, before)
            except OSError:
                pass
            raise


def _overwrite(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
    os.ftruncate(descriptor, len(data))
    _sync(descriptor)


def _sync(descriptor: int) -> None:
    """Have the data on disk, if its file system can do that: some shares cannot. Raises OSError when it is full."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise


def _set_mode(descriptor: int, mode: int) -> None:
    """Let nobody else read a file (0600), where its file system knows such a thing: what is loose is told when it is
    read."""
    if hasattr(os, "fchmod"):
        try:
            os.fchmod(descriptor, mode)
        except OSError:
            pass


def _give(descriptor: int, before: os.stat_result | None, folder: str) -> None:
    """Give a new file to the owner of the one it replaces; what root makes, to the folder's owner. Raises OSError where
    root would take a file away from its owner: a container's root must not lock its host's user out."""
    if not hasattr(os, "fchown"):
        return
    root = os.geteuid() == 0
    owner = before if before is not None or not root else os.stat(folder or os.curdir)
    made = os.fstat(descriptor)
    if owner is None or (made.st_uid, made.st_gid) == (owner.st_uid, owner.st_gid):
        return
    try:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    except OSError:
        if root and before is not None and made.st_uid != owner.st_uid:
            raise


def _resolve_link(path: str) -> str:
    target = os.path.realpath(path)
    info = os.stat(target)  # raises for a dangling link or a loop, as it should
    if folders.is_foreign(info, path):
        raise PermissionError(errno.EACCES, "it is a symbolic link to another user's file", path)
    return target


def _require_regular(path: str) -> os.stat_result | None:
    """What there is at `path`. Raises OSError for what must not be replaced by a file: above all the null device,
    behind a link to it."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(info.st_mode):
        raise FileExistsError(errno.EEXIST, "it is not a regular file", path)
    return info


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder or os.curdir, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some file systems cannot sync a folder; the file itself is on disk
    finally:
        os.close(descriptor)
