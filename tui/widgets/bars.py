"""The one-line bars at the top and above the footer."""

from __future__ import annotations

import time
from collections.abc import Collection

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget

from ..text import clean
from ..words.marks import Mark
from . import cells

MUTED = "$text-muted"
"""The style of what is there but not the point."""


class TitleBar(Widget):
    """The program's name or what a screen is for, how many sessions are signed in, and the time of day."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program
        self._summary = ""
        self._alarm = ""
        self._using = ""
        self._among: Collection[str] = ()
        self._cut = (("", 0), "")
        self._mark: Mark | None = None
        self._marked = ""
        self._time = ""

    def show(
        self,
        summary: str,
        now: float,
        alarm: str = "",
        using: str = "",
        among: Collection[str] = (),
        marked: int = 0,
        mark: Mark | None = None,
    ) -> None:
        """Show `summary` and the local time of `now` (seconds since the epoch); beside the name, `alarm`, or which
        profile one is `using` with its `mark`, cut so that it is none other `among` all; and how many are `marked`."""
        if among is not self._among:
            self._among, self._cut = among, (("", 0), "")
        clock = time.strftime("%H:%M:%S", time.localtime(now))
        said = (summary, alarm, using, f"{marked} marked" if marked else "", clock, mark)
        if said != (self._summary, self._alarm, self._using, self._marked, self._time, self._mark):
            self._summary, self._alarm, self._using, self._marked, self._time, self._mark = said
            self.refresh()

    def render(self) -> Content:
        """Name at the left, the rest at the right. A long profile's name is cut around what it differs in."""
        right = "   ".join(filter(None, (self._summary, self._time)))
        marked = f"{self._marked}   " if self._marked else ""
        program = cells.middle(self._program, max(self.size.width - len(marked + right) - 1, 1)).text
        room = max(self.size.width - cells.width_of(program) - len(marked + right) - 1, 0)
        if self._alarm:
            beside = Content(f"   ! {clean(self._alarm)}").truncate(room, ellipsis=True).stylize("$text-warning")
        elif self._using and room > len(_USING) + _LEAST_NAME:
            label = f" {self._mark.text}" if self._mark is not None else ""
            name = self._short(max(room - len(_USING) - 1 - cells.width_of(label), 1))
            beside = Content.assemble(
                (_USING, MUTED), name, *([(label, self._mark.style)] if self._mark is not None else [])
            )
        else:
            beside = Content("")
        gap = " " * max(1, room + 1 - beside.cell_length)
        return Content.assemble(
            (program, "bold $text-primary"), beside, gap, (marked, "bold $text-primary"), (right, MUTED)
        )

    def _short(self, width: int) -> str:
        name = clean(self._using)
        if cells.width_of(name) <= width:
            return name
        if self._cut[0] != (name, width):
            read = cells.middle(name, width).text
            alike = [each for each in map(clean, self._among) if cells.middle(each, width).text == read]
            self._cut = (name, width), cells.cuts({*alike, name}, width)[name].text
        return self._cut[1]


_USING = "   using "
_LEAST_NAME = 12


class SaidLine(Widget):
    """What has just been said, at the bottom of a screen that has no line of notices."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def show(self, text: str, warns: bool) -> None:
        """Show `text`, which is harmless already; nothing when it is ""."""
        self._text = f"! {text}" if warns else text
        self.display = bool(text)
        self.set_class(warns, "-warning")
        self.refresh(layout=True)

    def render(self) -> Content:
        """The sentence; what is too long for one line goes on in a second one."""
        return Content(self._text)


_HIGH = 20
"""Lines of a terminal from which on a second line does not take too much from the list."""

_BEFORE_HINT = "   "
_LONGEST_HINT = 24


class NoticeBar(Widget):
    """One line of news: what has just been said, what is under way, what is wrong, or else a few numbers.

    What comes behind three blanks says what to press. It stays in sight where the rest is too long. A sentence that was
    just said may take a second line. What is told of a row does too, where the terminal is high enough; the line then
    stays there, so that the list does not jump with each move of the cursor.
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._said = False
        self._mark: Mark | None = None
        self._row = self._tall = False
        self._laid_out_for = 0

    def show(self, text: str, kind: str, said: bool = False, mark: Mark | None = None) -> None:
        """Show `text`, made harmless here; `kind` is "warning", "info" or "row". `said`: a sentence that was just said.
        `mark`: that of the profile whose row is told, where the text begins with it."""
        text = clean(text, 600)
        if (text, said, mark) != (self._text, self._said, self._mark):
            self._text, self._said, self._mark = text, said, mark
            self.refresh()
        self.set_class(kind == "warning", "-warning")
        self.set_class(said, "-said")
        sign = 2 if kind == "warning" else 0
        long = cell_len(text) + sign > max(self.size.width, 1)
        self._row = kind == "row"
        if (
            self._row
            and cell_len(_apart(text)[0]) > self.size.width
            and self.size.width
            and self.screen.size.height >= _HIGH
        ):
            self._tall = True
        self.styles.height = 2 if self._tall or (said and long) else 1

    def on_resize(self, event: Resize) -> None:
        """Another width may do without the second line."""
        if event.size.width != self._laid_out_for:
            self._laid_out_for, self._tall = event.size.width, False

    async def on_click(self) -> None:
        """Show all of it."""
        await self.run_action("screen.problems")

    def render(self) -> Content:
        """The line, cut at the width with an ellipsis."""
        sign = "! " if self.has_class("-warning") else ""
        if self._said or (self._tall and self.size.height > 1):
            return self._marked(Content(in_two_lines(sign + self._text, max(self.size.width, 1))))
        text, gap, hint = _apart(self._text)
        room = max(self.size.width - len(gap + hint), 1)
        return Content.assemble(self._marked(Content(sign + text).truncate(room, ellipsis=True)), gap + hint)

    def _marked(self, text: Content) -> Content:
        """With the colour of the profile's mark, where the text begins with that."""
        if self._mark is None or not text.plain.startswith(self._mark.text):
            return text
        return text.stylize(self._mark.style, 0, len(self._mark.text))


def in_two_lines(text: str, width: int) -> str:
    """The text in two lines: what is too long ends in `…`, in front of what says what to press, which stays whole."""
    said, gap, hint = _apart(text)
    words = said.split(" ")
    first, words = words[0], words[1:]
    while words and cells.width_of(f"{first} {words[0]}") <= width:
        first, words = f"{first} {words[0]}", words[1:]
    if cells.width_of(first) > width or cells.width_of(text) <= width:
        return text
    rest = cells.cut(" ".join(words), max(width - cells.width_of(gap + hint), 1)) + (gap if words else "") + hint
    return f"{first}\n{rest}"


def _apart(text: str) -> tuple[str, str, str]:
    """What is said, the blanks behind it, and what says what to press: both "" where nothing does."""
    said, gap, hint = text.rpartition(_BEFORE_HINT)
    return (said, gap, hint) if said and len(hint) <= _LONGEST_HINT else (text, "", "")
