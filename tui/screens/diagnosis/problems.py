"""What is wrong with configuration, caches and settings, why it hurts and what mends it; then what was said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from threading import Event

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws import clock
from ...aws.cache import config_edit
from ...aws.cache.config_edit import Changed, ConfigFile
from ...aws.diagnosis.examining import examine
from ...aws.diagnosis.findings import ADDRESSES, Edit, Finding, Mode, repairable
from ...aws.errors import SsoError
from ...aws.model import Problem
from ...said import Saying
from ...text import clean, place
from ...widgets.bars import MUTED
from ...words.differences import ADDED, GONE, PLACE, differences
from ...words.durations import moment
from ..base import Dialog
from ..jobs import bindings, in_thread, plain

MOST = 500
"""Problems that are listed."""

_STYLES = {ADDED: "$text-success", GONE: "$text-error", PLACE: MUTED}


class Problems(Dialog[None]):
    """Everything that is wrong, each with its file and line where it has one; then what was said, the newest first.

    What is known is there at once; what has to be looked for, and why each thing hurts, comes a moment later.
    """

    CSS_PATH = "../../styles/dialogs.tcss"
    BINDINGS = [*bindings("problems"), Binding("exclamation_mark", "leave", show=False)]
    PLACE = "problems"

    def __init__(self, problems: Sequence[Problem], said: Sequence[Saying] = ()) -> None:
        super().__init__()
        self._problems = problems
        self._said = said
        self.found: list[Finding] = []

    def compose(self) -> ComposeResult:
        """A title and the lists."""
        with Vertical(classes="dialog"):
            yield Static(self._title(), id="count", classes="dialog-title")
            with VerticalScroll():
                with Vertical(id="wrong", classes="lines"):
                    for text in self._rows():
                        yield Static(text, classes="problem")
                if self._said:
                    yield Static("What was said", classes="dialog-title gap")
                for saying in self._said:
                    yield Static(
                        Content.assemble((f"{moment(saying.at, clock.now())}  ", MUTED), saying.text), classes="problem"
                    )
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look for more."""
        super().on_mount()
        self.look()

    @work(exclusive=True, group="look", exit_on_error=False, description="look at configuration and caches")
    async def look(self) -> None:
        """Look at all files. No network."""
        store = self.sso.store
        found = await in_thread(lambda _cancelled: examine(store, clock.now()), "look at all files")
        # That the services of a demo are not at AWS is what it is for.
        self.found = [it for it in found if not (self.sso.demo and it.kind == ADDRESSES)]
        self.query_one("#count", Static).update(self._title())
        box = self.query_one("#wrong", Vertical)
        there, texts = list(box.query(Static)), self._rows()
        for static, text in zip(there, texts, strict=False):  # in place: who reads and scrolls is not to be thrown back
            static.update(text)
        await box.mount_all(Static(text, classes="problem") for text in texts[len(there) :])
        for static in there[len(texts) :]:
            await static.remove()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be repaired has a key for that."""
        return action != "repair" or bool(repairable(self.found))

    @work(exclusive=True, group="repair", exit_on_error=False, description="repair what is wrong")
    async def action_repair(self) -> None:
        """Go through what can be repaired: show what would be changed, ask, and do it."""
        for finding in repairable(self.found):
            try:
                if isinstance(finding.repair, Edit):
                    await self._edit(finding.repair)
                elif isinstance(finding.repair, Mode):
                    await self._set_mode(finding.repair)
            except SsoError as error:
                self.sso.tell(plain(error), "error")
        self.look()  # the configuration is read anew with it

    async def _edit(self, repair: Edit) -> None:
        """Ask anew while the file is another one each time."""
        environ = self.sso.store.environ

        while True:
            file = await in_thread(lambda _cancelled: config_edit.read(environ), "read the config file")
            text = file.edited(repair.change)
            if not await self.app.push_screen_wait(Repair(repair.question, place(file.path), file.text, text)):
                return
            try:
                copy = await in_thread(partial(_write, file, text), "write the config file")
            except Changed as error:
                self.sso.tell(plain(error), "warning")
                continue
            self.sso.tell(f"Written to {clean(place(file.path), 300)}; what it was is in {clean(place(copy), 300)}")
            return

    async def _set_mode(self, repair: Mode) -> None:
        question = f"{place(repair.path)}: {repair.question}"
        if not await self.app.push_screen_wait(Repair(question)):
            return
        try:
            await in_thread(lambda _cancelled: os.chmod(repair.path, repair.mode), "set the mode")
        except OSError as error:
            self.sso.tell(f"{clean(place(repair.path), 300)}: {error.strerror}", "error")

    def _all(self) -> list[tuple[Problem, Finding | None]]:
        """What is known, with what was found out of it; then what was found besides."""
        by_place = {(it.file, it.line, it.message): it for it in self.found}
        known = [(each, by_place.pop((each.file, each.line, each.message), None)) for each in self._problems]
        messages = " ".join(each.message for each in self._problems)
        new = [it for it in by_place.values() if it.message not in messages]
        if " goes to " in messages:  # the board has told each of the addresses
            new = [it for it in new if it.kind != ADDRESSES]
        return known + [(Problem(it.file, it.line, it.message), it) for it in new]

    def _title(self) -> str:
        count = len(self._all())
        return f"{count} problem{'s' if count != 1 else ''}" if count else "No problems"

    def _rows(self) -> list[Content]:
        rows = self._all()
        if not rows:
            return [Content("Configuration, caches and settings are in order.")]
        shown = [_told(*row) for row in rows[:MOST]]
        if len(rows) > MOST:
            shown.append(Content(f"… and {len(rows) - MOST} more"))
        return shown


def _write(file: ConfigFile, text: str, _cancelled: Event) -> str:
    return config_edit.write(file, text)


class Repair(Dialog[bool]):
    """A question before something is repaired, with what it changes in a file: enter does it, leaving does not."""

    CSS_PATH = "../../styles/dialogs.tcss"
    BINDINGS = [Binding("enter", "dismiss(True)", "Yes", key_display="enter"), *bindings("confirm")]

    def __init__(self, question: str, path: str = "", before: str = "", after: str = "") -> None:
        super().__init__()
        self._question = clean(question, 600)
        self._path = path
        self._lines = differences(before, after) if path else []

    def compose(self) -> ComposeResult:
        """The question, then the change line by line."""
        with Vertical(classes="dialog" if self._path else "dialog -small"):
            yield Static(Content(self._question), classes="dialog-title")
            if self._path:
                with VerticalScroll():
                    yield Static(Content.styled(clean(self._path, 500), MUTED))
                    lines = [Content.styled(line, _STYLES.get(kind, "")) for kind, line in self._lines]
                    yield Static(Content("\n").join(lines))
            yield Footer(show_command_palette=False)


def _told(problem: Problem, finding: Finding | None) -> Content:
    where = clean(place(problem.file, problem.line) if "/" in problem.file or problem.line else problem.file)
    lines = [Content.styled(where, MUTED)] if where else []
    inside = "  " if where else ""
    lines.append(Content(inside + clean(problem.message, 600)))
    if finding is not None:
        mend = f"; to mend it: {finding.mend}" if finding.mend else ""
        key = " (f)" if finding.repair is not None else ""
        lines.append(Content.styled(clean(f"  {finding.why}{mend}{key}", 600), MUTED))
    return Content("\n").join(lines)
