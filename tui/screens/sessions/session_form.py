"""A new session, or a change of one: asks for a start URL and what that does not tell, shows what would be written, and
signs in.

Nothing is written before the sign-in has succeeded; whoever leaves before has changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from ...aws.cache import config_edit
from ...aws.config.hosts import host_of, is_portal
from ...aws.config.writing import sections
from ...aws.config.writing.new_session import SCOPE, is_regions_name
from ...aws.errors import SsoError
from ...aws.model import SSO_SESSION, Session
from ...aws.requests.behalf import profile_in_use
from ...aws.requests.endpoints import sign_in_override
from ...aws.requests.regions import regions_like
from ...aws.requests.start_page import find_region
from ...aws.session.device_code import DeviceSignIn
from ...aws.session.draft import Draft
from ...aws.state.store import Store
from ...text import clean, place
from ...widgets.bars import MUTED
from ..base import MOVES, Dialog, bindings, move_in
from ..jobs import in_thread
from ..picking.service_picker import search
from ..sign_in.screen import SignInScreen
from .typed_session import NAME, REGION, START_URL, Entries, Reading, asks_page, explained, read, region_choices, shown

_PARTITIONS = ("us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1")
"""A region of each partition whose regions are offered."""

LOW = 12
"""Lines below which not all entries are in sight."""


class EntryLine(Input):
    """An entry. Enter goes on: to what is missing, or to the sign-in."""

    BINDINGS = [
        Binding("enter", "submit", "Sign in", key_display="enter", id="session_form.go_on"),
        Binding("tab", "screen.focus_next", "Next", id="session_form.next"),
        Binding("shift+tab", "screen.focus_previous", show=False, id="session_form.previous"),
    ]


class RegionLine(EntryLine):
    """What is typed narrows the list of regions below; the keys that move are that list's."""

    BINDINGS = MOVES


