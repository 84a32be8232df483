"""Roles that are used without a profile, and whose the cached credentials of them are.

The name of such a file is a hash, and nothing in it says which session they came through: without this, a sign-out of
that session would leave them there.
"""

from __future__ import annotations

import os

from ..model import Profile
from . import account_names, files, folders


class Unlisted(Profile):
    """A role that is used without a profile, as the profile that it would have. Its name is the one that `aws configure
    sso` proposes; nobody looks it up."""

    __slots__ = ()

    unlisted = True

    @property
    def label(self) -> str:
        """The role, and the account by name and number: accounts can have one name."""
        return f"{self.role_name} in {account_names.worded(self.account_id, self.account_name)}"


def note(path: str, profile: Profile) -> None:
    """Remember that the cache file at `path` holds credentials of this role."""
    role: files.Json = {"session": profile.session, "account": profile.account_id, "role": profile.role_name}
    if files.read(_note_path(path)).value == role:
        return
    try:
        files.write(_note_path(path), role)
    except OSError:
        pass  # a sign-out of everything takes them all the same


def noted(path: str) -> Unlisted | None:
    """The role whose credentials the cache file at `path` holds, None where that is not known."""
    value = files.read(_note_path(path)).value or {}
    session, account, role = (value.get(key) for key in ("session", "account", "role"))
    if not (isinstance(session, str) and isinstance(account, str) and isinstance(role, str)):
        return None
    return Unlisted(f"{role}-{account}", session, account, role)


def forget(path: str) -> None:
    """The cache file at `path` has been removed."""
    folders.unlink_quietly(_note_path(path))


def _note_path(path: str) -> str:
    return os.path.join(folders.own_folder(folders.STATE), "roles", os.path.basename(path))
