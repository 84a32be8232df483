"""The screen of accounts and roles: all that a session's portal offers, beside what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on, work
from textual.app import ComposeResult
from textual.widget import Widget

from ...aws import clock
from ...aws.errors import Cancelled, SignInNeeded, SsoError
from ...aws.model import Profile, Session
from ...aws.state.store import Store
from ...keys import pressed
from ...widgets.bars import NoticeBar, TitleBar
from ...widgets.key_bar import IN_THE_FILTER, KeyBar, in_footer
from ...widgets.rows import session_label
from ..base import bindings
from ..diagnosis.known import known_problems
from ..jobs import in_thread
from ..palette import ScreenCommands
from ..sign_in.renewals import Renewals
from ..sign_in.signing_in import SigningIn
from . import telling
from .branches import ACCOUNT, HEAD, Branches, Line, Role
from .listing_bar import ListingBar
from .marking import Marking
from .open_listing import OpenListing
from .tree import AccountTree

if TYPE_CHECKING:
    from ...host import Host
    from ..sign_in.signing_in import Needed

LOOK_EVERY = 0.1
"""Seconds between two looks at what a listing has brought."""

REST = 10
"""What has been brought is shown after so many times the time that showing it took last."""

SAID_FOR = 4.0
"""Seconds for which the line at the bottom says what a key has just done."""


class Accounts(Marking):
    """Of the session with this `key`, or of another one: tab. The cursor begins at the role of `profile`."""

    AUTO_FOCUS = "AccountTree"
    BINDINGS = bindings("accounts")
    CSS_PATH = "../../styles/accounts.tcss"
    COMMANDS = {ScreenCommands}
    PLACE = "accounts"

    def __init__(self, store: Store, key: str, profile: Profile | None = None) -> None:
        super().__init__()
        self.store = store
        self._open_listings: dict[str, OpenListing] = {}
        self._key = key
        self._wanted: Role | None = None
        if profile is not None and profile.account_id:
            self._wanted = profile.account_id, profile.role_name
        self._progress = ""
        self._cost = self._shown_at = 0.0
        self._seen = 0.0
        self._bar: Widget | None = None
        self.signing_in = SigningIn(store, self, Renewals(), self.show)

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        return cast("Host", self.app)

    @property
    def session(self) -> Session | None:
        """The session whose accounts are shown, None when it is no longer configured."""
        return self.snapshot.config.sessions.get(self._key)

    @property
    def line(self) -> Line | None:
        """The highlighted line."""
        return self.tree_list.line

    @property
    def branches(self) -> Branches | None:
        """What is shown."""
        return self.tree_list.branches

    @property
    def listing(self) -> OpenListing:
        """What is known of the session's portal."""
        return self._open_listings.setdefault(self._key, OpenListing(self._key))

    def compose(self) -> ComposeResult:
        """Title, listing, tree, what is highlighted, keys."""
        self.take_size()
        self.tree_list = AccountTree(self.label_of)
        self.keys = KeyBar()
        yield TitleBar("ssotui accounts")
        yield ListingBar()
        yield self.tree_list
        yield NoticeBar()
        yield self.keys

    def on_mount(self) -> None:
        """Show what was listed before, and list what is missing or old."""
        self.sso.let_go()
        self.set_interval(1.0, self.tick)
        self._looking = self.set_interval(LOOK_EVERY, self._look, pause=True)
        self.begin()

    def on_screen_resume(self) -> None:
        """What was on top has gone."""
        self.tick()

    def configuration_changed(self) -> None:
        """Others may be configured by now."""
        self.show()

    # -- listing -------------------------------------------------------------------------------------------------

    @work(group="begin", exclusive=True, exit_on_error=False, description="read what was listed before")
    async def begin(self) -> None:
        """Show what was listed before; list what is missing, or was listed long ago."""
        listing, session = self.listing, self.session
        if session is None:
            self.show()
            return
        if self._wanted is not None:
            listing.first(self._wanted[0])
        if not listing.loaded:
            known = await in_thread(lambda _cancelled: listing.load(session), "read what was listed before")
            listing.known, listing.loaded = known, True
        self.show()
        if listing.young(clock.now()) or listing.progress.stopped:
            return
        self.action_list()

    def action_list(self) -> None:
        """List accounts and roles anew, or what is left; once the session is signed in."""
        session = self.session
        if session is None:
            self.nothing(f"Session {self._key} is no longer configured")
        elif not self.listing.progress.running:
            key = session.key
            self.signing_in.first_for(session, "its accounts are not listed", lambda needed: self.list_all(key, needed))

    @work(group="listing", exclusive=True, exit_on_error=False, description="list the accounts")
    async def list_all(self, key: str, needed: Needed = None) -> None:
        """List; esc stops."""
        listing, session = self.listing, self.session
        if session is None or listing.key != key:
            return  # another session is shown meanwhile
        listing.begun()
        self._looking.resume()
        self.show()
        progress, again = listing.progress, None
        try:
            await in_thread(lambda cancelled: listing.run(self.store, session, cancelled), "list the accounts")
        except Cancelled:
            progress.stopped = True
        except SsoError as error:
            progress.error = error
            again = error if isinstance(error, SignInNeeded) else None
        finally:
            progress.running = False
            listing.take()
            progress.pause = 0.0
            if self.is_attached and listing is self.listing:
                self._looking.pause()
                self.show()
        if again is not None and needed is not None:
            needed(again)

    def _look(self) -> None:
        """Show what the listing has brought, if it is worth it already."""
        now = clock.monotonic()
        if now - self._shown_at < self._cost * REST:
            return
        if self.listing.take():
            self.show()
        else:
            self.show_listing()

    def _stop(self) -> None:
        self.listing.progress.stopped = True
        self.workers.cancel_group(self, "listing")

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is known by now."""
        session = self.session
        if not self.is_mounted:
            return
        begun = clock.monotonic()
        if session is None:
            self.tree_list.set_empty(
                f"Session {self._key} is no longer configured.", f"{pressed('accounts.back')} goes back."
            )
            self.tree_list.set_branches(
                Branches(self.snapshot, Session(self._key, "", "", ""), self.listing.known._replace(accounts={}))
            )
        else:
            listing = self.listing
            if listing.loaded:
                self.tree_list.set_empty(*telling.empty(listing.known, listing.progress, session_label(session)))
            self.tree_list.set_branches(Branches(self.snapshot, session, listing.known, listing.progress.failures))
        if self._wanted is not None and self.tree_list.reveal(self._wanted):
            self._wanted = None  # it was moved to
        self._shown_at = clock.monotonic()
        self._cost = self._shown_at - begun
        self.show_marks()

    def tick(self) -> None:
        """Once a second, and whenever something has changed."""
        branches = self.branches
        if branches is None or not self.query(TitleBar):  # a change can arrive while the screen is taken down
            return
        marked = len(branches.chosen(self.listing.marked))
        self.query_one(TitleBar).show(telling.summary(branches), clock.now(), marked=marked)
        self.show_listing()
        self.show_said()
        self.show_keys()

    def show_listing(self) -> None:
        """Show how the listing goes on."""
        sessions = self.snapshot.config.sessions
        keys = list(sessions)
        labels = [session_label(sessions[key]) for key in keys]
        place = keys.index(self._key) if self._key in keys else 0
        text, kind = telling.listing(self.listing.known, self.listing.progress, clock.now())
        self.query_one(ListingBar).show(labels, place, text if self.session is not None else "", kind)

    def show_said(self) -> None:
        """Show what was said last, else the highlighted line in full."""
        saying = self.sso.said.latest(clock.monotonic())
        bar = self.query_one_optional(NoticeBar)
        if bar is None:
            return
        if saying is not None and saying.since >= self._seen:
            bar.show(saying.text, "warning" if saying.severity == "warning" else "info", said=True)
            return
        line, branches = self.line, self.branches
        full = telling.in_full(line, branches) if line is not None and branches is not None else ""
        bar.show(self._progress or full, "info" if self._progress else "row")

    def set_progress(self, text: str) -> None:
        """Say what is under way; "" when nothing is any more."""
        self._seen = clock.monotonic() if text and not self._progress else self._seen
        self._progress = text
        self.show_said()

    def show_keys(self) -> None:
        """Show the keys that help now."""
        listing, filtered = self.listing, self.tree_list.has_class("-filtered")
        found = telling.hints(
            self.line, listing.progress, filtered, len(listing.marked), len(self.snapshot.config.sessions)
        )
        keys = IN_THE_FILTER if self.filtering else in_footer(found, self.sso.settings.keys, self.PLACE)
        self.keys.show(keys, 0)

    on_descendant_focus = show_keys  # others help where the focus is now

    @on(AccountTree.Highlighted)
    def _highlighted(self) -> None:
        line = self.line
        if line is not None:
            self.listing.first(line.account_id)
            if self._wanted is not None and self._wanted[0] != line.account_id:
                self._wanted = None  # it is not offered, or the user has gone elsewhere
        self.call_after_refresh(self.tick)  # the cursor first

    # -- keys ----------------------------------------------------------------------------------------------------

    @on(AccountTree.Chosen)
    def _chosen(self, message: AccountTree.Chosen) -> None:
        line = self.tree_list.line_of(message.name)
        if line is None:
            return
        if line.kind in (ACCOUNT, HEAD):
            self.tree_list.turn(line.key)
        else:
            self.use_role(line)

    def action_sign_in(self) -> None:
        """Sign in to the session, or anew."""
        session = self.session
        if session is None:
            return
        if isinstance(self.listing.progress.error, SignInNeeded) or not self.listing.known.complete:
            self.action_list()
        else:
            self.signing_in.to(session, None)

    def action_session(self, step: int = 1) -> None:
        """Go to the next session."""
        keys = list(self.snapshot.config.sessions)
        if len(keys) < 2 and self._key in keys:
            self.nothing("There is no other session")
            return
        if not keys:
            self.nothing("There is no session any more")
            return
        if self.listing.progress.running:
            self._stop()
            self.listing.progress.stopped = False  # it goes on when one comes back
        self._looking.pause()
        self._key = keys[(keys.index(self._key) + step) % len(keys)] if self._key in keys else keys[0]
        self._wanted = None
        self.tree_list.forget()
        self.tree_list.action_first()
        self.show()
        self.begin()

    async def action_filter(self) -> None:
        """Open the filter, or go to it."""
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is None:
            about = "account, number, role, e-mail, profile, new or gone; !word leaves out"
            bar = self._bar = FilterBar(self.tree_list, about)
            await self.mount(bar, before=self.tree_list)
        bar.open()
        self._count(bar)
        if self.branches is not None:
            self.call_after_refresh(self.branches.prepare)

    @property
    def filtering(self) -> bool:
        """Whether a filter is being typed."""
        focused = self.focused
        return focused is not None and self._bar is not None and self._bar in focused.ancestors

    def on_filter_bar_changed(self, message: Any) -> None:
        """Narrow the tree as the filter is typed. (`Any`: the bar's module is only imported with the first filter.)"""
        self.tree_list.filter(message.query)
        self._count(message.sender)
        self.tick()

    def _count(self, bar: Any) -> None:
        branches = self.branches
        if branches is not None:
            bar.set_count(branches.count(self.tree_list.query_text, self.listing.marked), branches.total)

    def on_filter_bar_done(self, message: Any) -> None:
        """Go to the tree, unless the user is elsewhere by now."""
        focused = self.focused
        if focused is None or message.sender in focused.ancestors_with_self:
            self.set_focus(self.tree_list)

    def action_back(self) -> None:
        """Undo one thing: the filter, the listing, the marks; else go back."""
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is not None and self.tree_list.has_class("-filtered"):
            bar.clear()
            self.set_focus(self.tree_list)
        elif self.listing.progress.running:
            self._stop()
        elif self.listing.marked:
            self.listing.marked.clear()
            self.show_marks()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back to the board. A listing stops, and is gone on with the next time."""
        self.dismiss()

    def action_help(self) -> None:
        """Show all keys, those of this screen first."""
        self.sso.show_help(self.PLACE)

    def action_problems(self) -> None:
        """Show everything that is wrong, and what was said."""
        from ..diagnosis.problems import Problems

        self._open(Problems(known_problems(self.sso, self.snapshot), self.sso.said.all()))
