"""Ending by a signal: with the terminal in order, and soon, whatever the terminal does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType

from ..aws.state import finishing
from ..exit_codes import ended_by

SIGNALS = (
    *("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF"),
    *("SIGXCPU", "SIGIO", "SIGPWR", "SIGSTKFLT"),
)
"""All that would end the program at once, the terminal in disorder, and that can wait until it has been put back."""

PATIENCE = 3.0
"""Seconds for an orderly end. A terminal that is stopped (ctrl+s) takes no output, and would be waited for for ever."""


def take_over(leave: Callable[[int], None], restore: Callable[[], None]) -> None:
    """Have `leave(number)` called between two steps of the running event loop when one of SIGNALS comes. If that does
    not end the program in time, `restore()` is called, which must not wait for the terminal, and it ends all the same.

    POSIX only. These are plain handlers, because the event loop may be waiting for the terminal too.
    """
    if os.name != "posix":
        return
    import asyncio

    loop = asyncio.get_running_loop()

    def told(number: int, _frame: FrameType | None) -> None:
        def give_up(_number: int, _frame: FrameType | None) -> None:
            for again in _numbers():
                signal.signal(again, signal.SIG_IGN)
            restore()
            if finishing.close():
                finishing.wait(lambda _line: None)  # there is no terminal to say it on
            os._exit(ended_by(number))

        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            loop.call_soon_threadsafe(leave, number)
        except RuntimeError:
            pass  # it has come to its end already

    for number in _numbers():
        signal.signal(number, told)


def over() -> None:
    """The terminal is back in order: the end is no longer in a hurry."""
    if os.name == "posix":
        signal.setitimer(signal.ITIMER_REAL, 0)


def _numbers() -> list[int]:
    return [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
