"""Fitting text into a number of terminal cells: wide characters take two, combining ones none."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def width_of(text: str) -> int:
    """Cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; a cut ends in `…`."""
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return (text[: width - 1] if text.isascii() else set_cell_size(text, width - 1).rstrip()) + "…"


def pad(text: str, width: int) -> str:
    """`text` in exactly `width` cells, filled up on the right."""
    text = cut(text, width)
    return text + " " * (width - width_of(text))


def pad_left(text: str, width: int) -> str:
    """`text` in exactly `width` cells, filled up on the left: for numbers and times."""
    text = cut(text, width)
    return " " * (width - width_of(text)) + text


def widest(texts: list[str], cap: int) -> int:
    """Cells of the widest of `texts`, never more than `cap`. One pass in C when all of them are ASCII."""
    if not texts:
        return 0
    measure = len if "".join(texts).isascii() else width_of
    return min(max(map(measure, texts)), cap)
