"""A program of its own on a terminal: the leader of a session, with this terminal as the controlling one."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

CLOSED = -2
"""As an end: no open file at all."""

_TTY_FD = 200  # any number that no other file of the child has
_DEFAULT_SIGNALS = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE, signal.SIGTSTP]


class Spawned:
    """A process with `terminal` (its path) or, where `ends` has one, another file as its standard streams."""

    def __init__(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        folder: str | Path | None,
        terminal: str,
        ends: Sequence[int | None],
    ) -> None:
        # A session leader without a terminal that opens one gets it as its controlling terminal.
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, _TTY_FD, terminal, os.O_RDWR, 0)
        ]
        for number, end in enumerate(ends):
            if end == CLOSED:
                actions.append((os.POSIX_SPAWN_CLOSE, number))
            else:
                actions.append((os.POSIX_SPAWN_DUP2, _TTY_FD if end is None else end, number))
        actions.append((os.POSIX_SPAWN_CLOSE, _TTY_FD))
        if folder is not None:
            argv = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *argv]
        self.pid = os.posix_spawnp(
            argv[0],
            list(argv),
            dict(environ),
            file_actions=actions,
            setsid=True,
            setsigmask=[],
            setsigdef=_DEFAULT_SIGNALS,
        )

    def poll(self) -> int | None:
        """Its exit status, -n for signal n; None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def wait(self) -> int:
        """Waits for its end; returns its exit status."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
