"""Who the marked profiles are: a table of account, ARN and latency, or why not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws.model import Profile
from ...aws.role.callers import Callers
from ...aws.state.store import Store
from ...text import clean
from ...widgets.bars import MUTED
from ...words.account import account
from ..base import Dialog
from ..copying import copy
from ..jobs import bindings, in_thread

if TYPE_CHECKING:
    from ...aws.errors import SsoError
    from ...aws.role.caller_identity import Identity

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
            await in_thread(self.callers.run, "ask who they are")
        finally:
            timer.stop()
        self.done = True
        self.show()
        self.refresh_bindings()

    def show(self) -> None:
        """Write what is known."""
        callers = self.callers
        refused = len(callers.failures)
        told = (
            f"{callers.total - refused} of {callers.total} answered"
            if refused
            else f"Identity of {callers.total} profiles"
        )
        title = told if self.done else f"Asking AWS who they are: {callers.done} of {callers.total} …"
        self.query_one("#title", Static).update(Content(title))
        box = self.query_one("#table", Static)
        room = max((box.content_size.width or self.app.size.width) - len(_INDENT), 20)
        box.update(table(self._profiles, callers.identities, self._failures(), room, self._said))

    def _said(self, number: str, profile: Profile) -> str:
        name = self._store.config.account_name(number, profile)
        return account(number, name, self.sso.settings.account_shown)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.show)

    def _failures(self) -> dict[str, SsoError]:
        return {profile.name: error for profile, error in self.callers.failures}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to copy before all answers are there."""
        return action not in ("copy", "copy_csv") or self.done

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the identities")
    async def action_copy(self) -> None:
        """Copy as JSON."""
        records = as_records(self._profiles, self.callers.identities, self._failures())
        await copy(self.sso, json.dumps(records, indent=4), "The identities, as JSON")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the identities")
    async def action_copy_csv(self) -> None:
        """Copy as CSV."""
        records = as_records(self._profiles, self.callers.identities, self._failures())
        text = io.StringIO()
        writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        await copy(self.sso, text.getvalue(), "The identities, as CSV")


def as_records(
    profiles: Sequence[Profile], identities: dict[str, Identity], failures: dict[str, SsoError]
) -> list[dict[str, str | int | None]]:
    """An object for each profile: who it is, or why that is not known."""
    records: list[dict[str, str | int | None]] = []
    for profile in profiles:
        found, error = identities.get(profile.name), failures.get(profile.name)
        records.append(
            {
                "Profile": profile.name,
                "Account": found.account if found else None,
                "Arn": found.arn if found else None,
                "UserId": found.user_id if found else None,
                "LatencyMs": round(found.latency * 1000) if found else None,
                "Problem": error.title if error else found.warning if found and found.warning else None,
            }
        )
    return records


def table(
    profiles: Sequence[Profile],
    identities: dict[str, Identity],
    failures: dict[str, SsoError],
    room: int,
    said: Callable[[str, Profile], str] = lambda number, _profile: number,
) -> Content:
    """For each profile name, account and latency; then the ARN, or what went wrong, in lines of `room` cells. `said`:
    what is said of an account that a profile is in."""

    def below(text: str, style: str) -> None:
        lines.extend(
            Content.styled(_INDENT + part, style) for part in wrap(clean(text, 600), room, break_on_hyphens=False)
        )

    width = max(len(clean(profile.name, 60)) for profile in profiles)
    lines: list[Content] = []
    for profile in profiles:
        name = f"{clean(profile.name, 60):{width}}  "
        found, error = identities.get(profile.name), failures.get(profile.name)
        if found is not None:
            where = clean(said(found.account, profile), 80)
            lines.append(Content.assemble((name, "bold"), where, (f"{found.latency * 1000:6.0f} ms", MUTED)))
            below(found.arn, MUTED)
            if found.warning:
                below(f"! {found.warning}", "$text-error")
        elif error is not None:
            lines.append(Content.assemble((name, "bold"), clean(said(profile.account_id, profile), 80)))
            below(error.title, "$text-error")
        else:
            where = clean(said(profile.account_id, profile), 80)
            lines.append(Content.assemble((name, "bold"), (f"{where}  asking …", MUTED)))
    return Content("\n").join(lines)
