"""One command that runs: its process, its pipes, and all that it has started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Container, Mapping, Sequence

CHUNK = 1 << 15
"""Bytes that are read from a pipe at once."""

MOST_IN_PIPE = 1 << 20
"""Bytes that a pipe can hold at most (unprivileged, on Linux; elsewhere it is less)."""

STDOUT, STDERR = 1, 2


class Command:
    """What is to be run, under a name of its own. The environment holds secrets: it shows itself nowhere."""

    __slots__ = ("argv", "environ", "name")

    def __init__(self, name: str, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.argv = tuple(argv)
        self.environ = environ


class CommandResult:
    """How a command ended. `code` is its exit code, 128+n after signal n, None when it could not be started (`error`
    says why), or not be ended. `cut`: it was told to end. `seconds`: how long it ran."""

    __slots__ = ("code", "cut", "error", "name", "seconds")

    def __init__(
        self, name: str, code: int | None, seconds: float, cut: bool = False, error: OSError | ValueError | None = None
    ) -> None:
        self.name = name
        self.code = code
        self.seconds = seconds
        self.cut = cut
        self.error = error


class Running:
    """Starts a command: without a terminal (what asks for a password fails at once, and does not wait for ever), with
    nothing on its stdin, and leading a group, so that what it starts can be ended with it. Raises OSError, ValueError.

    `pipes`: those that are still open, by their descriptors, with STDOUT or STDERR. `exited`: when it was found to
    have ended (monotonic), None before.
    """

    def __init__(self, command: Command) -> None:
        self.name = command.name
        self.began = time.monotonic()
        self.cut = False
        self.exited: float | None = None
        self._code: int | None = None
        self._process = subprocess.Popen(
            command.argv,
            env=command.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._files = {STDOUT: self._process.stdout, STDERR: self._process.stderr}
        self.pipes = {file.fileno(): number for number, file in self._files.items()}
        for descriptor in self.pipes:
            os.set_blocking(descriptor, False)

    def read(self, descriptor: int) -> bytes | None:
        """What has come through one of its pipes, b"" at the pipe's end, None when there is nothing just now."""
        try:
            return os.read(descriptor, CHUNK)
        except BlockingIOError:
            return None

    def close(self, descriptor: int) -> None:
        """Hear no more of a pipe."""
        self._files[self.pipes.pop(descriptor)].close()

    def look(self) -> bool:
        """Whether it has ended; what it has started may go on."""
        if self.exited is None:
            self._code = self._process.poll()
            if self._code is not None:
                self.exited = time.monotonic()
        return self.exited is not None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to it and to all that it has started, as far as that has not left its group."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
            pass

    def gone(self, living: Container[int] | None) -> bool:
        """Whether it has ended, with all of its group. `living`: what `living_groups` has found."""
        if not self.look():
            return False
        if living is not None:
            return self._process.pid not in living
        try:
            os.killpg(self._process.pid, 0)
        except (ProcessLookupError, PermissionError):
            return True
        return False

    def result(self) -> CommandResult:
        """How it ended. Of one that could not be ended there is no code."""
        code = self._code if self._code is None or self._code >= 0 else 128 - self._code
        return CommandResult(self.name, code, (self.exited or time.monotonic()) - self.began, self.cut)


def living_groups() -> set[int] | None:
    """The groups in which a process still runs, None where that cannot be seen. The kernel's own answer counts what has
    ended too until somebody has asked how: in many containers nobody asks after orphans, ever."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return None
    found = set()
    for name in filter(str.isdigit, names):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, _parent, group = file.read().rpartition(b")")[2].split()[:3]
        except (OSError, ValueError):
            continue  # it has ended meanwhile
        if state not in (b"Z", b"X"):
            found.add(int(group))
    return found or None