class SessionForm(Dialog[str | None]):
    """Gives the name of the session that was added, None when it was left. `offered`: the start URL of a demo.
    `changed`: the session that is to have another start URL or region."""

    CSS_PATH = "../../styles/session_form.tcss"
    BINDINGS = bindings("session_form")
    PLACE = "session_form"
    AUTO_FOCUS = "#start-url"

    def __init__(self, store: Store, offered: str = "", changed: Session | None = None) -> None:
        super().__init__()
        self.store = store
        self._offered = offered
        self._changed_one = changed
        self._typed = Entries(offered) if changed is None else Entries(changed.start_url)
        self._asked: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._told: dict[str, tuple[str, bool]] = {}
        self._where = ""
        self._problem = ""
        self._first = not store.config.sessions and not store.config.profiles

    def compose(self) -> ComposeResult:
        """The entries, each with what is to be said of it below; then what would be written."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title()), classes="dialog-title")
            with VerticalScroll(can_focus=False):
                with Horizontal(classes="entry"):
                    yield Static("Start URL", classes="entry-name")
                    yield EntryLine(
                        self._typed.start_url, id=START_URL, compact=True, placeholder="https://acme.awsapps.com/start"
                    )
                yield Static(id=f"about-{START_URL}", classes="about")
                with Horizontal(classes="entry"):
                    yield Static("Region", classes="entry-name")
                    yield RegionLine(
                        self._typed.region,
                        id=REGION,
                        compact=True,
                        placeholder="type to search: frankfurt, eu-west-1 …",
                    )
                yield OptionList(id="regions", markup=False)
                yield Static(id=f"about-{REGION}", classes="about")
                with Horizontal(classes="entry", id="name-entry"):
                    yield Static("Name", classes="entry-name")
                    yield EntryLine(id=NAME, compact=True, placeholder="what the session is called here")
                yield Static(id=f"about-{NAME}", classes="about")
                yield Static(id="would-write")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look what the config file is, and which regions there are."""
        regions = self.query_one("#regions", OptionList)
        regions.can_focus = False
        regions.display = False
        self.query_one("#name-entry").display = self._changed_one is None
        self.show()
        self.look_around()

    @work(group="look", exit_on_error=False, description="look at the config file")
    async def look_around(self) -> None:
        """Find out where the session would be written, and what regions are called."""

        def look(_cancelled: object) -> tuple[str, str, dict[str, str]]:
            known = {name: title for each in _PARTITIONS for name, title in regions_like(each).items()}
            try:
                file = config_edit.read(self.store.environ)
                file.edited(lambda text: sections.add(text, []))  # what the AWS CLI refuses says so now
            except SsoError as error:
                return "", error.title, known
            return f"{place(file.path)}{'' if file.data is not None else ', a new file'}", "", known

        self._where, problem, self._known = await in_thread(look, "look at the config file")
        self._problem = problem
        self._fill()
        self.show()

    def _title(self) -> str:
        if self._changed_one is not None:
            return f"Change session {clean(self._changed_one.key, 80)}"
        return "Sign in with a start URL" if self._first else "New session"

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def sessions(self) -> Mapping[str, Session]:
        """What is configured."""
        return self.store.config.sessions

    def reading(self) -> Reading:
        """What the entries come to by now."""
        start_url = read(self._typed, self.sessions).start_url
        return read(self._typed, self.sessions, self._asked.get(start_url, ""), self._changed_one)

    def show(self) -> None:
        """Propose what is not typed, and say what there is to say."""
        found = self.reading()
        for entry, value, own in ((REGION, found.region, self._typed.region), (NAME, found.name, self._typed.name)):
            line = self.query_one(f"#{entry}", EntryLine)
            if not own and line.value != value and not (entry == REGION and line.has_focus):
                with line.prevent(Input.Changed):
                    line.value = value
        notes = {START_URL: self._about_url(found), REGION: found.why or self._about_region(), NAME: ""}
        for entry, note in notes.items():
            text, bad = self._told.get(entry, (note, False))
            about = self.query_one(f"#about-{entry}", Static)
            about.update(Content.styled(clean(text, 600), "$text-error" if bad else MUTED))
            about.display = bool(text)
        self.query_one("#would-write", Static).update(self._would_write(found))

    def _about_url(self, found: Reading) -> str:
        typed = self._typed.start_url.strip()
        if not typed:
            return "In the e-mail that invited you; your administrator knows it"
        if self._offered and typed == self._offered:
            return "The demo's own: enter goes on"
        return f"That is {found.start_url}" if found.start_url not in ("", typed) else ""

    def _about_region(self) -> str:
        if not self.query_one("#regions").display:
            return ""
        if self._offered:
            return "In the demo any region will do: enter takes one"
        return "Whoever gave you the URL knows; a wrong one is told"

    def _would_write(self, found: Reading) -> Content:
        text, bad = self._told.get("", (self._problem, bool(self._problem)))
        parts = [Content.styled(clean(text, 1000), "$text-error" if bad else "$text-warning")] if text else []
        what = f"Once you are signed in, this is written to {clean(self._where, 300) or '…'}:"
        if self._problem:
            what = "What would have to be in it:"
        if not found.start_url and not self._problem:
            what = "Nothing is written before you are signed in."
        lines = found.lines() if self._changed_one is None else found.changes(self._changed_one)
        if not lines and found.start_url:
            what = "Nothing is changed yet."
        parts.append(Content.styled(what, MUTED))
        parts += [Content(f"  {clean(line, 300)}") for line in lines]
        return Content("\n").join(parts)

    def _say(self, entry: str, text: str, bad: bool = True) -> None:
        """Say something of an entry, or of the whole ("")."""
        self._told = {entry: (text, bad)} if text else {}
        self.show()
        if entry:
            self.set_focus(self.query_one(f"#{entry}", EntryLine))

    # -- the entries --------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        value = message.value
        if message.input.id == START_URL:
            self._typed = self._typed._replace(start_url=value)
        elif message.input.id == NAME:
            self._typed = self._typed._replace(name=value)
        else:
            self._fill(value)
            self._typed = self._typed._replace(region=self._picked(value))
        self.workers.cancel_group(self, "go on")
        self._told = {}
        self.show()

    def _picked(self, value: str) -> str:
        """The region that is meant by what is typed: itself where it is one, else the first that it finds."""
        word = value.strip().lower()
        return word if is_regions_name(word) or not word else self._highlighted() or word

    def _fill(self, value: str = "") -> None:
        options = self.query_one("#regions", OptionList)
        choices = region_choices(self.reading().start_url, self.sessions.values(), self._known)
        found = search(choices, value)
        options.clear_options()
        options.add_options(Option(shown(choice), id=choice.name) for choice in found)
        names = [choice.name for choice in found]
        known = self.reading().region
        keep = not value and known in names
        options.highlighted = (names.index(known) if keep else 0) if names else None

    def _highlighted(self) -> str:
        options = self.query_one("#regions", OptionList)
        if options.highlighted is None or not options.option_count:
            return ""
        return options.get_option_at_index(options.highlighted).id or ""

    def on_descendant_focus(self) -> None:
        """The regions are listed while one is chosen."""
        regions = self.query_one("#regions", OptionList)
        wanted = self.focused is not None and self.focused.id == REGION
        if wanted != regions.display:
            regions.display = wanted
            if wanted:
                self._fill()
            else:
                line, region = self.query_one(f"#{REGION}", EntryLine), self.reading().region
                with line.prevent(Input.Changed):
                    line.value = region
        self.show()
        self.call_after_refresh(self._scroll)

    def _scroll(self) -> None:
        """In a terminal of few lines have the entry on top, with what belongs to it below."""
        body = self.query_one(VerticalScroll)
        if self.focused is not None and isinstance(self.focused.parent, Horizontal) and body.size.height < LOW:
            body.scroll_to_widget(self.focused.parent, top=True, animate=False)

    def action_move(self, where: str) -> None:
        """Move in the list of regions, which chooses."""
        regions = self.query_one("#regions", OptionList)
        if regions.display:
            move_in(regions, where)
            self._pick(self._highlighted())
        else:
            super().action_move(where)

    def _pick(self, region: str) -> None:
        line = self.query_one(f"#{REGION}", EntryLine)
        with line.prevent(Input.Changed):
            line.value = region
        line.cursor_position = len(region)
        self._typed = self._typed._replace(region=region)
        self._told = {}
        self.show()

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        self._pick(message.option.id or "")
        self.set_focus(self.query_one(f"#{REGION}", EntryLine))

    # -- going on -----------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _go_on(self, message: Input.Submitted) -> None:
        message.stop()
        if self.app.screen is not self:
            return  # pressed twice: the sign-in is there already
        if message.input.id == REGION and not self.reading().region:
            self._pick(self._highlighted())
        found = self.reading()
        wrong = next((entry for entry in (START_URL, REGION, NAME) if entry in found.wrong), None)
        if wrong is not None:
            self._say(wrong, found.wrong[wrong])
        elif asks_page(found) and found.start_url not in self._asked and self._asks(found):
            self.ask_portal(found)
        elif not found.region:
            self._say(REGION, "", bad=False)
        elif self._changed_one is not None and not found.changes(self._changed_one):
            self._say("", "Start URL and region are as they were: there is nothing to change", bad=False)
        else:
            self.sign_in(found)

    def _asks(self, found: Reading) -> bool:
        """Whether to look at the portal: where requests go somewhere else than to AWS, its page says nothing."""
        override = sign_in_override(self.store.config, profile_in_use(self.store.snapshot), self.store.environ)
        return not (override and is_portal(host_of(found.start_url)))

    @work(group="go on", exclusive=True, exit_on_error=False, description="ask the portal for its region")
    async def ask_portal(self, asked: Reading) -> None:
        """Ask the portal itself for its region; then the user has another look at all, or chooses one."""
        self._say("", f"Asking {host_of(asked.start_url)} for its region …", bad=False)
        try:
            region = await in_thread(lambda cancelled: find_region(asked.start_url, cancelled), "ask the portal")
        except SsoError as error:
            self._say(*explained(error, asked))
            return
        self._asked[asked.start_url] = region
        self._told = {}
        if region and asked.region in ("", region):
            self._say("", f"It is in {region}. Enter signs in", bad=False)
        elif region:
            self._typed = self._typed._replace(region="")
            self._say("", f"It is in {region}, not in {asked.region}. Enter signs in", bad=False)
        elif asked.region:
            self.sign_in(asked)
        else:
            self._say(REGION, "", bad=False)

    @work(group="go on", exclusive=True, exit_on_error=False, description="sign in")
    async def sign_in(self, wanted: Reading) -> None:
        """Ask AWS for a code; with it the sign-in screen opens, without it the entries stay as they are."""
        session = Session(wanted.name, SSO_SESSION, wanted.start_url, wanted.region, [SCOPE])
        changed = self._changed_one
        session.scopes = session.scopes if changed is None else changed.scopes
        draft = Draft(session, self.store.environ, changes=changed is not None)
        begun = DeviceSignIn(self.store, session, draft=draft)
        self._say("", f"Asking AWS in {wanted.region} for a code …", bad=False)

        def begin(cancelled: object) -> None:
            draft.check()
            begun.start(cancelled)  # type: ignore[arg-type]

        try:
            await in_thread(begin, f"sign in to {session.key}")
        except SsoError as error:
            self._say(*explained(error, wanted))
            return
        self._told, self._problem = {}, ""
        self.show()
        await self.app.push_screen_wait(SignInScreen(self.store, [session], draft=draft, begun=begun))
        if await in_thread(lambda _cancelled: draft.give_up(), "leave the sign-in"):
            self._say("", "You are not signed in, so nothing was written. Enter tries again", bad=False)
            return
        self.dismiss(session.key)
        kept = f"; what it was is in {place(draft.backup)}" if draft.backup else ""
        done = "It is in" if changed is None else "The change is in"
        self.sso.tell(f"Signed in to {session.key}. {done} {place(draft.path)}{kept}", timeout=10)
