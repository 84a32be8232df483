"""The profiles of the board: one line each, ten thousand of them at the price of those on the screen."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from ..aws import clock
from ..aws.model import SIGNED_IN
from ..words import states
from ..words.states import MUTED, States
from . import cells, columns, fuzzy
from .columns import ACCOUNT, ACCOUNT_NAME, CREDENTIALS, LEFT, NAME, REGION, ROLE, SESSION
from .row_list import ACCENT, HEADER, MATCH, POINTER, STRONG, TEXT, Piece, RowList
from .rows import Row, Rows, names, row_of, texts

__all__ = ["ProfileList", "Row", "Rows", "row_of"]

CURSOR_MARK, ACTIVE_MARK, MARKED_MARK, PINNED_MARK, BROKEN_MARK = "▸", "*", "+", "▴", "!"


class ProfileList(RowList):
    """The virtual list of profiles. `states` is asked for the states of the rows in sight only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Use", key_display="enter", id="profile.use"),
        Binding("space", "mark", "Mark", show=False, id="profile.mark"),
        Binding("*", "pin", "Pin", show=False, id="profile.pin"),
    ]

    class Highlighted(RowList.Highlighted):
        """The cursor is on the profile `name` now; empty when no row is left."""

    class Chosen(RowList.Chosen):
        """The profile `name` was chosen with enter or a click."""

    class Marked(RowList.RowMessage):
        """The profile `name` is to be marked, or unmarked if it is."""

    class Pinned(RowList.RowMessage):
        """The profile `name` is to be pinned, or unpinned if it is."""

    def __init__(
        self,
        states: States,
        *,
        show_header: bool = True,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(show_header=show_header, id=id, classes=classes)
        self._states = states
        self._rows: Sequence[Row] = ()
        self._names: list[str] = []
        self._order: Sequence[int] = ()
        self._view: Sequence[int] = ()
        self._query = ""
        self._before_filter: str | None = None
        self._index: fuzzy.Index | None = None
        self._natural: dict[str, int] = {}
        self._columns: dict[str, int] = {}
        self._gap = columns.GAP
        self._laid_out_for = -1
        self._active: str | None = None
        self._marked: frozenset[str] = frozenset()
        self._pinned: frozenset[str] = frozenset()

    # For the board.

    @property
    def shown(self) -> list[str]:
        """The names of the profiles that are listed now, in order: all, or what the filter left."""
        return [self._names[index] for index in self._view]

    @property
    def total(self) -> int:
        """Profiles in the list, whatever the filter shows."""
        return len(self._rows)

    def set_rows(self, rows: Sequence[Row], keep: str | None = None) -> None:
        """Show `rows`, in this order, with the filter still applied.

        The cursor goes to the profile `keep`, or stays on the one that it is on; when that one is gone, it stays on
        the same line. The scroll position is kept too.
        """
        name = keep if keep is not None else self.highlighted
        self._rows = rows
        self._names = names(rows)
        self._index = None
        self._natural = _natural_widths(rows)
        self._laid_out_for = -1
        self._forget_lines()
        self._arrange(name)

    def set_flags(
        self, *, active: str | None, marked: Collection[str] = frozenset(), pinned: Collection[str] = frozenset()
    ) -> None:
        """Which profile is the active one (AWS_PROFILE), which are marked, and which are pinned (they go on top)."""
        marked, pinned = frozenset(marked), frozenset(pinned)
        if (active, marked) != (self._active, self._marked):
            self._active, self._marked = active, marked
            self.refresh()
        if pinned == self._pinned:
            return
        self._pinned = pinned
        self._index = None
        self._arrange(self.highlighted)

    def filter(self, query: str) -> int:
        """Show only what matches `query`, best match first and under the cursor; returns how many match.

        An empty query shows everything again, in the board's order, with the cursor on the row that it was moved to,
        or else on the one that it was on before. Among equally good matches pinned rows come first.
        """
        if query == self._query:
            return len(self._view)
        if not query.strip():
            name = self._before_filter or self.highlighted
            self._query, self._before_filter = "", None
            self.remove_class("-filtered")
            self._lines.clear()
            self._arrange(name)
            return len(self._view)
        if self._before_filter is None:
            self._before_filter = self.highlighted
        self._query = query
        self.add_class("-filtered")
        self._lines.clear()
        self._view = self._search()
        self._rows_changed(0, top=0)
        return len(self._view)

    def _arrange(self, name: str | None) -> None:
        """Order the rows anew and keep the cursor on `name`, or else on its line."""
        everything = range(len(self._rows))
        if self._pinned:
            pinned = [index for index in everything if self._names[index] in self._pinned]
            if pinned:
                on_top = set(pinned)
                pinned += [index for index in everything if index not in on_top]
            self._order = pinned or everything
        else:
            self._order = everything
        self._view = self._search() if self._query else self._order
        cursor = self._cursor
        if name is not None:
            cursor = next((at for at, index in enumerate(self._view) if self._names[index] == name), cursor)
        # The cursor stays on its line of the screen, whatever came or went above it.
        self._rows_changed(cursor, top=cursor - (self._cursor - self.scroll_offset.y))

    def prepare(self) -> None:
        """Get ready for a filter, so that its first letter need not wait for it."""
        if self._index is None:
            haystacks = [fuzzy.haystack(*fields) for fields in zip(*texts(self._rows), strict=True)]
            self._index = fuzzy.Index(haystacks, self._order)

    def _search(self) -> list[int]:
        self.prepare()
        assert self._index is not None
        return self._index.search(self._query)

    def _move_to(self, index: int) -> None:
        super()._move_to(index)
        if self._query:
            self._before_filter = self.highlighted

    def action_mark(self) -> None:
        """Ask for the row under the cursor to be marked or unmarked."""
        if self.highlighted is not None:
            self.post_message(self.Marked(self, self.highlighted))

    def action_pin(self) -> None:
        """Ask for the row under the cursor to be pinned or unpinned."""
        if self.highlighted is not None:
            self.post_message(self.Pinned(self, self.highlighted))

    # Painting.

    def empty_lines(self) -> Sequence[str]:
        if self._query and self._rows:
            return ("Nothing matches.", "Press esc to see everything again.")
        return super().empty_lines()

    def row_count(self) -> int:
        return len(self._view)

    def key_at(self, index: int) -> str:
        return self._names[self._view[index]]

    def row_state(self, index: int) -> Hashable:
        row = self._rows[self._view[index]]
        name = row.name
        flags = (name == self._active, name in self._marked, name in self._pinned)
        if row.problem:
            return flags
        now = clock.now()
        state, left, style = "", "", ""
        if row.session is not None:
            state, expires_at = self._states.session(row.session)
            left, style = states.session_left(state, expires_at, now), states.session_class(state, expires_at, now)
        word, expires_at = self._states.credentials(name)
        return (flags, state, left, style, word, states.credentials_left(word, expires_at, now))

    def _lay_out(self, width: int) -> None:
        if width != self._laid_out_for:
            self._columns, self._gap = columns.layout(self._natural, width)
            self._laid_out_for = width

    def header_pieces(self, width: int) -> list[Piece]:
        self._lay_out(width)
        gap = " " * self._gap
        titles = [
            gap[1:] + cells.pad_left(name, size) if name == LEFT else gap + cells.pad(name, size)
            for name, size in self._columns.items()
        ]
        return [(" " * columns.GUTTER + "".join(titles)[self._gap :], HEADER)]

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        self._lay_out(width)
        row = self._rows[self._view[index]]
        sizes = self._columns
        gap = " " * self._gap
        pieces = self._marks(row, selected)
        self._add_name(pieces, row, sizes[NAME], selected)
        if row.problem:
            room = width - columns.GUTTER - sizes[NAME] - self._gap
            pieces.append((gap + cells.cut(row.problem, room), states.BAD))
            return pieces
        now = clock.now()
        for name, size in sizes.items():
            if name == ACCOUNT:
                pieces.append((gap + cells.pad(row.account_id, size), MUTED))
            elif name == ACCOUNT_NAME:
                pieces.append((gap + cells.pad(row.account_name, size), TEXT))
            elif name == ROLE:
                pieces.append((gap + cells.pad(row.role_name, size), TEXT))
            elif name == SESSION:
                self._add_session(pieces, row, gap, size, now)
            elif name == LEFT:
                self._add_left(pieces, row, gap[1:], size, now)
            elif name == CREDENTIALS:
                word, expires_at = self._states.credentials(row.name)
                left = states.credentials_left(word, expires_at, now)
                word = cells.cut(word, size)
                pieces.append((gap + word, states.credentials_class(word)))
                pieces.append((cells.pad_left(left, size - cells.width_of(word)), TEXT))
            elif name == REGION:
                pieces.append((gap + cells.pad(row.region, size), MUTED))
        return pieces

    def _marks(self, row: Row, selected: bool) -> list[Piece]:
        second = (" ", TEXT)
        if row.name in self._marked:
            second = (MARKED_MARK, ACCENT)
        elif row.problem:
            second = (BROKEN_MARK, states.BAD)
        elif row.name in self._pinned:
            second = (PINNED_MARK, MUTED)
        return [
            (CURSOR_MARK if selected else " ", POINTER),
            second,
            (ACTIVE_MARK if row.name == self._active else " ", ACCENT),
        ]

    def _add_name(self, pieces: list[Piece], row: Row, size: int, selected: bool) -> None:
        text = cells.pad(row.label, size)
        style = STRONG if selected or row.name == self._active else MUTED if row.problem else TEXT
        found = fuzzy.positions(self._query, row.label) if self._query else ()
        if not found:
            pieces.append((text, style))
            return
        # A cut name ends in an ellipsis, which stands for a letter and is none.
        last = len(text) if cells.width_of(row.label) <= size else len(text.rstrip()) - 1
        start = 0
        for end in range(1, len(text) + 1):
            matched = start in found and start < last
            if end == len(text) or (end in found and end < last) != matched:
                pieces.append((text[start:end], MATCH if matched else style))
                start = end

    def _add_session(self, pieces: list[Piece], row: Row, gap: str, size: int, now: float) -> None:
        if row.session is None:
            pieces.append((gap + "  " + cells.pad(row.session_label, size - 2), MUTED))
            return
        state, expires_at = self._states.session(row.session)
        style = states.session_class(state, expires_at, now)
        pieces.append((f"{gap}{states.SYMBOLS.get(state, ' ')} ", style))
        pieces.append((cells.pad(row.session_label, size - 2), TEXT))

    def _add_left(self, pieces: list[Piece], row: Row, gap: str, size: int, now: float) -> None:
        if row.session is None:
            pieces.append((gap + " " * size, TEXT))
            return
        state, expires_at = self._states.session(row.session)
        left = states.session_left(state, expires_at, now)
        style = TEXT if state == SIGNED_IN else states.left_class(state, expires_at, now)
        pieces.append((gap + cells.pad_left(left, size), style))


def _natural_widths(rows: Sequence[Row]) -> dict[str, int]:
    shown = dict(zip((NAME, ACCOUNT, ACCOUNT_NAME, ROLE, SESSION, REGION), texts(rows), strict=True))
    symbol = {SESSION: 2}
    return {
        name: cells.widest(column, columns.CAPS[name] - symbol.get(name, 0)) + symbol.get(name, 0)
        for name, column in shown.items()
    }
