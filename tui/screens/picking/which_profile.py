"""Which of several profiles for one role."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from ...aws.model import Profile
from ...text import clean
from ..base import Dialog, Options, bindings


class Profiles(Options):
    """The profiles, a line each."""

    BINDINGS = [Binding("enter", "select", "Use", key_display="enter")]


class WhichProfile(Dialog[str | None]):
    """Gives the name of the one that is picked, None when left. What tells them apart is beside the names."""

    BINDINGS = bindings("which_profile")
    CSS_PATH = "../../styles/dialogs.tcss"
    AUTO_FOCUS = "OptionList"

    def __init__(self, role: str, profiles: Sequence[Profile]) -> None:
        super().__init__()
        self._role = role
        self._profiles = profiles

    def compose(self) -> ComposeResult:
        """Title, profiles, keys."""
        width = max(len(clean(it.name, 80)) for it in self._profiles)
        with Vertical(classes="dialog -small"):
            yield Static(Content(f"Use which profile of {clean(self._role, 120)}?"), classes="dialog-title")
            yield Profiles(*(Option(_line(it, width), id=it.name) for it in self._profiles), markup=False)
            yield Footer(show_command_palette=False)

    @on(OptionList.OptionSelected)
    def _picked(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)


def _line(profile: Profile, width: int) -> Content:
    about = profile.problems[0] if profile.problems else profile.region
    return Content(f"{clean(profile.name, 80):{width}}  {clean(about, 80)}")
