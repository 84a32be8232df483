"""Textual's own switches, tmux, core dumps: what the surroundings bring makes no secret leave the program."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from . import needs
from .program import COMMAND, highlight, program, quit_board, sample_home
from .secrets import issued, leaked

SWITCHES = {
    "TEXTUAL": "debug,devtools",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_SCREENSHOT_FILENAME": "screen.svg",
    "TEXTUAL_PRESS": "q",
    "TEXTUAL_SHOW_RETURN": "1",
    "TEXTUAL_DRIVER": "no.such.module:Driver",
}


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def test_e13_textuals_own_switches_write_and_send_nothing(tmp_path: Path, demo: DemoServer) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        env = {
            **SWITCHES,
            "TEXTUAL_LOG": str(folder / "log"),
            "TEXTUAL_SCREENSHOT_LOCATION": str(folder),
            "TEXTUAL_DEVTOOLS_PORT": str(listener.getsockname()[1]),
        }
        with program(env=env, cwd=folder) as terminal:
            terminal.wait_for("? Help")
            highlight(terminal, "dev-admin")
            terminal.press("e")
            terminal.wait_for("credentials valid for")
            terminal.press("v")
            terminal.wait_for("ASIADEMO")
            time.sleep(1.2)  # what TEXTUAL_SCREENSHOT asks for would come after a second
            terminal.press("v", "escape")
            terminal.wait_for("? Help")
            quit_board(terminal)
            assert "returned" not in terminal.text()
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert list(folder.iterdir()) == []


def test_e13_the_palette_makes_no_screenshots() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.send("screenshot")
        terminal.wait_for("No matches found")


def test_other_settings_of_textuals_are_obeyed() -> None:
    with program(env={"TEXTUAL_DISABLE_KITTY_KEY": "1"}) as terminal:
        terminal.wait_for("? Help")
        assert terminal.emulator.kitty_flags == []
        quit_board(terminal)


@pytest.mark.parametrize(
    "env",
    [
        {"TEXTUAL_COLOR_SYSTEM": "many"},
        {"TEXTUAL_COLOR_SYSTEM": ""},
        {"TEXTUAL_FPS": "100000000"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda env: " ".join(env),
)
def test_values_that_make_no_sense_do_no_harm(env: dict[str, str]) -> None:
    with program(env=env) as terminal:
        terminal.wait_for("? Help")
        assert "●" in terminal.text()
        assert b"\x1b[38;2;" in terminal.raw
        quit_board(terminal)


@pytest.fixture
def tmux() -> Iterator[Callable[..., str]]:
    """Runs tmux on a server of this test's own, and returns what it prints."""
    program = needs.program("tmux")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program, "-L", f"ssotui-tests-{os.getpid()}", "-f", "/dev/null", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env=dict(os.environ),  # without COLUMNS, which importing readline sets behind Python's back
        )
        return done.stdout

    yield run
    subprocess.run([program, "-L", f"ssotui-tests-{os.getpid()}", "kill-server"], capture_output=True, check=False)


def test_e14_inside_tmux(tmux: Callable[..., str], tmp_path: Path) -> None:
    def wait_for(text: str) -> str:
        for _ in range(400):
            shown = tmux("capture-pane", "-p")
            if text in shown:
                return shown
            time.sleep(0.05)
        raise AssertionError(f"{text} did not appear:\n{shown}")

    ending = tmp_path / "ending"
    command = f"{shlex.join(COMMAND)}; echo $? >{ending}; exec cat"
    tmux("new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", command)
    assert "attic" in wait_for("? Help")
    assert "38;5;" in tmux("capture-pane", "-p", "-e") or "38;2;" in tmux("capture-pane", "-p", "-e")
    tmux("send-keys", "?")
    wait_for("Keys and states")
    tmux("send-keys", "Escape")
    wait_for("PROFILE ")  # all of the board: a key right behind Escape would be one with alt
    tmux("send-keys", "G", "x")
    wait_for("Removes")
    tmux("send-keys", "Escape")
    tmux("resize-window", "-x", "130", "-y", "40")
    wait_for("written in")
    tmux("resize-window", "-x", "30", "-y", "8")
    wait_for("Too small")
    tmux("resize-window", "-x", "80", "-y", "24")
    wait_for("? Help")
    tmux("send-keys", "q")
    wait_for("")
    for _ in range(400):
        if ending.exists() and ending.read_text():
            break
        time.sleep(0.05)
    assert ending.read_text() == "0\n"
    assert "PROFILE" not in tmux("capture-pane", "-p")


def test_e17_a_crash_of_the_interpreter_leaves_no_core(tmp_path: Path) -> None:
    """Even when whoever started the program had allowed cores."""
    script = 'ulimit -c unlimited 2>/dev/null; exec "$@"'
    with program(command=["sh", "-c", script, "sh", *COMMAND], cwd=tmp_path) as terminal:
        terminal.wait_for("? Help")
        soft, _hard = resource.prlimit(terminal.pid, resource.RLIMIT_CORE)
        assert soft == 0
        terminal.signal(signal.SIGABRT)
        terminal.wait_exit()
        assert terminal.returncode == -signal.SIGABRT
    assert [path.name for path in tmp_path.iterdir() if "core" in path.name] == []


PROBE = """
import ctypes, pathlib, sys
from tui.terminal import privacy as guard
found = pathlib.Path(sys.argv.pop(1))
real = guard.forbid_looking_in
def probe():
    real()
    found.write_text(str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)))  # PR_GET_DUMPABLE
guard.forbid_looking_in = probe
from tui.__main__ import main
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's own")
def test_e17_others_cannot_look_into_the_running_board(tmp_path: Path) -> None:
    found = tmp_path / "dumpable"
    with program(command=[sys.executable, "-c", PROBE, str(found)]) as terminal:
        terminal.wait_for("? Help")
        terminal.wait_for(lambda _it: found.exists() and found.read_text())
        quit_board(terminal)
    assert found.read_text() == "0"


def test_no_log_shows_a_secret_even_when_everything_is_logged(demo: DemoServer, tmp_path: Path) -> None:
    """Some set-ups make every logger of a process talk."""
    driver = (
        "import logging, sys; from tui.__main__ import main;"
        f"logging.basicConfig(filename={str(tmp_path / 'log')!r}, level=logging.DEBUG);"
        "sys.exit(main())"
    )
    with program(command=[sys.executable, "-c", driver]) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "billing")
        terminal.press("i")
        terminal.wait_for("answered in")
        terminal.press("escape")
        terminal.wait_for(lambda it: "answered in" not in it.text())  # a key right behind Escape would be one with alt
        highlight(terminal, "sandbox")
        terminal.press("l")
        terminal.wait_for("signed in to 2 of 3")
        quit_board(terminal)
    logged = (tmp_path / "log").read_bytes()
    assert logged != b""
    assert leaked(logged, issued(demo)) == []
