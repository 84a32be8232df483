"""Profiles of `aws login`: their own clock, what they have is handed out, and nobody is asked to sign in here."""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.errors import SsoError
from tui.aws.model import RoleCredentials
from tui.aws.role.credentials import get_credentials
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.aws.state.store import Store
from tui.cli.quick.prompt import prompt_line
from tui.demo.organisation import ACME, CHAINED_ROLE
from tui.demo.server import DemoServer

from .aws_home import CONFIG, changes, configure, known, named, put_token, snapshot, write_in_place
from .board import board
from .commands import check, environment, ssotui, ssotui_apart

ARN = "arn:aws:iam::111111111111:user/me"
LOGIN = f"\n[profile me]\nlogin_session = {ARN}\nregion = eu-west-1\n\n[profile twin]\nlogin_session = {ARN}\n"
MINUTE, HOUR = 60, 3600


def login_file(folder: Path | None = None) -> Path:
    folder = folder or Path(os.environ["HOME"]) / ".aws/login/cache"
    return folder / f"{sha256(ARN.encode()).hexdigest()}.json"


def put_login(demo: DemoServer, left: float, folder: Path | None = None, **changes: object) -> RoleCredentials:
    """What `aws login` leaves; the server knows the credentials."""
    made = demo.state.issue_role_credentials("111111111111", "Admin", expires_in=int(left))
    value: dict[str, Any] = {
        "accessToken": {
            "accessKeyId": made.access_key_id,
            "secretAccessKey": made.secret_access_key.reveal(),
            "sessionToken": made.session_token.reveal(),
            "accountId": "111111111111",
            "expiresAt": clock.iso(made.expires_at),
        },
        "tokenType": "aws_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "refresh",
        "idToken": "id",
        "dpopKey": "-----BEGIN EC PRIVATE KEY-----\n",
    }
    value = {key: each for key, each in {**value, **changes}.items() if each is not None}
    write_in_place(login_file(folder), json.dumps(value))
    return made


def state_of(store: Store, name: str = "me") -> str:
    return known(store).session_clock(named(store, name).clock_key or "", clock.now())[0]


@pytest.fixture
def store(home: Path) -> Store:
    return configure(CONFIG + LOGIN)


@pytest.mark.parametrize(
    ("left", "state", "credentials", "code", "prompt"),
    [
        (HOUR, "signed-in", "valid", 0, "● me 59m"),
        (10 * MINUTE, "refreshable", "expiring", 0, "◐ me refreshable"),
        (-10 * MINUTE, "refreshable", "expired", 0, "◐ me refreshable"),
        (-13 * HOUR, "signed-out", "expired", 3, "○ me signed-out"),
        (None, "signed-out", "none", 3, "○ me signed-out"),
    ],
)
def test_x19_its_own_clock(
    demo: DemoServer, store: Store, left: int | None, state: str, credentials: str, code: int, prompt: str
) -> None:
    made = put_login(demo, left) if left is not None else None
    assert state_of(store) == state_of(store, "twin") == state
    assert prompt_line({**os.environ, "AWS_PROFILE": "me"}, clock.now()) == prompt
    done = check(ssotui("status", "me", "--json"), code)
    found = json.loads(done.stdout)
    until = clock.iso(made.expires_at) if made else None
    assert (found["session"], found["state"], found["expires_at"]) == (None, state, until)
    assert found["credentials"] == {"state": credentials, "expires_at": until}
    assert (found["account_id"], found["problems"]) == ("111111111111", [])
    assert ("run: aws login --profile me" in done.stderr) is (code == 3)
    assert f"me: aws login {state}" in check(ssotui("status", "me"), code).stdout
    (row,) = [line for line in check(ssotui("status", "--all"), 0).stdout.splitlines() if " me " in line]
    assert (state in row, credentials in row, "aws login" in row) == (True, True, True)
    assert demo.state.log.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"refreshToken": None},
        {"dpopKey": ""},
        {"clientId": 5},
        {"accessToken": "text"},
        {"accessToken": {"accessKeyId": "A", "secretAccessKey": "B", "sessionToken": "C"}},
        {"accessToken": {"accessKeyId": "A\n", "secretAccessKey": "B", "sessionToken": "C", "expiresAt": "2999-01-01"}},
    ],
    ids=str,
)
def test_x19_what_the_aws_tools_cannot_use_is_told(demo: DemoServer, store: Store, changes: dict[str, Any]) -> None:
    put_login(demo, HOUR, **changes)
    assert state_of(store) == "unreadable"
    assert make_manifest(known(store)).logins == []
    store.look()
    assert [problem.file for problem in known(store).problems()] == [str(login_file())]
    with pytest.raises(SsoError) as caught:
        get_credentials(store, named(store, "me"))
    assert (caught.value.exit_code, caught.value.hint) == (3, "run: aws login --profile me")


