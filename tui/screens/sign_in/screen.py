"""Signing in, with codes and a QR code or through the browser, to one session or several side by side."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer

from ...aws import clock
from ...aws.errors import Cancelled, SsoError
from ...aws.model import BROWSER, DEVICE, LEGACY, Session, Token
from ...aws.session import joining
from ...aws.session.browser_flow import BrowserCode
from ...aws.session.device_code import ShownCode
from ...aws.state.store import Store
from ...text import clean
from ...widgets.bars import TitleBar
from ...widgets.qr import QR
from ...widgets.rows import session_label
from ...words.durations import absolute
from ..base import Sized
from ..copying import copy
from ..jobs import bindings, in_thread, plain
from .attempt import DENIED, DONE, EXPIRED, FAILED, STARTING, WAITING, Attempt

if TYPE_CHECKING:
    from ...host import Host

CLOSE_AFTER = 0.6
"""Seconds for which the success is shown before the screen closes by itself."""

TEXT_WIDTH = 38
"""Columns that the text needs at least, beside a QR code."""


def _carry_out(sign_in: joining.SignIn, tell: Callable[[str], None], cancelled: threading.Event) -> Token:
    """A whole sign-in, in one thread. `tell` hears of it when the code is there ("") and of what happens later."""
    import segno  # noqa: F401 - for the QR code: here nobody waits for its files

    sign_in.start(cancelled)
    tell("")
    return sign_in.wait(tell, cancelled)


class SignIn(Sized[None]):
    """All attempts, the QR code of the one that has the focus, and the warning. `acting`: the profile that is signed in
    for, where it is one."""

    CSS_PATH = ["../../styles/qr.tcss", "../../styles/sign_in.tcss"]
    BINDINGS = bindings("sign_in")
    PLACE = "sign_in"
    AUTO_FOCUS = "Attempt"

    def __init__(self, store: Store, sessions: list[Session], acting: str | None = None) -> None:
        super().__init__()
        self.store = store
        self.sessions = sessions
        self.acting = acting
        self._last: Attempt | None = None
        self._resized = False

    @property
    def sso(self) -> Host:
        """The application, by its own type."""
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        """Attempts at the left, the QR code at the right where there is room."""
        yield TitleBar("Sign in")
        with Horizontal(id="attempts", classes="-many" if len(self.sessions) > 1 else ""):
            with VerticalScroll(can_focus=False):
                for session in self.sessions:
                    yield Attempt(session, *self.sso.choose_flow(session))
            with Vertical(id="qr"):
                yield QR()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start all of them at once."""
        self.set_interval(1.0, self.tick)
        for attempt in self.query(Attempt):
            self.attempt(attempt)
        self.tick()

    def tick(self) -> None:
        """Count down, unless the screen is on its way out and has no widgets any more."""
        if self.query_one_optional(TitleBar) is None:
            return
        open_count = sum(attempt.state in (STARTING, WAITING) for attempt in self.query(Attempt))
        summary = f"{open_count} of {len(self.sessions)} open" if len(self.sessions) > 1 else ""
        self.query_one(TitleBar).show(summary, clock.now())
        for attempt in self.query(Attempt):
            attempt.show()
        self.show_qr()

    def on_descendant_focus(self) -> None:
        """Another attempt: another QR code."""
        if isinstance(self.focused, Attempt):
            self._last = self.focused
        self.show_qr()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """The QR code may fit now, or no longer. Where nothing could be shown, nothing has kept the focus."""
        if not self._resized:  # once for all sizes that come together
            self._resized = True
            self.call_after_refresh(self._take_up)

    def _take_up(self) -> None:
        self._resized = False
        if self.focused is None and self._last is not None and not (self.has_class("-tiny") or self.has_class("-flat")):
            self._last.focus()
        self.tick()
        if (attempt := self.current()) is not None:  # keys are about this one, so it must not be out of sight
            attempt.scroll_visible(animate=False)

    def show_qr(self) -> None:
        """Show the QR code of the complete URL if it fits beside the text, or below it."""
        attempt = self.current()
        shown = attempt.code if attempt is not None and attempt.state == WAITING else None
        # Only a code can be approved on a phone: the browser flow ends at this machine.
        url = shown.complete_url if isinstance(shown, ShownCode) and shown.may_open else ""
        code = self.query_one(QR)
        code.set_text(url)
        size, room = code.code_size, self.size.height - 2
        beside = self.size.width - size.width >= TEXT_WIDTH and room >= size.height
        text_height = sum(attempt.size.height + 1 for attempt in self.query(Attempt))
        below = not beside and self.size.width >= size.width and room - text_height >= size.height
        self.set_class(bool(url) and (beside or below), "-qr")
        self.set_class(below, "-below")

    def current(self) -> Attempt | None:
        """The attempt that has the focus, or had it last."""
        return self.focused if isinstance(self.focused, Attempt) else self._last

    # -- one attempt --------------------------------------------------------------------------------------------

    def attempt(self, attempt: Attempt, anew: bool = False) -> None:
        """Start, or start anew, one attempt."""
        sign_in = joining.SignIn(attempt.flow, self.store, attempt.session, self.acting, anew)
        attempt.sign_in = sign_in
        self.sso.let_go()  # what was said of the attempt before
        self._state(attempt, STARTING, "starting …" if attempt.flow == BROWSER else "asking for a code …")
        self.run_worker(
            self._run(attempt, sign_in),
            group=f"attempt-{id(attempt)}",
            exclusive=True,
            description="sign in",
            exit_on_error=False,
        )

    async def _run(self, attempt: Attempt, sign_in: joining.SignIn) -> None:
        session = attempt.session
        tell = self._teller(attempt, sign_in)
        try:
            token = await in_thread(lambda cancelled: _carry_out(sign_in, tell, cancelled), "sign in")
        except Cancelled:
            return
        except SsoError as error:
            states = {"ExpiredTokenException": EXPIRED, "AccessDeniedException": DENIED}
            self._state(attempt, states.get(error.code, FAILED), plain(error))
            return
        reason = self.store.snapshot.unwritten_reason(session.key)
        self._state(attempt, DONE, f"signed in until {absolute(token.expires_at)}")
        if reason:
            self.sso.tell(
                f"The token could not be stored ({reason}): other programs do not see this sign-in", "error", timeout=15
            )
        self._maybe_close()

    def _teller(self, attempt: Attempt, sign_in: joining.SignIn) -> Callable[[str], None]:
        """What the sign-in's thread tells its progress to."""
        loop = asyncio.get_running_loop()
        opened: object = None

        def told(message: str) -> None:
            nonlocal opened
            if attempt.sign_in is not sign_in or not self.is_attached:
                return  # it was given up meanwhile
            browser = isinstance(attempt.code, BrowserCode)
            others = f", for another ssotui (process {sign_in.joined}) too" if sign_in.joined is not None else ""
            waiting = f"waiting for {'the browser' if browser else 'approval'}{others} …"
            self._state(attempt, WAITING, message or waiting)
            if browser and not others and attempt.code is not opened:
                opened = attempt.code
                self.open_page(attempt, quiet=True)

        def tell(message: str) -> None:
            with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(told, message)

        return tell

    def _state(self, attempt: Attempt, state: str, message: str) -> None:
        attempt.state, attempt.message = state, message
        self.tick()
        self.refresh_bindings()

    def _maybe_close(self) -> None:
        attempts = list(self.query(Attempt))
        if all(attempt.state == DONE for attempt in attempts):
            self.set_timer(CLOSE_AFTER, self._close)
            return
        for attempt in attempts:
            if attempt.state != DONE and self.current() is not None and self.current().state == DONE:  # type: ignore[union-attr]
                attempt.focus()
                break

    def _close(self) -> None:
        if self.app.screen is self:
            for attempt in self.query(Attempt):
                self.sso.tell(f"{session_label(attempt.session)}: {attempt.message}")
            self.dismiss()

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Back to the board; what is still waiting is cancelled."""
        self.dismiss()

    def action_again(self) -> None:
        """A new code for the current attempt."""
        attempt = self.current()
        if attempt is not None and attempt.state != DONE:
            self.attempt(attempt, anew=True)

    def action_browser(self) -> None:
        """Go on with the other flow: through the browser on this machine, or with a code."""
        attempt = self.current()
        if attempt is None or attempt.state == DONE:
            return
        flow, reason = self.sso.choose_flow(attempt.session, DEVICE if attempt.flow == BROWSER else BROWSER)
        if reason:
            self.sso.tell(f"The browser flow would not work: {reason}", "warning")
            return
        attempt.flow, attempt.reason = flow, ""
        self.attempt(attempt)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing more for a sign-in that is done; profiles without an sso-session can only use a code."""
        attempt = self.current()
        if attempt is None or action not in ("open", "copy", "copy_url", "again", "browser"):
            return True
        if action == "copy" and attempt.flow == BROWSER:
            return False  # it has no code
        return attempt.state != DONE and not (action == "browser" and attempt.session.kind == LEGACY)

    def action_open(self) -> None:
        """Open the page in the browser."""
        attempt = self.current()
        if attempt is not None and self._has_url(attempt):
            self.open_page(attempt)

    def _has_url(self, attempt: Attempt) -> bool:
        """Whether there is a page to go to; says why not when another program has it."""
        if attempt.code is not None and not attempt.code.url:
            self.sso.tell("The other ssotui has opened the page; press n to sign in from here instead", "warning")
        return attempt.code is not None and bool(attempt.code.url)

    @work(group="open", exit_on_error=False, description="open the browser")
    async def open_page(self, attempt: Attempt, quiet: bool = False) -> None:
        """Open the complete URL of an attempt in the browser. `quiet`: only tell when that fails."""
        if attempt.code is None:
            return
        if not attempt.code.may_open:
            self.sso.tell("This address is not one of AWS's, so it is not opened from here", "warning")
            return
        url, session = attempt.code.complete_url, attempt.session.key
        problem = await in_thread(lambda _cancelled: self.sso.open_browser(url, session), "open the browser")
        if problem:
            help_ = "the URL on this machine" if attempt.flow == BROWSER else "the URL, or scan the QR code"
            self.sso.tell(f"No browser was opened: {problem}. Open {help_}.", "warning")
        elif not quiet:
            self.sso.tell("Opened in the browser")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the code")
    async def action_copy(self) -> None:
        """Copy the code."""
        attempt = self.current()
        if attempt is not None and isinstance(attempt.code, ShownCode):
            await copy(self.sso, clean(attempt.code.user_code), "The code")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the URL")
    async def action_copy_url(self) -> None:
        """Copy the complete URL."""
        attempt = self.current()
        if attempt is not None and attempt.code is not None and self._has_url(attempt):
            await copy(self.sso, attempt.code.complete_url, "The URL")
