"""Folders and places of files: made for their owner alone, found, given to whom they belong."""

from __future__ import annotations

import errno
import os
import sys

TEMPORARY_PREFIX = ".ssotui-"
"""How the names of our temporary files begin."""

STATE = ("user_state_dir", "XDG_STATE_HOME", "~/.local/state")
CONFIG = ("user_config_dir", "XDG_CONFIG_HOME", "~/.config")
"""Kinds of folders: the function of platformdirs, and what that goes by on most systems."""


def is_foreign(info: os.stat_result, path: str) -> bool:
    """Whether the file at `path` is another user's. Root may use everybody's, and what is root's is nobody else's. On
    Windows drives and shares all belongs to one user, whoever writes it: to the folder's owner it is no stranger's."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0 or info.st_uid in (os.geteuid(), 0):
        return False
    return os.stat(os.path.dirname(path) or os.curdir).st_uid != info.st_uid


def make_folders(folder: str) -> None:
    """Make `folder`, and what is missing of the folders above it, with mode 0700 whatever the umask. Raises OSError."""
    if not folder or os.path.isdir(folder):
        return
    if folder == "~":  # what `expanduser` leaves where it knows no home folder
        raise FileNotFoundError(errno.ENOENT, "there is no home folder: HOME is not set", folder)
    make_folders(os.path.dirname(folder))
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if os.path.islink(folder) and not os.path.exists(folder):
            raise FileNotFoundError(errno.ENOENT, f"{folder} is a symbolic link to nothing", folder) from None
        if not os.path.isdir(folder):
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory", folder) from None
    else:
        _own(folder)


def _own(folder: str) -> None:
    """Close a folder that was just made to others; one that root has made is for the owner of what it is in."""
    try:
        os.chmod(folder, 0o700)
    except OSError:
        pass  # a file system without modes
    give_to_folder_owner(folder, folder)


def give_to_folder_owner(what: int | str, path: str) -> None:
    """Leave what root has just made at `path` (`what`: that, or its descriptor) to the owner of the folder it is in."""
    if hasattr(os, "chown") and os.geteuid() == 0:
        try:
            above = os.stat(os.path.dirname(path) or os.curdir)
            os.chown(what, above.st_uid, above.st_gid)
        except OSError:
            pass


def own_folder(kind: tuple[str, str, str]) -> str:
    """This program's folder of a kind (STATE, CONFIG). On most systems without asking platformdirs, which takes as long
    to load as a whole prompt. One that cannot be made where there is no home folder: a user without an entry in the
    system's list, and no HOME."""
    function, variable, usual = kind
    if os.name == "posix" and sys.platform != "ios" and "ANDROID_ROOT" not in os.environ:
        base = os.environ.get(variable, "")
        if not os.path.isabs(base) and os.path.isabs(os.environ.get("HOME", "/")):
            base = os.path.expanduser(usual if sys.platform != "darwin" else "~/Library/Application Support")
        if os.path.isabs(base):
            return os.path.join(base, "ssotui")
    import platformdirs

    try:
        return str(getattr(platformdirs, function)("ssotui", appauthor=False))
    except RuntimeError:
        return os.path.join("~", "ssotui")


def lock_dir() -> str:
    """The folder of the lock files, in the user's state folder (never in a cache folder of the AWS tools)."""
    return os.path.join(own_folder(STATE), "locks")


def open_own_file(path: str, make: bool = True) -> int:
    """A descriptor of a small file of ours, to read and write it. With `make`, a missing one is made for its owner
    alone. No link is followed, and a pipe in its place is not waited for. Not for Windows. Raises OSError."""
    flags = os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
    if not make:
        return os.open(path, flags)
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags | os.O_CREAT, 0o600)
    give_to_folder_owner(descriptor, path)
    return descriptor


def unlink_quietly(path: str) -> None:
    """Remove the file at `path` if that is possible."""
    try:
        os.unlink(path)
    except OSError:
        pass


def settings_path() -> str:
    """The settings file, `~/.config/ssotui/config.toml` on Linux. Here, as commands that must start fast look into it
    without loading the settings."""
    return os.path.join(own_folder(CONFIG), "config.toml")
