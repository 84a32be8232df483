"""How numbers of things are said, and many names."""

from __future__ import annotations

from collections.abc import Sequence

from ..text import LIMIT, clean

SHOWN = 6
"""Names that are told one by one, where nothing else is wanted."""


def counted(number: int, what: str) -> str:
    """`1 profile`, `2 profiles`. `what`: one of them."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def some(names: Sequence[str], most: int = SHOWN, more: bool = True, limit: int = LIMIT) -> str:
    """The first of these names, made harmless here, and (if `more`) how many others there are. `limit`: letters of a
    name."""
    rest = len(names) - most
    return ", ".join(clean(name, limit) for name in names[:most]) + (f" and {rest} more" if more and rest > 0 else "")


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, as they are: `acme, lab and old`; of many only the first three."""
    if len(names) > 4:
        names = [*names[:3], f"{len(names) - 3} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
