"""The command line as a user runs it: a process of its own, with the test's HOME and environment."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

from tui.cli.environment import Environment
from tui.cli.main import main
from tui.demo.server import DemoServer

from . import secrets

SSOTUI = (sys.executable, "-m", "tui")

Done = subprocess.CompletedProcess[str]


_started: list[subprocess.Popen[str]] = []


def environment(**changes: str) -> dict[str, str]:
    """This test's environment with changes."""
    return {**os.environ, **changes}


def ssotui(*arguments: str, **changes: str) -> Done:
    """Runs a command to its end, with no terminal and no input. `changes` are environment variables."""
    return subprocess.run(
        [*SSOTUI, *arguments],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def start(*arguments: str, stdout: int | IO[Any] = subprocess.PIPE, **changes: str) -> subprocess.Popen[str]:
    """Starts a command in a process group of its own; stderr is a pipe. It does not outlive its test."""
    process = subprocess.Popen(
        [*SSOTUI, *arguments],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _started.append(process)
    return process


def end_what_was_started() -> None:
    """Kills what a test that failed has left running: it would slow down all that come after it."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def leaked(demo: DemoServer, *texts: str) -> list[str]:
    """The names of the server's secrets of which a part is in one of the texts."""
    return secrets.leaked("\n".join(texts).encode(), secrets.issued(demo))


def check(done: Done, code: int, demo: DemoServer | None = None, allow: Sequence[str] = ()) -> Done:
    """Asserts how a command ended: its exit code, no traceback, and no secret in its output (`allow=["stdout"]`)."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    if demo is not None:
        assert leaked(demo, done.stderr, "" if "stdout" in allow else done.stdout) == []
    return done


class Answering(io.StringIO):
    """A terminal on which somebody answers."""

    def isatty(self) -> bool:
        return True


class Room:
    """Streams of a command's own, and what was written to them."""

    def __init__(self, environ: Mapping[str, str] | None = None, typed: str | None = None, now: float = 0) -> None:
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        stdin = io.StringIO() if typed is None else Answering(typed)
        self.here = Environment(environ, stdin, self.stdout, self.stderr, (lambda: now) if now else None)

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints; asserts its exit code."""
        assert main(arguments, self.here) == code, self.stderr.getvalue()
        return self.stdout.getvalue()
