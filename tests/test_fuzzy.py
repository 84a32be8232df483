"""What the filter finds, in which order, and which letters it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets import fuzzy

ROWS = [
    ("dev-admin", "111111111111", "Development", "Admin", "acme", "eu-central-1"),
    ("prod-readonly", "222222222222", "Production", "ReadOnly", "acme", "us-east-1"),
    ("nonprod-admin", "012345678901", "", "Admin", "lab", "eu-west-1"),
    ("prod", "333333333333", "", "PowerUser", "lab", "eu-west-1"),
    ("reprod", "444444444444", "", "ReadOnly", "old", ""),
    ("Übung", "555555555555", "Test prod", "ReadOnly", "old", ""),
]
NAMES = [row[0] for row in ROWS]


def index(order: list[int] | None = None) -> fuzzy.Index:
    return fuzzy.Index([fuzzy.haystack(*row) for row in ROWS], order or list(range(len(ROWS))))


def found(query: str, order: list[int] | None = None) -> list[str]:
    return [NAMES[at] for at in index(order).search(query)]


def test_an_empty_query_gives_every_row_in_order() -> None:
    assert found("") == NAMES
    assert found("  ") == NAMES
    assert found("", [5, 4, 3, 2, 1, 0]) == NAMES[::-1]


def test_the_whole_name_comes_first_then_its_start_then_a_word_then_its_middle_then_other_fields() -> None:
    assert found("prod") == ["prod", "prod-readonly", "nonprod-admin", "reprod", "Übung"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("production", ["prod-readonly"]),
        ("eu-central", ["dev-admin"]),
        ("poweruser", ["prod"]),
        ("lab", ["nonprod-admin", "prod"]),
        ("2345", ["nonprod-admin"]),
        ("012345678901", ["nonprod-admin"]),
    ],
)
def test_every_field_is_searched(query: str, names: list[str]) -> None:
    assert found(query) == names


def test_letters_may_be_scattered_within_a_field() -> None:
    assert found("prdro") == ["prod-readonly"]
    assert found("dvadm") == ["dev-admin"]


def test_letters_are_not_scattered_over_fields() -> None:
    # d-e-v of the name and the l-a-b of another field: two words, not one.
    assert found("prodlab") == []
    assert found("prod lab") == ["prod", "nonprod-admin"]


def test_digits_stay_together() -> None:
    assert found("0246") == []
    assert found("11111") == ["dev-admin"]


def test_case_and_composition_do_not_matter() -> None:
    assert found("ADMIN") == ["dev-admin", "nonprod-admin"]
    assert found("übung") == ["Übung"]
    assert found("U\u0308BUNG") == ["Übung"]


def test_equal_matches_keep_the_order_they_were_given() -> None:
    assert found("admin", [2, 0, 1, 3, 4, 5]) == ["nonprod-admin", "dev-admin"]


@pytest.mark.parametrize("query", ["[", "(", "a.*", "\\", "^prod", "prod$", "a|b", "*", "+"])
def test_a_query_is_no_pattern(query: str) -> None:
    assert found(query) == []


names = st.text(alphabet="abcD-1 2é", max_size=12)


@given(st.lists(st.tuples(names, names, names), max_size=8), st.text(alphabet="abD12é ", max_size=6))
def test_a_query_typed_letter_by_letter_finds_what_it_finds_at_once(
    rows: list[tuple[str, str, str]], query: str
) -> None:
    haystacks = [fuzzy.haystack(*row) for row in rows]
    order = list(range(len(rows)))
    typed = fuzzy.Index(haystacks, order)
    for end in range(len(query) + 1):
        result = typed.search(query[:end])
        assert result == fuzzy.Index(haystacks, order).search(query[:end])
    for end in range(len(query), -1, -1):
        assert typed.search(query[:end]) == fuzzy.Index(haystacks, order).search(query[:end])


@given(names, st.text(alphabet="abcD12é -", max_size=5))
def test_highlighted_letters_are_those_of_the_query(name: str, query: str) -> None:
    marked = fuzzy.positions(query, name)
    assert all(0 <= at < len(name) for at in marked)
    assert {fuzzy.fold(name)[at] for at in marked} <= set(fuzzy.fold(query))


@pytest.mark.parametrize(
    ("query", "name", "marked"),
    [
        ("dev", "dev-admin", "DEV-admin"),
        ("prod", "nonprod-prod", "nonprod-PROD"),
        ("prdro", "prod-readonly", "PRoD-ReadOnly"),
        ("adm dev", "dev-admin", "DEV-ADMin"),
        ("zzz", "dev-admin", "dev-admin"),
        ("acme", "dev-admin", "dev-admin"),
        ("", "dev-admin", "dev-admin"),
        ("s", "İs", "İs"),
    ],
)
def test_which_letters_are_highlighted(query: str, name: str, marked: str) -> None:
    at = fuzzy.positions(query, name)
    assert "".join(char.upper() if number in at else char for number, char in enumerate(name)) == marked


def near(*names: str, first: list[int] | None = None) -> list[str]:
    haystacks = [fuzzy.haystack(name, "") for name in names]
    order = fuzzy.by_nearness(haystacks, first or [0] * len(names))
    return [names[at] for at in order]


def test_among_equal_matches_the_shorter_name_comes_first_then_the_alphabet() -> None:
    assert near("prod-eu", "prod", "pear", "alfa") == ["alfa", "pear", "prod", "prod-eu"]


def test_what_was_used_comes_before_what_is_shorter() -> None:
    assert near("prod-eu", "prod", "pear", first=[0, 1, 1]) == ["prod-eu", "pear", "prod"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("!admin", ["prod-readonly", "prod", "reprod", "Übung"]),
        ("prod !admin", ["prod", "prod-readonly", "reprod", "Übung"]),
        ("!acme !old", ["nonprod-admin", "prod"]),
        ("!ACME lab", ["nonprod-admin", "prod"]),
        ("prod !", ["prod", "prod-readonly", "nonprod-admin", "reprod", "Übung"]),
        ("!", NAMES),
        ("!pdn", NAMES),  # scattered letters leave nothing out
    ],
)
def test_a_word_behind_an_exclamation_mark_leaves_rows_out(query: str, names: list[str]) -> None:
    assert found(query) == names
    typed = index()
    for end in range(len(query) + 1):
        result = typed.search(query[:end])
    assert [NAMES[at] for at in result] == names


def test_rows_that_are_only_not_left_out_stay_as_they_are_listed() -> None:
    found = fuzzy.Index([fuzzy.haystack(*row) for row in ROWS], [0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])
    assert [NAMES[at] for at in found.search("!acme")] == ["Übung", "reprod", "prod", "nonprod-admin"]


def test_a_state_is_found_beside_the_text_and_can_be_left_out() -> None:
    in_state = {"lab": {0}, "expired": {2, 4}}.get
    assert [NAMES[at] for at in index().search("expired", in_state)] == ["nonprod-admin", "reprod"]
    assert [NAMES[at] for at in index().search("!expired prod", in_state)] == ["prod", "prod-readonly", "Übung"]
    assert set(index().search("lab", in_state)) == {0, 2, 3}
    typed = index()
    for end in range(len("expired") + 1):
        result = typed.search("expired"[:end], in_state)
    assert [NAMES[at] for at in result] == ["nonprod-admin", "reprod"]


def test_a_word_that_is_a_state_is_not_looked_for_letter_by_letter() -> None:
    def in_state(word: str) -> set[int] | None:
        return {1} if "readonly".startswith(word) and len(word) > 3 else None

    rows = ["r-e-a-d-o-n-l-y", "other", "my-readonly", "last"]
    letters = fuzzy.Index([fuzzy.haystack(name) for name in rows], range(4))
    assert letters.search("readonly") == [2, 0]
    assert letters.search("readonly", in_state) == [2, 1]  # the word itself, and the state
    assert letters.search("rea", in_state) == [2, 0]
    assert fuzzy.positions("readonly", rows[0], {"readonly"}) == frozenset()
    assert len(fuzzy.positions("readonly", rows[2], {"readonly"})) == 8
