"""The details pane: labels on the left, values wrapped on the right, painted line by line like the lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..text import clean
from ..words.states import MUTED
from . import cells
from .row_list import HEADING, STRONG, TEXT, Piece, text_styles

Field = tuple[str, str, str]
"""A label, its value, and the name of its style (see `tui.words.states`; "" for plain text).

A label without a value is a heading; both empty make a blank line.
"""

_LABEL_CAP = 16
_GAP = 2
_LONGEST = 2000


_BREAKS = re.compile(r"(?<=[/?&=:,._-])")


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells.

    Broken at spaces; inside a word that is too long for a line, after punctuation where that does not waste more
    than half of the line (so that addresses and ARNs stay readable), else anywhere.
    """
    width = max(width, 2)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells.width_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _break(word, width)
        lines.extend(full)
    return [*lines, line]


def _break(word: str, width: int) -> list[str]:
    lines = [""]
    for part in _BREAKS.split(word):
        if cells.width_of(lines[-1]) + cells.width_of(part) <= width:
            lines[-1] += part
        elif cells.width_of(lines[-1]) > width // 2 and cells.width_of(part) <= width:
            lines.append(part)
        else:
            *full, rest = chop_cells(lines[-1] + part, width)
            lines[-1:] = [*full, rest]
    return lines


class Detail(ScrollView, can_focus=False, inherit_bindings=False):
    """Everything about one thing. It never takes the focus; the wheel scrolls it."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._title = ""
        self._fields: tuple[Field, ...] = ()
        self._wrapped: list[list[Piece]] = []
        self._wrapped_for = -1
        self._palette: dict[str, Style] = {}

    def show(self, title: str, fields: Iterable[Field]) -> None:
        """Show these fields under `title`. Cheap when little or nothing changed: call it as often as you like."""
        new = tuple(fields)
        if (title, new) == (self._title, self._fields):
            return
        if title != self._title:
            self.scroll_to(y=0, animate=False, force=True)
        self._title, self._fields = title, new
        width = self.scrollable_content_region.width
        if not width:  # not laid out yet: wrapped to nothing it would be high, and get a scroll bar at first
            self._wrapped_for = -1
            return
        before = self._wrapped
        self._wrap(width)
        if len(before) != len(self._wrapped):
            self.refresh()
            return
        top = self.scroll_offset.y
        for y, (old, now) in enumerate(zip(before, self._wrapped, strict=True)):
            if old != now:
                self.refresh(Region(0, y - top, self.size.width, 1))

    @property
    def lines(self) -> list[str]:
        """The text as it is painted, line by line."""
        return ["".join(text for text, _ in pieces).rstrip() for pieces in self._wrapped]

    def _wrap(self, width: int) -> None:
        label_width = min(
            max((cells.width_of(clean(label)) for label, value, _ in self._fields if value), default=0), _LABEL_CAP
        )
        room = width - label_width - _GAP
        lines: list[list[Piece]] = []
        if self._title:
            lines = [*([(line, STRONG)] for line in wrap(clean(self._title), width)), []]
        for label, value, style in self._fields:
            label = clean(label)
            if not value:
                lines.append([(cells.cut(label, width), HEADING)])
                continue
            for number, line in enumerate(wrap(clean(value, _LONGEST), room)):
                first = cells.pad("" if number else label, label_width)
                lines.append([(first + " " * _GAP, MUTED), (line, style)])
        self._wrapped, self._wrapped_for = lines, width
        self._set_height()

    def _set_height(self) -> None:
        """Another height lays the whole screen out anew, with each move of the cursor: what fits is as high as there is
        room."""
        self.virtual_size = Size(1, max(len(self._wrapped), self.scrollable_content_region.height))

    def on_resize(self) -> None:
        width = self.scrollable_content_region.width
        if width and width != self._wrapped_for:
            self._wrap(width)
            self.refresh()
        self._set_height()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = {}

    def render_line(self, y: int) -> Strip:
        if not self._palette:
            self._palette = text_styles(self.rich_style)
        palette = self._palette
        index = y + self.scroll_offset.y
        pieces: Sequence[Piece] = self._wrapped[index] if index < len(self._wrapped) else ()
        segments = [Segment(text, palette.get(name, palette[TEXT])) for text, name in pieces if text]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, palette[TEXT])
