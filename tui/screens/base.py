"""What the screens on top of the board share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen

from ..aws.inventory import Inventory
from ..text import clean
from ..widgets.bars import MUTED

if TYPE_CHECKING:
    from ..app import SsoApp
    from ..aws.errors import SsoError

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A screen over the board. Esc leaves it; its workers end with it."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS = [Binding("escape,q", "leave", "Back")]

    def __init__(self, inventory: Inventory) -> None:
        super().__init__()
        self.inventory = inventory

    @property
    def sso(self) -> SsoApp:
        """The application, by its own type."""
        from ..app import SsoApp

        assert isinstance(self.app, SsoApp)
        return self.app

    def action_leave(self) -> None:
        """Back to the board."""
        self.dismiss()


def rows(pairs: list[tuple[str, str, str]]) -> Content:
    """Label, value and style (a Textual style, "" for none) in two columns; empty values are left out."""
    width = max((len(label) for label, value, _ in pairs if value), default=0)
    lines = [
        Content.assemble((f"{label:{width}}  ", MUTED), (clean(value, 600), style) if style else clean(value, 600))
        for label, value, style in pairs
        if value
    ]
    return Content("\n").join(lines)


def failure(error: SsoError) -> Content:
    """An error as a screen shows it: what happened, and what helps."""
    parts = [Content.styled(clean(error.title, 600), "$text-error")]
    if error.hint:
        parts.append(Content(clean(error.hint, 600)))
    return Content("\n").join(parts)
