"""Which roles a key marks: one, all of an account, one in all accounts, all new ones. Each is told what the tree shows,
and gives the roles, with what to say where there are none."""

from __future__ import annotations

from collections.abc import Sequence

from .account_panes import NO_ROLE
from .branches import ACCOUNT, ROLE, Branches, Line, Role, new_ones

NO_ROLES = "This account has no roles that could be marked"

Found = tuple[list[Role], str]


def of_line(line: Line | None, offered: Sequence[Role]) -> Found:
    """The role of a line, or all of its account. `offered`: what belongs to it."""
    if line is None or line.kind not in (ACCOUNT, ROLE):
        return [], "Only a role that is offered can be marked"
    return list(offered), NO_ROLES


def of_account(line: Line | None, shown: Sequence[Line]) -> Found:
    """All roles of the line's account that are `shown`."""
    if line is None or line.kind not in (ACCOUNT, ROLE):
        return [], NO_ROLE
    return [(it.account_id, it.role) for it in shown if it.account_id == line.account_id], NO_ROLES


def in_all_accounts(line: Line | None, shown: Sequence[Line]) -> Found:
    """The line's role in all accounts."""
    if line is None or line.kind != ROLE:
        return [], NO_ROLE
    return [(it.account_id, it.role) for it in shown if it.role == line.role], NO_ROLE


def without_profile(branches: Branches | None, shown: Sequence[Line]) -> Found:
    """All that no profile is for."""
    there = {(it.account_id, it.role) for it in shown}
    offers = branches.offers if branches is not None else []
    return [it for it in new_ones(offers) if it in there], "There is no role without a profile"
