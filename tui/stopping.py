"""Being stopped and continued, from inside or by others, at any moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver


def stoppable(found: Any) -> type[Driver]:
    """A driver class like `found` that takes SIGTSTP and SIGCONT between two steps of the program. Textual acts on them
    at once, which may be in the middle of handing a text to the thread that writes: it would then wait for itself."""
    if not hasattr(found, "_sigtstp_application"):
        driver: type[Driver] = found
        return driver

    class StoppableDriver(found):  # type: ignore[misc]
        def _sigtstp_application(self, *_arguments: Any) -> None:
            self._soon(super()._sigtstp_application)

        def _sigcont_application(self, *_arguments: Any) -> None:
            self._soon(super()._sigcont_application)

        def _soon(self, act: Callable[[], None]) -> None:
            with suppress(RuntimeError):  # the program is ending
                self._loop.call_soon_threadsafe(act)

    return StoppableDriver
