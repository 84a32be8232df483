"""Configuration and caches together: what is shown, and how changes of other programs are noticed."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tui.aws import clock
from tui.aws.cache import files, shapes
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, CHAINED_ROLE, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    CONFIG,
    changes,
    configure,
    content,
    keep_in_memory,
    known,
    named,
    put_role,
    put_token,
    role_file,
    role_text,
    session_named,
    token_file,
    write_in_place,
)
from .commands import check, ssotui_apart


def settle(store: Store) -> bool:
    """Polls twice, because a changed configuration is read when it has held still; whether anything changed."""
    shown = list(store.config.profiles.values())
    return changes(store, *shown) | changes(store, *shown)


def rewrite_by_rename(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("rename", [True, False])
def test_a29_a_rewritten_configuration_is_taken_in(home: Path, rename: bool) -> None:
    store = configure()
    path = home / ".aws/config"
    settle(store)
    text = CONFIG + "\n[profile late]\nsso_session = lab\nsso_account_id = 343434343434\nsso_role_name = PowerUser\n"
    if rename:
        rewrite_by_rename(path, text)
    else:
        write_in_place(path, text)
    assert settle(store)
    assert "late" in store.config.profiles
    settle(store)  # its credentials too
    assert not settle(store)


def test_a29_a_file_still_being_written_is_not_read(home: Path) -> None:
    store = configure()
    path = home / ".aws/config"
    text = CONFIG.replace("[profile dev]", "[profile renamed]")
    store.look()
    for end in (len(text) // 2, len(text) - 5, len(text)):
        write_in_place(path, text[:end])
        assert not changes(store)
        assert "dev" in store.config.profiles
    assert changes(store)
    assert "renamed" in store.config.profiles


@pytest.mark.parametrize("damage", ["truncated", "binary"])
def test_a29_the_last_good_configuration_stays_for_a_while(
    home: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    store = configure()
    path = home / ".aws/config"
    path.write_bytes(b"" if damage == "truncated" else b"\xff\x00" * 40)
    assert settle(store)
    assert "dev" in store.config.profiles
    assert "last good" in store.snapshot.notice
    assert not settle(store)
    monkeypatch.setattr("tui.aws.state.config_watch.EMPTIED_GRACE", 0.0)
    assert settle(store)
    assert store.config.profiles == {}
    assert store.snapshot.notice == ""


def test_a29_a_configuration_that_comes_back_is_as_before(home: Path) -> None:
    store = configure()
    path = home / ".aws/config"
    path.rename(path.with_suffix(".bak"))
    assert settle(store)
    assert store.snapshot.notice
    path.with_suffix(".bak").rename(path)
    assert settle(store)
    assert store.snapshot.notice == ""
    assert not settle(store)


def test_b25_each_role_file_belongs_to_its_profile_alone(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_role(demo, "111111111111", "Admin", "acme", 3600)
    put_role(demo, "222222222222", "ReadOnly", "acme", -10)
    put_role(demo, "444444444444", "Auditor", LEGACY, 600)
    put_role(demo, "111111111111", "ReadOnly", "acme")  # of no profile
    put_role(demo, "333333333333", "Admin", "acme")  # the account and role of `sandbox`, by another session
    states = {name: known(store).credentials_clock(name, clock.now())[0] for name in store.config.profiles}
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
    store = configure()
    put_token(demo, "acme", ACME)
    other = demo.state.issue_role_credentials("222222222222", "ReadOnly")
    path = write_in_place(role_file("111111111111", "Admin", "acme"), role_text(other))
    assert known(store).credentials_clock("dev", clock.now()) == ("none", None)
    done = check(ssotui_apart("env", "dev"), 0)
    assert other.access_key_id not in done.stdout
    assert "AWS_ACCESS_KEY_ID=" in done.stdout
    assert content(path)["Credentials"]["AccountId"] == "111111111111"  # type: ignore[index]
    before = json.loads(path.read_text())
    del before["Credentials"]["AccountId"]  # as old versions of the AWS CLI wrote it
    write_in_place(path, json.dumps(before))
    assert before["Credentials"]["AccessKeyId"] in check(ssotui_apart("env", "dev"), 0).stdout


def test_b25_chained_credentials_are_found_by_their_role(demo: DemoServer, home: Path) -> None:
    store = configure()
    credentials = demo.state.issue_role_credentials("222222222222", "ReadOnly")
    value = shapes.role_credentials_json(credentials)
    write_in_place(Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE})), json.dumps(value))
    assert known(store).credentials_clock("deploy", clock.now()) == ("valid", credentials.expires_at)


def test_b26_what_other_programs_change_is_seen_at_the_next_poll(demo: DemoServer, home: Path) -> None:
    store = configure()
    dev = named(store, "dev")
    store.look([dev])
    assert not changes(store, dev)
    token = put_token(demo, "acme", ACME)
    assert changes(store, dev)
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)
    credentials = put_role(demo, "111111111111", "Admin", "acme")
    assert changes(store, dev)
    assert known(store).credentials_clock("dev", clock.now()) == ("valid", credentials.expires_at)
    assert not changes(store, dev)
    put_role(demo, "111111111111", "Admin", "acme", 300)
    assert changes(store, dev)
    assert known(store).credentials_clock("dev", clock.now())[0] == "expiring"

    role_file("111111111111", "Admin", "acme").unlink()
    token_file("acme").unlink()
    assert changes(store, dev)
    assert known(store).session_clock("acme", clock.now()) == ("signed-out", None)
    assert known(store).credentials_clock("dev", clock.now()) == ("none", None)
    assert not changes(store, dev)


def test_b17_files_of_other_programs_are_no_sessions(demo: DemoServer, home: Path) -> None:
    store = configure()
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
    store.look()
    assert {session: known(store).session_clock(session, clock.now())[0] for session in store.config.sessions} == {
        "acme": "signed-out",
        "lab": "signed-out",
        LEGACY: "signed-out",
    }
    assert known(store).problems() == []


def test_b11_a_token_that_could_not_be_written_is_used_and_told(demo: DemoServer, home: Path) -> None:
    store = configure()
    token = demo.state.issue_token(ACME)
    keep_in_memory(store, "acme", token, "Read-only file system")
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)
    assert store.newest_token("acme") is token
    assert ["Read-only file system" in problem.message for problem in known(store).problems()] == [True]
    newer = put_token(demo, "acme", ACME, 10 * 3600)  # another program signs in
    assert store.newest_token("acme") is not token
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", newer.expires_at)
    store.dropped(["acme"])
    assert known(store).unwritten_token("acme") is None


def test_c20_a_refused_token_is_not_called_renewable(demo: DemoServer, home: Path) -> None:
    store = configure()
    acme = session_named(store, "acme")
    put_token(demo, "acme", ACME, -60)
    token = store.newest_token("acme")
    assert token is not None
    assert (known(store).session_clock("acme", clock.now())[0], known(store).refreshable(acme, clock.now())) == (
        "refreshable",
        True,
    )
    store.refused("acme", token)
    assert (known(store).session_clock("acme", clock.now())[0], known(store).refreshable(acme, clock.now())) == (
        "signed-out",
        False,
    )
    put_token(demo, "acme", ACME, -30)
    store.look()
    assert known(store).session_clock("acme", clock.now())[0] == "refreshable"


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
    assert Store({**os.environ, **environ}).snapshot.active_profile == active


def test_sessions_are_found_by_name_or_by_start_url(home: Path) -> None:
    store = configure(CONFIG + f"\n[sso-session twin]\nsso_start_url = {ACME}\nsso_region = us-east-1\n")
    assert session_named(store, "twin").key == "twin"
    assert session_named(store, LEGACY).kind == "legacy"
    assert store.snapshot.find_session(ACME) is None  # it could be either of two
    assert store.snapshot.find_session("https://lab.awsapps.com/start") is store.config.sessions["lab"]


def test_files_are_read_once_until_they_change(demo: DemoServer, home: Path) -> None:
    """Ten thousand profiles are cheap because an unchanged file is not read again, nor one that is not there."""
    store = configure()
    put_token(demo, "acme", ACME)
    path = token_file("acme")
    store.look()
    first = known(store).token("acme")
    store.look()
    assert known(store).token("acme") is first
    stamp = files.stamp(str(path))
    os.utime(path, ns=(time.time_ns(), time.time_ns()))
    assert files.stamp(str(path)) != stamp
    assert changes(store)
    assert known(store).token("acme") is not first
    assert content(path)["startUrl"] == ACME


def test_nobody_waits_for_a_configuration_that_does_not_hold_still(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread waits for that up to a second; what others ask of the Store meanwhile is answered at once."""
    store = configure()
    (home / ".aws/config").write_text(CONFIG + "\n[profile late]\nregion = x\n")
    waits, go_on = threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        waits.set()
        assert go_on.wait(20)

    monkeypatch.setattr("tui.aws.state.store.time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    waiting = threading.Thread(target=store.look_at_config, daemon=True)
    waiting.start()
    assert waits.wait(20)
    asking = threading.Thread(target=store.newest_token, args=("acme",), daemon=True)
    asking.start()
    asking.join(10)
    assert not asking.is_alive()
    go_on.set()
    waiting.join(20)
    assert "late" in store.config.all_names
