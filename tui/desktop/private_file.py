"""Files for one's own eyes: where one is best put, what is there already, and writing it. All of it is for threads."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from ..aws.cache.folders import STATE, make_folders, own_folder
from ..aws.cache.writing import write_bytes
from ..aws.errors import SsoError
from .work_tree import seen_by_git

NOTHING, OURS, OTHER = "nothing", "ours", "other"
"""What there is at a place: no file, one in our own folder, another one."""


class FilePlace(NamedTuple):
    """A place for a file. `there`: one of NOTHING, OURS, OTHER; `tree`: the git work tree that would see the file, ""
    for none; `problem`: why it cannot be written there, or ""."""

    path: str
    there: str = NOTHING
    tree: str = ""
    problem: str = ""


def propose(name: str) -> str:
    """The best place for a file of this name: in a folder that goes with the login session where there is one."""
    return os.path.join(_own(), name)


def look(text: str, home: str = "") -> FilePlace:
    """What writing to the path in `text` comes to. `home`: the folder that it must stay in, "" for none."""
    path = os.path.expanduser(text.strip())
    path = os.path.abspath(os.path.join(home, path))
    if not text.strip() or text.strip().endswith(("/", os.sep)) or os.path.isdir(path):
        return FilePlace(path, problem="The name of the file is missing")
    if home and not os.path.realpath(path).startswith(os.path.realpath(home) + os.sep):
        return FilePlace(path, problem=f"The demo writes into its own home only: {home}")
    folder = os.path.dirname(path)
    if not os.path.isdir(folder) and folder != _own():
        return FilePlace(path, problem=f"There is no folder {folder}")
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return FilePlace(path, NOTHING, seen_by_git(path))
    except OSError as error:
        return FilePlace(path, problem=error.strerror or type(error).__name__)
    if not stat.S_ISREG(info.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(info.st_mode) else "no regular file"
        return FilePlace(path, OTHER, problem=f"What is there is {kind}")
    return FilePlace(path, OURS if folder == _own() else OTHER, seen_by_git(path))


def write(place: FilePlace, text: str) -> None:
    """Write the file, readable by its owner only, over the one that was there when it was looked at, and over no other.
    Raises SsoError."""
    path = place.path
    try:
        make_folders(os.path.dirname(path))
        if place.there == NOTHING:
            _write_new(path, text)
        else:
            write_bytes(path, text.encode())
    except FileExistsError:
        raise SsoError(f"{path} exists already, and is left as it is") from None
    except OSError as error:
        raise SsoError(f"{path} cannot be written: {error.strerror or type(error).__name__}") from None


def _write_new(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
    except OSError:
        try:
            os.unlink(path)
        except OSError:
            pass
        raise


def _own() -> str:
    """The folder of our own for such files."""
    of_system = f"/run/user/{os.getuid()}" if hasattr(os, "getuid") else ""
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), of_system):
        if os.path.isabs(folder) and _is_private(folder):
            return os.path.join(folder, "ssotui")
    return os.path.join(own_folder(STATE), "exports")


def _is_private(folder: str) -> bool:
    """Whether a folder is there, and nobody else can write into it."""
    try:
        info = os.stat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(info.st_mode):
        return False
    return os.name != "posix" or (info.st_uid == os.geteuid() and not info.st_mode & 0o022)
