"""The screen of accounts and roles: what its keys do with all that a session's portal offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from ...aws import clock
from ...aws.errors import SignInNeeded
from ...aws.model import Profile
from ...aws.role.offered import Offer
from ...aws.state.store import Store
from ...widgets.key_bar import IN_THE_FILTER, KeyBar, in_footer
from ..acting.profile_actions import ProfileActions
from ..base import Sized, bindings
from ..changes.change import TakeBack
from ..changes.config_change import ConfigChange
from ..diagnosis.known import known_problems
from ..dialogs import Confirm
from ..jobs import in_thread
from ..palette import ScreenCommands
from ..sign_in.renewals import Renewals
from ..sign_in.signing_in import SigningIn
from . import marking, role_profiles, telling
from .account_panes import AccountPanes
from .branches import ACCOUNT, HEAD, LOST, ROLE, Line, role_of
from .new_profiles.write_profiles import WriteProfiles
from .open_listing import OpenListing
from .tree import AccountTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...host import Host
    from ..sign_in.signing_in import Needed

LOOK_EVERY = 0.1
"""Seconds between two looks at what a listing has brought."""


class Accounts(Sized[None]):
    """Of the session with this `key`, or of another one: tab. The cursor begins at the role of `profile`."""

    AUTO_FOCUS = "AccountTree"
    BINDINGS = bindings("accounts")
    CSS_PATH = "../../styles/accounts.tcss"
    COMMANDS = {ScreenCommands}
    PLACE = "accounts"

    def __init__(self, store: Store, key: str, profile: Profile | None = None) -> None:
        super().__init__()
        self.store = store
        self.panes = AccountPanes(store, key, profile, self._mark_line)
        self.tree_list = self.panes.tree_list
        self.signing_in = SigningIn(store, self.panes, Renewals(), self.show)
        self.profile_actions = ProfileActions(self.panes, self.signing_in, self._open)

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        return cast("Host", self.app)

    @property
    def line(self) -> Line | None:
        """The highlighted line."""
        return self.panes.line

    @property
    def listing(self) -> OpenListing:
        """What is known of the session's portal."""
        return self.panes.listing

    def compose(self) -> ComposeResult:
        """What is shown, and the keys."""
        self.take_size()
        self.keys = KeyBar()
        yield self.panes
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

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is known by now."""
        if self.is_mounted:
            self.panes.show()
            self.tick()

    def tick(self) -> None:
        """Once a second, and whenever something has changed."""
        if self.panes.tick():
            self.show_keys()

    on_filter_bar_changed = tick  # the panes have heard of it before

    def show_said(self) -> None:
        """In the line above the keys."""
        self.panes.show_said()

    def show_keys(self) -> None:
        """Show the keys that help now."""
        listing, panes = self.listing, self.panes
        found = telling.hints(
            self.line, listing.progress, panes.filtered, len(listing.marked), len(panes.snapshot.config.sessions)
        )
        keys = IN_THE_FILTER if panes.filtering else in_footer(found, self.sso.settings.keys, self.PLACE)
        self.keys.show(keys, 0)

    on_descendant_focus = show_keys  # others help where the focus is now

    @on(AccountTree.Highlighted)
    def _highlighted(self) -> None:
        self.panes.went_on()
        self.call_after_refresh(self.tick)  # the cursor first

    def nothing(self, why: str) -> None:
        """Say why a key has done nothing."""
        self.sso.tell(why, "warning")

    # -- listing -------------------------------------------------------------------------------------------------

    @work(group="begin", exclusive=True, exit_on_error=False, description="read what was listed before")
    async def begin(self) -> None:
        """Show what was listed before; list what is missing, or was listed long ago."""
        listing, session, wanted = self.listing, self.panes.session, self.panes.wanted
        if session is None:
            self.show()
            return
        if wanted is not None:
            listing.first(wanted[0])
        if not listing.loaded:
            known = await in_thread(lambda _cancelled: listing.load(session), "read what was listed before")
            listing.known, listing.loaded = known, True
        self.show()
        if listing.young(clock.now()) or listing.progress.stopped:
            return
        self.action_list()

    def action_list(self) -> None:
        """List accounts and roles anew, or what is left; once the session is signed in."""
        session = self.panes.session
        if session is None:
            self.nothing(f"Session {self.panes.key} is no longer configured")
        elif not self.listing.progress.running:
            key = session.key
            self.signing_in.first_for(session, "its accounts are not listed", lambda needed: self.list_all(key, needed))

    @work(group="listing", exclusive=True, exit_on_error=False, description="list the accounts")
    async def list_all(self, key: str, needed: Needed = None) -> None:
        """List; esc stops."""
        listing, session = self.listing, self.panes.session
        if session is None or listing.key != key:
            return  # another session is shown meanwhile
        listing.begun()
        self._looking.resume()
        self.show()
        again = None
        try:
            again = await listing.bring(self.store, session)
        finally:
            if self.is_attached and listing is self.listing:
                self._looking.pause()
                self.show()
        if again is not None and needed is not None:
            needed(again)

    def _look(self) -> None:
        if self.panes.show_brought():
            self.tick()

    def _stop(self) -> None:
        self.listing.progress.stopped = True
        self.workers.cancel_group(self, "listing")

    # -- what is done with a role, as with a profile of the board ------------------------------------------------

    def action_identity(self) -> None:
        """Ask AWS who one is with the highlighted role."""
        self._with_role(self.profile_actions.identity)

    def action_export(self) -> None:
        """Open the export screen."""
        self._with_role(self.profile_actions.export)

    def action_console(self) -> None:
        """Open the AWS console in the browser."""
        self._with_role(self.profile_actions.console)

    def action_console_at(self) -> None:
        """Open the console where one picks."""
        self._with_role(lambda profile: self.profile_actions.consoles_at([profile]))

    def action_copy(self) -> None:
        """Copy the export lines in the default format."""
        self._with_role(self.profile_actions.copy_lines)

    def action_copy_menu(self) -> None:
        """Open the copy menu of a role or an account."""
        line, session, branches = self.line, self.panes.session, self.panes.branches
        if line is None or session is None or branches is None or line.kind not in (ACCOUNT, ROLE, LOST):
            self.nothing("There is nothing highlighted to copy from")
            return
        account = next((it for it in branches.accounts if it.account_id == line.account_id), None)
        if line.kind == ACCOUNT and account is not None:
            from ..picking.copy_menu import CopyMenu, of_account

            items = of_account(account.account_id, account.name, account.email, session)
            self._open(CopyMenu(self.store, account.name or account.account_id, items))
        else:
            email = account.email if account is not None else ""
            self._with_role(lambda profile: self.profile_actions.copy_menu(profile, email))

    def _with_role(self, act: Callable[[Profile], object]) -> None:
        profile = self.panes.the_profile()
        if profile is not None:
            act(profile)

    @on(AccountTree.Chosen)
    def _chosen(self, message: AccountTree.Chosen) -> None:
        line = self.tree_list.line_of(message.name)
        if line is None:
            return
        if line.kind in (ACCOUNT, HEAD):
            self.tree_list.turn(line.key)
        else:
            self._use(line)

    def _use(self, line: Line) -> None:
        """Use the profile of a role; of several the one that is picked. A role without one has nothing that a shell
        could be switched to: a profile is offered then."""
        from ..picking.which_profile import WhichProfile

        several = role_profiles.profiles_of(line, self.panes.snapshot)
        if len(several) > 1:
            self.app.push_screen(WhichProfile(line.role, several), self._use_named)
            return
        profile = self.panes.profile_of(line)
        if profile is not None and profile.unlisted:
            self.offer_to_write(profile, line)
        elif profile is not None:
            self.profile_actions.use(profile)

    def _use_named(self, name: str | None) -> None:
        profile = self.panes.snapshot.profile(name) if name is not None else None
        if profile is not None:
            self.profile_actions.use(profile)

    # -- marks, and profiles for what is marked ------------------------------------------------------------------

    def _mark_line(self, line: Line) -> None:
        self._mark(marking.of_line(line, self.tree_list.offered(line)))

    def action_mark_account(self) -> None:
        """Mark all roles of the account, or none."""
        self._mark(marking.of_account(self.line, self.tree_list.matching()))

    def action_mark_role(self) -> None:
        """Mark the highlighted role in all accounts that are shown, or in none."""
        self._mark(marking.in_all_accounts(self.line, self.tree_list.matching()))

    def action_mark_new(self) -> None:
        """Mark all roles without a profile that are shown, or none."""
        self._mark(marking.without_profile(self.panes.branches, self.tree_list.matching()))

    def _mark(self, found: marking.Found) -> None:
        roles, none = found
        if roles:
            self.listing.turn_marks(roles)
            self.show_marks()
        else:
            self.nothing(none)

    def show_marks(self) -> None:
        """Show what is marked now."""
        self.tree_list.set_marked(self.listing.marked)
        self.tick()

    @work(group="write", exclusive=True, exit_on_error=False, description="write profiles")
    async def action_write(self) -> None:
        """Write profiles for the marked roles; where none is, for the highlighted one, or for those of its account."""
        branches, line = self.panes.branches, self.line
        if branches is None or self.panes.session is None:
            return
        chosen = branches.chosen(self.listing.marked)
        if not chosen and line is not None and line.kind in (ACCOUNT, ROLE):
            chosen = branches.chosen(self.tree_list.offered(line))
        if chosen:
            await self._write(chosen)
        else:
            self.nothing("Mark roles first, or highlight one")

    async def _write(self, chosen: list[Offer]) -> bool:
        """Whether profiles were written for these roles of the session."""
        session = self.panes.session
        if session is None or not await self.app.push_screen_wait(WriteProfiles(self.store, session, chosen)):
            return False
        self.listing.marked.difference_update(map(role_of, chosen))
        self.show_marks()
        return True

    @work(group="write", exclusive=True, exit_on_error=False, description="write a profile and use it")
    async def offer_to_write(self, profile: Profile, line: Line) -> None:
        """A shell is switched to a profile, and there is none for this role: ask, write one, use it."""
        session, branches = self.panes.session, self.panes.branches
        offer = branches.offer((line.account_id, line.role)) if branches is not None else None
        question = telling.offer_to_write(profile.label, line)
        if session is None or offer is None or not await self.app.push_screen_wait(Confirm(question)):
            return
        if await self._write([offer]):
            await in_thread(lambda _cancelled: self.store.look_at_config(), "read the configuration")
            written = role_profiles.of_role(role_of(offer), self.panes.snapshot, session, self.listing.known)
            if written:
                self.profile_actions.use(written[0])

    def action_take_back(self) -> None:
        """Show the last change of the config file the other way round, to be taken back."""
        self.app.push_screen(ConfigChange(self.store, TakeBack()))

    # -- other keys ----------------------------------------------------------------------------------------------

    def action_sign_in(self) -> None:
        """Sign in to the session, or anew."""
        session = self.panes.session
        if session is None:
            return
        if isinstance(self.listing.progress.error, SignInNeeded) or not self.listing.known.complete:
            self.action_list()
        else:
            self.signing_in.to(session, None)

    def action_session(self, step: int = 1) -> None:
        """Go to the next session."""
        keys, key = list(self.panes.snapshot.config.sessions), self.panes.key
        if not [it for it in keys if it != key]:
            self.nothing("There is no other session" if keys else "There is no session any more")
            return
        if self.listing.progress.running:
            self._stop()
            self.listing.progress.stopped = False  # it goes on when one comes back
        self._looking.pause()
        self.panes.show_session(keys[(keys.index(key) + step) % len(keys)] if key in keys else keys[0])
        self.show()
        self.begin()

    async def action_filter(self) -> None:
        """Open the filter, or go to it."""
        await self.panes.open_filter()

    def action_back(self) -> None:
        """Undo one thing: the filter, the listing, the marks; else go back."""
        if self.panes.filtered:
            self.panes.clear_filter()
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

        self._open(Problems(known_problems(self.sso, self.panes.snapshot), self.sso.said.all()))

    def _open(self, screen: Screen[None]) -> None:
        self.app.push_screen(screen)
