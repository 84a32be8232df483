"""Signing in: codes, URLs and a QR code, for one session or several side by side."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from .. import desktop
from ..aws import clock
from ..aws.errors import Cancelled, SsoError
from ..aws.inventory import Inventory
from ..aws.model import Session
from ..aws.sign_in import DeviceCode, DeviceSignIn
from ..text import clean
from ..widgets.bars import TitleBar
from ..widgets.durations import absolute, left
from ..widgets.qr import QR
from .clipboard import copy
from .jobs import bindings, in_thread, plain

if TYPE_CHECKING:
    from ..app import SsoApp

CLOSE_AFTER = 1.5
"""Seconds for which the success is shown before the screen closes by itself."""

WARNING = "Approve only a sign-in that you started yourself, and compare the code."

STARTING, WAITING, DONE, FAILED, EXPIRED, DENIED = "starting", "waiting", "done", "failed", "expired", "denied"


class Attempt(Static, can_focus=True):
    """One session being signed in. Its text is rebuilt once a second, for the countdown."""

    def __init__(self, session: Session) -> None:
        super().__init__(markup=False)
        self.session = session
        self.code: DeviceCode | None = None
        self.state = STARTING
        self.message = "asking for a code …"

    @property
    def remaining(self) -> str:
        """The countdown."""
        if self.code is None or self.state != WAITING:
            return ""
        return f"code expires in {left(self.code.seconds_left())}"

    def on_mount(self) -> None:
        """Show the first text."""
        self.show()

    def show(self) -> None:
        """Rebuild the text."""
        name, width = clean(self.session.key, 60), max(self.content_size.width, 40)
        title = Content.styled(name if self.many else f"Sign in to {name}", "bold")
        lines = [_right(title, Content.styled(self.remaining, "$text-muted"), width)]
        if self.code is not None and self.state == WAITING:
            url = clean(self.code.url, 2000)
            lines += [
                Content(""),
                Content.assemble(("  1  ", "$text-muted"), "Open     ", (url, "$text-primary")),
                Content(""),
                Content.assemble(
                    ("  2  ", "$text-muted"), "Compare  ", (f" {clean(self.code.user_code)} ", "bold reverse")
                ),
                Content(""),
                Content.assemble(("  3  ", "$text-muted"), "Approve  "),
                Content(""),
            ]
            if self.many:
                lines = [line for line in lines[:-2] if line.plain]
            if not self.code.may_open:
                lines.append(
                    Content.styled(
                        "     This address is not one of AWS's: open it only if you trust it.", "$text-warning"
                    )
                )
        style = {DONE: "$text-success", WAITING: "$text-muted", STARTING: "$text-muted"}.get(self.state, "$text-error")
        lines.append(Content.styled(f"     {clean(self.message, 400)}", style))
        self.update(Content("\n").join(lines))

    @property
    def many(self) -> bool:
        """Whether other attempts share the screen, so that this one is written more tightly."""
        return bool(self.parent is not None and len(self.parent.children) > 1)


def _right(start: Content, end: Content, width: int) -> Content:
    gap = max(1, width - start.cell_length - end.cell_length)
    return Content.assemble(start, " " * gap, end)


def _started(inventory: Inventory, session: Session, cancelled: threading.Event) -> DeviceSignIn:
    flow = DeviceSignIn(inventory, session)
    flow.start(cancelled)
    return flow


class SignIn(Screen[None]):
    """All attempts, the QR code of the one that has the focus, and the warning."""

    CSS_PATH = "../styles/sign_in.tcss"
    BINDINGS = [Binding("escape", "leave", "Cancel"), *bindings("sign_in")]
    AUTO_FOCUS = "Attempt"

    def __init__(self, inventory: Inventory, sessions: list[Session]) -> None:
        super().__init__()
        self.inventory = inventory
        self.sessions = sessions

    @property
    def sso(self) -> SsoApp:
        """The application, by its own type."""
        from ..app import SsoApp

        assert isinstance(self.app, SsoApp)
        return self.app

    def compose(self) -> ComposeResult:
        """Attempts at the left, the QR code at the right where there is room."""
        yield TitleBar("Sign in")
        with Horizontal(id="attempts"):
            with VerticalScroll(can_focus=False):
                for session in self.sessions:
                    yield Attempt(session)
            with Vertical(id="qr"):
                yield QR()
        yield Static(Content(WARNING), id="warning")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start all of them at once."""
        self.set_interval(1.0, self.tick)
        for attempt in self.query(Attempt):
            self.attempt(attempt)
        self.tick()

    def tick(self) -> None:
        """Count down."""
        open_count = sum(attempt.state in (STARTING, WAITING) for attempt in self.query(Attempt))
        summary = f"{open_count} of {len(self.sessions)} open" if len(self.sessions) > 1 else ""
        self.query_one(TitleBar).show(summary, clock.now())
        for attempt in self.query(Attempt):
            attempt.show()
        self.show_qr()

    def on_descendant_focus(self) -> None:
        """Another attempt: another QR code."""
        self.show_qr()

    def on_resize(self) -> None:
        """The QR code may fit now, or no longer."""
        self.call_after_refresh(self.tick)

    def show_qr(self) -> None:
        """Show the QR code of the complete URL if it fits beside or below the text."""
        attempt = self.current()
        code = self.query_one(QR)
        waiting = attempt is not None and attempt.state == WAITING and attempt.code is not None
        code.set_text(attempt.code.complete_url if waiting and attempt is not None and attempt.code is not None else "")
        size = code.code_size
        beside = self.size.width - size.width >= 64 and self.size.height - 5 >= size.height
        below = self.size.height - 5 - 10 * len(self.sessions) >= size.height and self.size.width > size.width
        self.set_class(waiting and (beside or below), "-qr")
        self.set_class(not beside, "-below")

    def current(self) -> Attempt | None:
        """The attempt that has the focus."""
        return self.focused if isinstance(self.focused, Attempt) else None

    # -- one attempt --------------------------------------------------------------------------------------------

    def attempt(self, attempt: Attempt) -> None:
        """Start, or start anew, one attempt."""
        attempt.code = None
        self.run_worker(
            self._run(attempt),
            group=f"attempt-{id(attempt)}",
            exclusive=True,
            description="sign in",
            exit_on_error=False,
        )

    async def _run(self, attempt: Attempt) -> None:
        session = attempt.session
        self._state(attempt, STARTING, "asking for a code …")
        try:
            flow = await in_thread(lambda cancelled: _started(self.inventory, session, cancelled), "start the sign-in")
            attempt.code = flow.code
            self._state(attempt, WAITING, "waiting for approval …")
            token = await in_thread(lambda cancelled: flow.wait(self._pending(attempt), cancelled), "sign in")
        except Cancelled:
            return
        except SsoError as error:
            states = {"ExpiredTokenException": EXPIRED, "AccessDeniedException": DENIED}
            self._state(attempt, states.get(error.code, FAILED), plain(error))
            return
        reason = self.inventory.memory_reason(session.key)
        self._state(attempt, DONE, f"signed in until {absolute(token.expires_at)}")
        if reason:
            self.sso.tell(
                f"The token could not be stored ({reason}): other programs do not see this sign-in", "error", timeout=15
            )
        self._maybe_close()

    def _pending(self, attempt: Attempt) -> Callable[[str], None]:
        loop = asyncio.get_running_loop()

        def pending(message: str) -> None:
            loop.call_soon_threadsafe(self._state, attempt, WAITING, message)

        return pending

    def _state(self, attempt: Attempt, state: str, message: str) -> None:
        attempt.state, attempt.message = state, message
        self.tick()

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
        if self.is_current:
            for attempt in self.query(Attempt):
                self.sso.tell(f"{attempt.session.key}: {attempt.message}")
            self.dismiss()

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Back to the board; what is still waiting is cancelled."""
        self.dismiss()

    def action_again(self) -> None:
        """A new code for the current attempt."""
        attempt = self.current()
        if attempt is not None and attempt.state != DONE:
            self.attempt(attempt)

    @work(group="open", exclusive=True, exit_on_error=False, description="open the browser")
    async def action_open(self) -> None:
        """Open the complete URL in the browser."""
        attempt = self.current()
        if attempt is None or attempt.code is None:
            return
        if not attempt.code.may_open:
            self.sso.tell("This address is not one of AWS's, so it is not opened from here", "warning")
            return
        url = attempt.code.complete_url
        problem = await in_thread(lambda _cancelled: desktop.open_browser(url), "open the browser")
        if problem:
            self.sso.tell(f"No browser was opened: {problem}. Open the URL, or scan the QR code.", "warning")
        else:
            self.sso.tell("Opened in the browser")

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy the URL")
    async def action_copy(self) -> None:
        """Copy the complete URL."""
        attempt = self.current()
        if attempt is not None and attempt.code is not None:
            await copy(self.sso, attempt.code.complete_url, "The URL")
