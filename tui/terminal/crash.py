"""Faults of the program itself where nobody waits for an outcome: in threads, in the event loop, at the end of objects.

Their kind and place is told. Python would print a traceback with the error's message, which may hold a secret, and on
the board it would land in the middle of the screen.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from ..aws.errors import kind_and_place

_SILENT = (KeyboardInterrupt, SystemExit)


def sentence(error: BaseException) -> str:
    """What there is to say of a fault."""
    return f"Something unexpected went wrong: {kind_and_place(error)}"


def say(text: str) -> None:
    """Tell it on standard error."""
    try:
        print(f"ssotui: {text}", file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        pass  # nobody is there to read it


def tell_with(tell: Callable[[str], None] = say) -> None:
    """From now on `tell(text)` hears of every such fault, in whatever thread it was."""

    def told(fault: Any) -> None:
        error = fault.exc_value
        if error is not None and not isinstance(error, _SILENT):
            tell(sentence(error))

    threading.excepthook = told
    sys.unraisablehook = told


def of_the_loop(tell: Callable[[str], None]) -> Callable[[Any, dict[str, Any]], None]:
    """A handler for what asyncio has nobody to tell of."""

    def told(_loop: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException) and not isinstance(error, _SILENT):
            tell(sentence(error))

    return told
