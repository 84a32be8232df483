"""Profiles for the ticked roles: template, region and output, with all names as they will be; then the diff."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Footer, Input, Static

from ....aws.cache import account_list, config_edit
from ....aws.config.checks import OUTPUTS, is_region
from ....aws.config.loading import credentials_sections
from ....aws.config.writing.name_template import PLACEHOLDERS, Template, Wrong
from ....aws.config.writing.profile_plan import Choices, Existing, ProfilePlan, Role, make_plan
from ....aws.config.writing.sections import Refused
from ....aws.errors import SsoError
from ....aws.model import Session
from ....aws.requests.regions import regions_like
from ....aws.role.offered import Offer, to_prune_by, wanted
from ....aws.state.store import Store
from ....settings import save
from ....text import clean
from ....widgets.bars import MUTED
from ....words.counts import counted
from ....words.plans import left, summed_up
from ...base import Dialog, bindings, failure, scroll_text
from ...changes.change import TextChange
from ...changes.config_change import ConfigChange
from ...jobs import in_thread
from .preview import Preview, preview_rows
from .switch import Switch

TEMPLATE, REGION, OUTPUT, BESIDE, PRUNE = "template", "region", "output", "beside", "prune"

NO_VALUE = "none"

AT_ONCE = 300
"""Roles whose names are found while one types; for more it is waited until the typing rests."""

PAUSE = 0.15
"""Seconds without a key after which it does."""

HINT = f"{' '.join(f'{{{each}}}' for each in PLACEHOLDERS)}\nfilters: {{account_name|lower|replace: :-}}, also |upper"


class ProfileLine(Input):
    """An entry. Enter goes on to the diff."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Show the change", key_display="enter", id="profiles.show"),
        Binding("tab", "screen.focus_next", "Next", id="profiles.next"),
    ]


