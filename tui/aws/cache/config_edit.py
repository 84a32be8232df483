"""Changing the AWS config file, which is the user's: read, shown, and written only if it still is what was shown.

Before each change the file is copied to the state folder, where the last five copies stay. Mode, owner and symbolic
links stay as they are.
"""

from __future__ import annotations

import os
import stat
import time

from ...text import place
from ..config.file import Unreadable, read_bytes
from ..config.loading import CONFIG_VARIABLE, locations
from ..config.writing import sections
from ..errors import SsoError
from . import files, folders, locks, writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BACKUPS = 5
"""Copies of the file that are kept."""

LOCK_WAIT = 5.0
"""Seconds for which another ssotui that is just writing the file is waited for."""


class Changed(SsoError):
    """Somebody has written the file since it was read: what was shown is no longer what would happen."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{place(path)} has changed meanwhile", "look at it once more, and try again")


class ConfigFile:
    """The config file as it was read. `data` is None where there is no file yet."""

    __slots__ = ("data", "path", "text")

    def __init__(self, path: str, data: bytes | None) -> None:
        self.path = path
        self.data = data
        try:
            self.text = (data or b"").decode()
        except UnicodeDecodeError as error:
            line = (data or b"").count(b"\n", 0, error.start) + 1
            raise not_written(path, f"line {line}: it is not UTF-8") from None

    def edited(self, edit: Callable[[str], str]) -> str:
        """What `edit`, one of the functions of `sections`, makes of the text. Raises SsoError."""
        try:
            return edit(self.text)
        except sections.Refused as error:
            raise not_written(self.path, str(error)) from None


def not_written(path: str, reason: str) -> SsoError:
    """The error for a file that stays as it is."""
    return SsoError(f"{place(path)} was not changed: {reason}")


def read(environ: Mapping[str, str]) -> ConfigFile:
    """The config file as it is now. Raises SsoError for one that cannot be read, or could not be written."""
    path, _ = locations(environ)
    if not path:
        raise SsoError(f"{CONFIG_VARIABLE} is empty: there is no config file to write to", "unset it, or name a file")
    found = _read(path)
    reason = why_not_writable(path)
    if reason:
        raise not_written(path, reason)
    return found


def write(before: ConfigFile, text: str) -> str:
    """Write `text` in place of what was read. Returns the path of the copy of that, "" when there was no file.

    Raises Changed when the file is another by now, SsoError when it cannot be written: then all is as it was.
    """
    path = before.path
    turn = locks.try_hold("config", LOCK_WAIT)
    if turn is None:
        raise not_written(path, "another ssotui is writing it")

    def check() -> None:
        if _read(path).data != before.data:
            raise Changed(path)

    try:
        check()
        backup = _back_up(before)
        writing.write_bytes(path, text.encode(), check, keep_mode=True)
    except OSError as error:
        raise not_written(path, (error.strerror or type(error).__name__).lower()) from None
    finally:
        turn.release()
    return backup


def why_not_writable(path: str) -> str:
    """Why the file at `path` is not to be written, "" when it may be. Its mode counts for root too: where other
    programs make the file (home-manager, for one), they leave it read-only, and would write over what is put there."""
    real = os.path.realpath(path)
    try:
        info = os.stat(real)
    except FileNotFoundError:
        return "it is a symbolic link to nothing" if os.path.islink(path) else ""
    except OSError as error:
        return (error.strerror or "it cannot be looked at").lower()
    if not stat.S_ISREG(info.st_mode):
        return "it is not a regular file"
    link = f" (a symbolic link to {place(real)})" if os.path.islink(path) else ""
    if not info.st_mode & 0o222 or not os.access(real, os.W_OK):
        return f"it is read-only{link}"
    if folders.is_foreign(info, path):
        return files.OTHERS + link
    return ""


def backup_folder() -> str:
    """Where the copies are."""
    import platformdirs

    return os.path.join(folders.own_folder(platformdirs.user_state_dir), "backups")


def _read(path: str) -> ConfigFile:
    try:
        return ConfigFile(path, read_bytes(path))
    except FileNotFoundError:
        return ConfigFile(path, None)
    except Unreadable as error:
        raise SsoError(f"{place(path)} {error}") from None


def _back_up(before: ConfigFile) -> str:
    """Copy what the file holds, and remove the oldest of more than BACKUPS copies. Raises OSError."""
    if before.data is None:
        return ""
    folder = backup_folder()
    name = time.strftime("config-%Y%m%d-%H%M%S", time.gmtime())
    path = os.path.join(folder, name)
    taken = 1
    while os.path.lexists(path):
        taken += 1
        path = os.path.join(folder, f"{name}-{taken}")
    writing.write_bytes(path, before.data)
    kept = sorted((it for it in os.listdir(folder) if it.startswith("config-")), key=_age(folder))
    for old in kept[:-BACKUPS]:
        folders.unlink_quietly(os.path.join(folder, old))
    return path


def _age(folder: str) -> Callable[[str], tuple[float, int, str]]:
    def key(name: str) -> tuple[float, int, str]:
        return os.lstat(os.path.join(folder, name)).st_mtime, len(name), name

    return key
