"""What becomes of the output of many commands: records, lines of any length, and nothing that a terminal obeys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.desktop.children.fronted import LONGEST, harmless
from tui.desktop.children.outlet import Outlet, Target
from tui.desktop.children.running import CommandResult
from tui.desktop.children.spooled import IN_MEMORY, Spool, Spooled

from .children import Ends, Printed, run, shells, until

pytestmark = pytest.mark.process


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[Printed]:
    printed = Printed(tmp_path)
    yield printed
    printed.outlet.close()


def test_records_are_whole_and_leave_no_files(
    printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    sizes: list[int] = []

    def record(result: CommandResult, stdout: Spool, stderr: Spool) -> Iterator[bytes]:
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
