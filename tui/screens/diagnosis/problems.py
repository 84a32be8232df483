"""What is wrong with configuration, caches and settings, why it hurts and what mends it; then what was said."""

from __future__ import annotations

import os
from collections.abc import Sequence

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws import clock
from ...aws.diagnosis.examining import examine
from ...aws.diagnosis.findings import ADDRESSES, Edit, Finding, Mode, repairable, where_of
from ...aws.model import LOOSE, REDIRECTED, Problem
from ...keys import pressed
from ...moments import moment
from ...said import Saying
from ...text import clean, place
from ...widgets.bars import MUTED
from ..base import Dialog, Hanging, bindings
from ..changes.change import TextChange
from ..changes.config_change import ConfigChange
from ..dialogs import Confirm
from ..jobs import in_thread
from .known import of_ours

MOST = 500
"""Problems that are listed."""


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
                with Vertical(id="wrong"):
                    for text in self._rows():
                        yield Static(Hanging(text), classes="problem")
                if self._said:
                    yield Static("What was said", classes="dialog-title gap")
                for saying in self._said:
                    at = f"{moment(saying.at, clock.now())}  "
                    text = Content.assemble((at, MUTED), saying.text)
                    yield Static(Hanging(text, within=len(at)), classes="problem")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look for more."""
        self.look()

    @work(exclusive=True, group="look", exit_on_error=False, description="look at configuration and caches")
    async def look(self) -> None:
        """Look at all files. No network."""
        store, ours = self.sso.store, of_ours(self.sso)
        found = await in_thread(lambda _cancelled: examine(store, clock.now(), ours), "look at all files")
        # That the services of a demo are not at AWS is what it is for.
        self.found = [it for it in found if not (self.sso.demo and it.kind == ADDRESSES)]
        self.query_one("#count", Static).update(self._title())
        box = self.query_one("#wrong", Vertical)
        there, texts = list(box.query(Static)), self._rows()
        for static, text in zip(there, texts, strict=False):  # in place: who reads and scrolls is not to be thrown back
            static.update(Hanging(text))
        await box.mount_all(Static(Hanging(text), classes="problem") for text in texts[len(there) :])
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
            repair = finding.repair
            if isinstance(repair, Edit):
                change = TextChange(repair.question, repair.change, lambda: "Repaired")
                await self.app.push_screen_wait(ConfigChange(self.sso.store, change))
            elif isinstance(repair, Mode):
                await self._set_mode(repair)
        self.look()  # the configuration is read anew with it

    async def _set_mode(self, repair: Mode) -> None:
        question = f"{place(repair.path)}: {repair.question}"
        if not await self.app.push_screen_wait(Confirm(question)):
            return
        try:
            await in_thread(lambda _cancelled: os.chmod(repair.path, repair.mode), "set the mode")
        except OSError as error:
            self.sso.tell(f"{clean(place(repair.path), 300)}: {error.strerror}", "error")

    def _all(self) -> list[tuple[Problem, Finding | None]]:
        """What is known, with what was found out of it; then what was found besides."""
        by_place = {(it.file, it.line, it.message): it for it in self.found}
        by_mode = {it.file: it for it in self.found if isinstance(it.repair, Mode)}
        known = []
        for each in self._problems:
            found = by_place.get((each.file, each.line, each.message))
            if each.kind == LOOSE:  # which says what the mode is
                found = by_mode.get(each.file, found)
            known.append((each, found))
        told = [found for _, found in known if found is not None]
        new = [it for it in by_place.values() if it not in told]
        if any(each.kind == REDIRECTED for each in self._problems):  # each of the addresses is told
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


def _told(problem: Problem, finding: Finding | None) -> Content:
    where = clean(where_of(problem))
    lines = [Content.styled(where, MUTED)] if where else []
    inside = "  " if where else ""
    lines.append(Content(inside + clean(problem.message, 600)))
    if finding is not None:
        mend = f"; to mend it: {finding.mend}" if finding.mend else ""
        key = f" ({pressed('problems.repair')})" if finding.repair is not None else ""
        lines.append(Content.styled(clean(f"  {finding.why}{mend}{key}", 600), MUTED))
    return Content("\n").join(lines)
