"""In which order profiles are listed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.aws.model import Profile
from tui.screens.board.order import ORDERS, after, in_full, in_order, of_head
from tui.state_file import MORE_SORTS, SORTS
from tui.widgets.columns import CREDENTIALS, ORDER

from .widget_host import profile, session

INFINITY = float("inf")
SESSIONS = {key: session(key) for key in ("acme", "lab")}


def listed(sort: str, *profiles: Profile, recent: tuple[str, ...] = (), **ends: float) -> list[str]:
    found = in_order(profiles, SESSIONS, sort, recent, lambda key: ends.get(key, INFINITY))
    return [each.name for each in found]


FOUR = (
    profile("Dev", "lab", "333333333333", "Reader"),
    profile("alfa", "acme", "222222222222", "admin"),
    profile("broken", None, "", ""),
    profile("zulu", "acme", "111111111111", "Billing"),
)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", "alfa broken Dev zulu"),
        ("recent", "zulu Dev alfa broken"),
        ("session", "alfa zulu Dev broken"),
        ("expiry", "Dev alfa zulu broken"),
        ("account", "zulu alfa Dev broken"),
        ("account name", "alfa broken Dev zulu"),
        ("role", "alfa zulu Dev broken"),
        ("region", "alfa broken Dev zulu"),
    ],
)
def test_every_order_sorts_by_its_column_and_then_by_name(sort: str, names: str) -> None:
    assert listed(sort, *FOUR, recent=("zulu", "gone", "Dev"), lab=10.0, acme=20.0) == names.split()


@given(st.permutations(FOUR), st.sampled_from(list(ORDERS)))
def test_the_order_of_the_files_does_not_matter(profiles: list[Profile], sort: str) -> None:
    assert listed(sort, *profiles, acme=5.0) == listed(sort, *FOUR, acme=5.0)


def test_the_key_goes_round_the_four_orders() -> None:
    assert {*SORTS, *MORE_SORTS} == ORDERS.keys()
    for sort in SORTS:
        seen = [sort, *islice(iter_after(sort), len(SORTS))]
        assert seen[-1] == sort
        assert set(seen) == set(SORTS)
    assert {after(sort) for sort in MORE_SORTS} == {"name"}


def iter_after(sort: str) -> Iterator[str]:
    while True:
        yield (sort := after(sort))


def test_every_head_sorts_by_its_column() -> None:
    for column in ORDER:
        assert column == CREDENTIALS or ORDERS[of_head(column)].column == column
    assert of_head(CREDENTIALS) == ""  # not that of another column


def test_a_line_says_all_of_a_row() -> None:
    each = profile("payments-prod.Admin")
    each.account_name = "payments-prod"
    assert in_full(each, SESSIONS["acme"]) == "payments-prod.Admin · 111111111111 · acme · eu-central-1"
    each.account_name, each.role_name = "Payments", "Reader"
    assert in_full(each, None) == "payments-prod.Admin · 111111111111 · Reader · acme · eu-central-1"
    assert in_full(profile("broken", None, "", ""), None) == "broken · eu-central-1"
