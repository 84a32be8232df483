"""What a screen may ask of the application it is shown in. The application is more than that; screens need not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from textual.notifications import SeverityLevel
from textual.worker import Worker

from . import state_file
from .aws.model import Profile, Secret, Session
from .aws.state.store import Store
from .remembered import Remembered
from .said import Said
from .settings import Settings
from .state_file import State

if TYPE_CHECKING:
    from textual.screen import Screen


class Host(Protocol):
    """The application, for screens. All of it is for the event loop, but `open_browser`.

    `start_url`: the one that a demo offers to newcomers, "" elsewhere.
    `emit`: the shell that a choice is for, None when the board was started by itself. `may_open_shell`: whether a
    sub-shell can take this program's place. `copied`: the secret that was put
    on the clipboard last. `last_input`: when a key or the mouse was used last, by `clock.monotonic`.
    """

    settings: Settings
    said: Said
    remembered: Remembered
    store: Store
    demo: bool
    start_url: str
    emit: str | None
    parent_shell: str
    may_open_shell: bool
    copied: Secret | None
    last_input: float

    @property
    def state(self) -> State:
        """What is remembered."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens that are open, the one in front last."""

    def push_screen(self, screen: Screen[None], /) -> object:
        """Open a screen."""

    def show_help(self, place: str) -> None:
        """Show all keys, those of one place first."""

    def tell(self, message: str, severity: SeverityLevel = "information", timeout: float = 6) -> None:
        """Say something for `timeout` seconds: errors in a box, the rest in the status line. Foreign text in it is made
        harmless."""

    def tell_fault(self, event: Worker.StateChanged) -> None:
        """If a job in the background has failed, say so."""

    def let_go(self) -> None:
        """Take away what is said, because it was about something else."""

    def announce(self, message: str) -> None:
        """Tell somebody who looks elsewhere, in the way that the terminal understands. Foreign text in it is made
        harmless."""

    def show_title(self, text: str) -> None:
        """Set the terminal's title. Foreign text in it is made harmless."""

    def choose_flow(self, session: Session) -> tuple[str, str]:
        """The flow to sign in to `session` with, and why it is not the one in the settings. For threads: it looks for a
        browser."""

    def open_browser(self, url: str, session: str = "") -> str:
        """Open `url` in the browser that the settings have for a session. Returns why not. For threads: it blocks."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to copy."""

    async def forget_clipboard(self) -> None:
        """Take what was copied off the clipboard now, if it is still there."""

    def use(self, profile: Profile) -> None:
        """Choose a profile: end with it for the shell function, or copy the line that switches a shell."""

    def open_shell(self, name: str) -> None:
        """End, and have a sub-shell with the profile called `name` take this program's place."""

    def note_use(self, name: str) -> None:
        """Remember a use of the profile called `name`."""

    def remember(self, change: state_file.Change) -> None:
        """Change what is remembered: here at once, in the file in the background."""
