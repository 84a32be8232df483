"""The filter's matching: every word of the query has to be found, as a whole or letter by letter, in one field, or
has to be the state that a row is in; and no word behind a `!` may. A word that is a state is not looked for letter by
letter: that would bring rows which are in another one.

Ten thousand rows are searched between two key presses. So the rows are lower-cased once into plain strings with the
fields set apart by a character that no cleaned text holds, the searching is left to `str.find` and `re`, and a query
that only grew searches what its shorter form had found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from unicodedata import normalize

SEPARATOR = "\x1f"

# Ranks, best first. The spread of a scattered match is added to the last two, so they stand apart.
_EXACT, _START, _WORD, _INSIDE, _FIELD_WORD, _FIELD = range(6)
_SCATTERED_NAME, _SCATTERED_FIELD = 100, 500
_WIDEST = 399


def fold(text: str) -> str:
    """`text` as it is compared: lower case, composed characters."""
    return text.lower() if text.isascii() else normalize("NFC", text).lower()


def haystack(name: str, *fields: str) -> str:
    """One row as the Index wants it: the name, then the other fields."""
    return fold(SEPARATOR.join((name, *fields)))


def by_nearness(haystacks: Sequence[str], first: Sequence[int]) -> list[int]:
    """The order of rows that match equally well: by `first`, then the shorter name, then the alphabet."""
    order = sorted(range(len(haystacks)), key=haystacks.__getitem__)
    lengths = [text.find(SEPARATOR) for text in haystacks]
    order.sort(key=lengths.__getitem__)
    order.sort(key=first.__getitem__)
    return order


def _units(word: str) -> list[str]:
    # Digits stay together: an account id is looked up by a part of it, and three digits scattered over
    # twelve would find nearly every account.
    return re.findall(r"\d+|\D", word)


def _scattered(word: str) -> Callable[[str], re.Match[str] | None] | None:
    units = _units(word)
    if len(units) < 2:
        return None
    return re.compile(f"[^{SEPARATOR}]*?".join(map(re.escape, units))).search


InState = Callable[[str], Collection[int] | None]
"""Gives the rows that are in the state that a word names, None for a word that names none."""

LEAVE_OUT = "!"
"""In front of a word: without the rows that have it."""


class Index:
    """The rows of a list, ready to be searched.

    `haystacks` come from `haystack`. `order` is the order of rows that match equally well, `listed` that of rows which
    are only not left out; both are permutations of the indices.
    """

    def __init__(self, haystacks: Sequence[str], order: Sequence[int], listed: Sequence[int] | None = None) -> None:
        self._haystacks = haystacks
        self._order = order
        self._listed = order if listed is None else listed
        self._query = ""
        self._found: Sequence[int] = order

    def search(self, query: str, in_state: InState = lambda _word: None) -> list[int]:
        """Indices of the matching rows, best match first.

        A word that stands in the name wins over one in another field, its beginning over its middle, and
        letters in a row over scattered ones. An empty query gives every row.
        """
        query = fold(query)
        words = [word for word in query.split() if not word.startswith(LEAVE_OUT)]
        left_out = [word[1:] for word in query.split() if word.startswith(LEAVE_OUT) and len(word) > 1]
        states = {word: rows for word in (*words, *left_out) if (rows := in_state(word)) is not None}
        # A longer query can then find more than a shorter one has.
        grows = bool(left_out or states)
        found = self._found if self._query and not grows and query.startswith(self._query) else self._order
        if not words:
            found = self._listed
        ranks = dict.fromkeys(found, 0)
        for word in words:
            ranks = self._rank(word, ranks, states.get(word))
        self._query, self._found = ("", self._order) if grows or not words else (query, list(ranks))
        for word in left_out:
            rows, haystacks = states.get(word, ()), self._haystacks
            ranks = {index: rank for index, rank in ranks.items() if index not in rows and word not in haystacks[index]}
        buckets: dict[int, list[int]] = {}
        for index, rank in ranks.items():
            buckets.setdefault(rank, []).append(index)
        return [index for rank in sorted(buckets) for index in buckets[rank]]

    def _rank(self, word: str, rows: dict[int, int], in_state: Collection[int] | None) -> dict[int, int]:
        haystacks = self._haystacks
        scattered = _scattered(word) if in_state is None else None
        size = len(word)
        ranked: dict[int, int] = {}
        for index, rank in rows.items():
            text = haystacks[index]
            at = text.find(word)
            if at < 0:
                if in_state is not None and index in in_state:
                    ranked[index] = rank + _FIELD_WORD
                    continue
                match = scattered(text) if scattered else None
                if match is None:
                    continue
                start, end = match.span()
                base = _SCATTERED_NAME if text.find(SEPARATOR, 0, start) < 0 else _SCATTERED_FIELD
                ranked[index] = rank + base + min(end - start, _WIDEST)
            elif at == 0:
                whole = len(text) == size or text[size] == SEPARATOR
                ranked[index] = rank + (_EXACT if whole else _START)
            else:
                ranked[index] = rank + _place(text, word, at)
        return ranked


def _place(text: str, word: str, at: int) -> int:
    end = text.find(SEPARATOR)
    if 0 <= end < at:
        return _FIELD if text[at - 1].isalnum() else _FIELD_WORD
    while at >= 0:
        if not text[at - 1].isalnum():
            return _WORD
        at = text.find(word, at + 1, end if end >= 0 else len(text))
    return _INSIDE


def positions(query: str, text: str, states: Collection[str] = ()) -> frozenset[int]:
    """Which characters of `text` the words of `query` stand on, for highlighting them. Empty where none does. `states`:
    those of the words that are states."""
    folded = fold(text)
    if len(folded) != len(text):
        return frozenset()
    marked: set[int] = set()
    for word in fold(query).split():
        if word.startswith(LEAVE_OUT) or (word in states and word not in folded):
            continue
        marked.update(_word_positions(word, folded))
    return frozenset(marked)


def _word_positions(word: str, text: str) -> list[int]:
    at = text.find(word)
    if at >= 0:
        start = at
        while at > 0 and text[at - 1].isalnum():
            at = text.find(word, at + 1)
        start = at if at > 0 else start
        return list(range(start, start + len(word)))
    units = _units(word)
    place, ends = 0, 0
    for unit in units:
        place = text.find(unit, place)
        if place < 0:
            return []
        place += len(unit)
        ends = place
    # Back from where the last letter was found: the letters then stand as close together as they can.
    marked: list[int] = []
    for unit in reversed(units):
        at = text.rfind(unit, 0, ends)
        marked.extend(range(at, at + len(unit)))
        ends = at
    return marked
