"""Small dialogs: a question, a list of problems."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws import clock
from ..aws.model import Problem
from ..said import Saying
from ..text import clean, place
from ..widgets.bars import MUTED
from ..words.durations import moment
from .base import Dialog
from .jobs import bindings

MOST = 500
"""Problems that are listed."""


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
    """Everything that is wrong, each with its file and line where it has one; then what was said, the newest first."""

    BINDINGS = [*bindings("problems"), Binding("exclamation_mark", "leave", show=False)]

    def __init__(self, problems: Sequence[Problem], said: Sequence[Saying] = ()) -> None:
        super().__init__()
        self._problems = problems
        self._said = said

    def compose(self) -> ComposeResult:
        """A title and the lists."""
        count = len(self._problems)
        with Vertical(classes="dialog"):
            yield Static(
                f"{count} problem{'s' if count != 1 else ''}" if count else "No problems", classes="dialog-title"
            )
            with VerticalScroll():
                if not count:
                    yield Static("Configuration, caches and settings are in order.")
                for problem in self._problems[:MOST]:
                    where = clean(place(problem.file, problem.line)) if problem.file else ""
                    text = Content(clean(problem.message, 600))
                    yield Static(Content.assemble((where, MUTED), "\n  ", text) if where else text, classes="problem")
                if count > MOST:
                    yield Static(Content(f"… and {count - MOST} more"))
                if self._said:
                    yield Static("What was said", classes="dialog-title gap")
                for saying in self._said:
                    yield Static(
                        Content.assemble((f"{moment(saying.at, clock.now())}  ", MUTED), saying.text), classes="problem"
                    )
            yield Footer(show_command_palette=False)
