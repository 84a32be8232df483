"""Being stopped and continued, from inside or by others, at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver


HEARD = 0.1
"""Seconds after which a signal that was sent together with SIGCONT has been heard."""


def stoppable(found: Any) -> type[Driver]:
    """A driver class like `found` that takes SIGTSTP and SIGCONT between two steps of the program. Textual acts on them
    at once, which may be in the middle of handing a text to the thread that writes: it would then wait for itself."""
    if not hasattr(found, "_sigtstp_application"):
        driver: type[Driver] = found
        return driver

    class StoppableDriver(found):  # type: ignore[misc]
        def __init__(self, app: Any, **options: Any) -> None:
            self.can_be_continued = _has_shell()  # asked before Textual's own takes the signal over
            self.loop = asyncio.get_running_loop()
            super().__init__(app, **options)

        def _sigtstp_application(self, *_arguments: Any) -> None:
            if self.can_be_continued:
                self._soon(super()._sigtstp_application)

        def _sigcont_application(self, *_arguments: Any) -> None:
            self._soon(self._continued)

        def _continued(self) -> None:
            """Go on, if the terminal is ours again."""
            if self._ends():
                return
            if _has_terminal(self.fileno):
                super()._sigcont_application()
            else:  # perhaps a shell ends us, for which we have to run: that signal is heard in a moment
                self.loop.call_later(HEARD, self._still_stopped)

        def _still_stopped(self) -> None:
            if not self._ends() and not _has_terminal(self.fileno):
                os.kill(os.getpid(), signal.SIGSTOP)  # bg: there is nothing to do without a terminal
            else:
                self._continued()

        def _ends(self) -> bool:
            return bool(getattr(self.board, "_exit", False))

        def _soon(self, act: Callable[[], None]) -> None:
            with suppress(RuntimeError):  # the program is ending
                self.loop.call_soon_threadsafe(act)

    return StoppableDriver


def _has_shell() -> bool:
    """Whether somebody would continue this program: not where it leads the terminal's session itself, nor where its
    caller has it ignore being stopped, as those do that control no jobs."""
    return os.getsid(0) != os.getpgrp() and signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN


def _has_terminal(number: int) -> bool:
    """Whether this process is in the foreground of the terminal."""
    with suppress(OSError):
        return os.tcgetpgrp(number) == os.getpgrp()
    return True  # it is none, or has gone
