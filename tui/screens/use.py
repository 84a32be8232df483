"""Enter without the shell function: the line that switches a shell, and how to get rid of this step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from ..aws.errors import SsoError
from ..aws.model import Profile
from ..guard.rules import SHELL
from ..shell.formats import default_format
from ..shell.startup import StartupPlan, carry_out, plan
from ..shell.switching import switch_lines
from ..text import clean, clean_lines, place
from .asking.guarded import denial, titled
from .base import Dialog, bindings
from .copying import copy
from .dialogs import Confirm
from .jobs import in_thread, plain

if TYPE_CHECKING:
    from ..host import Host

SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "pwsh"}
"""The shells that the function is there for, by the format of their lines."""


async def copy_use_line(app: Host, profile: Profile) -> None:
    """Copy the line that makes a shell use `profile`, and show it."""
    try:
        form = default_format(os.environ, app.parent_shell)
        lines = switch_lines(app.store.config, os.environ, form, profile.name)
    except SsoError as error:
        app.tell(plain(error), "error")
        return
    front = app.screen_stack[-1]
    told = await copy(app, lines, "These lines", quiet=True)
    planned = await in_thread(lambda _cancelled: _plan("zsh" if app.parent_shell == "zsh" else SHELLS.get(form, "")))
    # Copying can take a while, and the user may have gone on meanwhile, or before it began.
    if app.screen_stack[-1] is not front or isinstance(front, Dialog):
        app.tell(told)
        return
    app.push_screen(UseLine(profile, lines, told, planned))


def _plan(shell: str) -> StartupPlan | None:
    """What it comes to to install the function, None where that is not known."""
    try:
        return plan(shell)
    except SsoError:
        return None


class UseLine(Dialog[None]):
    """The line itself, and how `enter` can switch the shell at once: the function, or a sub-shell for now."""

    BINDINGS = [*bindings("use"), Binding("enter", "leave", show=False)]
    PLACE = "use"

    def __init__(self, profile: Profile, lines: str, told: str, planned: StartupPlan | None) -> None:
        super().__init__()
        self._profile = profile
        self._lines = lines
        self._told = told
        self._planned = planned

    def compose(self) -> ComposeResult:
        """Line, what became of it, and the better ways."""
        with Vertical(classes="dialog -small"):
            yield Static(titled(self.sso, "Use", self._profile), classes="dialog-title")
            with VerticalScroll():
                yield Static("Paste these lines into your shell:")
                yield Static(Content(clean_lines(self._lines)), classes="code")
                yield Static(Content(clean(self._told, 400)), classes="gap")
                if self._planned is not None:
                    path, line = clean(place(self._planned.path), 300), self._planned.line
                    if self._planned.there:
                        better = f"{path} defines sso, in line {self._planned.there}. Start the board with sso there."
                        yield Static(Content(f"In new shells enter switches at once: {better}"), classes="gap")
                    else:
                        better = f"put this line into {path} (a does it), then start the board with sso:"
                        yield Static(Content(f"To have enter switch this very shell, {better}"), classes="gap")
                        yield Static(Content(line), classes="code")
                if self.sso.may_open_shell:
                    yield Static("Or open a sub-shell that uses the profile: s", classes="gap")
            yield Footer(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here."""
        if action == "install":
            return self._planned is not None and not self._planned.there
        return action != "sub_shell" or self.sso.may_open_shell

    @work(group="install", exclusive=True, exit_on_error=False, description="add the line")
    async def action_install(self) -> None:
        """Add the line to the shell's start-up file, after a question."""
        planned = self._planned
        if planned is None or planned.there:
            return
        path = place(planned.path)
        where = f"the end of {path}" if planned.before is not None else f"{path}, a new file"
        if not await self.app.push_screen_wait(Confirm(f"Add the line  {planned.line}  to {where}?")):
            return
        try:
            await in_thread(lambda _cancelled: carry_out(planned), f"add a line to {path}")
        except SsoError as error:
            self.sso.tell(plain(error), "error", timeout=15)
            return
        self.dismiss()
        told = f"Added to {path}, as line {planned.number}. New shells have sso; in this one type: {planned.line}"
        self.sso.tell(told, timeout=15)

    def action_sub_shell(self) -> None:
        """End the board, and open a sub-shell that uses the profile."""
        denied = denial(self.sso, self._profile, SHELL)  # to use it has been confirmed just now
        if denied:
            self.sso.tell(denied, "warning", timeout=10)
        else:
            self.sso.open_shell(self._profile.name)
