"""Signing out: first what would go, then what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Footer, Static

from ..aws import clock
from ..aws.errors import SsoError
from ..aws.model import REFRESHABLE, Session
from ..aws.session.manifest import logins_left
from ..aws.session.signing_out import (
    CHAINED,
    REGISTRATION,
    ROLE,
    TOKEN,
    Item,
    Manifest,
    Outcome,
    SignOutResult,
    begin,
    make_manifest,
    sign_out,
)
from ..aws.state.store import Store
from ..moments import moment
from ..shell.formats import unset_lines
from ..text import clean, place
from ..widgets import cells
from ..widgets.bars import MUTED
from ..widgets.rows import session_label
from ..words.account import BOTH, NAME, parts
from ..words.durations import left
from ..words.marks import Mark
from ..words.states import session_word
from .asking.guarded import marks_of
from .base import Dialog, bindings, failure
from .jobs import in_thread, plain, start_thread

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Sequence

    from ..aws.state.finishing import Job
    from ..host import Host

_PLURALS = {
    TOKEN: "tokens",
    ROLE: "role credentials",
    CHAINED: "chained credentials",
    REGISTRATION: "client registrations",
}

_WIDEST = 56
"""Cells of what is removed, so that the time stands beside it in 80 columns."""

_AROUND = len("  " * 3 + "99h 59m left")
"""Cells around what is removed and its account, with the time behind."""


class SignOut(Dialog[None]):
    """The manifest of a scope; after `enter`, the result. `sessions`: the highlighted one, or those of the marked rows;
    without any it is about everything."""

    BINDINGS = bindings("sign_out")
    PLACE = "sign_out"
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, store: Store, *sessions: Session) -> None:
        super().__init__()
        self.store = store
        self.sessions = sessions
        self._keys = tuple(session.key for session in sessions)
        self.scope: Sequence[str] | None = self._keys or None
        self.manifest: Manifest | None = None
        self.result: SignOutResult | None = None
        self.running = False

    def compose(self) -> ComposeResult:
        """Title, counts, the list, the keys."""
        with Vertical(classes="dialog -large"):
            with Vertical(classes="dialog-head"):
                yield Static(id="title", classes="dialog-title")
                yield Static(id="scope", classes="dialog-title")
            with VerticalScroll():
                yield Static(id="list")
                yield Static(id="note", classes="gap")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look what there is."""
        self.query_one("#title", Static).update("Sign out")
        self.look()

    @work(group="look", exclusive=True, exit_on_error=False, description="list what a sign-out removes")
    async def look(self) -> None:
        """Make the manifest of the scope."""
        scope = self.scope
        self._show_scope()
        try:
            manifest = await in_thread(lambda _cancelled: make_manifest(self.store.look(), scope), "list the caches")
        except SsoError as error:
            self.query_one("#list", Static).update(failure(error))
            return
        self.manifest = manifest
        self._show_manifest()
        self.query_one("#note", Static).update(Content.styled(_note(manifest), MUTED))
        self.refresh_bindings()
        if scope is not None and manifest.items and not self.sso.settings.confirm_sign_out:
            self.execute(manifest)

    def _show_manifest(self) -> None:
        if self.manifest is not None and self.result is None:
            box = self.query_one("#list", Static)
            room = box.content_size.width or self.app.size.width
            marks = marks_of(self.sso.settings.guard, self.store.snapshot.config.profiles)
            now = clock.now()
            clocks = {key: self.store.snapshot.session_clock(key, now) for key in self.store.snapshot.config.sessions}
            words = {key: session_word(*it, now) for key, it in clocks.items() if it[0] == REFRESHABLE}
            box.update(_manifest_text(self.manifest, self.sso.settings.account_shown, room, marks, words))

    def on_resize(self) -> None:
        """Say of the accounts what there is room for."""
        self.call_after_refresh(self._show_manifest)

    def _show_scope(self) -> None:
        name = clean(", ".join(map(session_label, self.sessions)), 60)
        choices: list[str | tuple[str, str]] = []
        if self.sessions:
            choices = [(f" {name} ", "reverse" if self.scope is not None else MUTED), "  "]
        choices.append((" everything ", "reverse" if self.scope is None else MUTED))
        self.query_one("#scope", Static).update(Content.assemble(*choices))

    def action_scope(self) -> None:
        """This session, or everything."""
        if self.sessions and not self.running and self.result is None:
            self.scope = None if self.scope is not None else self._keys
            self.manifest = None  # at once: an enter just behind is not meant for the other scope
            self.look()

    def action_confirm(self) -> None:
        """Sign out."""
        if self.manifest is not None and not self.running:
            self.execute(self.manifest)

    def execute(self, manifest: Manifest) -> None:
        """Carry out the manifest, to its end even when this screen is left meanwhile."""
        self.running = True
        self.refresh_bindings()
        self.query_one("#title", Static).update("Signing out …")
        job = begin(manifest)  # now: the program may be left before anything else happens
        result = start_thread(lambda: sign_out(self.store, manifest, job), "sign out")
        self.app.run_worker(
            self._execute(self.sso, manifest, result, job),
            group="sign-out",
            exit_on_error=False,
            description="sign out",
        )

    async def _execute(self, app: Host, manifest: Manifest, awaited: Future[SignOutResult], job: Job) -> None:
        try:
            result = await awaited
        except SsoError as error:
            job.done()  # told here, with what it has come to by then
            if self.is_attached:
                lost = [Content.styled(clean(line, 400), "$text-warning") for line in job.lost]
                self.query_one("#list", Static).update(Content("\n").join([failure(error), *lost]))
            else:
                app.tell("; ".join([plain(error), *job.lost]), "error", timeout=15)
            return
        finally:
            self.running = False
            if self.is_attached:
                self.refresh_bindings()
        self.result = result
        job.done()  # from here on it is told
        await app.forget_clipboard()
        done = result.ok and result.server_told
        title = "Signed out" if done else "Signed out here, but not everything went well"
        if not self.is_attached:  # nobody would hear of it otherwise
            app.tell(title if done else "; ".join([title, *job.lost]), "information" if done else "warning", timeout=15)
            return
        self.query_one("#title", Static).update(Content.styled(title, "$text-success" if done else "$text-warning"))
        self.query_one("#scope").display = False
        self.query_one("#list", Static).update(_result_text(result))
        self.query_one("#note", Static).update(_afterwards(manifest, result))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        if action == "scope":
            return bool(self.sessions) and self.result is None and not self.running
        return action != "confirm" or not (self.running or self._nothing_to_do())

    def _nothing_to_do(self) -> bool:
        return self.result is not None or (self.manifest is not None and not self.manifest.items)

    def key_enter(self, event: Key) -> None:
        """Where there is nothing to sign out of, or no more, enter leaves like esc does."""
        if self._nothing_to_do():
            event.stop()  # the board would take it for its own
            self.dismiss()


