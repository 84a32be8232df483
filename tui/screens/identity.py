"""The caller identity of a profile."""

from __future__ import annotations

import json
from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws import clock
from ..aws.errors import SignInNeeded, SsoError
from ..aws.model import Profile
from ..aws.role.caller_identity import Identity, get_identity
from ..aws.state.current import as_configured, identity_of
from ..aws.state.store import Store
from ..moments import absolute
from ..text import clean
from ..widgets.bars import MUTED
from ..words.account import account
from ..words.durations import until
from .asking.guarded import titled
from .base import Dialog, bindings, failure, rows
from .copying import copy
from .jobs import in_thread


class IdentityScreen(Dialog[None]):
    """Who a profile is, asked of AWS when the screen opens. `needed`: what to leave it with when AWS wants a sign-in
    before."""

    BINDINGS = bindings("identity")
    PLACE = "identity"

    def __init__(self, store: Store, profile: Profile, needed: Callable[[SignInNeeded], object] | None = None) -> None:
        super().__init__()
        self._needed = needed
        self.store = store
        self.profile = profile
        self.identity: Identity | None = None
        self._asked = identity_of(store.snapshot, profile)

    def compose(self) -> ComposeResult:
        """Title, answer, JSON."""
        with Vertical(classes="dialog"):
            yield Static(titled(self.sso, "Identity of", self.profile), classes="dialog-title")
            with VerticalScroll():
                yield Static(Content.styled("asking AWS …", MUTED), id="answer")
                yield Static(id="json", classes="code")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Ask."""
        self.query_one("#json").display = False
        self.ask()

    def configuration_changed(self) -> None:
        """Ask anew when the profile has become another one."""
        if self._identity_now() != self._asked:
            self.identity = None
            self.query_one("#answer", Static).update(Content.styled("the profile has changed: asking AWS …", MUTED))
            self.query_one("#json").display = False
            self.refresh_bindings()
            self.ask()

    def _identity_now(self) -> tuple[object, ...]:
        snapshot = self.store.snapshot
        return identity_of(snapshot, snapshot.as_now(self.profile))

    @work(exclusive=True, group="ask", exit_on_error=False, description="get the caller identity")
    async def ask(self) -> None:
        """Get role credentials if needed, then the identity."""
        asked = self.profile
        try:
            answer = await in_thread(
                lambda cancelled: as_configured(
                    self.store, asked, lambda profile: get_identity(self.store, profile, cancelled)
                ),
                f"ask who {asked.name} is",
            )
        except SsoError as error:
            if isinstance(error, SignInNeeded) and self._needed is not None:
                self.dismiss()
                self._needed(error)
                return
            self._asked = self._identity_now()
            self.query_one("#answer", Static).update(failure(error))
            return
        self.profile, self._asked, self.identity = answer.profile, answer.identity, answer.result
        self.show()

    def show(self) -> None:
        """Write the answer."""
        if self.identity is None:
            return
        self.query_one("#answer", Static).update(rows(self._fields(self.identity)))
        box = self.query_one("#json", Static)
        box.update(Content(clean_json(self.identity)))
        box.display = True
        self.refresh_bindings()

    def _fields(self, identity: Identity) -> list[tuple[str, str, str]]:
        name = self.store.config.account_name(identity.account, self.profile)
        ends = f"{until(identity.expires_at, clock.now())} left, until {absolute(identity.expires_at)}"
        return [
            ("warning", identity.warning, "$text-error"),
            ("account", account(identity.account, name, self.sso.settings.account_shown), "bold"),
            ("permission set", identity.permission_set, "bold"),
            ("role", identity.role, ""),
            ("user", identity.session_name, ""),
            ("user id", identity.user_id, ""),
            ("partition", identity.partition if identity.partition != "aws" else "", ""),
            ("region", identity.region, ""),
            ("credentials", ends, ""),
            ("answered in", f"{identity.latency * 1000:.0f} ms", ""),
        ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to copy before the answer is there."""
        return action != "copy" or self.identity is not None

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the identity")
    async def action_copy(self) -> None:
        """Copy the JSON."""
        if self.identity is not None:
            await copy(self.sso, json.dumps(self.identity.as_json(), indent=4), "The identity")


def clean_json(identity: Identity) -> str:
    """The JSON as the AWS CLI prints it, for the screen."""
    inside = ",\n".join(
        f"    {json.dumps(key)}: {json.dumps(clean(value))}" for key, value in identity.as_json().items()
    )
    return f"{{\n{inside}\n}}"
