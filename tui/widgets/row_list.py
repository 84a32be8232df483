"""A list that paints only the rows one can see: cursor, keys, mouse and ticking, shared by the lists of the board.

A subclass says how many rows there are, what the key of each is, and which pieces of text make its line. Everything
about a row is asked for when its line is painted, so the number of rows costs nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as Look

from ..aws import clock
from ..words.marks import MARK_STYLES
from ..words.states import MUTED, STYLES
from . import cells

CURSOR = "list--cursor"
POINTER = "list--pointer"
REST = "list--rest"
HEADER = "list--header"
HEADING = "list--heading"
ACCENT = "list--accent"
MATCH = "list--match"
STRONG = "list--strong"
TEXT = ""
"""The name of the style of plain text: none."""

Piece = tuple[str, str]
"""A text and the name of its style."""

_STYLES = {
    HEADING: "$text-primary",
    ACCENT: "bold $text-primary",
    MATCH: "bold underline $text-primary",
    STRONG: "bold",
    **STYLES,
    **MARK_STYLES,
}
"""Styles that are the same wherever a list is. For a component class in their place the style sheet would go over all
its rules once for each list, and again whenever a list gets the focus, or another size."""

_CACHED_LINES = 400


def text_styles(plain: Style) -> dict[str, Style]:
    """The styles of pieces, by name, over the one of `plain` text, in the theme of the running application."""
    return {TEXT: plain, **{name: plain + Look.parse(text).rich_style for name, text in _STYLES.items()}}


class RowList(ScrollView, inherit_bindings=False):
    """The base of the lists. Rows are known by a key, and the cursor belongs to a key, not to a line."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {CURSOR, POINTER, REST, HEADER}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("home,g", "first", "First row", show=False, id="list.first"),
        Binding("end,G", "last", "Last row", show=False, id="list.last"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="list.half_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="list.half_down"),
    ]

    class RowMessage(Message):
        """Something about one row. `name` is its key."""

        def __init__(self, sender: RowList, name: str) -> None:
            super().__init__()
            self.sender = sender
            self.name = name

        @property
        def control(self) -> RowList:
            """The list it happened in, for `@on(..., "#id")`."""
            return self.sender

    class Highlighted(RowMessage):
        """The cursor is on another row now; `name` is empty when no row is left."""

    class Chosen(RowMessage):
        """Enter on a row, or a double click."""

    def __init__(self, *, show_header: bool = True, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._header_lines = 1 if show_header else 0
        self._cursor = 0
        self._announced = ""
        self._clicked = ("", 0.0)
        self._empty: Sequence[str] = ()
        self._palettes: dict[bool, dict[str, Style]] = {}
        self._lines: dict[str, tuple[Hashable, Strip]] = {}
        self._painted: dict[int, Hashable] = {}
        self._frame: Hashable = None
        self._framed: dict[int, tuple[Strip, Strip]] = {}
        self._shown: dict[int, Strip] = {}

    # What a subclass provides.

    def row_count(self) -> int:
        """Rows in the list as it is shown now."""
        raise NotImplementedError

    def key_at(self, index: int) -> str:
        """The key of the row at `index`."""
        raise NotImplementedError

    def row_state(self, index: int) -> Hashable:
        """Whatever may change in the line of the row at `index` while the row itself stays: times, marks, states."""
        raise NotImplementedError

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        """The line of the row at `index`, from left to right. It may be shorter or longer than `width`."""
        raise NotImplementedError

    def header_pieces(self, width: int) -> list[Piece]:
        """The header line."""
        return []

    # For the board.

    @property
    def highlighted(self) -> str | None:
        """The key of the row that the cursor is on, or None in an empty list."""
        return self.key_at(self._cursor) if 0 <= self._cursor < self.row_count() else None

    def empty_lines(self) -> Sequence[str]:
        """What stands in a list without rows."""
        return self._empty

    def visible_keys(self) -> list[str]:
        """The keys of the rows in sight, from top to bottom."""
        top = self.scroll_offset.y
        return [self.key_at(index) for index in range(top, min(top + self._page, self.row_count()))]

    def first_keys(self, count: int) -> list[str]:
        """The keys of the first rows, `count` at most, before anything is laid out."""
        return [self.key_at(index) for index in range(min(count, self.row_count()))]

    def set_empty(self, *lines: str) -> None:
        """What to show while there are no rows: what this means, and what to press."""
        self._empty = lines
        if not self.row_count():
            self.refresh()

    def highlight(self, name: str) -> bool:
        """Move the cursor to the row with the key `name`; False when it is not shown."""
        for index in range(self.row_count()):
            if self.key_at(index) == name:
                self._move_to(index)
                return True
        return False

    def tick(self) -> None:
        """Repaint the visible lines whose text is another one by now. Meant to be called once a second."""
        if not self.row_count():
            return
        top = self.scroll_offset.y - self._header_lines
        for y, painted in tuple(self._painted.items()):
            index = top + y
            if not 0 <= index < self.row_count() or y >= self.size.height:
                self._painted.pop(y, None)
            elif self.row_state(index) != painted:
                self.refresh(Region(0, y, self.size.width, 1))

    # Cursor and scrolling.

    @property
    def _page(self) -> int:
        return max(self.size.height - self._header_lines, 1)

    def _move_to(self, index: int) -> None:
        count = self.row_count()
        index = min(max(index, 0), max(count - 1, 0))
        if index != self._cursor:
            self._repaint_row(self._cursor)
            self._cursor = index
            self._repaint_row(index)
            self._show_cursor()
        self._announce()

    def _announce(self) -> None:
        name = self.highlighted or ""
        if name != self._announced:
            self._announced = name
            self.post_message(self.Highlighted(self, name))

    def _repaint_row(self, index: int) -> None:
        y = index + self._header_lines - self.scroll_offset.y
        if self._header_lines <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _show_cursor(self) -> None:
        if not self.size.height:
            return
        top = self.scroll_offset.y
        if self._cursor < top:
            self._scroll_now(self._cursor)
        elif self._cursor >= top + self._page:
            self._scroll_now(self._cursor - self._page + 1)

    def _scroll_now(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)

    def _rows_changed(self, cursor: int, top: int | None = None) -> None:
        """Other rows, or the same in another order: `cursor` is the line of the cursor now, `top` the first line."""
        count = self.row_count()
        self._cursor = min(max(cursor, 0), max(count - 1, 0))
        self._painted.clear()
        size = Size(1, self._header_lines + (count or len(self.empty_lines())))
        if size != self.virtual_size:
            self.virtual_size = size
        if self.size.height:
            if top is not None or self.scroll_offset.y > max(count - self._page, 0):
                wanted = self.scroll_offset.y if top is None else top
                self._scroll_now(min(max(wanted, 0), max(count - self._page, 0)))
            self._show_cursor()
        self.refresh()
        self._announce()

    def action_move(self, lines: int) -> None:
        """Move the cursor by `lines`."""
        self._move_to(self._cursor + lines)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._move_to(self.row_count() - 1)

    def action_page(self, pages: int) -> None:
        """Move the cursor by whole pages."""
        self._move_to(self._cursor + pages * self._page)

    def action_half_page(self, halves: int) -> None:
        """Move the cursor by halves of a page."""
        self._move_to(self._cursor + halves * max(self._page // 2, 1))

    def action_choose(self) -> None:
        """Choose the row under the cursor; "" where there is none."""
        self.post_message(self.Chosen(self, self.highlighted or ""))

    def on_click(self, event: events.Click) -> None:
        """One click moves the cursor to a row, a second one on the same row soon after chooses it."""
        before, self._clicked = self._clicked, ("", 0.0)
        if event.button != 1:
            return
        place = event.get_content_offset_capture(self)
        index = place.y - self._header_lines + self.scroll_offset.y
        if place.y < self._header_lines:
            self.head_clicked(place.x)
        elif index < self.row_count():
            self._move_to(index)
            key, now = self.key_at(index), clock.monotonic()
            if key == before[0] and now - before[1] <= self.app.CLICK_CHAIN_TIME_THRESHOLD:
                self.action_choose()
            else:
                self._clicked = key, now

    def head_clicked(self, x: int) -> None:
        """A click on the cell `x` of the header line."""

    def on_resize(self) -> None:
        self._show_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        bar = self.vertical_scrollbar if self.show_vertical_scrollbar else None
        # Painting the bar costs more than the list. In a long list it moves less than can be seen.
        step = self.virtual_size.height / max(self.size.height * 8, 1)
        if bar is not None and int(bar.position / step) != int(new_value / step):
            bar.position = new_value
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)

    # Painting.

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palettes.clear()
        self._lines.clear()
        self._frame = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if repaint:
            for y in [y for region in regions for y in region.line_range] if regions else list(self._shown):
                self._shown.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual would put each line together anew when it is scrolled, and take it apart anew for the screen. Here a
        row that was painted before is the same object as then, in which the parts are still there."""
        padding = self.styles.padding
        size = self.region.size
        if padding != self.styles.gutter or padding.top or padding.bottom or self.opacity < 1:
            return super().render_lines(crop)
        filters = tuple(self.get_line_filters())
        background = self.background_colors[1]
        frame = (size, padding, filters, background, self.scrollable_content_region.width)
        if frame != self._frame:
            self._frame = frame
            self._framed.clear()
            self._shown.clear()
        strips = []
        for y in crop.line_range:
            strip = self._shown.get(y)
            if strip is None:
                strip = self._shown[y] = self._framed_line(self.render_line(y), size.width, padding.left)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip)
        if crop.column_span != (0, size.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _framed_line(self, line: Strip, width: int, left: int) -> Strip:
        """The line with the widget's padding; the same object for the same line."""
        found = self._framed.get(id(line))
        if found is not None:
            return found[1]
        if len(self._framed) >= _CACHED_LINES:
            self._framed.clear()
        style = Style(bgcolor=self._palette(False)[TEXT].bgcolor)
        strip = Strip([Segment(" " * left, style), *line], left + line.cell_length) if left else line
        strip = strip.adjust_cell_length(width, style)
        self._framed[id(line)] = line, strip  # the line lives as long as its id is known here
        return strip

    def _forget_lines(self) -> None:
        self._lines.clear()
        self._painted.clear()

    def _palette(self, selected: bool) -> dict[str, Style]:
        palette = self._palettes.get(selected)
        if palette is None:
            palette = text_styles(self.rich_style)
            palette |= {name: self.get_component_rich_style(name) for name in self.COMPONENT_CLASSES}
            if selected:
                cursor = self.get_component_rich_style(CURSOR)
                under = Style(bgcolor=cursor.bgcolor, bold=cursor.bold, reverse=cursor.reverse)
                if cursor.reverse:  # in one colour: reversed, each of several would be a background of its own
                    under += Style(color=self.rich_style.color, dim=False)
                palette = {name: style + under for name, style in palette.items()}
            self._palettes[selected] = palette
        return palette

    def _strip(self, pieces: Sequence[Piece], width: int, selected: bool = False) -> Strip:
        palette = self._palette(selected)
        # Each segment costs its escape codes. Blanks look alike in every style but an underlined one.
        merged: list[Piece] = []
        for text, name in pieces:
            before = merged[-1] if merged else ("", TEXT)
            if name == before[1] or (text.isspace() and before[1] != MATCH):
                merged[-1:] = [(before[0] + text, before[1])]
            elif text:
                merged.append((text, name))
        segments = [Segment(text, palette[name]) for text, name in merged]
        return Strip(segments).adjust_cell_length(width, palette[TEXT])

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        count = self.row_count()
        if y < self._header_lines:
            return self._strip(self.header_pieces(width) if count else (), width)
        index = y - self._header_lines + self.scroll_offset.y
        if index >= count:
            lines = () if count else self.empty_lines()
            text = lines[index] if index < len(lines) else ""
            return self._strip([("   " + cells.cut(text, width - 3), MUTED if index else TEXT)], width)
        state = self.row_state(index)
        self._painted[y] = state
        key = self.key_at(index)
        selected = index == self._cursor
        signature = (width, state, selected)
        cached = self._lines.get(key)
        if cached is not None and cached[0] == signature:
            return cached[1]
        if cached is not None:
            self._framed.pop(id(cached[1]), None)  # nobody asks for it again, and it holds tens of kilobytes
        strip = self._strip(self.row_pieces(index, width, selected), width, selected)
        if len(self._lines) >= _CACHED_LINES:
            self._lines.clear()
        self._lines[key] = (signature, strip)
        return strip
