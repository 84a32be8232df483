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
        before, behind = _beside(labels, shown, own, width - cells.width_of(text + gap + hint) - 3)
        strip = cells.width_of(before + own + behind)
        text = cells.cut(text, max(width - strip - 3 - cells.width_of(gap + hint), 0))
        right = text + gap + hint
        gap_left = " " * max(width - strip - cells.width_of(right), 1)
        return Content.assemble((before, MUTED), (own, "bold"), (behind, MUTED), gap_left, right)


def _beside(labels: list[str], shown: int, own: str, room: int) -> tuple[str, str]:
    """What stands before and behind the one that is shown, as `own`. Each keeps its place; where there is no room for
    all, the first ones that are out of sight are as few as can be."""
    for first in range(shown + 1):
        before = "".join(f"{label}  " for label in ["…"] * (first > 0) + labels[first:shown])
        for end in range(len(labels), shown, -1):
            behind = "".join(f"  {label}" for label in labels[shown + 1 : end] + ["…"] * (end < len(labels)))
            if cells.width_of(before + own + behind) <= room:
                return before, behind
    return "", ""
