"""Profiles for the ticked roles: template, region and output, with all names as they will be; then the diff."""

from __future__ import annotations

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
from ....aws.config.writing.profile_plan import Choices, Existing, Plan, Role, make_plan
from ....aws.config.writing.sections import Refused
from ....aws.errors import SsoError
from ....aws.model import Session
from ....aws.requests.regions import regions_like
from ....aws.role.offered import Offer, all_roles, wanted
from ....aws.state.store import Store
from ....settings import save
from ....text import clean
from ....widgets.bars import MUTED
from ....words.plans import count, summed_up, told
from ...base import Dialog, failure, move_rows
from ...changes.change import Edit
from ...changes.config_change import ConfigChange
from ...jobs import bindings, in_thread
from .preview import Preview, preview_rows
from .switch import Switch

TEMPLATE, REGION, OUTPUT, BESIDE, PRUNE = "template", "region", "output", "beside", "prune"

NO_VALUE = "none"

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
        self._existing: Existing | None = None
        self._offered: frozenset[Role] | None = None
        self._error: SsoError | None = None
        self._plan: Plan | None = None
        self._problem = ""

    def compose(self) -> ComposeResult:
        """The entries, what they come to, keys."""
        settings = self.sso.settings
        region = settings.accounts_region or self.session.region
        with Vertical(classes="dialog -large -tall -broad"):
            title = f"Profiles for {count(len(self._wanted), 'role')} of {clean(self.session.key, 80)}"
            yield Static(Content(title), classes="dialog-title")
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
                yield Switch("Roles with a profile too", id=BESIDE)
                yield Switch("Rename and remove ssotui's own", id=PRUNE)
            yield Preview()
            yield Static(id="sum")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read what is there."""
        super().on_mount()
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
            return existing, all_roles(account_list.load(session)), list(regions_like(session.region))

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
        if self._existing is None and self._error is None:
            return
        self._problem = ""
        try:
            choices = self.choices()
            if self._existing is not None:
                self._plan = make_plan(self._existing, self.session, self._wanted, choices, self._offered)
        except Refused as error:
            self._problem = str(error)
        preview = self.query_one(Preview)
        preview.set_class(bool(self._problem), "-old")
        if self._plan is not None and not self._problem:
            preview.set_rows(preview_rows(self._plan))
        self.query_one("#sum", Static).update(self._sum())

    def _sum(self) -> Content:
        if self._error is not None:
            return failure(self._error)
        if self._problem:
            return Content.styled(clean(self._problem, 300), "$text-error")
        assert self._plan is not None
        parts = [Content(summed_up([self._plan]) or "Nothing is to be changed")]
        numbered = sum(it.numbered for it in self._plan.roles)
        replaced = sum(it.replaced for it in self._plan.roles)
        for number, what in ((numbered, "numbered"), (replaced, "with characters replaced")):
            if number:
                parts.append(Content.styled(f"   {number} {what}", "$text-warning"))
        if self.query_one(f"#{PRUNE}", Switch).on and self._offered is None:
            parts.append(Content.styled("   nothing is removed: not everything is listed", MUTED))
        return Content.assemble(*parts)

    def action_move(self, where: str) -> None:
        """Move in the names."""
        move_rows(self.query_one(Preview), where)

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
        choices = self.choices()
        made: list[Plan] = []

        def edit(text: str) -> str:
            made[:] = [
                make_plan(
                    Existing(text, credentials_sections(self.store.environ)),
                    self.session,
                    self._wanted,
                    choices,
                    self._offered,
                )
            ]
            return made[0].edit(text)

        change = Edit(
            f"{summed_up([self._plan])}?" if self._plan is not None else "",
            edit,
            lambda: summed_up(made, done=True),
            lambda: told(made, "Rename"),
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
