"""What is ours, and goes with a sign-out; and what looks like it, and stays."""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.aws.role.credentials import cached_credentials
from tui.aws.session import signing_out
from tui.aws.session.browser_flow import BrowserSignIn
from tui.aws.session.device_code import DeviceSignIn
from tui.aws.session.signing_out import CHAINED, REGISTRATION, ROLE, TOKEN, make_manifest
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, CHAINED_ROLE, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    cache_name,
    cli_cache,
    configure,
    content,
    known,
    named,
    put,
    put_role,
    put_token,
    registration_file,
    role_file,
    role_text,
    session_named,
    snapshot,
    sso_cache,
    token_file,
    token_text,
    write_in_place,
)
from .commands import check, ssotui

LATER = "2999-01-01T00:00:00Z"
CLIENT = {"clientId": "kiro", "clientSecret": "s", "expiresAt": LATER}


def leave(store: Store, scope: str | None = None) -> signing_out.SignOutResult:
    return signing_out.sign_out(store, make_manifest(known(store), scope))


def of(result: signing_out.SignOutResult, kind: str) -> list[str]:
    return [outcome.item.path for outcome in result.outcomes if outcome.item.kind == kind]


# -- registrations ----------------------------------------------------------------------------------------------


def test_x14_another_programs_registration_stays(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    name = sha1(b'{"startUrl":"https://acme.awsapps.com/start"}').hexdigest()
    kiro = {
        "accessToken": "aoa",
        "refreshToken": "aor",
        "expiresAt": LATER,
        "clientIdHash": name,
        "region": "us-east-1",
    }
    foreign = [
        put(sso_cache() / "kiro-auth-token.json", kiro),
        put(sso_cache() / f"{'9' * 40}.json", {**kiro, "startUrl": ACME}),
        put(sso_cache() / f"{name}.json", CLIENT),
    ]
    before = snapshot(*foreign)
    result = leave(store)
    assert result.ok
    assert of(result, TOKEN) == [str(token_file("acme"))]
    assert of(result, REGISTRATION) == []
    assert snapshot(*foreign) == before


@pytest.mark.parametrize(
    ("session", "url", "region", "scopes", "name"),
    [
        ("acme", ACME, "us-east-1", ["sso:account:access"], "acme"),  # as it is configured
        ("acme", ACME, "us-east-1", None, "acme"),  # before its scopes were
        ("acme", ACME, "us-east-1", None, None),  # before it had a section
        ("lab", "https://lab.awsapps.com/start", "eu-west-1", None, "lab"),
        ("lab", "https://lab.awsapps.com/start", "eu-west-1", ["sso:account:access"], "lab"),
        ("lab", "https://lab.awsapps.com/start", "eu-west-1", [], "lab"),
        (LEGACY, LEGACY, "us-east-1", None, None),
    ],
)
def test_x14_every_spelling_of_a_configured_session_is_ours(
    home: Path, session: str, url: str, region: str, scopes: list[str] | None, name: str | None
) -> None:
    store = configure()
    others = [each for each in store.config.sessions if each != session]
    path = put(registration_file(url, region, scopes, name), {**CLIENT, "grantTypes": ["authorization_code"]})
    assert [make_manifest(known(store), other).items for other in others] == [[], []]
    assert of(leave(store, session), REGISTRATION) == [str(path)]
    assert not path.exists()


def test_x14_a_registration_that_nothing_can_use_any_more_goes_too(home: Path) -> None:
    """One without an expiry stops `aws sso login`; its secret is one all the same."""
    store = configure()
    path = put(Path(shapes.registration_path(session_named(store, "acme"))), {"clientId": "i", "clientSecret": "s"})
    assert of(leave(store), REGISTRATION) == [str(path)]


@pytest.mark.parametrize("key", ["acme", "lab"])  # with scopes, and without
@pytest.mark.parametrize("flow", [DeviceSignIn, BrowserSignIn])
def test_x14_what_our_own_flows_register_goes(
    demo: DemoServer, home: Path, key: str, flow: type[DeviceSignIn] | type[BrowserSignIn]
) -> None:
    store = configure()
    under_way = flow(store, session_named(store, key))
    under_way.start()
    if isinstance(under_way, BrowserSignIn):
        under_way.close()
    assert len(list(sso_cache().iterdir())) == 1
    assert leave(store, key).ok
    assert list(sso_cache().iterdir()) == []


def test_x14_the_registration_of_a_removed_token_goes_with_it(demo: DemoServer, home: Path) -> None:
    """A session that is configured no more: the name of its registration tells nothing, its client does."""
    store = configure()
    token = put_token(demo, "renamed", ACME)
    put_token(demo, "acme", ACME, clientId="another")
    named_by = put(sso_cache() / cache_name("a"), {**CLIENT, "clientId": token.client_id})
    others = [
        put(sso_cache() / cache_name("b"), CLIENT),
        put(sso_cache() / cache_name("c"), {**CLIENT, "clientId": token.client_id.upper()}),
    ]
    before = snapshot(named_by, *others)
    assert of(leave(store, "acme"), REGISTRATION) == []
    assert snapshot(named_by, *others) == before
    assert of(leave(store), REGISTRATION) == [str(named_by)]
    assert snapshot(*others) == {str(path): before[str(path)] for path in others}


# -- leftovers of killed programs -------------------------------------------------------------------------------


def test_x23_temporary_files_of_killed_programs_go_and_aws_is_told(demo: DemoServer, home: Path) -> None:
    store = configure()
    token = demo.state.issue_token(ACME)
    ours = demo.state.issue_token(ACME)
    roles = {"ProviderType": "sso", "Credentials": {"AccessKeyId": "A", "Expiration": LATER}}
    arn = CHAINED_ROLE.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/me"
    chained = {"Credentials": roles["Credentials"], "AssumedRoleUser": {"AssumedRoleId": "x:me", "Arn": arn}}
    gone = {
        put(sso_cache() / "tmpab12cd34.tmp", json.loads(token_text(token)), 90): TOKEN,
        put(sso_cache() / ".ssotui-ab12cd34.tmp", json.loads(token_text(ours)), 90): TOKEN,
        put(cli_cache() / "tmp_b12cd3_.tmp", roles, 90): ROLE,
        put(cli_cache() / "tmpchained1.tmp", chained, 90): CHAINED,
    }
    foreign = {"accessToken": "aoa", "expiresAt": LATER, "provider": "x"}
    stay = [
        put(sso_cache() / "tmpyoung123.tmp", json.loads(token_text(token)), 5),
        put(sso_cache() / "tmpforeign1.tmp", foreign, 90),
        put(sso_cache() / "tmpclient12.tmp", CLIENT, 90),
        put(sso_cache() / "tmpAB12CD34.tmp", json.loads(token_text(token)), 90),
        put(sso_cache() / "tmpab12cd345.tmp", json.loads(token_text(token)), 90),
        put(sso_cache() / "tmpempty123.tmp", "", 90),
        put(cli_cache() / "tmpanother1.tmp", {"Credentials": roles["Credentials"]}, 90),
    ]
    before = snapshot(*stay)
    assert {item.path: item.kind for item in make_manifest(known(store)).items} == {
        str(path): kind for path, kind in gone.items()
    }
    assert make_manifest(known(store), "acme").of_kind(TOKEN) == []
    done = check(ssotui("logout", "--all", "--yes", "--json"), 0)
    items = json.loads(done.stdout)["items"]
    assert {item["path"] for item in items} == {str(path) for path in gone}
    assert not any(path.exists() for path in gone)
    assert snapshot(*stay) == before
    assert [demo.state.access(each.access_token.reveal()) for each in (token, ours)] == [None, None]


def test_x23_a_leftover_behind_a_link_stays(demo: DemoServer, home: Path) -> None:
    target = write_in_place(home / "elsewhere.json", token_text(demo.state.issue_token(ACME)))
    os.utime(target, (1, 1))
    sso_cache().mkdir(parents=True)
    (sso_cache() / "tmpab12cd34.tmp").symlink_to(target)
    assert make_manifest(known(configure())).items == []


def test_x23_what_a_killed_botocore_really_leaves(demo: DemoServer, home: Path, aws_python: str) -> None:
    store = configure()
    token = demo.state.issue_token(ACME)
    program = """
import json, os, signal, sys
from botocore.utils import JSONFileCache
os.replace = lambda *_names: os.kill(os.getpid(), signal.SIGKILL)
JSONFileCache(os.path.expanduser("~/.aws/sso/cache"))["0" * 40] = json.loads(sys.argv[1])
"""
    subprocess.run([aws_python, "-c", program, token_text(token)], check=False, timeout=60)
    (left,) = sso_cache().iterdir()
    assert make_manifest(known(store)).items == []  # it could still be written
    os.utime(left, (1, 1))
    assert leave(store).ok
    assert list(sso_cache().iterdir()) == []
    assert demo.state.access(token.access_token.reveal()) is None


# -- tokens -----------------------------------------------------------------------------------------------------

LESS: list[dict[str, Any]] = [
    dict.fromkeys(("startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt", "refreshToken")),
    {"region": None},
    {"region": ""},
    {"region": 5},
    {"startUrl": None},
    {"startUrl": ["x"], "region": {}},
    {"clientId": 1, "clientSecret": None},
]


@pytest.mark.parametrize("key", ["acme", LEGACY])
@pytest.mark.parametrize("changes", LESS, ids=str)
@pytest.mark.parametrize("link", [False, True], ids=["file", "link"])
def test_x38_what_counts_as_signed_in_is_signed_out(
    demo: DemoServer, home: Path, key: str, changes: dict[str, Any], link: bool
) -> None:
    store = configure()
    url = LEGACY if key == LEGACY else ACME
    token = put_token(demo, key, url)
    value = {**json.loads(token_text(token)), **changes}
    if changes is LESS[0]:
        value = {name: each for name, each in value.items() if each is not None}
    token_file(key).write_text(json.dumps(value))
    if link:
        token_file(key).rename(home / "real.json")
        token_file(key).symlink_to(home / "real.json")
    assert known(store).session_clock(key, clock.now())[0] == "signed-in"
    assert [(item.session, item.label) for item in make_manifest(known(store)).items] == [(key, url)]
    result = leave(store, key)
    assert (result.ok, result.server_told) == (True, True)
    assert known(store).session_clock(key, clock.now())[0] == "signed-out"
    assert demo.state.access(token.access_token.reveal()) is None
    assert demo.state.log.count("Logout") == 1


def test_x38_the_command_says_so(demo: DemoServer, home: Path) -> None:
    configure()
    token = put_token(demo, "acme", ACME)
    put(token_file("acme"), {"accessToken": token.access_token.reveal(), "expiresAt": clock.iso(token.expires_at)})
    done = check(ssotui("logout", "--all", "--yes"), 0)
    assert "https://acme.awsapps.com/start  token  acme     removed  signed out at AWS" in done.stdout
    assert "Nothing was signed in" not in done.stderr
    assert json.loads(check(ssotui("status", "--json"), 0).stdout)["sessions"][0]["state"] == "signed-out"


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"expiresAt": None}, 1), ({"expiresAt": 5}, 1), ({"accessToken": None}, 0), ({"accessToken": {"a": "b"}}, 0)],
    ids=str,
)
def test_x38_a_token_that_cannot_be_used_goes_all_the_same(
    demo: DemoServer, home: Path, changes: dict[str, Any], told: int
) -> None:
    """It is told as unreadable, and its refresh token may be a good one."""
    store = configure()
    token = put_token(demo, "acme", ACME)
    put(token_file("acme"), {**json.loads(token_text(token)), **changes})
    assert known(store).session_clock("acme", clock.now())[0] == "unreadable"
    assert leave(store, "acme").ok
    assert not token_file("acme").exists()
    assert demo.state.log.count("Logout") == told


