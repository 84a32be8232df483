"""The command line as a user runs it, with the test's HOME and environment: in this process, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple
from unittest import mock

import pytest

from tui.aws.requests import clients
from tui.aws.session import signed_out
from tui.aws.state import finishing
from tui.cli.environment import Environment
from tui.cli.launch import finish
from tui.cli.main import main
from tui.demo.server import DemoServer

from . import secrets

SSOTUI = (sys.executable, "-m", "tui")


class Done(NamedTuple):
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


_started: list[subprocess.Popen[str]] = []


def environment(**changes: str) -> dict[str, str]:
    """This test's environment with changes."""
    return {**os.environ, **changes}


def ssotui(*arguments: str, **changes: str) -> Done:
    """Runs a command to its end, in this process, with no terminal and no input. `changes` are environment variables.
    It remembers nothing of those before it. What takes the place of the process (`exec`) runs by `ssotui_apart`."""
    stdout, stderr = _Written(), _Written()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr), _as_a_process_finds_it(changes):
        code = finish(main(arguments, Environment(stdin=io.StringIO())))
    return Done(code, stdout.text(), stderr.text())


class _Written(io.TextIOWrapper):
    """A pipe, as a process finds it: no terminal, and encoded."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="")

    def text(self) -> str:
        """All that was written."""
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@contextlib.contextmanager
def _as_a_process_finds_it(changes: Mapping[str, str]) -> Iterator[None]:
    """What a program starts with, as far as a command changes it or keeps it for later; put back at the end."""
    handlers = {number: signal.getsignal(number) for number in (*_HEARD, signal.SIGINT)}
    new: list[Any] = [
        mock.patch.dict(os.environ, changes),
        mock.patch.object(clients, "_clients", {}),
        mock.patch.object(finishing, "_closed", False),
        mock.patch.object(finishing, "_remarks", {}),
        mock.patch.object(signed_out, "_here", {}),
        mock.patch.object(sys, "excepthook"),
        mock.patch.object(threading, "excepthook"),
        mock.patch("os.execvpe", _no_place),
        mock.patch("tui.cli.main.mute"),
    ]
    with contextlib.ExitStack() as stack:
        for each in new:
            stack.enter_context(each)
        time.tzset()
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    time.tzset()


_HEARD = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def _no_place(*_arguments: object) -> None:
    pytest.fail("the test's process is not to become another program: run it by ssotui_apart")


def ssotui_apart(*arguments: str, **changes: str) -> Done:
    """The same in a process of its own."""
    done = subprocess.run(
        [*SSOTUI, *arguments],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


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
