"""Which of the matching profiles a command runs under."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from ....aws.model import Profile


def once_an_account(profiles: Sequence[Profile], roles: Sequence[str]) -> tuple[list[Profile], list[Profile]]:
    """One profile of each account: that with the role that comes first in `roles` (patterns, in any case), and among
    those the first; a broken one only where there is no other. Then, one for each account with none of these roles,
    the profiles that are left out."""
    accounts: dict[str, list[Profile]] = {}
    for profile in profiles:
        accounts.setdefault(profile.account_id or profile.name, []).append(profile)
    chosen: list[Profile] = []
    left_out: list[Profile] = []
    for found in accounts.values():
        whole = [profile for profile in found if not profile.problems]
        best = min(whole or found, key=lambda profile: _place(profile, roles))
        (chosen if _place(best, roles) < len(roles) else left_out).append(best)
    return chosen, left_out


def _place(profile: Profile, roles: Sequence[str]) -> int:
    role = profile.role_name.lower()
    return next((place for place, pattern in enumerate(roles) if fnmatchcase(role, pattern.lower())), len(roles))