# -- role credentials -------------------------------------------------------------------------------------------


def strip(path: Path) -> Path:
    """Takes away what says that a file is SSO's."""
    value = content(path)
    del value["ProviderType"]
    return put(path, value)


@pytest.mark.parametrize("scope", [None, "acme"])
def test_x52_what_would_be_handed_out_goes(demo: DemoServer, home: Path, scope: str | None) -> None:
    store = configure()
    put_role(demo, "111111111111", "Admin", "acme")
    ours = strip(role_file("111111111111", "Admin", "acme"))
    put_role(demo, "888888888888", "Auditor", "acme")
    foreign = strip(role_file("888888888888", "Auditor", "acme"))  # of no profile: nothing tells what it is
    chained = Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE}))
    write_in_place(chained, role_text(demo.state.issue_role_credentials("222222222222", "ReadOnly")))
    strip(chained)
    assert cached_credentials(store, named(store, "dev")) is not None
    assert cached_credentials(store, named(store, "deploy")) is not None
    result = leave(store, scope)
    assert (of(result, ROLE), of(result, CHAINED)) == ([str(ours)], [str(chained)])
    assert cached_credentials(store, named(store, "dev")) is None
    assert cached_credentials(store, named(store, "deploy")) is None
    assert foreign.exists()


def test_x52_nothing_is_handed_out_after_it(demo: DemoServer, home: Path) -> None:
    configure()
    put_role(demo, "111111111111", "Admin", "acme")
    strip(role_file("111111111111", "Admin", "acme"))
    assert "AWS_ACCESS_KEY_ID" in check(ssotui("env", "dev"), 0).stdout
    assert "dev  role credentials  acme " in check(ssotui("logout", "--all", "--yes"), 0).stdout
    assert check(ssotui("env", "dev"), 3).stdout == ""
