"""The columns of the profile list: how wide they are, where what tells rows apart comes first and the rest gives way in
its order; and the line that they make of a row."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..aws.model import SIGNED_IN, UNREADABLE
from ..words import states
from ..words.marks import Mark
from ..words.states import MUTED
from . import cells
from .row_list import MATCH, TEXT, Piece
from .rows import Row

GUTTER = 3
GAP, WIDEST_GAP = 2, 4
"""Between two columns; one less before LEFT, whose times rarely fill it."""

NAME, ACCOUNT_NAME, ACCOUNT, ROLE, SESSION, LEFT, CREDENTIALS, REGION = (
    "PROFILE",
    "ACCOUNT NAME",
    "ACCOUNT",
    "ROLE",
    "SESSION",
    "LEFT",
    "CREDENTIALS",
    "REGION",
)
ORDER = (NAME, ACCOUNT_NAME, ACCOUNT, ROLE, SESSION, LEFT, CREDENTIALS, REGION)
CLOCKS = {LEFT: 7, CREDENTIALS: 15}
"""The cells that any state and its time fit into."""
WORD = 8
"""The cells that any state of credentials fits into, without its time."""
TEXTS = (NAME, ACCOUNT, ACCOUNT_NAME, ROLE, SESSION, REGION)
CAPS = {NAME: 1000, ACCOUNT_NAME: 32, ACCOUNT: 12, ROLE: 40, SESSION: 32, REGION: 14}

SHORT = {CREDENTIALS: "CREDS"}
"""Heads of columns that can have less room than their names."""

SORTED_MARK = "▾"

SYMBOL = 1
"""Cells of the session's column without its name."""

GIVING_WAY = (ACCOUNT_NAME, ACCOUNT, ROLE)
"""Over these a longer name goes on, in its own row."""
_LEAST = 24
_STEPS = 5
_SHARES = {ACCOUNT_NAME: 0.6, ACCOUNT: 0.35, ROLE: 0.35}
"""Which part of the names must leave a column alone for it to be there at all."""
_IN_ITS_PLACE = 0.15
"""The same for the account's name where it stands in place of the number."""


UNSAID = "role that its name does not hold"
"""Beside the columns: what is in sight of roles once those that the names hold give way."""

IN_PLACE = "account's name in place of a number that the profile's name holds"
"""Likewise: what the column of numbers could say beside such names, where that of the accounts' names gives way."""

TIMES = "name with the time of its last use"
"""Among what the heads need: the cells of the widest name that has one, and of the time."""

InSight = Callable[[], Mapping[str, int]]
"""Gives what the rows in sight have to say: see `in_sight`."""


def in_sight(rows: Sequence[Row], words: Iterable[Sequence[str]]) -> dict[str, int]:
    """The cells of the widest time, of the widest state of credentials, and of what else can give way; 0 where no row
    has any. `words`: of the clock of each row."""
    good = [row for row in rows if not row.problem]
    found = {
        ACCOUNT_NAME: max((cells.width_of(row.account_name) for row in good), default=0),
        ACCOUNT: max((cells.width_of(row.account_id) for row in good), default=0),
        UNSAID: max((cells.width_of(row.role_name) for row in good if not _says_role(row)), default=0),
        IN_PLACE: max((cells.width_of(row.account_name) for row in good if _says_number(row, row.label)), default=0),
    }
    left, word = len(LEFT), len(SHORT[CREDENTIALS])
    for _, _, time, state, time_of_state in words:
        left = left if len(time) <= left else CLOCKS[LEFT]
        word = max(word, CLOCKS[CREDENTIALS] if time_of_state else min(len(state), WORD))
    return found | {LEFT: left, CREDENTIALS: word}


def _says_role(row: Row) -> bool:
    return row.role_name.lower() in row.label.lower()


def _says_number(row: Row, name: str) -> bool:
    return bool(row.account_id) and row.account_id in name


def _role_beside(row: Row, size: int) -> str:
    """The role, but no part of one that the name holds: the column may be only as wide as others need it."""
    return "" if cells.width_of(row.role_name) > size and _says_role(row) else row.role_name


