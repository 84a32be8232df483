"""What a change of a file changes, line by line, as people read it."""

from __future__ import annotations

from ..text import clean

ADDED, GONE, SAME, PLACE = "+", "-", " ", "@"

AROUND = 3
"""Lines that are shown above and below a change."""


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """The changed lines with some around them: each with its kind (ADDED, GONE, SAME, PLACE for the line that says
    where), clean, with its first character. What both texts begin and end with is not compared: a file may have
    thousands of sections."""
    from difflib import SequenceMatcher

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
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        found.append((PLACE, f"@ line {first + group[0][3] + 1}"))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [_line(SAME, line) for line in old[old_from:old_to]]
                continue
            found += [_line(GONE, line) for line in old[old_from:old_to]]
            found += [_line(ADDED, line) for line in new[new_from:new_to]]
    return found


def _lines(text: str) -> list[str]:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return plain.split("\n") if plain else []


def _line(kind: str, text: str) -> tuple[str, str]:
    return kind, f"{kind} {clean(text.replace(chr(9), '    '), 1000)}".rstrip()
