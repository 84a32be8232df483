"""The sign-in screen as widgets: texts that tell what was clicked, and the QR code where there is room for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widgets import Static

from ...aws.session.device_code import ShownCode
from ...widgets.qr import QR
from .attempt import Attempt
from .instructions import CODE, Line, best
from .overview import arrange, columns_of, row_lines

TEXT_WIDTH = 37
"""Columns that the text needs at least, beside a QR code: in 80 they are what that of AWS's own pages leaves."""

LONGEST_LINE = 100
"""Columns that the text takes at most: in longer lines nobody finds the next one, nor the QR code behind them."""

BESIDE, BELOW, NOWHERE = "-beside", "-below", "-nowhere"
"""Where the QR code is."""


class Copied(Message):
    """A code or an address was clicked, to be copied."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Chosen(Message):
    """A row was clicked."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class Lines(Static):
    """Lines of text, some of which are copied by a click."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(markup=False, id=id)
        self._lines: list[Line] = []
        self._shown: Content | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self._lines = list(lines)
        self.display = bool(lines)
        self._shown = shown_in(self, Content("\n").join([line for line, _ in lines]), self._shown)

    def on_click(self, event: events.Click) -> None:
        """Copy what stands in the line."""
        copies = self._lines[event.y][1] if event.button == 1 and event.y < len(self._lines) else ""
        if copies:
            self.post_message(Copied(copies))


class SignInRows(Static):
    """A line a session, with a cursor."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._code = range(0)
        self._count = 0
        self._shown: Content | None = None

    def show(self, attempts: Sequence[Attempt], current: Attempt, width: int) -> None:
        """Show these, each on its line."""
        columns = columns_of(attempts, width)
        self._code = range(columns.code_from, columns.code_from + columns.code)
        self._count = len(attempts)
        rows = row_lines(attempts, current, width)
        self._shown = shown_in(self, Content("\n").join(rows), self._shown)

    def on_click(self, event: events.Click) -> None:
        """Go to the row; copy its code if that is where the click went."""
        if event.button == 1 and event.y < self._count:
            self.post_message(Chosen(event.y))
            if event.x in self._code:
                self.post_message(Copied(CODE))


class Body(Horizontal):
    """The text at the left, and at its right, or below, the QR code. Of one session the text says all that is to be
    done; of several it is a table."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        super().__init__()
        self._attempts = attempts
        self._cursor = 0

    def compose(self) -> ComposeResult:
        """What scrolls is the text of one session, or the table."""
        with Vertical(id="text"):
            if len(self._attempts) > 1:
                yield Lines(id="above")
                yield Lines(id="head")
                with VerticalScroll(can_focus=False):
                    yield SignInRows()
                yield Lines(id="below")
            else:
                with VerticalScroll(can_focus=False):
                    yield Lines(id="one")
        yield QR()

    def on_resize(self) -> None:
        """Other forms of the text may fit now, and the QR code, or no longer."""
        self.show(self._cursor)

    def show(self, cursor: int) -> None:
        """Show how all stand, in as much room as there is."""
        self._cursor = cursor
        if not self.size:
            return  # it is not laid out yet
        shown = self._attempts[cursor].shown
        code = self.query_one(QR)
        # Only a code can be approved on a phone: the browser flow ends at this machine.
        code.set_text(shown.complete_url if isinstance(shown, ShownCode) and shown.may_open else "")
        rooms = _rooms(self.size, code.code_size)
        place = self._show_table(cursor, rooms) if len(self._attempts) > 1 else self._show_one(rooms)
        for each in (BESIDE, BELOW):
            self.set_class(each == place, each)

    def _show_one(self, rooms: Sequence[Room]) -> str:
        for room in rooms:
            lines = best(self._attempts[0], room.width, room.height, must_fit=room.place != NOWHERE)
            if lines:
                break
        self.query_one("#one", Lines).show(lines)
        return room.place

    def _show_table(self, cursor: int, rooms: Sequence[Room]) -> str:
        current = self._attempts[cursor]
        for room in rooms:
            parts = arrange(self._attempts, current, room.width, room.height)
            if room.place != BELOW or parts.rows == len(self._attempts):
                break
        for name, lines in (("#above", parts.above), ("#head", parts.head), ("#below", parts.below)):
            self.query_one(name, Lines).show(lines)
        scroll = self.query_one(VerticalScroll)
        scroll.styles.height = parts.rows
        self.query_one(SignInRows).show(self._attempts, current, room.width)
        scroll.scroll_to_region(Region(0, cursor, 1, 1), animate=False)
        return room.place


class Room(NamedTuple):
    """Where the QR code may be, and what that leaves to the text."""

    place: str
    width: int
    height: int


def _rooms(size: Size, qr: Size) -> list[Room]:
    """All that there are, the best first."""
    width, height = size.width - 1, size.height  # a column for the scrollbar
    found = [Room(NOWHERE, min(width, LONGEST_LINE), height)]
    if qr and qr.width <= width and qr.height < height:
        found.insert(0, Room(BELOW, min(width, LONGEST_LINE), height - qr.height))
    if qr and qr.height <= height and width - qr.width >= TEXT_WIDTH:
        found.insert(0, Room(BESIDE, min(width - qr.width, LONGEST_LINE), height))
    return found


def shown_in(widget: Static, content: Content, before: Content | None) -> Content:
    """Show a content, if it is another one than before: each update is a layout."""
    if before is None or not content.is_same(before):
        widget.update(content)
    return content
