"""Style sheets are parsed once for all the boards of a test run.

Textual parses the CSS of its widgets and of ours anew for each application, and all of it for each theme: a tenth of
what a test with a board takes, and most of what one takes that looks at every theme. A rule does not change once it is
parsed, and the application that has it keeps it; so here one application has it from another.

These are a hundred thousand objects that stay. Python's collector would walk them all, each time it looks for what an
earlier board has left. And each rule of hundreds is looked up in a set for each widget that gets its colours: by its
identity, which is Python's own way too, and that one is quick.
"""

from __future__ import annotations

import functools
import gc
import re

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[object]] = {}
_freeze = gc.freeze  # for tests it does nothing
_MANY = 150
"""Of so many new texts the rules are worth a walk now that spares the later ones."""
_frozen = 0


@functools.cache
def _names(css: str) -> tuple[str, ...]:
    """The variables in a text."""
    return tuple({*re.findall(r"\$([\w-]+)", css)})


def _parse_once(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[object]:
    """The rules in a text, as Textual parses them where its variables have these values."""
    values = tuple(map(sheet._variables.get, _names(css)))
    key = (values, css, read_from, is_default_rules, tie_breaker, scope)
    if key not in _parsed:
        _parsed[key] = [*_parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)]
    return _parsed[key]


def share() -> None:
    """Make it so, from now on."""
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign,assignment]
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


def keep() -> None:
    """Have the collector pass over what has been parsed, if it is much. The garbage goes first: it would stay too."""
    global _frozen
    if len(_parsed) - _frozen >= _MANY:
        _frozen = len(_parsed)
        gc.collect()
        _freeze()
