"""Fitting text into a number of terminal cells: wide characters take two, combining ones none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"


def width_of(text: str) -> int:
    """Cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; a cut ends in `…`. For sentences: what a name differs in is often its end."""
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return (text[: width - 1] if text.isascii() else set_cell_size(text, width - 1).rstrip()) + ELLIPSIS


def pad(text: str, width: int) -> str:
    """`text` in exactly `width` cells, filled up on the right."""
    text = cut(text, width)
    return text + " " * (width - width_of(text))


def fit(name: str, width: int) -> str:
    """`name` in exactly `width` cells, filled up on the right, cut in the middle."""
    text = middle(name, width).text
    return text + " " * (width - width_of(text))


def pad_left(text: str, width: int) -> str:
    """`text` in exactly `width` cells, filled up on the left: for numbers and times."""
    text = cut(text, width)
    return " " * (width - width_of(text)) + text


def widest(texts: list[str], cap: int) -> int:
    """Cells of the widest of `texts`, never more than `cap`. One pass in C when all of them are ASCII."""
    if not texts:
        return 0
    measure = len if "".join(texts).isascii() else width_of
    return min(max(map(measure, texts)), cap)


class Cut(NamedTuple):
    """A name with something left out: its text, and which characters of the name are left, from where to where."""

    text: str
    runs: tuple[tuple[int, int], ...]

    def places(self) -> dict[int, int]:
        """Where in the text each character of the name stands that is left."""
        found: dict[int, int] = {}
        at = 0
        for number, (start, end) in enumerate(self.runs):
            at += bool(number or start)  # the ellipsis
            found.update((start + step, at + step) for step in range(end - start))
            at += end - start
        return found


def middle(name: str, width: int) -> Cut:
    """`name` in at most `width` cells, cut in the middle: what names begin and end with tells most of them apart."""
    if width_of(name) <= width:
        return _cut(name, [(0, len(name))])
    if width <= 1:
        return Cut(ELLIPSIS[:width], ())
    start = _first(name, width // 2)
    return _cut(name, [(0, start), (_last(name, width - 1 - width // 2), len(name))])


def cuts(names: Iterable[str], width: int) -> dict[str, Cut]:
    """All those of `names` that are wider than `width`, cut so that no two read alike.

    In the middle where that does; where names differ in what that hides, around the places at which they part.
    """
    found, whole = {}, set()
    for name in names:
        if (len(name) if name.isascii() else cell_len(name)) > width:
            found[name] = middle(name, width)
        elif ELLIPSIS in name:
            whole.add(name)
    alike: dict[str, list[str]] = {}
    for name, each in found.items():
        alike.setdefault(each.text, []).append(name)
    taken = whole | alike.keys()
    for text, group in alike.items():
        if len(group) > 1 or text in whole:
            group.sort()
            for name, each in zip(group, _around(group, width) or map(found.__getitem__, group), strict=True):
                found[name] = each if each.text not in taken else _any(name, width, taken)
                taken.add(found[name].text)
    return found


def _cut(name: str, runs: Sequence[tuple[int, int]]) -> Cut:
    runs = [(start, end) for start, end in runs if end > start]
    before = ELLIPSIS if name and (not runs or runs[0][0] > 0) else ""
    after = ELLIPSIS if runs and runs[-1][1] < len(name) else ""
    return Cut(before + ELLIPSIS.join(name[start:end] for start, end in runs) + after, tuple(runs))


def _first(name: str, width: int) -> int:
    """How many characters from the start fit into `width` cells."""
    if name.isascii():
        return min(width, len(name))
    end = used = 0
    for end, char in enumerate(name):
        used += cell_len(char)
        if used > width:
            return end
    return end + 1


def _last(name: str, width: int) -> int:
    """From which character on the rest of the name fits into `width` cells."""
    if name.isascii():
        return max(len(name) - width, 0)
    start = len(name) - _first(name[::-1], width)
    while start < len(name) and not cell_len(name[start]):
        start += 1  # it would join what is in front of it here
    return start


def _around(names: Sequence[str], width: int) -> list[Cut] | None:
    """Cuts of (sorted) names around where they part, None if there is no room. They begin alike: whatever two of them
    show, up to the first character at which they part, stands at the same places."""
    partings = _partings(names)
    for head in (width // 2, width // 3, width // 6, 2, 0):
        for before in (4, 2, 0):
            found: list[Cut] = []
            for name, places in zip(names, partings, strict=True):
                each = _with(name, places, head, before, width)
                if each is None:
                    break
                found.append(each)
            else:
                return found
    return None


def _partings(names: Sequence[str]) -> list[list[int]]:
    """At which characters each of the (sorted) names parts from others of them."""
    found: list[list[int]] = [[] for _ in names]
    groups = [(0, len(names))]
    while groups:
        first, last = groups.pop()
        place = _alike(names[first], names[last - 1])
        start = first
        for at in range(first, last):
            found[at].append(place)
            if at > first and names[at][place : place + 1] != names[start][place : place + 1]:
                groups += [(start, at)] * (at - start > 1)
                start = at
        groups += [(start, last)] * (last - start > 1)
    return found


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _with(name: str, places: Sequence[int], head: int, before: int, width: int) -> Cut | None:
    runs = [(0, _first(name, head))]
    for place in places:
        start, end = runs[-1]
        if place - before <= end + 1:
            runs[-1] = start, max(end, min(place + 1, len(name)))
        else:
            runs.append((place - before, min(place + 1, len(name))))
    start, end = runs[-1]
    room = width - width_of(_cut(name, runs).text)
    if room < 0:
        return None
    rest = name[end:]
    if width_of(rest) <= room + 1:
        return _cut(name, [*runs[:-1], (start, len(name))])
    tail = _last(rest, room * 2 // 3)
    on = _first(rest, room - width_of(rest[tail:]))
    return _cut(name, [*runs[:-1], (start, end + on), (end + tail, len(name))])


def _any(name: str, width: int, taken: set[str]) -> Cut:
    """Any cut that nobody has taken; a number in place of the end where names are too much alike for that."""
    for head in range(width - 1, -1, -1):
        cut = _cut(name, [(0, _first(name, head)), (_last(name, width - 1 - head), len(name))])
        if cut.text not in taken:
            return cut
    number = 2
    while True:
        end = f"{ELLIPSIS}{number}"
        head = _first(name, max(width - len(end), 0))
        if name[:head] + end not in taken:
            return Cut(name[:head] + end, ((0, head),))
        number += 1
