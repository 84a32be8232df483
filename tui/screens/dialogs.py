"""Small dialogs: a question, a list of problems."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws.model import Problem
from ..text import clean, place
from ..widgets.bars import MUTED
from .base import Dialog
from .jobs import bindings


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


class Problems(Dialog[None]):
    """Everything that is wrong with configuration and caches, each with its file and line."""

    BINDINGS = [*bindings("problems"), Binding("exclamation_mark", "leave", show=False)]

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self._problems = problems

    def compose(self) -> ComposeResult:
        """A title and the list."""
        count = len(self._problems)
        with Vertical(classes="dialog"):
            yield Static(
                f"{count} problem{'s' if count != 1 else ''}" if count else "No problems", classes="dialog-title"
            )
            with VerticalScroll():
                if not count:
                    yield Static("Configuration and caches are in order.")
                for problem in self._problems[:500]:
                    yield Static(
                        Content.assemble(
                            (clean(place(problem.file, problem.line)), MUTED), "\n  ", clean(problem.message, 600)
                        ),
                        classes="problem",
                    )
                if count > 500:
                    yield Static(Content(f"… and {count - 500} more"))
            yield Footer(show_command_palette=False)
