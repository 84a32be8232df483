"""Enter without the shell function: the line that switches a shell, and how to get rid of this step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws.errors import SsoError
from ..aws.model import Profile
from ..shell.formats import default_format
from ..shell.install import INIT_LINES, STARTUP_FILES
from ..shell.switching import switch_lines
from ..text import clean, clean_lines
from .base import Dialog
from .copying import copy
from .jobs import bindings, plain

if TYPE_CHECKING:
    from ..host import Host

INSTALL = {
    form: (STARTUP_FILES[shell], INIT_LINES[shell])
    for form, shell in (("bash", "bash"), ("zsh", "zsh"), ("fish", "fish"), ("powershell", "pwsh"))
}
"""Where the shell function goes, and the line that defines it."""


async def copy_use_line(app: Host, profile: Profile) -> None:
    """Copy the line that makes a shell use `profile`, and show it."""
    import os

    try:
        shell = default_format(os.environ, app.parent_shell)
        lines = switch_lines(app.store.config, os.environ, shell, profile.name)
    except SsoError as error:
        app.tell(plain(error), "error")
        return
    told = await copy(app, lines, "These lines", quiet=True)
    if len(app.screen_stack) > 1:  # copying can take a while, and the user has gone on meanwhile
        app.tell(told)
        return
    app.push_screen(UseLine(profile, lines, told, INSTALL.get("zsh" if app.parent_shell == "zsh" else shell)))


class UseLine(Dialog[None]):
    """The line itself, and how `enter` can switch the shell at once."""

    BINDINGS = [*bindings("use"), Binding("enter", "leave", show=False)]

    def __init__(self, profile: Profile, lines: str, told: str, install: tuple[str, str] | None) -> None:
        super().__init__()
        self._profile = profile
        self._lines = lines
        self._told = told
        self._install = install

    def compose(self) -> ComposeResult:
        """Line, what became of it, and the better way."""
        with Vertical(classes="dialog -small"):
            yield Static(Content(f"Use {clean(self._profile.name)}"), classes="dialog-title")
            with VerticalScroll():
                yield Static("Paste these lines into your shell:")
                yield Static(Content(clean_lines(self._lines)), classes="code")
                yield Static(Content(clean(self._told, 400)), classes="gap")
                if self._install is not None:
                    place, line = self._install
                    better = f"put this into {place}, then start the board with sso:"
                    yield Static(Content(f"To have enter switch this very shell, {better}"), classes="gap")
                    yield Static(Content(line), classes="code")
            yield Footer(show_command_palette=False)
