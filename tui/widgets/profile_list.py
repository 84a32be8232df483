"""The profiles of the board: one line each, ten thousand of them at the price of those on the screen."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from ..aws import clock
from ..moments import ago
from ..words import states
from ..words.states import MUTED, States
from . import cells, columns, fuzzy
from .columns import NAME, ShownProfile, profile_pieces
from .row_list import ACCENT, HEADER, POINTER, STRONG, TEXT, Piece, RowList
from .rows import Row, Rows, marks, names, row_of, session_keys, shown_texts, texts

__all__ = ["ProfileList", "Row", "Rows", "row_of"]

CURSOR_MARK, ACTIVE_MARK, MARKED_MARK, PINNED_MARK, BROKEN_MARK = "▸", "*", "+", "▴", "!"

LAST_USED = 5
"""So many profiles stand on top because they were used last."""

_WHEN = len("  long ago")
_BEGINNING = 4
"""Letters of a state's word that mean the state: fewer are the beginning of too much else."""
SESSION_STATES = (*states.SESSION_STATES, states.ENDED)
CREDENTIALS_STATES = (*states.CREDENTIALS_STATES, states.DENIED)


class ProfileList(RowList):
    """The virtual list of profiles. `states` is asked for the states of the rows in sight only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Use", key_display="enter", id="profile.use"),
    ]

    class Highlighted(RowList.Highlighted):
        """The cursor is on the profile `name` now; empty when no row is left."""

    class Chosen(RowList.Chosen):
        """The profile `name` was chosen with enter or a double click."""

    class HeadClicked(RowList.RowMessage):
        """A click on the head of the column `name`."""

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
        self._by_state: set[str] = set()
        self._before_filter: str | None = None
        self._index: fuzzy.Index | None = None
        self._measures = columns.Measures(texts(()))
        self._layout = columns.Layout({}, columns.GAP, 0, tight=False)
        self._laid_out_for: Hashable = None
        self._seen: tuple[int, dict[str, int]] | None = None
        self._cuts: dict[int, dict[str, cells.Cut]] = {}
        self._used: dict[str, float] = {}
        self._last_used: dict[str, float] = {}
        self._sorted_by = ("", "")
        self._only: str | None = None
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
        self._measures = columns.Measures(shown_texts(rows), marks(rows))
        self._cuts.clear()
        self._forget_lines()
        self._arrange(name)

    def set_sorted(self, column: str, words: str) -> None:
        """Say in the head what the rows are sorted by: the column, "" for none of them, or else `words`."""
        if (column, words) != self._sorted_by:
            self._sorted_by = column, words
            self._columns_changed()

    def set_flags(
        self,
        *,
        active: str | None,
        marked: Collection[str] = frozenset(),
        pinned: Collection[str] = frozenset(),
        used: Mapping[str, float] | None = None,
    ) -> None:
        """Which profile is the active one (AWS_PROFILE), which are marked, which are pinned, and when those were used
        that were (the last one first; 0 where nobody knows). Pins and the last five go on top."""
        marked, pinned, used = frozenset(marked), frozenset(pinned), dict(used or {})
        if (active, marked) != (self._active, self._marked):
            self._active, self._marked = active, marked
            self.refresh()
        if pinned == self._pinned and list(used.items()) == list(self._used.items()):
            return
        self._pinned, self._used = pinned, used
        self._index = None
        self._arrange(self.highlighted)

    def show_only(self, session: str | None) -> int:
        """Show only the profiles of one session, by its key; those of all again with None. Returns how many."""
        if session != self._only:
            self._only = session
            self._arrange(self.highlighted)
        return len(self._view)

    @property
    def only(self) -> str | None:
        """The session whose profiles are shown alone."""
        return self._only

    def filter(self, query: str) -> int:
        """Show only what matches `query`, best match first and under the cursor; returns how many match.

        An empty query shows everything again, in the board's order, with the cursor on the row that it was moved to, or
        kept on, or else on the one that it was on before. Among equally good matches pinned rows come first.
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
        self._view = self._viewed()
        self._seen = None  # other rows: what those had to say that were here does not count
        self._rows_changed(0, top=0)
        return len(self._view)

    def keep_cursor(self) -> None:
        """Stay on the row under the cursor when the filter goes: one has gone to it."""
        if self._query and self.highlighted is not None:
            self._before_filter = self.highlighted

    def _arrange(self, name: str | None) -> None:
        """Order the rows anew and keep the cursor on `name`, or else on its line."""
        self._order = range(len(self._rows))
        self._last_used = {}
        if self._pinned or self._used:
            places = {each: place for place, each in enumerate(self._names)}
            last = [each for each in self._used if each in places][:LAST_USED]
            self._last_used = {each: self._used[each] for each in last}
            top = [index for index, each in enumerate(self._names) if each in self._pinned]
            top += [places[each] for each in last if each not in self._pinned]
            on_top = set(top)
            self._order = [*top, *(index for index in self._order if index not in on_top)]
        self._view = self._viewed()
        self._columns_changed()
        cursor = self._cursor
        if name is not None:
            cursor = next((at for at, index in enumerate(self._view) if self._names[index] == name), cursor)
        # The cursor stays on its line of the screen, whatever came or went above it.
        self._rows_changed(cursor, top=cursor - (self._cursor - self.scroll_offset.y))

    def prepare(self) -> None:
        """Get ready for a filter, so that its first letter need not wait for it."""
        if self._index is None:
            haystacks = [fuzzy.haystack(*fields) for fields in zip(*texts(self._rows), strict=True)]
            used = {name: place for place, name in enumerate(self._used)}
            first = [used.get(name, len(used) + (name not in self._pinned)) for name in self._names]
            self._index = fuzzy.Index(haystacks, fuzzy.by_nearness(haystacks, first), self._order)

    def _in_state(self, word: str) -> Collection[int] | None:
        """The rows whose session or credentials are in the state that `word` begins to name; None if it names none."""
        of_session = any(state.startswith(word) for state in SESSION_STATES)
        of_credentials = any(state.startswith(word) for state in CREDENTIALS_STATES)
        if len(word) < _BEGINNING or not (of_session or of_credentials):
            return None
        self._by_state.add(word)
        keys, found = session_keys(self._rows), set[int]()
        if of_session:
            good = {key for key in set(keys) if key and self._session_is(key, word)}
            found.update(index for index, key in enumerate(keys) if key in good)
        if of_credentials:
            name, state = self._names.__getitem__, self._states.credentials
            found.update(index for index, key in enumerate(keys) if key and state(name(index))[0].startswith(word))
        return found

    def _session_is(self, key: str, word: str) -> bool:
        """Whether the state of a session begins with `word`, or what is said in its place."""
        state, expires_at = self._states.session(key)
        return state.startswith(word) or states.session_word(state, expires_at, clock.now()).startswith(word)

    def room_wanted(self) -> int:
        """The cells in which the list says all that it has to say, with what is around it."""
        return columns.wanted(self._measures, self._heads()) + self.styles.gutter.width + self.scrollbar_size_vertical

    def visible_keys(self) -> list[str]:
        """The keys of the rows in sight, and of all where a filter asks for states."""
        return list(self._names) if self._query and self._by_state else super().visible_keys()

    def tick(self) -> None:
        """Repaint what is another text by now, and show other rows where the filter asks for states."""
        if self._query and self._by_state:
            view = self._viewed()
            if list(view) != list(self._view):
                name = self.highlighted
                self._view, self._seen = view, None
                cursor = next((at for at, index in enumerate(view) if self._names[index] == name), self._cursor)
                self._rows_changed(cursor)
        super().tick()

    def _viewed(self) -> Sequence[int]:
        """The rows that are to be shown."""
        view = self._order
        if self._query:
            self.prepare()
            assert self._index is not None
            self._by_state = set()
            view = self._index.search(self._query, self._in_state)
        if self._only is not None:
            keys = session_keys(self._rows)
            view = [index for index in view if keys[index] == self._only]
        return view

    def _move_to(self, index: int) -> None:
        super()._move_to(index)
        self.keep_cursor()

    # Painting.

    def empty_lines(self) -> Sequence[str]:
        if self._query and self._rows:
            return ("Nothing matches.", "Press esc to see everything again.")
        if self._only is not None and self._rows:
            return (
                "No profile uses this session.",
                "a     its accounts and roles",
                "esc   all sessions",
            )
        return super().empty_lines()

    def row_count(self) -> int:
        return len(self._view)

    def key_at(self, index: int) -> str:
        return self._names[self._view[index]]

    def row_state(self, index: int) -> Hashable:
        row = self._rows[self._view[index]]
        name = row.name
        flags = (name == self._active, name in self._marked, name in self._pinned, self._when(name))
        return (flags, *self._clock_words(row, clock.now()))

    def _when(self, name: str) -> str:
        """How long ago a profile was used, for those that stand on top because of that."""
        used = self._last_used.get(name)
        if used is None:
            return ""
        return ago(clock.now() - used) if used else "recent"

    def _clock_words(self, row: Row, now: float) -> tuple[str, str, str, str, str]:
        """The state of the row's session, its style and the time left; the state of its credentials, and the same."""
        if row.problem:
            return "", "", "", "", ""
        state, style, left = "", "", ""
        if row.session is not None:
            state, expires_at = self._states.session(row.session)
            style, left = states.session_class(state, expires_at, now), states.session_left(state, expires_at, now)
        word, expires_at = self._states.credentials(row.name)
        return state, style, left, word, states.credentials_left(word, expires_at, now)

    def _columns_changed(self) -> None:
        self._laid_out_for = None
        self._seen = None
        self.refresh()

    def _lay_out(self, width: int) -> bool:
        """Find the columns anew, if they can have changed; whether they have."""
        if self._laid_out_for == width and not self._layout.tight:
            return False
        found = columns.layout(self._measures, self._heads(), self._in_sight, width)
        self._laid_out_for = width
        if found == self._layout:
            return False
        self._layout = found
        self._lines.clear()
        return True

    def _heads(self) -> dict[str, int]:
        """What the heads need that are not just names, and the names with the time of their last use."""
        column, words = self._sorted_by
        heads = {column: len(column) + 2} if column else {NAME: len(f"{NAME}  {words}") + 2}
        if self._last_used:
            top = self._order[: len(self._pinned) + LAST_USED]
            used = [self._measures.name_width(index) for index in top if self._names[index] in self._last_used]
            heads[columns.TIMES] = min(max(used, default=0), columns.CAPS[NAME]) + _WHEN
            heads[NAME] = max(heads.get(NAME, 0), heads[columns.TIMES])
        return heads

    def _in_sight(self) -> Mapping[str, int]:
        """What the rows in sight have to say. It shrinks only where the rows that had more are a page away: else the
        columns would jump with each row that comes and goes."""
        now, top = clock.now(), self.scroll_offset.y
        rows = [self._rows[index] for index in self._view[top : top + self._page]]
        seen = columns.in_sight(rows, [self._clock_words(row, now) for row in rows])
        if self._seen is not None:
            at, before = self._seen
            if any(seen[name] < size for name, size in before.items()) and abs(top - at) < self._page:
                return {name: max(size, before[name]) for name, size in seen.items()}
        self._seen = top, seen
        return seen

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._lay_out(self.scrollable_content_region.width):
            self.refresh()  # more than `crop` looks different
        return super().render_lines(crop)

    def header_pieces(self, width: int) -> list[Piece]:
        by = self._sorted_by if not self._query else ("", "")  # what a filter finds stands in an order of its own
        return [(columns.heads(self._layout, *by), HEADER)]

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        row = self._rows[self._view[index]]
        name = row.name
        second = (" ", TEXT)
        if name in self._marked:
            second = (MARKED_MARK, ACCENT)
        elif row.problem:
            second = (BROKEN_MARK, states.BAD)
        elif name in self._pinned:
            second = (PINNED_MARK, MUTED)
        active = name == self._active
        signs = [(CURSOR_MARK if selected else " ", POINTER), second, (ACTIVE_MARK if active else " ", ACCENT)]
        when = self._when(name)
        reach = max(self._layout.reach - columns.beside_name(row.mark), 1)
        if when and cells.width_of(row.label) > reach:
            reach -= len(when) + columns.GAP
        cut = self._cut(row.label, reach)
        found = fuzzy.positions(self._query, row.label, self._by_state) if self._query else ()
        places = cut.places() if found else {}
        matched = frozenset(places[place] for place in found if place in places)
        style = STRONG if selected or active else MUTED if row.problem else TEXT
        shown = ShownProfile(cut.text, style, matched, when, *self._clock_words(row, clock.now()), row.mark)
        return [*signs, *profile_pieces(row, shown, self._layout, width - columns.GUTTER)]

    def _cut(self, label: str, reach: int) -> cells.Cut:
        """A name as it is shown. It depends on all names, not on those in sight: scrolling changes none."""
        if reach not in self._cuts:
            self._cuts[reach] = cells.cuts(self._measures.labels, reach)
        return self._cuts[reach].get(label) or cells.Cut(label, ((0, len(label)),))

    def head_clicked(self, x: int) -> None:
        if self.row_count():
            starts = self._layout.starts()
            under = [name for name, start in starts.items() if start <= max(x - columns.GUTTER, 0)]
            self.post_message(self.HeadClicked(self, under[-1]))
