"""What is taken away by a listing, and what a listing is not believed."""

from __future__ import annotations

from tui.aws.cache.account_list import Account, AccountList
from tui.aws.role.offered import all_roles, to_prune_by

SOME = Account("111111111111", "Dev", "", ("Admin",), 1)


def test_a_portal_that_offers_nothing_at_all_takes_no_profile_away() -> None:
    nothing = AccountList({}, 1)
    assert nothing.complete
    assert all_roles(nothing) == frozenset()
    assert to_prune_by(nothing) is None
    some = AccountList({SOME.account_id: SOME}, 1)
    assert to_prune_by(some) == frozenset({("111111111111", "Admin")})
