"""The AWS console from the board: through the access portal, which asks for no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws.errors import SsoError
from ..aws.model import Profile
from ..aws.role.console_link import profile_link
from ..aws.role.console_services import title_of
from ..aws.state.current import identity_of, profile_now
from ..aws.state.store import Store
from ..text import clean
from .asking.guarded import titled
from .base import Dialog
from .copying import copy
from .jobs import bindings, in_thread, plain

if TYPE_CHECKING:
    from ..host import Host


async def open_console(app: Host, profile: Profile, service: str | None = None, region: str = "") -> None:
    """Open the console for a profile in the browser, at a service and in a region where they are given; where there is
    none, copy and show the link."""
    try:
        profile = await in_thread(lambda _cancelled: profile_now(app.store, profile))
        link = profile_link(app.store.snapshot, profile, service, region)
        session = profile.session or ""
        if app.demo:
            problem = "there is no AWS console behind the demo"
        else:
            problem = await in_thread(lambda _cancelled: app.open_browser(link, session), "open the browser")
    except SsoError as error:
        app.tell(plain(error), "warning", timeout=10)
        return
    if not problem:
        if not profile.unlisted:
            app.note_use(profile.name)
        where = f" at {title_of(service)} in {region}" if service else ""
        app.tell(f"The console of {profile.label} opens in the browser{where}")
        return
    told = await copy(app, link, "The link", quiet=True)
    if len(app.screen_stack) > 1:  # the browser has taken its time, and the user has gone on meanwhile
        app.tell(f"No browser was opened: {problem}. {told}", "warning")
        return
    app.push_screen(ConsoleLink(app.store, profile, link, problem, told))


class ConsoleLink(Dialog[None]):
    """The link, where no browser could be opened."""

    BINDINGS = [*bindings("console"), Binding("enter", "leave", show=False)]

    def __init__(self, store: Store, profile: Profile, link: str, problem: str, told: str) -> None:
        super().__init__()
        self._store = store
        self._identity = identity_of(store.snapshot, profile)
        self._profile = profile
        self._link = link
        self._problem = problem
        self._told = told

    def configuration_changed(self) -> None:
        """A link that is no longer the profile's is not shown as its own."""
        snapshot = self._store.snapshot
        if identity_of(snapshot, snapshot.as_now(self._profile)) != self._identity:
            self.sso.tell(
                f"{self._profile.label} has changed in the configuration: its link was another one's", "warning"
            )
            self.dismiss()

    def compose(self) -> ComposeResult:
        """Why no browser, the link, and what became of it."""
        with Vertical(classes="dialog -small"):
            yield Static(titled(self.sso, "Console of", self._profile), classes="dialog-title")
            with VerticalScroll():
                yield Static(Content(f"No browser was opened: {clean(self._problem, 400)}."))
                yield Static(Content(clean(self._link, 2000)), classes="code")
                yield Static(Content(clean(self._told, 400)), classes="gap")
            yield Footer(show_command_palette=False)
