"""The function `sso` of the real program in real shells: the board over the prompt, and what is left behind it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoServer
from tui.shell.formats import CREDENTIAL_VARIABLES
from tui.shell.install import COMPLETION_LINES, INIT_LINES

from . import needs
from .program import highlight, sample_home
from .pythons import python_program
from .terminal import Terminal
from .test_shell_support import ARGUMENTS, STATUS

PROMPT = "prompt>"
OLD = dict.fromkeys(CREDENTIAL_VARIABLES, "CANARY")

REPORT = f"""\
{python_program("", "-I")}import os, sys
print(f"<{{sys.argv[1]}} {{sys.argv[2]}} {{os.environ.get('AWS_PROFILE', '')}} {{len({set(OLD)} & set(os.environ))}}>")
"""


class Shell:
    """An interactive shell in a terminal, with `sso` installed by its documented line."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        self.terminal = terminal
        self.status = STATUS[name]
        self.asked = 0
        self.type(f"function fish_prompt; echo '{PROMPT} '; end" if name == "fish" else f"PS1='{PROMPT} '")
        self.type(INIT_LINES[name])

    def type(self, line: str) -> None:
        """Type a line and press enter."""
        self.terminal.send(line + "\r")

    def answer(self) -> tuple[int, str, int]:
        """The last exit code, AWS_PROFILE, and how many static credential variables there are, as a child sees them."""
        self.asked += 1
        self.type(f"report {self.asked} {self.status}")
        found = re.compile(rf"<{self.asked} (\d+) ([^ ]*) (\d+)>")
        self.terminal.wait_for(found)
        match = found.search(self.terminal.text())
        assert match is not None
        return int(match[1]), match[2], int(match[3])

    def open_board(self) -> None:
        """Type `sso` and wait for the board to be there."""
        self.type("sso")
        self.terminal.wait_for(lambda it: it.emulator.alternate and "? Help" in it.text())

    def leave_board(self, *keys: str) -> None:
        """Press keys that end the board, and wait until the shell is at its prompt again: what is typed while a
        program gives its terminal back can be lost."""
        self.terminal.press(*keys)
        self.terminal.wait_for(lambda it: not it.emulator.alternate and it.text().rstrip().endswith(f"\n{PROMPT}"))


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, home: Path, demo: DemoServer, tmp_path: Path) -> Iterator[Shell]:
    """A shell whose user has exported credentials, on the sample organisation."""
    sample_home(home, demo)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("ssotui", f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n'), ("report", REPORT)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environ = {**os.environ, **OLD, "PATH": needs.path_with(programs)}
    with Terminal([*ARGUMENTS[request.param], "-i"], environ, tmp_path, (110, 30)) as terminal:
        yield Shell(terminal, request.param)


def test_enter_on_the_board_switches_this_very_shell(shell: Shell) -> None:
    shell.open_board()
    highlight(shell.terminal, "staging")
    shell.leave_board("enter")
    assert shell.answer() == (0, "staging", 0)
    assert re.search(r"^staging · \d{12} \w+ · .*5h \d\dm", shell.terminal.text(), re.MULTILINE)
    shell.type("ssotui status --prompt")
    shell.terminal.wait_for("● staging 5h")


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_h07_leaving_the_board_changes_nothing(shell: Shell, key: str) -> None:
    shell.type("export AWS_PROFILE=sandbox")
    shell.open_board()
    shell.leave_board(key)
    code, profile, static = shell.answer()
    assert code != 0
    assert (profile, static) == ("sandbox", len(OLD))


def test_names_back_and_off(shell: Shell) -> None:
    shell.type("sso prod-readonly")
    assert shell.answer() == (0, "prod-readonly", 0)
    shell.type("sso sandbox")
    assert shell.answer() == (0, "sandbox", 0)
    shell.type("sso -")
    assert shell.answer() == (0, "prod-readonly", 0)
    shell.type("sso sand read")
    assert shell.answer() == (0, "sandbox-readonly", 0)
    shell.type("sso -")
    assert shell.answer() == (0, "prod-readonly", 0)
    shell.type("sso no-such-profile")
    code, profile, _ = shell.answer()
    assert code != 0
    assert profile == "prod-readonly"
    assert "ssotui: There is no profile no-such-profile" in shell.terminal.text()
    shell.type("sso --off")
    assert shell.answer() == (0, "", 0)


def test_the_tab_key_completes_names_and_commands(shell: Shell, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["shell"]
    if name == "zsh":
        shell.type("autoload -Uz compinit; compinit -u -D")
    shell.type(COMPLETION_LINES[name])
    shell.type("sso stag\t")
    assert shell.answer() == (0, "staging", 0)
    shell.type("ssotui credential-pr\tstag\t | grep Version")
    shell.terminal.wait_for('"Version": 1')
