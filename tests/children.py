"""Commands of tests that run at the same time, and where they print."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tui.desktop.children.fronted import Fronted
from tui.desktop.children.outlet import Outlet, Target
from tui.desktop.children.pool import Pool, Sink
from tui.desktop.children.running import Command, CommandResult

IGNORING = "trap '' TERM; echo $$; while :; do sleep 0.2; done"
FOREVER = "echo $$; exec yes"
HANGING = "echo $$; exec sleep 100"
STOPPED = "echo $$; kill -STOP $$"


class Ends:
    """A sink of another one, that keeps how the commands ended."""

    def __init__(self, inner: Sink) -> None:
        self.inner = inner
        self.results: dict[str, CommandResult] = {}
        self.taken = 0
        self.started = inner.started
        self.full, self.idle, self.stopping = inner.full, inner.idle, inner.stopping

    def take(self, name: str, number: int, data: bytes) -> None:
        self.taken += len(data)
        self.inner.take(name, number, data)

    def ended(self, result: CommandResult) -> None:
        self.results[result.name] = result
        self.inner.ended(result)


def fronts(*names: str) -> dict[int, dict[str, bytes]]:
    return {number: {name: f"{name} | ".encode() for name in names} for number in (1, 2)}


class Printed:
    """Where the commands of a test print: files, as a shell would redirect to them."""

    def __init__(self, folder: Path) -> None:
        self.paths = {number: folder / f"printed-{number}" for number in (1, 2)}
        self.targets = {number: Target(path.open("w"), number == 1) for number, path in self.paths.items()}
        self.outlet = Outlet()

    def fronted(self, *names: str) -> Ends:
        return Ends(Fronted(self.outlet, self.targets, fronts(*names)))

    def lines(self, number: int = 1) -> list[str]:
        return self.paths[number].read_text().splitlines()


def shells(scripts: dict[str, str], **environ: str) -> list[Command]:
    return [Command(name, ("sh", "-c", text), {**os.environ, **environ}) for name, text in scripts.items()]


def running(pool: Pool, commands: Iterable[Command]) -> threading.Thread:
    for command in commands:
        pool.add(command)
    pool.close()
    thread = threading.Thread(target=pool.run, daemon=True)
    thread.start()
    return thread


def run(printed: Printed, sink: Ends, commands: Iterable[Command], jobs: int = 8, linger: float = 1.0) -> Pool:
    pool = Pool(sink, jobs, grace=0.3, linger=linger)
    printed.outlet.on_change = pool.wake
    running(pool, commands).join(60)
    assert len(sink.results) == len(list(commands))
    return pool


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
