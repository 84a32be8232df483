"""What the board is made of: title, sessions, profiles, details, the line of notices; and how a Snapshot gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from ...aws import clock
from ...aws.model import Problem, Profile, Session
from ...aws.state.snapshot import Snapshot
from ...state_file import pinned
from ...widgets.bars import NoticeBar, TitleBar
from ...widgets.profile_list import ProfileList
from ...widgets.rows import Rows, texts
from ...widgets.session_list import SessionList
from . import view
from .clocks import Clocks
from .renewals import Renewals

if TYPE_CHECKING:
    from ...host import Host

SAID_FOR = 4.0
"""Seconds for which the notice line says what a key has just done."""


class Panes(Vertical):
    """Sessions on top, profiles below, details beside them on a wide terminal (`wide`). `clocks`: what the lists count
    down; `renewals`: what there is to say of them. `marked`: the names of the marked profiles."""

    def __init__(self, clocks: Clocks, renewals: Renewals, wide: bool) -> None:
        super().__init__(id="board")
        self.clocks = clocks
        self.marked: set[str] = set()
        self.sessions = SessionList(clocks)
        self.profiles = ProfileList(clocks)
        self._renewals = renewals
        self._wide = wide
        self._progress = ""
        self._progress_since = 0.0
        self._said = ("", 0.0)

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        return cast("Host", self.app)

    @property
    def snapshot(self) -> Snapshot:
        """What is shown."""
        return self.clocks.snapshot

    def compose(self) -> ComposeResult:
        """The widgets from top to bottom."""
        yield TitleBar("ssotui demo" if self.sso.demo else "ssotui")
        yield self.sessions
        with Horizontal(id="middle"):
            yield self.profiles
            if self._wide:
                from ...widgets.detail import Detail

                yield Detail()
        yield NoticeBar()

    # -- what is shown ------------------------------------------------------------------------------------------

    def refill(self) -> None:
        """Fill the lists anew, keeping the cursors where they are."""
        self.sessions.set_rows(view.session_rows(self.snapshot, self.sso.demo))
        self.sessions.display = bool(self.snapshot.config.sessions)
        self.profiles.set_empty(*view.empty_lines(self.snapshot.config))
        self.profiles.set_rows(self.sorted_rows())
        self.set_flags()

    def sorted_rows(self) -> Rows:
        """The rows of all profiles in the chosen order."""
        state = self.sso.state
        return view.profile_rows(self.snapshot, state.sort, state.recent, clock.now())

    def set_flags(self) -> None:
        """Tell the list which profiles are active, marked and pinned."""
        self.profiles.set_flags(
            active=self.snapshot.active_profile or None,
            marked=frozenset(self.marked),
            pinned=frozenset(self.sso.state.pinned),
        )

    def take_over(self) -> None:
        """Show what another board has pinned, and what a shell has used."""
        if self.sso.state.sort == "recent":
            self.profiles.set_rows(self.sorted_rows())
        self.set_flags()

    def tick(self, now: float) -> None:
        """Count down whatever is in sight."""
        self.query_one(TitleBar).show(view.signed_in(self.snapshot, now), now, view.alarm(self.snapshot))
        self.sessions.tick()
        self.profiles.tick()
        self._show_notice()
        self.update_detail()

    def notice(self) -> tuple[str, str]:
        """The line above the footer and its kind: what is under way, wrong or unusual; ("", "") when nothing is."""
        text, until = self._said
        passing = self._progress or (text if clock.monotonic() < until else "")
        if passing:
            return passing, "info"
        now = clock.now()
        renewing = self._renewals.notice(self.snapshot, now)
        if renewing[0]:
            return renewing
        wrong = view.notice(self.problems())
        if wrong:
            return wrong, "warning"
        habits = self._renewals.habits(self.snapshot, now)
        return view.counts(self.snapshot, self.sso.state.sort, self.marked, habits), "info"

    def problems(self) -> list[Problem]:
        """All that is wrong or unusual."""
        problems = [*self.sso.settings.problems, *filter(None, [self.sso.remembered.problem])]
        return view.problems(self.snapshot, self.sso.demo, problems)

    def _show_notice(self) -> None:
        saying = self.sso.said.latest(clock.monotonic())
        if saying is not None and saying.since >= self._progress_since:
            self.query_one(NoticeBar).show(
                saying.text, "warning" if saying.severity == "warning" else "info", said=True
            )
        else:
            self.query_one(NoticeBar).show(*self.notice())

    def show_said(self) -> None:
        """Show what was said last."""
        self._show_notice()

    def say(self, text: str) -> None:
        """Show `text` in the notice line for a moment, whatever else there is to say."""
        self._said = text, clock.monotonic() + SAID_FOR
        self._show_notice()

    def set_progress(self, text: str) -> None:
        """Say in the notice line what is under way; "" when nothing is any more."""
        if text and not self._progress:
            self._progress_since = clock.monotonic()
        if not text:
            self._progress_since = 0.0
        self._progress = text
        self._show_notice()

    def update_detail(self) -> None:
        """Fill the details pane, where there is room for one."""
        if not self.screen.has_class("-wide"):
            return
        from ...widgets.detail import Detail
        from .details import profile_fields, session_fields

        pane = self.query_one_optional(Detail)
        if pane is None:
            pane = Detail()
            self.query_one("#middle").mount(pane)
        profile, session = self.current_profile(), self.current_session()
        renews = self.sso.settings.renew
        if self.sessions.has_focus and session is not None:
            pane.show(session.key, session_fields(self.snapshot, session, renews))
        elif profile is not None:
            pane.show(profile.name, profile_fields(self.snapshot, profile, renews))
        else:
            pane.show("", [])

    def search_profiles(self, query: str) -> list[str]:
        """Names of the profiles that match, best match first; the list itself stays as it is."""
        from ...widgets.fuzzy import Index, haystack

        rows = self.sorted_rows()
        haystacks = [haystack(*fields) for fields in zip(*texts(rows), strict=True)]
        return [rows.profiles[index].name for index in Index(haystacks, range(len(rows))).search(query)]

    async def open_filter(self) -> None:
        """Open the filter, or go to it."""
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is None:
            bar = FilterBar(self.profiles)
            await self.mount(bar, before="#middle")
        bar.open()
        bar.set_count(self.profiles.row_count(), self.profiles.total)
        self.call_after_refresh(self.profiles.prepare)

    def close_filter(self) -> None:
        """Take the filter away, and go to the profiles."""
        from ...widgets.filter_bar import FilterBar

        bar = self.query_one_optional(FilterBar)
        if bar is not None:
            bar.clear()
        self.profiles.focus()

    # -- what the cursor is on ----------------------------------------------------------------------------------

    def current_profile(self) -> Profile | None:
        """The highlighted profile, None while the sessions have the focus or nothing is listed."""
        if self.sessions.has_focus:
            return None
        name = self.profiles.highlighted
        return self.snapshot.profile(name) if name else None

    def current_session(self) -> Session | None:
        """The session of the highlighted row of the list that has the focus."""
        if self.sessions.has_focus:
            return self.snapshot.config.sessions.get(self.sessions.highlighted or "")
        profile = self.current_profile()
        return self.snapshot.session_of(profile) if profile is not None else None

    # -- messages of the widgets --------------------------------------------------------------------------------

    @on(ProfileList.Highlighted)
    @on(SessionList.Highlighted)
    def _highlighted(self) -> None:
        self.call_after_refresh(self.update_detail)  # the cursor first

    @on(ProfileList.Marked)
    def _marked(self, message: ProfileList.Marked) -> None:
        self.marked ^= {message.name}
        self.set_flags()
        self._show_notice()

    @on(ProfileList.Pinned)
    def _pinned(self, message: ProfileList.Pinned) -> None:
        self.sso.remember(pinned(message.name, message.name not in self.sso.state.pinned))
        self.set_flags()

    def on_filter_bar_changed(self, message: Any) -> None:
        """Narrow the list as the filter is typed. (`Any`: the bar's module is only imported with the first filter.)"""
        self.profiles.filter(message.query)
        message.sender.set_count(self.profiles.row_count(), self.profiles.total)

    def on_filter_bar_done(self, message: Any) -> None:
        """Go to the list, unless the user is elsewhere by now; the bar has cleared the filter if it was to be."""
        focused = self.screen.focused
        if focused is None or message.sender in focused.ancestors_with_self:
            self.profiles.focus()
