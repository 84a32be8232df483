"""The application: settings, store and screens put together. No AWS logic here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.events import Event, InputEvent, Key, MouseDown, MouseUp, Paste
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.worker import Worker, WorkerState

from . import keys, settings, state_file
from .aws import clock
from .aws.cache.account_names import AccountNames
from .aws.errors import Cancelled, SsoError, kind_and_place
from .aws.model import Profile, Secret, Session
from .aws.state.store import Store
from .desktop import announcing, browser
from .exit_codes import ended_by
from .host import Host
from .remembered import Remembered
from .said import Said, Saying
from .screens.base import Sized
from .screens.board.board import Board
from .screens.jobs import in_thread, plain
from .screens.palette import Palette
from .shell.parent import parent_shell
from .terminal import collector, colours, crash, signals
from .terminal.application import TerminalApp
from .terminal.layouts import PlacedKey, by_place
from .text import clean

DIALOG_STYLES = (
    "dialogs.tcss",
    "qr.tcss",
    "sign_in.tcss",
    "session_form.tcss",
    "accounts.tcss",
    "profiles.tcss",
    "config_change.tcss",
)

LEFT = 1
"""The only button of the mouse that does anything."""


class SsoApp(TerminalApp):
    """The board and everything on top of it. Its result is the profile chosen with `--emit`, None when left without.

    `words`: what the board is filtered by when it opens. `emit`: the shell that the choice is for, None when the board
    was started by itself. `start_url`: what a demo offers. `outside`: the environment for browsers, where it is not
    this program's own (in a demo).
    `sub_shell`: the profile that a sub-shell is to be opened with, once the board has ended.
    `last_input`: when a key or the mouse was used last
    (monotonic).
    """

    TITLE = "ssotui"
    CSS_PATH = [
        "styles/app.tcss",
        "styles/row_list.tcss",
        "styles/profile_list.tcss",
        "styles/session_list.tcss",
        "styles/detail.tcss",
        "styles/filter_bar.tcss",
        "styles/board.tcss",
    ]
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False  # there is no key that would copy it; terminals select by themselves, with shift
    BINDINGS = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, system=True),
        Binding("ctrl+p", "command_palette", "Palette", show=False, id="app.palette"),
        Binding("ctrl+z", "suspend_process", "Stop", show=False, priority=True, id="app.suspend"),
    ]

    def __init__(
        self,
        emit: str | None = None,
        demo: bool = False,
        store: Store | None = None,
        outside: Mapping[str, str] | None = None,
        words: str = "",
        start_url: str = "",
    ) -> None:
        self.settings = settings.load()
        self.remembered = Remembered()
        if self.settings.sort != settings.LAST:
            self.remembered.state = self.remembered.state.with_(sort=self.settings.sort)
        super().__init__()
        self.emit = emit
        self.demo = demo
        self.outside = outside
        self.start_url = start_url
        self._words = words
        self.store = store if store is not None else Store(names=AccountNames())
        self.farewell = ""
        self.parent_shell = parent_shell()
        # The services of a demo end with it.
        self.may_open_shell = emit is None and sys.stdout is not None and sys.stdout.isatty()
        self.sub_shell = ""
        folder = Path(__file__).parent / "styles"
        self._dialog_styles = {folder / name: (folder / name).read_text("utf-8") for name in DIALOG_STYLES}
        self._started = False
        self._ending = 0
        self.last_input = 0.0
        self.said = Said()
        self._boxes = 0
        self._not_remembered = ""
        self.copied: Secret | None = None
        wanted = self.settings.theme
        if wanted != settings.AUTO and wanted not in self.available_themes:
            reason = f"there is no theme {wanted}; the default is used"
            self.settings.problems.append(f"{settings.settings_path()}: {reason}")
            wanted = settings.AUTO
        if wanted == settings.AUTO:
            wanted = colours.suited_theme(self.console.color_system, os.environ)
        self._theme_saved = self.theme = wanted
        keys.rebind(self.settings.keys)
        if self.settings.keys:
            self.set_keymap(self.settings.keys)

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, as far as words can be read in them."""
        variables = colours.readable(super().get_css_variables(), self.console.color_system)
        self.theme_variables = variables  # what styles in texts are looked up in
        return variables

    def get_default_screen(self) -> Screen[None]:
        """The board is there from the first frame."""
        host: Host = self  # the type checker sees here that the application is what its screens ask for
        return Board(host.store)

    def on_load(self) -> None:
        """Take over the signals that would leave the terminal in disorder, before anything is done to it, and what
        would be printed into it."""
        crash.tell_with(self._tell_soon)
        asyncio.get_running_loop().set_exception_handler(crash.of_the_loop(self._tell_soon))
        if not self.is_headless:
            signals.take_over(self._leave, self.restore_terminal)

    def on_mount(self) -> None:
        """Tidy up after the first paint, and tell what is wrong with the settings."""
        self.screen.call_later(self._board_is_there)  # its queue is served once it has been made
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))  # others have drawn meanwhile
        self.call_after_refresh(self._take_styles)
        self.call_after_refresh(collector.start_collecting)
        if self._words and isinstance(self.screen, Board):
            self.call_after_refresh(self.screen.action_filter, self._words)

    def _take_styles(self) -> None:
        """Take in the style sheets of the dialogs: once the board is painted, and before one of them is opened, which
        would read them in between two keys."""
        for path, text in self._dialog_styles.items():
            self.stylesheet.add_source(text, (str(path), ""))

    def _leave(self, number: int) -> None:
        # An exit in the middle of the start would leave the board half made, and its start would fail.
        self._ending = ended_by(number)
        if self._started:
            self.exit(return_code=self._ending)

    def _board_is_there(self) -> None:
        self._started = True
        if self._ending:
            self.exit(return_code=self._ending)

    @property
    def state(self) -> state_file.State:
        """What is remembered."""
        return self.remembered.state

    # -- what screens ask of the application --------------------------------------------------------------------

    def tell(self, message: str, severity: SeverityLevel = "information", timeout: float = 6) -> None:
        """Say something: errors in a box, the rest in the status line of the screen in front. Foreign text in it is
        made harmless here."""
        text, now = clean(message, 600), clock.monotonic()
        if not self.said.add(Saying(text, severity, clock.now(), now, now + timeout)):
            return
        if severity != "error":
            if isinstance(self.screen, Sized):
                self.screen.show_said()
            return
        if self._boxes >= max(self.size.height // 6, 1):
            # More would cover the rows, and Textual leaves traces of messages that have no room.
            self._close_boxes()
        self._boxes += 1
        self.notify(text, severity=severity, timeout=timeout, markup=False)

    def announce(self, message: str) -> None:
        """Tell somebody who looks elsewhere, in the way that the terminal understands."""
        self.run_worker(self._announce(message), group="announce", exit_on_error=False, description="announce it")

    async def _announce(self, message: str) -> None:
        way = await in_thread(lambda _cancelled: announcing.way(self.settings.notices), "ask what the terminal is")
        self.send(announcing.sequence(way, message))

    def let_go(self) -> None:
        """Take away what was said before the last key or click: it was about something else, and a screen that opens
        now has the place of it. What that key itself brought about stays."""
        now = clock.monotonic()
        boxes = [
            it for it in self.said.all() if it.severity == "error" and it.until > now and it.since >= self.last_input
        ]
        self._close_boxes()
        self.said.over(now, before=self.last_input)
        for box in reversed(boxes):
            self.tell(box.text, "error", box.until - now)
        if isinstance(self.screen, Sized):
            self.screen.show_said()

    def _close_boxes(self) -> None:
        """Take the errors away: a key was pressed when they were there."""
        if self._boxes:
            self._boxes = 0
            self.said.over(clock.monotonic(), errors=True)
            self.clear_notifications()

    def _tell_soon(self, fault: str) -> None:
        with contextlib.suppress(RuntimeError):  # the program is ending
            self.call_later(self.tell, fault, "error", 15)

    def show_help(self, place: str) -> None:
        """Show all keys, those of one place first."""
        from .screens.help import Help

        self.push_screen(Help(place))

    def choose_flow(self, session: Session) -> tuple[str, str]:
        """The flow to sign in to `session` with, and why it is not the one in the settings. For threads: it looks for a
        browser."""
        command = self.settings.browser_for(session.key)
        return browser.choose_flow(session, self.settings.flow, self.outside, command)

    def open_browser(self, url: str, session: str = "") -> str:
        """Open `url` in the browser that the settings have for a session. Returns why not. For threads: it blocks."""
        return browser.open_browser(url, self.settings.browser_for(session), self.outside)

    def use(self, profile: Profile) -> None:
        """Choose a profile: end with it for the shell function, or copy the line that switches a shell."""
        if self.emit is not None:
            self.exit(profile.name)  # the command line remembers the use, once the terminal is back in order
            return
        self.note_use(profile.name)
        from .screens.use import copy_use_line

        self.run_worker(
            copy_use_line(self, profile),
            group="use",
            exclusive=True,
            exit_on_error=False,
            description="copy the use line",
        )

    def open_shell(self, name: str) -> None:
        """End, and have a sub-shell with the profile called `name` take this program's place."""
        self.sub_shell = name
        self.exit()

    def note_use(self, name: str) -> None:
        """Remember a use, for the order by recent use and the profiles on top of the board's list."""
        self.remember(state_file.used(name))
        board = self.screen_stack[0]
        if isinstance(board, Board):
            board.panes.take_over()  # the watch over the files tells of what others have used, not of this

    def remember(self, change: state_file.Change) -> None:
        """Change what is remembered: here at once, in the file in the background."""
        self.remembered.change(change)
        self._in_background(self._save_remembered)

    def _save_remembered(self) -> str:
        problem = self.remembered.save()
        told, self._not_remembered = self._not_remembered, problem or self._not_remembered
        return f"Nothing is remembered: {problem}" if problem and not told else ""

    async def forget_clipboard(self) -> None:
        """Take what was copied off the clipboard now, if it is still there (after a sign-out)."""
        copied, self.copied = self.copied, None
        self.forget_copied()
        if copied is not None:
            await in_thread(lambda _cancelled: browser.clear_if_ours(copied.reveal()))

    def _theme_changed(self, _theme: Any) -> None:
        if self.theme == self._theme_saved:
            return
        self._theme_saved = self.theme
        theme = self.theme
        self._in_background(lambda: settings.save_theme(theme))

    def _in_background(self, function: Callable[[], str]) -> None:
        async def save() -> None:
            problem = await in_thread(lambda _cancelled: function())
            if problem:
                self.tell(problem, "warning")

        self.run_worker(save(), group="save", exit_on_error=False, description="save settings")

    # -- Textual's hooks ----------------------------------------------------------------------------------------

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A job of the program itself has gone on, or failed."""
        self.tell_fault(event)

    def tell_fault(self, event: Worker.StateChanged) -> None:
        """If a job in the background has failed, say so: the kind of error and its place, no values."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None or isinstance(error, Cancelled):
            return
        if isinstance(error, SsoError):
            reason = plain(error)
        else:
            reason = f"Could not {event.worker.description}: {kind_and_place(error)}"
        self.tell(reason, "error", timeout=15)

    def on_resize(self) -> None:
        """Draw all anew. A terminal that was small for a moment has lost what it showed, though its size is now again
        the one that was drawn for."""
        if self._started:
            self.refresh()

    def on_key(self, event: Key) -> None:
        """Give an entry what was typed while it was being opened: these keys had still gone to the list, and would
        now be commands."""
        typed = event.typed if isinstance(event, PlacedKey) and event.typed else event.character
        if typed and typed.isprintable() and self._enter(typed):
            event.prevent_default()

    def on_paste(self, event: Paste) -> None:
        """The same for what was pasted."""
        self._enter(event.text.partition("\n")[0])

    def _enter(self, text: str) -> bool:
        insert = self._entry()
        if insert is not None:
            insert(text)
        return insert is not None

    def _entry(self) -> Callable[[str], None] | None:
        """What inserts text where it would be typed now."""
        shown = self.focused is not None and all(node.display for node in self.focused.ancestors_with_self)
        return getattr(self.focused, "insert_text_at_cursor", None) if shown else None

    async def on_event(self, event: Event) -> None:
        """Note when a key or the mouse was used last."""
        if isinstance(event, MouseDown | MouseUp) and event.button > LEFT:
            return  # terminals have menus for the right button, and paste with the middle one
        if isinstance(event, InputEvent):
            self.last_input = clock.monotonic()
            if isinstance(event, Key) and not event.is_forwarded:
                self._close_boxes()
                placed = by_place(event, in_text=self._entry() is not None)
                if placed is not event and event.key not in self.screen.active_bindings:
                    event = placed
        await super().on_event(event)

    def why_not_stopped(self) -> str:
        """Whoever waits for this board's answer would wait for ever."""
        return "The shell waits for this board's answer: it cannot be stopped now" if self.emit is not None else ""

    def action_command_palette(self) -> None:
        """Show the command palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Show all themes, to choose one."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Textual's own commands that make sense here. No screenshots: secrets could be on the screen."""
        wanted = ("Theme",) if isinstance(screen, Board) else ("Theme", "Quit")  # the board has a Quit of its own
        for command in super().get_system_commands(screen):
            if command.title in wanted:
                yield command
