"""The board, the start screen: what its keys do, and how what is known gets onto it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.worker import Worker, WorkerState

from ...aws import clock
from ...aws.model import Profile
from ...aws.state import finishing
from ...aws.state.schedule import LookAgain, Renew
from ...aws.state.snapshot import Snapshot
from ...aws.state.store import Store
from ...guard.watched import WatchedRules
from ...terminal import collector
from ...widgets.key_bar import IN_THE_FILTER, KeyBar, in_footer
from ...widgets.profile_list import ProfileList
from ..acting.profile_actions import ProfileActions
from ..base import Sized, bindings
from ..palette import BoardCommands
from ..sign_in.for_rows import sessions_of_marked, sign_out_of_rows, the_profile, why_no_session
from ..sign_in.renewals import WARNING_SHOWN, Renewals, announcement, title
from ..sign_in.signing_in import SigningIn
from . import background, view, warm_up
from .clocks import Clocks
from .order import after
from .panes import Panes

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...host import Host
    from ..sign_in.signing_in import Needed

UNFOCUSED_TICK = 5
"""Seconds between two ticks while another window has the focus."""

WATCH_AGAIN = 2.0
"""Seconds after which a watch over the files that has failed is taken up again."""

WARM_UP = 0.5
"""Seconds after the first paint at which botocore is imported, in the background."""


class Board(Sized[None]):
    """Sessions on top, profiles below, details beside them on a wide terminal. `snapshot` is what is shown; `store` is
    for the threads of requests."""

    AUTO_FOCUS = "ProfileList"
    BINDINGS = bindings("board")
    COMMANDS = {BoardCommands}
    VERTICAL_BREAKPOINTS = [*Sized.VERTICAL_BREAKPOINTS, (22, "-roomy"), (30, "-tall")]

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.files = background.FileWatch(store)
        self.clocks = Clocks(store.snapshot, self.files.soon)
        self.renewals = Renewals()
        self.rules = WatchedRules()
        self._beats = 0

    @property
    def snapshot(self) -> Snapshot:
        """What is shown."""
        return self.clocks.snapshot

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        """What is shown, and the keys."""
        self.take_size()
        self.panes = Panes(self.clocks, self.renewals, self.has_class("-wide"))
        self.signing_in = SigningIn(self.store, self.panes, self.renewals, self.look_again)
        self.profile_actions = ProfileActions(self.panes, self.signing_in, self._open, self.look_again)
        self.sessions, self.profiles = self.panes.sessions, self.panes.profiles
        yield self.panes
        self.keys = KeyBar()
        yield self.keys

    def on_mount(self) -> None:
        """Fill the lists, then start the clock and the watch over the files."""
        self.renewals.scheduler.automatic = self.sso.settings.renew
        self.renewals.scheduler.on_open = self.sso.settings.renew_on_open
        # Before the first paint nobody waits for a key yet: what it shows may be read here.
        self.clocks.snapshot = self.store.look(at_config=False)
        self.panes.refill()
        names = self.profiles.first_keys(self.app.size.height)
        first = [self.snapshot.config.profiles[name] for name in names]
        self.clocks.snapshot = self.store.look(first, at_config=False)
        self.tick()
        self.store.on_change = self._hand_over
        self.set_interval(1.0, self._beat)
        self.watch(self.app, "app_focus", self.tick, init=False)
        self.watch_files()
        self.set_timer(WARM_UP, self.warm_up)

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is behind all else: one line for all. Each of its own would be cut and kept in a dozen pieces."""
        if self.is_too_small:
            return super().render_lines(crop)  # it says so, once
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def on_unmount(self) -> None:
        """Nothing is shown any more."""
        self.store.on_change = None

    def on_screen_resume(self) -> None:
        """What was on top has gone."""
        collector.forget_painted()
        self.panes.show_said()

    def show_said(self) -> None:
        """In the line above the keys."""
        self.panes.show_said()

    # -- what is known ------------------------------------------------------------------------------------------

    def _hand_over(self, snapshot: Snapshot) -> None:
        """Called by whatever thread has made the next Snapshot."""
        with contextlib.suppress(RuntimeError):  # the program is ending
            self.post_message(background.SnapshotChanged(snapshot))

    def on_snapshot_changed(self, message: background.SnapshotChanged) -> None:
        """Show the newest Snapshot; of several that have come together the last one."""
        if message.snapshot is self.store.snapshot:
            self.take(message.snapshot)

    def take(self, snapshot: Snapshot) -> None:
        """Show what is known by now."""
        if snapshot is self.snapshot:
            return
        before, self.clocks.snapshot = self.snapshot, snapshot
        if snapshot.config is not before.config:
            self.panes.refill()
            for screen in self.app.screen_stack:
                if isinstance(screen, Sized):
                    screen.configuration_changed()
        self.tick()

    def look_again(self) -> None:
        """Take in at once what an action of ours wrote."""
        self.files.anew()
        self.take(self.store.snapshot)
        self.tick()

    @work(group="watch", exit_on_error=False, description="watch the files")
    async def watch_files(self) -> None:
        """Have the files looked at again and again. What they say comes as a Snapshot."""
        while True:
            pause = background.POLL if self.app.app_focus else background.UNFOCUSED_POLL
            if await self.files.look(pause, self._in_sight, self._look_beside):
                rules = self.rules.take()
                if rules is not None and rules != self.sso.settings.guard:
                    self.sso.settings.take_guard(rules)
                    self.panes.refill()
                self.panes.take_over()

    def _look_beside(self) -> bool:
        """Look at what others have remembered, and at the guard rules. Called by the thread that watches."""
        remembered, rules = self.sso.remembered.look(), self.rules.look()
        return remembered or rules

    def _in_sight(self) -> list[Profile]:
        return [profile for name in self.profiles.visible_keys() if (profile := self.snapshot.profile(name))]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take up the watch again when it has failed: the board would show old states, and look alive."""
        if event.worker.group == "watch" and event.state is WorkerState.ERROR:
            self.set_timer(WATCH_AGAIN, self.watch_files)

    @work(group="warm-up", exit_on_error=False, description="import botocore")
    async def warm_up(self) -> None:
        """Import and make what the first request needs, so that its key is quick; and close the door behind us."""
        await warm_up.prepare(self.snapshot, real_terminal=not self.app.is_headless)

    def _beat(self) -> None:
        """Once a second: tick, but only now and then while the terminal has lost the focus or is not in sight."""
        self._beats += 1
        if self.app.app_focus or self._beats % UNFOCUSED_TICK == 0:
            self.tick()
        collector.tidy(clock.monotonic() - self.sso.last_input)

    def tick(self) -> None:
        """Look after the sessions, and count down whatever is in sight."""
        now = clock.now()
        for lost in finishing.failures():
            self.sso.tell(lost, "warning", timeout=WARNING_SHOWN)
        actions = list(self.renewals.due(self.snapshot, now, clock.monotonic()))
        for action in actions:
            match action:
                case LookAgain():
                    self.files.anew()
                case Renew(key):
                    self.signing_in.renew_quietly(self.snapshot.config.sessions[key])
        said = announcement(self.snapshot, actions, self.panes.current_session())
        if said:
            self.sso.tell(said, "warning", timeout=WARNING_SHOWN)
            self.sso.announce(said)
        self.sso.show_title(title(self.snapshot, now, self.panes.marks.get(self.snapshot.active_profile)))
        self.panes.tick(now)
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys that help now, and how much is wrong."""
        back = self.panes.undone_by_back() if self.panes.marked_profiles() else ""
        found = view.hints(self.snapshot, clock.now(), self.panes.on_sessions, back)
        keys = IN_THE_FILTER if self.panes.filtering else in_footer(found, self.sso.settings.keys)
        self.keys.show(keys, len(self.panes.problems()))

    on_descendant_focus = on_panes_marked = show_keys  # others help now

    def nothing(self, why: str) -> None:
        """Say why a key has done nothing."""
        self.sso.tell(why, "warning")

    # -- signing in and out -------------------------------------------------------------------------------------

    def action_sign_in(self) -> None:
        """Sign in to the session of the highlighted row, silently if it can be renewed; with marked rows to those of
        theirs that need it."""
        panes = self.panes
        session, profile = panes.current_session(), panes.current_profile()
        if panes.marked_in_focus():
            none = "Every session of the marked profiles is signed in"
            self.signing_in.to_those_that_need_it(sessions_of_marked(panes), none)
        elif session is None:
            self.nothing(why_no_session(profile))
        else:
            self.signing_in.to(session, profile.name if profile is not None else None)

    def action_sign_in_all(self) -> None:
        """Sign in to every session that needs it: silently where that works, side by side where not."""
        self.signing_in.to_all()

    def action_sign_out(self) -> None:
        """Show what a sign-out would remove. At once: the key behind may already be the dialog's."""
        sign_out_of_rows(self.panes, self._open)

    # -- profiles -----------------------------------------------------------------------------------------------

    def action_identity(self) -> None:
        """Ask AWS who the highlighted profile is, or who the marked ones are."""
        self._with_rows(self.profile_actions.identity, self.profile_actions.identities)

    def action_export(self) -> None:
        """Open the export screen."""
        self._with_rows(self.profile_actions.export)

    def action_console(self) -> None:
        """Open the AWS console in the browser, or those of the marked profiles."""
        self._with_rows(self.profile_actions.console, self.profile_actions.consoles)

    def action_console_at(self) -> None:
        """Open the console, or those of the marked profiles, where one picks."""
        at = self.profile_actions.consoles_at
        self._with_rows(lambda profile: at([profile]), at)

    def action_copy(self) -> None:
        """Copy the export lines in the default format; of marked rows the names."""
        self._with_rows(self.profile_actions.copy_lines, self.profile_actions.copy_names)

    def action_copy_menu(self) -> None:
        """Open the copy menu of the marked rows, or of the highlighted one."""
        session = self.panes.current_session()
        if self.panes.marked_profiles() or self.panes.current_profile() is not None:
            self._with_rows(self.profile_actions.copy_menu, self.profile_actions.copy_menu_of)
        elif session is not None:
            from ..picking.copy_menu import CopyMenu, of_session

            self._open(CopyMenu(self.store, session.key, of_session(session)))
        else:
            self.nothing("There is nothing highlighted to copy from")

    def action_refresh_credentials(self) -> None:
        """Get fresh role credentials for the highlighted profile, or for the marked ones."""
        self._with_rows(self._refresh_one, lambda marked: self._refresh_once_signed_in(marked, "nothing is refreshed"))

    def _with_rows(
        self, one: Callable[[Profile], object], several: Callable[[list[Profile]], object] | None = None
    ) -> None:
        """Do something with the marked profiles; with the highlighted one where none is marked, or marks do not count.
        Where there is none, that is said."""
        marked = self.panes.marked_profiles() if several is not None else []
        profile = the_profile(self.panes) if not marked else None
        if marked and several is not None:
            several(marked)
        elif profile is not None:
            one(profile)

    @work(group="on rows", exclusive=True, exit_on_error=False, description="open the dialog")
    async def action_on_rows(self, what: str) -> None:
        """Open a dialog for the highlighted row."""
        from .on_rows import ON_ROWS

        await ON_ROWS[what](self.panes, self._open)

    def _refresh_one(self, profile: Profile) -> None:
        if profile.login_session and not profile.problems:
            self.nothing(why_no_session(profile))
        else:
            self._refresh_once_signed_in([profile], f"{profile.name}: it is not refreshed")

    def _refresh_once_signed_in(self, profiles: list[Profile], undone: str) -> None:
        self.signing_in.first(
            profiles, undone, lambda needed: self.refresh_profiles(profiles, needed), takes_session=True
        )

    def action_refresh_all(self) -> None:
        """Get fresh role credentials for all profiles that the filter shows and whose session is good; for all of them,
        once they are signed in, where none is."""
        good, others = view.by_sessions(self.snapshot, self.profiles.shown, clock.now())
        undone = "nothing is refreshed"
        if good:
            anew = self.signing_in.whenever(good, undone, lambda _needed: self.refresh_profiles(good, None))
            self.refresh_profiles(good, anew, len(others))
        elif others:
            self._refresh_once_signed_in(others, undone)
        else:
            self.nothing("No profile shown has a session to sign in to")

    @work(group="refresh", exclusive=True, exit_on_error=False, description="refresh role credentials")
    async def refresh_profiles(self, profiles: list[Profile], needed: Needed, left_out: int = 0) -> None:
        """Get fresh role credentials, several at a time; esc stops."""
        from .refreshing import refresh

        await refresh(self.store, self.panes, profiles, needed, left_out)

    def search_profiles(self, query: str) -> list[str]:
        """Names of the profiles that match, best match first; the list itself stays as it is."""
        return view.matching(self.panes.sorted_rows(), self.sso.state.recent, query)

    # -- the list -----------------------------------------------------------------------------------------------

    async def action_filter(self, words: str = "") -> None:
        """Open the filter, or go to it; with `words` as if they had been typed."""
        await self.panes.open_filter(words)

    def action_back(self) -> None:
        """Esc: stop a refresh, or take the filter away."""
        if self.clocks.busy:
            self.workers.cancel_group(self, "refresh")
            return
        self.panes.back()
        self.show_keys()

    def action_sort(self) -> None:
        """Sort by the next criterion, and say so: the rows alone do not always show it."""
        self.panes.sort_by(after(self.sso.state.sort))

    def action_details(self) -> None:
        """Open or close the details."""
        self.panes.toggle_details()

    def action_switch_list(self) -> None:
        """Go to the other list."""
        self.set_focus(self.profiles if self.panes.on_sessions else self.sessions)
        self.call_after_refresh(self.panes.tell_highlighted)  # once the focus is there
        self.show_keys()

    def action_problems(self) -> None:
        """Show everything that is wrong with configuration and caches."""
        from ..diagnosis.problems import Problems

        self._open(Problems(self.panes.problems(), self.sso.said.all()))

    def action_help(self) -> None:
        """Show keys and states."""
        from ..help import Help

        self._open(Help())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()

    def use_profile(self, profile: Profile) -> None:
        """Use a profile, unless it is broken. A list of commands can have been open for long."""
        self.profile_actions.use(profile)

    @on(ProfileList.Chosen)
    def _profile_chosen(self, message: ProfileList.Chosen) -> None:
        profile = self.snapshot.profile(message.name)
        if profile is not None:
            self.use_profile(profile)

    def _open(self, screen: Screen[None]) -> None:
        self.app.push_screen(screen, lambda _result: self.look_again())
