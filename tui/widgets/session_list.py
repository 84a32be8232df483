"""The sessions of the board: where one is signed in, and for how long."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from ..aws import clock
from ..aws.model import EXPIRING, SIGNED_IN
from ..moments import moment
from ..words import durations, states
from ..words.states import MUTED, States
from . import cells
from .profile_list import BROKEN_MARK, CURSOR_MARK
from .row_list import HEADER, POINTER, REST, STRONG, TEXT, Piece, RowList
from .rows import SessionRow, session_row_of

__all__ = ["SessionList", "SessionRow", "session_row_of"]

GUTTER = 3
GAP = "  "
_STATE, _LEFT, _COUNT = 11, 7, 4
_NAME_CAP, _HOST_CAP = 30, 40
_BARS = (26, 18, 14, 12)
_LEAST_NAME, _LEAST_HOST, _LEAST_BESIDE = 12, 14, 8


class SessionList(RowList):
    """The list of sessions. The time of the soonest expiry is the one in bold; bars have one scale for all rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Its profiles", key_display="enter", id="session.choose"),
    ]

    class Highlighted(RowList.Highlighted):
        """The cursor is on the session `name` (its key) now; empty when no row is left."""

    class Chosen(RowList.Chosen):
        """The session `name` (its key) was chosen with enter or a double click."""

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
        self._rows: Sequence[SessionRow] = ()
        self._soonest: str | None = None
        self._name_width = self._least_name = _LEAST_NAME
        self._cuts: dict[int, dict[str, cells.Cut]] = {}
        self._host_width = _LEAST_HOST
        self._ends: Mapping[str, float] = {}

    def set_rows(self, rows: Sequence[SessionRow], keep: str | None = None) -> None:
        """Show `rows`, in this order. The cursor goes to the session `keep`, or stays on its own."""
        name = keep if keep is not None else self.highlighted
        self._rows = rows
        self._name_width = max(cells.widest([row.label for row in rows], _NAME_CAP), _LEAST_NAME)
        self._least_name = max(cells.widest([_telling(row) for row in rows], _NAME_CAP), _LEAST_NAME)
        self._cuts = {}
        self._measure_hosts()
        self._find_soonest()
        self._forget_lines()
        cursor = next((at for at, row in enumerate(rows) if row.name == name), self._cursor)
        self._rows_changed(cursor)

    def set_ends(self, ends: Mapping[str, float]) -> None:
        """Say which sessions are known to end with their token, by their keys, and when."""
        if ends != self._ends:
            self._ends = ends
            self._measure_hosts()
            self._forget_lines()
            self.refresh()

    def _measure_hosts(self) -> None:
        beside = len("ends 18:05" + GAP) if self._ends else 0
        self._host_width = max(cells.widest([row.host for row in self._rows], _HOST_CAP), _LEAST_HOST) + beside

    def tick(self) -> None:
        self._find_soonest()
        super().tick()

    def _find_soonest(self) -> None:
        now = clock.now()
        expiries = []
        for row in self._rows:
            state, expires_at = self._states.session(row.name)
            if state in (SIGNED_IN, EXPIRING) and expires_at is not None and expires_at > now:
                expiries.append((expires_at, row.name))
        self._soonest = min(expiries)[1] if expiries else None

    # Painting.

    def row_count(self) -> int:
        return len(self._rows)

    def key_at(self, index: int) -> str:
        return self._rows[index].name

    def row_state(self, index: int) -> Hashable:
        row = self._rows[index]
        state, expires_at = self._states.session(row.name)
        # The bar is not part of it: it moves by minutes, and so does the text beside it.
        now = clock.now()
        left, style = states.session_left(state, expires_at, now), states.session_class(state, expires_at, now)
        word = states.session_word(state, expires_at, now)
        return (word, left, style, row.name == self._soonest, self._end_of(row, now))

    def _end_of(self, row: SessionRow, now: float) -> str:
        """When the session itself ends, "" where that is not known, or past."""
        ends = self._ends.get(row.name, 0.0)
        return moment(ends, now) if ends > now else ""

    def _layout(self, width: int) -> tuple[int, int, int]:
        """Cells of the name, the bar and the host, the last two 0 when there is no room for them."""
        room = width - GUTTER - 2 - 2 - _STATE - 2 - _LEFT - 2 - _COUNT
        for bar in _BARS:
            for name, host in (
                (self._name_width, self._host_width),
                (self._name_width, _LEAST_HOST),
                (self._least_name, _LEAST_HOST),
            ):
                spare = room - name - host - bar - 4
                if spare >= 0 and (bar == _BARS[-1] or host == self._host_width):
                    return name, bar, min(host + spare, self._host_width)
        for name in (self._name_width, self._least_name):
            if room >= name + _LEAST_HOST + 2:
                return name, 0, min(room - name - 2, self._host_width)
        return max(min(self._name_width, room), 1), 0, 0

    def _label(self, row: SessionRow, width: int) -> str:
        if cells.width_of(_telling(row)) <= width:
            return cells.pad(row.label, width)
        if width not in self._cuts:
            self._cuts[width] = cells.cuts([each.label for each in self._rows], width)
        return cells.fit(self._cuts[width][row.label].text, width)

    def _end(self, width: int) -> int:
        """Where the numbers of profiles end."""
        name, bar, host = self._layout(width)
        columns = (name + 2, _STATE, _LEFT, bar, host, _COUNT)
        return min(GUTTER + sum(size + 2 for size in columns if size) - 2, width)

    def header_pieces(self, width: int) -> list[Piece]:
        name, bar, host = self._layout(width)
        text = " " * GUTTER + cells.pad("SESSION", name + 2)
        text += GAP + cells.pad("STATE", _STATE) + GAP + cells.pad_left("LEFT", _LEFT)
        if bar:
            text += GAP + " " * bar
        if host:
            text += GAP + "PORTAL"
        # The word is wider than its column: it reaches to the left, over the end of the hosts.
        room = self._end(width) - cells.width_of(text)
        return [(text + cells.pad_left("PROFILES" if room >= 10 else "", room), HEADER)]

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        row = self._rows[index]
        name, bar, host = self._layout(width)
        pieces = [(CURSOR_MARK if selected else " ", POINTER), ("  ", TEXT)]
        count = cells.pad_left(str(row.count), _COUNT)
        if row.problem:
            pieces.append((BROKEN_MARK + " ", states.BAD))
            pieces.append((self._label(row, name) + GAP, MUTED))
            room = self._end(width) - GUTTER - 2 - name - 2 - 2 - _COUNT
            pieces.append((cells.pad(row.problem, room), states.BAD))
            return [*pieces, (GAP + count, TEXT)]
        now = clock.now()
        state, expires_at = self._states.session(row.name)
        style = states.session_class(state, expires_at, now)
        pieces.append((states.SYMBOLS.get(state, " ") + " ", style))
        pieces.append((self._label(row, name) + GAP, TEXT))
        word, end = states.session_word(state, expires_at, now), self._end_of(row, now)
        if end and not host:  # no room beside it: the symbol says the rest
            word = f"ends {end}"
        wide = max(cells.width_of(word), _STATE)
        pieces.append((cells.pad(word, wide) + GAP, style))
        left = cells.pad_left(states.session_left(state, expires_at, now), _LEFT - (wide - _STATE))
        strong = STRONG if row.name == self._soonest else TEXT
        pieces.append((left, strong if state == SIGNED_IN else states.left_class(state, expires_at, now)))
        if bar:
            counting = state in (SIGNED_IN, EXPIRING) and expires_at is not None
            full, rest = durations.bar(expires_at - now if counting and expires_at else None, bar)
            pieces += [(GAP, TEXT), (full, style), (rest, REST)]
        if host:
            text = f"{BROKEN_MARK} {row.warning}" if row.warning else row.host
            style = states.BAD if row.warning else MUTED
            if end:
                told = cells.cut(f"ends {end}", host)
                room = host - cells.width_of(told)
                text = cells.pad(f"{GAP}{text}", room) if room > _LEAST_BESIDE else " " * room
                pieces += [(GAP + told, states.SOON), (text, style)]
            else:
                pieces.append((GAP + cells.pad(text, host), style))
        return [*pieces, (GAP + count, TEXT)]


def _telling(row: SessionRow) -> str:
    """What must be seen of a session's name: of a host, which stands beside it, what is in front of its domain."""
    first, dot, _ = row.label.partition(".")
    return f"{first}{cells.ELLIPSIS}" if dot and row.label == row.host else row.label
