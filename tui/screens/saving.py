"""Writing to a file: the whole path in a line that can be edited, with what speaks against it said below."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Input, Static

from ..aws.errors import SsoError
from ..desktop import private_file
from ..desktop.private_file import OTHER, OURS, FilePlace
from ..text import clean, place
from ..widgets.bars import MUTED
from .base import Dialog, bindings
from .dialogs import Confirm
from .jobs import in_thread

PAUSE = 0.2
"""Seconds without a key after which the path is looked at."""


class PathLine(Input):
    """The path. Enter writes the file."""

    BINDINGS = [Binding("enter", "submit", "Write", key_display="enter", id="save.write")]


class SaveAs(Dialog[None]):
    """Asks where. `path`: what is proposed; `text`: gets what is to be written, None when there is nothing any more."""

    BINDINGS = bindings("save")
    PLACE = "save"
    AUTO_FOCUS = "PathLine"

    def __init__(self, what: str, path: str, secret: bool, text: Callable[[], Awaitable[str | None]]) -> None:
        super().__init__()
        self._what = what
        self._path = path
        self._secret = secret
        self._text = text
        self._warned = ""

    def compose(self) -> ComposeResult:
        """Title, line, remarks, keys."""
        with Vertical(classes="dialog -large"):
            yield Static(
                Content(f"Write {clean(self._what, 120)} to a file that only you can read"), classes="dialog-title"
            )
            yield PathLine(self._path, compact=True, select_on_focus=False)
            yield Static(id="remark", classes="gap")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Say at once what there is at the proposed place."""
        self.look(0.0)

    @property
    def _home(self) -> str:
        return os.path.expanduser("~") if self.sso.demo else ""

    @on(Input.Changed)
    def _changed(self) -> None:
        self._warned = ""
        self.look(PAUSE)

    @work(group="look", exclusive=True, exit_on_error=False, description="look at the place")
    async def look(self, pause: float) -> None:
        """Say what there is at the place."""
        await asyncio.sleep(pause)
        text, home = self.query_one(PathLine).value, self._home
        self._say(await in_thread(lambda _cancelled: private_file.look(text, home), "look at the place"))

    def _say(self, found: FilePlace, once_more: bool = False) -> None:
        lines: list[Content] = []
        if found.problem:
            lines.append(Content.styled(f"{clean(found.problem, 600)}.", "$text-error"))
        if found.tree and self._secret:
            told = f"! It is in the git work tree {clean(place(found.tree), 300)}, which does not ignore it."
            lines.append(Content.styled(told, "$text-warning"))
        if not found.problem and found.there != private_file.NOTHING:
            lines.append(
                Content("There is such a file: it is replaced." if found.there == OURS else "There is such a file.")
            )
        if once_more:
            lines.append(Content("Press enter once more to write it all the same."))
        if not lines and self._secret:
            lines.append(Content.styled("It will hold secrets: remove it when you are done.", MUTED))
        self.query_one("#remark", Static).update(Content("\n").join(lines))

    @on(Input.Submitted)
    @work(group="write", exclusive=True, exit_on_error=False, description="write the file")
    async def write(self) -> None:
        """Write, after what has to be asked."""
        text, home = self.query_one(PathLine).value, self._home
        found = await in_thread(lambda _cancelled: private_file.look(text, home), "look at the place")
        warn = bool(found.tree) and self._secret and self._warned != found.path
        self.workers.cancel_group(self, "look")
        self._say(found, warn)
        if found.problem:
            return
        if warn:
            self._warned = found.path
            return
        if found.there == OTHER:
            question = f"{place(found.path)} is not a file of ssotui. Replace it?"
            if not await self.app.push_screen_wait(Confirm(question)):
                return
        content = await self._text()
        if content is None:
            return
        try:
            await in_thread(lambda _cancelled: private_file.write(found, content), f"write {found.path}")
        except SsoError as error:
            self.query_one("#remark", Static).update(Content.styled(f"{clean(error.title, 600)}.", "$text-error"))
            return
        self.dismiss()
        if self._secret:
            self.sso.tell(f"Written: {found.path}. It holds secrets; remove it when you are done.", timeout=10)
        else:
            self.sso.tell(f"Written: {found.path}")
