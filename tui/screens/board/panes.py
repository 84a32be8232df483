"""What the board is made of: title, sessions, profiles, details, the line of notices; and how a Snapshot gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message

from ...aws import clock
from ...aws.model import Problem, Profile, Session
from ...aws.state.snapshot import Snapshot
from ...state_file import details_shown, pinned, sorted_by
from ...widgets.bars import NoticeBar, TitleBar
from ...widgets.profile_list import ProfileList
from ...widgets.rows import Rows
from ...widgets.session_list import SessionList
from ...words.marks import Mark
from ..asking.guarded import marks_of
from ..diagnosis.known import known_problems
from ..sign_in.renewals import Renewals
from . import view
from .clocks import Clocks
from .order import NO_ORDER, ORDERS, of_head, told

if TYPE_CHECKING:
    from ...host import Host
    from ...widgets.filter_bar import FilterBar

WIDE = 120
"""Cells from which the details are beside the list, not below."""

SAID_FOR = 4.0
"""Seconds for which the notice line says what a key has just done."""


SCROLLED = 3
"""Lines by which a key scrolls the details."""


class Panes(Vertical):
    """Sessions on top, profiles below, details beside them on a wide terminal (`wide`). `clocks`: what the lists count
    down; `renewals`: what there is to say of them. `marked`: the names of the marked profiles; `marks`: the labels
    of guard rules, by name."""

    BINDINGS = [
        Binding("space", "mark", "Mark", show=False, id="profile.mark"),
        Binding("*", "pin", "Pin", show=False, id="profile.pin"),
        Binding("J", f"scroll_details({SCROLLED})", show=False, id="details.down"),
        Binding("K", f"scroll_details(-{SCROLLED})", show=False, id="details.up"),
    ]

    class Marked(Message):
        """Other rows are marked now."""

    def __init__(self, clocks: Clocks, renewals: Renewals, wide: bool) -> None:
        super().__init__(id="board")
        self.clocks = clocks
        self.marked: set[str] = set()
        self.marks: dict[str, Mark] = {}
        self.sessions = SessionList(clocks)
        self.profiles = ProfileList(clocks)
        self._renewals = renewals
        self._wide = wide
        self._opened = False
        self._seen = ""
        self._progress = ""
        self._progress_since = 0.0
        self._bar: FilterBar | None = None
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
        yield NoticeBar()

    # -- what is shown ------------------------------------------------------------------------------------------

    def refill(self) -> None:
        """Fill the lists anew, keeping the cursors where they are."""
        self.marks = marks_of(self.sso.settings.guard, self.snapshot.config.profiles)
        self.sessions.set_rows(view.session_rows(self.snapshot, self.sso.demo))
        self.sessions.display = bool(self.snapshot.config.sessions)
        self.profiles.set_empty(*view.empty_lines(self.snapshot.config, self.sso.demo))
        # The board opens where one is now, or was last; after that the cursor is where it was moved to.
        places = [] if self._opened else [self.snapshot.active_profile, *self.sso.state.recent]
        first = next((name for name in places if self.snapshot.profile(name)), None)
        self._opened = True
        self._show_order()
        self.set_flags()
        self.profiles.set_rows(self.sorted_rows(), keep=first)
        self._count()

    def sorted_rows(self) -> Rows:
        """The rows of all profiles in the chosen order."""
        state, shown = self.sso.state, self.sso.settings.account_shown
        return view.profile_rows(self.snapshot, state.sort, state.recent, clock.now(), shown, self.marks)

    def set_flags(self) -> None:
        """Tell the list which profiles are active, marked and pinned."""
        self.profiles.set_flags(
            active=self.snapshot.active_profile or None,
            marked=frozenset(self.marked),
            pinned=frozenset(self.sso.state.pinned),
            used={name: self.sso.state.used.get(name, 0) for name in self.sso.state.recent},
        )

    def sort_by(self, sort: str) -> None:
        """List the profiles in another order, from its beginning."""
        self.sso.remember(sorted_by(sort))
        self._show_order()
        self.profiles.set_rows(self.sorted_rows())
        if self.profiles.has_class("-filtered"):
            self.say(f"Sorted by {ORDERS[sort].words} without the filter, which has the best match first")
            return
        self.profiles.action_first()
        self.say(told(sort))

    def _show_order(self) -> None:
        words, column = ORDERS[self.sso.state.sort]
        self.profiles.set_sorted(column, f"by {words}")

    def show_only(self, session: str | None) -> None:
        """Show the profiles of one session alone, or with None all again."""
        self.profiles.show_only(session)
        self.screen.set_focus(self.sessions if session is None else self.profiles)
        self.say(view.only_one(self.snapshot.config.sessions.get(session or "")))

    def back(self) -> None:
        """Undo one thing: the filter, else that only one session's profiles are shown, else the marks."""
        undone = self.undone_by_back()
        if undone == view.ALL_AGAIN:
            self.show_only(None)
        elif undone == view.UNMARK:
            self.marked.clear()
            self.set_flags()
            self.tick(clock.now())
        else:
            self.close_filter()

    def undone_by_back(self) -> str:
        """What `back` does, in the footer's words."""
        if self.profiles.has_class("-filtered"):
            return view.CLEAR_FILTER
        return view.ALL_AGAIN if self.profiles.only is not None else view.UNMARK if self.marked else view.CLEAR_FILTER

    def take_over(self) -> None:
        """Show what another board has pinned, and what a shell has used."""
        if self.sso.state.sort == "recent":
            self.profiles.set_rows(self.sorted_rows())
        self.set_flags()

    def tick(self, now: float) -> None:
        """Count down whatever is in sight."""
        still = self.marked & self.snapshot.config.profiles.keys()  # of one that comes back the mark is still there
        self.query_one(TitleBar).show(
            view.signed_in(self.snapshot, now),
            now,
            view.alarm(self.snapshot),
            using=self.snapshot.active_profile,
            among=self.snapshot.config.profiles,
            marked=len(still),
            mark=self.marks.get(self.snapshot.active_profile),
        )
        self.sessions.set_ends(self.snapshot.ends)
        self.sessions.tick()
        self.profiles.tick()
        self._count()  # a filter by states finds others by and by
        self.show_said()
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
        profile, session = self.current_profile(), self.current_session()
        seen = not view.doubtful(self.snapshot) and wrong in ("", self._seen)
        if (profile is not None or session is not None) and seen and not self.details_open:
            only, shown = self.profiles.only is not None, self.sso.settings.account_shown
            mark = self.marks.get(profile.name) if profile is not None else None
            told = view.highlighted(self.snapshot, profile or session, only, shown, mark)
            return told, "row" if profile is not None else "info"
        if wrong:
            return wrong, "warning"
        habits = self._renewals.habits(self.snapshot, now)
        return view.counts(self.snapshot, self.sso.state.sort, habits), "info"

    def problems(self) -> list[Problem]:
        """All that is wrong or unusual."""
        return known_problems(self.sso, self.snapshot)

    def show_said(self) -> None:
        """Show what was said last, while it is news; else what else there is to say above the keys."""
        saying = self.sso.said.latest(clock.monotonic())
        if saying is not None and saying.since >= self._progress_since:
            kind = "warning" if saying.severity == "warning" else "info"
            self.query_one(NoticeBar).show(saying.text, kind, said=True)
        else:
            profile = self.current_profile()
            mark = self.marks.get(profile.name) if profile is not None else None
            self.query_one(NoticeBar).show(*self.notice(), mark=mark)

    def say(self, text: str) -> None:
        """Show `text` in the notice line for a moment, whatever else there is to say."""
        self._said = text, clock.monotonic() + SAID_FOR
        self.show_said()

    def set_progress(self, text: str) -> None:
        """Say in the notice line what is under way; "" when nothing is any more."""
        if text and not self._progress:
            self._progress_since = clock.monotonic()
        if not text:
            self._progress_since = 0.0
        self._progress = text
        self.show_said()

    @property
    def details_open(self) -> bool:
        """Whether the details are to be seen: as one has said, else where the list needs none of their room."""
        if not self.snapshot.config.profiles and not self.on_sessions:
            return False  # there is nothing that they could be of
        said = self.sso.state.details
        width = self.screen.size.width
        return said if said is not None else width >= WIDE and view.beside(width) >= self.profiles.room_wanted()

    def toggle_details(self) -> None:
        """Open or close the details, and remember it."""
        self.sso.remember(details_shown(not self.details_open))
        self.update_detail()
        self.show_said()

    def action_scroll_details(self, lines: int) -> None:
        """Scroll the details, where not all of them are in sight."""
        pane = self.query_one_optional("Detail")  # its module is only imported with the first details
        if pane is not None and self.details_open:
            pane.scroll_relative(y=lines, animate=False, immediate=True)

    def update_detail(self) -> None:
        """Fill the details pane, where it is open; in a narrow terminal it is below the list."""
        self.set_class(self.details_open, "-details")
        self.set_class(not self.screen.has_class("-wide"), "-below")
        if self.details_open:
            from .details import fill

            row = self.current_profile() or (self.current_session() if self.on_sessions else None)
            fill(self.query_one("#middle"), self.snapshot, row, self.sso.settings)

    async def open_filter(self, words: str = "") -> None:
        """Open the filter, or go to it; with `words` as if they had been typed and kept."""
        from ...widgets.filter_bar import FilterBar

        bar = self._bar
        if bar is None:
            bar = self._bar = FilterBar(self.profiles)
            await self.mount(bar, before="#middle")
        bar.open()
        self._count()
        if words:
            bar.entry.value = words
            bar.action_keep()
        self.call_after_refresh(self.profiles.prepare)

    @property
    def filtering(self) -> bool:
        """Whether a filter is being typed."""
        return self._bar is not None and self._bar.is_typed_into

    def close_filter(self) -> None:
        """Take the filter away, and go to the profiles."""
        if self._bar is not None:
            self._bar.clear()
        self.screen.set_focus(self.profiles)

    def marked_profiles(self) -> list[Profile]:
        """The marked profiles that are still there, by name."""
        return [profile for name in sorted(self.marked) if (profile := self.snapshot.profile(name))]

    def marked_in_focus(self) -> bool:
        """Whether what is done to rows is done to the marked ones: not while the cursor is on a session."""
        return bool(self.marked_profiles()) and not self.on_sessions

    # -- what the cursor is on ----------------------------------------------------------------------------------

    @property
    def on_sessions(self) -> bool:
        """Whether the sessions have the focus. A list says it of itself only once it has served what was in front."""
        return self.screen.focused is self.sessions

    def current_profile(self) -> Profile | None:
        """The highlighted profile, None while the sessions have the focus or nothing is listed."""
        if self.on_sessions:
            return None
        name = self.profiles.highlighted
        return self.snapshot.profile(name) if name else None

    def current_session(self) -> Session | None:
        """The session of the highlighted row of the list in use; of an empty one that whose profiles it would show."""
        profile = self.current_profile()
        if profile is None:
            on_sessions = self.on_sessions or not self.snapshot.config.profiles
            key = self.sessions.highlighted if on_sessions else self.profiles.only
            return self.snapshot.config.sessions.get(key or "")
        return self.snapshot.session_of(profile)

    # -- marks and pins: done at once, because the key behind may already be about them ---------------------------

    def action_mark(self) -> None:
        """Mark the row under the cursor, or unmark it."""
        name = self.profiles.highlighted
        if name is not None and self.screen.focused is self.profiles:
            self.marked ^= {name}
            self.set_flags()
            self.tick(clock.now())
            self.post_message(self.Marked())

    def action_pin(self) -> None:
        """Pin the row under the cursor to the top, or unpin it; all marked ones, where there are some."""
        name = self.profiles.highlighted
        if name is None or self.screen.focused is not self.profiles:
            return
        names = [profile.name for profile in self.marked_profiles()] or [name]
        wanted = any(each not in self.sso.state.pinned for each in names)
        for each in names:
            self.sso.remember(pinned(each, wanted))
        if len(names) > 1:
            self.say(f"{len(names)} marked profiles {'pinned' if wanted else 'unpinned'}")
        self.set_flags()

    # -- messages of the widgets --------------------------------------------------------------------------------

    @on(ProfileList.Highlighted)
    @on(SessionList.Highlighted)
    def _highlighted(self) -> None:
        if self.sso.last_input:  # what is wrong has been in sight until the first move
            self._seen = view.notice(self.problems())
        self.call_after_refresh(self.tell_highlighted)  # the cursor first

    def tell_highlighted(self) -> None:
        """In the details, and in the line above the keys."""
        self.update_detail()
        self.show_said()

    @on(SessionList.Chosen)
    def _session_chosen(self, message: SessionList.Chosen) -> None:
        self.show_only(message.name)

    @on(ProfileList.Chosen)
    async def _chosen(self, message: ProfileList.Chosen) -> None:
        config = self.snapshot.config
        if not message.name and not config.profiles:
            await self.run_action(f"screen.on_rows('{'accounts' if config.sessions else 'new_session'}')")

    @on(ProfileList.HeadClicked)
    def _head_clicked(self, message: ProfileList.HeadClicked) -> None:
        if sort := of_head(message.name):
            self.sort_by(sort)
        else:
            self.say(NO_ORDER)

    def on_filter_bar_changed(self, message: Any) -> None:
        """Narrow the list as the filter is typed. (`Any`: the bar's module is only imported with the first filter.)"""
        self.profiles.filter(message.query)
        self._count()

    def _count(self) -> None:
        if self._bar is not None:
            self._bar.set_count(self.profiles.row_count(), self.profiles.total)

    def on_filter_bar_done(self, message: Any) -> None:
        """Go to the list, unless the user is elsewhere by now; the bar has cleared the filter if it was to be."""
        if message.keep:
            self.profiles.keep_cursor()
        focused = self.screen.focused
        if focused is None or message.sender in focused.ancestors_with_self:
            self.screen.set_focus(self.profiles)
