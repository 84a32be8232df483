"""The patterns of guard rules: what they find is what Python's own would find, and nothing makes them slow."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.guard.patterns import Pattern, PatternError

from .test_cost import calls

TEXTS = st.text("abAB-_ 019", max_size=14)

CHARACTERS = st.sampled_from(["a", "B", "-", "_", "0", ".", "[ab]", "[^b]", "[a-c0]", "[0-9-]", "[]a]", r"[\d_]"])
ESCAPES = st.sampled_from([r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\.", r"\-"])
PLACES = st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
ATOMS = CHARACTERS | ESCAPES | PLACES
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    rows = []
    for _ in range(draw(st.integers(1, 2))):
        row = ""
        for _ in range(draw(st.integers(0, 3))):
            if depth and draw(st.integers(0, 3)) == 0:
                atom = draw(st.sampled_from(["({})", "(?:{})"])).format(draw(expressions(depth - 1)))
            else:
                atom = draw(ATOMS)
            row += atom + (draw(REPEATS) if atom not in ("^", "$", r"\b", r"\B", r"\A", r"\Z") else "")
        rows.append(row)
    return "|".join(rows)


@given(expressions(), TEXTS)
def test_a_regular_expression_finds_what_python_finds(expression: str, text: str) -> None:
    if not text and r"\B" in expression:
        return  # before 3.14 Python finds it nowhere in nothing
    found = re.search(expression, text, re.IGNORECASE) is not None
    assert Pattern(f"/{expression}/").matches(text) == found, (expression, text)


@given(st.text("ab*?[]!-0", max_size=9), TEXTS)
def test_a_glob_is_what_python_takes_for_one(glob: str, text: str) -> None:
    if len(glob) > 1 and glob[0] == glob[-1] == "/":
        return
    assert Pattern(glob).matches(text) == fnmatch.fnmatchcase(text.lower(), glob.lower()), (glob, text)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("*prod*", "Payments-PROD.Admin", True),
        ("*prod*", "payments-staging", False),
        ("prod", "prod", True),
        ("prod", "prod-eu", False),  # a glob is the whole
        ("prod-*", "prod-", True),
        ("/^prod-|-prod$/", "payments-prod", True),
        ("/^prod-|-prod$/", "payments-production", False),
        (r"/\bprod\b/", "payments-prod-eu", True),
        (r"/\bprod\b/", "products", False),
        ("/(live|prod)[0-9]{2}/", "x-Live07", True),
        ("22222222222?", "222222222222", True),
        ("*é*", "CAFÉ", True),
        ("/", "/", True),
        ("//", "anything", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_what_matches(pattern: str, text: str, found: bool) -> None:
    assert Pattern(pattern).matches(text) == found


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("/(prod/", "has a ( that nothing closes"),
        ("/prod)/", "has a ) that nothing opens"),
        ("/*prod/", "has a * with nothing in front of it"),
        ("/[prod/", "ends in the middle"),
        ("/prod\\/", "ends in the middle"),
        ("/(?=prod)/", "has (?=, which is not understood here"),
        ("/(?i)prod/", "has (?i, which is not understood here"),
        (r"/(a)\1/", r"has \1, which is not understood here"),
        ("/a**/", "repeats a repeat"),
        ("/a*+/", "has a possessive repeat, which is not understood here"),
        ("/[z-a]/", "has a range without an order"),
        ("/a{5000}/", "repeats something {5000} times"),
        ("/((a{99}){99}){99}/", "is too large"),
        ("*" * 501, "is longer than 500 characters"),
        ("/" + "(" * 240 + "a" + ")" * 240 + "/", "is nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_why(pattern: str, what: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(pattern)
    assert str(caught.value) == what


@pytest.mark.parametrize(
    "pattern", ["/(a+)+b/", "/(a|a)*b/", "/(a*)*(a*)*b/", "/a*a*a*a*a*a*a*a*b/", "*a*a*a*a*a*a*a*b", "/(a?){40}a{40}b/"]
)
def test_the_time_grows_with_the_text_alone(pattern: str) -> None:
    """Each of these keeps Python's own busy for longer than anybody lives."""
    short, long = (calls(lambda size=size: Pattern(pattern).matches("a" * size)) for size in (1000, 8000))  # type: ignore[misc]
    assert long < 9 * short + 1000
    assert short < 200_000
    assert Pattern(pattern).matches("a" * 100 + "b")
