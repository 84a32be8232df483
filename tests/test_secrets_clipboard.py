"""Clipboard and browser of the running board: where copied secrets go, and what the programs it calls can do to it."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .fakes import fake_programs
from .program import WIDE, highlight, program, quit_board, sample_home
from .secrets import cached, leaked
from .terminal import Terminal

NOISE = "NOISE-of-a-child"
LOUD = f"""#!/bin/sh
echo {NOISE}
echo {NOISE} >&2
echo {NOISE} >/dev/tty
cat >/dev/null
exit 1
"""


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def copy_lines(terminal: Terminal) -> None:
    terminal.wait_for("written in")
    highlight(terminal, "dev-admin")
    terminal.press("y")
    terminal.wait_for("lines for dev-admin")


def on_clipboard(terminal: Terminal) -> list[bytes]:
    """What the terminal was asked to put on its clipboard."""
    commands = [command for command in terminal.emulator.osc if command.startswith(b"52;c;")]
    return [base64.b64decode(command.removeprefix(b"52;c;")) for command in commands]


def test_a_copy_goes_to_the_clipboard_program_and_nowhere_else(tmp_path: Path, home: Path) -> None:
    notes = tmp_path / "notes"
    with program(size=WIDE, env=fake_programs(notes)) as terminal:
        copy_lines(terminal)
        terminal.wait_for("copied; cleared in 45 s")
        assert on_clipboard(terminal) == []
        assert leaked(terminal.raw, cached(home)) == []
        copied = (notes / "clipboard").read_bytes()
        assert len(leaked(copied, cached(home))) == 2, "the secret key and the session token"
        quit_board(terminal)


def test_k05_without_a_clipboard_the_terminal_is_asked_and_nothing_is_promised(home: Path) -> None:
    with program(size=WIDE) as terminal:
        copy_lines(terminal)
        terminal.wait_for("sent to the terminal, cannot be confirmed")
        assert ": copied" not in terminal.text()
        (text,) = on_clipboard(terminal)
        assert len(leaked(text, cached(home))) == 2
        quit_board(terminal)


def test_k05_a_terminal_that_must_not_be_asked_is_not(home: Path) -> None:
    (home / ".config/ssotui").mkdir(parents=True, exist_ok=True)
    (home / ".config/ssotui/config.toml").write_text("[clipboard]\nosc52 = false\n")
    with program(size=WIDE) as terminal:
        copy_lines(terminal)
        terminal.wait_for("no clipboard")
        assert on_clipboard(terminal) == []
        quit_board(terminal)


def test_k02_w02_what_other_programs_print_is_not_on_the_screen(tmp_path: Path, demo: DemoServer) -> None:
    env = fake_programs(tmp_path / "notes")
    for name in ("xclip", "browser"):
        (tmp_path / "notes/bin" / name).write_text(LOUD)
    with program(size=WIDE, env=env) as terminal:
        copy_lines(terminal)
        terminal.wait_for("the clipboard program failed")
        highlight(terminal, "attic")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        terminal.press("o")
        terminal.wait_for("No browser was opened")
        terminal.press("escape")
        terminal.wait_for("written in")
        quit_board(terminal)
        assert NOISE.encode() not in terminal.raw


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path) -> None:
    """It may be anybody's: a repository that was just cloned."""
    work = tmp_path / "work"
    work.mkdir()
    for name in ("pyperclip", "shutil", "tui", "botocore", "sitecustomize"):
        (work / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r})\n")
    command = [sys.executable, "-P", "-m", "tui"]  # imports as the installed program does
    with program(size=WIDE, env=fake_programs(tmp_path / "notes"), cwd=work, command=command) as terminal:
        copy_lines(terminal)
        terminal.wait_for("copied; cleared in 45 s")
        quit_board(terminal)
    with program("--demo", cwd=work, command=command) as terminal:
        terminal.wait_for("? Help")
        quit_board(terminal)
    assert not (tmp_path / "imported").exists()
