"""Something that is on or off, told by a letter too, not by a colour alone."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Switch(Widget, can_focus=True):
    """`[x] label`: space and a click turn it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "On or off", id="profiles.turn"),
        Binding("enter", "screen.go_on", "Show the change", key_display="enter", id="profiles.show"),
        Binding("tab", "screen.focus_next", "Next", id="profiles.next"),
    ]

    class Turned(Message):
        """It is the other way round now."""

    def __init__(self, label: str, on: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._label = label
        self.on = on

    def render(self) -> Content:
        """The mark and the label."""
        return Content(f"[{'x' if self.on else ' '}] {self._label}")

    def action_turn(self) -> None:
        """Turn it."""
        self.on = not self.on
        self.refresh()
        self.post_message(self.Turned())

    def on_click(self) -> None:
        """A click turns it too."""
        self.action_turn()
