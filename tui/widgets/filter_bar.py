"""The line that filters the profiles: what is typed, and how many that leaves."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from ..terminal.typed import Entry
from ..text import clean

LONGEST = 200
"""Characters of a query; a longer paste is not taken."""


OF_PROFILES = "name, account, role, session, region or state; !word leaves out"


class FilterInput(Entry):
    """An input that takes foreign text, for example a paste, through the text gate."""

    def replace(self, text: str, start: int, end: int) -> None:
        super().replace(clean(text), start, end)

    async def action_submit(self) -> None:
        """Leave the bar at once, with the filter kept."""
        if isinstance(self.parent, FilterBar):
            self.parent.action_keep()


class FilterBar(Horizontal):
    """Hidden until `open`. Escape clears and closes it; enter or down leaves it, with the filter kept. Whoever leaves
    it goes to the widget `back_to`. `about`: what can be typed, as long as nothing is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Clear filter", id="filter.clear"),
        Binding("down", "keep", "To the list", show=False, id="filter.keep"),
    ]

    class Changed(Message):
        """The query is another one now."""

        def __init__(self, sender: FilterBar, query: str) -> None:
            super().__init__()
            self.sender = sender
            self.query = query

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.sender

    class Done(Message):
        """The user left the bar. With `keep` the filter stays; without, it was cleared and the bar is hidden."""

        def __init__(self, sender: FilterBar, keep: bool) -> None:
            super().__init__()
            self.sender = sender
            self.keep = keep

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.sender

    def __init__(self, back_to: Widget, about: str = OF_PROFILES) -> None:
        super().__init__()
        self.back_to = back_to
        # There from the beginning: what is counted by the clock may be told between mounting and composing.
        self.entry = FilterInput(
            placeholder=about,
            compact=True,
            max_length=LONGEST,
            select_on_focus=False,
        )
        self._count = Static("", classes="filter--count", markup=False)
        self._counted = ""

    def compose(self) -> ComposeResult:
        yield Static("/", classes="filter--prompt", markup=False)
        yield self.entry
        yield self._count

    def on_mount(self) -> None:
        self.display = False

    @property
    def text(self) -> str:
        """What is typed."""
        return self.entry.value

    @property
    def is_typed_into(self) -> bool:
        """Whether what is typed goes here."""
        return self.screen.focused is self.entry

    def open(self) -> None:
        """Show the bar and put the cursor into it. What was typed before is still there."""
        self.display = True
        # At once, because what `focus` does comes behind the keys that have been typed meanwhile.
        self._take_focus()
        self.call_later(self._take_focus)

    def _take_focus(self) -> None:
        """Put the cursor into the bar, unless it has been closed meanwhile."""
        if self.display and not self.is_typed_into:
            self.screen.set_focus(self.entry)

    def clear(self) -> None:
        """Empty and hide the bar; the filter is off. Posts Changed when there was one, and Done."""
        self.entry.value = ""
        self._leave()
        self.display = False
        self.post_message(self.Done(self, keep=False))

    def _leave(self) -> None:
        """Give up the focus, at once: what is typed now is for the list."""
        if self.is_typed_into:
            self.screen.set_focus(self.back_to)

    def set_count(self, shown: int, total: int) -> None:
        """Say how many of how many are left."""
        text = f"{shown} of {total}" if self.text else f"{total}"
        if text != self._counted:
            self._counted = text
            self._count.update(text)

    @on(Entry.Changed)
    def _typed(self, event: Entry.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    def action_keep(self) -> None:
        """Leave the bar; the filter stays, unless there is none."""
        if self.text.strip():
            self._leave()
            self.post_message(self.Done(self, keep=True))
        else:
            self.clear()

    def action_cancel(self) -> None:
        """Clear the filter and leave the bar."""
        self.clear()
