"""Configuration and caches together: what is shown, and how changes of other programs are noticed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tui.aws.cache import files, shapes
from tui.aws.state.inventory import Inventory
from tui.demo.organisation import ACME, CHAINED_ROLE, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    CONFIG,
    configure,
    content,
    named,
    put_role,
    put_token,
    role_file,
    role_text,
    session_named,
    token_file,
    write_in_place,
)
from .commands import check, ssotui


def settle(inventory: Inventory) -> bool:
    """Polls twice, because a changed configuration is read when it has held still; whether anything changed."""
    shown = list(inventory.config.profiles.values())
    return bool(inventory.poll(shown)) | bool(inventory.poll(shown))


def rewrite_by_rename(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("rename", [True, False])
def test_a29_a_rewritten_configuration_is_taken_in(home: Path, rename: bool) -> None:
    inventory = configure()
    path = home / ".aws/config"
    settle(inventory)
    text = CONFIG + "\n[profile late]\nsso_session = lab\nsso_account_id = 343434343434\nsso_role_name = PowerUser\n"
    if rename:
        rewrite_by_rename(path, text)
    else:
        write_in_place(path, text)
    assert settle(inventory)
    assert "late" in inventory.config.profiles
    assert not settle(inventory)


def test_a29_a_file_still_being_written_is_not_read(home: Path) -> None:
    inventory = configure()
    path = home / ".aws/config"
    text = CONFIG.replace("[profile dev]", "[profile renamed]")
    for end in (len(text) // 2, len(text) - 5, len(text)):
        write_in_place(path, text[:end])
        assert not inventory.poll().config
        assert "dev" in inventory.config.profiles
    assert inventory.poll().config
    assert "renamed" in inventory.config.profiles


@pytest.mark.parametrize("damage", ["truncated", "binary"])
def test_a29_the_last_good_configuration_stays_for_a_while(
    home: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    inventory = configure()
    path = home / ".aws/config"
    path.write_bytes(b"" if damage == "truncated" else b"\xff\x00" * 40)
    assert settle(inventory)
    assert "dev" in inventory.config.profiles
    assert "last good" in inventory.notice
    assert not settle(inventory)
    monkeypatch.setattr("tui.aws.state.config_watch.EMPTIED_GRACE", 0.0)
    assert settle(inventory)
    assert inventory.config.profiles == {}
    assert inventory.notice == ""


def test_a29_a_configuration_that_comes_back_is_as_before(home: Path) -> None:
    inventory = configure()
    path = home / ".aws/config"
    path.rename(path.with_suffix(".bak"))
    assert settle(inventory)
    assert inventory.notice
    path.with_suffix(".bak").rename(path)
    assert settle(inventory)
    assert inventory.notice == ""
    assert not settle(inventory)


def test_b25_each_role_file_belongs_to_its_profile_alone(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    put_role(demo, "111111111111", "Admin", "acme", 3600)
    put_role(demo, "222222222222", "ReadOnly", "acme", -10)
    put_role(demo, "444444444444", "Auditor", LEGACY, 600)
    put_role(demo, "111111111111", "ReadOnly", "acme")  # of no profile
    put_role(demo, "333333333333", "Admin", "acme")  # the account and role of `sandbox`, by another session
    states = {name: inventory.credentials_clock(name)[0] for name in inventory.config.profiles}
    assert states == {
        "dev": "valid",
        "audit": "expired",
        "forbidden": "none",
        "nowhere": "none",
        "deploy": "none",
        "sandbox": "none",
        "attic": "expiring",
    }


def test_b25_credentials_of_another_account_are_not_the_profiles(demo: DemoServer, home: Path) -> None:
    """A file under the right name, copied from somewhere else: it is replaced, and never handed out."""
    inventory = configure()
    put_token(demo, "acme", ACME)
    other = demo.state.issue_role_credentials("222222222222", "ReadOnly")
    path = write_in_place(role_file("111111111111", "Admin", "acme"), role_text(other))
    assert inventory.credentials_clock("dev") == ("none", None)
    done = check(ssotui("env", "dev"), 0)
    assert other.access_key_id not in done.stdout
    assert "AWS_ACCESS_KEY_ID=" in done.stdout
    assert content(path)["Credentials"]["AccountId"] == "111111111111"  # type: ignore[index]
    before = json.loads(path.read_text())
    del before["Credentials"]["AccountId"]  # as old versions of the AWS CLI wrote it
    write_in_place(path, json.dumps(before))
    assert before["Credentials"]["AccessKeyId"] in check(ssotui("env", "dev"), 0).stdout


def test_b25_chained_credentials_are_found_by_their_role(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    credentials = demo.state.issue_role_credentials("222222222222", "ReadOnly")
    value = shapes.role_credentials_json(credentials)
    write_in_place(Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE})), json.dumps(value))
    assert inventory.credentials_clock("deploy") == ("valid", credentials.expires_at)


def test_b26_what_other_programs_change_is_seen_at_the_next_poll(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    dev = named(inventory, "dev")
    inventory.poll([dev])
    assert not inventory.poll([dev])
    token = put_token(demo, "acme", ACME)
    assert inventory.poll([dev]).files
    assert inventory.session_clock("acme") == ("signed-in", token.expires_at)
    credentials = put_role(demo, "111111111111", "Admin", "acme")
    assert inventory.poll([dev]).files
    assert inventory.credentials_clock("dev") == ("valid", credentials.expires_at)
    assert not inventory.poll([dev])
    put_role(demo, "111111111111", "Admin", "acme", 300)
    assert inventory.poll([dev]).files
    assert inventory.credentials_clock("dev")[0] == "expiring"

    role_file("111111111111", "Admin", "acme").unlink()
    token_file("acme").unlink()
    assert inventory.poll([dev]).files
    assert inventory.session_clock("acme") == ("signed-out", None)
    assert inventory.credentials_clock("dev") == ("none", None)
    assert not inventory.poll([dev])


def test_b17_files_of_other_programs_are_no_sessions(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    folder = token_file("acme").parent
    kiro = {
        "accessToken": "aoa",
        "refreshToken": "aor",
        "expiresAt": "2999-01-01T00:00:00.000Z",
    }
    write_in_place(folder / "kiro-auth-token.json", json.dumps(kiro))
    write_in_place(folder / "aws-toolkit-vscode-client-id-us-east-1.json", '{"clientId": "x"}')
    write_in_place(folder / "README", "hello")
    write_in_place(folder / ("a" * 40 + ".json"), "[1, 2]")
    inventory.poll()
    assert {session: inventory.session_clock(session)[0] for session in inventory.config.sessions} == {
        "acme": "signed-out",
        "lab": "signed-out",
        LEGACY: "signed-out",
    }
    assert inventory.problems() == []


def test_b11_a_token_that_could_not_be_written_is_used_and_told(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    token = demo.state.issue_token(ACME)
    inventory.remember("acme", token, "Read-only file system")
    assert inventory.session_clock("acme") == ("signed-in", token.expires_at)
    assert inventory.newest_token("acme") is token
    assert ["Read-only file system" in problem.message for problem in inventory.problems()] == [True]
    newer = put_token(demo, "acme", ACME, 10 * 3600)  # another program signs in
    assert inventory.newest_token("acme") is not token
    assert inventory.session_clock("acme") == ("signed-in", newer.expires_at)
    inventory.forget(["acme"])
    assert inventory.memory_token("acme") is None


def test_c20_a_refused_token_is_not_called_renewable(demo: DemoServer, home: Path) -> None:
    inventory = configure()
    acme = session_named(inventory, "acme")
    put_token(demo, "acme", ACME, -60)
    token = inventory.newest_token("acme")
    assert token is not None
    assert (inventory.session_clock("acme")[0], inventory.refreshable(acme)) == ("refreshable", True)
    inventory.attempts.note_refusal("acme", token)
    assert (inventory.session_clock("acme")[0], inventory.refreshable(acme)) == ("signed-out", False)
    put_token(demo, "acme", ACME, -30)
    inventory.poll()
    assert inventory.session_clock("acme")[0] == "refreshable"


@pytest.mark.parametrize(
    ("environ", "active"),
    [
        ({}, ""),
        ({"AWS_PROFILE": "dev"}, "dev"),
        ({"AWS_DEFAULT_PROFILE": "audit"}, "audit"),
        ({"AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "audit"}, "dev"),
        ({"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "audit"}, "audit"),
    ],
)
def test_the_active_profile_is_that_of_the_aws_cli(home: Path, environ: dict[str, str], active: str) -> None:
    assert Inventory({**os.environ, **environ}).active_profile == active


def test_sessions_are_found_by_name_or_by_start_url(home: Path) -> None:
    inventory = configure(CONFIG + f"\n[sso-session twin]\nsso_start_url = {ACME}\nsso_region = us-east-1\n")
    assert session_named(inventory, "twin").key == "twin"
    assert session_named(inventory, LEGACY).kind == "legacy"
    assert inventory.find_session(ACME) is None  # it could be either of two
    assert inventory.find_session("https://lab.awsapps.com/start") is inventory.config.sessions["lab"]


def test_files_are_read_once_until_they_change(demo: DemoServer, home: Path) -> None:
    """Ten thousand profiles are cheap because an unchanged file is not read again, nor one that is not there."""
    inventory = configure()
    put_token(demo, "acme", ACME)
    path = token_file("acme")
    inventory.poll()
    first = inventory.token("acme")
    inventory.poll()
    assert inventory.token("acme") is first
    stamp = files.stamp(str(path))
    os.utime(path, ns=(time.time_ns(), time.time_ns()))
    assert files.stamp(str(path)) != stamp
    assert inventory.poll().files
    assert inventory.token("acme") is not first
    assert content(path)["startUrl"] == ACME
