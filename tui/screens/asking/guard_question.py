"""The question before something is done with a guarded profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ...aws import clock
from ...aws.model import Profile
from ...guard.rules import CONSOLE, EXEC, EXPORT, SHELL, USE
from ...text import clean
from ...widgets.bars import MUTED
from ...words.account import BOTH, account
from ...words.marks import Mark
from ..base import Dialog, bindings, rows

DOING = {
    USE: "Use",
    EXPORT: "Hand out credentials of",
    CONSOLE: "Open the console of",
    EXEC: "Run a command with",
    SHELL: "Open a sub-shell with",
}

PAUSE = 0.4
"""Seconds for which `y` must have been left alone to count: on the board it copies, and a key that is held down, or
struck twice, is no answer."""

NAMED = 5


class GuardQuestion(Dialog[bool]):
    """What is to be done, with which account and role, and which rule asks (`why`). Only `y` does it; enter is the
    default, which is no."""

    CSS_PATH = "../../styles/dialogs.tcss"
    BINDINGS = [*bindings("guard"), Binding("enter,n", "leave", show=False)]
    PLACE = "guard"

    def __init__(self, action: str, profiles: Sequence[tuple[Profile, Mark | None]], why: str) -> None:
        super().__init__()
        self._action = action
        self._profiles = profiles
        self._why = why
        self._pressed = clock.monotonic()

    def compose(self) -> ComposeResult:
        """The question, and what it is about."""
        profiles, doing = self._profiles, DOING[self._action]
        with Vertical(classes="dialog -small"):
            if len(profiles) == 1:
                yield Static(Content.assemble(f"{doing} ", *_named(*profiles[0]), "?"), classes="dialog-title")
            else:
                yield Static(Content(f"{doing} {len(profiles)} profiles?"), classes="dialog-title")
            with VerticalScroll():
                if len(profiles) == 1:
                    yield Static(rows(_fields(profiles[0][0])))
                for profile, mark in profiles[:NAMED] if len(profiles) > 1 else ():
                    yield Static(Content.assemble(*_named(profile, mark)))
                if len(profiles) > NAMED:
                    yield Static(Content.styled(f"and {len(profiles) - NAMED} more", MUTED))
                yield Static(Content.styled(clean(self._why), MUTED), classes="gap")
            yield Footer(show_command_palette=False)

    def action_yes(self) -> None:
        """Do it, if the key was meant."""
        before, self._pressed = self._pressed, clock.monotonic()
        if self._pressed - before >= PAUSE:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(False)


def _named(profile: Profile, mark: Mark | None) -> Iterator[str | tuple[str, str]]:
    yield clean(profile.label, 80)
    if mark is not None:
        yield " "
        yield mark.text, mark.style


def _fields(profile: Profile) -> list[tuple[str, str, str]]:
    return [
        ("account", account(profile.account_id, profile.account_name, BOTH), "bold"),
        ("role", profile.role_name, "bold"),
        ("region", profile.region, ""),
    ]
