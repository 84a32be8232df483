"""How the links of a diagnosis are written, on the command line and for the clipboard alike."""

from __future__ import annotations

from textwrap import wrap

from ..aws.diagnosis.links import BROKEN, GOOD, NOTE, Link

SIGNS = {GOOD: "  ", NOTE: "· ", BROKEN: "! "}
"""In front of a link, by its state."""

COLUMN = 20
"""Where what a link says begins."""


def as_lines(link: Link, width: int | None = None) -> list[str]:
    """What it is and where that stands, and below it what is to be known; not clean yet. `width`: cells of a line, None
    where there is no limit. Words that are longer, as paths are, stay whole."""
    room = max((width or 1000) - COLUMN, 20)
    apart = not link.where or len(link.value) + len(link.where) + 3 > room
    texts = [link.value, link.where, link.message] if apart else [f"{link.value}   {link.where}", link.message]
    lines = [
        line
        for text in filter(None, texts)
        for line in (wrap(text, room, break_on_hyphens=False, break_long_words=False) if len(text) > room else [text])
    ]
    first = f"{SIGNS[link.state]}{link.what:{COLUMN - 2}}"
    return [(" " * COLUMN if number else first) + line for number, line in enumerate(lines or [""])]
