"""Who the marked profiles are: a table of account, ARN and latency, or why not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws.model import Profile
from ...aws.role.callers import FINE, Caller, Callers, as_csv
from ...aws.state.store import Store
from ...text import clean
from ...widgets.bars import MUTED
from ...words.account import account
from ...words.marks import Mark
from ..asking.guarded import mark_of
from ..base import Dialog, bindings
from ..copying import copy
from ..jobs import in_thread

_INDENT = "  "

SHOW_EVERY = 0.1
"""Seconds between two looks at the threads."""


class ManyIdentities(Dialog[None]):
    """All are asked when the screen opens; what is known shows at once."""

    BINDINGS = bindings("identities")
    CSS_PATH = "../../styles/dialogs.tcss"
    PLACE = "identities"
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, store: Store, profiles: Sequence[Profile]) -> None:
        super().__init__()
        self._store = store
        self._profiles = profiles
        self.callers = Callers(store, profiles)
        self.done = False

    def compose(self) -> ComposeResult:
        """Title, table, keys."""
        with Vertical(classes="dialog -large"):
            yield Static(id="title", classes="dialog-title")
            with VerticalScroll():
                yield Static(id="table")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Ask."""
        self.ask()

    @work(group="ask", exit_on_error=False, description="get the caller identities")
    async def ask(self) -> None:
        """Get them all; leaving stops it."""
        self.show()
        timer = self.set_interval(SHOW_EVERY, self.show)
        try:
            await in_thread(self.callers.fleet.run, "ask who they are")
        finally:
            timer.stop()
        self.done = True
        self.show()
        self.refresh_bindings()

    def show(self) -> None:
        """Write what is known."""
        fleet, known = self.callers.fleet, self.callers.answers()
        title = f"Asking AWS who they are: {fleet.done} of {fleet.total} …"
        if self.done:
            wrong = sum(caller.state != FINE for caller in known)
            good = f"{fleet.total - wrong} of {fleet.total} are who they should be"
            title = good if wrong else f"Identity of {fleet.total} profiles"
        self.query_one("#title", Static).update(Content(title))
        box = self.query_one("#table", Static)
        room = max((box.content_size.width or self.app.size.width) - len(_INDENT), 20)
        marks = {it.name: mark for it in self._profiles if (mark := mark_of(self.sso, it)) is not None}
        box.update(table(self._profiles, known, room, self._said, marks))

    def _said(self, number: str, profile: Profile) -> str:
        name = self._store.config.account_name(number, profile)
        return account(number, name, self.sso.settings.account_shown)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to copy before all answers are there."""
        return action not in ("copy", "copy_csv") or self.done

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the identities")
    async def action_copy(self) -> None:
        """Copy as JSON."""
        records = [caller.record() for caller in self.callers.answers()]
        await copy(self.sso, json.dumps(records, indent=4), "The identities, as JSON")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the identities")
    async def action_copy_csv(self) -> None:
        """Copy as CSV."""
        await copy(self.sso, as_csv(self.callers.answers()), "The identities, as CSV")


def _named(profile: Profile, mark: Mark | None) -> Content:
    label = [(f" {mark.text}", mark.style)] if mark is not None else []
    return Content.assemble((clean(profile.name, 60), "bold"), *label)


def table(
    profiles: Sequence[Profile],
    known: Sequence[Caller],
    room: int,
    said: Callable[[str, Profile], str] = lambda number, _profile: number,
    marks: Mapping[str, Mark] | None = None,
) -> Content:
    """For each profile its name, and of what is known of it the latency, the account, the role and the user, or what is
    wrong; in one line where `room` cells are enough for all, else in two. `said`: what is said of an account that a
    profile is in; `marks`: labels, by name."""
    answers = {caller.profile.name: caller for caller in known}
    rows = [_row(profile, answers.get(profile.name), said, (marks or {}).get(profile.name)) for profile in profiles]
    widths = [max(cell.cell_length for cell in column) for column in zip(*(row.cells for row in rows), strict=True)]
    beside = sum(widths) + len(_INDENT) * (len(widths) - 1) <= room
    lines: list[Content] = []
    for row in rows:
        name, latency, where, role, user = [
            cell.pad_right(width - cell.cell_length + len(_INDENT))
            for cell, width in zip(row.cells, widths, strict=True)
        ]
        behind = [role, user] if beside else []
        lines.append(Content.assemble(name, latency, where, *behind).rstrip())
        if not beside:
            lines += _below("  ".join(cell.plain for cell in row.cells[3:] if cell.plain), MUTED, room)
        lines += _below(row.wrong, "$text-error", room)
    return Content("\n").join(lines)


class _Row(NamedTuple):
    """`cells`: name, latency, account, role and user."""

    cells: tuple[Content, ...]
    wrong: str = ""


def _row(profile: Profile, caller: Caller | None, said: Callable[[str, Profile], str], mark: Mark | None) -> _Row:
    found = caller.identity if caller is not None else None
    where = said(found.account if found is not None else profile.account_id, profile)
    latency, role, user, wrong = "", "", "", ""
    if caller is None:
        latency = "asking …"
    elif caller.state != FINE:
        wrong = f"{caller.state}: {caller.problem}"
    if caller is not None and found is not None:
        latency, role, user = f"{found.latency * 1000:5.0f} ms", caller.role or found.arn, found.session_name
    cells = (Content(clean(text, 120)) for text in (where, role, user))
    return _Row((_named(profile, mark), Content.styled(latency, MUTED), *cells), wrong)


def _below(text: str, style: str, room: int) -> list[Content]:
    parts = wrap(clean(text, 600), room, break_on_hyphens=False)
    return [Content.styled(_INDENT + part, style) for part in parts]
