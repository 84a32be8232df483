"""Signing in, with codes and a QR code or through the browser, to one session or several side by side."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Key

from ...aws import clock
from ...aws.errors import Cancelled, SignInNeeded, SsoError
from ...aws.model import BROWSER, DEVICE, Session, Token
from ...aws.session import joining
from ...aws.session.browser_flow import BrowserCode
from ...aws.session.device_code import DeviceSignIn
from ...aws.session.draft import Draft
from ...aws.state.store import Store
from ...keys import pressed
from ...moments import moment
from ...said import Saying
from ...widgets.bars import SaidLine, TitleBar
from ...widgets.key_bar import KeyBar
from ...words.counts import listed
from ..base import Sized, bindings, move_by_key, scroll_text
from ..copying import copy
from ..jobs import in_thread
from . import footer
from .attempt import DONE, OPEN, STARTING, WAITING, Attempt, Tried, carry_out
from .instructions import CODE
from .learning import learn
from .panels import Body, Chosen, Copied
from .silent_renewal import renew

if TYPE_CHECKING:
    from ...host import Host

CLOSE_AFTER = 0.6
"""Seconds for which the success is shown before the screen closes by itself."""


class SignInScreen(Sized[None]):
    """What to do for one session, or a table of several, and the QR code of the one that has the cursor. `acting`: the
    profile that is signed in for, where it is one. `draft`: the one session where it is in no file yet, and `begun` a
    sign-in to it that shows a code already. `renewable`: the keys of sessions for which AWS may give a token without
    the user; it is asked for that first. `tried`: what there was before a renewal that has been refused."""

    CSS_PATH = ["../../styles/qr.tcss", "../../styles/sign_in.tcss"]
    BINDINGS = bindings("sign_in")
    PLACE = "sign_in"

    def __init__(
        self,
        store: Store,
        sessions: list[Session],
        acting: str | None = None,
        draft: Draft | None = None,
        begun: DeviceSignIn | None = None,
        renewable: Collection[str] = (),
        tried: Tried | None = None,
    ) -> None:
        super().__init__()
        self._tried = tried or {}
        self._renewable = set(renewable)
        self._draft = draft
        self._begun = begun
        self.store = store
        self.sessions = sessions
        self.acting = acting
        self.attempts: list[Attempt] = []
        self._cursor = 0
        self._saying: Saying | None = None
        self._opened = clock.monotonic()

    @property
    def sso(self) -> Host:
        """The application, by its own type."""
        return cast("Host", self.app)

    @property
    def current(self) -> Attempt:
        """The attempt that keys are about."""
        return self.attempts[self._cursor]

    def compose(self) -> ComposeResult:
        """The text at the left, the QR code at its right where there is room."""
        flow = DEVICE if self.sso.settings.flow == DEVICE else ""  # nothing has to be looked for then
        self.attempts = [Attempt(each, flow, tried=self._tried.get(each.key)) for each in self.sessions]
        yield TitleBar("Sign in" if len(self.attempts) > 1 else f"Sign in to {self.current.label}")
        yield Body(self.attempts)
        line = SaidLine()
        line.display = False
        yield line
        yield KeyBar()

    def on_mount(self) -> None:
        """Start all of them at once, with no older message in front."""
        self.sso.let_go()
        self.set_interval(1.0, self.tick)
        for attempt in self.attempts:
            self.attempt(attempt)
        self.tick()

    # -- what is shown ------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Count down, unless the screen is on its way out and has no widgets any more."""
        if self.query_one_optional(TitleBar) is None or not self.attempts:
            return
        waiting = sum(attempt.state in OPEN for attempt in self.attempts)
        summary = f"{waiting} of {len(self.attempts)} open" if len(self.attempts) > 1 else ""
        self.query_one(TitleBar).show(summary, clock.now())
        self.query_one(Body).show(self._cursor)
        self._show_keys()
        self.show_said()

    def show_said(self) -> None:
        """Show what was said last since it was opened; errors too, also of the key that has opened it: a box would be
        over the code."""
        line = self.query_one_optional(SaidLine)
        saying = self.sso.said.latest(clock.monotonic(), errors=True)
        if saying is not None and saying.since < self._opened and saying.severity != "error":
            saying = None
        if line is not None and saying != self._saying:  # each is a layout
            self._saying = saying
            line.show(saying.text if saying else "", saying is not None and saying.severity != "information")

    def _show_keys(self) -> None:
        """Show the keys that do something for the session of the cursor."""
        self.query_one(KeyBar).show(footer.keys(self.current, self.attempts, self.sso.settings.keys), 0)

    # -- one attempt --------------------------------------------------------------------------------------------

    def attempt(self, attempt: Attempt, anew: bool = False) -> None:
        """Start, or start anew, one attempt."""
        attempt.sign_in, attempt.said = None, ("", False)
        self._state(attempt, STARTING, "asking for a code …" if attempt.flow == DEVICE else "starting …")
        self.run_worker(
            self._run(attempt, anew),
            group=f"attempt-{id(attempt)}",
            exclusive=True,
            description="sign in",
            exit_on_error=False,
        )

    async def _run(self, attempt: Attempt, anew: bool) -> None:
        session = attempt.session
        try:
            token = await self._renewed(attempt)
            if token is None:
                if not attempt.flow:  # in a thread: it looks for a browser
                    attempt.flow, attempt.reason = await in_thread(lambda _cancelled: self.sso.choose_flow(session))
                begun, self._begun = self._begun, None
                tried, attempt.tried = attempt.tried, None  # whoever asks once more wants a token of his own
                sign_in = joining.SignIn(
                    attempt.flow, self.store, session, self.acting, anew, draft=self._draft, begun=begun, tried=tried
                )
                attempt.sign_in = sign_in
                tell = self._teller(attempt, sign_in)
                token = await in_thread(lambda cancelled: carry_out(sign_in, tell, cancelled), "sign in")
        except Cancelled:
            return
        except SsoError as error:
            attempt.said = ("", False)
            self._state(attempt, *attempt.ended(error))
            return
        reason = self.store.snapshot.unwritten_reason(session.key)
        unwritten = f"The token could not be stored ({reason}): other programs do not see this sign-in"
        attempt.said = (unwritten, True) if reason else ("", False)
        self._state(attempt, DONE, f"signed in until {moment(token.expires_at, clock.now())}")
        learn(self.app, self.store, session)
        self._go_on(attempt)

    async def _renewed(self, attempt: Attempt) -> Token | None:
        """What AWS gives without the user, None where the user has to sign in. Raises SsoError."""
        if attempt.session.key not in self._renewable:
            return None
        self._renewable.remove(attempt.session.key)
        asking = attempt.message
        self._state(attempt, STARTING, "renewing …")
        attempt.tried = self.store.snapshot.token(attempt.session.key)
        with contextlib.suppress(SignInNeeded):
            return await renew(self.store, attempt.session, self.acting, before_sign_in=True)
        self._state(attempt, STARTING, asking)
        return None

    def _teller(self, attempt: Attempt, sign_in: joining.SignIn) -> Callable[[str], None]:
        """What the sign-in's thread tells its progress to."""
        loop = asyncio.get_running_loop()
        opened: object = None
        announced: object = None

        def told(message: str) -> None:
            nonlocal opened, announced
            if attempt.sign_in is not sign_in or not self.is_attached:
                return  # it was given up meanwhile
            browser = isinstance(attempt.code, BrowserCode)
            others = f", for another ssotui (process {sign_in.joined}) too" if sign_in.joined is not None else ""
            waiting = f"waiting for {'the browser' if browser else 'approval'}{others} …"
            self._state(attempt, WAITING, message or waiting)
            if attempt.code is not announced and not self.app.app_focus:
                announced = attempt.code
                self.sso.announce(f"The sign-in to {attempt.label} waits for your approval")
            # One page is what was asked for; several are opened by the key for that.
            if browser and not others and attempt.code is not opened and len(self.attempts) == 1:
                opened = attempt.code
                self.open_pages([attempt], quiet=True)

        def tell(message: str) -> None:
            with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(told, message)

        return tell

    def _state(self, attempt: Attempt, state: str, message: str) -> None:
        attempt.state, attempt.message = state, message
        self.tick()

    def _say(self, attempt: Attempt, text: str, bad: bool = False) -> None:
        """Say in place what a key has come to: a message in a box would be over the code."""
        attempt.said = (text, bad)
        self.tick()

    def _go_on(self, done: Attempt) -> None:
        """To the next session that is not signed in, or back to the board when there is none."""
        if all(attempt.state == DONE for attempt in self.attempts):
            self.set_timer(CLOSE_AFTER, self._close)
        elif self.current is done:
            following = [*range(self._cursor, len(self.attempts)), *range(self._cursor)]
            left = [index for index in following if self.attempts[index].state != DONE]
            self._go_to(next((index for index in left if self.attempts[index].state in OPEN), left[0]))

    def _close(self) -> None:
        if self.app.screen is not self:
            return
        if len(self.attempts) == 1:
            self._leave(f"{self.current.label}: {self.current.message}")
        else:
            self._leave(f"Signed in to {listed([attempt.label for attempt in self.attempts])}")

    def _leave(self, message: str) -> None:
        """Back to the board, which says how it went."""
        self.dismiss()
        if message:
            self.sso.tell(message)
        for attempt in self.attempts:
            text, bad = attempt.said
            if attempt.state == DONE and bad:
                self.sso.tell(text, "error", timeout=15)

    # -- keys ---------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what does something for the session of the cursor."""
        if not self.attempts:
            return action not in footer.OF_ONE
        return footer.helps(action, self.current, self.attempts)

    def action_help(self) -> None:
        """Show all keys, those of this screen first."""
        self.sso.show_help(self.PLACE)

    def action_leave(self) -> None:
        """Back to the board; what is still waiting is cancelled, and said where it is more than one."""
        waiting = [attempt.label for attempt in self.attempts if attempt.state in OPEN]
        done = [attempt.label for attempt in self.attempts if attempt.state == DONE]
        signed_in = f"; signed in to {listed(done)}" if done else ""
        several = len(self.attempts) > 1 and waiting
        self._leave(f"Cancelled: the sign-in to {listed(waiting)}{signed_in}" if several else "")

    def action_next(self, step: int = 1) -> None:
        """To another row; where there is one session alone, the text moves."""
        self.action_move("down" if step > 0 else "up")

    def on_key(self, event: Key) -> None:
        """Move, by what is left over of the keys."""
        move_by_key(self, event, self.action_move)

    def action_move(self, where: str) -> None:
        """To another row by the keys of the lists; where there is one session alone, the text moves."""
        last = len(self.attempts) - 1
        if not last:
            scroll_text(self.query_one(VerticalScroll), where)
            return
        step = {"up": -1, "down": 1}.get(where, 0)
        index = (self._cursor + step) % (last + 1) if step else 0 if where in ("first", "page_up", "half_up") else last
        self._go_to(index)

    def _go_to(self, index: int) -> None:
        if index != self._cursor and self.current.state in OPEN:
            self.current.said = ("", False)  # it was read
        self._cursor = index
        self.tick()

    def on_chosen(self, message: Chosen) -> None:
        """A row was clicked."""
        self._go_to(message.index)

    def on_copied(self, message: Copied) -> None:
        """A code or an address was clicked."""
        if message.what == CODE:
            self.action_copy()
        else:
            self.action_copy_url()

    def action_again(self) -> None:
        """A new code for the current attempt."""
        if self.current.state != DONE:
            self.sso.let_go()  # it was about what is over now
            self.attempt(self.current, anew=True)

    def action_browser(self) -> None:
        """Go on with the other flow: through the browser on this machine, or with a code."""
        attempt = self.current
        if attempt.state == DONE or not attempt.other_flow:
            return
        self.sso.let_go()
        attempt.flow, attempt.reason = attempt.other_flow, ""
        self.attempt(attempt)

    def action_open(self) -> None:
        """Open the page in the browser."""
        if self._has_url(self.current):
            self.open_pages([self.current])

    def action_open_all(self) -> None:
        """Open the pages of all that are waited for."""
        self.open_pages([attempt for attempt in self.attempts if attempt.url])

    def _has_url(self, attempt: Attempt) -> bool:
        """Whether there is a page to go to; says why not when another program has it."""
        if attempt.shown is not None and not attempt.url:
            again = f"press {pressed('sign_in.again')} to sign in from here"
            self._say(attempt, f"The other ssotui has opened the page; {again}", bad=True)
        return bool(attempt.url)

    @work(group="open", exit_on_error=False, description="open the browser")
    async def open_pages(self, attempts: list[Attempt], quiet: bool = False) -> None:
        """Open the complete URLs in the browser, one after the other. `quiet`: only tell when that fails."""
        for attempt in attempts:
            shown = attempt.shown
            if shown is None:
                continue  # it was approved while another page was being opened
            if not shown.may_open:
                self._say(attempt, "This address is not one of AWS's, so it is not opened from here", bad=True)
                continue
            url, session = shown.complete_url, attempt.session.key

            def open_it(_cancelled: threading.Event, url: str = url, session: str = session) -> str:
                return self.sso.open_browser(url, session)

            problem = await in_thread(open_it, "open the browser")
            if attempt.shown is not shown:
                continue
            if problem:
                help_ = "the URL on this machine" if attempt.flow == BROWSER else "the URL, or scan the QR code"
                self._say(attempt, f"No browser was opened: {problem}. Open {help_}.", bad=True)
            elif not quiet:
                self._say(attempt, "Opened in the browser")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the code")
    async def action_copy(self) -> None:
        """Copy the code."""
        attempt = self.current
        if attempt.user_code:
            self._say(attempt, await copy(self.sso, attempt.user_code, "The code", quiet=True))

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the URL")
    async def action_copy_url(self) -> None:
        """Copy the complete URL."""
        attempt = self.current
        if attempt.shown is not None and self._has_url(attempt):
            self._say(attempt, await copy(self.sso, attempt.shown.complete_url, "The URL", quiet=True))
