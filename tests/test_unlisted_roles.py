"""Roles that are used without a profile: cached under the AWS CLI's own name, asked for as the session's, never looked
up by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.aws.model import RoleCredentials, Secret
from tui.aws.requests.behalf import of_profile
from tui.aws.role.caller_identity import get_identity
from tui.aws.role.console_link import profile_link
from tui.aws.role.credentials import get_credentials
from tui.aws.role.unlisted import unlisted_profile
from tui.aws.state.current import as_configured, profile_now
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.exit_codes import REFUSED
from tui.screens.picking.copy_menu import of_account, of_role
from tui.shell.formats import render

from .aws_home import CONFIG, configure, put_token, role_file, session_named

CREDENTIALS = RoleCredentials("ASIAEXAMPLE", Secret("secret"), Secret("token"), 2_000_000_000, "222222222222")


def test_it_is_named_as_aws_configure_sso_would_and_told_by_its_account() -> None:
    session = session_named(configure(), "acme")
    profile = unlisted_profile(session, "222222222222", "ReadOnly", "prod [b]")
    assert (profile.name, profile.unlisted) == ("ReadOnly-222222222222", True)
    assert profile.label == "ReadOnly in prod [b] (222222222222)"
    assert unlisted_profile(session, "222222222222", "ReadOnly").label == "ReadOnly in 222222222222"


def test_its_credentials_are_where_the_aws_cli_looks_for_them(demo: DemoServer, home: Path) -> None:
    put_token(demo, "acme", ACME)
    store = configure()
    profile = unlisted_profile(session_named(store, "acme"), "111111111111", "Admin")
    answer = as_configured(store, profile, lambda found: get_identity(store, found))
    assert answer.result.account == "111111111111"
    assert role_file("111111111111", "Admin", "acme").exists()
    again = get_credentials(store, profile)
    assert demo.state.log.count("GetRoleCredentials") == 1
    assert again.access_key_id == get_credentials(store, store.config.profiles["dev"]).access_key_id


def test_a_role_that_one_does_not_have_is_refused(demo: DemoServer, home: Path) -> None:
    put_token(demo, "acme", ACME)
    store = configure()
    profile = unlisted_profile(session_named(store, "acme"), "222222222222", "Admin")
    with pytest.raises(SsoError) as caught:
        get_credentials(store, profile)
    assert caught.value.exit_code == REFUSED
    assert "correct the profile" not in caught.value.hint
    refusal = store.snapshot.refusal(profile)
    assert refusal is not None
    assert refusal[0] == caught.value.title


def test_requests_for_it_are_made_as_for_its_session() -> None:
    named = "[profile Admin-111111111111]\nsso_session = lab\nsso_account_id = 1\nsso_role_name = Admin\n"
    store = configure(f"{CONFIG}\n{named}")
    profile = unlisted_profile(session_named(store, "acme"), "111111111111", "Admin")
    assert of_profile(store.snapshot, profile) == "dev"  # and not the stranger of its own name
    assert of_profile(store.snapshot, store.config.profiles["audit"]) == "audit"


def test_it_is_there_as_long_as_its_session_is() -> None:
    store = configure()
    profile = unlisted_profile(session_named(store, "acme"), "111111111111", "Admin")
    assert profile_now(store, profile) is profile
    assert store.snapshot.as_now(profile) is profile
    configure("[profile other]\nsso_account_id = 1\n")
    with pytest.raises(SsoError, match="Session acme is no longer configured"):
        profile_now(store, profile)
    assert store.snapshot.as_now(profile) is None


def test_what_needs_a_profile_says_so() -> None:
    profile = unlisted_profile(session_named(configure(), "acme"), "222222222222", "ReadOnly", "prod\n[x]")
    with pytest.raises(SsoError, match="There is no profile of this role"):
        render("profile", None, profile)
    assert render("ini", CREDENTIALS, profile).startswith("[ReadOnly-222222222222]\n")
    assert "AWS_PROFILE=" not in render("bash", CREDENTIALS, profile)
    assert os.environ.get("AWS_PROFILE") is None


def test_its_console_is_a_link_of_the_portal() -> None:
    store = configure()
    profile = unlisted_profile(session_named(store, "acme"), "222222222222", "ReadOnly")
    link = profile_link(store.snapshot, profile)
    assert link.startswith(ACME)
    assert "account_id=222222222222&role_name=ReadOnly" in link


def test_what_there_is_to_copy_of_it_and_of_its_account() -> None:
    session = session_named(configure(), "acme")
    items = of_role(unlisted_profile(session, "222222222222", "ReadOnly", "prod"), session, "ops@example.com")
    assert {item.letter: item.text for item in items} == {
        "m": "prod",
        "a": "222222222222",
        "o": "ReadOnly",
        "r": "",  # AWS is asked for it
        "e": "ops@example.com",
        "s": ACME,
    }
    assert [item.letter for item in of_account("222222222222", "", "", session)] == ["a", "s"]
