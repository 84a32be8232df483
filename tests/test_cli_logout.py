"""`ssotui logout`: nothing of ours is left, nothing of others is touched, and the exit code tells of AWS."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tui.aws.requests import clients
from tui.aws.session.signing_out import make_manifest
from tui.aws.state.store import Store
from tui.demo.home import write
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer
from tui.screens.sign_out import _manifest_text

from .aws_home import (
    CONFIG,
    cli_cache,
    configure,
    known,
    put_role,
    put_token,
    snapshot,
    sso_cache,
    token_file,
    write_in_place,
)
from .commands import Room, check, ssotui
from .demo_clients import client, refused
from .program import program
from .test_sign_out import foreign_files
from .unprivileged import as_nobody, command, give_away, open_again, open_home

__all__ = ["open_home"]  # a fixture


def ours() -> list[str]:
    """Tokens, registrations and SSO role credentials that are still there."""
    found = []
    for path in (*sso_cache().glob("*.json"), *cli_cache().glob("*.json")):
        value = json.loads(path.read_text())
        if {"accessToken", "clientId"} & set(value) or value.get("ProviderType") == "sso":
            found.append(path.name)
    return found


@pytest.fixture
def sample(demo: DemoServer, home: Path) -> Path:
    """The sample organisation, signed in to two sessions."""
    write(home, demo.state)
    put_token(demo, LEGACY, LEGACY)
    return home


def test_g02_everything_goes_and_aws_refuses_the_old_tokens(demo: DemoServer, sample: Path) -> None:
    check(ssotui("env", "prod-deploy", "--format", "json"), 0, demo, ["stdout"])  # chained credentials are there too
    tokens = [token.reveal() for token in demo.state.access_tokens]
    foreign = foreign_files()
    before = snapshot(*foreign)
    done = check(ssotui("logout", "--all", "--yes"), 0, demo)
    assert snapshot(*foreign) == before
    header, *lines = done.stdout.splitlines()
    assert header.split() == ["FOR", "WHAT", "SESSION", "ACCOUNT", "HERE", "AT", "AWS"]
    assert all("  removed" in line for line in lines)
    assert [line.split()[1] for line in lines].count("token") == 3
    assert sum("signed out at AWS" in line or "AWS had ended it" in line for line in lines) == 3
    assert any(line.split()[:3] == ["prod-deploy", "chained", "credentials"] for line in lines)
    columns = {line.index("token") for line in lines if " token " in line}
    assert len(columns) == 1
    for token in tokens:
        assert refused(client("sso", demo).list_accounts, accessToken=token) == (401, "UnauthorizedException")
    assert status_words() == {"acme": "signed-out", "lab": "signed-out", LEGACY: "signed-out"}


def status_words() -> dict[str, str]:
    found = json.loads(check(ssotui("status", "--json"), 0).stdout)
    assert {profile["credentials"]["state"] for profile in found["profiles"]} == {"none"}
    return {session["name"]: session["state"] for session in found["sessions"]}


def test_g02_nothing_of_ours_is_left(demo: DemoServer, sample: Path) -> None:
    assert len(ours()) == 9
    check(ssotui("logout", "--yes"), 0, demo)  # everything is the default
    assert ours() == []


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_tables_fit_the_terminal_with_long_names(demo: DemoServer, home: Path, width: int) -> None:
    long = "payments-prod-eu.AdministratorAccess-for-incidents"
    configure(CONFIG.replace("[profile dev]", f"[profile {long}]"))
    put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")
    room = Room({**os.environ, "COLUMNS": str(width)}, typed="y\n")
    told = room.run("logout", "--all") + room.stderr.getvalue().partition("Role credentials that")[0]
    assert long in told
    assert [line for line in told.splitlines() if len(line) > width] == []


def test_where_nothing_was_nothing_is_said_to_live_on(home: Path) -> None:
    configure()
    assert check(ssotui("logout", "--all", "--yes"), 0).stderr == "Nothing was signed in.\n"


def test_g11_what_lives_on_is_said(demo: DemoServer, sample: Path) -> None:
    done = check(ssotui("logout", "--all", "--yes", AWS_ACCESS_KEY_ID="ASIA"), 0, demo)
    assert "stay valid at AWS until " in done.stderr
    assert not re.search(r"until \d{4}-", done.stderr)
    assert any("unset " in line and " AWS_ACCESS_KEY_ID " in line for line in done.stderr.splitlines())
    assert "browser stays signed in" in done.stderr


def test_g01_one_session(demo: DemoServer, sample: Path) -> None:
    lab = token_file("lab")
    before = snapshot(lab, token_file(LEGACY))
    done = check(ssotui("logout", "--session", "acme", "--yes"), 0, demo)
    assert snapshot(lab, token_file(LEGACY)) == before
    assert not token_file("acme").exists()
    assert "lab" not in done.stdout
    assert demo.state.log.count("Logout") == 1
    done = check(ssotui("env", "dev-admin"), 3, demo)
    assert done.stdout == ""
    assert "ssotui login dev-admin" in done.stderr
    check(ssotui("env", "attic", "--format", "json"), 0, demo, ["stdout"])


def test_the_json_tells_of_each_item(demo: DemoServer, sample: Path) -> None:
    found: dict[str, Any] = json.loads(check(ssotui("logout", "--all", "--yes", "--json"), 0, demo).stdout)
    assert found["scope"] is None
    assert found["ok"] is True
    assert found["left"] == []
    assert found["credentials_alive_until"].endswith("Z")
    kinds = [item["kind"] for item in found["items"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "token": 3,
        "role credentials": 4,
        "client registration": 2,
    }
    for item in found["items"]:
        assert list(item) == ["kind", "session", "label", "path", "removed", "problem", "server"]
        assert item["removed"] is True
        assert not os.path.exists(item["path"])
        assert (item["server"] is not None) is (item["kind"] == "token")


@pytest.mark.parametrize("server", ["down", "refusing"])
def test_local_files_go_when_aws_cannot_be_told(demo: DemoServer, sample: Path, server: str) -> None:
    if server == "down":
        demo.close()
    else:
        demo.state.faults.add("Logout", status=500, count=None)
    done = check(ssotui("logout", "--all", "--yes"), 1)
    assert ours() == []
    assert done.stdout.count("AWS was not told") == 3
    assert "own expiry" in done.stdout


def test_g04_what_stays_is_named_and_fails(demo: DemoServer, open_home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")
    give_away(open_home)
    clients.client("sso", "us-east-1", store.config, None)  # the child can load none

    def work() -> None:
        cli_cache().chmod(0o500)
        code, output, errors = command("logout", "--all", "--yes")
        assert code == 1
        assert re.search(r"  (! )?token .*removed", output)
        (line,) = [line for line in output.splitlines() if "NOT removed" in line]
        assert str(cli_cache()) in line
        assert line.endswith("Permission denied")
        assert "Traceback" not in errors

    as_nobody(work)
    assert not token_file("acme").exists()


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o600])
@pytest.mark.parametrize("scope", [["--all"], ["--session", "acme"]], ids=" ".join)
def test_b10_g04_a_folder_that_hides_a_token_is_not_signed_out(open_home: Path, scope: list[str], mode: int) -> None:
    configure()
    text = '{"accessToken": "aoa", "expiresAt": "2999-01-01T00:00:00Z", "startUrl": "", "region": ""}'
    write_in_place(token_file("acme"), text)
    give_away(open_home)

    def work() -> None:
        sso_cache().chmod(mode)
        code, _output, errors = command("logout", *scope, "--yes")
        assert code == 1
        assert "cannot be looked into, so what is there stays: " in errors
        assert str(sso_cache()) in errors
        assert "Nothing was signed in" not in errors
        code, output, _errors = command("logout", *scope, "--yes", "--json")
        found = json.loads(output)
        assert (code, found["ok"]) == (1, False)
        (path,) = found["not_looked_into"]
        assert path.startswith(str(sso_cache()))
        assert "cannot be looked into" in _manifest_text(make_manifest(known(Store()))).plain  # on the board

    as_nobody(work)
    open_again(open_home)
    assert token_file("acme").read_text() == text


def test_b14_g04_a_token_of_another_user_is_not_signed_out(open_home: Path) -> None:
    """The AWS CLI may be able to read it. (What `sudo aws sso login` leaves is used, and removed.)"""
    configure()
    write_in_place(token_file("acme"), '{"accessToken": "aoa", "expiresAt": "2999-01-01T00:00:00Z"}', 0o644)
    give_away(open_home)
    if os.geteuid() == 0:
        os.chown(token_file("acme"), 1, 1)

    def work() -> None:
        code, _output, errors = command("logout", "--all", "--yes")
        assert code == 1
        assert str(token_file("acme")) in errors

    if os.geteuid() == 0:
        as_nobody(work)
    assert token_file("acme").exists()


def test_g05_a_stale_session_can_be_left(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, -90000)
    done = check(ssotui("logout", "--session", "acme", "--yes"), 0, demo)
    assert "AWS had ended it already" in done.stdout
    assert ours() == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--all"], 2, "--yes"),  # there is nobody to ask
        (["--session", "acm", "--yes"], 1, "did you mean acme"),
        (["--session", "acme", "--all"], 2, "not allowed with"),
    ],
)
def test_what_is_not_carried_out(demo: DemoServer, home: Path, arguments: list[str], code: int, said: str) -> None:
    configure()
    put_token(demo, "acme", ACME)
    before = snapshot(token_file("acme"))
    assert said in check(ssotui("logout", *arguments), code, demo).stderr
    assert snapshot(token_file("acme")) == before
    assert demo.state.log.count() == 0


def test_nothing_to_leave(demo: DemoServer, home: Path) -> None:
    configure()
    done = check(ssotui("logout", "--all", "--yes"), 0, demo)
    assert "Nothing was signed in" in done.stderr
    assert demo.state.log.count() == 0


def test_a_damaged_token_stays_and_is_told(demo: DemoServer, home: Path) -> None:
    configure(CONFIG)
    put_token(demo, "lab", LAB)
    token_file("acme").write_text('{"accessToken": "half')
    done = check(ssotui("logout", "--all", "--yes"), 0, demo)
    assert f"kept, because it cannot be read: {token_file('acme')}" in done.stderr
    assert token_file("acme").exists()
    assert not token_file("lab").exists()


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        (["--session", "acme"], "Remove these 5 files and end the session at AWS?"),
        (["--all"], "Remove these 9 files and end the sessions at AWS?"),
    ],
    ids=str,
)
def test_the_question_says_what_goes_and_a_no_says_that_nothing_went(
    sample: Path, arguments: list[str], question: str
) -> None:
    with program("logout", *arguments) as terminal:
        terminal.wait_for(question)
        terminal.press("n", "enter")
        terminal.wait_for("Nothing was removed.")
        assert terminal.wait_exit() == 1
    assert len(ours()) == 9