def _manifest_text(
    manifest: Manifest,
    shown: str = BOTH,
    room: int = 80,
    marks: Mapping[str, Mark] | None = None,
    renewable: Mapping[str, str] | None = None,
) -> Content:
    """`renewable`: what is said of the tokens of sessions that can be renewed, by the sessions' keys."""
    closed = _closed_lines(manifest.closed)
    if not manifest.items:
        what = "nothing to sign out of" if not manifest.logins else "no session of IAM Identity Center to sign out of"
        return Content("\n").join(closed or [Content(f"Nothing is cached here: there is {what}.")])
    counts = [
        f"{len(found)} {_PLURALS[kind] if len(found) != 1 else kind}"
        for kind in (TOKEN, ROLE, CHAINED, REGISTRATION)
        if (found := manifest.of_kind(kind))
    ]
    lines = [Content(f"Removes {', '.join(counts)}:")]
    columns = _columns(manifest.items, shown, room)
    session: str | None = None
    for item in manifest.items:
        if item.session != session:
            session = item.session
            lines += [Content(""), Content.styled(clean(session) or "of no configured session", "bold")]
        mark = (marks or {}).get(item.label) if item.kind in (ROLE, CHAINED) else None
        label = [(f"  {mark.text}", mark.style)] if mark is not None else []
        lines.append(Content.assemble(_aligned(item, columns), (_time_left(item, renewable or {}), MUTED), *label))
    return Content("\n").join([*lines, *closed])


def _columns(items: Sequence[Item], shown: str, room: int) -> tuple[int, int, str]:
    """The cells of what an item is and of its account, and what is said of accounts: less of it where there is little
    room, nothing where there is none."""
    what = cells.widest([_what(item) for item in items], _WIDEST)
    for wanted in (shown, NAME):
        width = cells.widest([_account(item, wanted) for item in items], room)
        if width and what + width + _AROUND <= room:
            return what, width, wanted
    return what, 0, shown


def _aligned(item: Item, columns: tuple[int, int, str]) -> str:
    what, width, shown = columns
    said = f"{cells.pad(_account(item, shown), width)}  " if width else ""
    return f"  {cells.fit(_what(item), what)}  {said}"


def _account(item: Item, shown: str) -> str:
    return clean(" ".join(parts(item.account_id, item.account_name, shown, item.label)), 60)


def _closed_lines(paths: list[str]) -> list[Content]:
    return [
        Content.styled(f"! {clean(place(path))} cannot be looked into: what is there stays", "$text-warning")
        for path in paths
    ]


def _what(item: Item) -> str:
    return f"{item.kind}  {clean(item.label, 60)}" if item.label != item.session else item.kind


def _time_left(item: Item, renewable: Mapping[str, str]) -> str:
    if item.expires_at is None:
        return ""
    seconds = item.expires_at - clock.now()
    if seconds > 0:
        return f"{left(seconds)} left"
    return renewable.get(item.session, "expired") if item.kind == TOKEN else "expired"


def _note(manifest: Manifest) -> str:
    kept = f"{manifest.kept} other cache file{'s stay' if manifest.kept != 1 else ' stays'}. " if manifest.kept else ""
    unreadable = f"{len(manifest.unreadable)} of them cannot be read. " if manifest.unreadable else ""
    tokens = len(manifest.of_kind(TOKEN))
    told = f"AWS is told to end the session{'s' if tokens > 1 else ''}." if tokens else ""
    return "\n".join(filter(None, [f"{kept}{unreadable}{told}", clean(logins_left(manifest), 1000)]))


def _result_text(result: SignOutResult) -> Content:
    lines = [_outcome_line(outcome) for outcome in result.outcomes]
    for item in result.left:
        lines.append(Content.styled(f"! a new {item.kind} appeared meanwhile: {clean(item.label)}", "$text-warning"))
    return Content("\n").join([*lines, *_closed_lines(result.closed)])


def _outcome_line(outcome: Outcome) -> Content:
    what = f"{outcome.item.kind}  {clean(outcome.item.label, 60)}"
    if not outcome.removed:
        return Content.styled(f"✗ {what}: not removed: {clean(outcome.problem)}", "$text-error")
    told = not outcome.untold
    what += ", emptied" if outcome.emptied else ""
    suffix = f": {clean(outcome.told(lambda at: moment(at, clock.now())), 400)}" if outcome.server else ""
    return Content.assemble(("✓ " if told else "! ", "$text-success" if told else "$text-warning"), what, suffix)


def _afterwards(manifest: Manifest, result: SignOutResult) -> Content:
    lines = [clean(logins_left(manifest), 1000)] if manifest.logins else []
    if result.alive_until is not None:
        lines.append(
            f"Role credentials that were issued stay valid at AWS until {moment(result.alive_until, clock.now())}."
        )
    lines.append("The browser stays signed in. Shells that exported credentials still have them; to unset:")
    lines.append(f"  {unset_lines('bash').strip()}")
    return Content.styled("\n".join(lines), MUTED)
