"""Changing the AWS config file, which is the user's: read, shown, and written only if it still is what was shown.

Before each change the file is copied to the state folder, where the last five copies stay. Mode, owner and symbolic
links stay as they are.
"""

from __future__ import annotations

import os
import stat

from ...text import place
from ..config.file import Unreadable, read_bytes
from ..config.loading import CONFIG_VARIABLE, locations
from ..config.writing import sections
from ..errors import SsoError
from . import config_backups, files, folders, locks, writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOCK_WAIT = 5.0
"""Seconds for which another ssotui that is just writing the file is waited for."""


STORES = ("/nix/store/", "/gnu/store/")
"""Where files are that are only ever made by a package manager."""


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


def read(environ: Mapping[str, str], to_write: bool = True) -> ConfigFile:
    """The config file as it is now. Raises SsoError for one that cannot be read or, if that is wanted, written."""
    path, _ = locations(environ)
    if not path:
        raise SsoError(f"{CONFIG_VARIABLE} is empty: there is no config file to write to", "unset it, or name a file")
    found = _read(path)
    reason = why_not_writable(path) if to_write else ""
    if reason:
        raise not_written(path, reason)
    return found


def write(before: ConfigFile, text: str) -> str:
    """Write `text` in place of what was read. Returns the path of the copy of that, "" when there was no file.

    Raises Changed when the file is another by now, SsoError when it cannot be written: then all is as it was.
    """
    data = text.encode()
    change: list[config_backups.ChangeMade] = []
    try:
        _put(before, data, lambda: change.append(config_backups.note(before.path, before.data, data)))
    except SsoError:
        for each in change:
            each.forget(with_copy=True)
        raise
    return change[0].copy


def _put(before: ConfigFile, data: bytes | None, first: Callable[[], None] = lambda: None) -> None:
    """Make the file hold `data`, or remove it, after doing something `first`, once it is clear that it may be done.
    Raises as `write`."""
    path = before.path
    turn = locks.try_hold("config", LOCK_WAIT)
    if turn is None:
        raise not_written(path, "another ssotui is writing it")

    def check() -> None:
        if _read(path).data != before.data:
            raise Changed(path)

    try:
        check()
        first()
        if data is not None:
            writing.write_bytes(path, data, check, keep_mode=True)
        else:
            os.unlink(path)
    except OSError as error:
        raise not_written(path, (error.strerror or type(error).__name__).lower()) from None
    finally:
        turn.release()


class Undo:
    """The last change of the config file, to be taken back: `file` is what it is now, `text` what it was before, None
    where there was no file."""

    __slots__ = ("change", "file", "text")

    def __init__(self, file: ConfigFile, change: config_backups.ChangeMade) -> None:
        self.file = file
        self.change = change
        self.text = None if change.before is None else change.before.decode()

    def carry_out(self) -> None:
        """Take it back. Raises Changed, SsoError, as `write` does."""
        _put(self.file, self.change.before)
        self.change.forget()


class ChangedSince(SsoError):
    """The file has been changed since this program wrote it: from `after` to `now`, which would be lost."""

    def __init__(self, path: str, after: str, now: str) -> None:
        super().__init__(f"{place(path)} has been changed since ssotui wrote it: nothing was undone")
        self.path = path
        self.after = after
        self.now = now


def last_change(environ: Mapping[str, str]) -> Undo:
    """What can be undone. Raises SsoError where there is nothing, ChangedSince where more than that would be."""
    file = read(environ)
    while True:
        change = config_backups.last(file.path)
        if change is None:
            raise SsoError(f"ssotui has changed nothing in {place(file.path)} that could be undone")
        if file.data == change.after:
            return Undo(file, change)
        if file.data != change.before:
            break
        change.forget()  # it never came to be: the program ended in the middle of it
    raise ChangedSince(file.path, change.after.decode("utf-8", "replace"), file.text)


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
    if real.startswith(STORES):
        return f"home-manager, or whatever made it, would make it anew{link}"
    if not info.st_mode & 0o222 or not os.access(real, os.W_OK):
        return f"it is read-only{link}"
    if folders.is_foreign(info, path):
        return files.OTHERS + link
    return ""


def _read(path: str) -> ConfigFile:
    try:
        return ConfigFile(path, read_bytes(path))
    except FileNotFoundError:
        return ConfigFile(path, None)
    except Unreadable as error:
        raise SsoError(f"{place(path)} {error}") from None
