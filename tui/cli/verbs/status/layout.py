"""Tables that fit a width without cutting a name: values in, lines out.

A table comes in several forms, from the one that tells most to the one that needs least room, and the first that fits
is taken. Where even the last does not fit, a row whose name is too long goes on in a line below its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....words.marks import MARK_CODES
from ....words.states import BAD, GOOD, RENEW, SOON

GAP = "  "
INDENT = "    "
"""Before what stands below a name."""
LEAST_NAME = 12
"""Cells that the names have at least, however narrow it is."""

FAINT = "faint"
STRONG = "strong"
_CODES = {GOOD: "32", SOON: "33", RENEW: "36", BAD: "31", FAINT: "2", STRONG: "1", **MARK_CODES}
"""The colours of a terminal's own palette, which its user has chosen to be read. A state is never faint."""


class Cell(NamedTuple):
    """A text, clean, and the class that colours it."""

    text: str
    style: str = ""


class TableRow(NamedTuple):
    """A name and the cells behind it. `rest` takes the place of cells that are not there, or the line below. `below`
    stands under a name that leaves no room beside it."""

    name: Cell
    cells: tuple[Cell, ...]
    rest: Cell = Cell("")
    below: str = ""


class Table(NamedTuple):
    """A header, rows, and which of the cells are aligned to the right."""

    header: tuple[str, ...]
    rows: Sequence[TableRow]
    right: frozenset[int] = frozenset()


def fitted(forms: Iterable[Table], width: int | None) -> list[list[Cell]]:
    """The lines of the first of `forms` that fits into `width` cells (None: anything does), else those of the last with
    its longer names on lines of their own."""
    for table in forms:
        widths, names = _widths(table), _name_width(table)
        if width is None or names + _cells_width(widths) <= width:
            break
    else:
        names = max(LEAST_NAME, min((width or 0) - _cells_width(widths), names))
    return _lines(table, names, widths, width)


def painted(line: Sequence[Cell], colours: bool) -> str:
    """A line as it is written, with the sequences for `colours` or without."""
    text = ""
    for cell in line:
        plain = cell.text.strip(" ")
        code = _CODES.get(cell.style, "") if colours and plain else ""
        text += cell.text.replace(plain, f"\x1b[{code}m{plain}\x1b[0m", 1) if code else cell.text
    return text.rstrip(" ")


def _lines(table: Table, name_width: int, widths: Sequence[int], width: int | None) -> list[list[Cell]]:
    first, *heads = table.header
    lines = [_line(Cell(first, FAINT), [Cell(head, FAINT) for head in heads], name_width, widths, table.right)]
    if all(row.rest.text for row in table.rows):
        lines = []  # there are no columns
    for row in table.rows:
        if row.rest.text:
            lines += _with_rest(row, name_width, width)
        elif _cells(row.name.text) <= name_width:
            lines.append(_line(row.name, row.cells, name_width, widths, table.right))
        else:
            below = INDENT + row.below
            under = Cell(below if _cells(below) <= name_width else "", FAINT)
            lines += [[row.name], _line(under, row.cells, name_width, widths, table.right)]
    return lines


def _with_rest(row: TableRow, name_width: int, width: int | None) -> list[list[Cell]]:
    beside = max(name_width, _cells(row.name.text)) + len(GAP)
    if width is None or beside + _cells(row.rest.text) <= width:
        return [[_padded(row.name, beside), row.rest]]
    from textwrap import wrap

    room = max(width - len(INDENT), LEAST_NAME)
    # Paths stay whole, wherever the terminal breaks them: half of one cannot be copied.
    parts = wrap(row.rest.text, room, break_on_hyphens=False, break_long_words=False)
    return [[row.name], *([Cell(INDENT + part, row.rest.style)] for part in parts)]


def _line(
    name: Cell, cells: Sequence[Cell], name_width: int, widths: Sequence[int], right: frozenset[int]
) -> list[Cell]:
    line = [_padded(name, name_width)]
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        if width:
            line += [Cell(GAP), _padded(cell, width, number in right)]
    return line


def _padded(cell: Cell, width: int, right: bool = False) -> Cell:
    blank = " " * (width - _cells(cell.text))
    return Cell(blank + cell.text if right else cell.text + blank, cell.style)


def _name_width(table: Table) -> int:
    return max(map(_cells, [table.header[0], *(row.name.text for row in table.rows if not row.rest.text)]))


def _widths(table: Table) -> list[int]:
    """The width of each column behind the names, 0 for one in which no row says anything."""
    columns = list(zip(*(row.cells for row in table.rows if not row.rest.text), strict=True))
    found = [max(_cells(cell.text) for cell in column) for column in columns] or [0] * (len(table.header) - 1)
    return [max(width, _cells(head)) if width else 0 for width, head in zip(found, table.header[1:], strict=True)]


def _cells_width(widths: Sequence[int]) -> int:
    return sum(width + len(GAP) for width in widths if width)


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)  # clean, so that nothing in it has no width
    from rich.cells import cell_len

    return cell_len(text)
