"""What is said of a plan of profiles: on the command line and on the screen alike."""

from __future__ import annotations

from collections.abc import Sequence

from ..aws.config.writing.profile_plan import (
    ADD,
    BY_HAND,
    CONFIGURED,
    KEEP,
    LEAVE,
    REFUSE,
    RENAMABLE,
    RENAME,
    UPDATE,
    Planned,
    ProfilePlan,
)
from ..text import clean
from .counts import SHOWN, counted, some


def summed_up(plans: Sequence[ProfilePlan], done: bool = False) -> str:
    """How much changes: `Add 3 profiles, remove 1 profile`; "" for nothing. Once it is `done`: `Added 3 profiles`."""
    numbers = {
        "added" if done else "add": sum(len(plan.of(ADD)) for plan in plans),
        "changed" if done else "change": sum(len(plan.of(UPDATE, RENAME)) for plan in plans),
        "removed" if done else "remove": sum(len(plan.gone) for plan in plans),
    }
    return ", ".join(f"{verb} {counted(number, 'profile')}" for verb, number in numbers.items() if number).capitalize()


def told(plans: Sequence[ProfilePlan], renaming: str) -> list[str]:
    """What is special about the names, and what is left and why; clean sentences, those that begin with `!` are
    warnings. `renaming`: what would rename profiles of another name."""
    roles = [it for plan in plans for it in plan.roles]
    new = [it for it in roles if it.what in (ADD, RENAME)]
    found = []
    if replaced := [it for it in new if it.replaced]:
        examples = {account(it): it.name for it in reversed(replaced)}
        shown = [f"{name} → {examples[name]}" for name in dict.fromkeys(map(account, replaced))]
        what = f"Replaced what shells or SDKs do not take, in {counted(len(replaced), 'name')}"
        found.append(f"{what}: {some(shown)}" if len(shown) <= SHOWN else f"{what}, such as {some(shown, more=False)}")
    if numbered := [f"{it.name} ({it.wanted.account_id})" for it in new if it.numbered]:
        found.append(f"Numbered, because the name is taken: {some(numbered)}")
    return found + left(plans, renaming)


def left(plans: Sequence[ProfilePlan], renaming: str) -> list[str]:
    """What is left and why, likewise."""
    roles = [it for plan in plans for it in plan.roles]
    found = _left(roles, plans, renaming)
    for it in roles:
        if it.what == REFUSE:
            what = clean(f"{it.wanted.role} in {account(it)}")
            found.append(f"! no profile for {what}: {clean(it.why)}, whose keys would be mixed with it")
    return found


def _left(roles: Sequence[Planned], plans: Sequence[ProfilePlan], renaming: str) -> list[str]:
    def names(why: str) -> list[str]:
        return [it.name for it in roles if it.what == LEAVE and it.why == why]

    found = []
    kept = sum(it.what == KEEP for it in roles)
    if kept:
        found.append(f"{counted(kept, 'profile')} of ssotui's {'is' if kept == 1 else 'are'} as wanted.")
    if configured := names(CONFIGURED):
        found.append(f"{counted(len(configured), 'role')} with a profile already: {some(configured)}")
    if other := names(RENAMABLE):
        found.append(f"{counted(len(other), 'profile')} with another name, which {renaming} gives up: {some(other)}")
    if by_hand := [*names(BY_HAND), *(name for plan in plans for name in plan.staying)]:
        found.append(f"! left, because somebody has changed what ssotui wrote: {some(by_hand)}")
    return found


def account(planned: Planned) -> str:
    """The account's name, its number where it has none; not clean yet."""
    return planned.wanted.account_name or planned.wanted.account_id
