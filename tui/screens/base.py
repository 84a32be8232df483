"""What the screens on top of the board share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rich.console import RenderableType
from rich.text import Text
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Event, Key, Resize
from textual.screen import ModalScreen, Screen
from textual.visual import RenderOptions, Visual
from textual.widgets import Footer, OptionList
from textual.worker import Worker

from ..aws import clock
from ..aws.errors import SsoError
from ..keys import WHOLE, canonical, keys_of
from ..text import clean
from ..widgets.bars import MUTED, SaidLine
from ..words.account import about
from ..words.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style
    from textual.widget import Widget

    from ..aws.model import Profile
    from ..host import Host

Answer = TypeVar("Answer")


TOO_SMALL = "Too small: 40 by 10 at least."


def bindings(where: str) -> list[BindingType]:
    """The bindings of a screen, from the one list of keys. Keys without an action belong to a widget."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label or key.help,
            show=bool(key.label),
            key_display="enter" if key.keys == "enter" else None,
            tooltip=key.help,
            id=key.id,
        )
        for key in (*keys_of(where), *keys_of("anywhere" if where not in WHOLE else ""))
        if key.action
    ]


class LastSize(Screen[Answer]):
    """A screen that is laid out for the terminal's last size only.

    Textual tells a screen its size once more after each layout. Of two sizes that wait for one screen, each would ask
    for the other again, for ever, where the layout makes other messages come between them.
    """

    async def on_event(self, event: Event) -> None:
        """Pass over a size that another one has overtaken."""
        if not isinstance(event, Resize) or event.size == self.app.size:
            await super().on_event(event)


class Sized(LastSize[Answer]):
    """A screen that says so when the terminal is too small for it, instead of showing scraps."""

    # The application's own does not reach dialogs, unless it went before what was typed just before it.
    BINDINGS = [Binding("ctrl+p", "app.command_palette", "Palette", show=False, id="app.palette")]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-slim"), (72, "-narrow"), (100, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-high")]

    def take_size(self) -> None:
        """Set the classes for the terminal's size. Textual does it after the first paint, and then all is painted anew.
        To be called while the screen is composed."""
        columns, rows = self.app.size
        for size, breakpoints in ((columns, self.HORIZONTAL_BREAKPOINTS), (rows, self.VERTICAL_BREAKPOINTS)):
            self.add_class([name for least, name in breakpoints if size >= least][-1])

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave, once: a second key or click that was meant for this screen does not close the one below."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def show_said(self) -> None:
        """Show what was said last, in a line above the keys, while it is news."""
        saying = cast("Host", self.app).said.latest(clock.monotonic())
        line = self.query_one_optional(SaidLine)
        if line is None:
            footer = self.query_one_optional(Footer)
            if saying is None or footer is None or footer.parent is None:
                return
            line = SaidLine()
            cast("Widget", footer.parent).mount(line, before=footer)  # never over the keys
        line.show(saying.text if saying is not None else "", saying is not None and saying.severity == "warning")
        if saying is not None:
            self.set_timer(max(saying.until - clock.monotonic(), 0.0) + 0.05, self.show_said)

    def on_screen_resume(self) -> None:
        """What was said on the screen before may still be news."""
        self.show_said()

    def configuration_changed(self) -> None:
        """The configuration is another one now. For screens that show what a profile was when they were opened."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say when a job of this screen has failed in a way that nobody had thought of."""
        cast("Host", self.app).tell_fault(event)

    def render(self) -> RenderableType:
        """The background, or the message; the style sheet hides everything else then."""
        return Text(TOO_SMALL) if self.is_too_small else super().render()

    @property
    def is_too_small(self) -> bool:
        """Whether the message stands in place of all else."""
        return self.has_class("-tiny") or self.has_class("-flat")


def move_by_key(screen: Screen[Any], event: Key, move: Callable[[str], None]) -> None:
    """On a screen without such a list: move something by the keys of the board's lists, as they are bound in the
    settings, where the key does nothing else there. `move` is told whether to go one row or line `up` or `down`, to the
    `first` or the `last`, or by a `page_up` or a `half_down`.

    They are no bindings of the screen: bound to another key, they would take it from a screen that has it for something
    else. So they are what is left over.
    """
    if event.key in screen.active_bindings:
        return
    for key in keys_of("lists", cast("Host", screen.app).settings.keys):
        if event.key in map(canonical, key.keys.split(",")):
            event.stop()
            move(key.action)
            return


class Dialog(ModalScreen[Answer], Sized[Answer]):
    """A screen over the board. Esc leaves it; its workers end with it.

    ModalScreen comes first: Textual takes the names that style sheets know a class by from the first bases alone.
    """

    CSS_PATH = "../styles/dialogs.tcss"
    PLACE = ""
    """Which keys its help begins with: `where` of the list of keys."""

    @property
    def sso(self) -> Host:
        """The application, by its own type."""
        return cast("Host", self.app)

    def on_mount(self) -> None:
        """Have no older message in front."""
        self.sso.let_go()

    def action_leave(self) -> None:
        """Back to the board."""
        self.dismiss()

    def action_help(self) -> None:
        """Show all keys, those of this screen first."""
        self.sso.show_help(self.PLACE)

    def on_key(self, event: Key) -> None:
        """Move, by what is left over of the keys."""
        move_by_key(self, event, self.action_move)

    def action_move(self, where: str) -> None:
        """Move in the list that has the focus, else scroll the text: with the keys of the board's lists."""
        if isinstance(self.focused, OptionList):
            move_in(self.focused, where)
            return
        texts = [self.focused, *self.query(VerticalScroll)]
        for text in texts:
            if isinstance(text, VerticalScroll):
                scroll_text(text, where)
                return


