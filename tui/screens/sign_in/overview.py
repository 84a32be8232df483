"""Several sessions being signed in, as a table: what to do, once; a line a session; and more of the one with the
cursor. Lines of text, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from ...aws.model import BROWSER
from ...text import clean
from ...widgets import cells
from ...widgets.bars import MUTED
from ...words.durations import left
from .attempt import DONE, OPEN, STARTING, WAITING, Attempt
from .instructions import (
    EMPTY,
    ENTER,
    Line,
    address,
    large_code,
    longest,
    notes,
    paragraph,
    said_lines,
    strange_lines,
    style_of,
)
from .letters import LARGE, NARROW, SMALL

SYMBOLS = {DONE: "●", STARTING: "·"}
"""In front of a session; "○" while it is waited for, "!" where it has failed."""

LEAST_ROWS = 3
"""Rows of the table that stay in sight, whatever else there is to say."""

_MARK, _GAP = 4, 2
_CODE, _LEFT, _SHORT = 9, 7, len("waiting")
_NAME_CAP = 40
_CLOSE, _LEAST_NAME = 1, 8
"""The gap, and the cells of a name, where the state would have no room otherwise."""
_ALIGNED = 60
"""From so many cells on the steps' objects stand below each other."""


class OverviewColumns(NamedTuple):
    """Cells of each column, and the `gap` between two; `state` is 0 where it has no room: the symbol and the time say
    it then."""

    name: int
    code: int
    state: int
    left: int
    gap: int = _GAP

    @property
    def code_from(self) -> int:
        """Where the code begins."""
        return _MARK + self.name + self.gap


class Parts(NamedTuple):
    """What is said above the table, its head, how many rows of it are in sight, and what is said below."""

    above: list[Line]
    head: list[Line]
    rows: int
    below: list[Line]


def arrange(attempts: Sequence[Attempt], current: Attempt, width: int, height: int) -> Parts:
    """The parts in `width` x `height` cells. Where it gets narrow, empty lines go first, then what is said of the
    highlighted session, then the steps are said on one line; the table scrolls."""
    head = [(header(columns_of(attempts, width)), "")]
    about, whole = about_lines(current, width), about_lines(current, width, lines=height)
    count = len(attempts)
    codes = [code_lines(current, width, alphabet) for alphabet in (LARGE, SMALL, NARROW)]
    roomy = [EMPTY, *step_lines(attempts, width), EMPTY]
    for above, title, below in (
        *((roomy, head, [EMPTY, *whole, *code]) for code in codes if code),
        (roomy, head, [EMPTY, *whole]),
        (roomy, head, [EMPTY, *about]),
        ([*step_lines(attempts, width), EMPTY], head, about),
        (step_lines(attempts, width), head, about),
        (brief_line(width), head, about),
        (brief_line(width), [], about),
    ):
        room = height - len(above) - len(title) - len(below)
        if room >= count:
            return Parts(above, title, count, below)
    rows = max(min(count, LEAST_ROWS), height - len(brief_line(width)) - len(head) - len(about))
    above = brief_line(width) if height - rows >= 3 else []
    title = head if height - rows >= 5 else []
    return Parts(above, title, rows, about[: max(height - rows - len(above) - len(title), 0)])


def step_lines(attempts: Sequence[Attempt], width: int) -> list[Line]:
    """What to do, once for all."""
    steps = [
        ("Open", ("the page of each session, here or on another device", "the page of each session", "each page")),
        (
            ENTER,
            ("the code of that session: the page has to show the same one", "the code of each session", "its code"),
        ),
        ("Approve", ("only sign-ins that you started yourself", "only what you started")),
    ]
    if all(attempt.flow == BROWSER for attempt in attempts):
        del steps[1]
    label = max(len(verb) for verb, _ in steps) if width >= _ALIGNED else 0
    lines: list[Line] = []
    for number, (verb, texts) in enumerate(steps, 1):
        start = Content.assemble((f" {number}  ", MUTED), f"{verb:{label}}  ")
        lines.append((start + longest(width - len(start), *texts), ""))
    return lines


def code_lines(attempt: Attempt, width: int, alphabet: str) -> list[Line]:
    """The code in large letters, with a line above; nothing where it is too wide."""
    block = large_code(attempt, width, alphabet, " ")
    return [EMPTY, *block] if block else []


def brief_line(width: int) -> list[Line]:
    """The same where there is next to no room."""
    text = longest(
        width,
        " Open each page, compare its code, approve only what you started",
        " Open each page, compare its code, approve only yours",
        " Open, compare, approve only yours",
    )
    return [(Content.styled(text, MUTED), "")]


