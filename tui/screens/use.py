"""Enter without the shell function: the line that switches a shell, and how to get rid of this step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..aws.errors import SsoError
from ..aws.export import default_format, use_profile_lines
from ..aws.model import Profile
from ..text import clean, clean_lines
from .clipboard import copy
from .jobs import plain

if TYPE_CHECKING:
    from ..app import SsoApp

INSTALL = {
    "bash": 'eval "$(ssotui init bash)"   in ~/.bashrc (zsh: ssotui init zsh, in ~/.zshrc)',
    "fish": "ssotui init fish | source   in ~/.config/fish/config.fish",
    "powershell": "ssotui init pwsh | Out-String | Invoke-Expression   in $PROFILE",
    "cmd": "",
}


async def copy_use_line(app: SsoApp, profile: Profile) -> None:
    """Copy the line that makes a shell use `profile`, and show it."""
    import os

    shell = default_format(os.environ, app.parent_shell)
    try:
        lines = use_profile_lines(shell, profile.name)
    except SsoError as error:
        app.tell(plain(error), "error")
        return
    told = await copy(app, lines, f"The line that uses {profile.name}")
    app.push_screen(UseLine(profile, lines, told, INSTALL.get(shell, "")))


class UseLine(ModalScreen[None]):
    """The line itself, and how `enter` can switch the shell at once."""

    CSS_PATH = "../styles/dialogs.tcss"
    BINDINGS = [Binding("escape,enter,q", "dismiss", "Back")]

    def __init__(self, profile: Profile, lines: str, told: str, install: str) -> None:
        super().__init__()
        self._profile = profile
        self._lines = lines
        self._told = told
        self._install = install

    def compose(self) -> ComposeResult:
        """Line, what became of it, and the better way."""
        with Vertical(classes="dialog -small"):
            yield Static(Content(f"Use {clean(self._profile.name)}"), classes="dialog-title")
            yield Static(Content(clean_lines(self._lines)), classes="code")
            yield Static(Content(clean(self._told, 400)))
            if self._install:
                better = "To have enter switch this very shell, add this line, then start the board with: sso"
                yield Static(Content(better), classes="gap")
                yield Static(Content(self._install), classes="code")
            yield Static(Content.assemble(("esc", "bold"), " Back"), classes="dialog-keys")