class Measures:
    """What the columns have to say. `texts`: of all rows, for each column of TEXTS; `marks`: of the rows that have one.
    Only the widest of each is looked for at once; what else there is to know costs more, and few lists need it."""

    def __init__(self, texts: Sequence[list[str]], marks: Mapping[int, Mark] | None = None) -> None:
        self._marks = marks or {}
        self.labels, self._roles = texts[TEXTS.index(NAME)], texts[TEXTS.index(ROLE)]
        self.natural = {name: cells.widest(column, CAPS[name]) for name, column in zip(TEXTS, texts, strict=True)}
        if self.natural[SESSION]:
            self.natural[SESSION] += SYMBOL + 1
        if marks:
            self.natural[NAME] = min(max(self.natural[NAME], *map(self.name_width, marks)), CAPS[NAME])
        self._lengths: list[int] = []
        self._unsaid = -1

    def name_width(self, row: int) -> int:
        """Cells of a row's name and its mark."""
        return cells.width_of(self.labels[row]) + beside_name(self._marks.get(row))

    def within(self, width: int) -> float:
        """Which part of the names fits into `width` cells."""
        if not self._lengths:
            self._lengths = sorted(map(self.name_width, range(len(self.labels))))
        return bisect(self._lengths, width) / max(len(self._lengths), 1)

    def longest(self, width: int) -> int:
        """Cells of the longest name that fits into `width` cells."""
        within = round(self.within(width) * len(self.labels))
        return self._lengths[within - 1] if within else 0

    def unsaid_role(self) -> int:
        """Cells of the widest role that does not stand in its row's name."""
        if self._unsaid < 0:
            pairs = zip(self.labels, self._roles, strict=True)
            unsaid = [role for label, role in pairs if role and role.lower() not in label.lower()]
            self._unsaid = cells.widest(unsaid, CAPS[ROLE])
        return self._unsaid


class Layout(NamedTuple):
    """The columns in ORDER with their widths, the gap between them, the cells that a long name may take, whether they
    depend on the rows in sight, where the times of the last uses end, and whether the column of numbers says the
    account's name in rows whose own name holds the number."""

    sizes: dict[str, int]
    gap: int
    reach: int
    tight: bool
    times: int = 0
    in_place: bool = False

    def starts(self) -> dict[str, int]:
        """Where each column begins, from the beginning of the names."""
        found, at = {}, 0
        for name, size in self.sizes.items():
            found[name] = at = at - (name == LEFT)
            at += size + self.gap
        return found


def beside_name(mark: Mark | None) -> int:
    """Cells that a mark takes behind the name."""
    return 1 + cells.width_of(mark.text) if mark is not None else 0


