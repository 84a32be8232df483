"""What the screen of accounts is made of: title, listing, tree, what is highlighted; and what is known of the session
that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Vertical

from ...aws import clock
from ...aws.model import Profile, Session
from ...aws.state.snapshot import Snapshot
from ...aws.state.store import Store
from ...keys import pressed
from ...widgets.bars import NoticeBar, TitleBar
from ...widgets.rows import session_label
from ...words.marks import Mark
from ..asking.guarded import mark_of
from . import role_profiles, telling
from .branches import LOST, ROLE, Branches, Line, Role
from .listing_bar import ListingBar
from .open_listing import OpenListing
from .tree import AccountTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...host import Host
    from ...widgets.filter_bar import FilterBar

REST = 10
"""What has been brought is shown after so many times the time that showing it took last."""

NO_ROLE = "Highlight a role first (right opens an account)"


class AccountPanes(Vertical):
    """Of the session with this `key`, until another one is shown. The cursor begins at the role of `profile`.
    `turn_mark`: marks a line, or no longer. `wanted`: the role that the cursor is to go to, once it is known."""

    def __init__(self, store: Store, key: str, profile: Profile | None, turn_mark: Callable[[Line], object]) -> None:
        super().__init__()
        self.key = key
        self.tree_list = AccountTree(self.label_of, turn_mark)
        self.wanted: Role | None = None
        if profile is not None and profile.account_id:
            self.wanted = profile.account_id, profile.role_name
        self._store = store
        self._open_listings: dict[str, OpenListing] = {}
        self._progress = ""
        self._cost = self._shown_at = 0.0
        self._seen = 0.0
        self._bar: FilterBar | None = None

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        return cast("Host", self.app)

    @property
    def snapshot(self) -> Snapshot:
        """What is known by now."""
        return self._store.snapshot

    @property
    def session(self) -> Session | None:
        """The session whose accounts are shown, None when it is no longer configured."""
        return self.snapshot.config.sessions.get(self.key)

    @property
    def listing(self) -> OpenListing:
        """What is known of the session's portal."""
        return self._open_listings.setdefault(self.key, OpenListing(self.key))

    @property
    def line(self) -> Line | None:
        """The highlighted line."""
        return self.tree_list.line

    @property
    def branches(self) -> Branches | None:
        """What is shown."""
        return self.tree_list.branches

    def compose(self) -> ComposeResult:
        """The widgets from top to bottom."""
        yield TitleBar("ssotui accounts")
        yield ListingBar()
        yield self.tree_list
        yield NoticeBar()

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is known by now."""
        session, listing = self.session, self.listing
        begun = clock.monotonic()
        if session is None:
            self.tree_list.set_empty(
                f"Session {self.key} is no longer configured.", f"{pressed('accounts.back')} goes back."
            )
            self.tree_list.set_branches(
                Branches(self.snapshot, Session(self.key, "", "", ""), listing.known._replace(accounts={}))
            )
        else:
            if listing.loaded:
                self.tree_list.set_empty(*telling.empty(listing.known, listing.progress, session_label(session)))
            self.tree_list.set_branches(Branches(self.snapshot, session, listing.known, listing.progress.failures))
        if self.wanted is not None and self.tree_list.reveal(self.wanted):
            self.wanted = None  # it was moved to
        self._shown_at = clock.monotonic()
        self._cost = self._shown_at - begun
        self.tree_list.set_marked(listing.marked)

    def show_brought(self) -> bool:
        """Show what the listing has brought, if it is worth it already. Returns whether that is anything new."""
        now = clock.monotonic()
        if now - self._shown_at < self._cost * REST:
            return False
        if self.listing.take():
            self.show()
            return True
        self._show_listing()
        return False

    def show_session(self, key: str) -> None:
        """Show another session's accounts, from their beginning."""
        self.key = key
        self.wanted = None
        self.tree_list.forget()
        self.tree_list.action_first()

    def tick(self) -> bool:
        """Once a second, and whenever something has changed. Returns whether there is anything to be seen yet, or
        still."""
        branches, title = self.branches, self.query_one_optional(TitleBar)
        if branches is None or title is None:  # a change can arrive while the screen is taken down
            return False
        marked = len(branches.chosen(self.listing.marked))
        title.show(telling.summary(branches), clock.now(), marked=marked)
        self._show_listing()
        self.show_said()
        return True

    def _show_listing(self) -> None:
        """Show how the listing goes on."""
        sessions = self.snapshot.config.sessions
        keys = list(sessions)
        labels = [session_label(sessions[key]) for key in keys]
        place = keys.index(self.key) if self.key in keys else 0
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

    def went_on(self) -> None:
        """The cursor is on another line."""
        line = self.line
        if line is not None:
            self.listing.first(line.account_id)
            if self.wanted is not None and self.wanted[0] != line.account_id:
                self.wanted = None  # it is not offered, or the user has gone elsewhere

    # -- what the cursor is on -----------------------------------------------------------------------------------

    def the_profile(self) -> Profile | None:
        """What the highlighted role is used as. Where there is none, that is said."""
        line = self.line
        if line is None or line.kind not in (ROLE, LOST):
            self.sso.tell(NO_ROLE if line is not None else "There is no role here", "warning")
            return None
        return self.profile_of(line)

    def profile_of(self, line: Line) -> Profile | None:
        """What the role of a line is used as. Where there is nothing any more, that is said."""
        profile = self._used_as(line)
        if profile is None:
            self.sso.tell("This is no longer configured", "warning")
        return profile

    def label_of(self, line: Line) -> Mark | None:
        """The label that guard rules give a role, or one of its profiles."""
        if line.kind not in (ROLE, LOST) or not self.sso.settings.guard.marks:
            return None
        return mark_of(self.sso, self._used_as(line))

    def _used_as(self, line: Line) -> Profile | None:
        session, branches = self.session, self.branches
        if session is None or branches is None:
            return None
        return role_profiles.used_as(line, self.snapshot, session, branches)

    # -- the filter ----------------------------------------------------------------------------------------------

    async def open_filter(self) -> None:
        """Open the filter, or go to it."""
        from ...widgets.filter_bar import FilterBar

        bar = self._bar
        if bar is None:
            about = "account, number, role, e-mail, profile, new or gone; !word leaves out"
            bar = self._bar = FilterBar(self.tree_list, about)
            await self.mount(bar, before=self.tree_list)
        bar.open()
        self._count()
        if self.branches is not None:
            self.call_after_refresh(self.branches.prepare)

    @property
    def filtered(self) -> bool:
        """Whether the filter leaves something out."""
        return self.tree_list.has_class("-filtered")

    @property
    def filtering(self) -> bool:
        """Whether a filter is being typed."""
        return self._bar is not None and self._bar.is_typed_into

    def clear_filter(self) -> None:
        """Show all again."""
        if self._bar is not None:
            self._bar.clear()
        self.screen.set_focus(self.tree_list)

    def on_filter_bar_changed(self, message: Any) -> None:
        """Narrow the tree as the filter is typed. (`Any`: the bar's module is only imported with the first filter.)"""
        self.tree_list.filter(message.query)
        self._count()

    def _count(self) -> None:
        branches = self.branches
        if branches is not None and self._bar is not None:
            self._bar.set_count(branches.count(self.tree_list.query_text, self.listing.marked), branches.total)

    def on_filter_bar_done(self, message: Any) -> None:
        """Go to the tree, unless the user is elsewhere by now."""
        focused = self.screen.focused
        if focused is None or message.sender in focused.ancestors_with_self:
            self.screen.set_focus(self.tree_list)
