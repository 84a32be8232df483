"""Where in the AWS console: a service found by typing, and a region beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from ...aws.requests.regions import regions_like
from ...aws.role.console_services import TITLES, other_names
from ...text import clean
from ...widgets.fuzzy import Index, haystack
from ..base import MOVES, Dialog, Options, bindings, move_in
from ..jobs import in_thread

_MARKED = 14
"""Cells of a region's name."""


class Choice(NamedTuple):
    """A service or region: its name, what it is called, and why it is near the top ("" for no reason)."""

    name: str
    title: str
    why: str = ""


class PickerLine(Input):
    """What is typed narrows the list that is chosen from now; the keys that move are that list's."""

    BINDINGS = [
        Binding("enter", "submit", "Open", key_display="enter", id="service.open"),
        Binding("tab", "screen.other", "Service or region", id="service.other"),
        Binding("question_mark", "screen.help", "Help", key_display="?", priority=True, id="service.help"),
        *MOVES,
    ]


class ServicePicker(Dialog[tuple[str, str] | None]):
    """Gives the service and the region, None when left. `title`: whose console; `home`: the profile's region;
    `services`, `regions`: those used last."""

    BINDINGS = bindings("service")
    CSS_PATH = "../../styles/dialogs.tcss"
    PLACE = "service"
    AUTO_FOCUS = "PickerLine"

    def __init__(self, title: Content, home: str, services: Sequence[str], regions: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._home = home
        self._services = service_choices(services)
        self._regions = region_choices(home, regions, {})
        self._used = list(regions)
        self._typed = ["", ""]
        self._active = 0

    def compose(self) -> ComposeResult:
        """The line, and both lists."""
        with Vertical(classes="dialog -large"):
            yield Static(self._title, classes="dialog-title")
            yield PickerLine(compact=True, placeholder="a service: s3, lambda, step functions …")
            with Horizontal(id="places"):
                yield Options(id="services", markup=False)
                yield Options(id="regions", markup=False)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the lists; the regions of the partition come from a file."""
        for options in self.query(OptionList):
            options.can_focus = False
        self._fill(0)
        self._fill(1)
        self._show_active()
        self.find_regions()

    @work(group="regions", exit_on_error=False, description="list the regions")
    async def find_regions(self) -> None:
        """List all regions of the profile's partition."""
        known = await in_thread(lambda _cancelled: regions_like(self._home), "list the regions")
        self._regions = region_choices(self._home, self._used, known)
        self._fill(1)

    def _lists(self) -> tuple[OptionList, OptionList]:
        return self.query_one("#services", OptionList), self.query_one("#regions", OptionList)

    def _fill(self, which: int) -> None:
        options, choices = self._lists()[which], (self._services, self._regions)[which]
        before = self._highlighted(which)
        found = search(choices, self._typed[which])
        options.clear_options()
        options.add_options(Option(_line(choice, which == 1), id=choice.name) for choice in found)
        names = [choice.name for choice in found]
        keep = not self._typed[which] and before in names
        options.highlighted = (names.index(before) if keep else 0) if names else None

    def _highlighted(self, which: int) -> str:
        options = self._lists()[which]
        if options.highlighted is None or not options.option_count:
            return ""
        return options.get_option_at_index(options.highlighted).id or ""

    def _show_active(self) -> None:
        for which, options in enumerate(self._lists()):
            options.set_class(which == self._active, "-active")

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        if message.value != self._typed[self._active]:
            self._typed[self._active] = message.value
            self._fill(self._active)

    def action_other(self) -> None:
        """Choose from the other list."""
        self._active = 1 - self._active
        line = self.query_one(PickerLine)
        line.value = self._typed[self._active]
        line.placeholder = "a region: eu-west-1, tokyo …" if self._active else "a service: s3, lambda, step functions …"
        self._show_active()

    def action_move(self, where: str) -> None:
        """Move in the list that is chosen from now."""
        move_in(self._lists()[self._active], where)

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def _chosen(self) -> None:
        service, region = self._highlighted(0), self._highlighted(1)
        if service and region:
            self.dismiss((service, region))
        else:
            self.sso.tell("Nothing matches what is typed" if self._typed[self._active] else "Choose first", "warning")


def service_choices(used: Sequence[str]) -> list[Choice]:
    """All services, those used last first, the others by what they are called."""
    rest = sorted((name for name in TITLES if name not in used), key=lambda name: TITLES[name].lower())
    return [
        *(Choice(name, TITLES.get(name, name), "used last") for name in used),
        *(Choice(name, TITLES[name]) for name in rest),
    ]


def region_choices(home: str, used: Sequence[str], known: dict[str, str]) -> list[Choice]:
    """The profile's region, then those used last, then all others. With nothing `known` used ones are not offered:
    they may be of another partition."""
    first = [name for name in used if name in known and name != home]
    return [
        *([Choice(home, known.get(home, ""), "the profile's")] if home else []),
        *(Choice(name, known[name], "used last") for name in first),
        *(Choice(name, title) for name, title in known.items() if name not in (home, *first)),
    ]


def search(choices: Sequence[Choice], query: str) -> list[Choice]:
    """Those that match what is typed, best match first; of equally good ones the one that stands first in `choices`."""
    if not query.strip():
        return list(choices)
    haystacks = [haystack(choice.title, choice.name, *other_names(choice.name)) for choice in choices]
    return [choices[index] for index in Index(haystacks, range(len(choices))).search(query)]


def _line(choice: Choice, region: bool) -> Content:
    # In one style: what is muted cannot be read in every theme's highlighted line.
    if region:
        # The city first: where there is no room for all of it, the part of the world is what the name says too.
        part, _, city = choice.title.removeprefix("AWS ").removesuffix(")").partition(" (")
        about = ", ".join(filter(None, [choice.why, city, "" if choice.why and city else part]))
        return Content(f"{clean(choice.name):{_MARKED}}  {clean(about, 80)}")
    known = choice.title.lower().replace(" ", "") == choice.name
    return Content(clean(choice.title if known else f"{choice.title}  {choice.name}", 100))
