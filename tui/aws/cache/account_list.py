"""The accounts and roles that a session's portal has offered, as they were listed last.

In the state folder, for this user alone, and without secrets: one file for each portal. A listing that was stopped
stands there too, and the next one goes on from it.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NamedTuple

from ..config.checks import is_account
from . import files, folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Session

YOUNG = 3600
"""Seconds for which a listing is taken as it is."""

MOST_LETTERS = 300
"""Of a name or an address that the portal gives."""


class Account(NamedTuple):
    """An account as the portal offers it. `roles`: its roles in the portal's order, None while they have not been
    asked for. `roles_at`: when they were. Names and addresses are foreign text, and may be empty."""

    account_id: str
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] | None = None
    roles_at: int = 0


class AccountList(NamedTuple):
    """What is known of a portal. `accounts_at`: when its accounts were listed last, 0 for never. Times are whole
    seconds since the epoch."""

    accounts: Mapping[str, Account] = {}
    accounts_at: int = 0

    def unlisted(self) -> list[Account]:
        """The accounts whose roles have not been asked for since the accounts were listed."""
        return [it for it in self.accounts.values() if it.roles is None or it.roles_at < self.accounts_at]

    @property
    def complete(self) -> bool:
        """Whether every account's roles are those of the last listing."""
        return self.accounts_at > 0 and not self.unlisted()

    def is_young(self, now: float) -> bool:
        """Whether all is known, and has been listed so lately that it need not be asked for anew."""
        return self.complete and abs(now - self.accounts_at) < YOUNG

    def with_accounts(self, found: Iterable[Account], now: int) -> AccountList:
        """These accounts, with the roles that were known of them before; all of them are still to be asked for, also
        within the second in which they were, or when the clock has been set back."""
        before = self.accounts
        now = max(now, 1 + max((it.roles_at for it in before.values()), default=0))
        kept = {
            it.account_id: it._replace(roles=before[it.account_id].roles, roles_at=before[it.account_id].roles_at)
            if it.account_id in before
            else it
            for it in found
        }
        return AccountList(kept, now)

    def with_roles(self, account_id: str, roles: Iterable[str], now: int) -> AccountList:
        """The same with an account's roles as they are `now`."""
        at = max(now, self.accounts_at)
        account = self.accounts[account_id]._replace(roles=tuple(dict.fromkeys(roles)), roles_at=at)
        return AccountList({**self.accounts, account_id: account}, self.accounts_at)


def path_of(session: Session) -> str:
    """The file of a session's portal."""
    name = sha256(f"{session.key}\0{session.start_url}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return os.path.join(folders.own_folder(folders.STATE), "accounts", f"{name}.json")


def load(session: Session) -> AccountList:
    """What was listed last; nothing where that cannot be read, or makes no sense."""
    value = files.read(path_of(session)).value or {}
    listed, at = value.get("accounts"), value.get("accounts_at")
    if not isinstance(listed, list) or type(at) is not int or at < 0:
        return AccountList()
    accounts = (_account(each) for each in listed)
    return AccountList({it.account_id: it for it in accounts if it is not None}, at)


def save(session: Session, known: AccountList) -> None:
    """Write what is known. Raises OSError."""
    accounts = [
        {"id": it.account_id, "name": it.name, "email": it.email, "roles": it.roles, "roles_at": it.roles_at}
        for it in known.accounts.values()
    ]
    value: files.Json = {
        "session": session.key,
        "start_url": session.start_url,
        "accounts_at": known.accounts_at,
        "accounts": accounts,
    }
    files.write(path_of(session), value)


def text_of(value: object) -> str:
    """A name or an address as it came, "" for anything that is none."""
    return value[:MOST_LETTERS] if isinstance(value, str) else ""


def _account(value: object) -> Account | None:
    if not isinstance(value, dict):
        return None
    account_id, roles, at = value.get("id"), value.get("roles"), value.get("roles_at")
    if not isinstance(account_id, str) or not is_account(account_id):
        return None
    known = tuple(filter(None, map(text_of, roles))) if isinstance(roles, list) and type(at) is int else None
    return Account(
        account_id,
        text_of(value.get("name")),
        text_of(value.get("email")),
        known,
        at if known is not None and isinstance(at, int) else 0,
    )
