"""The lines of a difference: only those in sight are painted, because a change can have many thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ...widgets import cells
from ...words.differences import ADDED, GONE, PLACE

_CLASSES = {ADDED: "diff--added", GONE: "diff--gone", PLACE: "diff--place"}


class DiffLines(ScrollView, can_focus=True):
    """Lines with their kinds, as `differences` gives them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = set(_CLASSES.values())

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[tuple[str, str]] = ()

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show these, from the first on."""
        self._lines = lines
        self.virtual_size = Size(1, len(lines))
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, cut at the width."""
        at, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        kind, text = self._lines[at]
        name = _CLASSES.get(kind)
        style = self.rich_style + self.get_component_rich_style(name, partial=True) if name else self.rich_style
        return Strip([Segment(cells.pad(text, width), style)])
