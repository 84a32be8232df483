"""Signals that end a command: heard between two of its steps, so that what must not be lost is finished first.

(The board takes signals over in `terminal.signals`, until its terminal is back in order.)
"""

from __future__ import annotations

import contextlib
import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SIGNALS = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""What ends a command, besides Ctrl+C."""

_TWICE = ("SIGTERM", "SIGHUP")
"""What comes twice without being meant so: `timeout` tells the program and then its group, a terminal that is closed
and the shell in it tell it each."""


class Ended(KeyboardInterrupt):
    """The signal `number` has come. It goes the way of Ctrl+C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def heed() -> None:
    """Have Ended raised for SIGNALS. What the caller has us ignore (nohup) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return  # only that one hears signals
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


@contextlib.contextmanager
def instead(act: Callable[[int], None]) -> Iterator[None]:
    """Have `act` called with the number of a signal that would end the command, SIGINT too, and nothing raised: for
    work that must not be left between two of its steps. What is ignored stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for name in (*SIGNALS, "SIGINT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, lambda found, _frame: act(found))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def last_wait() -> None:
    """The program is ending, and waits for what must not be lost: Ctrl+C (or ctrl+\\) ends that too, and nothing else
    does."""
    for name in (*SIGNALS, "SIGINT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _overhear if name in _TWICE else _end)


def _end(number: int, _frame: FrameType | None) -> None:
    raise Ended(number)


def _overhear(_number: int, _frame: FrameType | None) -> None:
    """Not SIG_IGN: a program that takes this one's place would inherit that."""
