"""Small dialogs: a question."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from ..text import clean
from .base import Dialog, bindings


class Confirm(Dialog[bool]):
    """A question with two answers: enter does it, leaving does not."""

    BINDINGS = [Binding("enter", "dismiss(True)", "Yes", key_display="enter"), *bindings("confirm")]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = clean(question, 600)

    def compose(self) -> ComposeResult:
        """The question and what the keys do."""
        with Vertical(classes="dialog -small"):
            yield Static(Content(self._question))
            yield Footer(show_command_palette=False)
