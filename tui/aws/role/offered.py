"""What a portal offers beside what is configured: which roles have a profile, and which profiles have no role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..cache.account_list import Account, AccountList
from ..config.checks import plain
from ..config.writing.profile_plan import Wanted
from ..model import Profile, Session
from ..state.snapshot import Snapshot

CONFIGURED, NEW, GONE = "configured", "new", "gone"


class Offer(NamedTuple):
    """A role in an account, and the profiles that are for it. `elsewhere`: profiles that get their credentials from
    another tool, and are not listed here."""

    account: Account
    role: str
    profiles: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All profiles that are for it."""
        return self.profiles + self.elsewhere

    @property
    def state(self) -> str:
        """Whether a profile is for it."""
        return CONFIGURED if self.names else NEW


def offers(snapshot: Snapshot, session: Session, known: AccountList) -> list[Offer]:
    """All roles that are known, by the accounts' names."""
    having: dict[tuple[str, str], list[str]] = {}
    for profile in _profiles(snapshot, session):
        having.setdefault((profile.account_id, profile.role_name), []).append(profile.name)
    others: dict[tuple[str, str], list[str]] = {}
    for name, (account_id, role, start_url) in snapshot.config.elsewhere.items():
        if not start_url or plain(start_url) == plain(session.start_url):
            others.setdefault((account_id, role), []).append(name)
    accounts = sorted(known.accounts.values(), key=lambda it: (it.name.casefold(), it.account_id))
    return [
        Offer(
            account,
            role,
            tuple(having.get((account.account_id, role), ())),
            tuple(others.get((account.account_id, role), ())),
        )
        for account in accounts
        for role in account.roles or ()
    ]


def wanted(chosen: Iterable[Offer]) -> list[Wanted]:
    """These roles, for a plan of profiles for them."""
    return [Wanted(it.account.account_id, it.account.name, it.role) for it in chosen]


def all_roles(known: AccountList) -> frozenset[tuple[str, str]] | None:
    """All roles by account and name; None as long as not everything has been listed."""
    if not known.complete:
        return None
    return frozenset((account.account_id, role) for account in known.accounts.values() for role in account.roles or ())


def to_prune_by(known: AccountList) -> frozenset[tuple[str, str]] | None:
    """The same for taking away what is not among them. None too for a portal that offers nothing at all: a session
    that was just emptied, or an answer gone wrong, is no reason to take every profile away."""
    return all_roles(known) or None


def gone(snapshot: Snapshot, session: Session, known: AccountList) -> list[Profile]:
    """The profiles whose role the portal no longer offers; none as long as not everything has been listed."""
    there = all_roles(known)
    if there is None:
        return []
    return [it for it in _profiles(snapshot, session) if (it.account_id, it.role_name) not in there]


def _profiles(snapshot: Snapshot, session: Session) -> list[Profile]:
    """The profiles of the session's portal with a role of their own, whichever way they name it."""
    same = {
        key
        for key, other in snapshot.config.sessions.items()
        if key == session.key or (session.start_url and plain(other.start_url) == plain(session.start_url))
    }
    return [
        profile
        for profile in snapshot.config.profiles.values()
        if profile.session in same and profile.via is None and profile.account_id and profile.role_name
    ]
