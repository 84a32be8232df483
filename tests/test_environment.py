"""A command in an environment of its own: streams, variables and clock that are not the process's."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from tui.aws import clock
from tui.cli.environment import Environment
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_role, put_token
from .commands import Answering, Room

ELSEWHERE = """\
[profile elsewhere]
sso_start_url = https://elsewhere.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111111111111
sso_role_name = R
"""


def test_what_a_command_writes_goes_to_its_environment(home: object, capfd: pytest.CaptureFixture[str]) -> None:
    configure()
    rooms = [Room() for _ in range(7)]
    assert "acme" in rooms[0].run("status")
    assert "usage: ssotui" in rooms[1].run("help")
    assert "usage: ssotui status" in rooms[2].run("status", "--help")
    assert "ssotui" in rooms[3].run("--version")
    assert rooms[4].run("statu", code=2) == ""
    assert "did you mean status" in rooms[4].stderr.getvalue()
    assert rooms[5].run("whoami", "no-such", code=1) == ""
    assert "There is no profile no-such" in rooms[5].stderr.getvalue()
    assert "sso: switch this shell" in rooms[6].run("init", "bash")
    assert capfd.readouterr() == ("", "")


def test_variables_are_those_of_the_environment(home: object, tmp_path: object) -> None:
    configure()
    other = f"{tmp_path}/other"
    with open(other, "w", encoding="utf-8") as file:
        file.write(ELSEWHERE)
    found = json.loads(Room({"AWS_CONFIG_FILE": other}).run("status", "--json"))
    assert [profile["name"] for profile in found["profiles"]] == ["elsewhere"]
    assert Room({"AWS_CONFIG_FILE": other}).run("completion", "--names") == "elsewhere\n"
    lines = Room({"AWS_CONFIG_FILE": other}).run("--emit", "bash", "--use", "elsewhere")
    assert "export AWS_PROFILE='elsewhere'" in lines


def test_the_clock_of_the_environment_says_what_is_left(demo: DemoServer, home: object) -> None:
    configure()
    token = put_token(demo, "acme", ACME, expires_in=3600)
    put_role(demo, "111111111111", "Admin", "acme", expires_in=3600)
    for minutes, state, line in ((30, "signed-in", "● dev 30m\n"), (-1, "refreshable", "◐ dev refreshable\n")):
        moment = token.expires_at - minutes * 60
        assert json.loads(Room({}, now=moment).run("status", "dev", "--json"))["state"] == state
        assert Room({"AWS_PROFILE": "dev"}, now=moment).run("status", "--prompt") == line
    assert clock.now() < token.expires_at


def test_a_question_is_put_to_the_environment(demo: DemoServer, home: object) -> None:
    configure()
    put_token(demo, "acme", ACME)
    no, yes = Room(typed="n\n"), Room(typed="yes\n")
    assert no.run("logout", code=1) == ""
    assert "Nothing was removed." in no.stderr.getvalue()
    assert "removed" in yes.run("logout")
    assert Room().run("logout", code=2) == ""


def test_secrets_go_to_no_terminal_of_the_environment(demo: DemoServer, home: object) -> None:
    configure()
    put_role(demo, "111111111111", "Admin", "acme")
    for form in (["env", "dev"], ["credential-process", "dev"]):
        room = Room()
        room.here = Environment({}, None, Answering(), room.stderr)
        room.run(*form, code=2)
        assert "Secrets are not printed to a terminal" in room.stderr.getvalue()
        assert "AWS_SECRET_ACCESS_KEY" in Room({"SHELL": "/bin/bash"}).run("env", "dev")


def test_suggested_names_are_whole_on_their_lines_and_a_command_is_one_line() -> None:
    names = [f"payments-prod.platform-engineer-breakglass-{number}" for number in range(3)]
    meant = f"did you mean {names[0]}, {names[1]} or {names[2]}?"
    err = StringIO()
    here = Environment({"COLUMNS": "80"}, stderr=err)
    here.complain("There is no profile payments", f"{meant} 4 more: ssotui status payments", 1)
    here.complain("Not signed in", "run: ssotui login --session " + "n" * 80, 1)
    lines = err.getvalue().splitlines()
    assert all(len(line) <= 80 for line in lines[:-1])
    assert [name for name in names if any(name in line for line in lines)] == names
    assert "        4 more: ssotui status payments" in lines
    assert lines[-1].endswith("--session " + "n" * 80)
