"""A QR code in half blocks, two modules a character, dark on light whatever the theme is."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

Matrix = list[list[bool]]
"""Rows of modules, True for dark, with the quiet zone around them."""

QUIET = 2
"""Modules of quiet zone. The standard asks for four, which costs a terminal of 24 lines the code; two are enough for
phones as long as they are as light as the code's own light modules, and here they are."""

LONGEST = 500
"""Characters of a text that a code is made of; longer ones need a code too fine for a terminal."""

_STYLE = Style.parse("#000000 on #ffffff")
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def matrix(text: str) -> Matrix:
    """The QR code of `text` in its smallest version, quiet zone included; empty when there is nothing to encode.

    Error correction L: a screen is clean, and a smaller code has larger modules. It rises as far as the version
    has room for it.
    """
    if not text or len(text) > LONGEST:
        return []
    import segno  # 40 ms that only a sign-in has to spend

    try:
        code = segno.make(text, error="l", boost_error=True, micro=False)
    except ValueError:
        return []
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]


def lines_of(modules: Matrix) -> list[str]:
    """The matrix as text, two rows of modules a line. Spaces are light, blocks are dark."""
    light = [False] * len(modules[0]) if modules else []
    pairs = [(modules[y], modules[y + 1] if y + 1 < len(modules) else light) for y in range(0, len(modules), 2)]
    return ["".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]


class QR(Widget):
    """The QR code of a text, or nothing at all where it does not fit: half a code is worth nothing."""

    ALLOW_SELECT = False

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[str] = []
        self._text = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show the code of `text`; an empty one shows none."""
        if text != self._text:
            self._text = text
            self._lines = lines_of(matrix(text))
            self.refresh(layout=True)

    @property
    def code_size(self) -> Size:
        """Cells that the code takes, quiet zone included; 0 x 0 without one."""
        return Size(len(self._lines[0]), len(self._lines)) if self._lines else Size(0, 0)

    def fits(self, width: int, height: int) -> bool:
        """Whether there is a code, and it fits into `width` x `height` cells."""
        return bool(self._lines) and self.code_size.width <= width and self.code_size.height <= height

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self.code_size.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.code_size.height

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if y >= len(self._lines) or not self.fits(width, height):
            return Strip.blank(width, self.rich_style)
        return Strip([Segment(self._lines[y], _STYLE)]).adjust_cell_length(width, self.rich_style)
