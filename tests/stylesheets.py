"""Style sheets are parsed once for all the boards of a test run.

Textual parses the CSS of its widgets and of ours anew for each application, and all of it for each theme: a tenth of
what a test with a board takes, and most of what one takes that looks at every theme. A rule does not change once it is
parsed, and the application that has it keeps it; so here one application has it from another.
"""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[object]] = {}


def _parse_once(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[object]:
    """The rules in a text, as Textual parses them where these variables have their values."""
    key = (frozenset(sheet._variables.items()), css, read_from, is_default_rules, tie_breaker, scope)
    if key not in _parsed:
        _parsed[key] = [*_parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)]
    return _parsed[key]


def share() -> None:
    """Make it so, from now on."""
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign,assignment]
