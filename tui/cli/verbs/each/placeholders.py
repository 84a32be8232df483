"""What is replaced in the words of a command.

There is no shell between: a word stays one word. But the command may be a shell, or the word the path of a file, and
the names of accounts are given by others: of these only what is safe in both is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PLACEHOLDERS = ("profile", "account_id", "account_name", "region")

_FOUND = re.compile(r"\{\{|\{(" + "|".join(PLACEHOLDERS) + r")\}")
_UNSAFE = re.compile(r"[^\w.+@]+")


class Missing(Exception):
    """The placeholder has no value here."""


def filled(words: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The words with their values; `{{` becomes a brace, and all other braces stay. Raises Missing."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "{"
        if not values[name]:
            raise Missing(name)
        return values[name]

    return tuple(_FOUND.sub(value, word) for word in words)


def has_any(word: str) -> bool:
    """Whether anything in a word is replaced."""
    return _FOUND.search(word) is not None


def safe(name: str) -> str:
    """A name of somebody else's as a part of a path, or within a line for a shell: letters, digits, and `._+@-`."""
    return _UNSAFE.sub("-", name).strip("-.")
