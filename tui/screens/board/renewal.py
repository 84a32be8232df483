"""The board's watch over the sessions: renewed before they end, announced where that cannot be, named in the title."""

from __future__ import annotations

from textual import work

from ...aws import clock
from ...aws.errors import SsoError
from ...aws.model import Session
from ...aws.state import finishing
from ...aws.state.inventory import Inventory
from ...aws.state.schedule import LookAgain, Renew, Scheduler, Warn, Watched, coarse, first_to_end
from ...text import clean
from ...widgets.rows import session_label
from ..jobs import in_thread
from .view import BoardView

WARNING_SHOWN = 20
"""Seconds for which the announcement of an end stays."""


class BoardRenewal(BoardView):
    """A board that keeps its sessions alive."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory)
        self.scheduler = Scheduler(automatic=True)

    def on_mount(self) -> None:
        """Take the setting over. (Runs before the clock starts.)"""
        self.scheduler.automatic = self.sso.settings.renew

    def tick(self) -> None:
        """Once a second: look after the sessions too."""
        for lost in finishing.failures():
            self.sso.tell(lost, "warning", timeout=WARNING_SHOWN)
        watched = list(self._watched())
        now = clock.now()
        for action in self.scheduler.tick(now, clock.monotonic(), watched):
            match action:
                case LookAgain():
                    self.inventory.reread()
                    self._soon.set()
                case Renew(key):
                    session = self.inventory.config.sessions.get(key)
                    if session is not None:
                        self.renew_quietly(session)
                    else:  # the thread that watches the files has just taken it out
                        self.scheduler.finished(key, now, None)
                case Warn():
                    self._warn(action)
        first = first_to_end(watched, now)
        if first is not None and first.expires_at is not None:
            name = clean(self._label(first.key), 40)  # so that the time has room behind it
            self.sso.show_title(f"{name} {coarse(first.expires_at - now)} – ssotui")
        else:
            self.sso.show_title("ssotui")
        super().tick()

    @work(group="renew-quietly", exit_on_error=False, description="renew a session before it ends")
    async def renew_quietly(self, session: Session) -> None:
        """Renew a session without a word. What goes wrong is in the notice line until it is over."""
        from ...aws.session.renewal import renew
        from ...aws.state.current import session_now

        expires_at, reason = None, ""
        try:
            token = await in_thread(
                lambda cancelled: renew(self.inventory, session_now(self.inventory, session.key), None, cancelled),
                f"renew {session.key}",
            )
            expires_at = token.expires_at
        except SsoError as error:
            reason = error.title
        finally:
            self.scheduler.finished(session.key, clock.now(), expires_at, reason)
        self.look_again()

    def notice(self) -> tuple[str, str]:
        """What the board says, after what there is to say of a renewal."""
        if self.progress or self.said:
            return super().notice()
        if self.scheduler.under_way is not None:
            return f"Renewing {self._label(self.scheduler.under_way)} …", "info"
        for key, reason in self.scheduler.failures.items():
            session = self.inventory.config.sessions.get(key)
            if session is not None and self.inventory.refreshable(session):
                return f"{self._label(key)} is not renewed yet, trying every minute: {reason}", "warning"
        return super().notice()

    def habits(self) -> list[str]:
        """Whether sessions are renewed by themselves: it is network traffic that nobody asks for each time."""
        sessions = self.inventory.config.sessions.values()
        renews = self.scheduler.automatic and any(map(self.inventory.refreshable, sessions))
        return ["auto-renewal on"] if renews else []

    def _watched(self) -> list[Watched]:
        inventory = self.inventory
        found = []
        for session in inventory.config.sessions.values():
            token = inventory.token(session.key)
            expires_at = token.expires_at if token is not None else None
            found.append(Watched(session.key, expires_at, not session.problems and inventory.refreshable(session)))
        return found

    def _warn(self, warning: Warn) -> None:
        ends = "in a minute" if warning.minutes == 1 else f"in {warning.minutes} minutes"
        text = f"{self._label(warning.key)} ends {ends}: press l to sign in again"
        if warning.reason:
            text += f" ({warning.reason})"
        self.sso.tell(text, "warning", timeout=WARNING_SHOWN)
        self.app.bell()

    def _label(self, key: str) -> str:
        session = self.inventory.config.sessions.get(key)
        return session_label(session) if session is not None else key
