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
from ..guard.rules import CONSOLE
from ..state_file import console_opened
from ..text import clean
from .asking.guarded import may, titled
from .base import Dialog, bindings
from .copying import copy
from .jobs import in_thread, plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ..host import Host
    from .picking.service_picker import ServicePicker

    Pick = Callable[[ServicePicker], Awaitable[tuple[str, str] | None]]
    """Opens a screen, and waits for what is picked there."""


async def open_console(app: Host, profile: Profile, service: str | None = None, region: str = "") -> None:
    """Open the console for a profile in the browser, at a service and in a region where they are given; where there is
    none, copy and show the link."""
    front = app.screen_stack[-1]
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
    if app.screen_stack[-1] is not front:  # the browser has taken its time, and the user has gone on meanwhile
        app.tell(f"No browser was opened: {problem}. {told}", "warning")
        return
    app.push_screen(ConsoleLink(app.store, profile, link, problem, told))


async def pick_place(app: Host, profiles: Sequence[Profile], pick: Pick) -> tuple[str, str] | None:
    """Have the user pick a service and a region for the consoles of these profiles; None when they do not."""
    from .picking.service_picker import ServicePicker

    snapshot, state, first = app.store.snapshot, app.state, profiles[0]
    session = snapshot.session_of(first)
    home = first.region or (session.region if session is not None else "")
    try:
        for each in profiles:
            profile_link(snapshot, each, "console", home)  # what has no link says so before anything is picked
    except SsoError as error:
        app.tell(plain(error), "warning", timeout=10)
        return None
    if not await may(app, profiles, CONSOLE, "no console is opened"):
        return None
    who = titled(app, "Console of", first if len(profiles) == 1 else None, f"{len(profiles)} marked profiles")
    picked = await pick(ServicePicker(who, home, state.services, state.regions))
    if picked is not None:
        app.remember(console_opened(*picked))
    return picked


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
