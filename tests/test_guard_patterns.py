"""The patterns of guard rules: what they find is what Python's own would find, and nothing makes them slow."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.guard.patterns import LIMIT, TRIES, Pattern, PatternError
from tui.guard.rules import MAYBE, Facts, Guard, Rule

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
        ("/(prod/", "cannot be read: missing ) at position 5"),
        ("/prod)/", "cannot be read: unbalanced parenthesis at position 4"),
        ("/*prod/", "cannot be read: nothing to repeat at position 0"),
        ("/[prod/", "cannot be read: unterminated character set at position 5"),
        ("/[z-a]/", "cannot be read: bad character range at position 4"),
        ("*" * 501, "is longer than 500 characters"),
    ],
)
def test_what_cannot_be_read_says_why(pattern: str, what: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(pattern)
    assert str(caught.value) == what


def test_an_expression_that_takes_too_long_is_asked_no_more_and_may_mean_every_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pattern = Pattern(r"/^(x+x+)+y$/")
    asked = []

    def slow(text: str, timeout: float) -> None:
        asked.append((text, timeout))
        raise TimeoutError

    monkeypatch.setattr(pattern, "_found", slow)
    rule = Rule("guard 1", {}, match={"profile": (pattern,)}, confirm=True, agents=True)
    guard = Guard((rule,))
    for name in ("a", "b", "c"):
        facts = Facts(profile=name)
        assert rule.means(facts) == MAYBE
        assert guard.asks(facts, "use")
        assert not guard.lets_agents(facts)
    assert asked == [("a", LIMIT)] * TRIES


def test_an_expression_that_was_held_up_once_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine slept, or the program was stopped for a while, just then."""
    pattern = Pattern("/prod/")
    answers: list[object] = [TimeoutError(), object(), None]

    def held_up(_text: str, timeout: float) -> object:
        answer = answers.pop(0)
        if isinstance(answer, TimeoutError):
            raise answer
        return answer

    monkeypatch.setattr(pattern, "_found", held_up)
    assert pattern.matches("payments-prod")
    assert not pattern.given_up
    assert not pattern.matches("payments-dev")


def test_an_expression_without_end_ends() -> None:
    pattern = Pattern(r"/^(\w|\w\w|a|aa)*!$/")
    pattern.matches("a" * 400)  # with Python's own this never comes back


@pytest.mark.parametrize("glob", ["*a*a*a*a*a*a*a*b", "?*?*?*?*?*?*b", "[a]*[a]*[a]*[a]*b"])
def test_no_glob_goes_back(glob: str) -> None:
    assert not Pattern(glob).matches("a" * 2000)
