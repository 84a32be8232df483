"""The application as far as the terminal is concerned: its driver and title, how it stops, how it crashes.

What it needs of Textual's private names is here and in the modules beside it, and nowhere else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App

from ..exit_codes import FAILED
from .driver import careful, restore, titled
from .keyboard import careful_reader
from .stopping import stoppable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.driver import Driver
    from textual.notifications import SeverityLevel


def takes_osc52(environ: Mapping[str, str]) -> bool:
    """Whether asking the terminal to copy can do any good. macOS's Terminal and the Linux console cannot."""
    return environ.get("TERM_PROGRAM") != "Apple_Terminal" and environ.get("TERM") != "linux"


class TerminalApp(App[str]):
    """Textual's application, with more care for terminals that go away and for what they send."""

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver, with that care, and with a title."""
        return titled(stoppable(careful_reader(careful(super().get_driver_class()))))

    def restore_terminal(self) -> None:
        """Give the terminal back as it was. For a signal's handler too."""
        restore(getattr(self, "_driver", None))

    def show_title(self, text: str) -> None:
        """Set the terminal's title. Foreign text in it is made harmless on the way."""
        driver = getattr(self, "_driver", None)
        if driver is not None and hasattr(driver, "set_title"):
            driver.set_title(text)

    def send(self, sequence: str) -> None:
        """Write a sequence that moves nothing on the screen."""
        driver = getattr(self, "_driver", None)
        if driver is not None and sequence:
            driver.write(sequence)
            driver.flush()

    def forget_copied(self) -> None:
        """Forget what the terminal was asked to copy: Textual keeps it."""
        self._clipboard = ""

    def tell(self, message: str, severity: SeverityLevel = "information", timeout: float = 6) -> None:
        """Show a passing message."""
        raise NotImplementedError

    def why_not_stopped(self) -> str:
        """Why the program cannot be stopped now; "" when it can."""
        return ""

    def action_suspend_process(self) -> None:
        """Stop, and give the terminal back to the shell until it says `fg`."""
        why_not = self.why_not_stopped()
        if why_not:
            self.tell(why_not, "warning")
        elif not getattr(getattr(self, "_driver", None), "can_be_continued", True):
            self.tell("There is no shell that could continue it: it cannot be stopped", "warning")
        else:
            super().action_suspend_process()

    def fail(self, error: Exception) -> None:
        """End with the report of a fault, as for every other one: for those that happen outside of all widgets."""
        handle = getattr(self, "_handle_exception", None)
        if handle is not None:
            handle(error)
        else:
            self.exit(return_code=FAILED, message=Text(_crash_text(error)))

    def _fatal_error(self) -> None:
        """Textual's crash report prints the values of local variables, tokens among them. Print none."""
        self.bell()
        report = _crash_text(getattr(self, "_exception", None))
        try:
            self._exit_renderables.append(Text(report))
            self._close_messages_no_wait()
        except AttributeError:  # another Textual than the one this was made with
            self.exit(return_code=FAILED, message=Text(report))


def _crash_text(error: BaseException | None) -> str:
    """What to say of a crash: the kind of error and the lines of this program it came through, no values."""
    error = getattr(error, "error", error)  # what a worker failed with is inside of Textual's own exception
    title = f"ssotui has crashed: {type(error).__name__}. Please report these lines."
    return "\n ".join([title, *_places(error, 8)])


def _places(error: BaseException | None, count: int) -> list[str]:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-count:] if error is not None else []
    return [f" {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