def about_lines(attempt: Attempt, width: int, lines: int = 2) -> list[Line]:
    """More of the highlighted session: how it stands, in full; its address, in so many `lines` at most; and what the
    last key has come to."""
    name = Content.styled(f"{attempt.label}  ", "bold")
    room = width - len(name) - 1
    message = "the page asks for this code" if attempt.asked_for else attempt.message
    if attempt.state in OPEN:
        message = longest(room, clean(message, 400), "asks for the code" if attempt.asked_for else attempt.state)
    text, *more = paragraph(message, room, style_of(attempt), "") or [EMPTY]
    found: list[Line] = [(Content(" ") + name + text[0], ""), *((Content(" ") + line, "") for line, _ in more)]
    if attempt.url:
        found += [(Content(" ") + line, copies) for line, copies in address(attempt.url, width - 1, lines)]
    found += [*strange_lines(attempt, width, " "), *said_lines(attempt, width, " ")]
    return found + [line for group in notes(attempt, width, " ") for line in group]


def columns_of(attempts: Sequence[Attempt], width: int) -> OverviewColumns:
    """The columns in `width` cells: the names whole as long as they can be, then the state, short or in full. Where a
    whole name leaves it no room, the columns are closer to each other, and the names cut as far as it needs."""
    code = max([_CODE, *(cells.width_of(attempt.user_code) for attempt in attempts)])
    name = cells.widest([attempt.label for attempt in attempts], _NAME_CAP)
    name = max(min(name, width - _MARK - _GAP * 2 - code - _LEFT), 6)
    room = width - _MARK - name - code - _LEFT - _GAP * 3
    states = [len(clean(attempt.message, 60)) for attempt in attempts if attempt.state in OPEN]
    state = max([_SHORT, *(state for state in states if state <= room)])
    if state <= room:
        return OverviewColumns(name, code, state, _LEFT)
    close = width - _MARK - code - _SHORT - _LEFT - _CLOSE * 3
    if close >= min(name, _LEAST_NAME):
        return OverviewColumns(min(name, close), code, _SHORT, _LEFT, _CLOSE)
    return OverviewColumns(name, code, 0, _LEFT)


def header(columns: OverviewColumns) -> Content:
    """The names of the columns."""
    return Content.styled(" " * _MARK + _joined("SESSION", "CODE", "STATE", "LEFT", columns), "bold $text-muted")


def row_lines(attempts: Sequence[Attempt], current: Attempt, width: int) -> list[Content]:
    """A line a session."""
    columns = columns_of(attempts, width)
    cuts = cells.cuts([attempt.label for attempt in attempts], columns.name)
    names = {label: cut.text for label, cut in cuts.items()}
    return [
        _row(attempt, names.get(attempt.label, attempt.label), columns, width, attempt is current)
        for attempt in attempts
    ]


def _row(attempt: Attempt, name: str, columns: OverviewColumns, width: int, current: bool) -> Content:
    symbol = SYMBOLS.get(attempt.state, "○" if attempt.state in OPEN else "!")
    pointer = Content.styled("▸ " if current else "  ", "bold $text-primary")
    start = Content.assemble(pointer, (f"{symbol} ", style_of(attempt)))
    if attempt.state in OPEN:
        code = attempt.user_code or ("browser" if attempt.flow == BROWSER else attempt.state)
        state = clean(attempt.message, 60)
        seconds = "" if attempt.seconds_left is None else left(attempt.seconds_left)
        if len(state) > columns.state:
            state = attempt.state if attempt.state == WAITING else ""  # the code's place says it then
        line = start + _joined(name, code, state, seconds, columns)
        return line.stylize("bold", 0, columns.code_from + columns.code) if current else line
    room = width - columns.code_from
    said = clean(attempt.message, 400)
    if cells.width_of(said) > room:
        said = said.removeprefix("signed in ") if attempt.state == DONE else attempt.state
    line = Content.assemble(
        start, cells.pad(name, columns.name) + " " * columns.gap, (cells.cut(said, room), style_of(attempt))
    )
    return line.stylize("bold", 0, columns.code_from) if current else line


def _joined(name: str, code: str, state: str, seconds: str, columns: OverviewColumns) -> str:
    parts = [cells.pad(name, columns.name), cells.pad(code, columns.code)]
    if columns.state:
        parts.append(cells.pad(state, columns.state))
    return (" " * columns.gap).join([*parts, cells.pad_left(seconds, columns.left)])
