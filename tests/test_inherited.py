"""What the program was started with: signals that are ignored or blocked, few files; and what it hands on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .commands import SSOTUI, environment
from .program import program, quit_board, row, sample_home

pytestmark = pytest.mark.process

STRANGELY = """
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python itself ignores
    signal.signal(number, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGWINCH, signal.SIGALRM])
os.execvp(sys.argv[1], sys.argv[1:])
"""
START = (sys.executable, "-c", STRANGELY)
LOOK = ("grep", "-h", "Sig[BI][lg]", "/proc/self/status")


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A folder of programs that fail."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, code in {"xclip": 1, "browser": 3}.items():
        (folder / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (folder / name).chmod(0o755)
    return folder


def run(*command: str, **changes: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*START, *command], env=environment(**changes), capture_output=True, text=True, timeout=90, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_x42_a_browser_that_fails(failing: Path) -> None:
    code, out, err = run(*SSOTUI, "console", "dev-admin", BROWSER=str(failing / "browser"))
    assert code == 0
    assert err == "No browser was opened: browser failed: it ended with code 3. This is the link:\n"
    assert out.startswith("https://acme.awsapps.com/start/")


def test_x42_a_clipboard_program_that_fails(failing: Path) -> None:
    imports = "from tui.cli import launch; from tui.desktop import browser"
    copy = f"{imports}; launch.prepare(); print(browser.copy('text'), end='')"
    found = run(sys.executable, "-c", copy, PATH=str(failing), DISPLAY=":99", XDG_SESSION_TYPE="x11")
    assert found == (0, "the clipboard program failed", "")


def test_x42_a_command_gets_what_we_were_given() -> None:
    direct = run(*LOOK)
    assert run(*SSOTUI, "exec", "dev-admin", "--", *LOOK) == direct
    assert direct[1].count("\n") == 2


def test_x42_the_board_hears_signals_that_were_blocked() -> None:
    with program(command=[*START, *SSOTUI]) as terminal:
        terminal.wait_for("? Help")
        terminal.resize(130, 40)
        terminal.wait_for(lambda it: "? Help" in it.lines()[39])
        terminal.signal(15)
        assert terminal.wait_exit() == 143
        terminal.assert_restored()


def test_x42_where_no_shell_could_continue_it_the_board_does_not_stop() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.press("ctrl+z")
        terminal.wait_for("no shell that could continue it")
        terminal.signal(20)
        terminal.press("?")
        terminal.wait_for("Keys and states")
        terminal.press("escape")
        terminal.wait_for("? Help")
        quit_board(terminal)


def test_x42_few_files() -> None:
    limited = ["sh", "-c", 'ulimit -n 40; exec "$@"', "sh", *SSOTUI]
    done = subprocess.run(
        [*limited, "exec", "dev-admin", "--", "sh", "-c", "ulimit -n"],
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "40\n", "")
    with program(command=limited) as terminal:
        terminal.wait_for("? Help")
        terminal.press("R")
        terminal.wait_for(lambda it: "valid" in row(it, "staging"))
        quit_board(terminal)


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_names_and_messages_in_a_locale_that_has_no_letters_for_them(locale: str, home: Path) -> None:
    text = "[profile größe-公司]\nsso_session = größe\nsso_account_id = 1\nsso_role_name = Ä\n"
    (home / ".aws/config").write_text(text, encoding="utf-8")
    narrow = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, out, err = run(*SSOTUI, "whoami", "größe-公司", **narrow)
    assert (code, out) == (1, "")
    assert "gr\\xf6\\xdfe" in err
    assert "There is no profile" not in err
    assert "\\udc" not in err
    code, out, err = run(*SSOTUI, "whoami", "größe", **narrow)
    assert (code, out) == (1, "")
    assert err.startswith("ssotui: There is no profile gr\\xf6\\xdfe\n")
    assert "did you mean gr\\xf6\\xdfe-\\u516c\\u53f8?" in err