def layout(measures: Measures, least: Mapping[str, int], seen: InSight, width: int) -> Layout:
    """The columns of a list that is `width` cells wide. `least`: what the heads of some need.

    While a name does not fit, these give way: the region, the clocks to what they have to say, columns without a word
    in sight, the session's name (its symbol stays), the role where names hold it. If that is not enough, those names
    that are too long go on over the account's name and number, each in its own row; where the column of accounts' names
    goes for it, they stand in place of the numbers that names hold. At last names are cut.
    """
    room = width - GUTTER
    sizes, shown = _natural(measures, least), dict[str, int]()
    for step in range(_STEPS):
        if step == 1:
            sizes.pop(REGION, None)
        elif step == 2:
            shown = dict(seen())
            sizes |= {name: max(shown[name], least.get(name, 0)) for name in CLOCKS}
            for name in (ACCOUNT_NAME, ACCOUNT):
                if not shown.get(name, 1):
                    sizes.pop(name, None)
        elif step == 3 and SESSION in sizes:
            sizes[SESSION] = SYMBOL
        elif step == 4 and ROLE in sizes:
            unsaid = min(shown.get(UNSAID, measures.unsaid_role()), CAPS[ROLE])
            sizes[ROLE] = max(unsaid, len(ROLE), least.get(ROLE, 0)) if unsaid else 0
            sizes = {name: size for name, size in sizes.items() if size}
        if _total(sizes) <= room:
            gap = min(GAP + (room - _total(sizes)) // max(len(sizes) - 1, 1), WIDEST_GAP)
            return Layout(_ordered(sizes), gap, sizes[NAME], tight=step > 1, times=sizes[NAME])
    behind = {name: size for name, size in sizes.items() if name not in (NAME, *GIVING_WAY)}
    reach = room - _taken(behind)
    readable = min(_LEAST, sizes[NAME])
    if reach < readable:
        return _narrow(behind, room, readable)
    between = {name: sizes[name] for name in GIVING_WAY if name in sizes}
    for name in GIVING_WAY:
        lined_up = reach - _taken(between)
        first = next(iter(between), "")
        share = _IN_ITS_PLACE if first == ACCOUNT_NAME and ACCOUNT not in sizes else _SHARES.get(first, 0)
        if lined_up >= len(NAME) and measures.within(lined_up) >= share:
            break
        between.pop(name, None)
    lined_up = reach - _taken(between)
    in_place = ACCOUNT in between and ACCOUNT_NAME in sizes.keys() - between.keys()
    if in_place:
        more = max(shown.get(IN_PLACE, 0) - between[ACCOUNT], 0)
        needed = max(measures.longest(lined_up), least.get(NAME, 0), least.get(TIMES, 0), len(NAME))
        between[ACCOUNT] += min(more, max(lined_up - needed, 0))
    sizes = _ordered({NAME: reach - _taken(between), **between, **behind})
    found = Layout(sizes, GAP, reach, tight=True, in_place=in_place)
    ends = (start + sizes[name] for name, start in found.starts().items() if name in (NAME, *GIVING_WAY))
    return found._replace(times=next((end for end in ends if end >= least.get(TIMES, 0)), reach))


def wanted(measures: Measures, least: Mapping[str, int]) -> int:
    """The cells in which a list says all but what the details beside it say: region, session, roles in names."""
    sizes = _natural(measures, least)
    sizes.pop(REGION, None)
    if SESSION in sizes:
        sizes[SESSION] = SYMBOL
    if not measures.unsaid_role():
        sizes.pop(ROLE, None)
    return GUTTER + _total(sizes)


def heads(found: Layout, sorted_by: str, words: str) -> str:
    """The line of heads. What the rows are sorted by is marked: the column `sorted_by`, or, where there is no room for
    it, with `words` behind the first."""
    line = " " * GUTTER
    said = len(sorted_by) + 2 <= found.sizes.get(sorted_by, 0)
    for name, start in found.starts().items():
        size = found.sizes[name]
        title = name if len(name) <= size else SHORT.get(name, "")
        if said and name == sorted_by:
            title += f" {SORTED_MARK}"
        elif not said and words and name == NAME:
            title += cells.pad_left(f"{words} {SORTED_MARK}", size - len(title))
        line = line.ljust(GUTTER + start) + (cells.pad_left(title, size) if name == LEFT else cells.pad(title, size))
    return line


def _narrow(behind: dict[str, int], room: int, readable: int) -> Layout:
    """Where the clocks leave a name too little: they go, from the right. The name gets no more for it than it has where
    they are back again, so that a wider terminal does not show less of it."""
    for size in (WORD, 0):
        behind[CREDENTIALS] = min(behind[CREDENTIALS], size)
        if not size:
            del behind[CREDENTIALS]
        if room - _taken(behind) >= readable:
            return Layout(_ordered({NAME: readable, **behind}), GAP, readable, tight=True, times=readable)
    reach = max(min(room, readable), 1)
    return Layout({NAME: reach}, GAP, reach, tight=True, times=reach)


def _natural(measures: Measures, least: Mapping[str, int]) -> dict[str, int]:
    natural = measures.natural
    sizes = {name: max(natural[name], len(name), least.get(name, 0)) for name in TEXTS if natural[name]} | CLOCKS
    sizes[NAME] = max(natural[NAME], len(NAME), least.get(NAME, 0))
    return sizes


def _ordered(sizes: Mapping[str, int]) -> dict[str, int]:
    return {name: sizes[name] for name in ORDER if name in sizes}


def _taken(sizes: Mapping[str, int]) -> int:
    """Cells of these columns, with the gap in front of each."""
    return sum(sizes.values()) + GAP * len(sizes) - (LEFT in sizes)


def _total(sizes: Mapping[str, int]) -> int:
    return _taken(sizes) - GAP


class ShownProfile(NamedTuple):
    """What is shown of a profile beside its row: the name as it is cut, its style and which characters of it a filter
    has found, when the profile was used, and the words of its clocks."""

    name: str
    style: str
    matched: frozenset[int]
    when: str
    state: str
    state_style: str
    left: str
    credentials: str
    credentials_left: str
    mark: Mark | None = None


def profile_pieces(row: Row, shown: ShownProfile, layout: Layout, width: int) -> list[Piece]:
    """The line of a profile, from its name on. Over the columns that give way a long name goes on."""
    pieces, at = _name_pieces(shown, layout)

    def add(start: int, *more: Piece) -> None:
        nonlocal at
        pieces.append((" " * (start - at), TEXT))
        pieces.extend(more)
        at = start + sum(cells.width_of(text) for text, _ in more)

    if row.problem:
        start = max(at + GAP, layout.sizes[NAME] + layout.gap)
        add(start, (cells.fit(row.problem, max(width - start, 0)), states.BAD))
        return pieces
    named = layout.in_place and row.account_name and _says_number(row, shown.name)
    texts = {
        ACCOUNT: (row.account_name, TEXT) if named else (row.account_id, MUTED),
        ACCOUNT_NAME: (row.account_name, TEXT),
        ROLE: (_role_beside(row, layout.sizes.get(ROLE, 0)), TEXT),
        REGION: (row.region, MUTED),
    }
    starts = layout.starts()
    for name, start in starts.items():
        size = layout.sizes[name]
        if name == ACCOUNT and start < at + GAP:
            last = ROLE if ROLE in starts and _says_role(row) else ACCOUNT  # the role gives way before the account
            needed = cells.width_of(texts[ACCOUNT][0])
            if at + GAP + needed <= starts[last] + layout.sizes[last]:
                start, size = at + GAP, needed
        if name == NAME or (name in GIVING_WAY and start < at + GAP):
            continue
        if name == SESSION:
            add(start, *_session_pieces(row, shown, size))
        elif name == LEFT:
            style = MUTED if shown.state == UNREADABLE else TEXT if shown.state == SIGNED_IN else shown.state_style
            add(start, (cells.pad_left(shown.left, size), style))
        elif name == CREDENTIALS:
            word = cells.cut(shown.credentials, size)
            rest = size - cells.width_of(word)
            time = shown.credentials_left if len(shown.credentials_left) < rest else ""
            add(start, (word, states.credentials_class(shown.credentials)), (cells.pad_left(time, rest), TEXT))
        else:
            text, style = texts[name]
            add(start, (cells.fit(text, size), style))
    return pieces


def _name_pieces(shown: ShownProfile, layout: Layout) -> tuple[list[Piece], int]:
    """The name, its mark, and when it was used, and the cell behind them."""
    pieces: list[Piece] = []
    text, start = shown.name, 0
    for end in range(1, len(text) + 1):
        if end == len(text) or (end in shown.matched) != (start in shown.matched):
            pieces.append((text[start:end], MATCH if start in shown.matched else shown.style))
            start = end
    at = cells.width_of(text)
    if shown.mark is not None:
        pieces += [(" ", TEXT), (shown.mark.text, shown.mark.name)]
        at += beside_name(shown.mark)
    when = max(at + GAP, layout.times - len(shown.when))
    if shown.when and when + len(shown.when) <= layout.reach:
        pieces.append((" " * (when - at) + shown.when, MUTED))
        at = when + len(shown.when)
    return pieces, at


def _session_pieces(row: Row, shown: ShownProfile, size: int) -> list[Piece]:
    symbol = states.SYMBOLS.get(shown.state, " ")
    pieces = [(symbol, shown.state_style)]
    if size > SYMBOL:
        label = cells.fit(row.session_label, size - SYMBOL - 1)
        pieces.append((f" {label}", MUTED if row.session is None else TEXT))
    return pieces
