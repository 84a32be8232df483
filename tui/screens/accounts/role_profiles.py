"""What a role of the tree is used as: one of its profiles, or itself where it has none. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable

from ...aws.cache.account_list import AccountList
from ...aws.model import Profile, Session
from ...aws.role.unlisted import unlisted_profile
from ...aws.state.snapshot import Snapshot
from .branches import Branches, Line, Role


def profiles_of(line: Line, snapshot: Snapshot) -> list[Profile]:
    """The profiles of a role, the one in use first, and those that are not in order last."""
    return _in_order(line.profiles, snapshot)


def of_role(role: Role, snapshot: Snapshot, session: Session, known: AccountList) -> list[Profile]:
    """The same for a role that a line may say too little of: with the profiles that were written just now."""
    offer = Branches(snapshot, session, known).offer(role)
    return _in_order(offer.profiles if offer is not None else (), snapshot)


def _in_order(names: Iterable[str], snapshot: Snapshot) -> list[Profile]:
    found = [profile for name in names if (profile := snapshot.profile(name)) is not None]
    found.sort(key=lambda it: (bool(it.problems), it.name != snapshot.active_profile))
    return found


def used_as(line: Line, snapshot: Snapshot, session: Session, branches: Branches) -> Profile | None:
    """The first of its profiles; of none one that is not in the configuration, as long as the role is offered."""
    found = profiles_of(line, snapshot)
    if found:
        return found[0]
    offer = branches.offer((line.account_id, line.role))
    return unlisted_profile(session, line.account_id, line.role, offer.account.name) if offer is not None else None
