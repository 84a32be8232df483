"""The help: all keys, and what symbols and states mean."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws import model
from ..keys import NAMES, keys_of, shown
from ..widgets.states import SYMBOLS
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
    ("*", "the active profile (AWS_PROFILE)"),
    ("+", "marked with space"),
    ("▴", "pinned with *"),
    ("!", "cannot be used; the reason is beside it"),
)


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
                    yield _section(name, rows)
                yield _section("States", [(f"{symbol} {word}", meaning) for symbol, word, meaning in _STATES])
                yield _section("Marks", list(_MARKS))
            yield Footer(show_command_palette=False)


def _section(title: str, rows: list[tuple[str, str]]) -> Static:
    lines = [Content.styled(title, "bold $text-primary")]
    for left, right in rows:
        lines.append(Content.assemble((f"  {left:16}", "bold"), " ", right))
    return Static(Content("\n").join(lines), classes="help-section")
