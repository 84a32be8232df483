"""The help: all keys, and what symbols and states mean."""

from __future__ import annotations

from textwrap import wrap

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws import model
from ..keys import NAMES, keys_of, shown
from ..words.states import RENEWS, SYMBOLS
from .base import Dialog
from .jobs import bindings

_STATES = (
    (SYMBOLS[model.SIGNED_IN], model.SIGNED_IN, "the session's access token is good for 15 minutes or more"),
    (SYMBOLS[model.EXPIRING], model.EXPIRING, "less than 15 minutes left, and it cannot be renewed by itself"),
    (SYMBOLS[model.REFRESHABLE], model.REFRESHABLE, "renewed by itself with a refresh token when it is needed"),
    (SYMBOLS[model.SIGNED_OUT], model.SIGNED_OUT, "press l to sign in"),
    (SYMBOLS[model.UNREADABLE], model.UNREADABLE, "there is a token file, but it cannot be read; l replaces it"),
    (" ", model.VALID, "role credentials: good for 15 minutes or more"),
    (" ", model.EXPIRING, "role credentials: less than 15 minutes left; they are renewed when used"),
    (" ", model.EXPIRED, "role credentials: renewed when used, while the session lives"),
    (" ", model.NONE, "role credentials: none yet; r gets them"),
)

_MARKS = (
    ("*", "the active profile (AWS_PROFILE, else default)"),
    ("+", "marked with space"),
    ("▴", "pinned with *"),
    ("!", "cannot be used; the reason is beside it"),
    (RENEWS, "no time is told for what is renewed by itself"),
)


_LEFT = 19
"""Cells of the left column."""


class Help(Dialog[None]):
    """Keys by screen, then states and marks."""

    BINDINGS = [*bindings("help"), Binding("question_mark", "leave", show=False)]

    def compose(self) -> ComposeResult:
        """One column of text that scrolls."""
        with Vertical(classes="dialog"):
            yield Static("Keys and states", classes="dialog-title")
            with VerticalScroll():
                for where, name in NAMES.items():
                    rows = [(shown(key.keys), key.help) for key in keys_of(where, self.sso.settings.keys)]
                    yield Section(name, rows)
                yield Section("States", [(f"{symbol} {word}", meaning) for symbol, word, meaning in _STATES])
                yield Section("Marks", list(_MARKS))
            yield Footer(show_command_palette=False)


class Section(Static):
    """A heading and rows of two columns: what is too long for its line goes on below its own column."""

    def __init__(self, title: str, rows: list[tuple[str, str]]) -> None:
        super().__init__(_broken(title, rows, 1000), classes="help-section")
        self._title = title
        self._rows = rows

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.update(_broken(self._title, self._rows, max(self.content_size.width - _LEFT, 12)))


def _broken(title: str, rows: list[tuple[str, str]], room: int) -> Content:
    """The text of a section, with `room` cells for its right column."""
    lines = [Content.styled(title, "bold $text-primary")]
    for left, right in rows:
        first, *others = wrap(right, room)
        lines.append(Content.assemble((f"  {left}".ljust(_LEFT), "bold"), first))
        lines += [Content(" " * _LEFT + other) for other in others]
    return Content("\n").join(lines)
