"""How the links of a diagnosis are written, on the command line and for the clipboard alike."""

from __future__ import annotations

from textwrap import wrap

from ..aws.diagnosis.links import BROKEN, GOOD, NOTE, Link
from ..moments import moment, since

SIGNS = {GOOD: "  ", NOTE: "· ", BROKEN: "! "}
"""In front of a link, by its state."""

COLUMN = 20
"""Where what a link says begins."""


def value_of(link: Link, now: float) -> str:
    """What it is, and when it ends or how long ago it ended; not clean yet."""
    if link.ends is None:
        return link.value
    when = f"until {moment(link.ends, now)}" if link.ends > now else f"ended {since(now - link.ends)}"
    return f"{link.value}, {when}"


def as_lines(link: Link, now: float, width: int | None = None) -> list[str]:
    """What it is and where that stands, and below it what is to be known; not clean yet. `width`: cells of a line, None
    where there is no limit. Words that are longer, as paths are, stay whole."""
    value = value_of(link, now)
    room = max((width or 1000) - COLUMN, 20)
    apart = not link.where or len(value) + len(link.where) + 3 > room
    texts = [value, link.where, link.message] if apart else [f"{value}   {link.where}", link.message]
    lines = [
        line
        for text in filter(None, texts)
        for line in (wrap(text, room, break_on_hyphens=False, break_long_words=False) if len(text) > room else [text])
    ]
    first = f"{SIGNS[link.state]}{link.what:{COLUMN - 2}}"
    return [(" " * COLUMN if number else first) + line for number, line in enumerate(lines or [""])]
