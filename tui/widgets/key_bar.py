"""The footer of the board: the keys that help now, as many as have room, each in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from ..keys import canonical, first_of, keys_of
from .bars import MUTED

KEY = "$text-primary"

_GAP = 2


class ShownKey(NamedTuple):
    """A key in the bar: `press` is what a click presses, `name` what is shown of it. Those with the highest `rank` give
    way first."""

    press: str
    name: str
    label: str
    rank: int

    @property
    def width(self) -> int:
        """Cells that it takes."""
        return cell_len(self.name) + 1 + cell_len(self.label)


class Hint(NamedTuple):
    """A key in the footer. `rank`: those with the highest ones give way first where there is no room."""

    id: str
    label: str
    rank: int


IN_THE_FILTER = [ShownKey("escape", "esc", "Clear filter", 0), ShownKey("enter", "enter", "To the list", 1)]
"""The keys that are shown while a filter is typed."""


def in_footer(found: Iterable[Hint], rebound: Mapping[str, str], where: str = "board") -> list[ShownKey]:
    """The hints as keys, those of the settings (`rebound`, by their ids) in place of ours."""
    keys = {key.id: key.keys for key in keys_of(where, rebound)}
    return [shown_as(keys[it.id], it.label, it.rank) for it in found]


def shown_as(keys: str, label: str, rank: int) -> ShownKey:
    """A key of the footer, by the first of these `keys`."""
    return ShownKey(canonical(keys.partition(",")[0]), first_of(keys), label, rank)


class KeyBar(Widget):
    """One line. What is wrong is at its right end, as a number (`! 4`)."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: Sequence[ShownKey] = ()
        self._wrong = 0
        self._places: list[tuple[int, int, str]] = []

    def show(self, keys: Sequence[ShownKey], wrong: int) -> None:
        """Show these keys, and how many things are `wrong`."""
        if (keys, wrong) != (self._keys, self._wrong):
            self._keys, self._wrong = keys, wrong
            self.refresh()

    def render(self) -> Content:
        """The keys that have room, and the number at the right."""
        width = self.size.width
        right = f"! {self._wrong}" if self._wrong else ""
        keys = fitting(self._keys, width - (len(right) + _GAP if right else 0))
        parts: list[Content] = []
        self._places, at = [], 0
        for key in keys:
            if at:
                parts.append(Content(" " * _GAP))
                at += _GAP
            parts += [Content.styled(key.name, f"bold {KEY}"), Content.styled(f" {key.label}", MUTED)]
            self._places.append((at, at + key.width, key.press))
            at += key.width
        if right and width - at - len(right) > 0:
            parts += [Content(" " * (width - at - len(right))), Content.styled(right, "$text-warning")]
            self._places.append((width - len(right), width, ""))
        return Content("").join(parts)

    async def on_click(self, event: Click) -> None:
        """A click on a key presses it; one on the number shows what is wrong."""
        x = event.get_content_offset_capture(self).x
        for start, end, press in self._places:
            if start <= x < end and press:
                self.app.simulate_key(press)
            elif start <= x < end:
                await self.run_action("screen.problems")


def fitting(keys: Sequence[ShownKey], width: int) -> list[ShownKey]:
    """Those of the keys that fit into `width` cells; the others give way by their rank."""
    shown = list(keys)
    while shown and sum(key.width + _GAP for key in shown) - _GAP > width:
        shown.remove(max(shown, key=lambda key: key.rank))
    return shown
