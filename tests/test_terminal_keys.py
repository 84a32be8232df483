"""Keys typed faster than screens change: they go where the person who typed them wanted them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import program, quit_board, row, sample_home
from .terminal import PIPE


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


@pytest.mark.parametrize("text", ["staging", "quit", "xl"])
def test_what_is_typed_right_behind_the_slash_is_the_filter(text: str, demo: DemoServer) -> None:
    """The first slash only now loads the filter. Its letters are commands elsewhere: quit, sign out, sign in."""
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.send("/" + text)
        terminal.wait_for(f"/ {text} ")
        terminal.wait_for(re.compile(r"\b\d+ of 13\b"))
        terminal.press("escape")
        terminal.wait_for(lambda it: f"/ {text}" not in it.text() and row(it, "attic"))
        quit_board(terminal)
    assert demo.state.log.count("StartDeviceAuthorization") == 0


@pytest.mark.parametrize("leave", ["escape", "enter", "down"])
def test_a_burst_of_keys_is_carried_out_in_order(leave: str) -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.press("/", "d", "e", "v", leave, "x")
        terminal.wait_for(re.compile(r"Removes \d+ "))
        terminal.press("escape")
        terminal.wait_for(lambda it: it.lines()[0].startswith(" ssotui") and row(it, "dev-admin"))
        terminal.wait_for(lambda it: ("/ dev" in it.text()) == (leave != "escape"))
        quit_board(terminal)


def test_the_palette_opens_after_what_was_typed_before_it() -> None:
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.press("/", "d", "escape", "ctrl+p")
        terminal.wait_for("Search for commands")
        assert "/ d " not in terminal.text()
        terminal.press("escape")
        terminal.wait_for(lambda it: "Search for" not in it.text())
        terminal.press("?", "ctrl+p")  # from a dialog too
        terminal.wait_for("Search for commands")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 0


def test_a_slow_clipboard_brings_no_dialog_over_another_screen(tmp_path: Path) -> None:
    """`enter` copies first and shows the line then: the user may be elsewhere by that time."""
    fake = tmp_path / "bin/xclip"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nsleep 1\n")
    fake.chmod(0o755)
    with program(env={"PATH": f"{fake.parent}:{os.environ['PATH']}", "DISPLAY": ":9"}) as terminal:
        terminal.wait_for("? Help")
        terminal.press("enter", "?")
        terminal.wait_for("Keys and states")
        terminal.wait_for("sent to the terminal")
        assert "Keys and states" in terminal.text()
        terminal.press("escape")
        terminal.wait_for(lambda it: it.lines()[0].startswith(" ssotui"))
        quit_board(terminal)


@pytest.mark.parametrize("ready", [False, True], ids=["while it loads", "while it draws"])
def test_keys_typed_before_the_first_paint_are_not_lost(ready: bool) -> None:
    """While it loads the terminal is as a shell leaves it, and makes a line feed of what `enter` sends."""
    with program("--emit", "bash", stdout=PIPE) as terminal:
        if ready:
            terminal.wait_for(lambda it: it.emulator.alternate)
        terminal.press("down", "down", "enter")
        assert terminal.wait_exit() == 0
        assert b"export AWS_PROFILE='billing'" in terminal.captured["stdout"]
