"""Commands that run at the same time, a few at a time, and are ended together.

One thread starts them, reads their pipes and ends them; it never waits for whoever reads what they print. When that
reader takes its time, the pipes are not read, and the commands wait: nothing piles up.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
import weakref
from collections import deque
from collections.abc import Container
from typing import Protocol

from .running import MOST_IN_PIPE, Command, CommandResult, Running, living_groups

GRACE = 5.0
"""Seconds from the request to end until the kill."""

LINGER = 1.0
"""Seconds after the end of a command in which what it has started may still print. A process that it leaves behind
holds the pipe for as long as it likes."""

_LOOK_EVERY = 0.05


class Sink(Protocol):
    """Who takes what the commands print."""

    def started(self, name: str) -> None:
        """A command runs."""

    def take(self, name: str, number: int, data: bytes) -> None:
        """Something has come on its stdout (1) or stderr (2)."""

    def ended(self, result: CommandResult) -> None:
        """It has ended, and all that it printed has come; or it could not be started."""

    def stopping(self) -> None:
        """Those that run are about to be ended."""

    def full(self) -> bool:
        """Whether there is no room for more just now. `Pool.wake` is to be called when there is again."""

    def idle(self) -> bool:
        """Whether everything that was taken has gone where it goes."""


class Pool:
    """`run` does the work, until `close` has been called and all has ended. The other methods may be called by any
    thread, `stop`, `kill` and `wake` by signal handlers too.

    `stopped`: whether it was told to stop. What was added and has not begun by then is never run.
    """

    def __init__(self, sink: Sink, jobs: int, grace: float = GRACE, linger: float = LINGER) -> None:
        self.stopped = False
        self._sink = sink
        self._jobs = jobs
        self._grace = grace
        self._linger = linger
        self._waiting: deque[Command] = deque()
        self._closed = False
        self._hurry = False
        self._kill_at: float | None = None
        self._killed_at: float | None = None
        self._running: dict[str, Running] = {}
        self._owners: dict[int, Running] = {}
        self._awake, self._waker = os.pipe()
        for descriptor in (self._awake, self._waker):
            os.set_blocking(descriptor, False)
            # Not before nobody is left who may wake it: by then the number may be that of another file.
            weakref.finalize(self, os.close, descriptor)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._quiet = selectors.DefaultSelector()
        """For while the sink is full."""
        self._quiet.register(self._awake, selectors.EVENT_READ)

    def add(self, command: Command) -> None:
        """Have a command run, when its turn has come."""
        self._waiting.append(command)
        self.wake()

    def close(self) -> None:
        """Nothing will be added any more."""
        self._closed = True
        self.wake()

    def stop(self) -> None:
        """Start nothing any more, and end what runs: SIGTERM, and after a while SIGKILL."""
        self.stopped = True
        self.wake()

    def kill(self) -> None:
        """The same, and SIGKILL at once."""
        self._hurry = True
        self.stop()

    def wake(self) -> None:
        """Have `run` look around."""
        try:
            os.write(self._waker, b"w")
        except OSError:
            pass  # it is full, which wakes too

    def run(self) -> None:
        """Run them all. However it ends, none of them runs any more afterwards."""
        try:
            while self._step():
                pass
        finally:
            for child in self._running.values():
                child.tell(signal.SIGKILL)
            self._selector.close()
            self._quiet.close()

    def _step(self) -> bool:
        """Whether there is more to do."""
        if self.stopped:
            self._end()
        while not self.stopped and self._waiting and len(self._running) < self._jobs and not self._sink.full():
            self._start(self._waiting.popleft())
        if self._closed and not self._waiting and not self._running and (self._sink.idle() or self._out_of_time()):
            return False
        full = self._sink.full()
        for key, _events in (self._quiet if full else self._selector).select(_LOOK_EVERY):
            if key.fd == self._awake:
                self._sleep_again()
            elif key.fd in self._owners:
                self._read(self._owners[key.fd], key.fd)
        ended = any(child.cut and child.exited is not None for child in self._running.values())
        living = living_groups() if ended else None
        for child in list(self._running.values()):
            self._look(child, living)
        return True

    def _start(self, command: Command) -> None:
        began = time.monotonic()
        try:
            child = Running(command)
        except (OSError, ValueError) as error:
            self._sink.ended(CommandResult(command.name, None, time.monotonic() - began, error=error))
            return
        self._running[child.name] = child
        for descriptor in child.pipes:
            self._owners[descriptor] = child
            self._selector.register(descriptor, selectors.EVENT_READ)
        self._sink.started(child.name)

    def _read(self, child: Running, descriptor: int) -> int:
        """Returns how many bytes there were."""
        data = child.read(descriptor)
        if data is None:
            return 0
        if data:
            self._sink.take(child.name, child.pipes[descriptor], data)
        else:
            self._close(child, descriptor)
        return len(data)

    def _close(self, child: Running, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        del self._owners[descriptor]
        child.close(descriptor)

    def _look(self, child: Running, living: Container[int] | None) -> None:
        """Let it go when it has ended and nothing more is to be expected of it."""
        if child.exited is None and child.look():
            self._drain(child)
        now = time.monotonic()
        if child.exited is None:
            # Not even a kill ends what waits in the kernel, or has become another user's.
            over = self._killed_at is not None and now - self._killed_at >= 2 * self._linger
        elif child.cut:
            # What it has started was told to end too, and has its time for that.
            over = child.gone(living) or (self._killed_at is not None and now - child.exited >= self._linger)
        else:
            over = not child.pipes or now - child.exited >= self._linger
        if over:
            self._drain(child)
            for descriptor in list(child.pipes):
                self._close(child, descriptor)
            del self._running[child.name]
            self._sink.ended(child.result())

    def _drain(self, child: Running) -> None:
        """Take what its pipes hold. What it has written itself comes first there, whoever else writes into them."""
        for descriptor in list(child.pipes):
            left = MOST_IN_PIPE
            while left > 0 and (count := self._read(child, descriptor)):
                left -= count

    def _end(self) -> None:
        self._waiting.clear()
        now = time.monotonic()
        if self._kill_at is None:
            self._kill_at = now + self._grace
            self._sink.stopping()
            for child in self._running.values():
                # One that has ended has left behind what is still there, for good.
                if not child.look():
                    child.cut = True
                    child.tell(signal.SIGTERM)
                    child.tell(signal.SIGCONT)  # one that is stopped would hear nothing
        if self._killed_at is None and self._out_of_time():
            self._killed_at = now
            for child in self._running.values():
                if child.cut:
                    child.tell(signal.SIGKILL)

    def _out_of_time(self) -> bool:
        """Whether it was told to end so long ago that nothing is waited for any more."""
        return self._kill_at is not None and (self._hurry or time.monotonic() >= self._kill_at)

    def _sleep_again(self) -> None:
        try:
            while os.read(self._awake, 4096):
                pass
        except BlockingIOError:
            pass
