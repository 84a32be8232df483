"""Where the output of many commands goes: one thread writes it, block after block, and a line about what goes on."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TextIO

MOST = 8
"""Blocks that wait to be written before there is no room for more."""

_STEP = 0.005

_BACK = b"\r\x1b[K"


class Target:
    """A standard stream. What is written goes past its buffer where it has a descriptor: a thread that waits in there
    would keep the end of the program waiting too. `needed`: that it cannot be written is a failure."""

    def __init__(self, stream: TextIO, needed: bool) -> None:
        self.needed = needed
        self.encoding = stream.encoding or "utf-8"
        self._stream = stream
        self.pipe = False
        """Whether a program reads it, which may have the terminal."""
        try:
            self.terminal = stream.isatty()
            self._descriptor: int | None = stream.fileno()
            self.pipe = stat.S_ISFIFO(os.fstat(self._descriptor).st_mode)
        except (OSError, ValueError, AttributeError):
            self.terminal, self._descriptor = False, None

    def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError."""
        if self._descriptor is None:
            self._stream.write(data.decode(self.encoding, "backslashreplace"))
            return
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def columns(self) -> int:
        """How many columns a terminal has."""
        try:
            return os.get_terminal_size(self._descriptor or 0).columns or 80
        except OSError:
            return 80

    def encoded(self, text: str) -> bytes:
        """Text in its encoding; what that lacks becomes an escape."""
        return text.encode(self.encoding, "backslashreplace")


class Outlet:
    """`on_change` is called when there is room again, when all is written, and when a target that is needed cannot be
    written: the reason is `failure` then, and what comes later is dropped. `status_on`: the terminal that shows how far
    it is."""

    def __init__(self, status_on: Target | None = None, most: int = MOST) -> None:
        self.failure: OSError | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._status_on = status_on
        self._most = most
        self._queue: deque[tuple[Target, Iterable[bytes]]] = deque()
        self._writing = False
        self._closed = False
        self._status = ""
        self._drawn = ""
        self._changed = threading.Condition()
        threading.Thread(target=self._work, daemon=True, name="ssotui-outlet").start()

    def put(self, target: Target, blocks: Iterable[bytes]) -> None:
        """Have something written, when its turn has come; nothing else comes between. Never waits."""
        with self._changed:
            self._queue.append((target, blocks))
            self._changed.notify_all()

    def status(self, text: str) -> None:
        """Show how far it is, in one clean line; "" shows nothing."""
        if self._status_on is not None:
            with self._changed:
                self._status = text
                self._changed.notify_all()

    def full(self) -> bool:
        """Whether so much waits that nothing should be added."""
        return len(self._queue) >= self._most

    def idle(self) -> bool:
        """Whether all is written."""
        with self._changed:
            return not self._queue and not self._writing and self._drawn == self._status

    def settle(self, seconds: float) -> bool:
        """Wait until all is written, so long at most. Returns whether it is."""
        until = time.monotonic() + seconds
        while not self.idle():
            if time.monotonic() >= until:
                return False
            time.sleep(_STEP)
        return True

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._writing = False
                while not self._queue and self._drawn == self._status:
                    if self._closed:
                        return
                    self._changed.wait()
                self._writing = True
                item = self._queue.popleft() if self._queue else None
            if item is None:
                self._draw(self._status)
            elif self.failure is None:
                self._write(*item)
            if len(self._queue) in (0, self._most - 1):
                with self._changed:
                    self._writing = False
                self.on_change()

    def _write(self, target: Target, blocks: Iterable[bytes]) -> None:
        if target.terminal and self._drawn:
            self._draw("")
        try:
            for block in blocks:
                target.write(block)
        except OSError as error:
            if target.needed:
                self.failure = error
                self.on_change()

    def _draw(self, status: str) -> None:
        if self._status_on is None:
            return
        self._drawn = status
        try:
            self._status_on.write(_BACK + self._status_on.encoded(status[: self._status_on.columns() - 1]))
        except OSError:
            pass
