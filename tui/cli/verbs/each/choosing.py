"""Which of the matching profiles a command runs under."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from ....aws.model import Profile


def account_of(profile: Profile) -> str:
    """The number of the account that the profile acts in, "" where that is not known."""
    arn = profile.options.get("role_arn", "") if profile.via is not None else ""
    return arn.split(":")[4] if arn.count(":") >= 5 else profile.account_id


def role_of(profile: Profile) -> str:
    """The name of the role that it acts as."""
    arn = profile.options.get("role_arn", "") if profile.via is not None else ""
    return arn.rpartition("/")[2] if arn else profile.role_name


def once_an_account(profiles: Sequence[Profile], roles: Sequence[str]) -> tuple[list[Profile], list[Profile]]:
    """One profile of each account: that with the role that comes first in `roles` (patterns, in any case), and among
    those the first; a broken one only where there is no other. Then, one for each account with none of these roles,
    the profiles that are left out."""
    accounts: dict[str, list[Profile]] = {}
    for profile in profiles:
        accounts.setdefault(account_of(profile) or profile.name, []).append(profile)
    chosen: list[Profile] = []
    left_out: list[Profile] = []
    for found in accounts.values():
        whole = [profile for profile in found if not profile.problems]
        best = min(whole or found, key=lambda profile: _place(profile, roles))
        (chosen if _place(best, roles) < len(roles) else left_out).append(best)
    return chosen, left_out


def _place(profile: Profile, roles: Sequence[str]) -> int:
    role = role_of(profile).lower()
    return next((place for place, pattern in enumerate(roles) if fnmatchcase(role, pattern.lower())), len(roles))
