"""`ssotui --emit SHELL --filter/--use/--previous`: what `sso NAME`, `sso WORDS` and `sso -` ask for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.app import SsoApp
from tui.aws.model import EXPIRING, REFRESHABLE, SIGNED_IN, SIGNED_OUT, Profile
from tui.cli.quick.prompt import place_line
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.state_file import load_state, note_switch, note_use
from tui.widgets.profile_list import ProfileList

from .aws_home import CONFIG, configure, put_token
from .board import Driver, sample
from .commands import Done, check, ssotui

HEAVY = {"argparse", "textual", "rich", "botocore", "dataclasses", "tomllib", "tui.settings", "tui.aws.state.store"}

STATIC = "\n[profile ci]\nregion = eu-west-3\n"


@pytest.fixture
def dev_home(demo: DemoServer, home: Path) -> Path:
    configure(CONFIG + STATIC)
    put_token(demo, "acme", ACME)
    return home


def emit(*words: str, code: int = 0, environ: dict[str, str] | None = None) -> Done:
    return check(ssotui("--emit", "bash", *words, **(environ or {})), code)


@pytest.mark.parametrize("option", ["--filter", "--use"])
def test_a_switch_says_in_one_line_where_one_is(dev_home: Path, option: str) -> None:
    done = emit(f"{option}=dev")
    assert done.stdout.startswith("export AWS_PROFILE='dev'")
    assert done.stderr.startswith("dev · 111111111111 Admin · us-east-1 · ")
    assert done.stderr.count("\n") == 1
    assert emit(f"{option}=sandbox").stderr == ("sandbox · 333333333333 Admin · eu-west-1 · signed-out: ssotui login\n")
    assert emit(f"{option}=deploy").stderr.startswith("deploy · 222222222222 Deployer via dev · eu-west-1 · ")
    assert emit(f"{option}=ci").stderr == "ci · without SSO · eu-west-3\n"
    assert load_state().switched == ["ci", "deploy"]
    assert load_state().recent == ["ci", "deploy", "sandbox", "dev"]


@pytest.mark.parametrize("name", ["dev", "audit", "attic", "sandbox"])
@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "x", "AWS_REGION": "eu-west-9"}, {"AWS_REGION": "eu-west-9"}])
def test_the_quick_way_and_the_long_one_come_to_the_same(dev_home: Path, name: str, environ: dict[str, str]) -> None:
    quick, long = emit(f"--use={name}", environ=environ), emit("--use", name, environ=environ)
    assert (quick.stdout, quick.stderr) == (long.stdout, long.stderr)


def test_the_region_that_is_said_is_the_one_that_will_be_used(dev_home: Path) -> None:
    assert " · us-west-2 · " in emit("--filter=dev", "--region=us-west-2").stderr
    assert " · eu-west-9 · " in emit("--filter=audit", environ={"AWS_REGION": "eu-west-9"}).stderr
    assert "eu-west-9" not in emit("--filter=audit", environ={"AWS_REGION": "eu-west-9", "AWS_PROFILE": "dev"}).stderr


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SIGNED_IN, "7h 59m"),
        (EXPIRING, "expiring, 7h 59m"),
        (REFRESHABLE, "refreshable"),
        (SIGNED_OUT, "signed-out: ssotui login"),
        ("unreadable", "unreadable: ssotui login"),
    ],
)
def test_every_state_is_said(state: str, said: str) -> None:
    profile = Profile("a b", "acme", "111111111111", "Admin")
    assert place_line(profile, "", state, 8 * 3600 - 1) == f"a b · 111111111111 Admin · {said}"


def test_what_the_name_of_a_profile_holds_is_not_said_twice() -> None:
    profile = Profile("payments-prod.SecurityAudit", "acme", "100000000000", "SecurityAudit")
    profile.account_name = "payments-prod"
    line = place_line(profile, "eu-west-1", SIGNED_IN, 8 * 3600 - 1)
    assert line == "payments-prod.SecurityAudit · 100000000000 · eu-west-1 · 7h 59m"
    assert len(line) <= 80


def test_foreign_names_are_only_shown() -> None:
    assert "\x1b" not in place_line(Profile("a\x1b]52;c;x\x07", "acme", "1", "R"), "", SIGNED_IN, 60)


def test_words_switch_when_one_profile_has_them(dev_home: Path) -> None:
    assert "AWS_PROFILE='audit'" in emit("--filter", "222 READONLY").stdout
    assert "AWS_PROFILE='ci'" in emit("--filter", "CI").stdout
    assert "AWS_PROFILE='sandbox'" in emit("--filter=sandbo", "--region=eu-west-7").stdout
    assert "AWS_PROFILE='forbidden'" in emit("--filter", "222 !readonly !eu-west-1").stdout
    assert "AWS_PROFILE='forbidden'" in emit("--filter=frbddn").stdout  # letters in a row, and no other has them


def test_the_beginning_of_a_name_is_better_than_letters_that_are_scattered_over_another(home: Path) -> None:
    configure(CONFIG.replace("[profile audit]", "[profile de-v-x]"))
    assert "AWS_PROFILE='dev'" in emit("--filter=dev").stdout
    configure(
        CONFIG.replace("[profile dev]", "[profile prod.Secure]").replace("[profile audit]", "[profile prod-eu.Sec]")
    )
    assert "AWS_PROFILE='prod.Secure'" in emit("--filter=prod.Se").stdout


def test_several_without_a_terminal_are_named_and_nothing_is_switched(dev_home: Path) -> None:
    done = emit("--filter=acme admin", code=2)
    assert done.stdout == ""
    assert "acme admin may mean any of " in done.stderr
    assert load_state().switched == []


def test_words_that_no_profile_has_are_answered_with_what_was_meant(dev_home: Path) -> None:
    done = emit("--filter=sandbxo", code=1)
    assert done.stdout == ""
    assert "There is no profile sandbxo" in done.stderr
    assert "did you mean sandbox?" in done.stderr


def test_the_previous_profile_is_the_last_that_a_shell_was_switched_to(dev_home: Path) -> None:
    assert "There is no previous profile yet" in emit("--previous", code=1).stderr
    for name in ("audit", "dev"):
        note_switch(name)
    note_use("sandbox")  # on a board, for example
    assert "AWS_PROFILE='dev'" in emit("--previous").stdout
    assert "AWS_PROFILE='audit'" in emit("--previous", environ={"AWS_PROFILE": "dev"}).stdout
    assert "AWS_PROFILE='dev'" in emit("--previous", environ={"AWS_PROFILE": "audit"}).stdout
    configure(CONFIG.replace("[profile dev]", "[profile other]"))
    assert "AWS_PROFILE='audit'" in emit("--previous").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--use=dev"], "--use goes with --emit"),
        (["--previous"], "--previous goes with --emit"),
        (["--emit", "bash", "--use=dev", "--previous"], "do not go together"),
        (["--emit", "bash", "--region=eu-west-1"], "--region goes with --use"),
        (["--filter=dev", "--region=eu-west-1"], "--region goes with --use"),
    ],
)
def test_options_that_do_not_fit(dev_home: Path, words: list[str], said: str) -> None:
    assert said in check(ssotui(*words), 2).stderr


@pytest.mark.process
def test_sso_name_loads_nothing_that_it_does_not_need(dev_home: Path) -> None:
    program = "import sys; from tui.cli.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    words = ["--emit", "bash", "--filter=dev"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=True
    )
    assert "AWS_PROFILE" in done.stdout
    assert set(done.stderr.split()) & HEAVY == set()


async def test_the_board_opens_filtered_and_enter_is_for_the_list(demo: DemoServer, home: Path) -> None:
    sample(home, demo)
    app = SsoApp(emit="bash", words="readonly")
    async with app.run_test(size=(80, 24)) as pilot:
        it = Driver(app, pilot)
        await it.until(lambda: app.query_one(ProfileList).row_count() == 3)
        await it.until(lambda: isinstance(app.focused, ProfileList))
        await it.press("enter")
    assert app.return_value == "dev-readonly"
