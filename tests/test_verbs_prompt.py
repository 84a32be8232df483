"""`ssotui status --prompt`: one short line for a prompt, from the files alone, and at next to no cost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.aws import clock
from tui.cli.environment import Environment
from tui.cli.quick.prompt import print_prompt, prompt_line
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_token, token_file, write_in_place
from .commands import check, ssotui

NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def configured(home: Path) -> None:
    configure()


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, for this process and the server in it."""
    monkeypatch.setattr(clock, "now", lambda: float(NOW))


def line(profile: str) -> str:
    return prompt_line({**os.environ, "AWS_PROFILE": profile}, clock.now())


def test_each_state_has_its_symbol_and_word(noon: None, demo: DemoServer) -> None:
    assert line("dev") == "○ dev signed-out"
    put_token(demo, "acme", ACME, expires_in=5 * 3600 + 12 * 60)
    assert line("dev") == "● dev 5h 12m"
    put_token(demo, "acme", ACME, expires_in=9 * 60 + 41, refreshToken=None)
    assert line("dev") == "◔ dev expiring 9m 41s"
    put_token(demo, "acme", ACME, expires_in=-1, refreshToken=None)
    assert line("dev") == "○ dev signed-out"
    put_token(demo, "acme", ACME, expires_in=-3600)
    assert line("dev") == "◐ dev refreshable"
    write_in_place(token_file("acme"), "{")
    assert line("dev") == "! dev unreadable"
    assert demo.state.log.entries() == []


def test_all_kinds_of_profiles(noon: None, demo: DemoServer, home: Path) -> None:
    put_token(demo, "acme", ACME, expires_in=3600)
    more = "[profile broken]\nsso_session = x\n[profile keys]\nregion = eu-west-1\n"
    more += "[profile 'two words']\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    configure(f"{CONFIG}\n{more}")
    assert line("deploy") == "● deploy 1h 00m"
    assert line("two words") == "● two words 1h 00m"
    assert line("attic") == "○ attic signed-out"
    assert line("broken") == "! broken broken"
    assert line("nowhere-to-be-found") == "! nowhere-to-be-found unknown"
    assert line("keys") == ""


def test_nothing_without_a_profile(home: Path) -> None:
    assert prompt_line({}, clock.now()) == ""
    assert line("") == ""
    assert prompt_line({**os.environ, "AWS_DEFAULT_PROFILE": "dev"}, clock.now()) == "○ dev signed-out"
    done = check(ssotui("status", "--prompt"), 0)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_hostile_name_is_only_shown(home: Path) -> None:
    name = "x\x1b]0;title\x07\u202e"
    configure(f"{CONFIG}\n[profile '{name}']\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = A\n")
    assert line(name) == "○ x\\x1b]0;title\\x07\\u202e signed-out"
    assert len(line("n" * 500)) < 80


def test_the_command_in_both_ways_of_calling_it(demo: DemoServer) -> None:
    put_token(demo, "lab", LAB, expires_in=-3600)
    for words in (["status", "--prompt"], ["status", "--prompt", "--prompt"]):
        done = check(ssotui(*words, AWS_PROFILE="sandbox"), 0)
        assert (done.stdout, done.stderr) == ("◐ sandbox refreshable\n", "")
    for words in (["status", "--prompt", "--json"], ["status", "--prompt", "dev"]):
        assert "AWS_PROFILE" in check(ssotui(*words), 2).stderr


def test_without_the_symbol_where_it_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "dev")
    output = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", output)
    print_prompt(Environment())
    output.flush()
    assert output.buffer.getvalue() == b"dev signed-out\n"


def test_it_loads_next_to_nothing(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    program = (
        "import sys; from tui.cli.main import main; main(['status', '--prompt']); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "AWS_PROFILE": "dev"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("●") or "dev" in done.stdout
    heavy = {
        "argparse",
        "typing",
        "re",
        "json",
        "textual",
        "rich",
        "botocore",
        "boto3",
        "tui.aws.state.store",
        "hashlib",
    }
    assert heavy & set(done.stderr.split()) == set()