MOVES: list[BindingType] = [
    Binding(key.keys, f"screen.move('{key.action}')", show=False, id=key.id)
    for key in keys_of("lists")
    if key.action not in ("first", "last")
]
"""For a line that narrows the list below it: the keys of lists are that list's. Home and end stay the line's, and
letters among these keys are typed."""


class Options(OptionList):
    """A list to pick from. As in the lists of the board, one click moves the highlight, and a second one on the same
    line soon after picks."""

    _clicked = (-1, 0.0)

    def on_click(self, event: Click) -> None:
        """Pick only what was clicked before."""
        before, self._clicked = self._clicked, (-1, 0.0)
        index, now = event.style.meta.get("option"), clock.monotonic()
        if index is None or (index == before[0] and now - before[1] <= self.app.CLICK_CHAIN_TIME_THRESHOLD):
            return
        event.prevent_default()
        self._clicked = index, now
        self.highlighted = index


_HALVES = {"half_up": -1, "half_down": 1}


def move_in(options: OptionList, where: str) -> None:
    """Move the highlight of a list as a key of the board's lists would."""
    half = _HALVES.get(where, 0) * max(options.size.height // 2, 1)
    if half and options.option_count:
        options.highlighted = min(max((options.highlighted or 0) + half, 0), options.option_count - 1)
    elif not half:
        name = {"up": "cursor_up", "down": "cursor_down"}.get(where, where)
        getattr(options, f"action_{name}")()


def scroll_text(text: Widget, where: str) -> None:
    """Scroll a text likewise."""
    page = text.size.height
    lines = {"up": -1, "down": 1, "page_up": -page, "page_down": page}.get(where, _HALVES.get(where, 0) * (page // 2))
    if where in ("first", "last"):
        text.scroll_to(y=0 if where == "first" else text.max_scroll_y, animate=False, immediate=True)
    else:
        text.scroll_relative(y=lines, animate=False, immediate=True)  # of two keys in a row none is lost


_LEAST = 12
"""Cells beside an indent in which words are still broken into lines."""


class Hanging(Visual):
    """A text whose lines go on below their own beginning, not at the edge: behind their blanks and a `! `, or so many
    cells `within`. To be given to a Static in place of the text."""

    def __init__(self, text: Content, within: int = 0) -> None:
        self.text = text
        self._within = within
        self._broken: tuple[int, Content] | None = None

    def _in(self, width: int) -> Content:
        if self._broken is None or self._broken[0] != width:
            lines = [part for line in self.text.split("\n", allow_blank=True) for part in self._parts(line, width)]
            self._broken = width, Content("\n").join(lines)
        return self._broken[1]

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines, broken for this width."""
        return self._in(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Where no line has to be broken."""
        return self.text.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """The lines that it takes in this width."""
        return self._in(width).get_height(rules, width)

    def _parts(self, line: Content, width: int) -> list[Content]:
        begins = re.match(" *(?:! )?", line.plain)
        indent = self._within or (begins.end() if begins else 0)
        if not indent or line.cell_length <= width or width - indent < _LEAST:
            return [line]
        first, *others = line[indent:].wrap(width - indent)
        return [line[:indent] + first, *(Content(" " * indent) + other for other in others)]


def rows(pairs: list[tuple[str, str, str]]) -> Content:
    """Label, value and style (a Textual style, "" for none) in two columns; empty values are left out."""
    width = max((len(label) for label, value, _ in pairs if value), default=0)
    lines = [
        Content.assemble((f"{label:{width}}  ", MUTED), (clean(value, 600), style) if style else clean(value, 600))
        for label, value, style in pairs
        if value
    ]
    return Content("\n").join(lines)


def titled(what: str, profile: Profile, shown: str, mark: Mark | None = None) -> Content:
    """The title of a dialog about a profile, with its `mark`, its account and role where its name does not say them.
    `shown`: what is said of accounts."""
    beside = clean(" · ".join(about(profile, shown)), 120)
    return Content.assemble(
        f"{what} {clean(profile.label, 80)}",
        *([(f" {mark.text}", mark.style)] if mark is not None else []),
        (f"  {beside}" if beside else "", f"not bold {MUTED}"),
    )


def failure(error: SsoError) -> Content:
    """An error as a dialog shows it: what happened, and what helps."""
    parts = [Content.styled(clean(error.title, 600), "$text-error")]
    if error.hint:  # and no key of the board, which does nothing here
        parts.append(Content(clean(error.hint, 600)))
    return Content("\n").join(parts)
