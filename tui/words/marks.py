"""Marks of profiles: the label and colour that a guard rule gives them, alike wherever the profile is named."""

from __future__ import annotations

from typing import NamedTuple

LABEL_LIMIT = 16
"""Characters of a label."""

COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "magenta")

MARK_STYLES = {f"mark--{colour}": f"bold $mark-{colour}" for colour in COLOURS}
"""What the names of the colours' styles mean in texts of Textual's."""

_SGR = {"red": 31, "orange": 33, "yellow": 33, "green": 32, "cyan": 36, "blue": 34, "magenta": 35}

MARK_CODES = {f"mark--{colour}": f"1;{number}" for colour, number in _SGR.items()}
"""The same colours in a terminal's own palette, by the same names."""


class Mark(NamedTuple):
    """A label, clean and short, and one of COLOURS."""

    label: str
    colour: str = COLOURS[0]

    @property
    def text(self) -> str:
        """The label as it stands beside a name. The brackets tell it from the name where there are no colours."""
        return f"[{self.label}]"

    @property
    def style(self) -> str:
        """The style of the label in texts of Textual's."""
        return MARK_STYLES[self.name]

    @property
    def name(self) -> str:
        """The name of the style of the label in lists."""
        return f"mark--{self.colour}"

    def painted(self) -> str:
        """The label for a terminal that has colours."""
        return f"\x1b[{MARK_CODES[self.name]}m{self.text}\x1b[0m"
