"""The line below the title: whose accounts they are, and how their listing goes on."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from ...widgets import cells
from ...widgets.bars import MUTED


class ListingBar(Widget):
    """Whose accounts they are, the other sessions beside it; and how the listing goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._sessions: tuple[list[str], int] = ([], 0)
        self._text = ""

    def show(self, sessions: list[str], shown: int, text: str, kind: str) -> None:
        """The labels of all sessions, which of them is `shown`, and what is said of its listing."""
        if (sessions, shown) != self._sessions or text != self._text:
            self._sessions, self._text = (sessions, shown), text
            self.refresh()
        self.set_class(kind == "warning", "-warning")

    def render(self) -> Content:
        """Sessions at the left, the listing at the right; what it says to press stays in sight."""
        labels, shown = self._sessions
        if not labels:
            return Content("")
        width = self.size.width
        text, gap, hint = self._text.rpartition("   ")
        if not gap:
            text, gap, hint = self._text, "", ""
        own = cells.middle(labels[shown], max(width // 3, 8)).text
        others = [label for place, label in enumerate(labels) if place != shown]
        room = width - cells.width_of(own) - 3
        wanted = cells.width_of(text + gap + hint)
        beside = ""
        for place, label in enumerate(others):
            longer = f"{beside}  {label}"
            last = place == len(others) - 1
            if cells.width_of(longer if last else f"{longer}  …") + wanted > room:
                beside = f"{beside}  …" if cells.width_of(beside) + 3 + wanted <= room else beside
                break
            beside = longer
        room -= cells.width_of(beside)
        text = cells.cut(text, max(room - cells.width_of(gap + hint), 0))
        right = text + gap + hint
        gap_left = " " * max(width - cells.width_of(own + beside + right), 1)
        return Content.assemble((own, "bold"), (beside, MUTED), gap_left, right)
