"""Patterns of guard rules: globs, and regular expressions between slashes. Case does not matter.

A line of the settings must not hang the board, and there are expressions over which one can take for ever. So the time
for each is bounded, which Python's own `re` cannot do: `regex` is for that, and is loaded where there is an expression.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

LONGEST = 500
"""Characters of a pattern."""

LIMIT = 0.1
"""Seconds that an expression may take over one text. A good one takes some microseconds."""

TRIES = 2
"""Times that a text is tried: the clock runs on while the machine sleeps, or does something else for too long."""


class PatternError(ValueError):
    """What is wrong with a pattern; the text completes "the pattern ..."."""


class Pattern:
    """One pattern. `regular`: it is a regular expression, found anywhere in a text; a glob means the whole text.
    `given_up`: it has taken too long over a text, and is not asked any more; what it means is not known."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise PatternError(f"is longer than {LONGEST} characters")
        self.text = text
        self.regular = len(text) > 1 and text.startswith("/") and text.endswith("/")
        self.given_up = False
        # What a glob becomes never goes back, so it needs no limit.
        glob = re.compile(fnmatch.translate(text.lower())).match
        self._found: Callable[..., object] = _expression(text[1:-1]) if self.regular else glob

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def matches(self, text: str) -> bool:
        """Whether it is found in `text`, or for a glob whether it is the text. False when it takes too long."""
        if not self.regular:
            return self._found(text.lower()) is not None
        for _ in range(0 if self.given_up else TRIES):
            try:
                return self._found(text, timeout=LIMIT) is not None
            except TimeoutError:
                continue
        self.given_up = True
        return False


def _expression(text: str) -> Callable[..., object]:
    """What looks for a regular expression. Raises PatternError."""
    import regex

    try:
        found: Callable[..., object] = regex.compile(text, regex.IGNORECASE | regex.VERSION0).search
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise PatternError(f"cannot be read: {error}") from None
    return found
