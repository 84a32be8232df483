"""A small app around one widget or a few, with the program's own style sheets, and states that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

import tui
from tui.aws.model import LEGACY, NONE, SIGNED_OUT, SSO_SESSION, Profile, Session
from tui.terminal.colours import MARKS

from . import resting, stylesheets

stylesheets.share()
resting.share()

STYLES = Path(tui.__file__).parent / "styles"
NOW = 1_770_000_000.0


class FixedStates:
    """States out of two dictionaries; it notes what it was asked for."""

    def __init__(self) -> None:
        self.sessions: dict[str, tuple[str, float | None]] = {}
        self.profiles: dict[str, tuple[str, float | None]] = {}
        self.asked: set[str] = set()

    def session(self, key: str, /) -> tuple[str, float | None]:
        return self.sessions.get(key, (SIGNED_OUT, None))

    def credentials(self, profile_name: str, /) -> tuple[str, float | None]:
        self.asked.add(profile_name)
        return self.profiles.get(profile_name, (NONE, None))


class Host(App[None]):
    """Shows the widgets that `make` gives, and keeps the messages of the kinds in `kinds`."""

    CSS_PATH = [
        STYLES / f"{name}.tcss" for name in ("row_list", "profile_list", "session_list", "detail", "filter_bar", "qr")
    ]

    def __init__(self, make: Callable[[], Iterable[Widget]], *kinds: type[Message]) -> None:
        super().__init__()
        self._make = make
        self._kinds = kinds
        self.got: list[Message] = []

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), **MARKS}

    def compose(self) -> ComposeResult:
        yield from self._make()

    def note(self, message: Message) -> None:
        """For `run_test(message_hook=...)`."""
        if isinstance(message, self._kinds) and message not in self.got:
            self.got.append(message)


def profile(name: str, session: str | None = "acme", account: str = "111111111111", role: str = "Admin") -> Profile:
    return Profile(name, session, account, role, "eu-central-1", "/home/u/.aws/config", 7)


def session(key: str, start_url: str = "") -> Session:
    kind = LEGACY if key.startswith("https://") else SSO_SESSION
    return Session(
        key, kind, start_url or (key if kind == LEGACY else f"https://{key}.awsapps.com/start"), "eu-central-1"
    )


def column_of(line: str, part: str) -> int:
    """The cell at which `part` starts in `line`."""
    return cell_len(line[: line.index(part)])


def screen_lines(pilot: Pilot[None]) -> list[str]:
    """What the terminal shows, line by line."""
    app = pilot.app
    return [strip.text for strip in app.screen._compositor.render_strips()]
