"""A pseudo-terminal for measuring: it answers what Textual asks, and tells when the bytes come."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, ROWS = 120, 40

_QUERY, _ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_END_OF_FRAME = b"\x1b[?2026l"


class Stuck(Exception):
    """The program did not show in time what it was to show."""


class Screen:
    """A program on a pseudo-terminal of COLUMNS x ROWS. Leaving the `with` block kills it.

    `output` is everything that it wrote. All times are seconds of `time.perf_counter`.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> None:
        self.output = bytearray()
        self._looked_at = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        argv = list(argv) if cwd is None else ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(cwd), *argv]
        name = os.ttyname(slave)
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2),
        ]
        self.started = time.perf_counter()
        self.pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True)
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._master)

    def wait_for(self, text: str, limit: float = 60.0, since: int = 0) -> float:
        """Read until `text` is in the output behind offset `since`; returns when its last byte was here."""
        wanted = text.encode()
        deadline = time.perf_counter() + limit
        while self.output.find(wanted, since) < 0:
            if not self._read(deadline - time.perf_counter()):
                raise Stuck(f"{text!r} did not come within {limit:g} s; last bytes: {bytes(self.output[-300:])!r}")
        return time.perf_counter()

    def settle(self, quiet: float = 0.3, limit: float = 60.0) -> None:
        """Read until nothing came for `quiet` seconds."""
        deadline = time.perf_counter() + limit
        while self._read(quiet) and time.perf_counter() < deadline:
            pass

    def pump(self, seconds: float) -> None:
        """Read whatever comes for that long."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self._read(left)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def press(self, keys: str, quiet: float = 0.15) -> tuple[float, float]:
        """Type, and return the seconds to the first byte and to the end of the last frame that this brought.

        The last frame is the one after which nothing comes for `quiet` seconds.
        """
        sent = time.perf_counter()
        self.send(keys)
        if not self._read(5.0):
            raise Stuck(f"nothing came of the key {keys!r}")
        first = last = time.perf_counter()
        while self._read(quiet):
            last = time.perf_counter()
        return first - sent, last - sent

    def cpu_seconds(self) -> float:
        """Processor time of the program so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, what: str = "VmHWM") -> int:
        """Kilobytes of memory: VmHWM (the most so far) or VmRSS (now)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1])
        raise Stuck("the program has ended")

    def _read(self, timeout: float) -> bool:
        if timeout <= 0 or not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            self.output += os.read(self._master, 1 << 16)
        except OSError:
            raise Stuck(f"the program ended; last bytes: {bytes(self.output[-300:])!r}") from None
        while (at := self.output.find(_QUERY, self._looked_at)) >= 0:
            self._looked_at = at + len(_QUERY)
            os.write(self._master, _ANSWER)
        # Not all of the output with each reading: after some hundred keys that would take longer than what is measured.
        self._looked_at = max(self._looked_at, len(self.output) - len(_QUERY) + 1)
        return True
