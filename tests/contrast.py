"""What a screen shows, cell by cell, and whether it can be read: contrast as WCAG 2 defines it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.screen import ModalScreen, Screen

SYMBOLS = frozenset("●◔◐○↻▸▴✓✗*+!–…")
"""Read as words are."""


Seen = Callable[[Color], ColorTriplet]
"""What a terminal shows of a colour."""


class Cell(NamedTuple):
    """One run of characters of one style on the screen."""

    x: int
    y: int
    text: str
    style: Style
    colour: Color | None
    behind: Color | None


def cells(screen: Screen[Any]) -> Iterator[Cell]:
    """All that the screen shows, without the dimmed one behind a dialog."""
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for text, style, _control in strip:
            style = style or Style.null()
            colour, behind = style.color, style.bgcolor
            if style.reverse:
                colour, behind = behind, colour
            if text and not (isinstance(screen, ModalScreen) and screen.get_widget_at(x, y)[0] is screen):
                yield Cell(x, y, text, style, colour, behind)
            x += len(text)


@functools.cache
def is_read(text: str) -> bool:
    """Whether there is something to read in it: no blanks, lines, bars and blocks."""
    return any(char.isalnum() or char in SYMBOLS for char in text)


def as_it_is(colour: Color) -> ColorTriplet:
    """The colour itself."""
    assert colour.triplet is not None, colour
    return colour.triplet


def in_256(colour: Color) -> ColorTriplet:
    """What a terminal with 256 colours shows instead."""
    return colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()


@functools.cache
def luminance(colour: ColorTriplet) -> float:
    """Relative luminance."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@functools.cache
def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Between two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faint(screen: Screen[Any], least: float, seen: Seen = as_it_is) -> list[str]:
    """What can hardly be read, with its colours."""
    found = []
    for cell in cells(screen):
        if not is_read(cell.text):
            continue
        assert cell.colour is not None, cell
        assert cell.behind is not None, cell
        colour, behind = seen(cell.colour), seen(cell.behind)
        if cell.style.dim or contrast(colour, behind) < least:
            found.append(f"{cell.text.strip()!r} {colour.hex} on {behind.hex}: {contrast(colour, behind):.2f}")
    return found
