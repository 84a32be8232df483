"""A change of the config file: its diff, which enter writes. When the file is another by then, it is made anew."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws.cache.config_edit import Changed
from ...aws.errors import SsoError
from ...aws.state.store import Store
from ...text import clean
from ...widgets.bars import MUTED
from ..base import Dialog, bindings, failure, scroll_text
from ..copying import copy
from ..jobs import in_thread
from .change import Change, Prepared
from .diff_lines import DiffLines

CHANGED = "The file has changed meanwhile. This is what would be written now: enter writes it."


class ConfigChange(Dialog[bool]):
    """Gives whether the change was made."""

    CSS_PATH = "../../styles/config_change.tcss"
    BINDINGS = bindings("change")
    PLACE = "change"
    AUTO_FOCUS = "DiffLines"

    def __init__(self, store: Store, change: Change) -> None:
        super().__init__()
        self.store = store
        self._change = change
        self._prepared: Prepared | None = None
        self._error: SsoError | None = None
        self._remark = ""
        self._busy = False

    def compose(self) -> ComposeResult:
        """Title, file, lines, what is to be said of them, keys."""
        with Vertical(classes="dialog -large -tall -broad"):
            yield Static(Content(clean(self._change.title, 200)), classes="dialog-title")
            yield Static(id="file")
            yield DiffLines()
            yield Static(id="about")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Find out what it comes to."""
        self.prepare()

    @work(group="prepare", exclusive=True, exit_on_error=False, description="compare with the config file")
    async def prepare(self, remark: str = "") -> None:
        """Make the difference, from the file as it is now."""
        environ = self.store.environ
        before = self._prepared
        try:
            self._prepared = await in_thread(lambda _cancelled: self._change.prepare(environ), "read the config file")
            self._error = None
        except SsoError as error:
            self._prepared, self._error = None, error
        now = self._prepared
        if remark and before is not None and now is not None and now.lines != before.lines:
            self._remark = remark
        self.show()

    def configuration_changed(self) -> None:
        """What is shown may not be what would be written any more."""
        if not self._busy:
            self.prepare(CHANGED)

    def show(self) -> None:
        """Show what is known."""
        found = self._prepared
        parts = [Content.styled(clean(self._remark, 300), "$text-warning")] if self._remark else []
        if self._error is not None:
            parts.append(failure(self._error))
        if found is not None:
            self.query_one("#file", Static).update(Content.styled(clean(found.path, 300), MUTED))
            if not found.lines:
                parts.append(Content("Nothing is to be changed."))
            if found.problem:
                parts.append(Content.styled(f"{clean(found.problem, 600)}.", "$text-error"))
                parts.append(Content("c copies the text, for whatever makes the file."))
            parts += [
                Content.styled(text, "$text-warning") if text.startswith("!") else Content.styled(text, MUTED)
                for text in filter(None, found.about)
            ]
        lines = self.query_one(DiffLines)
        lines.show(found.lines if found is not None else ())
        lines.display = bool(found is not None and found.lines)
        about = self.query_one("#about", Static)
        about.update(Content("\n").join(parts))
        about.display = bool(parts)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done with what is shown."""
        found = self._prepared
        if action == "write":
            return found is not None and bool(found.lines) and not found.problem and not self._busy
        return action != "copy" or (found is not None and bool(found.lines))

    def action_move(self, where: str) -> None:
        """Scroll."""
        scroll_text(self.query_one(DiffLines), where)

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the text")
    async def action_copy(self) -> None:
        """Copy what the change puts into the file."""
        if self._prepared is not None:
            await copy(self.sso, self._prepared.text, "The text")

    @work(group="write", exclusive=True, exit_on_error=False, description="write the config file")
    async def action_write(self) -> None:
        """Write what is shown."""
        found, store = self._prepared, self.store
        if found is None or self._busy:
            return

        def make(_cancelled: object) -> str:
            said = found.make()
            store.look_at_config()  # the board shows it at once, instead of with its next look
            return said

        self._busy = True
        self.workers.cancel_group(self, "prepare")
        try:
            said = await in_thread(make, "write the config file")
        except Changed:
            self._busy = False
            self.prepare(CHANGED)
            return
        except SsoError as error:
            self._busy = False
            self._error = error
            self.show()
            return
        self.sso.tell(said, timeout=10)
        self.dismiss(True)
