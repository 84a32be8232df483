"""From the tables `[[guard]]` of the settings file to rules. What cannot be read is told, and errs on the safe side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..text import clean
from ..words.marks import COLOURS, LABEL_LIMIT, Mark
from .patterns import Pattern, PatternError
from .rules import ACTIONS, SYNONYMS, Guard, Rule

FIELDS = ("profile", "account", "role", "session")
KEYS = ("match", "label", "colour", "color", "confirm", "deny", "agents")

_ASKS = "until that is mended it asks before everything"
_DENIES = "until that is mended it denies everything"
_MEANS_ALL = "until that is mended it means every profile, for what it asks before and denies"


UNREADABLE = Guard((Rule("the settings file", {}, confirm=True),))
"""The rules of a file that may have some, but cannot be read: there is a question before everything."""


def from_value(value: object, path: str) -> Guard:
    """The rules, from what the file says of `guard`; None is nothing. `path` is for the problems."""
    if value is None:
        return Guard()
    tables = value if isinstance(value, list) else [value]
    problems: list[str] = []
    rules = [_Reader(number, path, problems).rule(table) for number, table in enumerate(tables, 1)]
    return Guard(tuple(rules), tuple(problems))


class _Reader:
    """Reads one table."""

    def __init__(self, number: int, path: str, problems: list[str]) -> None:
        self._where = f"{path}: guard {number}"
        self._number = number
        self._problems = problems

    def rule(self, table: object) -> Rule:
        """The rule of it."""
        title = f"guard rule {self._number}"
        if not isinstance(table, Mapping):
            self._wrong("", f"must be a table, [[guard]]; {_ASKS}")
            return Rule(title, {}, confirm=True)
        confirm, agents = self._switch(table, "confirm", True, _ASKS), self._switch(table, "agents", False, "none may")
        for key in table:
            if key not in KEYS:
                self._wrong("", f"has a key {clean(str(key), 60)}, which is none of {', '.join(KEYS)}; {_ASKS}")
                confirm = True
        mark = self._mark(table)
        if mark is not None:
            title = f"guard rule {mark.label}"
        return Rule(title, dict(table), self._match(table), mark, confirm, self._deny(table), agents)

    def _wrong(self, key: str, what: str) -> None:
        self._problems.append(f"{self._where}{f', {key}' if key else ''}: {what}" if key else f"{self._where} {what}")

    def _switch(self, table: Mapping[str, Any], key: str, safe: bool, follows: str) -> bool:
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(key, f"must be true or false; {follows}")
        return safe

    def _mark(self, table: Mapping[str, Any]) -> Mark | None:
        label = table.get("label")
        colour = table.get("colour", table.get("color", COLOURS[0]))
        if colour not in COLOURS:
            self._wrong("colour", f"must be one of {', '.join(COLOURS)}; {COLOURS[0]} is used")
            colour = COLOURS[0]
        if label is None:
            if "colour" in table or "color" in table:
                self._wrong("colour", "is that of the label, and there is none")
            return None
        if not isinstance(label, str) or not label.strip() or len(label) > LABEL_LIMIT:
            self._wrong("label", f"must be a text of at most {LABEL_LIMIT} characters; there is none")
            return None
        return Mark(clean(label.strip()), colour)

    def _deny(self, table: Mapping[str, Any]) -> frozenset[str]:
        value = table.get("deny", [])
        words = value if isinstance(value, list) else [value]
        known = (*ACTIONS, *SYNONYMS)
        if all(word in known for word in words):
            return frozenset(str(SYNONYMS.get(word, word)) for word in words)
        self._wrong("deny", f"must be a list of these: {', '.join(known)}; {_DENIES}")
        return frozenset(ACTIONS)

    def _match(self, table: Mapping[str, Any]) -> Mapping[str, tuple[Pattern, ...]] | None:
        value = table.get("match")
        fields = value if isinstance(value, Mapping) else {"profile": value}
        try:
            if value is None or not fields:
                raise PatternError(f"is missing: name profiles, or a table of {', '.join(FIELDS)}")
            for key in fields:
                if key not in FIELDS:
                    raise PatternError(f"has a key {clean(str(key), 60)}, which is none of {', '.join(FIELDS)}")
            return {key: _patterns(found) for key, found in fields.items()}
        except PatternError as error:
            self._wrong("match", f"{error}; {_MEANS_ALL}")
            return None


def _patterns(value: object) -> tuple[Pattern, ...]:
    """One pattern, or a list of them, of which one has to match."""
    written = value if isinstance(value, list) else [value]
    texts = [text for text in written if isinstance(text, str) and text]
    if not texts or len(texts) < len(written):
        raise PatternError("must be a pattern or a list of patterns")
    found = []
    for text in texts:
        try:
            found.append(Pattern(text))
        except PatternError as error:
            raise PatternError(f"{clean(text, 60)} {error}") from None
    return tuple(found)
