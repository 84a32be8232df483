"""What the board shows: all sessions and profiles with their clocks, kept up to date. For its keys see `board`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.worker import Worker, WorkerState

from ...aws import clock, model
from ...aws.config.loading import chosen_problem
from ...aws.model import Profile, Session
from ...aws.requests.behalf import behalf, of_sessions, profile_in_use
from ...aws.requests.endpoints import overrides, sign_in_override
from ...aws.requests.skew import skew_warning
from ...aws.state.inventory import Change, Inventory
from ...state_file import pinned
from ...terminal import memory
from ...text import clean, place
from ...widgets.bars import NoticeBar, TitleBar
from ...widgets.key_bar import KeyBar
from ...widgets.profile_list import ProfileList
from ...widgets.rows import Rows, session_row_of, session_text, texts
from ...widgets.session_list import SessionList
from ..base import Sized
from ..jobs import in_thread
from .clocks import Clocks

if TYPE_CHECKING:
    from ...host import Host

POLL = 0.5
"""Seconds between two looks at the files. A change has to hold still for one more before it is taken."""

UNFOCUSED_TICK, UNFOCUSED_POLL = 5, 0.9
"""Seconds between two ticks and two looks at the files while another window has the focus."""

WATCH_AGAIN = 2.0
"""Seconds after which a watch over the files that has failed is taken up again."""

SAID_FOR = 4.0
"""Seconds for which the notice line says what a key has just done."""

SORTED_BY = {"name": "name", "recent": "recent use", "session": "session", "expiry": "expiry"}
"""The orders of the board in words."""

WARM_UP = 0.5
"""Seconds after the first paint at which botocore is imported, in the background."""


class BoardView(Sized[None]):
    """Sessions on top, profiles below, details beside them on a wide terminal."""

    AUTO_FOCUS = "ProfileList"

    def __init__(self, inventory: Inventory) -> None:
        super().__init__()
        self.inventory = inventory
        self._soon = asyncio.Event()
        self.clocks = Clocks(inventory, self._soon.set)
        self.marked: set[str] = set()
        self.progress = ""
        self._said = ("", 0.0)
        self.beats = 0
        self.alarm = ""

    @property
    def sso(self) -> Host:
        """The application, by its own type."""
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        """The widgets from top to bottom."""
        self.take_size()
        with Vertical(id="board"):
            yield TitleBar("ssotui demo" if self.sso.demo else "ssotui")
            yield SessionList(self.clocks)
            with Horizontal(id="middle"):
                yield ProfileList(self.clocks)
                if self.has_class("-wide"):
                    from ...widgets.detail import Detail

                    yield Detail()
            yield NoticeBar()
        yield KeyBar(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the lists, then start the clock and the watch over the files."""
        self.sessions = self.query_one(SessionList)
        self.profiles = self.query_one(ProfileList)
        self.refill()
        self.set_interval(1.0, self.beat)
        self.watch(self.app, "app_focus", self.tick, init=False)
        self.watch_files()
        # The first screenful is read as it is painted: nobody waits for a key yet.
        self.call_after_refresh(self.inventory.entries.keep_off)
        self.set_timer(WARM_UP, self.warm_up)

    def on_screen_resume(self) -> None:
        """What was on top has gone."""
        memory.forget_painted()

    # -- what is shown ------------------------------------------------------------------------------------------

    def refill(self) -> None:
        """Show the inventory as it is now, keeping the cursors where they are."""
        config = self.inventory.config
        wrong = chosen_problem(config, self.inventory.environ)
        self.alarm = f"{wrong.file} names no profile" if wrong is not None else ""
        acting = of_sessions(self.inventory) if not self.sso.demo else {}
        rows = []
        for key, session in config.sessions.items():
            profile = acting.get(key) or profile_in_use(self.inventory)
            elsewhere = sign_in_override(config, profile) if not self.sso.demo else ""
            rows.append(session_row_of(session, elsewhere))
        self.sessions.set_rows(rows)
        self.sessions.display = bool(config.sessions)
        self.profiles.set_empty(*self._empty_lines())
        self.profiles.set_rows(self.sorted_rows())
        self.set_flags()
        self.tick()

    def sorted_rows(self) -> Rows:
        """The rows of all profiles in the chosen order."""
        config = self.inventory.config
        sessions = config.sessions
        profiles = sorted(config.profiles.values(), key=lambda profile: profile.name.lower())
        sort = self.sso.state.sort
        if sort == "recent":
            place = {name: index for index, name in enumerate(self.sso.state.recent)}
            profiles.sort(key=lambda profile: place.get(profile.name, len(place)))
        elif sort == "session":
            last = chr(0x10FFFF)  # where broken profiles go, which have none
            profiles.sort(
                key=lambda profile: session_text(profile, sessions.get(profile.session or "")).lower() or last
            )
        elif sort == "expiry":
            keys = [*sessions, *(model.LOGIN + name for name in config.logins)]
            expiries = {key: self.inventory.session_clock(key)[1] or 0 for key in keys}
            soon = {key: value if value > clock.now() else float("inf") for key, value in expiries.items()}
            profiles.sort(key=lambda profile: soon.get(profile.clock_key or "", float("inf")))
        return Rows(profiles, sessions)

    def set_flags(self) -> None:
        """Tell the list which profiles are active, marked and pinned."""
        self.profiles.set_flags(
            active=self.inventory.active_profile or None,
            marked=frozenset(self.marked),
            pinned=frozenset(self.sso.state.pinned),
        )

    def _empty_lines(self) -> Iterable[str]:
        config = self.inventory.config
        why = config.why_unread()
        if why:
            yield "No SSO profiles, because the configuration cannot be read:"
            yield clean(why)
            return
        if config.other_profiles:
            others = f"{config.other_profiles} profile{'s' if config.other_profiles > 1 else ''} without SSO"
            yield f"No SSO profiles yet ({others})."
        else:
            yield "No SSO profiles yet."
        yield "To make one:  aws configure sso"
        yield "It then shows here by itself."
        yield "To look around:  ssotui --demo"

    def beat(self) -> None:
        """Once a second: tick, but only now and then while the terminal has lost the focus or is not in sight."""
        self.beats += 1
        if self.app.app_focus or self.beats % UNFOCUSED_TICK == 0:
            self.tick()
        memory.tidy(self.sso.last_input)

    def tick(self) -> None:
        """Count down whatever is in sight."""
        now = clock.now()
        keys = self.inventory.config.sessions
        good = sum(self.inventory.session_clock(key)[0] in (model.SIGNED_IN, model.EXPIRING) for key in keys)
        self.query_one(TitleBar).show(f"signed in to {good} of {len(keys)}" if keys else "", now, self.alarm)
        self.sessions.tick()
        self.profiles.tick()
        self.query_one(NoticeBar).show(*self.notice())
        self.update_detail()

    def notice(self) -> tuple[str, str]:
        """The line above the footer and its kind: what is under way, wrong or unusual; ("", "") when nothing is."""
        if self.progress or self.said:
            return self.progress or self.said, "info"
        if self.inventory.notice:
            return self.inventory.notice, "warning"
        warning = skew_warning()
        if warning:
            return warning, "warning"
        found = self.inventory.problems()
        if found:
            first = found[0]
            more = f"   ! shows all {len(found)}" if len(found) > 1 else ""
            return f"{place(first.file, first.line)}: {first.message}{more}", "warning"
        lines = self.redirected()
        if lines:
            return "; ".join(lines), "warning"
        return self._counts(), "info"

    def redirected(self) -> list[str]:
        """Where requests go that do not go to AWS, a line each. In the demo that is its very point."""
        if self.sso.demo:
            return []
        return overrides(self.inventory.config, profile_in_use(self.inventory), self.inventory.environ)

    def _counts(self) -> str:
        config = self.inventory.config
        if not config.profiles:
            return ""
        count = len(config.profiles)
        parts = [f"{count} profile{'s' if count > 1 else ''}", f"sorted by {SORTED_BY[self.sso.state.sort]}"]
        if config.other_profiles:
            parts.insert(1, f"{config.other_profiles} without SSO")
        marked = self.marked & config.profiles.keys()  # of one that comes back the mark is still there
        if marked:
            parts.append(f"{len(marked)} marked")
        return f"{', '.join([*parts, *self.habits()])}   / filters, s sorts"

    def habits(self) -> list[str]:
        """What the board does unasked, in a word or two each."""
        return []

    def search_profiles(self, query: str) -> list[str]:
        """Names of the profiles that match, best match first; the list itself stays as it is."""
        from ...widgets.fuzzy import Index, haystack

        rows = self.sorted_rows()
        haystacks = [haystack(*fields) for fields in zip(*texts(rows), strict=True)]
        return [rows.profiles[index].name for index in Index(haystacks, range(len(rows))).search(query)]

    def update_detail(self) -> None:
        """Fill the details pane, where there is room for one."""
        if not self.has_class("-wide"):
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
            pane.show(session.key, session_fields(self.inventory, session, renews))
        elif profile is not None:
            pane.show(profile.name, profile_fields(self.inventory, profile, renews))
        else:
            pane.show("", [])

    @property
    def said(self) -> str:
        """What a key has just done, "" a moment later."""
        text, until = self._said
        return text if clock.monotonic() < until else ""

    def say(self, text: str) -> None:
        """Show `text` in the notice line for a moment, whatever else there is to say."""
        self._said = text, clock.monotonic() + SAID_FOR
        self.query_one(NoticeBar).show(*self.notice())

    def set_progress(self, text: str) -> None:
        """Say in the notice line what is under way; "" when nothing is any more."""
        self.progress = text
        self.query_one(NoticeBar).show(*self.notice())

    # -- what the cursor is on ----------------------------------------------------------------------------------

    def current_profile(self) -> Profile | None:
        """The highlighted profile, None while the sessions have the focus or nothing is listed."""
        if self.sessions.has_focus:
            return None
        name = self.profiles.highlighted
        return self.inventory.profile(name) if name else None

    def current_session(self) -> Session | None:
        """The session of the highlighted row of the list that has the focus."""
        if self.sessions.has_focus:
            return self.inventory.config.sessions.get(self.sessions.highlighted or "")
        profile = self.current_profile()
        return self.inventory.session_of(profile) if profile is not None else None

    # -- the files ----------------------------------------------------------------------------------------------

    @work(group="watch", exit_on_error=False, description="watch the files")
    async def watch_files(self) -> None:
        """Look at the files every half second, or at once for what is missing, in a thread, and show what changed."""
        while True:
            try:
                await asyncio.wait_for(self._soon.wait(), POLL if self.app.app_focus else UNFOCUSED_POLL)
            except TimeoutError:
                regular = True
            else:
                regular = False  # two looks at the configuration in a row would not show that it holds still
            self._soon.clear()
            shown = [profile for name in self.profiles.visible_keys() if (profile := self.inventory.profile(name))]
            change, remembered = await in_thread(
                lambda _cancelled, shown=shown, regular=regular: (  # type: ignore[misc]
                    self.inventory.poll(shown, regular),
                    self.sso.remembered.look(),
                ),
                "look at the files",
            )
            if change:
                self.changed(change)
            if remembered:
                self.take_over()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take up the watch again when it has failed: the board would show old states, and look alive."""
        if event.worker.group == "watch" and event.state is WorkerState.ERROR:
            self.set_timer(WATCH_AGAIN, self.watch_files)

    def changed(self, change: Change) -> None:
        """Show what a poll or an action of ours changed."""
        if change.config:
            self.refill()
            for screen in self.app.screen_stack:
                if isinstance(screen, Sized):
                    screen.configuration_changed()
        else:
            self.tick()

    def take_over(self) -> None:
        """Show what another board has pinned, and what a shell has used."""
        if self.sso.state.sort == "recent":
            self.profiles.set_rows(self.sorted_rows())
        self.set_flags()

    def look_again(self) -> None:
        """Take in at once what an action of ours wrote."""
        self.inventory.reread()
        self._soon.set()
        self.tick()

    @work(group="warm-up", exit_on_error=False, description="import botocore")
    async def warm_up(self) -> None:
        """Import and make what the first request needs, so that its key is quick; and close the door behind us."""
        if not self.app.is_headless:
            await in_thread(
                lambda _cancelled: import_module("...terminal.environment", __package__).forbid_looking_in()
            )
        await in_thread(lambda _cancelled: self._prepare_requests())
        await in_thread(lambda _cancelled: import_module(".ahead", __package__))

    def _prepare_requests(self) -> None:
        from ...aws.requests import clients

        clients.warm_up()
        sessions = list(self.inventory.config.sessions.values())
        usable = [session for session in sessions if not session.problems and self.inventory.usable(session.key)]
        for session in usable[:1]:
            clients.client("sso", session.region, self.inventory.config, behalf(self.inventory, session.key))

    # -- messages of the widgets --------------------------------------------------------------------------------

    @on(ProfileList.Highlighted)
    @on(SessionList.Highlighted)
    def _highlighted(self) -> None:
        self.call_after_refresh(self.update_detail)  # the cursor first

    @on(ProfileList.Marked)
    def _marked(self, message: ProfileList.Marked) -> None:
        self.marked ^= {message.name}
        self.set_flags()
        self.tick()

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
        if self.focused is None or message.sender in self.focused.ancestors_with_self:
            self.profiles.focus()


def _shut() -> None:
    from ...terminal.environment import forbid_looking_in

    forbid_looking_in()
