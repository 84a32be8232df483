"""The names of accounts, by their numbers, as the portals have told them when they were listed."""

from __future__ import annotations

import os

from ..config.checks import is_account
from . import files, folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..config.configuration import Config


def path() -> str:
    """Their file, in the state folder."""
    return os.path.join(folders.own_folder(folders.STATE), "account-names.json")


def load() -> dict[str, str]:
    """All that are known; none where the file cannot be read. They are foreign text."""
    value = files.read(path()).value or {}
    return {key: name for key, name in value.items() if is_account(key) and isinstance(name, str) and name}


def name_of(account_id: str) -> str:
    """The name of one account, "" where none is known."""
    name = (files.read(path()).value or {}).get(account_id, "")
    return name if isinstance(name, str) else ""


def worded(account_id: str, name: str) -> str:
    """An account as messages name it: `Production (222222222222)`, or the one of the two that is known. Foreign
    text."""
    return f"{name} ({account_id})" if name and account_id else account_id or name


def in_words(account_id: str, own: str = "") -> str:
    """An account as messages name it, with the name that is known of it. `own`: a profile's name for it."""
    return worded(account_id, own or name_of(account_id))


def named(config: Config) -> Config:
    """The same configuration with the names of accounts. Profiles that name theirs themselves keep that."""
    return config.with_account_names(load(), {name for name, it in config.profiles.items() if it.account_name})


def note(names: Mapping[str, str]) -> None:
    """Remember these, beside the others, also beside those that another thread or process notes just now. Raises
    OSError."""
    from . import locks  # whoever only reads names can do without

    with locks.alone("account-names"):
        before = load()
        after = {**before, **{key: name for key, name in names.items() if name}}
        if after != before:
            files.write(path(), dict(after))


class AccountNames:
    """The names as they were when they were looked at last. For worker threads."""

    def __init__(self) -> None:
        self._path = path()
        self._stamp: files.Stamp | None = None
        self.names: dict[str, str] = {}
        self.look()

    def look(self) -> bool:
        """Read them again if their file has changed. Returns whether they have."""
        stamp = files.stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp, before = stamp, self.names
        self.names = load()
        return self.names != before
