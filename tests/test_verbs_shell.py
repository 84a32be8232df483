"""`ssotui init` and `ssotui completion`: the right text, fast, and names that no terminal obeys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.arguments import make_parser
from tui.cli.options import EMIT_SHELLS
from tui.shell.completion_script import completion_script
from tui.shell.function import init_script
from tui.shell.install import COMPLETION_LINES

from .aws_home import CONFIG, configure
from .commands import check, ssotui

HEAVY = {"textual", "rich", "botocore", "boto3", "asyncio", "importlib.metadata", "tui.aws.state.store"}


def loaded(*words: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    program = f"import sys; from tui.cli.main import main; main({list(words)!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize("shell", EMIT_SHELLS)
def test_init(shell: str) -> None:
    done = check(ssotui("init", shell), 0)
    assert (done.stdout, done.stderr) == (init_script(shell), "")


@pytest.mark.parametrize("shell", COMPLETION_LINES)
def test_completion(shell: str) -> None:
    done = check(ssotui("completion", shell), 0)
    assert (done.stdout, done.stderr) == (completion_script(shell, make_parser()), "")
    assert "credential-process" in done.stdout
    assert "--names" not in done.stdout.replace("ssotui completion --names", "")


def test_unknown_shells_and_none() -> None:
    for words in (["init"], ["init", "tcsh"], ["completion"], ["completion", "pwsh"], ["init", "bash", "zsh"]):
        done = check(ssotui(*words), 2)
        assert done.stdout == ""
        assert done.stderr


def test_names_are_those_that_sso_takes(home: Path) -> None:
    odd = "".join(
        f"\n[profile {name}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = A\n"
        for name in ("'two words'", '"it\'s"', "漢字", "'x\x1b]52;c;eA==\x07'", "'a\u202eb'")
    )
    configure(f"{CONFIG}{odd}\n[profile keys]\nregion = eu-west-1\n")
    done = check(ssotui("completion", "--names"), 0)
    names = done.stdout.splitlines()
    assert set(names) == {
        *("dev", "audit", "forbidden", "nowhere", "deploy", "sandbox", "attic"),
        *("two words", "it's", "漢字", "keys"),
    }
    assert check(ssotui("completion", "--names", "bash"), 0).stdout == done.stdout


def test_names_without_any_configuration(isolation: None) -> None:
    assert check(ssotui("completion", "--names"), 0).stdout == ""


def test_they_start_fast(home: Path) -> None:
    configure()
    assert loaded("init", "zsh") & {*HEAVY, "argparse", "typing", "json"} == set()
    assert loaded("completion", "--names") & {*HEAVY, "argparse"} == set()
    assert loaded("completion", "zsh") & HEAVY == set()


def test_a_broken_profile_is_not_switched_to(home: Path) -> None:
    configure(f"{CONFIG}\n[profile broken]\nsso_session = nowhere\n")
    done = check(ssotui("--emit", "bash", "--use", "broken"), 1)
    assert done.stdout == ""
    assert 'Profile broken: sso_session "nowhere" does not exist' in done.stderr
    assert "correct it in ~/.aws/config:" in done.stderr
    assert "AWS_PROFILE='dev'" in check(ssotui("--emit", "bash", "--use", "dev"), 0).stdout
