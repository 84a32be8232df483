"""The list of accounts and roles: a tree of which only the lines in sight are painted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from ...text import clean
from ...widgets import cells, fuzzy
from ...widgets.columns import beside_name
from ...widgets.profile_list import CURSOR_MARK, MARKED_MARK
from ...widgets.row_list import ACCENT, HEADER, MATCH, POINTER, STRONG, TEXT, Piece, RowList
from ...words.marks import Mark
from ...words.states import BAD, MUTED
from .branches import ACCOUNT, HEAD, LOST, ROLE, Branches, Line, Role
from .telling import GONE_MEANS, profiles_of, state_of

OPEN, CLOSED = "▽", "▷"

GUTTER = 3
_ARROW = 2
_INDENT = 4
GAP = 2
NUMBER = 12
FEW = 8
"""So many accounts are open from the beginning."""

_STATE = (8, 18)
"""Cells of the column of states at least: in the narrowest terminal, and where names want more room."""
_LEAST_NAME = 12
_EMAIL = 24
"""Cells of an address that tell anything."""
_NEAR = 6
"""Cells that all lines give for the names of profiles that are gone."""

HEADS = ("ACCOUNT, ROLE", "NUMBER", "PROFILE", "E-MAIL")


class TreeColumns:
    """How wide the columns are: `name` with what is in front of it, `state`, and `email` (0 where there is none).
    `lost`: the name of a profile that is gone, which may take more, as few lines are for such."""

    __slots__ = ("email", "lost", "name", "state")

    def __init__(self, natural: tuple[int, int, int], width: int, lost: int = 0) -> None:
        name, state, email = natural
        if lost - name <= _NEAR:
            name = max(name, lost)  # so that all numbers stand below each other
        room = width - GUTTER - GAP - NUMBER - GAP
        self.state = min(state, max(_STATE[1], room - name))
        if room - self.state < _LEAST_NAME:
            self.state = max(_STATE[0], room - _LEAST_NAME)
        self.name = min(name, room - self.state)
        rest = room - self.name - self.state - GAP
        self.email = min(email, rest) if rest >= min(email, _EMAIL) else 0
        if not self.email:
            self.state = room - self.name
        self.lost = max(self.name, min(lost, room - _STATE[1]))

    @property
    def ends(self) -> int:
        """The cell at which the column of states begins."""
        return GUTTER + self.name + GAP + NUMBER + GAP


class AccountTree(RowList):
    """`branches` as lines. `marked`: the marked roles. The cursor belongs to a line's key. `label_of`: the label that
    guard rules give a role, asked for the lines in sight only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Use", key_display="enter", id="tree.use"),
        Binding("space", "mark", "Mark", show=False, id="tree.mark"),
        Binding("right", "unfold", "Open", show=False, id="tree.open"),
        Binding("left", "fold", "Close", show=False, id="tree.close"),
        Binding("+", "fold_all(False)", "Open all", show=False, id="tree.open_all"),
        Binding("-", "fold_all(True)", "Close all", show=False, id="tree.close_all"),
    ]

    class Highlighted(RowList.Highlighted):
        """The cursor is on another line now."""

    class Chosen(RowList.Chosen):
        """Enter on a line, or a double click."""

    def __init__(
        self, label_of: Callable[[Line], Mark | None], turn_mark: Callable[[Line], object] = lambda _line: None
    ) -> None:
        super().__init__()
        self._label_of = label_of
        self._turn_mark = turn_mark
        self.branches: Branches | None = None
        self.query_text = ""
        self.marked: frozenset[Role] = frozenset()
        self._lines_shown: Sequence[Line] = ()
        self._all_open: bool | None = None
        self._turned: set[str] = set()
        self._turned_in_filter: set[str] = set()
        self._natural = (0, 0, 0)
        self._widest_lost = 0
        self._cuts: dict[int, dict[str, cells.Cut]] = {}
        self._columns: tuple[int, TreeColumns] | None = None

    # For the screen.

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        return self._lines_shown[self._cursor] if self._cursor < len(self._lines_shown) else None

    def line_of(self, key: str) -> Line | None:
        """The line with this key: keys can have moved the cursor on since a message was posted."""
        return next((line for line in self._lines_shown if line.key == key), None)

    @property
    def shown(self) -> Sequence[Line]:
        """All lines, as the filter leaves them and as accounts are open or closed."""
        return self._lines_shown

    def set_branches(self, branches: Branches, keep: str | None = None) -> None:
        """Show these, with the filter still applied; the cursor goes to the line `keep`, or stays on its own."""
        keep = keep if keep is not None else self.highlighted
        self.branches = branches
        if self._all_open is None and branches.accounts:
            self._all_open = len(branches.accounts) <= FEW
        self._natural = _natural(branches)
        lost = branches.lost_lines()
        self._widest_lost = max(
            (_INDENT + cells.width_of(it.label) + beside_name(self._label_of(it)) for it in lost), default=0
        )
        self._cuts.clear()
        self._columns = None
        self._arrange(keep)

    def forget(self) -> None:
        """Other accounts come next: what is open among these says nothing of them."""
        self._all_open = None
        self._turned.clear()
        self._turned_in_filter.clear()

    def set_marked(self, marked: Collection[Role]) -> None:
        """These roles are marked now."""
        self.marked = frozenset(marked)
        self._arrange(self.highlighted) if fuzzy.fold(self.query_text).strip() else self.refresh()

    def filter(self, query: str) -> None:
        """Show only what matches, best match first and under the cursor; all again with an empty query."""
        if query == self.query_text:
            return
        before = self.highlighted
        self.query_text = query
        self._turned_in_filter.clear()
        self._lines.clear()
        self.set_class(bool(query.strip()), "-filtered")
        best = self._arrange(before)
        if best:
            self._go(best, top=0)

    def reveal(self, role: Role) -> bool:
        """Open the account of a role, and go there; to the account alone, and False, where the role is not offered, or
        not known yet."""
        if self.branches is None or self.branches.offer(role) is None:
            self._go(role[0], top=None)
            return False
        if not self._is_open(role[0], False):
            self._turn(role[0])
        self._arrange(f"{role[0]}/{role[1]}")
        # With what is around it: its account at least, even before it is known how many lines there are room for.
        account = next((at for at, line in enumerate(self._lines_shown) if line.key == role[0]), self._cursor)
        self._scroll_now(max(self._cursor - self._page // 3, 0) if self.size.height else account)
        return True

    def turn(self, key: str) -> None:
        """Open what is closed, and close what is open."""
        self._turn(key)
        self._arrange(key)

    def offered(self, line: Line) -> list[Role]:
        """The roles that a mark on this line is about: those of the account that are shown when it is open."""
        if line.kind == ROLE:
            return [(line.account_id, line.role)]
        return [(it.account_id, it.role) for it in self.matching() if it.account_id == line.account_id]

    def matching(self) -> list[Line]:
        """All roles that the filter leaves, those of closed accounts too."""
        if self.branches is None:
            return []
        lines, _ = self.branches.lines(lambda _key, _opened: True, self.query_text, self.marked)
        return [line for line in lines if line.kind == ROLE]

    def _is_open(self, key: str, opened: bool) -> bool:
        turned = self._turned
        if self.query_text.strip():
            turned = self._turned_in_filter
        else:
            opened = bool(self._all_open)
        return opened != (key in turned)

    def _turn(self, key: str) -> None:
        turned = self._turned_in_filter if self.query_text.strip() else self._turned
        turned ^= {key}

    def _arrange(self, keep: str | None) -> str:
        """Make the lines anew. The cursor goes to `keep`, or to the account that it belongs to. Returns the key of the
        best match."""
        if self.branches is None:
            return ""
        self._lines_shown, best = self.branches.lines(self._is_open, self.query_text, self.marked)
        self._go(keep, top=None)
        return best

    def _go(self, keep: str | None, top: int | None) -> None:
        cursor = self._cursor
        if keep is not None:
            places = {line.key: place for place, line in enumerate(self._lines_shown)}
            cursor = places.get(keep, places.get(keep.partition("/")[0].replace(LOST, HEAD), cursor))
        if top is None:  # the cursor stays on its line of the screen, whatever came or went above it
            top = cursor - (self._cursor - self.scroll_offset.y)
        self._rows_changed(cursor, top=top)

    # Keys and mouse.

    def action_mark(self) -> None:
        """Have the line under the cursor marked or unmarked. At once: the key behind may already be about it."""
        line = self.line
        if line is not None:
            self._turn_mark(line)

    def action_unfold(self) -> None:
        """Open the account, or go to its first role."""
        line = self.line
        if line is None or line.kind not in (ACCOUNT, HEAD):
            return
        if not line.open:
            self.turn(line.key)
        elif self._cursor + 1 < len(self._lines_shown) and self._lines_shown[self._cursor + 1].kind in (ROLE, LOST):
            self.action_move(1)

    def action_fold(self) -> None:
        """Close the account, or go to the account of the role."""
        line = self.line
        if line is None:
            return
        if line.kind in (ACCOUNT, HEAD):
            if line.open:
                self.turn(line.key)
        else:
            self._go(HEAD if line.kind == LOST else line.account_id, top=self.scroll_offset.y)

    def action_fold_all(self, closed: bool) -> None:
        """Open or close all."""
        if self.query_text.strip():
            for line in [line for line in self._lines_shown if line.kind in (ACCOUNT, HEAD) and line.open == closed]:
                self._turn(line.key)
        else:
            self._all_open = not closed
            self._turned.clear()
        self._arrange(self.highlighted)

    def on_click(self, event: events.Click) -> None:
        """On an arrow: open or close. On the mark: mark. Elsewhere as in all lists, whose own handler comes next."""
        place = event.get_content_offset_capture(self)
        index = place.y - self._header_lines + self.scroll_offset.y
        if event.button == 1 and place.y >= self._header_lines and index < self.row_count():
            line = self._lines_shown[index]
            if place.x == 1 and line.kind in (ACCOUNT, ROLE):
                event.prevent_default()
                self._move_to(index)
                self.action_mark()
            elif place.x in (GUTTER, GUTTER + 1) and line.kind in (ACCOUNT, HEAD):
                event.prevent_default()
                self._move_to(index)
                self.turn(line.key)

    # Painting.

    def empty_lines(self) -> Sequence[str]:
        if self.query_text.strip() and self.branches is not None and self.branches.accounts:
            return ("Nothing matches.", "Press esc to see everything again.")
        return super().empty_lines()

    def row_count(self) -> int:
        return len(self._lines_shown)

    def key_at(self, index: int) -> str:
        return self._lines_shown[index].key

    def row_state(self, index: int) -> Hashable:
        line = self._lines_shown[index]
        return line, self._mark(line), self._natural, self._widest_lost, self._label_of(line)

    def header_pieces(self, width: int) -> list[Piece]:
        found = self._laid_out(width)
        name, number, state, email = HEADS
        text = " " * (GUTTER + _ARROW) + cells.pad(name, found.name - _ARROW) + " " * GAP + cells.pad(number, NUMBER)
        text += " " * GAP + cells.pad(state, found.state)
        return [(text + (" " * GAP + email if found.email else ""), HEADER)]

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        line, found = self._lines_shown[index], self._laid_out(width)
        pieces: list[Piece] = [(CURSOR_MARK if selected else " ", POINTER), self._mark(line), (" ", TEXT)]
        style = STRONG if selected else TEXT
        if line.kind in (ACCOUNT, HEAD):
            pieces.append((f"{OPEN if line.open else CLOSED} ", MUTED))
            reach = found.name - _ARROW if line.kind == ACCOUNT else width
            at = GUTTER + _ARROW
        else:
            pieces.append((" " * _INDENT, TEXT))
            reach = (found.name + GAP + NUMBER if line.kind == ROLE else found.lost) - _INDENT
            at = GUTTER + _INDENT
        label = self._label_of(line)
        reach = max(reach - beside_name(label), 1)
        cut = self._cut(line.label, reach) if line.kind == ACCOUNT else cells.middle(line.label, reach)
        pieces += _found(self.query_text, line.label, cut, style)
        at += cells.width_of(cut.text) + beside_name(label)
        if label is not None:
            pieces += [(" ", TEXT), (label.text, label.name)]
        if line.kind in (ACCOUNT, LOST):
            start = GUTTER + (found.lost if line.kind == LOST else found.name) + GAP
            pieces.append((" " * (start - at), TEXT))
            pieces += _found(self.query_text, line.account_id, cells.middle(line.account_id, NUMBER), MUTED)
            at = start + min(cells.width_of(line.account_id), NUMBER)
        if line.kind == HEAD:
            room = width - at - GAP
            pieces.append((" " * GAP + cells.cut(GONE_MEANS, room) if room > _STATE[1] else "", MUTED))
            return pieces
        text, style = state_of(line)
        start = max(found.ends, at + GAP)
        pieces.append((" " * (start - at), TEXT))
        room = max(width - start if line.problem or line.kind == LOST else found.state, 0)
        cut = cells.Cut(cells.cut(text, room), ()) if line.problem else cells.middle(text, room)
        pieces += _found(self.query_text if line.kind == ROLE else "", text, cut, style)
        if found.email and line.email and line.kind == ACCOUNT and not line.problem:
            pieces.append((" " * (room - cells.width_of(cut.text) + GAP), TEXT))
            email = cells.middle(line.email, found.email)
            pieces += _found(self.query_text, line.email, email, MUTED)
        return pieces

    def _mark(self, line: Line) -> Piece:
        if line.problem or line.kind == LOST:
            return "!", BAD
        if not self.marked or line.kind == HEAD or self.branches is None:
            return " ", TEXT
        if line.kind == ROLE:
            return (MARKED_MARK, ACCENT) if (line.account_id, line.role) in self.marked else (" ", TEXT)
        roles = self.branches.of_account(line.account_id)
        count = sum((line.account_id, it.role) in self.marked for it in roles)
        return (MARKED_MARK, ACCENT if count == len(roles) else MUTED) if count else (" ", TEXT)

    def _laid_out(self, width: int) -> TreeColumns:
        if self._columns is None or self._columns[0] != width:
            self._columns = width, TreeColumns(self._natural, width, self._widest_lost)
        return self._columns[1]

    def _cut(self, label: str, reach: int) -> cells.Cut:
        """An account's name as it is shown. It depends on all names, not on those in sight: scrolling changes none."""
        if reach not in self._cuts:
            labels = [it.label for it in self._account_lines()]
            self._cuts[reach] = cells.cuts(labels, reach)
        return self._cuts[reach].get(label) or cells.Cut(label, ((0, len(label)),))

    def _account_lines(self) -> list[Line]:
        if self.branches is None:
            return []
        return [it for it in self.branches.lines(lambda _key, _opened: False)[0] if it.kind == ACCOUNT]


def _natural(branches: Branches) -> tuple[int, int, int]:
    """What the columns of names, states and addresses want."""
    lines = [line for line in branches.lines(lambda _key, _opened: False)[0] if line.kind == ACCOUNT]
    names = [line.label for line in lines]
    roles = [clean(role) for role in {it.role for it in branches.offers}]
    # Roles go on over the column of numbers, which is theirs too.
    name = max(cells.widest(names, 1000) + _ARROW, cells.widest(roles, 1000) + _INDENT - NUMBER - GAP)
    states = [state_of(line)[0] for line in lines if not line.problem]
    states += [profiles_of(it.profiles, it.elsewhere) for it in branches.offers if it.names]
    emails = [line.email for line in lines]
    return max(name, len(HEADS[0]) + _ARROW), max(cells.widest(states, 1000), len(HEADS[2])), cells.widest(emails, 60)


def _found(query: str, text: str, cut: cells.Cut, style: str) -> list[Piece]:
    """The text as it is cut, with what a filter has found in it."""
    places = cut.places()
    matched = {places[place] for place in fuzzy.positions(query, text) if place in places} if query.strip() else set()
    pieces: list[Piece] = []
    start = 0
    for end in range(1, len(cut.text) + 1):
        if end == len(cut.text) or (end in matched) != (start in matched):
            pieces.append((cut.text[start:end], MATCH if start in matched else style))
            start = end
    return pieces
