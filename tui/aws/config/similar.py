"""What somebody may have meant who wrote a name that there is not.

Names are long and made of words (`payments-prod.platform-engineer-breakglass`): who mistypes one has often written its
beginning, or some of its words, and seldom the whole.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 3
"""Suggestions that one reads at a glance."""

SUGGESTING = "did you mean "
"""How a suggestion begins."""

_INSIDE = 3
"""Letters from which on a part that stands anywhere in a name means something."""

_CLOSE = 0.75
_BEGINS = 0.9

_WORDS = re.compile(r"[^\W_]+")


def similar(name: str, names: Sequence[str]) -> list[str]:
    """The few of `names` that were probably meant by `name`, best first."""
    return alike(name, names)[:SHOWN]


def suggestion(meant: Sequence[str]) -> str:
    """These names as a question: `did you mean payments-dev, payments-qa or payments?`; "" for none. Foreign text."""
    *others, last = meant or [""]
    names = f"{', '.join(others)} or {last}" if others else last
    return f"{SUGGESTING}{names}?" if names else ""


def alike(name: str, names: Sequence[str]) -> list[str]:
    """All of `names` that may have been meant, best first: but for blanks and capitals the same; else those that begin
    with it, then those that hold it; else those with all of its words, or words close to them; else what is much like
    it."""
    plain = name.strip().casefold()
    folded = {other: other.strip().casefold() for other in names}
    found = [other for other, text in folded.items() if text == plain]
    if found or not plain:
        return found
    begins = [other for other, text in folded.items() if text.startswith(plain)]
    inside = [other for other, text in folded.items() if plain in text] if len(plain) >= _INSIDE else []
    found = sorted(begins, key=len) + sorted((other for other in inside if other not in begins), key=len)
    return found or _with_words(plain, folded) or get_close_matches(name, names, SHOWN)


def _with_words(plain: str, folded: dict[str, str]) -> list[str]:
    """The names that have a word for each word of `plain`, the closest first."""
    wanted = _WORDS.findall(plain)
    words = {other: set(_WORDS.findall(text)) for other, text in folded.items()}
    known = set().union(*words.values())
    scores = [_scores(word, known) for word in wanted]
    found: dict[str, float] = {}
    for other, own in words.items():
        best = [max((score[word] for word in own if word in score), default=0.0) for score in scores]
        if best and all(best):
            found[other] = sum(best)
    # Of those that have as many words of it, the one that is most like the whole: one letter may be all that is wrong.
    likeness = {other: SequenceMatcher(None, plain, folded[other]).ratio() for other in found}
    return sorted(found, key=lambda other: (-round(found[other], 3), -likeness[other], len(other)))


def _scores(word: str, known: Iterable[str]) -> dict[str, float]:
    """Which of the `known` words can stand for this one, and how well."""
    found = dict.fromkeys((other for other in known if other.startswith(word)), _BEGINS)
    if len(word) >= _INSIDE:
        for other in get_close_matches(word, known, 10, _CLOSE):
            found[other] = max(found.get(other, 0.0), SequenceMatcher(None, word, other).ratio())
    return found
