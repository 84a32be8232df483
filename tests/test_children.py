"""Many commands at once, without AWS: whole lines, bounded memory, and an end for each, whatever it does."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.desktop.children.fronted import Fronted
from tui.desktop.children.outlet import MOST, Outlet, Target
from tui.desktop.children.pool import Pool
from tui.desktop.children.running import CHUNK, Command

from .children import FOREVER, HANGING, IGNORING, STOPPED, Ends, Printed, alive, fronts, run, running, shells, until

pytestmark = pytest.mark.process


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[Printed]:
    printed = Printed(tmp_path)
    yield printed
    printed.outlet.close()


def test_200_commands_each_with_its_environment_and_whole_lines(printed: Printed) -> None:
    """No variable of another one, nothing of the environment in any arguments, and no line with parts of two."""
    names = [f"p{number}" for number in range(200)]
    script = 'echo "begin $KEY"; echo "$KEY bad" >&2; i=0; while [ $i -lt 5 ]; do echo "$KEY $i"; i=$((i+1)); done; '
    script += 'tr "\\0" " " < /proc/$$/cmdline; echo; printf "last $KEY"; exit ${CODE}'
    commands = [
        Command(name, ("sh", "-c", script), {**os.environ, "KEY": f"key-of-{name}-", "CODE": str(number % 3)})
        for number, name in enumerate(names)
    ]
    sink = printed.fronted(*names)
    run(printed, sink, commands)
    assert {name: result.code for name, result in sink.results.items()} == {
        name: number % 3 for number, name in enumerate(names)
    }
    by_name: dict[str, list[str]] = {}
    for line in printed.lines():
        front, _, rest = line.partition(" | ")
        by_name.setdefault(front, []).append(rest)
    shown = " ".join(["sh", "-c", script]) + " "
    for name in names:
        key = f"key-of-{name}-"
        assert by_name[name] == [f"begin {key}", *(f"{key} {i}" for i in range(5)), shown, f"last {key}"]
    assert sorted(printed.lines(2)) == sorted(f"{name} | key-of-{name}- bad" for name in names)


def test_no_more_at_once_than_were_asked_for(printed: Printed, tmp_path: Path) -> None:
    folder = tmp_path / "now"
    folder.mkdir()
    script = f"cd {folder}; touch $$; ls | wc -l; sleep 0.05; rm $$"
    names = [f"p{number}" for number in range(12)]
    run(printed, printed.fronted(*names), shells(dict.fromkeys(names, script)), jobs=3)
    counts = [int(line.split()[-1]) for line in printed.lines()]
    assert len(counts) == 12
    assert max(counts) <= 3


def test_all_are_ended_whatever_they_do(printed: Printed) -> None:
    """Also what they have started, and those that hang, print for ever, ignore SIGTERM or are stopped."""
    scripts = {
        "ignoring": IGNORING,
        "forever": FOREVER,
        "hanging": HANGING,
        "stopped": STOPPED,
        "parent": "sh -c 'echo $$; exec sleep 100' & echo $$; wait",
        "orphan": f'sh -c "{IGNORING.replace("$", chr(92) + "$")}" & echo $$; wait',
        "polite": "trap 'echo bye; exit 7' TERM; echo $$; while :; do sleep 0.01; done",
    }
    sink = printed.fronted(*scripts, "later")
    pool = Pool(sink, len(scripts), grace=0.5, linger=0.2)
    printed.outlet.on_change = pool.wake
    thread = running(pool, shells({**scripts, "later": "echo never"}))
    numbers = re.compile(r"^(\w+) +\| (\d+)$")

    def pids() -> list[tuple[str, int]]:
        found = map(numbers.match, printed.lines())
        return [(match[1], int(match[2])) for match in found if match]

    until(lambda: len(pids()) == len(scripts) + 2)
    assert all(alive(pid) for _, pid in pids())
    pool.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert [(name, pid) for name, pid in pids() if alive(pid)] == []
    assert {name for name, result in sink.results.items() if result.cut} == set(scripts)
    codes = {name: result.code for name, result in sink.results.items()}
    assert codes["ignoring"] == 128 + signal.SIGKILL
    assert codes["hanging"] == codes["forever"] == codes["stopped"] == 128 + signal.SIGTERM
    assert codes["polite"] == 7
    assert "polite | bye" in printed.lines()
    assert "later" not in sink.results


def test_200_commands_some_of_which_never_end(printed: Printed) -> None:
    bad = [IGNORING, FOREVER, HANGING, STOPPED]
    scripts = {f"p{number}": bad[number // 20 % 4] if number % 20 == 7 else "echo well" for number in range(200)}
    good = [name for name, script in scripts.items() if script == "echo well"]
    sink = printed.fronted(*scripts)
    pool = Pool(sink, 16, grace=0.3, linger=0.2)
    printed.outlet.on_change = pool.wake
    thread = running(pool, shells(scripts))
    until(lambda: len(sink.results) == len(good) == 190)
    pool.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert sorted(name for name, result in sink.results.items() if result.cut) == sorted(scripts.keys() - set(good))
    lines = printed.lines()
    assert all(f"{name} | well" in lines for name in good)
    found = re.findall(r"^(p\d+) \| (\d+)$", "\n".join(lines), re.MULTILINE)
    assert len(found) == 10
    assert not any(alive(int(pid)) for _, pid in found)


def test_who_ends_when_asked_is_not_waited_for(printed: Printed) -> None:
    """Nor are orphans that have ended, but whom nobody has asked how: that is so in many containers."""
    scripts = {"a": HANGING, "b": "sleep 100 & sleep 100 & echo $$; wait", "c": "echo $$; while :; do sleep 0.1; done"}
    sink = printed.fronted(*scripts)
    pool = Pool(sink, len(scripts), grace=1000)
    printed.outlet.on_change = pool.wake
    thread = running(pool, shells(scripts))
    until(lambda: len(printed.lines()) == len(scripts))
    pool.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert {result.code for result in sink.results.values()} == {128 + signal.SIGTERM}


def test_who_is_told_twice_does_not_wait(printed: Printed) -> None:
    sink = printed.fronted("a")
    pool = Pool(sink, 1, grace=1000)
    printed.outlet.on_change = pool.wake
    thread = running(pool, shells({"a": IGNORING}))
    until(printed.lines)
    pool.stop()
    pool.kill()
    thread.join(30)
    assert sink.results["a"].code == 128 + signal.SIGKILL


def test_what_is_left_behind_with_the_pipe_keeps_nobody_waiting(printed: Printed) -> None:
    script = "sleep 100 & echo $!; (yes &) ; (sleep 0.2; echo soon after) & head -c 60000 /dev/zero | tr '\\0' x"
    sink = printed.fronted("a")
    run(printed, sink, shells({"a": script}), linger=0.6)
    left = int(printed.lines()[0].split()[-1])
    os.kill(left, signal.SIGKILL)
    assert (sink.results["a"].code, sink.results["a"].cut) == (0, False)
    lines = printed.lines()
    assert any(line.endswith("soon after") for line in lines)
    assert sum(line.count("x") for line in lines) == 60000


def test_what_cannot_be_started_is_told_and_the_others_run(printed: Printed, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    commands = [
        Command("missing", ("no-such-command",), os.environ),
        Command("plain", (str(tmp_path / "plain"),), os.environ),
        Command("nul", ("true", "a\0b"), os.environ),
        Command("good", ("true",), os.environ),
    ]
    sink = printed.fronted("good")
    run(printed, sink, commands)
    errors = {name: type(result.error) for name, result in sink.results.items()}
    assert errors == {"missing": FileNotFoundError, "plain": PermissionError, "nul": ValueError, "good": type(None)}
    assert sink.results["good"].code == 0


class Gate:
    """A target that takes nothing until it is opened, and counts what waits before it."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.written = 0
        self.terminal, self.needed = False, True
        self.line = b""

    def write(self, data: bytes) -> None:
        assert self.open.wait(60)
        self.written += len(data)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def test_who_prints_waits_for_who_reads(gate: Gate) -> None:
    """40 MB: what is in memory at any time is bounded by the number of commands that run, not by what they print."""
    names = [f"p{number}" for number in range(20)]
    outlet = Outlet()
    sink = Ends(Fronted(outlet, {1: gate, 2: gate}, {1: dict.fromkeys(names, b"| ")}))  # type: ignore[dict-item]
    pool = Pool(sink, 8)
    outlet.on_change = pool.wake
    thread = running(pool, shells(dict.fromkeys(names, "yes 0123456789 | head -c 2000000")))
    until(lambda: outlet.full())
    time.sleep(0.5)
    most = (MOST + 1 + 2 * 8) * CHUNK
    assert 0 < sink.taken <= most
    assert sink.results == {}
    held = 0

    def measure(data: bytes) -> None:
        nonlocal held
        gate.written += len(data)
        # Each line of 11 bytes has 2 in front.
        held = max(held, sink.taken - gate.written * 11 // 13)

    gate.write = measure  # type: ignore[method-assign]
    gate.open.set()
    thread.join(60)
    assert {result.code for result in sink.results.values()} == {0}
    assert sink.taken == 20 * 2_000_000
    assert gate.written > sink.taken
    assert held <= most + 8 * 64 * 1024  # and a pipe each, of commands that have ended


def test_the_end_does_not_wait_for_who_reads(gate: Gate) -> None:
    outlet = Outlet()
    sink = Ends(Fronted(outlet, {1: gate, 2: gate}, fronts("a")))  # type: ignore[dict-item]
    pool = Pool(sink, 1, grace=0.2, linger=0.2)
    outlet.on_change = pool.wake
    thread = running(pool, shells({"a": FOREVER}))
    until(outlet.full)
    pool.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert sink.results["a"].cut


def test_when_nobody_reads_any_more_all_end() -> None:
    read, write = os.pipe()
    target = Target(os.fdopen(write, "w"), True)
    outlet = Outlet()
    sink = Ends(Fronted(outlet, {1: target, 2: target}, fronts("a", "b")))
    pool = Pool(sink, 2, grace=0.2)

    def changed() -> None:
        if outlet.failure is not None:
            pool.stop()
        pool.wake()

    outlet.on_change = changed
    thread = running(pool, shells({"a": FOREVER, "b": FOREVER}))
    until(lambda: sink.taken > 100_000)
    os.close(read)
    thread.join(30)
    assert isinstance(outlet.failure, BrokenPipeError)
    assert sink.results.keys() == {"a", "b"}
