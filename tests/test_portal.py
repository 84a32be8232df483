"""Role credentials: cached, asked for, chained, refused; and left for the AWS CLI as it would leave them."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.aws.errors import Cancelled, SignInNeeded, SsoError
from tui.aws.model import RoleCredentials
from tui.aws.requests import clients
from tui.aws.role.credentials import get_credentials
from tui.aws.state.store import Store
from tui.demo.faults import REMOVE
from tui.demo.organisation import ACME, CHAINED_ROLE, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    CONFIG,
    configure,
    content,
    known,
    named,
    put_role,
    put_token,
    role_file,
    role_text,
    signed_in,
    token_file,
    write_in_place,
)

ADMIN = ("111111111111", "Admin", "acme")


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Store:
    return signed_in(demo, "acme", "lab", LEGACY)


def credentials(store: Store, name: str, fresh: bool = False) -> RoleCredentials:
    return get_credentials(store, named(store, name), fresh)


def refused(store: Store, name: str) -> SsoError:
    with pytest.raises(SsoError) as caught:
        credentials(store, name)
    return caught.value


def asked(demo: DemoServer) -> dict[str, int]:
    """How often each operation was requested."""
    names = [entry.operation for entry in demo.state.log.entries()]
    return {name: names.count(name) for name in sorted(set(names))}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("dev", ADMIN),
        ("sandbox", ("333333333333", "Admin", "lab")),
        ("attic", ("444444444444", "Auditor", LEGACY)),
    ],
)
def test_credentials_are_left_as_the_aws_cli_leaves_them(
    demo: DemoServer, store: Store, name: str, key: tuple[str, str, str]
) -> None:
    found = credentials(store, name)
    assert role_file(*key).read_text() == role_text(found)
    assert found.account_id == key[0]
    assert abs(found.expires_at - time.time() - 3600) < 60
    assert known(store).credentials_clock(name, clock.now()) == ("valid", found.expires_at)
    assert credentials(store, name).access_key_id == found.access_key_id
    assert asked(demo) == {"GetRoleCredentials": 1}
    assert credentials(store, name, fresh=True).access_key_id != found.access_key_id
    assert asked(demo) == {"GetRoleCredentials": 2}


@pytest.mark.parametrize(("left", "used"), [(1000, True), (880, False), (-5, False)])
def test_cached_credentials_serve_until_their_last_15_minutes(
    demo: DemoServer, store: Store, left: int, used: bool
) -> None:
    cached = put_role(demo, *ADMIN, left)
    assert (credentials(store, "dev").access_key_id == cached.access_key_id) is used


def test_cached_credentials_serve_without_a_sign_in(demo: DemoServer, store: Store) -> None:
    token_file("acme").unlink()
    cached = put_role(demo, *ADMIN)
    assert credentials(store, "dev").access_key_id == cached.access_key_id
    assert demo.state.log.count() == 0
    assert refused(store, "audit").exit_code == 3


def test_damaged_cached_credentials_are_replaced(demo: DemoServer, store: Store) -> None:
    write_in_place(role_file(*ADMIN), '{"ProviderType": "sso", "Credentials": {')
    assert credentials(store, "dev").account_id == "111111111111"
    assert content(role_file(*ADMIN))["ProviderType"] == "sso"


@pytest.mark.parametrize("code", ["UnauthorizedException", "ExpiredTokenException", "ExpiredToken"])
def test_d01_a_token_that_aws_no_longer_accepts_is_renewed_once(demo: DemoServer, store: Store, code: str) -> None:
    demo.state.faults.add("GetRoleCredentials", code=code)
    before = token_file("acme").read_bytes()
    assert credentials(store, "dev").account_id == "111111111111"
    assert asked(demo) == {"CreateToken": 1, "GetRoleCredentials": 2}
    assert token_file("acme").read_bytes() != before


def test_d01_a_second_refusal_asks_for_a_sign_in(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetRoleCredentials", code="UnauthorizedException", count=None)
    error = refused(store, "dev")
    assert isinstance(error, SignInNeeded)
    assert "no longer accepts" in error.title
    assert asked(demo) == {"CreateToken": 1, "GetRoleCredentials": 2}


def test_d01_a_session_ended_at_aws_asks_for_a_sign_in_and_keeps_its_file(demo: DemoServer, store: Store) -> None:
    demo.state.revoke_all()
    before = token_file("acme").read_bytes()
    assert refused(store, "dev").exit_code == 3
    assert asked(demo) == {"CreateToken": 1, "GetRoleCredentials": 1}
    assert refused(store, "audit").exit_code == 3
    assert asked(demo) == {"CreateToken": 1, "GetRoleCredentials": 2}  # a refused renewal is not tried again
    assert token_file("acme").read_bytes() == before


def test_d01_a_legacy_session_is_not_renewed(demo: DemoServer, store: Store) -> None:
    demo.state.revoke_all()
    assert refused(store, "attic").exit_code == 3
    assert asked(demo) == {"GetRoleCredentials": 1}


def test_d01_a_token_that_another_program_wrote_meanwhile_is_taken(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetRoleCredentials", code="UnauthorizedException", delay=0.5)
    threading.Timer(0.1, lambda: put_token(demo, "acme", ACME)).start()
    assert credentials(store, "dev").account_id == "111111111111"
    assert asked(demo) == {"GetRoleCredentials": 2}


def test_d02_a_role_that_one_does_not_have_is_named(demo: DemoServer, store: Store) -> None:
    error = refused(store, "forbidden")
    assert (error.title, error.exit_code) == ("No access to role Admin in account 222222222222", 4)
    assert error.hint
    assert known(store).session_clock("acme", clock.now())[0] == "signed-in"
    assert credentials(store, "audit").account_id == "222222222222"
    assert asked(demo) == {"GetRoleCredentials": 2}


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
def test_d02_other_words_for_no_access_are_understood(demo: DemoServer, store: Store, code: str) -> None:
    demo.state.faults.add("GetRoleCredentials", code=code, status=403)
    error = refused(store, "dev")
    assert (error.title, error.exit_code) == ("No access to role Admin in account 111111111111", 4)


@pytest.mark.parametrize(
    ("code", "title", "exit_code"),
    [
        ("ResourceNotFoundException", "There is no role Admin for you in account 111111111111", 4),
        ("InvalidRequestException", "AWS refused account 111111111111 with role Admin", 1),
        ("TooManyRequestsException", "Could not get credentials for dev: AWS asks to slow down", 1),
    ],
)
def test_d04_other_refusals_name_account_and_role(
    demo: DemoServer, store: Store, code: str, title: str, exit_code: int
) -> None:
    demo.state.faults.add("GetRoleCredentials", code=code, count=None)
    error = refused(store, "dev")
    assert (error.title, error.exit_code) == (title, exit_code)


def test_d04_an_account_that_does_not_exist(store: Store) -> None:
    assert "There is no role Admin for you in account 123412341234" in refused(store, "nowhere").title


@pytest.mark.parametrize(
    "effects",
    [
        {"malformed": True},
        {"cut": True},
        {"body": b""},
        {"body": b"[]"},
        {"body": b'"text"'},
        {"body": b"<html>sign in to the hotel's network</html>"},
        {"replace": {"roleCredentials": REMOVE}},
        {"replace": {"roleCredentials": []}},
        {"replace": {"roleCredentials.accessKeyId": REMOVE}},
        {"replace": {"roleCredentials.sessionToken": ""}},
        {"replace": {"roleCredentials.expiration": REMOVE}},
    ],
)
def test_answers_that_cannot_be_understood_are_plain_errors(
    demo: DemoServer, store: Store, effects: dict[str, Any]
) -> None:
    demo.state.faults.add("GetRoleCredentials", count=None, **effects)
    error = refused(store, "dev")
    assert "answer could not be understood" in error.title or "unexpected answer" in error.title
    assert error.exit_code == 1
    assert not role_file(*ADMIN).exists()


def test_credentials_that_cannot_be_cached_are_good_all_the_same(demo: DemoServer, store: Store) -> None:
    write_in_place(role_file(*ADMIN).parent, "not a folder")
    assert credentials(store, "dev").account_id == "111111111111"
    assert any(problem.message == "it is not a folder" for problem in known(Store()).problems())


def test_an_expiring_token_serves_to_its_end(demo: DemoServer, store: Store) -> None:
    put_token(demo, LEGACY, LEGACY, 60)
    put_token(demo, "acme", ACME, 60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException", count=None)
    assert credentials(store, "attic").account_id == "444444444444"
    assert credentials(store, "dev").account_id == "111111111111"


def test_credentials_are_chained_and_left_as_botocore_leaves_them(demo: DemoServer, store: Store) -> None:
    found = credentials(store, "deploy")
    value = content(Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE})))
    inner = value["Credentials"]
    assert isinstance(inner, dict)
    assert "ProviderType" not in value
    assert inner["AccessKeyId"] == found.access_key_id
    assert inner["Expiration"] == clock.iso(found.expires_at).replace("Z", "+00:00")
    assert inner["AccountId"] == found.account_id == "222222222222"
    assert credentials(store, "deploy").access_key_id == found.access_key_id
    assert asked(demo) == {"AssumeRole": 1, "GetRoleCredentials": 1}
    (assumed,) = demo.state.log.entries("AssumeRole")
    assert assumed.details["RoleArn"] == CHAINED_ROLE
    assert assumed.details["region"] == "eu-west-1"
    assert known(store).credentials_clock("dev", clock.now())[0] == "valid"  # the source's are kept too


def test_a_chain_gets_over_credentials_that_sts_no_longer_knows(demo: DemoServer, store: Store) -> None:
    cached = put_role(demo, *ADMIN)
    del demo.state.principals[cached.access_key_id]
    assert credentials(store, "deploy").account_id == "222222222222"
    assert asked(demo) == {"AssumeRole": 2, "GetRoleCredentials": 1}


def test_a_chain_that_is_not_trusted_is_refused(demo: DemoServer, home: Path) -> None:
    put_token(demo, "acme", ACME)
    store = configure(CONFIG.replace("source_profile = dev", "source_profile = audit"))
    error = refused(store, "deploy")
    assert (error.code, error.exit_code) == ("AccessDenied", 4)
    assert "assume the role of deploy" in error.title


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("[profile x]\nlogin_session = arn:aws:iam::111111111111:user/me\n", "x", "aws login"),
        ("[profile x]\nsso_session = gone\nsso_account_id = 111111111111\nsso_role_name = A\n", "x", "gone"),
        ("[profile x]\nsso_session = acme\n", "x", "account"),
        (
            CONFIG.replace("source_profile = dev", "source_profile = dev\nmfa_serial = arn:aws:iam::1:mfa/me"),
            "deploy",
            "MFA",
        ),
    ],
    ids=["login session", "no such session", "no account", "mfa"],
)
def test_profiles_that_can_give_none_say_why(demo: DemoServer, home: Path, text: str, name: str, reason: str) -> None:
    put_token(demo, "acme", ACME)
    error = refused(configure(text if text.startswith("[sso-session") else CONFIG + text), name)
    assert reason in error.title
    assert error.hint
    assert demo.state.log.count() == 0


def test_d07_fifty_requests_are_left_at_once(demo: DemoServer, store: Store) -> None:
    section = "\n[profile p{0}]\nsso_session = acme\nsso_account_id = 1111111111{0}\nsso_role_name = Admin\n"
    store = configure(CONFIG + "".join(section.format(number) for number in range(10, 60)))
    demo.state.faults.add("GetRoleCredentials", hang=True, count=None)
    cancelled = threading.Event()

    def fetch(number: int) -> str:
        try:
            get_credentials(store, named(store, f"p{number}"), True, cancelled)
        except Cancelled:
            return "cancelled"
        return "came"

    with ThreadPoolExecutor(clients.POOL) as pool:
        waiting = [pool.submit(fetch, number) for number in range(10, 60)]
        assert demo.state.log.wait_for("GetRoleCredentials", clients.POOL)
        began = time.monotonic()
        cancelled.set()
        ends = {future.result() for future in waiting}
    assert ends == {"cancelled"}
    assert time.monotonic() - began < 10  # each of them would take twenty seconds
    assert not role_file(*ADMIN).exists()


def test_the_fleet_shares_one_client_and_its_connections(demo: DemoServer, store: Store) -> None:
    names = ["dev", "audit", "sandbox", "attic"] * 4
    with ThreadPoolExecutor(clients.POOL) as pool:
        found = list(pool.map(lambda name: credentials(store, name, True), names))
    assert {each.account_id for each in found} == {"111111111111", "222222222222", "333333333333", "444444444444"}
    assert len({entry.peer_port for entry in demo.state.log.entries()}) <= 2 * clients.POOL
    assert json.loads(role_file(*ADMIN).read_text())["Credentials"]["AccountId"] == "111111111111"
