"""A process that has loaded the program and is forked for each run of it: `python -m tests.warm_process SOCKET`.

To load Textual, botocore and the program takes more processor time than most tests need for all that comes then. What
a fork finds is what a process finds that begins with `python -m tui`: a session and a terminal of its own, streams,
arguments, environment. They come in a packet of the socket; with it come the files that are not the terminal, and last
a socket that is told its number once it is there, and how it ended.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import runpy
import signal
import socket
import sys
import time
from typing import Any

PACKET = 200_000
"""Bytes of a request at most: the environment is in it."""
FILES = 4


def load() -> None:
    """What a board has loaded soon after its start."""
    from tui.terminal.privacy import clear_switches

    before = dict(os.environ)
    clear_switches(os.environ)  # before Textual looks at them, as the program does
    import boto3  # noqa: F401

    import tui.app
    import tui.cli.launch
    import tui.cli.main
    import tui.screens.board.ahead
    import tui.screens.board.board  # noqa: F401

    os.environ.update(before)
    gc.collect()
    gc.freeze()


def serve(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Returns in each fork, with what it is to become and the files. Ends when nobody is left who could ask."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, files, _flags, _address = socket.recv_fds(control, PACKET, FILES)
        if not data:
            os._exit(0)
        if os.fork():
            for file in files:
                os.close(file)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        child = os.fork()
        if not child:
            return json.loads(data), files
        for end in files[:-1]:
            os.close(end)
        status = os.waitpid(child, 0)[1]
        with contextlib.suppress(OSError):  # nobody is there any more
            os.write(files[-1], b"ended %d" % status)
        os._exit(0)


def become(request: dict[str, Any], files: list[int]) -> None:
    """Run the program as it was asked for."""
    *ends, asker = files
    os.setsid()
    terminal = os.open(request["terminal"], os.O_RDWR)  # which makes it the controlling one
    for number, own in enumerate(request["own"]):
        os.dup2(ends.pop(0) if own else terminal, number)
    os.write(asker, b"begun %d" % os.getpid())
    os.closerange(3, max(terminal, *files) + 1)
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    os.chdir(request["folder"])
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        setattr(sys, name, _stream(number, name))
        setattr(sys, f"__{name}__", getattr(sys, name))
    sys.path[0] = os.getcwd()
    sys.argv[1:] = request["arguments"]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def _stream(number: int, name: str) -> io.TextIOWrapper:
    """A standard stream as Python opens it."""
    like: io.TextIOWrapper = getattr(sys, name)
    mode = "w" if number else "r"
    raw = open(number, f"{mode}b", 0 if like.write_through else -1, closefd=False)  # noqa: SIM115
    getattr(raw, "raw", raw).name = f"<{name}>"  # type: ignore[misc]
    lines = (number == 2 or os.isatty(number)) and not like.write_through
    stream = io.TextIOWrapper(raw, like.encoding, like.errors, "\n", lines, like.write_through)
    stream.mode = mode  # type: ignore[misc]
    return stream


if __name__ == "__main__":
    load()
    become(*serve(socket.socket(fileno=int(sys.argv[1]))))
