"""Removing a session: what would go of the config file and the caches, then it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws.cache import config_edit
from ...aws.cache.config_edit import Changed, ConfigFile
from ...aws.config.writing import sections
from ...aws.errors import SsoError
from ...aws.model import SSO_SESSION, Session
from ...aws.session.manifest import Manifest, make_manifest
from ...aws.session.removal import ELSEWHERE, Removal, plan_removal, remove
from ...aws.session.signing_out import TOKEN, SignOutResult, begin
from ...aws.state.store import Store
from ...keys import pressed
from ...text import clean, place
from ...widgets.bars import MUTED
from ...words.counts import counted, some
from ..base import Dialog, Hanging, bindings, failure
from ..jobs import in_thread, plain, start_thread

if TYPE_CHECKING:
    from asyncio import Future

    from ...aws.state.finishing import Job
    from ...host import Host

SHOWN = 8
"""Names of profiles that are told one by one."""


class Found(NamedTuple):
    """What there is: the config file, what goes of it without and with all profiles, and what a sign-out removes."""

    file: ConfigFile
    few: Removal
    all: Removal
    manifest: Manifest


class SessionRemoval(Dialog[None]):
    """What goes with a session; `enter` removes it."""

    CSS_PATH = "../../styles/dialogs.tcss"
    BINDINGS = bindings("remove_session")
    PLACE = "remove_session"

    def __init__(self, store: Store, session: Session) -> None:
        super().__init__()
        self.store = store
        self.session = session
        self.found: Found | None = None
        self.all_profiles = False
        self.running = False

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        with Vertical(classes="dialog -small"):
            yield Static(Content(f"Remove session {clean(self.session.key, 80)}"), id="title", classes="dialog-title")
            with VerticalScroll():
                yield Static(Content.styled("Looking what there is …", MUTED), id="list")
                yield Static(id="note", classes="gap")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look what there is."""
        self.look()

    @property
    def removal(self) -> Removal | None:
        """What goes of the config file by now."""
        if self.found is None:
            return None
        return self.found.all if self.all_profiles else self.found.few

    @work(group="look", exclusive=True, exit_on_error=False, description="look what goes with the session")
    async def look(self, said: str = "") -> None:
        """Find out what would go. `said`: why that is asked once more."""

        def look(_cancelled: object) -> Found:
            snapshot = self.store.look()
            file = config_edit.read(self.store.environ)
            plans: list[Removal] = []

            def edit(text: str) -> str:
                plans.extend(plan_removal(text, snapshot, self.session, every) for every in (False, True))
                return sections.remove(text, plans[1].headers)

            file.edited(edit)  # what cannot be done says so now
            few, every = plans
            return Found(file, few, every, make_manifest(snapshot, self.session.key))

        try:
            self.found = await in_thread(look, "look what goes with the session")
        except SsoError as error:
            self.query_one("#list", Static).update(failure(error))
            return
        self.show(said)

    def show(self, said: str = "") -> None:
        """Show what would go."""
        found, removal = self.found, self.removal
        if found is None or removal is None:
            return
        self.query_one("#list", Static).update(Hanging(_goes(self.session, found, removal)))
        # Typed in a shell outside of the demo it would be about another file.
        undo = "" if self.sso.demo else "; ssotui accounts --undo takes the change back"
        backup = f"A copy of {place(found.file.path)} is kept{undo}."
        note = Content.styled(clean(backup, 600), MUTED)
        if said:
            note = Content("\n").join([Content.styled(clean(said, 600), "$text-warning"), note])
        self.query_one("#note", Static).update(note)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        removal = self.removal
        if action == "profiles":
            return self.found is not None and self.found.few.more
        if action == "confirm":
            return removal is not None and bool(removal.headers) and not self.running
        return True

    def action_profiles(self) -> None:
        """Take the other profiles too, or leave them."""
        self.all_profiles = not self.all_profiles
        self.show()

    def action_confirm(self) -> None:
        """Remove it, to the end even when this screen is left meanwhile."""
        found, removal = self.found, self.removal
        if found is None or removal is None or self.running:
            return
        self.running = True
        self.refresh_bindings()
        self.query_one("#title", Static).update("Removing …")
        file, manifest = found.file, found.manifest
        job = begin(manifest) if manifest.items else None  # now: the program may be left before anything else happens

        def write() -> str:
            return config_edit.write(file, file.edited(lambda text: sections.remove(text, removal.headers)))

        result = start_thread(lambda: remove(self.store, manifest, job, write), "remove the session")
        self.app.run_worker(
            self._remove(self.sso, removal, result, job),
            group="remove-session",
            exit_on_error=False,
            description="remove the session",
        )

    async def _remove(
        self, app: Host, removal: Removal, awaited: Future[tuple[str, SignOutResult | None]], job: Job | None
    ) -> None:
        try:
            backup, result = await awaited
        except Changed as error:
            self.running = False
            if self.is_attached:
                self.query_one("#title", Static).update(Content(f"Remove session {clean(self.session.key, 80)}"))
                self.look(f"{error.title}: this is what would go now")
            return
        except SsoError as error:
            self.running = False
            if self.is_attached:
                self.query_one("#list", Static).update(failure(error))
            else:
                app.tell(plain(error), "error", timeout=15)
            return  # what a sign-out that failed has come to, the board tells
        told = [f"Session {self.session.key} is removed{_with(removal.profiles)}"]
        told.append(f"what the file was is in {place(backup)}" if app.demo else "to undo: ssotui accounts --undo")
        well = result is None or (result.ok and result.server_told)
        if job is not None:
            job.done()  # from here on it is told
            told += [] if well else ["the sign-out has not gone well in all: " + "; ".join(job.lost)]
        if self.is_attached:
            self.dismiss()
        app.tell("; ".join(told), "information" if well else "warning", timeout=10)


def _with(profiles: Sequence[str]) -> str:
    return f", with {counted(len(profiles), 'profile')}" if profiles else ""


def _goes(session: Session, found: Found, removal: Removal) -> Content:
    lines = [Content(f"From {clean(place(found.file.path), 300)}:")]
    if session.kind == SSO_SESSION:
        there = len(removal.headers) > len(removal.profiles)
        own = f"  [sso-session {clean(session.key, 80)}]"
        lines.append(Content(own) if there else Content.styled(f"{own} is not there", "$text-warning"))
    if removal.profiles:
        lines.append(Content(f"  {counted(len(removal.profiles), 'profile')}: {_some(removal.profiles)}"))
    if not removal.headers:
        lines.append(Content.styled("  nothing: it has no section of its own, only profiles", "$text-warning"))
    tokens = len(found.manifest.of_kind(TOKEN))
    others = len(found.manifest.items) - tokens
    if found.manifest.items:
        told = ", and AWS is told" if tokens else ""
        lines += [
            Content(""),
            Content(f"From the caches: {counted(tokens, 'token')}, {counted(others, 'other file')}{told}"),
        ]
    for why, names in removal.by_reason().items():
        stay = "stays" if len(names) == 1 else "stay"
        text = f"! {counted(len(names), 'profile')} {stay}, without a session then ({why}): {_some(names)}"
        lines += [Content(""), Content.styled(text, "$text-warning")]
    if any(why != ELSEWHERE for why in removal.by_reason()):
        lines.append(Content.styled(f"  {pressed('remove_session.profiles')} takes them too", MUTED))
    return Content("\n").join(lines)


def _some(names: Sequence[str]) -> str:
    return some(names, SHOWN, limit=80)
