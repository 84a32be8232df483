"""Colours that can be read: what a theme's colours become, and the theme for a terminal that has few of them.

Themes are made for looks: in many of them green on light grey, or what is meant to be quiet, has too little contrast
to be read, and the line of the cursor can hardly be told from the others. Each colour that words are painted in keeps
its hue here and moves away from the backgrounds behind it as far as it must.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.color import Color

DEFAULT, ANSI_DARK, ANSI_LIGHT = "textual-dark", "ansi-dark", "ansi-light"

CONTRAST = 4.75
"""Between words and what is behind them. People with weak sight need 4.5 (WCAG 2, AA); the rest is for
rounding, and for the greys that NO_COLOR makes of them."""

CURSOR = "block-cursor-blurred-background"
"""The variable with the background of the cursor's line. Textual has it too: widgets can be shown without this."""

CURSOR_CONTRAST = {"background": 1.45, "surface": 1.25}
"""Between the line of the cursor and the lines around it, on the board and in what lies over it."""

_WORDS = (
    "foreground",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
    "text-muted",
    "text-disabled",
)
_MARKS = {
    "red": ("#e5484d", "ansi_red"),
    "orange": ("#f2762e", "ansi_yellow"),
    "yellow": ("#e2b714", "ansi_yellow"),
    "green": ("#30a46c", "ansi_green"),
    "cyan": ("#12a5b4", "ansi_cyan"),
    "blue": ("#3e7bfa", "ansi_blue"),
    "magenta": ("#c75bd8", "ansi_magenta"),
}
"""The colours of labels, which are no theme's, and the terminal's own."""

MARKS = {f"mark-{name}": colour for name, (colour, _own) in _MARKS.items()}
"""The variables with them, as they are before they can be read everywhere."""

_STEPS = 20
_FEW = ("standard", "windows")
_LIGHT = ("7", "15")
"""Of the sixteen colours, those that are the background of a light terminal."""


def suited_theme(depth: str | None, environ: Mapping[str, str]) -> str:
    """The theme that suits a terminal, for who has chosen none. Where there are fewer than 256 colours, those of the
    other themes would be replaced by what is nearest among sixteen, and be no theme any more.

    `depth` is Rich's word for how many colours there are. Some terminals tell their background in COLORFGBG.
    """
    if depth not in _FEW:
        return DEFAULT
    return ANSI_LIGHT if environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT else ANSI_DARK


def readable(variables: Mapping[str, str], depth: str | None) -> dict[str, str]:
    """A theme's variables with words that can be read on all of its backgrounds, and a line of the cursor that shows.

    The colours of a theme that uses the terminal's own stay: only the terminal knows them.
    """
    from textual.color import BLACK, WHITE, Color

    changed = {**variables, **MARKS}
    background = Color.parse(variables["background"])
    if background.ansi is not None:
        return {**changed, **{f"mark-{name}": own for name, (_colour, own) in _MARKS.items()}}
    seen = _of_256 if depth == "256" else _as_it_is
    grounds = {name: _luminance(seen(Color.parse(variables[name]))) for name in CURSOR_CONTRAST}
    far = BLACK if grounds["background"] > 0.18 else WHITE

    accent = Color.parse(variables["text-primary"])
    for step in range(4, _STEPS):
        cursor = background.blend(accent, step / 40)
        light = _luminance(seen(cursor))
        if all(_contrast(light, grounds[name]) >= least for name, least in CURSOR_CONTRAST.items()):
            break
    changed[CURSOR] = cursor.hex
    grounds[CURSOR] = light

    quiet = background.blend(Color.parse(variables["foreground"]), 0.62)
    for name in (*_WORDS, *MARKS):
        colour = quiet if name in ("text-muted", "text-disabled") else Color.parse(changed[name])
        for step in range(_STEPS + 1):
            moved = colour.blend(far, step / _STEPS)
            light = _luminance(seen(moved))
            if min(_contrast(light, ground) for ground in grounds.values()) >= CONTRAST:
                break
        changed[name] = moved.hex

    bar = Color.parse(variables["block-cursor-background"])
    word = max((BLACK, WHITE), key=lambda each: _contrast(_luminance(each), _luminance(seen(bar))))
    changed["block-cursor-foreground"] = word.hex
    changed["block-cursor-blurred-foreground"] = changed["foreground"]
    return changed


def _as_it_is(colour: Color) -> Color:
    return colour


@functools.lru_cache(512)
def _of_256(colour: Color) -> Color:
    """The colour that a terminal with 256 of them shows instead."""
    from rich.color import ColorSystem
    from textual.color import Color

    return Color.from_rich_color(colour.rich_color.downgrade(ColorSystem.EIGHT_BIT))


def _luminance(colour: Color) -> float:
    """How bright a colour is to the eye, from 0 to 1 (WCAG 2)."""
    red, green, blue = (_linear(part / 255) for part in (colour.r, colour.g, colour.b))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _contrast(one: float, other: float) -> float:
    """Between two luminances, from 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
