"""`ssotui shell`: a sub-shell of the user's own kind, with the profile, after the user's own start-up files."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tui.aws.config.loading import load
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.shell.formats import OUTRANKING
from tui.shell.subshell import INSIDE, command, environment, shell_of
from tui.shell.switching import switch_lines
from tui.state_file import load_state

from . import needs
from .aws_home import CONFIG, add_rule, configure, put_token
from .commands import check, ssotui
from .pythons import python_program
from .terminal import Terminal
from .test_shell_support import ARGUMENTS

RC = {
    "bash": (".bashrc", "export AWS_PROFILE=rc AWS_ACCESS_KEY_ID=CANARY\nPS1='own> '\nPROMPT_COMMAND='true;'\n"),
    "zsh": (".zshrc", "export AWS_PROFILE=rc AWS_ACCESS_KEY_ID=CANARY\nPROMPT='own> '\n"),
    "fish": (
        ".config/fish/config.fish",
        "set -gx AWS_PROFILE rc\nset -gx AWS_ACCESS_KEY_ID CANARY\n"
        "function fish_prompt; echo 'own['$status']> '; end\n",
    ),
}
REPORT = f"""\
{python_program("", "-I")}import os
found = sorted(name for name in os.environ if name.startswith(("AWS_", "SSOTUI_", "ZDOT")) and "ENDPOINT" not in name)
print("<" + " ".join(f"{{name}}={{os.environ[name]}}" for name in found) + ">")
"""


@pytest.fixture
def dev_home(demo: DemoServer, home: Path) -> Path:
    configure(CONFIG)
    put_token(demo, "acme", ACME)
    return home


def terminal_in(home: Path, shell: str, *arguments: str, **environ: str) -> Terminal:
    """`ssotui shell` in a terminal, for a user of that shell whose start-up file chooses another profile."""
    name, text = RC.get(shell, (".profile", ""))
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(text)
    programs = home / "bin"
    programs.mkdir()
    for program, source in (("ssotui", f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n'), ("report", REPORT)):
        (programs / program).write_text(source)
        (programs / program).chmod(0o755)
    path = shutil.which(shell) or ""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_PROFILE")}
    variables |= {"SHELL": path, "PATH": needs.path_with(programs), **environ}
    return Terminal([sys.executable, "-m", "tui", "shell", *arguments], variables, home, (130, 30))


@pytest.mark.parametrize("shell", sorted(RC))
def test_the_profile_wins_over_start_up_files_and_the_prompt_says_it(dev_home: Path, shell: str) -> None:
    assert ARGUMENTS[shell]  # skips where there is no such shell
    with terminal_in(dev_home, shell, "dev", AWS_SESSION_TOKEN="CANARY", AWS_REGION="eu-west-9") as terminal:
        terminal.wait_for("dev · 111111111111 Admin · us-east-1 · ")
        terminal.wait_for("(dev) own")
        terminal.send("report\r")
        terminal.wait_for("<AWS_PROFILE=dev SSOTUI_SHELL=dev>")
        terminal.send("exit 7\r")
        assert terminal.wait_exit() == 7
    assert load_state().switched == ["dev"]


@pytest.mark.parametrize("shell", sorted(RC))
def test_the_mark_tells_of_the_profile_in_use_and_obeys_no_name(dev_home: Path, shell: str) -> None:
    assert ARGUMENTS[shell]
    with terminal_in(dev_home, shell, "dev") as terminal:
        terminal.wait_for("(dev) own")
        terminal.send("export AWS_PROFILE='a$(touch pwned)%n`id`'\r")
        terminal.wait_for("(a??touch pwned??n?id?) own")
        terminal.send("export AWS_PROFILE=\r")
        terminal.wait_for("(no profile) own")
        terminal.send("ssotui shell audit\r")
        terminal.wait_for("this begins inside a sub-shell of dev")
        terminal.wait_for("(audit) own")
    assert not (dev_home / "pwned").exists()


@pytest.mark.parametrize("shell", sorted(RC))
def test_the_prompt_has_the_label_of_a_guard_rule_while_its_profile_is_in_use(dev_home: Path, shell: str) -> None:
    assert ARGUMENTS[shell]
    add_rule('match = "dev"\nlabel = "P$(touch pwned)D"')
    with terminal_in(dev_home, shell, "dev") as terminal:
        terminal.wait_for("(dev [P??touch pwned?D]) own")
        terminal.send("export AWS_PROFILE=audit\r")
        terminal.wait_for("(audit) own")
        terminal.send("ssotui shell audit\r")
        terminal.wait_for("exit or ctrl+d leaves this sub-shell")
        terminal.send("report\r")
        terminal.wait_for("<AWS_PROFILE=audit SSOTUI_SHELL=audit>")  # without the other one's label
    assert not (dev_home / "pwned").exists()


def test_fish_keeps_the_exit_code_for_its_prompt(dev_home: Path) -> None:
    assert ARGUMENTS["fish"]
    with terminal_in(dev_home, "fish", "dev") as terminal:
        terminal.wait_for("(dev) own[0]>")
        terminal.send("false\r")
        terminal.wait_for("(dev) own[1]>")


def test_another_shell_gets_the_environment_and_is_told_of_the_rest(dev_home: Path) -> None:
    assert ARGUMENTS["dash"]
    with terminal_in(dev_home, "dash", "dev") as terminal:
        terminal.wait_for("the prompt of dash is not marked")
        terminal.send("report\r")
        terminal.wait_for("AWS_PROFILE=dev")


def test_zsh_finds_its_files_where_it_would_without_us(dev_home: Path) -> None:
    assert ARGUMENTS["zsh"]
    (dev_home / "dots").mkdir()
    (dev_home / ".zshenv").write_text(f"ZDOTDIR={dev_home}/dots\n")
    (dev_home / "dots/.zshrc").write_text("PROMPT='dots> '\n")
    with terminal_in(dev_home, "zsh", "dev") as terminal:
        terminal.wait_for("(dev) dots>")
        terminal.send("print here=$ZDOTDIR. history=$HISTFILE.\r")
        terminal.wait_for(f"here={dev_home}/dots.")
        assert "tui/shell/rc" not in terminal.text()


def test_without_a_terminal_or_a_profile_nothing_is_opened(dev_home: Path) -> None:
    assert "ssotui exec dev -- COMMAND" in check(ssotui("shell", "dev"), 2).stderr
    assert "There is no profile dve" in check(ssotui("shell", "dve"), 1).stderr
    assert "Which profile?" in check(ssotui("shell"), 2).stderr
    wrong = check(ssotui("shell", AWS_PROFILE="dve"), 1).stderr
    assert 'AWS_PROFILE: there is no profile "dve"; did you mean dev?' in wrong
    assert "ssotui exec audit" in check(ssotui("shell", AWS_PROFILE="audit"), 2).stderr
    assert load_state().switched == []


def test_the_environment_has_nothing_that_would_win(dev_home: Path) -> None:
    config = load()
    before = dict.fromkeys(OUTRANKING, "CANARY") | {"HOME": "/home/x", "ZDOTDIR": "/dots"}
    found = environment(config, before, "zsh", "dev", "", switch_lines(config, before, "zsh", "dev"))
    assert "CANARY" not in found.values()
    assert (found["AWS_PROFILE"], found[INSIDE], found["HOME"]) == ("dev", "dev", "/home/x")
    assert found["SSOTUI_ZDOTDIR"] == "/dots"
    named = environment(config, {"AWS_REGION": "eu-west-9"}, "dash", "dev", "us-west-2", "")
    assert (named["AWS_REGION"], named["SSOTUI_REGION"]) == ("us-west-2", "us-west-2")
    assert "SSOTUI_LINES" not in named
    assert environment(config, {"AWS_REGION": "eu-west-9"}, "bash", "audit", "", "x")["AWS_REGION"] == "eu-west-9"


@pytest.mark.parametrize(
    ("parent", "environ", "shell"),
    [
        ("zsh", {"SHELL": "/bin/bash"}, ("zsh", "zsh")),
        ("-bash", {"SHELL": "/opt/bin/bash"}, ("bash", "/opt/bin/bash")),
        ("python3", {"SHELL": "/usr/bin/fish"}, ("fish", "/usr/bin/fish")),
        ("nu", {"SHELL": "/usr/bin/nu"}, ("nu", "/usr/bin/nu")),
        ("", {}, ("sh", "/bin/sh")),
        ("", {"COMSPEC": r"C:\Windows\System32\cmd.exe"}, ("cmd", r"C:\Windows\System32\cmd.exe")),
    ],
)
def test_the_shell_is_the_one_that_is_used(parent: str, environ: dict[str, str], shell: tuple[str, str]) -> None:
    assert shell_of(parent, environ) == shell


def test_every_start_up_file_of_ours_is_there() -> None:
    for shell in RC:
        for word in command(shell, shell)[1:]:
            path = word.removeprefix("builtin source '").removesuffix("'")
            assert not path.startswith("/") or os.path.isfile(path)
