"""The function `sso` at the prompt of an interactive shell, in a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.shell.install import INIT_LINES

from .terminal import Terminal
from .test_shell_support import ARGUMENTS, STATUS, Report, Sandbox, reports_in

SHELLS = ["bash", "zsh", "fish"]


class Prompt:
    """The prompt of an interactive shell with `sso` installed."""

    def __init__(self, terminal: Terminal, shell: str) -> None:
        self.terminal = terminal
        self.shell = shell
        self.reported = 0
        self.type(INIT_LINES[shell])

    def type(self, line: str) -> None:
        """Type a line and press enter."""
        self.terminal.send(line + "\r")

    def report(self, line: str) -> Report:
        """Type a line, and report status and variables after it."""
        self.type(f"{line}; report {STATUS[self.shell]}" if line else f"report {STATUS[self.shell]}")
        return self.next_report()

    def next_report(self) -> Report:
        """The first report that has not been returned yet."""
        self.terminal.wait_for(lambda terminal: len(self._reports(terminal)) > self.reported)
        self.reported += 1
        return self._reports(self.terminal)[self.reported - 1]

    @staticmethod
    def _reports(terminal: Terminal) -> list[Report]:
        return reports_in(terminal.raw.decode(errors="replace"))


@pytest.fixture(params=SHELLS)
def prompt(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prompt]:
    box = Sandbox(tmp_path)
    environment = box.environment | {"FAKE_PLAN": "ask", "AWS_PROFILE": "dev", "AWS_SESSION_TOKEN": "CANARY-token"}
    with Terminal([*ARGUMENTS[request.param], "-i"], environment, tmp_path, (200, 50)) as terminal:
        yield Prompt(terminal, request.param)


def test_the_board_has_the_terminal_and_switches_this_shell(prompt: Prompt) -> None:
    prompt.type(f"sso; report {STATUS[prompt.shell]}")
    prompt.terminal.wait_for("BOARD UP")
    prompt.type("prod")
    assert prompt.next_report() == (0, {"AWS_PROFILE": "prod"})
    assert "unset AWS" not in prompt.terminal.text()


def test_interrupted_board_changes_nothing(prompt: Prompt) -> None:
    prompt.type("sso")
    prompt.terminal.wait_for("BOARD UP")
    prompt.terminal.send("\x03")
    # What is typed before the program has got the interrupt is lost with it.
    prompt.terminal.wait_for("KeyboardInterrupt")
    code, variables = prompt.report("")
    assert code != 0
    assert variables == {"AWS_PROFILE": "dev", "AWS_SESSION_TOKEN": "CANARY-token"}


def test_back_and_off_at_the_prompt(prompt: Prompt) -> None:
    assert prompt.report("sso prod") == (0, {"AWS_PROFILE": "prod"})
    assert prompt.report("sso -") == (0, {"AWS_PROFILE": "dev"})
    assert prompt.report("sso --off") == (0, {})


def test_h11_aliases_at_the_prompt(prompt: Prompt) -> None:
    words = "export unset eval source" if prompt.shell == "fish" else "export unset eval local return printf command"
    for word in words.split():
        # fish refuses some of them; what it accepts counts.
        prompt.type(f"alias {word}='echo ALIASED'")
    assert prompt.report("sso prod") == (0, {"AWS_PROFILE": "prod"})


def test_an_alias_of_the_same_name_gives_way(tmp_path: Path) -> None:
    for shell in ("bash", "zsh"):
        folder = tmp_path / shell
        folder.mkdir()
        box = Sandbox(folder)
        with Terminal([*ARGUMENTS[shell], "-i"], box.environment, folder, (200, 50)) as terminal:
            terminal.send("alias sso='aws sso login'\r")
            assert Prompt(terminal, shell).report("sso prod") == (0, {"AWS_PROFILE": "prod"})
