"""Completion of `sso` and `ssotui`: what the tab key does to the command line of a real shell."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.cli.arguments import make_parser
from tui.shell.completion_script import completion_script
from tui.shell.install import COMPLETION_LINES, STARTUP_FILES
from tui.shell.verbs import read_verbs

from .command_line import command_line
from .terminal import Terminal
from .test_shell_support import ARGUMENTS, Sandbox

SHELLS = ["bash", "zsh", "fish"]

NAMES = [
    "dev-admin",
    "my team profile",
    "it's quoted",
    'say "hello"',
    "money$HOME",
    "run$(touch pwned)",
    "tick`touch pwned`",
    "team:blue:ops",
    "key=value@home",
    "back\\slash",
    "star*?[x]",
    "zürich 漢字",
    "semi;colon&pipe|",
    "(parens)",
    "~home",
    "#hash",
]


SHOW = r"""
import os, sys
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shown"), "a") as file:
    file.write(ascii(sys.argv[1:]) + "\n")
"""


def arguments_after(tmp_path: Path, shell: str, lines: list[str], names: list[str] = NAMES) -> list[list[str]]:
    """Type each of `lines` (with tabs in it) at a prompt; the arguments that the command was then called with."""
    box = Sandbox(tmp_path)
    box.names(*names)
    box.program("show", SHOW)
    log = box.bin / "shown"

    def shown() -> list[list[str]]:
        return [ast.literal_eval(text) for text in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []

    with Terminal([*ARGUMENTS[shell], "-i"], box.environment, tmp_path, (200, 50)) as terminal:
        if shell == "zsh":
            terminal.send("autoload -Uz compinit; compinit -u -D\r")
        terminal.send(f"{COMPLETION_LINES[shell]}\r")
        for command in ("sso", "ssotui"):
            # Only what the line has become counts here: `show` writes it down.
            body = "; show $argv; end" if shell == "fish" else ' { show "$@"; }'
            terminal.send(f"function {command}{body}\r")
        for number, line in enumerate(lines, 1):
            terminal.send(f"{line}\r")
            terminal.wait_for(lambda _terminal, number=number: len(shown()) >= number)  # type: ignore[misc]
    assert not (tmp_path / "pwned").exists()
    return shown()


@pytest.mark.parametrize("shell", SHELLS)
def test_names_survive(tmp_path: Path, shell: str) -> None:
    quotes = {"'": "\\'", "~": "\\~", "#": "\\#", "(": "\\("}
    lines = [f"sso {quotes.get(name[0], name[0])}{name[1:2]}\t" for name in NAMES]
    assert arguments_after(tmp_path, shell, lines) == [[name] for name in NAMES]


@pytest.mark.parametrize("shell", SHELLS)
def test_words_with_quotes_and_breaks_go_on(tmp_path: Path, shell: str) -> None:
    lines = {
        "sso 'my te\t": ["my team profile"],
        'sso "my te\t': ["my team profile"],
        "sso my\\ te\t": ["my team profile"],
        "sso team:\t": ["team:blue:ops"],
        "sso team:bl\t": ["team:blue:ops"],
        "sso key=va\t": ["key=value@home"],
        "sso key=value@h\t": ["key=value@home"],
        "sso key=value@\t": ["key=value@home"],
        'sso "money\t': ["money$HOME"],
        "sso \"it'\t": ["it's quoted"],
        "sso -- dev\t": ["--", "dev-admin"],
    }
    assert arguments_after(tmp_path, shell, list(lines)) == list(lines.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_verbs_options_and_values(tmp_path: Path, shell: str) -> None:
    lines = {
        "ssotui en\tdev\t": ["env", "dev-admin"],
        "ssotui lo\tmy\t": ["login", "my team profile"],
        "ssotui login --se\tdev dev\t": ["login", "--session", "dev", "dev-admin"],
        "ssotui login --session dev\t": ["login", "--session", "dev"],
        "ssotui env --fo\tdoc\tdev\t": ["env", "--format", "docker", "dev-admin"],
        "ssotui env --hid\t": ["env", "--hid"],
        "ssotui env dev-admin my\t": ["env", "dev-admin", "my"],
        "ssotui --em\tfi\t": ["--emit", "fish"],
        "ssotui init pw\t": ["init", "pwsh"],
        "ssotui --ver\t": ["--version"],
        "ssotui secret\t": ["secret"],
    }
    assert arguments_after(tmp_path, shell, list(lines)) == list(lines.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_need_not_be_the_first_word(tmp_path: Path, shell: str) -> None:
    lines = {
        "true; sso my\t": ["my team profile"],
        "true && ssotui env dev\t": ["env", "dev-admin"],
        "A=b sso team:\t": ["team:blue:ops"],
    }
    assert arguments_after(tmp_path, shell, list(lines)) == list(lines.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_behind_the_dashes_a_command_stands(tmp_path: Path, shell: str) -> None:
    program = tmp_path / "a-tool-of-ours"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "a file").touch()
    (tmp_path / "folder").mkdir()
    lines = {
        "ssotui each dev\tmy\t-- ./a-t\tx": ["each", "dev-admin", "my team profile", "--", "./a-tool-of-ours", "x"],
        "ssotui each --js\tdev\t": ["each", "--json", "dev-admin"],
        "ssotui each dev -- cat a\\ \t": ["each", "dev", "--", "cat", "a file"],
        "ssotui each -- cat fold\tx": ["each", "--", "cat", "folder/x"],
        "ssotui each -- my\t": ["each", "--", "my"],
    }
    assert arguments_after(tmp_path, shell, list(lines)) == list(lines.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_no_profiles_no_offer(tmp_path: Path, shell: str) -> None:
    assert arguments_after(tmp_path, shell, ["sso abc\t", "ssotui env \tx"], []) == [["abc"], ["env", "x"]]


def test_zsh_without_compinit_says_so(tmp_path: Path) -> None:
    done = Sandbox(tmp_path).run("zsh", COMPLETION_LINES["zsh"])
    assert "completion needs compinit" in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_begins_with_how_to_install_it(shell: str) -> None:
    script = completion_script(shell, command_line())
    assert STARTUP_FILES[shell] in script.splitlines()[0]
    assert COMPLETION_LINES[shell] in script.splitlines()[1]
    assert not re.findall(r"@[A-Z]+@", script)


def test_unknown_shell() -> None:
    with pytest.raises(SsoError) as caught:
        completion_script("pwsh", command_line())
    assert caught.value.exit_code == 2


def test_verbs_are_read_from_the_parser() -> None:
    command, env, login, init, each = read_verbs(command_line())
    assert [option.name for option in command.options] == ["--help", "--version", "--emit"]
    assert (env.name, env.summary, env.profile) == ("env", "export lines, 100% quoted, for the users shell", True)
    assert [(option.name, option.takes_value) for option in env.options[1:]] == [("--format", True), ("--unset", False)]
    assert env.options[1].choices == ("dotenv", "docker")
    assert login.profile
    assert (each.profile, each.many, each.command) == (True, True, True)
    assert (env.many, env.command) == (False, False)
    assert init.words == ("bash", "zsh", "fish", "pwsh")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_real_command_line_makes_a_valid_script(tmp_path: Path, shell: str) -> None:
    file = tmp_path / "script"
    file.write_text(completion_script(shell, make_parser()), encoding="utf-8")
    done = subprocess.run([*ARGUMENTS[shell], "-n", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
