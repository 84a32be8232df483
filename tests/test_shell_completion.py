"""Completion of `sso` and `ssotui`: what the tab key does to the command line of a real shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.shell import COMPLETION_LINES

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


def arguments_after(tmp_path: Path, shell: str, lines: list[str], names: list[str] = NAMES) -> list[list[str]]:
    """Type each of `lines` (with tabs in it) at a prompt; what the program and `show` were then called with."""
    box = Sandbox(tmp_path)
    box.names(*names)
    show = box.bin / "show"
    show.write_text((box.bin / "report").read_text(encoding="utf-8").split("\n")[0] + SHOW, encoding="utf-8")
    show.chmod(0o755)
    log = box.bin / "shown"
    with Terminal([*ARGUMENTS[shell], "-i"], box.environment, tmp_path, (200, 50)) as terminal:
        if shell == "zsh":
            terminal.send("autoload -Uz compinit; compinit -u -D\r")
        terminal.send(f"{COMPLETION_LINES[shell]}\r")
        # What is completed for sso and ssotui is handed to `show`, which writes down its arguments.
        terminal.send("function sso; show $argv; end\r" if shell == "fish" else 'sso() { show "$@"; }\r')
        terminal.send("function ssotui; show $argv; end\r" if shell == "fish" else 'ssotui() { show "$@"; }\r')
        found: list[list[str]] = []
        for line in lines:
            for part in line.split("\t"):
                terminal.send(part)
                if part is not line.split("\t")[-1]:
                    terminal.send("\t")
            terminal.send("\r")

            def shown() -> list[list[str]]:
                if not log.exists():
                    return []
                return [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()]

            wanted = len(found) + 1
            terminal.wait_for(lambda _terminal, wanted=wanted, shown=shown: len(shown()) >= wanted)  # type: ignore[misc]
            found = shown()
    assert not (tmp_path / "pwned").exists()
    return found


SHOW = r"""
import json, os, sys
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shown"), "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\n")
"""


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
        "ssotui who\tdev\t": ["whoami", "dev-admin"],
        "ssotui cred\tmy\t": ["credential-process", "my team profile"],
        "ssotui env --fo\tdoc\tdev\t": ["env", "--format", "docker", "dev-admin"],
        "ssotui login --fl\tbr\t": ["login", "--flow", "browser"],
        "ssotui init fi\t": ["init", "fish"],
        "ssotui --ver\t": ["--version"],
    }
    assert arguments_after(tmp_path, shell, list(lines)) == list(lines.values())
