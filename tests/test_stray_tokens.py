"""A token in a session's file that was issued for something else: one story everywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.role.credentials import get_credentials
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.cli.quick.prompt import prompt_line
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, content, known, named, put_token, session_named, token_file
from .board import board
from .commands import check, ssotui

OTHER = "https://d-9999999999.awsapps.com/start"
COMPANY = CONFIG.replace(ACME, "https://sso.acme.example/")


@pytest.mark.parametrize(
    "changes",
    [
        {"startUrl": OTHER},
        {"startUrl": "https://other.awsapps.com/start"},
        {"startUrl": "https://acme.awsapps.com.evil.example/start"},
        {"startUrl": "https://acme.awsapps.com/directory/other"},
        {"region": "eu-west-1"},
        {"startUrl": OTHER, "region": "eu-west-1"},
    ],
    ids=str,
)
def test_x17_a_token_of_something_else_is_no_sign_in(demo: DemoServer, home: Path, changes: dict[str, Any]) -> None:
    store = configure()
    put_token(demo, "acme", ACME, **changes)
    store.look()
    assert known(store).session_clock("acme", clock.now()) == ("signed-out", None)
    assert not known(store).usable("acme", clock.now())
    assert not known(store).refreshable(session_named(store, "acme"), clock.now())
    assert store.newest_token("acme") is None
    (problem,) = known(store).problems()
    assert problem.file == str(token_file("acme"))
    (theirs,) = [changes.get("startUrl") or changes["region"]]
    assert f"issued for {theirs}, not for " in problem.message
    assert prompt_line({**os.environ, "AWS_PROFILE": "dev"}, clock.now()) == "○ dev signed-out"


@pytest.mark.parametrize(
    ("own_address", "changes"),
    [
        (False, {}),
        (False, {"startUrl": f"{ACME}/"}),
        (False, {"startUrl": f"{ACME}/#/"}),
        (False, {"startUrl": f"{ACME}#/"}),
        (False, {"startUrl": f"{ACME}/#/?tab=accounts"}),
        (False, {"startUrl": "https://ACME.awsapps.com:443/Start/"}),
        (False, {"startUrl": "https://acme.awsapps.com"}),
        (False, {"startUrl": None, "region": None}),
        (False, {"startUrl": 5, "region": ["x"]}),
        (False, {"region": "US-EAST-1"}),
        # Only the redirect of the company's own address knows where it leads.
        (True, {"startUrl": ACME, "region": "eu-west-1"}),
        (True, {"startUrl": "https://sso.acme.example", "region": "eu-west-1"}),
    ],
    ids=str,
)
def test_x17_what_differs_harmlessly_counts(
    demo: DemoServer, home: Path, own_address: bool, changes: dict[str, Any]
) -> None:
    store = configure(COMPANY if own_address else CONFIG)
    token = put_token(demo, "acme", ACME, **changes)
    store.look()
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)
    region = "The portal of acme is in eu-west-1"  # which is to be corrected, but is no other portal
    assert [problem for problem in known(store).problems() if not problem.message.startswith(region)] == []
    assert prompt_line({**os.environ, "AWS_PROFILE": "dev"}, clock.now()).startswith("● dev 3h")


def test_x17_another_companys_own_address_is_another(demo: DemoServer, home: Path) -> None:
    store = configure(COMPANY)
    put_token(demo, "acme", ACME, startUrl="https://sso.other.example/")
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"


def test_x17_every_command_tells_the_same(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, startUrl=OTHER)
    why = f"the token that is here was issued for {OTHER}, not for {ACME}"
    found = json.loads(check(ssotui("status", "--json"), 0).stdout)
    assert {session["name"]: session["state"] for session in found["sessions"]}["acme"] == "signed-out"
    assert why.removeprefix("the token that is here was ") in found["problems"][0]["message"]
    assert why in check(ssotui("status", "dev"), 3).stderr
    for command in (["env", "dev"], ["exec", "dev", "--", "true"], ["credential-process", "dev"], ["whoami", "dev"]):
        done = check(ssotui(*command), 3)
        assert (done.stdout, why in done.stderr) == ("", True), command
    assert check(ssotui("status", "--prompt", AWS_PROFILE="dev"), 0).stdout == "○ dev signed-out\n"
    assert demo.state.log.count() == 0  # the token was sent nowhere


def test_x17_login_signs_in(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, startUrl=OTHER)
    demo.state.settings.auto_approve_after = 0
    demo.state.settings.poll_interval = 1
    done = check(ssotui("login", "dev", "--no-open"), 0)
    assert f"issued for {OTHER}" in done.stderr
    assert "signed in until" in done.stderr
    assert content(token_file("acme"))["startUrl"] == ACME
    assert check(ssotui("status", "dev"), 0).stdout.startswith("dev: session acme signed-in")


def test_x17_a_sign_out_removes_it_and_tells_aws_where_it_is_of(demo: DemoServer, home: Path) -> None:
    store = configure()
    token = put_token(demo, "acme", ACME, startUrl=OTHER, region="eu-west-1")
    manifest = make_manifest(known(store), "acme")
    assert [(item.session, item.label, item.region) for item in manifest.items] == [("acme", OTHER, "eu-west-1")]
    assert sign_out(store, manifest).server_told
    assert not token_file("acme").exists()
    assert demo.state.access(token.access_token.reveal()) is None


def test_x17_the_sign_in_elsewhere_counts_at_once(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME, startUrl=OTHER)
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    put_token(demo, "acme", ACME)
    assert get_credentials(store, named(store, "dev")).account_id == "111111111111"


async def test_x17_the_board_says_so(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, startUrl=OTHER)
    async with board(200, 40) as it:
        await it.until("signed in to 0 of 3")
        await it.until(f"was issued for {OTHER}")
        await it.highlight("dev")
        await it.until("not used")
        await it.press("l")
        await it.until("Sign in to acme")
