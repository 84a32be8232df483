"""The first test run on somebody's machine: nothing is installed unasked, and what cannot run is told by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from . import needs
from .pythons import PYTHON

Done = subprocess.CompletedProcess[str]

ROOT = Path(__file__).parent.parent


def run(*argv: str, **changes: str) -> Done:
    """Runs a command in the top folder."""
    return subprocess.run(
        argv,
        cwd=ROOT,
        env={**os.environ, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def pytest_without_clients(folder: Path, **changes: str) -> Done:
    """Runs tests that need an AWS CLI where there is none."""
    arguments = ("-p", "no:cacheprovider", f"--basetemp={folder}", "tests/test_aws_clients.py")
    return run(sys.executable, "-m", "pytest", *arguments, SSOTUI_AWS_VENV="/nonexistent", **changes)


def test_x37_what_is_missing_is_skipped_by_name_and_told_at_the_end(tmp_path: Path) -> None:
    done = pytest_without_clients(tmp_path / "tests")
    assert done.returncode == 0, done.stdout
    assert "SKIPPED [1] tests/test_aws_clients.py:13: missing here: the AWS CLI and boto3" in done.stdout
    last = done.stdout.splitlines()[-2]
    assert re.fullmatch(r"3 skipped: the AWS CLI and boto3 .* \(3\)", last)


def test_x37_where_nothing_may_be_skipped_what_is_missing_is_a_failure(tmp_path: Path) -> None:
    done = pytest_without_clients(tmp_path / "tests", SSOTUI_SKIP_NOTHING="1")
    assert done.returncode == 1, done.stdout
    assert "nothing may be skipped: missing here: the AWS CLI and boto3" in done.stdout
    assert "3 errors" in done.stdout
    assert "SSOTUI_SKIP_NOTHING=1" in (ROOT / ".ci/run").read_text()


def test_a_program_is_found_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")  # what a test makes of it is the program's business
    assert os.access(needs.program("no-such-program", "sh"), os.X_OK)
    assert needs.Programs({"sh": ["sh", "-e"]})["sh"] == [needs.program("sh"), "-e"]
    with pytest.raises(pytest.skip.Exception, match=r"missing here: no-such-program .*make setup"):
        needs.program("no-such-program", "nor-this")


@pytest.mark.parametrize("target", ["test", "quick", "check", "demo", "lint", "fuzz", "soak", "bench", "screenshots"])
def test_x37_only_make_setup_asks_for_more_than_python_packages(target: str, tmp_path: Path) -> None:
    folders = [f"{name}={tmp_path / name}" for name in ("VENV", "AWS_VENV", "PEERS_VENV", "JS_CLIENTS")]
    done = run("make", "--no-print-directory", "-n", target, *folders, MAKEFLAGS="", MAKELEVEL="")
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\.ci/setup (\S+)", done.stdout)) <= {"venv", "aws", "peers"}
    assert f".ci/setup venv {tmp_path}/VENV" in done.stdout


def test_x37_tests_may_be_run_in_the_background(tmp_path: Path) -> None:
    """There SIGINT is ignored, under nohup SIGHUP, and so they would be in all that is started."""
    script = 'trap "" INT QUIT HUP; exec "$@"'
    arguments = ("-p", "no:cacheprovider", f"--basetemp={tmp_path / 'tests'}", "tests/test_cli_login.py", "-k", "c17")
    done = run("sh", "-c", script, "sh", sys.executable, "-m", "pytest", *arguments)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


Machine = Callable[..., Done]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Runs `.ci/setup` on a machine without programs, where apt-get and npm write down what they are asked for. `user`
    is who one is there, `sudo` whether sudo works, `unknown` a package that apt-get does not know."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "log"

    def write(name: str, text: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)

    for name in ("sh", "env", "cat", "rm", "mktemp", "dirname", "grep", "find", "head", "mkdir", "cp"):
        (folder / name).symlink_to(needs.program(name))

    def setup(*arguments: str, user: int = 1000, sudo: bool = False, unknown: str = "", apt: bool = True) -> Done:
        write("id", f"echo {user}")
        write("sudo", 'shift; exec "$@"' if sudo else "exit 1")
        if not sudo and user:
            (folder / "sudo").unlink()
        if apt:
            write("apt-get", f'echo apt-get "$@" >>{log}; case " $* " in *" {unknown or "-"} "*) exit 100; esac')
        write("true", "exit 0")
        # A Python as Debian ships it: without what makes a virtual environment useful.
        write("python3.11", f'case "$2" in *ensurepip*) exit 1; esac; exec {PYTHON} "$@"')
        done = run("sh", ".ci/setup", *arguments, PATH=str(folder), HOME=str(tmp_path))
        done.stdout += log.read_text() if log.exists() else ""
        return done

    return setup


def test_x37_a_python_without_ensurepip_gets_a_plain_sentence(machine: Machine, tmp_path: Path) -> None:
    done = machine("venv", str(tmp_path / "venv"), user=0)
    assert done.returncode == 1
    assert "python3.11 lacks the modules venv and ensurepip" in done.stderr
    assert "python3.11-venv. 'make setup' installs it" in done.stderr.replace(f"3.{sys.version_info[1]}", "3.11")
    assert "apt-get" not in done.stdout
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("who", [{"user": 0}, {"sudo": True}], ids=str)
def test_x37_make_setup_installs_the_programs(machine: Machine, who: dict[str, int]) -> None:
    done = machine("programs", **who)
    assert done.returncode == 0, done.stderr
    packages = done.stdout.split("install --no-install-recommends ")[1].split()
    assert {"zsh", "fish", "tmux", "nodejs", "npm", "chromium-driver"} <= set(packages)
    assert [name for name in packages if name.endswith("-venv")] == [f"python3.{sys.version_info[1]}-venv"]


def test_x37_make_setup_says_what_could_not_be_had(machine: Machine) -> None:
    done = machine("programs", user=0, unknown="fish")
    assert done.returncode == 1
    assert done.stderr.endswith("set-up: apt-get could not install: fish\n")
    assert "install --no-install-recommends tmux\n" in done.stdout  # each by itself then


def test_x37_make_setup_without_the_right_to_install_says_what_to_type(machine: Machine) -> None:
    done = machine("programs")
    assert done.returncode == 1
    assert re.search(r"^set-up: not root.*; please run: sudo apt-get install .*\bzsh\b", done.stderr, re.MULTILINE)
    assert "apt-get" not in done.stdout


def test_x37_make_setup_without_apt_get_names_the_packages(machine: Machine) -> None:
    done = machine("programs", user=0, apt=False)
    assert done.returncode == 1
    assert re.search(r"^set-up: there is no apt-get here; .*\btmux\b", done.stderr, re.MULTILINE)


def test_x37_make_setup_without_npm_says_what_follows(machine: Machine, tmp_path: Path) -> None:
    done = machine("js", str(tmp_path / "js"))
    assert done.returncode == 1
    assert "SDK for JavaScript will be skipped" in done.stderr
