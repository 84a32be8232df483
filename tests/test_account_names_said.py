"""Wherever a profile's account is said, its name stands in front of the number, or in its place, as the user wants."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import account_names
from tui.aws.errors import SsoError
from tui.aws.model import Profile, Session
from tui.aws.role.credentials import get_credentials
from tui.aws.session.manifest import make_manifest
from tui.aws.state.store import Store
from tui.cli import main
from tui.cli.environment import Environment
from tui.cli.quick.prompt import place_line, prompt_line
from tui.cli.switched import where
from tui.demo.home import write
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer
from tui.screens.picking.copy_menu import of_many, of_profile
from tui.screens.sign_in.learning import unnamed
from tui.settings import settings_path
from tui.widgets.columns import ACCOUNT, ACCOUNT_NAME, CREDENTIALS, LEFT, Measures, layout
from tui.widgets.rows import Rows, shown_texts

from . import needs
from .aws_home import CONFIG, configure, known, named, put_role, put_token, session_named
from .board import board

HOSTILE = "$(touch x)`id`\\u%n!\x1b]0;owned\x07[red]\u202e🔑"


@pytest.fixture(autouse=True)
def listed(home: Path) -> None:
    configure()
    account_names.note({"111111111111": "Development", "222222222222": "Payments Production"})


def want(shown: str) -> None:
    path = Path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[accounts]\nshow = "{shown}"\n')


def prompt(profile: str) -> str:
    return prompt_line({**os.environ, "AWS_PROFILE": profile}, clock.now())


def line_of(store: Store, profile: str) -> str:
    return where(Environment(), store.config, profile, "")


@pytest.mark.parametrize(
    ("shown", "dev", "deploy", "prompt_of_dev"),
    [
        ("both", "Development 111111111111 · Admin", "Payments Production 222222222222 · Deployer", " (Development)"),
        ("name", "Development · Admin", "Payments Production · Deployer", " (Development)"),
        ("number", "111111111111 Admin", "222222222222 Deployer", ""),
    ],
)
def test_the_lines_of_sso_and_of_the_prompt(shown: str, dev: str, deploy: str, prompt_of_dev: str) -> None:
    want(shown)
    store = configure()
    said = "signed-out: ssotui login"
    assert line_of(store, "dev") == f"dev · {dev} · us-east-1 · {said}"
    assert line_of(store, "deploy") == f"deploy · {deploy} via dev · eu-west-1 · {said}"
    assert line_of(store, "sandbox") == f"sandbox · 333333333333 Admin · eu-west-1 · {said}"
    assert prompt("dev") == f"○ dev{prompt_of_dev} signed-out"
    assert prompt("sandbox") == "○ sandbox signed-out"
    assert prompt("deploy") == f"○ deploy{' (Payments Production)' if prompt_of_dev else ''} signed-out"


def test_a_profiles_own_name_for_it_wins_and_what_its_name_says_is_not_repeated() -> None:
    entry = "\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = ReadOnly\n"
    text = f"{CONFIG}\n[profile own]{entry}sso_account_name = Ours\n\n[profile development-ro]{entry}"
    store = configure(text)
    assert prompt("own") == "○ own (Ours) signed-out"
    assert " · Ours 111111111111 · ReadOnly · " in line_of(store, "own")
    assert prompt("development-ro") == "○ development-ro signed-out"


def test_what_a_shell_could_take_for_a_command_is_none_in_the_prompt() -> None:
    account_names.note({"111111111111": HOSTILE})
    line = prompt("dev")
    assert line.startswith("○ dev (?(touch x)?id??u?n?\\x1b]0;o")
    assert not set("$`%!\x1b\x07\u202e") & set(line)
    account_names.note({"111111111111": "x" * 300})
    assert len(prompt("dev")) < 70
    configure(f"{CONFIG}\n[profile $(id)`%n]\nsso_session = acme\nsso_account_id = 1\nsso_role_name = A\n")
    assert prompt("$(id)`%n") == "! ?(id)??n broken"


@pytest.mark.process
@pytest.mark.parametrize(
    ("shell", "program"),
    [
        ("bash", 'PS1="$1 > "; echo "${PS1@P}"'),
        ("zsh", 'setopt promptsubst promptbang; print -P -- "$1 > "'),
    ],
)
def test_a_shell_that_has_the_line_in_its_prompt_runs_nothing_of_it(home: Path, shell: str, program: str) -> None:
    names = f"$(touch {home}/a)`touch {home}/b`${{x:=$(touch {home}/c)}}\\$(touch {home}/d)%D%n!\\w"
    account_names.note({"111111111111": names[:300]})
    for start in range(0, len(names), 25):
        account_names.note({"111111111111": names[start:]})
        line = prompt("dev")
        done = subprocess.run(
            [needs.program(shell), "-c", program, shell, line], capture_output=True, text=True, cwd=home
        )
        assert done.stdout == f"{line} > \n", done.stderr
    assert not {path.name for path in home.iterdir()} & {"a", "b", "c", "d"}


def test_sso_finds_a_profile_by_the_name_of_its_account(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--emit", "bash", "--filter=payments production readonly"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("export AWS_PROFILE='audit'")
    assert err.startswith("audit · Payments Production 222222222222 · ReadOnly · ")


def test_a_hostile_name_is_only_shown_after_a_switch() -> None:
    account_names.note({"111111111111": HOSTILE})
    line = place_line(named(configure(), "dev"), "eu-west-1", "signed-in", 60)
    assert r"\x1b]0;owned\x07[red]\u202e🔑 111111111111 · Admin" in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("shown", "columns"),
    [
        ("both", ["audit", "Payments", "Production", "222222222222", "ReadOnly"]),
        ("name", ["audit", "Payments", "Production", "ReadOnly"]),
        ("number", ["audit", "222222222222", "ReadOnly"]),
    ],
)
def test_status_has_them_in_its_table(capsys: pytest.CaptureFixture[str], shown: str, columns: list[str]) -> None:
    want(shown)
    main.main(["status", "--all"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert next(row for row in rows if row[:1] == ["audit"])[: len(columns)] == columns
    sandbox = next(row for row in rows if row[:1] == ["sandbox"])
    assert sandbox[:3] == ["sandbox", "333333333333", "Admin"]


def test_status_has_them_in_its_json_whatever_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    want("number")
    account_names.note({"333333333333": HOSTILE})
    main.main(["status", "--json"])
    found = {row["name"]: row["account_name"] for row in json.loads(capsys.readouterr().out)["profiles"]}
    assert (found["dev"], found["sandbox"], found["attic"]) == ("Development", HOSTILE, None)
    assert found["deploy"] == "Payments Production"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_narrow_status_goes_without_the_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    account_names.note({"111111111111": "An account with a very long name indeed, as they are"})
    main.main(["status", "--all"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert any("111111111111" in line for line in lines)


def test_a_refusal_names_the_account(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    with pytest.raises(SsoError) as caught:
        get_credentials(Store(), named(Store(), "forbidden"))
    assert caught.value.title == "No access to role Admin in account Payments Production (222222222222)"


def test_what_a_sign_out_removes_says_whose_it_is(demo: DemoServer) -> None:
    put_role(demo, "222222222222", "ReadOnly", "acme")
    put_role(demo, "111111111111", "Unlisted", "acme")
    items = make_manifest(known(Store(names=account_names.AccountNames()))).items
    assert {(item.label, item.account_id, item.account_name) for item in items} == {
        ("audit", "222222222222", "Payments Production"),
        ("a role in account 111111111111", "111111111111", "Development"),
    }


def test_names_can_be_copied_and_bring_nothing_with_them() -> None:
    profile = Profile("x", "acme", "111111111111", "Admin")
    profile.account_name = HOSTILE
    session = session_named(configure(), "acme")
    found = {item.letter: item.text for item in of_profile(profile, session)}
    assert found["m"].isprintable()
    assert {item.letter for item in of_many([profile], [session])} == {"n", "m", "a", "s"}
    without = Session("acme", "sso-session", ACME, "us-east-1")
    assert "m" not in {item.letter for item in of_profile(Profile("x", "acme", "1", "A"), without)}


@pytest.mark.parametrize(("shown", "there"), [("both", {ACCOUNT}), ("name", {ACCOUNT_NAME}), ("number", {ACCOUNT})])
def test_in_80_columns_the_name_is_there_where_it_stands_for_the_number(shown: str, there: set[str]) -> None:
    def named(profile: Profile) -> Profile:
        profile.account_name = "Shared Services Sandbox"
        return profile

    profiles = [named(Profile(f"AWSPowerUserAccess-{it}", "s", str(it), "AWSPowerUserAccess")) for it in range(20, 40)]
    profiles += [named(Profile(f"{'x' * 45}{it}", "s", str(it), "x")) for it in range(20, 60)]
    columns = layout(Measures(shown_texts(Rows(profiles, {}, shown))), {}, lambda: {LEFT: 4, CREDENTIALS: 5}, 77)
    assert {ACCOUNT, ACCOUNT_NAME} & columns.sizes.keys() == there


@pytest.mark.parametrize(
    ("shown", "name", "number"), [("both", True, True), ("name", True, False), ("number", False, True)]
)
async def test_every_screen_says_them_as_the_user_wants(
    home: Path, demo: DemoServer, shown: str, name: bool, number: bool
) -> None:
    write(home, demo.state)  # with settings of its own
    want(shown)

    def said(text: str) -> bool:
        return ("Payments Production" in text, "222222222222" in text) == (name, number)

    async with board(118, 40) as it:
        await it.highlight("prod-readonly")
        await it.until(lambda: said(it.row("prod-readonly")))
        for key, title in (("i", "Identity of prod-readonly"), ("e", "Export prod-readonly"), ("O", "Console of prod")):
            await it.press(key)
            await it.until(title)
            assert said(next(line for line in it.words().splitlines() if title in line))
            if key == "i":
                await it.until("permission set")
                assert said(next(line for line in it.words().splitlines() if " account " in line))
            await it.press("escape")
            await it.until(lambda: it.app.screen is it.board)
        await it.press("x")
        await it.until("Removes")
        assert said(next(line for line in it.words().splitlines() if "role credentials  prod-readonly" in line))


async def test_a_sign_in_brings_the_names_that_are_missing(home: Path, demo: DemoServer) -> None:
    write(home, demo.state)
    Path(account_names.path()).unlink()
    async with board(100, 30) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        demo.state.approve(demo.state.pending_user_codes()[-1])
        await it.until(lambda: it.app.screen is it.board and "Attic" in it.row("attic"))
        assert not unnamed(it.board.snapshot, session_named(it.app.store, LEGACY))
        assert (demo.state.log.count("ListAccounts"), demo.state.log.count("ListAccountRoles")) == (1, 0)


async def test_a_portal_that_tells_no_names_is_no_fault_of_the_sign_in(home: Path, demo: DemoServer) -> None:
    write(home, demo.state)
    Path(account_names.path()).unlink()
    demo.state.faults.add("ListAccounts", code="ForbiddenException", status=403, count=None)
    async with board(100, 30) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        demo.state.approve(demo.state.pending_user_codes()[-1])
        await it.until(lambda: it.app.screen is it.board)
        await it.until(lambda: demo.state.log.count("ListAccounts") > 0)
        await it.pilot.pause(0.3)
        assert not [saying for saying in it.app.said.all() if saying.severity != "information"]
        assert "444444444444" in it.row("attic")
