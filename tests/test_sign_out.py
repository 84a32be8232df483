"""Signing out: what goes, what stays, and what is said of it."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.aws.model import Token
from tui.aws.requests import clients
from tui.aws.session import signing_out
from tui.aws.session.signing_out import CHAINED, REGISTRATION, ROLE, TOKEN, Manifest, SignOutResult, make_manifest
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, CHAINED_ROLE, LAB, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    cli_cache,
    configure,
    keep_in_memory,
    known,
    put_role,
    put_token,
    role_file,
    session_named,
    snapshot,
    sso_cache,
    token_file,
    token_text,
    write_in_place,
)
from .commands import leaked
from .unprivileged import as_nobody, give_away, open_home

__all__ = ["open_home"]  # a fixture

OTHER_ROLE = "arn:aws:iam::999999999999:role/Static"


def foreign_files() -> list[Path]:
    """What other programs keep in the two folders."""
    token = {"accessToken": "aoa", "refreshToken": "aor", "expiresAt": "2999-01-01T00:00:00.000Z", "provider": "x"}
    client = {"clientId": "x", "clientSecret": "y", "expiresAt": "2999-01-01T00:00:00Z"}
    chained = {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": "C"}}
    chained["Credentials"]["Expiration"] = "2999-01-01T00:00:00+00:00"
    sso, cli = sso_cache(), cli_cache()
    found = [
        write_in_place(sso / "kiro-auth-token.json", json.dumps(token)),
        write_in_place(sso / "aws-toolkit-vscode-client-id-us-east-1.json", json.dumps(client), 0o644),
        write_in_place(sso / "botocore-client-id-us-east-1.json", json.dumps(client)),
        write_in_place(sso / f"{'a' * 40}.json", json.dumps(token)),  # the right name, another form
        write_in_place(sso / f"{'b' * 40}.json", "[1, 2]"),
        write_in_place(sso / f"{'c' * 40}.json", "5"),
        write_in_place(sso / f"{'d' * 40}.json", ""),
        write_in_place(sso / "tmpabcdefgh.tmp", json.dumps(token)),
        write_in_place(sso / "README", "hello"),
        write_in_place(Path(shapes.assume_role_path({"role_arn": OTHER_ROLE})), json.dumps(chained)),
        write_in_place(cli / f"{'e' * 40}.json", json.dumps({**chained, "ProviderType": "web"})),
        write_in_place(cli / "session.db", b"SQLite format 3\0", 0o644),
        write_in_place(cli / "notes.json", '{"ProviderType": "sso"}'),
    ]
    for path in found:
        os.utime(path, (1, 1))
    (sso / f"{'f' * 40}.json").mkdir()
    return found


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Store:
    """Signed in everywhere, with credentials of every kind."""
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB, -60)
    put_token(demo, LEGACY, LEGACY)
    put_role(demo, "111111111111", "Admin", "acme")
    put_role(demo, "333333333333", "Admin", "lab", 600)
    put_role(demo, "888888888888", "Auditor", "acme", -60)  # of no profile
    store = configure()
    credentials = demo.state.issue_role_credentials("222222222222", "ReadOnly")
    value = shapes.role_credentials_json(credentials)
    del value["ProviderType"]
    write_in_place(Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE})), json.dumps(value))
    for key in ("acme", "lab"):
        path = shapes.registration_path(session_named(store, key))
        write_in_place(Path(path), '{"clientId": "i", "clientSecret": "s", "expiresAt": "2999-01-01T00:00:00Z"}')
    return store


def leave(store: Store, scope: str | None = None) -> SignOutResult:
    return signing_out.sign_out(store, make_manifest(known(store), scope))


def kinds(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [(item.session, item.kind, item.label) for item in manifest.items]


def alive(demo: DemoServer, token: Token) -> bool:
    return demo.state.access(token.access_token.reveal()) is not None


def test_g02_the_manifest_names_everything_of_ours(store: Store) -> None:
    foreign = foreign_files()
    manifest = make_manifest(known(store))
    assert kinds(manifest) == [
        ("acme", TOKEN, ACME),
        ("acme", ROLE, "dev"),
        ("acme", CHAINED, "deploy"),
        ("acme", REGISTRATION, "acme"),
        (LEGACY, TOKEN, LEGACY),
        ("lab", TOKEN, LAB),
        ("lab", ROLE, "sandbox"),
        ("lab", REGISTRATION, "lab"),
        ("", ROLE, "a role in account 888888888888"),
    ]
    assert manifest.kept == len(foreign) + 1
    assert sorted(Path(path).name[0] for path in manifest.unreadable) == ["b", "c", "d", "f"]


def test_g02_everything_goes_and_aws_is_told(demo: DemoServer, store: Store) -> None:
    foreign = foreign_files()
    before = snapshot(*foreign)
    tokens = [known(store).token(key) for key in ("acme", LEGACY)]
    result = leave(store)
    assert result.ok
    assert result.server_told
    assert len(result.outcomes) == 9
    assert make_manifest(known(store)).items == []
    assert all(token is not None and not alive(demo, token) for token in tokens)
    assert snapshot(*foreign) == before
    left = {path for folder in (sso_cache(), cli_cache()) for path in folder.iterdir()}
    assert left == {*foreign, sso_cache() / f"{'f' * 40}.json"}
    assert {known(store).session_clock(key, clock.now())[0] for key in store.config.sessions} == {"signed-out"}
    assert result.alive_until is not None
    assert result.alive_until > time.time()
    assert leaked(demo, repr(result.outcomes), repr([outcome.item for outcome in result.outcomes])) == []


def test_g01_one_session_goes_and_the_others_stay(demo: DemoServer, store: Store) -> None:
    kept = [token_file("lab"), token_file(LEGACY), role_file("333333333333", "Admin", "lab"), *foreign_files()]
    before = snapshot(*kept)
    acme, legacy = known(store).token("acme"), known(store).token(LEGACY)
    manifest = make_manifest(known(store), "acme")
    assert {item.session for item in manifest.items} == {"acme"}
    assert len(manifest.items) == 4
    assert signing_out.sign_out(store, manifest).ok
    assert snapshot(*kept) == before
    assert acme is not None
    assert legacy is not None
    assert (alive(demo, acme), alive(demo, legacy)) == (False, True)
    assert demo.state.log.count("Logout") == 1
    assert known(store).session_clock(LEGACY, clock.now())[0] == "signed-in"
    assert known(store).credentials_clock("sandbox", clock.now())[0] == "expiring"


def test_g02_a_token_of_no_configured_session_goes_too(demo: DemoServer, store: Store) -> None:
    token = put_token(demo, "renamed long ago", LAB)
    result = leave(store)
    assert result.server_told
    assert not token_file("renamed long ago").exists()
    assert not alive(demo, token)


def test_g04_what_cannot_be_removed_is_named_and_the_rest_goes(demo: DemoServer, open_home: Path) -> None:
    store = configure()
    token = put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")
    give_away(open_home)
    clients.client("sso", "us-east-1", store.config, None)  # the child can load none

    def work() -> None:
        cli_cache().chmod(0o500)
        result = leave(store)
        assert not result.ok
        assert result.server_told
        assert {outcome.item.kind: (outcome.removed, outcome.problem) for outcome in result.outcomes} == {
            TOKEN: (True, ""),
            ROLE: (False, "Permission denied"),
        }
        assert result.left == []  # it is named already

    as_nobody(work)
    assert not token_file("acme").exists()
    assert not alive(demo, token)


def test_g05_an_expired_session_needs_no_sign_in_to_sign_out(demo: DemoServer, store: Store) -> None:
    token = known(store).token(LEGACY)
    assert token is not None
    demo.state.revoke(token.access_token)
    result = leave(store)
    assert result.ok
    assert result.server_told
    said = {outcome.item.session: outcome.server for outcome in result.outcomes if outcome.item.kind == TOKEN}
    assert said == {"acme": signing_out.TOLD, "lab": signing_out.NOT_NEEDED, LEGACY: signing_out.NOT_NEEDED}


def test_g07_a_file_that_vanished_meanwhile_is_gone(demo: DemoServer, store: Store) -> None:
    manifest = make_manifest(known(store))
    token_file("acme").unlink()
    role_file("111111111111", "Admin", "acme").unlink()
    result = signing_out.sign_out(store, manifest)
    assert result.ok
    assert result.server_told
    assert demo.state.log.count("Logout") == 3  # its token was known, so it ends


def test_g07_a_new_sign_in_before_the_removal_goes_too_and_is_told(demo: DemoServer, store: Store) -> None:
    manifest = make_manifest(known(store), "acme")
    newer = put_token(demo, "acme", ACME)
    result = signing_out.sign_out(store, manifest)
    assert result.ok
    assert not token_file("acme").exists()
    assert not alive(demo, newer)
    labels = [outcome.item.label for outcome in result.outcomes if outcome.item.kind == TOKEN]
    assert labels == [ACME, f"{ACME} (a new sign-in by another program)"]
    assert demo.state.log.count("Logout") == 2


def test_g07_a_new_sign_in_after_the_removal_is_reported(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("Logout", delay=0.5)
    newer: list[Token] = []

    def sign_in_again() -> None:
        assert demo.state.log.wait_for("Logout")
        newer.append(put_token(demo, "acme", ACME))

    other = threading.Thread(target=sign_in_again)
    other.start()
    result = leave(store, "acme")
    other.join()
    assert not result.ok
    assert [(item.kind, item.path) for item in result.left] == [(TOKEN, str(token_file("acme")))]
    assert alive(demo, newer[0])


def test_g08_of_a_link_only_the_link_goes(demo: DemoServer, store: Store) -> None:
    path, target = token_file("acme"), Path(os.environ["HOME"]) / "token-elsewhere.json"
    path.rename(target)
    path.symlink_to(target)
    before = snapshot(target)
    result = leave(store)
    assert result.ok
    assert not path.is_symlink()
    assert snapshot(target) == before


@pytest.mark.parametrize(
    "effects", [{"status": 500}, {"reset": True}, {"hang": True}, {"code": "OddException"}], ids=str
)
def test_local_files_go_when_aws_cannot_be_told(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, effects: dict[str, Any]
) -> None:
    assert signing_out.SERVER_LIMIT == 8.0
    monkeypatch.setattr(signing_out, "SERVER_LIMIT", 0.5)
    demo.state.faults.add("Logout", count=None, **effects)
    result = leave(store)
    assert result.ok
    assert not result.server_told
    assert make_manifest(known(store)).items == []
    told = [outcome.server for outcome in result.outcomes if outcome.item.kind == TOKEN]
    assert all(text.startswith("AWS was not told (") and "its own expiry" in text for text in told)


def test_a_passing_failure_of_aws_is_tried_again(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("Logout", status=503)
    assert leave(store, "acme").server_told
    assert demo.state.log.count("Logout") == 2


def test_many_tokens_are_told_side_by_side(demo: DemoServer, store: Store) -> None:
    """Where AWS takes three seconds for each, the time for all is used up after two rounds."""
    demo.state.settings.latency = 1.0
    for number in range(20):
        put_token(demo, f"old {number}", ACME)
    result = leave(store)
    assert result.server_told
    assert demo.state.log.peak_in_flight >= 20


@pytest.mark.parametrize("region", ["us east 1", "x" * 200, "us-east-1/../evil"])
def test_a_token_with_a_strange_region_goes_without_a_request_elsewhere(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    for name in demo.environ():
        monkeypatch.delenv(name)
    token = demo.state.issue_token(ACME)
    for path in sso_cache().iterdir():
        path.unlink()
    write_in_place(token_file("acme"), token_text(token, {"region": region}))
    result = leave(store)
    assert result.ok
    assert not result.server_told
    assert demo.state.log.count("Logout") == 0


def test_a_token_that_only_memory_holds_ends_too(demo: DemoServer, store: Store) -> None:
    token = demo.state.issue_token(ACME)
    keep_in_memory(store, "acme", token, "Read-only file system")
    assert leave(store).server_told
    assert not alive(demo, token)
    assert known(store).unwritten_token("acme") is None
    assert known(store).session_clock("acme", clock.now()) == ("signed-out", None)


def test_the_result_is_told_where_no_thread_can_be_started(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    result = leave(store)
    assert (result.ok, result.server_told) == (True, False)
    told = {outcome.server for outcome in result.outcomes if outcome.item.kind == TOKEN}
    assert told == {"AWS was not told (no thread can be started); it ends at its own expiry"}


def test_leftovers_of_killed_writers_go_too(demo: DemoServer, store: Store) -> None:
    """They hold tokens as well. One that another ssotui is writing at this moment stays."""
    old = write_in_place(sso_cache() / ".ssotui-old.tmp", "{}")
    os.utime(old, (1, 1))
    new = write_in_place(sso_cache() / ".ssotui-new.tmp", "{}")
    leave(store)
    assert (old.exists(), new.exists()) == (False, True)


def test_nothing_to_sign_out_of(demo: DemoServer, home: Path) -> None:
    result = leave(configure())
    assert (result.ok, result.server_told, result.outcomes, result.alive_until) == (True, True, [], None)
    assert not (home / ".aws/sso").exists()
