"""Who a profile is, by its own role credentials and nothing else that lies around."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.aws.role.caller_identity import Identity, get_identity
from tui.aws.state.store import Store
from tui.demo.organisation import LEGACY
from tui.demo.server import DemoServer

from .aws_home import configure, known, named, put_role, signed_in


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Store:
    return signed_in(demo, "acme", LEGACY)


def who(store: Store, name: str) -> Identity:
    return get_identity(store, named(store, name))


def test_an_identity_is_taken_apart(demo: DemoServer, store: Store) -> None:
    found = who(store, "dev")
    assert list(found.as_json()) == ["UserId", "Account", "Arn"]
    assert (found.account, found.permission_set, found.session_name) == ("111111111111", "Admin", "demo@example.com")
    assert found.arn == f"arn:aws:sts::111111111111:assumed-role/{found.role}/demo@example.com"
    assert found.user_id.startswith("AROA")
    assert (found.partition, found.region, found.warning) == ("aws", "us-east-1", "")
    assert found.latency > 0
    credentials = known(store).credentials_of(named(store, "dev"))
    assert credentials is not None
    assert found.expires_at == credentials.expires_at


@pytest.mark.parametrize(
    ("name", "account", "permission_set", "region"),
    [
        ("audit", "222222222222", "ReadOnly", "us-east-1"),  # no region of its own: the session's
        ("attic", "444444444444", "Auditor", "us-east-1"),
        ("deploy", "222222222222", "", "eu-west-1"),  # a chained role
    ],
)
def test_every_kind_of_profile_has_one(
    demo: DemoServer, store: Store, name: str, account: str, permission_set: str, region: str
) -> None:
    found = who(store, name)
    assert (found.account, found.permission_set, found.region) == (account, permission_set, region)
    assert found.warning == ""
    (asked,) = demo.state.log.entries("GetCallerIdentity")
    assert asked.details["region"] == region


@pytest.mark.parametrize(
    ("arn", "partition", "role", "permission_set", "session"),
    [
        (
            "arn:aws-cn:sts::111111111111:assumed-role/AWSReservedSSO_My_Set_0123456789abcdef/ann@example.com",
            "aws-cn",
            "AWSReservedSSO_My_Set_0123456789abcdef",
            "My_Set",
            "ann@example.com",
        ),
        ("arn:aws:sts::111111111111:assumed-role/Deployer/x", "aws", "Deployer", "", "x"),
        ("arn:aws:iam::111111111111:user/team/ann", "aws", "", "", ""),
        ("arn:aws:iam::111111111111:root", "aws", "", "", ""),
        ("not an arn", "", "", "", ""),
    ],
)
def test_arns_of_every_kind(arn: str, partition: str, role: str, permission_set: str, session: str) -> None:
    found = Identity("AROA:x", "111111111111", arn)
    assert (found.partition, found.role, found.permission_set, found.session_name) == (
        partition,
        role,
        permission_set,
        session,
    )


@pytest.mark.parametrize(
    ("code", "title", "exit_code", "requests"),
    [
        ("ExpiredToken", "the role credentials have expired", 1, 2),
        ("InvalidClientTokenId", "does not know these role credentials", 1, 2),
        ("AccessDenied", "access denied", 4, 1),
        ("SignatureDoesNotMatch", "signature was refused", 1, 1),
    ],
)
def test_d08_each_refusal_of_sts_has_its_sentence(
    demo: DemoServer, store: Store, code: str, title: str, exit_code: int, requests: int
) -> None:
    demo.state.faults.add("GetCallerIdentity", code=code, count=None)
    with pytest.raises(SsoError) as caught:
        who(store, "dev")
    assert title in caught.value.title
    assert "press" not in caught.value.hint  # commands say it too, and fresh credentials were refused already
    assert caught.value.exit_code == exit_code
    assert demo.state.log.count("GetCallerIdentity") == requests


@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_cached_credentials_that_sts_no_longer_knows_are_replaced(demo: DemoServer, store: Store, name: str) -> None:
    who(store, name)
    demo.state.principals.clear()
    assert who(store, name).account in ("111111111111", "222222222222")


def test_d11_another_account_than_the_profiles_is_told(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetCallerIdentity", replace={"Account": "999999999999"})
    assert who(store, "dev").warning == "This is account 999999999999, but the profile says 111111111111"
    assert who(store, "dev").warning == ""


def test_cached_credentials_are_enough(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_role(demo, "111111111111", "Admin", "acme")
    assert who(store, "dev").account == "111111111111"
    assert demo.state.log.count() == demo.state.log.count("GetCallerIdentity") == 1
