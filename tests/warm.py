"""Starts of the program for tests that need it running in a terminal, and do not look at how it starts."""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .spawned import CLOSED

ROOT = Path(__file__).parent.parent

_READ_ONCE = ("PYTHON", "LC_", "LANG", "TEXTUAL_", "TERM_PROGRAM")
"""How the names begin of variables that Python and Textual look at when they are loaded."""


class Warm:
    """A module of Python as the program in a terminal, in a fork of a process that has loaded the board: see
    `warm_process`. For the rest as `Spawned`."""

    def __init__(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        folder: str | Path | None,
        terminal: str,
        ends: Sequence[int | None],
    ) -> None:
        assert list(argv[:2]) == [sys.executable, "-m"]
        assert CLOSED not in ends
        once = {name: value for name, value in environ.items() if name.startswith(_READ_ONCE)}
        server = _server(os.getpid(), tuple(sorted(once.items())))
        self._answers, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {
            "module": argv[2],
            "arguments": argv[3:],
            "environ": dict(environ),
            "folder": str(folder or os.getcwd()),
            "terminal": terminal,
            "own": [end is not None for end in ends],
        }
        with theirs:
            files = [*(end for end in ends if end is not None), theirs.fileno()]
            socket.send_fds(server, [json.dumps(request).encode()], files)
        self.pid = self._answer("begun")

    def poll(self) -> int | None:
        """Its exit status, -n for signal n; None while it runs."""
        return self.wait() if select.select([self._answers], [], [], 0)[0] else None

    def wait(self) -> int:
        """Waits for its end; returns its exit status."""
        with self._answers:
            return os.waitstatus_to_exitcode(self._answer("ended"))

    def _answer(self, kind: str) -> int:
        found, _, number = self._answers.recv(100).decode().partition(" ")
        assert found == kind, f"{found} {number}"
        return int(number)


@functools.cache
def _server(_process: int, once: tuple[tuple[str, str], ...]) -> socket.socket:
    """The one that this process asks for what has these variables. It ends when nobody is left to ask it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_process", str(theirs.fileno())],
            env={name: value for name, value in os.environ.items() if not name.startswith(_READ_ONCE)} | dict(once),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours
