"""The help: what symbols and states mean, and all keys."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws import model
from ..keys import NAMES, keys_of, pressed, shown
from ..words.states import DENIED, ENDED, RENEWS, SYMBOLS
from .base import Dialog, bindings


def _states() -> Iterator[tuple[str, str, str]]:
    """Symbol, word and meaning of the states of sessions, then of role credentials."""
    yield from (
        (SYMBOLS[model.SIGNED_IN], model.SIGNED_IN, "the session's access token is good for 15 minutes or more"),
        (SYMBOLS[model.EXPIRING], model.EXPIRING, "less than 15 minutes left, and it cannot be renewed by itself"),
        (SYMBOLS[model.REFRESHABLE], model.REFRESHABLE, "renewed by itself with a refresh token when it is needed"),
        (SYMBOLS[model.SIGNED_OUT], model.SIGNED_OUT, f"press {pressed('board.sign_in')} to sign in"),
        (
            SYMBOLS[model.UNREADABLE],
            model.UNREADABLE,
            f"there is a token file, but it cannot be read; {pressed('board.sign_in')} replaces it",
        ),
        (" ", model.VALID, "role credentials: good for 15 minutes or more"),
        (" ", model.EXPIRING, "role credentials: less than 15 minutes left; they are renewed when used"),
        (" ", model.EXPIRED, "role credentials: renewed when used, while the session lives"),
        (" ", model.NONE, f"role credentials: none yet; {pressed('board.refresh')} gets them"),
        (
            " ",
            DENIED,
            f"AWS has just refused this role; the reason is in the details ({pressed('board.details')}), "
            f"{pressed('board.refresh')} asks again",
        ),
    )


def _marks() -> Iterator[tuple[str, str]]:
    """What stands before rows and in place of times, and what it means."""
    yield from (
        ("*", "the active profile (AWS_PROFILE, else default)"),
        ("+", f"marked with {pressed('profile.mark')}"),
        ("▴", f"pinned with {pressed('profile.pin')}"),
        ("!", "cannot be used; the reason is beside it"),
        (RENEWS, "no time is told for what is renewed by itself"),
        (f"{ENDED} 9h ago", "in place of refreshable: so long past that it may not renew"),
        ("ends 18:05", "when the session itself ends, whatever is renewed: sign in again then"),
    )


_INDENT = "  "

_LEFT = 12
"""Cells of a left column at least."""

TWO_COLUMNS = 110
"""Columns of a terminal from which on the help has two."""


class Help(Dialog[None]):
    """States and marks, then the keys: those of the screen that one comes from first (`place`), the others behind."""

    BINDINGS = bindings("help")

    def __init__(self, place: str = "board") -> None:
        super().__init__()
        self._place = place
        self._two = False

    def compose(self) -> ComposeResult:
        """Text that scrolls, in two columns where there is room."""
        self._two = self._room()
        self.set_class(self._two, "-two")
        with Vertical(classes="dialog -large"):
            yield Static("Keys and states", classes="dialog-title")
            with VerticalScroll(), Vertical(id="help"):
                for column in _columns(self._sections(), self._two):
                    with Vertical():
                        yield from column
            yield Footer(show_command_palette=False)

    def _room(self) -> bool:
        return self.app.size.width >= TWO_COLUMNS

    def _sections(self) -> list[HelpSection]:
        own = [self._place] if self._place == "board" else [self._place, "anywhere"]
        order = [*own, "lists", *(where for where in NAMES if where not in (*own, "lists"))]
        keys = {where: list(keys_of(where, self.sso.settings.keys)) for where in order}
        return [
            HelpSection("States", [(f"{symbol} {word}", meaning) for symbol, word, meaning in _states()]),
            HelpSection("Marks", list(_marks())),
            *(
                HelpSection(NAMES[where], [(shown(key.keys), key.help) for key in found])
                for where, found in keys.items()
                if found
            ),
        ]

    def on_resize(self) -> None:
        """One column or two."""
        if self._room() != self._two:
            self.refresh(recompose=True)

    def action_help(self) -> None:
        """The key that opened it closes it."""
        self.dismiss()


def _columns(sections: list[HelpSection], two: bool) -> list[list[HelpSection]]:
    """The sections in one column, or the first two, states and marks, beside the others, the rest where room is."""
    if not two:
        return [sections]
    columns = [sections[:2], sections[2:3]]
    for section in sections[3:]:
        min(columns, key=lambda column: sum(each.lines for each in column)).append(section)
    return columns


class HelpSection(Static):
    """A heading and rows of two columns: what is too long for its line goes on below its own column. `lines`: where
    nothing is."""

    def __init__(self, title: str, rows: list[tuple[str, str]]) -> None:
        self._left = max(max(cell_len(left) for left, _ in rows) + 2 * len(_INDENT), _LEFT)
        super().__init__(_broken(title, rows, self._left, 1000), classes="help-section")
        self._title = title
        self._rows = rows
        self.lines = len(rows) + 2

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.update(_broken(self._title, self._rows, self._left, max(self.content_size.width - self._left, 12)))


def _broken(title: str, rows: list[tuple[str, str]], width: int, room: int) -> Content:
    """The text of a section, with `width` cells for its left column and `room` for the right one."""
    lines = [Content.styled(title, "bold $text-primary")]
    for left, right in rows:
        first, *others = wrap(right, room)
        lines.append(Content.assemble((set_cell_size(_INDENT + left, width), "bold"), first))
        lines += [Content(" " * width + other) for other in others]
    return Content("\n").join(lines)
