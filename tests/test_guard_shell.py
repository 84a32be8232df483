"""The question of a guard rule under the function `sso`, in a real shell."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.demo.home import add_guard_rule
from tui.demo.server import DemoServer

from . import needs
from .program import sample_home
from .terminal import Terminal
from .test_shell_end_to_end import OLD, REPORT, Shell
from .test_shell_support import ARGUMENTS


def test_a_no_leaves_the_shell_as_it_was(home: Path, demo: DemoServer, tmp_path: Path) -> None:
    sample_home(home, demo)
    add_guard_rule(home)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("ssotui", f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n'), ("report", REPORT)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environ = {**os.environ, **OLD, "PATH": needs.path_with(programs), "AWS_PROFILE": "staging"}
    with Terminal([*ARGUMENTS["bash"], "-i"], environ, tmp_path, (110, 30)) as terminal:
        shell = Shell(terminal, "bash")
        before = len(OLD)
        shell.type("sso prod-readonly")
        terminal.wait_for("[PROD] prod-readonly · 222222222222 · ReadOnly: use it? [y/N]")
        shell.type("")
        terminal.wait_for("Not confirmed: prod-readonly")
        assert shell.answer() == (1, "staging", before)
        shell.type("sso prod-readonly")
        terminal.wait_for(lambda it: it.text().count("use it? [y/N]") == 2)
        shell.type("y")
        terminal.wait_for("prod-readonly [PROD] · ")
        assert shell.answer() == (0, "prod-readonly", 0)
        # What is read from a pipe is not taken for the answer: that comes from the terminal.
        shell.type("clear; printf 'y\\ny\\n' | ssotui exec prod-readonly -- cat")
        terminal.wait_for("run the command with it? [y/N]")
        shell.type("n")
        terminal.wait_for("Not confirmed: prod-readonly")
        shell.type('clear; eval "$(ssotui env prod-readonly)"; echo "key ${AWS_ACCESS_KEY_ID:-none}"')
        terminal.wait_for("hand out its credentials? [y/N]")
        shell.type("n")
        terminal.wait_for("key none")
