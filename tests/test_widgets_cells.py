"""Names that do not fit: cut in the middle, no two alike, and never less of one where there is more room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets import cells

from .names import NAMES

PARTS = st.one_of(
    st.sampled_from(
        ["prod", "prod-eu", "payments", "AWSAdministratorAccess", "AWSPowerUserAccess", "漢字", "e\u0301t"]
    ),
    st.text("ab-", max_size=30),
    st.text("ab…é漢", max_size=8),
)
FAMILIES = st.lists(st.lists(PARTS, min_size=1, max_size=5).map(".".join), unique=True, max_size=40)


def texts(names: list[str], width: int) -> list[str]:
    found = cells.cuts(names, width)
    return [found[name].text if name in found else name for name in names]


@given(FAMILIES, st.integers(12, 60))
def test_no_two_names_read_alike_at_any_width(names: list[str], width: int) -> None:
    shown = texts(names, width)
    assert len(set(shown)) == len(names)
    assert all(cell_len(text) <= width for text in shown)


@given(FAMILIES, st.integers(12, 60))
def test_what_is_left_of_a_name_is_of_that_name(names: list[str], width: int) -> None:
    for name, cut in cells.cuts(names, width).items():
        assert all(0 <= start < end <= len(name) for start, end in cut.runs)
        for place, at in cut.places().items():
            assert cut.text[at] == name[place]


@pytest.mark.parametrize("width", range(20, 72))
def test_no_two_of_hundreds_of_real_names_read_alike(width: int) -> None:
    shown = texts(NAMES, width)
    assert len(set(shown)) == len(NAMES)
    # And the room is used: a name is not cut shorter than it has to be.
    assert all(width - cell_len(text) <= 1 for name, text in zip(NAMES, shown, strict=True) if text != name)


def test_more_room_never_shows_less_of_a_name() -> None:
    before = dict.fromkeys(NAMES, 0)
    for width in range(20, 80):
        found = cells.cuts(NAMES, width)
        now = {
            name: sum(end - start for start, end in found[name].runs) if name in found else len(name) for name in NAMES
        }
        assert not {name: (width, before[name], now[name]) for name in NAMES if now[name] < before[name]}
        before = now


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("AWSAdministratorAccess-100000000036", 24, "AWSAdministr…00000000036"),
        ("short", 24, "short"),
        ("漢字漢字漢字漢字漢字", 9, "漢字…漢字"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("", 4, ""),  # a profile without a role
    ],
)
def test_a_name_is_cut_in_the_middle(name: str, width: int, shown: str) -> None:
    assert cells.middle(name, width).text == shown


def test_a_cut_goes_around_what_differs() -> None:
    names = [f"globex-payments-{stage}-administrator-eu-central-1" for stage in ("prod", "production", "test")]
    for text, stage in zip(texts(names, 30), ("prod-", "produ", "te"), strict=True):
        assert stage in text, text


def test_names_that_only_their_length_tells_apart_are_told_apart() -> None:
    names = ["a" * size for size in range(50, 150)]
    assert len(set(texts(names, 20))) == len(names)
