"""Every command that stands in the README and in the guide is carried out, on the sample organisation.

Commands are the lines of blocks of `sh`, and what stands between backticks and begins with `ssotui`, `sso` or `eval`.
The lists that are made from the program itself are held by `make generated`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tui.cli.arguments import parse
from tui.cli.environment import Environment
from tui.demo.organisation import LAB, LEGACY
from tui.demo.server import DemoServer

from . import needs
from .aws_home import put_token
from .board import sample
from .commands import SSOTUI, Room, environment

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

NAMES = {
    "PROFILE": "dev-admin",
    "COMMAND": "aws",
    "NAME": "acme",
    "S": "acme",
    "URL": "acme.awsapps.com",
    "R": "eu-west-1",
    "acme-admin": "dev-admin",
    "payments-prod": "prod-readonly",
    "sandbox-readonly": "dev-readonly",
}
"""What stands for a user's own names -> what the sample organisation has."""

PAYMENTS = """
[profile payments-prod-auditor]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = ReadOnly
region = us-east-1
"""

CODES = {
    "ssotui doctor": 1,  # the sample has something wrong
    "ssotui doctor --json": 1,
    "ssotui doctor --fix": 2,  # these ask, and nobody is there
    "ssotui accounts --write": 2,
    "ssotui accounts --undo": 1,  # nothing was written yet
    "ssotui sessions add --start-url URL": 0,  # it is there already
}
"""The exit code where it is not 0."""

PARSED = ("login", "shell", "logout", "init --install")
"""What waits for somebody, or changes the user's own files: whether it can be said is looked at; other tests run it."""


class Command(NamedTuple):
    """One command of a page, as it stands there."""

    page: str
    text: str


MADE = r"<!-- [a-z]+: made by .*?<!-- end of [a-z]+ -->"


def commands() -> Iterator[Command]:
    """All of them, each once."""
    seen: set[str] = set()
    for page in PAGES:
        text = re.sub(
            r"<!-- [a-z]+: made by .*?<!-- end of [a-z]+ -->", "", page.read_text(encoding="utf-8"), flags=re.S
        )
        blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```", text, re.S | re.M)
        lines = [line.strip() for kind, block in blocks if kind == "sh" for line in block.splitlines()]
        prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.S | re.M)
        spans = [" ".join(span.replace("\\|", "|").split()) for span in re.findall(r"`([^`]+)`", prose)]
        for found in [*lines, *(span for span in spans if re.match(r'(ssotui|sso|eval "\$\(ssotui) ', span))]:
            if found and found not in seen and "…" not in found and not re.search(r"\w\|\w", found):
                seen.add(found)
                yield Command(page.name, found)


ALL = list(commands())
OURS = [
    it for it in ALL if re.match(r"ssotui [^|<>]*$", it.text) and not re.match(r"ssotui (exec|each|env .* >)", it.text)
]
OF_SHELLS = [it for it in ALL if it not in OURS]


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> None:
    """The sample organisation for every test here, with what the pages take for granted: all is signed in to, no role
    is refused, and a rule lets agents use one profile."""
    sample(home, demo)
    put_token(demo, LEGACY, LEGACY, refreshToken=None)
    put_token(demo, "lab", LAB)
    config = home / ".aws/config"
    text = re.sub(r"\[profile prod-admin\]\n(?:[^\[\n].*\n)*", "", config.read_text())
    config.write_text(text + PAYMENTS)
    settings = home / ".config/ssotui/config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('[[guard]]\nmatch = "dev-*"\nagents = true\n')


def words_of(text: str) -> list[str]:
    """The words of a command, with names that there are."""
    return [NAMES.get(word, word) for word in shlex.split(text)]


@pytest.mark.parametrize("command", OURS, ids=lambda it: it.text)
def test_a_command_of_the_guide_does_what_it_says(command: Command) -> None:
    words = words_of(command.text)[1:]
    if " ".join(words).startswith(PARSED) or ("init" in words and "--install" in words):
        assert parse(words, Environment()).verb == words[0]
        return
    if words[0].startswith("-"):
        words = words if words != ["--demo"] else []
    assert words, command
    Room({**os.environ, "AWS_PROFILE": "dev-admin"}).run(*words, code=CODES.get(command.text, 0))


STUBS = {"jq": "cat > /dev/null"} | dict.fromkeys(("aws", "docker", "terraform", "make"), "exit 0")


@pytest.mark.parametrize("command", OF_SHELLS, ids=lambda it: it.text)
def test_a_line_of_the_guide_works_in_a_shell(command: Command, home: Path) -> None:
    bash = needs.program("bash")
    if command.text in ("make demo", "make test") or "zsh" in command.text or "fish" in command.text:
        return  # what these are is held by tests of their own
    folder = home / "bin"
    folder.mkdir()
    for name, does in STUBS.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    (folder / "ssotui").write_text(f'#!/bin/sh\nexec {shlex.join(SSOTUI)} "$@"\n')
    (folder / "ssotui").chmod(0o755)
    text = command.text
    for name, real in NAMES.items():
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", real, text)
    script = f'set -eu -o pipefail; eval "$(ssotui init bash)"; AWS_PROFILE=dev-admin; sso dev-readonly; {text}'
    done = subprocess.run(
        [bash, "-c", script],
        env=environment(PATH=f"{folder}:{os.environ['PATH']}"),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_are_commands_to_look_at() -> None:
    assert len(OURS) > 15
    assert len(OF_SHELLS) > 10


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
