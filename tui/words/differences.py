"""What a change of a file changes, line by line, as people read it."""

from __future__ import annotations

from bisect import bisect_left

from ..text import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ADDED, GONE, SAME, PLACE = "+", "-", " ", "@"

AROUND = 3
"""Lines that are shown above and below a change."""

_COMPARED = 250_000
"""Pairs of lines in a stretch with nothing unique, above which it counts as wholly another."""


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """The changed lines with some around them: each with its kind (ADDED, GONE, SAME, PLACE for the line that says
    where), clean, with its first character. What both texts begin and end with is not compared: a file may have
    thousands of sections."""
    old, new = _lines(before), _lines(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    first, end = max(head - AROUND, 0), max(tail - AROUND, 0)
    old, new = old[first : len(old) - end], new[first : len(new) - end]
    found: list[tuple[str, str]] = []
    for group in _grouped(old, new):
        found.append((PLACE, f"@ line {first + group[0][3] + 1}"))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [_line(SAME, line) for line in old[old_from:old_to]]
                continue
            found += [_line(GONE, line) for line in old[old_from:old_to]]
            found += [_line(ADDED, line) for line in new[new_from:new_to]]
    return found


def _grouped(old: list[str], new: list[str]) -> Iterator[Sequence[tuple[str, int, int, int, int]]]:
    """What difflib groups, in time that many changed sections do not multiply: most of their lines are those of all
    others, and difflib tries each with each. So the lines that both texts have once lead, and what lies between two of
    them is compared alone."""
    from difflib import Match, SequenceMatcher

    same: list[Match] = []

    def add(a: int, b: int, size: int) -> None:
        if same and (same[-1].a + same[-1].size, same[-1].b + same[-1].size) == (a, b):
            a, b, size = same[-1].a, same[-1].b, same.pop().size + size
        same.append(Match(a, b, size))

    a = b = 0
    for next_a, next_b in [*_landmarks(old, new), (len(old), len(new))]:
        if 0 < (next_a - a) * (next_b - b) <= _COMPARED:
            for found in SequenceMatcher(None, old[a:next_a], new[b:next_b], autojunk=False).get_matching_blocks():
                if found.size:
                    add(a + found.a, b + found.b, found.size)
        if next_a < len(old):
            add(next_a, next_b, 1)
        a, b = next_a + 1, next_b + 1

    class Compared(SequenceMatcher[str]):
        def get_matching_blocks(self) -> list[Match]:
            return [*same, Match(len(old), len(new), 0)]

    return iter(Compared(None, old, new, autojunk=False).get_grouped_opcodes(AROUND))


def _landmarks(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Where the lines are that both have once, as many as come in the same order in both."""
    places: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for lines, found in zip((old, new), places, strict=True):
        for at, line in enumerate(lines):
            found[line] = -1 if line in found else at
    pairs = [(at, places[1].get(line, -1)) for line, at in places[0].items() if at >= 0]
    ends: list[int] = []  # the smallest place in `new` with which so many pairs in order can end
    chain: list[tuple[int, int, int]] = []  # a pair, and the one before it in its order, -1 for none
    last: list[int] = []
    for a, b in sorted(pair for pair in pairs if pair[1] >= 0):
        at = bisect_left(ends, b)
        ends[at : at + 1] = [b]
        last[at : at + 1] = [len(chain)]
        chain.append((a, b, last[at - 1] if at else -1))
    found_pairs: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        a, b, at = chain[at]
        found_pairs.append((a, b))
    return found_pairs[::-1]


def _lines(text: str) -> list[str]:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return plain.split("\n") if plain else []


def _line(kind: str, text: str) -> tuple[str, str]:
    return kind, f"{kind} {clean(text.replace(chr(9), '    '), 1000)}".rstrip()
