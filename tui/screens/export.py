"""Export: choose a format, look at it with secrets masked, copy it or write it to a file."""

from __future__ import annotations

import os
from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from ..aws import clock
from ..aws.errors import SignInNeeded, SsoError
from ..aws.model import Profile, RoleCredentials
from ..aws.role.credentials import get_credentials
from ..aws.state.current import as_configured, identity_of, profile_now
from ..aws.state.store import Store
from ..desktop import private_file
from ..shell.formats import (
    FORMATS,
    default_format,
    needs_credentials,
    region_is_left,
    render,
    render_masked,
)
from ..text import clean_lines
from ..widgets.bars import MUTED
from ..words.durations import until
from .asking.guarded import titled
from .base import Dialog, Options, bindings, failure
from .copying import copy
from .jobs import in_thread, plain
from .saving import SaveAs

SHOW_FOR = 30.0
"""Seconds for which secrets stay visible."""

NAMES = tuple(FORMATS)


class Export(Dialog[None]):
    """Formats at the left, the preview at the right. `needed`: what to leave it with when AWS wants a sign-in first."""

    BINDINGS = bindings("export")
    PLACE = "export"
    AUTO_FOCUS = "OptionList"

    def __init__(self, store: Store, profile: Profile, needed: Callable[[SignInNeeded], object] | None = None) -> None:
        super().__init__()
        self._needed = needed
        self.store = store
        self.profile = profile
        self.credentials: RoleCredentials | None = None
        self.error: SsoError | None = None
        self._of = identity_of(store.snapshot, profile)
        self.shown = False
        self._hide: Timer | None = None

    def compose(self) -> ComposeResult:
        """The two columns."""
        with Vertical(classes="dialog -large"):
            yield Static(titled(self.sso, "Export", self.profile), classes="dialog-title")
            with Horizontal(id="export"):
                yield Options(*(Option(Content(name), id=name) for name in FORMATS), markup=False)
                with Vertical():
                    yield Static(id="about")
                    with VerticalScroll(classes="code", can_focus=False):
                        yield Static(id="preview")
                    yield Static(id="until")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start with the format of the shell that we came from, and get credentials."""
        wanted = self.sso.settings.export_format or self.shell
        self.query_one(OptionList).highlighted = NAMES.index(wanted) if wanted in NAMES else 0
        self.fetch()

    @property
    def shell(self) -> str:
        """The format of the shell that we came from, the first one if that has none."""
        try:
            return default_format(os.environ, self.sso.parent_shell)
        except SsoError:
            return NAMES[0]

    @property
    def format(self) -> str:
        """The highlighted format."""
        return NAMES[self.query_one(OptionList).highlighted or 0]

    @work(group="fetch", exclusive=True, exit_on_error=False, description="get role credentials")
    async def fetch(self) -> None:
        """Get credentials, from the cache if they are good."""
        await self._fetch()

    async def _fetch(self) -> None:
        asked = self.profile
        self.credentials, self.error = None, None
        try:
            answer = await in_thread(
                lambda cancelled: as_configured(
                    self.store, asked, lambda profile: get_credentials(self.store, profile, False, cancelled)
                ),
                f"get credentials for {asked.name}",
            )
        except SsoError as error:
            if isinstance(error, SignInNeeded) and self._needed is not None:
                self.dismiss()
                self._needed(error)
                return
            self.error = error
            self._of = self._identity_now()
        else:
            self.profile, self._of, self.credentials = answer.profile, answer.identity, answer.result
        self.show()

    def configuration_changed(self) -> None:
        """Drop what is shown when the profile has become another one, and get that one's credentials."""
        if self._identity_now() != self._of:
            self.credentials = None
            self.show()
            self.fetch()

    def _identity_now(self) -> tuple[object, ...]:
        snapshot = self.store.snapshot
        return identity_of(snapshot, snapshot.as_now(self.profile))

    async def _settle(self) -> None:
        """What is shown may be some time old: hand out nothing that is no longer the profile's."""
        asked = self.profile
        try:
            profile = await in_thread(lambda _cancelled: profile_now(self.store, asked))
        except SsoError as error:
            self.credentials, self.error = None, error
            self._of = ()
            self.show()
            raise
        if identity_of(self.store.snapshot, profile) != self._of:
            self.profile = profile
            await self._fetch()

    @on(OptionList.OptionHighlighted)
    def show(self) -> None:
        """Write the preview anew."""
        form = self.format
        self.query_one("#about", Static).update(Content.styled(FORMATS[form].about, MUTED))
        preview = self.query_one("#preview", Static)
        if needs_credentials(form) and self.credentials is None:
            preview.update(failure(self.error) if self.error else Content.styled("getting credentials …", MUTED))
            return
        try:
            text = (render if self.shown else render_masked)(
                form, self.credentials, self.profile, drop_region=region_is_left(os.environ), shell=self.shell
            )
        except SsoError as error:
            preview.update(failure(error))
            return
        preview.update(Content(clean_lines(text, 8000)))
        below = ""
        if self.credentials is not None:
            below = f"credentials valid for {until(self.credentials.expires_at, clock.now())}"
        if self.shown and needs_credentials(form):
            below = f"{below}; shown for {SHOW_FOR:.0f} s, or until v"
        self.query_one("#until", Static).update(Content.styled(below, MUTED))

    def action_show(self) -> None:
        """Show the secrets for a while, or hide them."""
        self.shown = not self.shown
        if self._hide is not None:
            self._hide.stop()
        self._hide = self.set_timer(SHOW_FOR, self.action_show) if self.shown else None
        self.show()

    @on(OptionList.OptionSelected)
    @work(group="copy", exclusive=True, exit_on_error=False, description="copy export lines")
    async def action_copy(self) -> None:
        """Copy the lines in clear."""
        form = self.format
        text = await self.settled_text(form)
        if text is not None:
            if not self.profile.unlisted:
                self.sso.note_use(self.profile.name)
            what = f"{form} lines for {self.profile.label}"
            await copy(self.sso, text, what, secret=needs_credentials(form))

    @work(group="write", exclusive=True, exit_on_error=False, description="write export lines")
    async def action_write(self) -> None:
        """Ask where to write the lines."""
        form = self.format
        name = "".join(char if char.isalnum() or char in "-_." else "_" for char in self.profile.name)[:80]
        proposed = f"{name}.{FORMATS[form].ending}"
        path = await in_thread(lambda _cancelled: private_file.propose(proposed), "find a place")
        if self.app.screen is self:
            what = f"the {form} lines for {self.profile.label}"
            self.app.push_screen(SaveAs(what, path, needs_credentials(form), lambda: self.settled_text(form)))

    async def settled_text(self, form: str) -> str | None:
        """The export in clear of the profile as it is configured now, None (and a message) when there is none."""
        try:
            await self._settle()
        except SsoError as error:
            self.sso.tell(plain(error), "error")
            return None
        if self not in self.app.screen_stack:
            return None
        if needs_credentials(form) and self.credentials is None:
            self.sso.tell(self.error.title if self.error else "Credentials are still on their way", "warning")
            return None
        try:
            return render(
                form, self.credentials, self.profile, drop_region=region_is_left(os.environ), shell=self.shell
            )
        except SsoError as error:
            self.sso.tell(error.title, "error")
            return None
