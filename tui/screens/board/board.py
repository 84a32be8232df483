"""The board, the start screen: what its keys do. How it shows things is in `board_view`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import on, work
from textual.screen import Screen

from ...aws import model
from ...aws.errors import SignInNeeded, SsoError, aws_command
from ...aws.model import Profile, Session
from ...aws.state.inventory import Inventory
from ...state_file import SORTS, sorted_by
from ...widgets.profile_list import ProfileList
from ...widgets.rows import session_label
from ...widgets.session_list import SessionList
from ...words.durations import absolute
from ..jobs import bindings, in_thread, plain
from ..palette import BoardCommands
from .renewal import BoardRenewal
from .view import SORTED_BY


class Board(BoardRenewal):
    """All sessions and profiles, and an action for each key. Slow work is done in threads, by async workers."""

    BINDINGS = bindings("board")
    COMMANDS = {BoardCommands}

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory)
        self._renewing: set[str] = set()

    # -- signing in and out -------------------------------------------------------------------------------------

    def action_sign_in(self) -> None:
        """Sign in to the session of the highlighted row, silently if it can be renewed."""
        session = self.current_session()
        if session is None:
            self._nothing(self._why_no_session())
            return
        profile = self.current_profile()
        acting = profile.name if profile is not None else None
        state, expires_at = self.inventory.session_clock(session.key)
        if state == model.SIGNED_IN and expires_at is not None and self.sso.settings.confirm_sign_in:
            from ..dialogs import Confirm

            question = f"{session.key} is signed in until {absolute(expires_at)}. Sign in anew?"
            self.app.push_screen(Confirm(question), lambda yes: self.sign_in_anew(session.key, acting) if yes else None)
        elif state == model.REFRESHABLE:
            self.renew_or_sign_in([session], acting)
        else:
            self.open_sign_in([session], acting)

    def sign_in_anew(self, key: str, acting: str | None) -> None:
        """Sign in to the session that has this key now: the question may have stood for long."""
        session = self.inventory.config.sessions.get(key)
        if session is not None:
            self.open_sign_in([session], acting)
        else:
            self._nothing(f"Session {key} is no longer configured")

    def action_sign_in_all(self) -> None:
        """Sign in to every session that needs it: silently where that works, side by side where not."""
        config = self.inventory.config
        needing = [
            session
            for session in config.sessions.values()
            if self.inventory.session_clock(session.key)[0] != model.SIGNED_IN
        ]
        if not needing:
            self._nothing("Every session is signed in" if config.sessions else "There is no session to sign in to")
            return
        self.renew_or_sign_in(needing)

    @work(group="renew", exit_on_error=False, description="renew sessions")
    async def renew_or_sign_in(self, sessions: list[Session], acting: str | None = None) -> None:
        """Renew side by side what can be renewed without the user; open the sign-in for the rest. `acting`: the profile
        that it is done for."""
        sessions = [session for session in sessions if session.key not in self._renewing]
        keys = {session.key for session in sessions}
        self._renewing |= keys  # pressed again, they join what is under way
        due = [key for key in keys if self.inventory.session_clock(key)[0] == model.REFRESHABLE]
        if due:
            self.set_progress(f"Renewing {due[0] if len(due) == 1 else f'{len(due)} sessions'} …")
        try:
            done = await asyncio.gather(*(self._renewed(session, acting) for session in sessions))
        finally:
            self._renewing -= keys
            self.set_progress("")
        self.look_again()
        remaining = [session for session, well in zip(sessions, done, strict=True) if not well]
        if remaining and self.app.screen is self:
            self.open_sign_in(remaining, acting)
        elif remaining:  # the user is busy with something else meanwhile
            names = ", ".join(session_label(session) for session in remaining)
            self.sso.tell(f"Sign-in needed for {names}: press l on the board", "warning")

    async def _renewed(self, session: Session, acting: str | None) -> bool:
        """Renew a session if that is possible. False: the user has to sign in."""
        from ...aws.session.renewal import renew
        from ...aws.state.current import session_now

        if self.inventory.session_clock(session.key)[0] != model.REFRESHABLE:
            return False
        try:
            token = await in_thread(
                lambda cancelled: renew(self.inventory, session_now(self.inventory, session.key), acting, cancelled),
                f"renew {session.key}",
            )
        except SignInNeeded:
            return False
        except SsoError as error:
            self.sso.tell(plain(error), "error")
        else:
            self.sso.tell(f"{session.key} is renewed: signed in until {absolute(token.expires_at)}")
        return True

    def open_sign_in(self, sessions: list[Session], acting: str | None = None) -> None:
        """Open the sign-in screen for these sessions."""
        from ..sign_in import SignIn

        self.app.push_screen(SignIn(self.inventory, sessions, acting), lambda _result: self.look_again())

    def action_sign_out(self) -> None:
        """Show what a sign-out would remove."""
        from ..sign_out import SignOut

        session = self.current_session()
        self.app.push_screen(SignOut(self.inventory, session), lambda _result: self.look_again())

    # -- credentials --------------------------------------------------------------------------------------------

    def action_identity(self) -> None:
        """Ask AWS who the highlighted profile is."""
        from ..identity import IdentityScreen

        self._with_profile(lambda profile: self._open(IdentityScreen(self.inventory, profile)))

    def action_export(self) -> None:
        """Open the export screen."""
        from ..export import Export

        self._with_profile(lambda profile: self._open(Export(self.inventory, profile)))

    def action_console(self) -> None:
        """Open the AWS console in the browser."""
        self._with_profile(self.open_console)

    @work(group="console", exclusive=True, exit_on_error=False, description="open the console")
    async def open_console(self, profile: Profile) -> None:
        """Open the console through the access portal, or show the link to it."""
        from ..console import open_console

        await open_console(self.sso, profile)

    def action_copy(self) -> None:
        """Copy the export lines in the default format."""
        self._with_profile(self.copy_lines)

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy export lines")
    async def copy_lines(self, profile: Profile) -> None:
        """Get credentials if needed and put the export lines on the clipboard."""
        from ..copying import copy_export

        self.set_progress(f"Copying {profile.name} …")
        try:
            await copy_export(self.sso, profile)
        except SignInNeeded as error:
            self.sso.tell(plain(error), "warning")
        except SsoError as error:
            self.sso.tell(plain(error), "error")
        finally:
            self.set_progress("")
            self.look_again()

    def action_refresh_credentials(self) -> None:
        """Get fresh role credentials for the highlighted profile, or for the marked ones."""
        marked = [profile for name in sorted(self.marked) if (profile := self.inventory.profile(name))]
        if marked:
            self.refresh_profiles(marked)
        else:
            self._with_profile(self._refresh_one)

    def _refresh_one(self, profile: Profile) -> None:
        if profile.login_session and not profile.problems:
            self._nothing(self._why_no_session())
        else:
            self.refresh_profiles([profile])

    def action_refresh_all(self) -> None:
        """Get fresh role credentials for all profiles that the filter shows and whose session is good."""
        wanted = [profile for name in self.profiles.shown if (profile := self.inventory.profile(name))]
        good = [
            profile
            for profile in wanted
            if not profile.problems and profile.session is not None and self.inventory.usable(profile.session)
        ]
        if good:
            self.refresh_profiles(good)
        else:
            self._nothing("No profile shown has a session that is signed in: press L to sign in")

    @work(group="refresh", exclusive=True, exit_on_error=False, description="refresh role credentials")
    async def refresh_profiles(self, profiles: list[Profile]) -> None:
        """Get fresh role credentials, several at a time; esc stops."""
        from .fleet import refresh

        await refresh(self, profiles)

    # -- the list -----------------------------------------------------------------------------------------------

    async def action_filter(self) -> None:
        """Open the filter, or go to it."""
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is None:
            bar = FilterBar(self.profiles)
            await self.query_one("#board").mount(bar, before="#middle")
        bar.open()
        bar.set_count(self.profiles.row_count(), self.profiles.total)
        self.call_after_refresh(self.profiles.prepare)

    async def filter_by(self, words: str) -> None:
        """Filter by these words, as if they had been typed."""
        from ...widgets.filter_bar import FilterBar

        await self.action_filter()
        bar = self.query_one(FilterBar)
        bar.entry.value = words
        bar.action_keep()

    def action_back(self) -> None:
        """Esc: stop a refresh, or take the filter away."""
        if self.clocks.busy:
            self.workers.cancel_group(self, "refresh")
            return
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is not None:
            bar.clear()
        self.profiles.focus()

    def action_sort(self) -> None:
        """Sort by the next criterion, and say so: the rows alone do not always show it."""
        state = self.sso.state
        now, following = (SORTS[(SORTS.index(state.sort) + step) % len(SORTS)] for step in (1, 2))
        self.sso.remember(sorted_by(now))
        self.profiles.set_rows(self.sorted_rows())
        self.say(f"Sorted by {SORTED_BY[now]}; once more sorts by {SORTED_BY[following]}")
        self.tick()

    def action_switch_list(self) -> None:
        """Go to the other list."""
        (self.profiles if self.sessions.has_focus else self.sessions).focus()
        self.update_detail()

    def action_problems(self) -> None:
        """Show everything that is wrong with configuration and caches."""
        from ..dialogs import Problems

        self._open(Problems(self.inventory.problems()))

    def action_help(self) -> None:
        """Show keys and states."""
        from ..help import Help

        self._open(Help())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()

    def use_profile(self, profile: Profile) -> None:
        """Use a profile, unless it is broken."""
        profile = self.inventory.profile(profile.name) or profile  # a list of commands can be open for long
        if profile.problems:
            self._nothing(f"{profile.name}: {profile.problems[0]}")
        else:
            self.sso.use(profile)

    @on(ProfileList.Chosen)
    def _profile_chosen(self, message: ProfileList.Chosen) -> None:
        profile = self.inventory.profile(message.name)
        if profile is not None:
            self.use_profile(profile)

    @on(SessionList.Chosen)
    def _session_chosen(self) -> None:
        self.action_sign_in()

    def _why_no_session(self) -> str:
        profile = self.current_profile()
        if profile is None:
            return "There is nothing highlighted to sign in to"
        if profile.problems:
            return f"{profile.name}: {profile.problems[0]}"
        if profile.login_session:
            command = aws_command("login", profile.name)
            return f"{profile.name} signs in with aws login, and renews by itself; run: {command}"
        return f"{profile.name} has no SSO session"

    def _with_profile(self, act: Callable[[Profile], object]) -> None:
        profile = self.current_profile()
        if profile is None:
            elsewhere = "Highlight a profile first (tab goes to the profiles)"
            self._nothing(elsewhere if self.sessions.has_focus else "There is no profile here")
        else:
            act(profile)

    def _open(self, screen: Screen[None]) -> None:
        self.app.push_screen(screen, lambda _result: self.look_again())

    def _nothing(self, why: str) -> None:
        self.sso.tell(why, "warning")