def test_x19_the_folder_can_be_another(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ELSEWHERE", str(tmp_path))
    monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", "$ELSEWHERE/logins")
    store = configure(CONFIG + LOGIN)
    put_login(demo, HOUR, tmp_path / "logins")
    assert state_of(store) == "signed-in"


def test_x19_what_is_renewed_elsewhere_shows(demo: DemoServer, store: Store) -> None:
    put_login(demo, MINUTE)
    assert state_of(store) == "refreshable"
    put_login(demo, HOUR)
    assert changes(store)
    assert state_of(store) == "signed-in"
    login_file().unlink()
    assert changes(store)
    assert state_of(store) == "signed-out"


@pytest.mark.parametrize("left", [HOUR, 2 * MINUTE])
def test_x19_what_is_valid_is_handed_out(demo: DemoServer, store: Store, left: int) -> None:
    made = put_login(demo, left)
    before = snapshot(login_file())
    assert made.access_key_id in check(ssotui("env", "me", "--format", "bash"), 0, demo, ["stdout"]).stdout
    answer = json.loads(check(ssotui("credential-process", "me"), 0, demo, ["stdout"]).stdout)
    assert (answer["AccessKeyId"], answer["Expiration"]) == (made.access_key_id, clock.iso(made.expires_at))
    done = check(ssotui_apart("exec", "me", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_REGION"), 0)
    assert done.stdout.split() == [made.access_key_id, "eu-west-1"]
    assert json.loads(check(ssotui("whoami", "me", "--json"), 0, demo).stdout)["Account"] == "111111111111"
    assert snapshot(login_file()) == before


def test_x19_what_has_run_out_is_not_handed_out(demo: DemoServer, store: Store) -> None:
    put_login(demo, -1)
    for command in (
        ["env", "me"],
        ["credential-process", "me"],
        ["whoami", "me"],
        ["exec", "--login", "me", "--", "true"],
    ):
        done = check(ssotui(*command), 3)
        assert done.stdout == ""
        assert "aws login --profile me" in done.stderr, command
        assert "ssotui login" not in done.stderr
    assert demo.state.log.count() == 0


def test_x19_it_is_the_identity_that_boto3_has(demo: DemoServer, store: Store, aws_python: str, tmp_path: Path) -> None:
    """botocore's own provider, with its loader; it asks for a key library only to renew, which is not due."""
    made = put_login(demo, HOUR)
    program = """
import botocore.credentials, botocore.session
botocore.credentials.EC = botocore.credentials.EC or object()
print(botocore.session.Session(profile="me").get_credentials().get_frozen_credentials().access_key)
"""
    done = subprocess.run([aws_python, "-c", program], env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout.strip() == made.access_key_id, done.stderr
    assert get_credentials(store, named(store, "me")).access_key_id == made.access_key_id


def test_x19_nobody_is_asked_to_sign_in_here(demo: DemoServer, store: Store) -> None:
    done = check(ssotui("login", "me"), 3)
    assert "run: aws login --profile me" in done.stderr
    configure(LOGIN)
    assert "no session to sign in to" in check(ssotui("login", "--all"), 1).stderr


@pytest.mark.parametrize("left", [HOUR, MINUTE, -MINUTE])
def test_x19_who_is_signed_in_is_not_told_to_sign_in(demo: DemoServer, store: Store, left: int) -> None:
    put_login(demo, left)
    done = check(ssotui("login", "me"), 0)
    assert "me: signed in already, with aws login" in done.stderr
    assert "run: aws login --profile me" in done.stderr
    assert "run: aws login --profile me" in check(ssotui("login", "me", "--force"), 3).stderr


def test_x19_credentials_that_aws_refuses_are_renewed_where_they_come_from(demo: DemoServer, store: Store) -> None:
    put_login(demo, HOUR)
    demo.state.faults.add("GetCallerIdentity", code="InvalidClientTokenId", count=None)
    done = check(ssotui("whoami", "me"), 1)
    assert "AWS does not know these role credentials\n        run: aws login --profile me" in done.stderr
    assert demo.state.log.count("GetCallerIdentity") == 1


def test_x19_a_chain_that_begins_with_it_is_named_as_such(demo: DemoServer, home: Path) -> None:
    """Such profiles are counted, not listed; the AWS CLI and the SDKs use them."""
    chain = f"[profile chain]\nrole_arn = {CHAINED_ROLE}\nsource_profile = middle\n"
    middle = f"[profile middle]\nrole_arn = {CHAINED_ROLE}\nsource_profile = me\n"
    configure(CONFIG + LOGIN + chain + middle)
    put_login(demo, HOUR)
    assert "2 profiles without SSO" in check(ssotui("status"), 0).stdout
    for command in ("status chain", "env chain", "whoami middle", "login chain"):
        done = check(ssotui(*command.split()), 1)
        assert "by way of me, which signs in with aws login" in done.stderr
        assert "run: aws login --profile me" in done.stderr


def test_x19_the_portal_has_no_link_and_says_what_has(demo: DemoServer, store: Store) -> None:
    put_login(demo, HOUR)
    done = check(ssotui("console", "me", "--print"), 1)
    assert "it signs in with aws login" in done.stderr
    assert "ssotui console --federate me" in done.stderr


def test_x19_a_sign_out_says_that_it_stays(demo: DemoServer, store: Store) -> None:
    put_login(demo, MINUTE)
    before = snapshot(login_file())
    done = check(ssotui("logout", "--all", "--yes"), 0)
    assert "Nothing was signed in with IAM Identity Center." in done.stderr
    assert "The sign-in with aws login stays, for me and twin. To end it, run: aws logout --all" in done.stderr
    put_token(demo, "acme", ACME)
    done = check(ssotui("logout", "--all", "--yes", "--json"), 0)
    assert json.loads(done.stdout)["aws_login_profiles"] == ["me", "twin"]
    put_token(demo, "acme", ACME)
    assert "aws login" not in check(ssotui("logout", "--session", "acme", "--yes"), 0).stderr
    assert snapshot(login_file()) == before
    login_file().unlink()
    assert "aws login" not in check(ssotui("logout", "--all", "--yes"), 0).stderr


def test_x19_one_profile_is_named_with_its_command(demo: DemoServer, home: Path) -> None:
    put_login(demo, HOUR)
    store = configure(f"[profile my me]\n[profile 'my me']\nlogin_session = {ARN}\n")
    manifest = make_manifest(known(store))
    assert manifest.logins == ["my me"]
    assert sign_out(store, manifest).ok
    assert "run: aws logout --profile 'my me'" in check(ssotui("logout", "--yes"), 0).stderr


async def test_x19_the_board_counts_it_down(demo: DemoServer, home: Path) -> None:
    configure(CONFIG + LOGIN)
    put_login(demo, 2 * HOUR)
    async with board(150, 40) as it:
        await it.highlight("me")
        await it.until("aws logout --profile me")
        assert "111111111111 ● aws login 1h 59m valid 1h 59m" in " ".join(it.row("twin").split())
        put_login(demo, -MINUTE)
        await it.until(lambda: "◐ aws login" in it.row("twin"))
        assert "expired" in it.row("twin")
        await it.press("l")
        await it.until("me signs in with aws login, and renews by")
        await it.press("slash")
        await it.type("aws login")
        await it.until(lambda: " dev " not in it.words())
        await it.press("escape")
        await it.press("x")
        await it.until("signs in with aws login")  # not here
