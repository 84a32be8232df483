"""How a profile's credentials come about, and where that breaks."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Footer, Static

from ...aws import clock
from ...aws.diagnosis.gathering import diagnose
from ...aws.diagnosis.links import BROKEN, LIST_ACCOUNTS, NOTE, SIGN_IN, Diagnosis, Link
from ...aws.state.store import Store
from ...text import clean
from ...widgets.bars import MUTED
from ...words.link_lines import SIGNS, as_lines, value_of
from ..asking.guarded import mark_of
from ..base import Dialog, bindings
from ..copying import copy
from ..jobs import in_thread

_STYLES = {BROKEN: "$text-error", NOTE: "$text-warning"}

MENDED_BY = {SIGN_IN: ("Sign in", "sign_in"), LIST_ACCOUNTS: ("Accounts", "on_rows('accounts')")}
"""The board's actions that mend a link, and what they are called."""


class WhyScreen(Dialog[str]):
    """The links from the environment to the credentials. It is left with the board's action that mends the first
    broken one, where enter was pressed for that; else with ""."""

    CSS_PATH = "../../styles/dialogs.tcss"
    BINDINGS = bindings("why")
    PLACE = "why"

    def __init__(self, store: Store, name: str) -> None:
        super().__init__()
        self.store = store
        self.profile_name = name
        self.found: Diagnosis | None = None

    def compose(self) -> ComposeResult:
        """A title, the links, what it comes to."""
        with Vertical(classes="dialog"):
            mark = mark_of(self.sso, self.store.snapshot.profile(self.profile_name))
            label = [(f" {mark.text}", mark.style)] if mark is not None else []
            title = Content.assemble(f"Credentials of {clean(self.profile_name, 80)}", *label, ", link by link")
            yield Static(title, classes="dialog-title")
            with VerticalScroll(id="links"):
                yield Static(Content.styled("looking at files and caches …", MUTED))
            with Vertical(classes="dialog-foot"):
                yield Static(id="sum")
                yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look."""
        self.look()

    def configuration_changed(self) -> None:
        """Look anew."""
        self.look()

    @work(exclusive=True, group="look", exit_on_error=False, description="look at the chain of credentials")
    async def look(self) -> None:
        """Look at all there is. No network."""
        name = self.profile_name
        self.found = await in_thread(lambda _cancelled: diagnose(self.store, name, clock.now()), f"look at {name}")
        box = self.query_one("#links", VerticalScroll)
        await box.remove_children()
        await box.mount_all(rows_of(self.found))
        self.query_one("#sum", Static).update(summary(self.found))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is for what a key of the board mends; nothing can be copied before it is there."""
        broken = self.found.broken if self.found is not None else None
        if action == "mend":
            return broken is not None and broken.deed in MENDED_BY
        return action != "copy" or self.found is not None

    def action_leave(self) -> None:
        """Back, with nothing mended."""
        self.dismiss("")

    def action_mend(self) -> None:
        """Back, and the action that mends it."""
        broken = self.found.broken if self.found is not None else None
        self.dismiss(MENDED_BY[broken.deed][1] if broken is not None else "")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the chain")
    async def action_copy(self) -> None:
        """Copy it as text, for whoever is asked for help. No secret is in it."""
        if self.found is not None:
            text = f"{as_text(self.found)}\n{summary(self.found).plain}"
            await copy(self.sso, text, "The chain")


def rows_of(found: Diagnosis) -> list[Widget]:
    """A row for each link, then one for each thing that others make of the profile."""
    rows: list[Widget] = []
    for link in found.links:
        sign = SIGNS[link.state], _STYLES.get(link.state, "")
        label = Static(Content.assemble(sign, (link.what, MUTED)), classes="link-label")
        rows.append(Horizontal(label, Static(_told(link, found.now), classes="link-text"), classes="link"))
    for warning in found.warnings:
        rows.append(Static(Content.assemble((SIGNS[NOTE], _STYLES[NOTE]), clean(warning, 1000))))
    return rows


def as_text(found: Diagnosis) -> str:
    """What `rows_of` shows, as plain text."""
    lines = [line for link in found.links for line in as_lines(link, found.now)]
    return "\n".join(clean(line, 2000) for line in (*lines, *(f"{SIGNS[NOTE]}{it}" for it in found.warnings)))


def _told(link: Link, now: float) -> Content:
    style = _STYLES.get(link.state, "")
    parts = [Content.styled(clean(value_of(link, now), 500), "bold" if link.state == BROKEN else "")]
    if link.where:
        parts.append(Content.styled(clean(link.where, 500), MUTED))
    if link.message:
        parts.append(Content.styled(clean(link.message, 1000), style))
    return Content("\n").join(parts)


def summary(found: Diagnosis) -> Content:
    """What is broken first, and what mends it; else that nothing is."""
    broken = found.broken
    if broken is None:
        same = f" boto3 takes the same: {found.boto3}." if found.boto3 and found.boto3 == found.used else ""
        return Content.styled(f"Nothing is broken.{same}", "$text-success")
    mend = ""
    if broken.deed in MENDED_BY:
        mend = f"; enter: {MENDED_BY[broken.deed][0]}"
    elif broken.mend:
        mend = f"; to mend it: {clean(broken.mend, 500)}"
    return Content.styled(f"Broken: {broken.what}{mend}", "$text-error")
