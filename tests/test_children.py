"""Many commands at once, without AWS: whole lines, bounded memory, and an end for each, whatever it does."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tui.desktop.children.fronted import LONGEST, Fronted, harmless
from tui.desktop.children.outlet import MOST, Outlet, Target
from tui.desktop.children.pool import Pool, Sink
from tui.desktop.children.running import CHUNK, Command, Result
from tui.desktop.children.spooled import IN_MEMORY, Spool, Spooled

pytestmark = pytest.mark.process

IGNORING = "trap '' TERM; echo $$; while :; do sleep 0.2; done"
FOREVER = "echo $$; exec yes"
HANGING = "echo $$; exec sleep 100"
STOPPED = "echo $$; kill -STOP $$"


class Ends:
    """A sink of another one, that keeps how the commands ended."""

    def __init__(self, inner: Sink) -> None:
        self.inner = inner
        self.results: dict[str, Result] = {}
        self.taken = 0
        self.started = inner.started
        self.full, self.idle, self.stopping = inner.full, inner.idle, inner.stopping

    def take(self, name: str, number: int, data: bytes) -> None:
        self.taken += len(data)
        self.inner.take(name, number, data)

    def ended(self, result: Result) -> None:
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


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[Printed]:
    printed = Printed(tmp_path)
    yield printed
    printed.outlet.close()


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
    assert len(sink.results) + len(pool.unstarted) == len(list(commands))
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
    assert pool.unstarted == ["later"]


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


def test_records_are_whole_and_leave_no_files(
    printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    sizes: list[int] = []

    def record(result: Result, stdout: Spool, stderr: Spool) -> Iterator[bytes]:
        yield b'{"name": "%b", "out": "' % result.name.encode()
        for text in stdout.texts():
            sizes.append(len(text))
            yield json.dumps(text)[1:-1].encode()
        yield b'", "err": %b}\n' % json.dumps("".join(stderr.texts())).encode()

    scripts = {f"p{number}": f"head -c 3000000 /dev/zero | tr '\\0' {number}; echo bad >&2" for number in range(8)}
    scripts["odd"] = "printf 'a\\377b\\303'; printf '\\303\\244\\033[31m' >&2"
    sink = Ends(Spooled(printed.outlet, printed.targets[1], record))
    run(printed, sink, shells(scripts))
    found = {it["name"]: it for it in map(json.loads, printed.lines())}
    assert found["odd"] == {"name": "odd", "out": "a\ufffdb\ufffd", "err": "ä\x1b[31m"}
    for number in range(8):
        assert found[f"p{number}"] == {"name": f"p{number}", "out": str(number) * 3_000_000, "err": "bad\n"}
    assert max(sizes) <= 1 << 16 < IN_MEMORY
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool()

    def fail(_data: bytes) -> None:
        raise OSError(28, "No space left on device")

    spool.keep(b"begin")
    with monkeypatch.context() as patch:
        patch.setattr(spool._file, "write", fail)
        spool.keep(b"more")
    spool.keep(b"and more")
    assert spool.problem == "its output could not be kept: No space left on device"
    assert "".join(spool.texts()) == "begin"


def test_a_line_without_end_goes_on_in_the_next(printed: Printed) -> None:
    size = 2 * LONGEST + 5000
    sink = printed.fronted("a")
    run(printed, sink, shells({"a": f"head -c {size - 1} /dev/zero | tr '\\0' x; printf 'ä'"}))
    lines = printed.lines()
    assert all(line.startswith("a | ") for line in lines)
    assert max(map(len, lines)) <= LONGEST + 4
    assert "".join(line[4:] for line in lines) == "x" * (size - 1) + "ä"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"plain", "plain"),
        ("Zürich ✓".encode(), "Zürich ✓"),
        (b"\xff\xfe", r"\xff\xfe"),
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"\x1b]52;c;Zm9v\x07", r"\x1b]52;c;Zm9v\x07"),
        (b"\x1b[2J\x1b[H", r"\x1b[2J\x1b[H"),
        (b"10%\r55%\r100%\r", "100%"),
        (b"windows\r", "windows"),
        (b"a\tb", "a       b"),
        ("\u202egnp.exe".encode(), r"\u202egnp.exe"),
        (b"\xc2\x9b31m", r"\x9b31m"),
        (b"", ""),
        (b"x" * 5000, "x" * 5000),
    ],
)
def test_a_terminal_gets_text_alone(line: bytes, shown: str) -> None:
    assert harmless(line) == shown


def test_bytes_stay_as_they_are_for_a_file_and_not_for_a_terminal(printed: Printed) -> None:
    printed.targets[2].terminal = True
    sink = printed.fronted("a")
    run(printed, sink, shells({"a": r"printf '\033[2Jx\377\n'; printf '\033[2Jx\377\n' >&2"}))
    assert printed.paths[1].read_bytes() == b"a | \x1b[2Jx\xff\n"
    assert printed.paths[2].read_bytes() == b"a | \\x1b[2Jx\\xff\n"


def test_the_line_about_progress_is_never_within_others(tmp_path: Path) -> None:
    path = tmp_path / "terminal"
    target = Target(path.open("w"), False)
    target.terminal = True
    outlet = Outlet(status_on=target)
    outlet.status("1 of 2")
    until(outlet.idle)
    outlet.put(target, [b"a line\n"])
    until(outlet.idle)
    outlet.status("")
    until(outlet.idle)
    assert path.read_bytes() == b"\r\x1b[K1 of 2\r\x1b[Ka line\n\r\x1b[K1 of 2\r\x1b[K"