class WriteProfiles(Dialog[bool]):
    """Gives whether profiles were written. `offers`: the ticked roles of the session."""

    CSS_PATH = "../../../styles/profiles.tcss"
    BINDINGS = bindings("profiles")
    PLACE = "profiles"
    AUTO_FOCUS = f"#{TEMPLATE}"

    def __init__(self, store: Store, session: Session, offers: Sequence[Offer]) -> None:
        super().__init__()
        self.store = store
        self.session = session
        self._wanted = wanted(offers)
        self._all_configured = all(it.names for it in offers)
        self._existing: Existing | None = None
        self._offered: frozenset[Role] | None = None
        self._error: SsoError | None = None
        self._plan: ProfilePlan | None = None
        self._problem = ""
        self._what = f"{counted(len(self._wanted), 'role')} of {session.key}"

    def compose(self) -> ComposeResult:
        """The entries, what they come to, keys."""
        settings = self.sso.settings
        region = settings.accounts_region or self.session.region
        with Vertical(classes="dialog -large -tall -broad"):
            yield Static(Content(f"Profiles for {clean(self._what, 100)}"), classes="dialog-title")
            with Horizontal(classes="entry"):
                yield Static("Template", classes="entry-name")
                yield ProfileLine(settings.accounts_template, id=TEMPLATE, compact=True, select_on_focus=False)
            yield Static(Content(HINT), id="hint")
            with Horizontal(classes="entry"):
                yield Static("Region", classes="entry-name")
                yield ProfileLine(region, id=REGION, compact=True, placeholder=NO_VALUE, select_on_focus=False)
                yield Static("Output", classes="entry-name -second")
                outputs = SuggestFromList(OUTPUTS)
                yield ProfileLine(
                    settings.accounts_output, id=OUTPUT, compact=True, placeholder=NO_VALUE, suggester=outputs
                )
            with Horizontal(id="switches"):
                yield Switch("Also roles with a profile", self._all_configured, id=BESIDE)
                yield Switch("Rename and prune ssotui's own", False, id=PRUNE)
            yield Preview()
            yield Static(id="sum")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read what is there."""
        self.query_one(Preview).can_focus = False
        self.read()

    @work(group="read", exclusive=True, exit_on_error=False, description="read the config file")
    async def read(self) -> None:
        """Read what there is to be written beside, and which regions there are."""
        session, environ = self.session, self.store.environ

        def look(_cancelled: object) -> tuple[Existing, frozenset[Role] | None, list[str]]:
            file = config_edit.read(environ, to_write=False)
            names = credentials_sections(environ)
            try:
                existing = Existing(file.text, names)
            except Refused as error:
                raise config_edit.not_written(file.path, str(error)) from None
            return existing, to_prune_by(account_list.load(session)), list(regions_like(session.region))

        try:
            self._existing, self._offered, regions = await in_thread(look, "read the config file")
            self._error = None
        except SsoError as error:
            self._existing, self._error = None, error
        else:
            self.query_one(f"#{REGION}", ProfileLine).suggester = SuggestFromList(regions)
        self.show()

    def configuration_changed(self) -> None:
        """Other names may be taken by now."""
        self.read()

    # -- what is shown -------------------------------------------------------------------------------------------

    def _value(self, entry: str) -> str:
        value = self.query_one(f"#{entry}", ProfileLine).value.strip()
        return "" if value == NO_VALUE else value

    def choices(self) -> Choices:
        """What the entries say. Raises Refused."""
        region, output = self._value(REGION), self._value(OUTPUT)
        try:
            template = Template(self.query_one(f"#{TEMPLATE}", ProfileLine).value.strip())
        except Wrong as error:
            raise Refused(f"template: {error}") from None
        if region and not is_region(region):
            raise Refused(f"{region} is not a region")
        if output and output not in OUTPUTS:
            raise Refused(f"{output} is no output of the AWS CLI: there are {', '.join(OUTPUTS)}")
        return Choices(
            template,
            region,
            output,
            frozenset((REGION, OUTPUT)),
            prune=self.query_one(f"#{PRUNE}", Switch).on,
            beside=self.query_one(f"#{BESIDE}", Switch).on,
        )

    @on(Input.Changed)
    @on(Switch.Turned)
    def show(self) -> None:
        """Show what the entries come to."""
        existing = self._existing
        self._problem = ""
        try:
            choices = self.choices()
        except Refused as error:
            self._problem = str(error)
        else:
            if existing is not None and len(self._wanted) <= AT_ONCE:
                self._planned(self._outcome(existing, choices))
            elif existing is not None:
                self.show_soon(existing, choices)
        self._show_sum()

    @work(group="plan", exclusive=True, exit_on_error=False, description="find names for the profiles")
    async def show_soon(self, existing: Existing, choices: Choices) -> None:
        """The same for many roles: once the typing rests, and in a thread."""
        await asyncio.sleep(PAUSE)
        self._planned(await in_thread(lambda _cancelled: self._outcome(existing, choices), "find names"))
        self._show_sum()

    def _outcome(self, existing: Existing, choices: Choices) -> ProfilePlan | str:
        """The plan, or why there can be none."""
        try:
            return self._make(existing, choices)
        except Refused as error:
            return str(error)

    def _make(self, existing: Existing, choices: Choices) -> ProfilePlan:
        return make_plan(existing, self.session, self._wanted, choices, self._offered)

    def _planned(self, outcome: ProfilePlan | str) -> None:
        if isinstance(outcome, ProfilePlan):
            self._plan = outcome
            self.query_one(Preview).set_rows(preview_rows(outcome))
        else:
            self._problem = outcome

    def _show_sum(self) -> None:
        self.query_one(Preview).set_class(bool(self._problem), "-old")
        self.query_one("#sum", Static).update(self._sum())

    def _sum(self) -> Content:
        if self._error is not None:
            return failure(self._error)
        if self._problem:
            return Content.styled(clean(self._problem, 300), "$text-error")
        if self._plan is None:
            return Content.styled("…", MUTED)
        parts = [Content(summed_up([self._plan]) or "Nothing is to be changed")]
        numbered = sum(it.numbered for it in self._plan.roles)
        replaced = sum(it.replaced for it in self._plan.roles)
        if numbered:
            parts.append(Content.styled(f"   {numbered} numbered", "$text-warning"))
        if replaced:
            parts.append(Content.styled(f"   {replaced} with characters replaced", MUTED))
        if self.query_one(f"#{PRUNE}", Switch).on and self._offered is None:
            parts.append(Content.styled("   nothing is removed: not everything, or nothing, is listed", MUTED))
        return Content.assemble(*parts)

    def action_move(self, where: str) -> None:
        """Scroll the names."""
        scroll_text(self.query_one(Preview), where)

    # -- going on ------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_go_on()

    @work(group="write", exclusive=True, exit_on_error=False, description="write profiles")
    async def action_go_on(self) -> None:
        """Show the change; when it is written, this is left too."""
        if self._problem or self._existing is None:
            self.sso.tell(self._problem or "The config file cannot be used", "warning")
            return
        choices, environ = self.choices(), self.store.environ
        made: list[ProfilePlan] = []

        def edit(text: str) -> str:
            made[:] = [self._make(Existing(text, credentials_sections(environ)), choices)]
            return made[0].edit(text)

        change = TextChange(
            f"Profiles for {self._what}",
            edit,
            lambda: summed_up(made, done=True),
            lambda: [f"{summed_up(made)}." if summed_up(made) else "", *left(made, "Rename")],
        )
        if await self.app.push_screen_wait(ConfigChange(self.store, change)):
            await self._remember(choices)
            self.dismiss(True)

    async def _remember(self, choices: Choices) -> None:
        """Next time the entries begin with what they were."""
        settings = self.sso.settings
        values = {"accounts.template": choices.template.text, "accounts.output": choices.output}
        before = {"accounts.template": settings.accounts_template, "accounts.output": settings.accounts_output}
        if values == before:
            return
        settings.accounts_template, settings.accounts_output = choices.template.text, choices.output
        problem = await in_thread(lambda _cancelled: save(values), "remember the template")
        if problem:
            self.sso.tell(f"The template is not remembered: {problem}", "warning")
