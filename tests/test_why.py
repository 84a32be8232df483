"""`ssotui why`: each trouble is put into a home, and its link is named."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.diagnosis.links import LIST_ACCOUNTS
from tui.aws.errors import SsoError
from tui.aws.role.credentials import get_credentials
from tui.aws.state.store import Store
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, named, put_role, put_token, role_file, token_file, write_in_place
from .commands import Room

SECRET = "not-to-be-seen-anywhere"


def why(name: str = "dev", code: int = 0) -> dict[str, Any]:
    found = json.loads(Room().run("why", name, "--json", code=code))
    assert isinstance(found, dict)
    return found


def link(found: dict[str, Any], what: str, state: str = "") -> dict[str, Any]:
    """The first link of that kind (and state)."""
    return next(it for it in found["links"] if it["link"] == what and state in ("", it["state"]))


@pytest.fixture
def signed_in(demo: DemoServer, home: Path) -> DemoServer:
    """The sample configuration, signed in to its first session."""
    configure()
    put_token(demo, "acme", ACME)
    return demo


def test_a_profile_that_works_has_no_broken_link_and_boto3_agrees(signed_in: DemoServer) -> None:
    put_role(signed_in, "111111111111", "Admin", "acme")
    found = why()
    assert found["broken"] is None
    assert (found["uses"], found["boto3_uses"]) == ("sso", "sso")
    kinds = [it["link"] for it in found["links"]]
    assert kinds == [
        *("configuration", "profile", "session", "token", "role credentials"),
        *("endpoint", "region", "certificates"),
    ]
    assert link(found, "profile")["where"] == "~/.aws/config:10"
    assert link(found, "token")["where"] == f"~/{token_file('acme').relative_to(Path(os.environ['HOME']))}"
    assert link(found, "role credentials")["value"].startswith("valid, until ")
    text = Room().run("why", "dev")
    assert "Nothing is broken." in text
    assert "boto3 takes the same: sso" in text


TROUBLES: dict[str, tuple[Callable[[DemoServer, pytest.MonkeyPatch], object], str, str, str, int]] = {}
"""What is done to a home -> the link that breaks, a part of what is said, a part of what mends it, the exit code."""


def trouble(what: str, said: str, mend: str = "", code: int = 1) -> Callable[[Any], Any]:
    def keep(make: Any) -> Any:
        TROUBLES[make.__name__] = make, what, said, mend, code
        return make

    return keep


@trouble("token", "nobody has signed in", "ssotui login dev", 3)
def nobody_signed_in(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    token_file("acme").unlink()


@trouble("token", "it has ended, and cannot be renewed", "ssotui login dev", 3)
def the_token_has_ended(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME, expires_in=-60, refreshToken=None)


def test_a_session_that_is_not_renewed_does_not_say_that_it_is(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, expires_in=600, refreshToken=None)
    assert link(why(), "token")["message"] is None
    put_token(demo, "acme", ACME, expires_in=600)
    assert link(why(), "token")["message"] == "it is renewed when it is used"


def test_what_has_ended_says_how_long_ago_and_a_program_reads_the_moment(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, expires_in=-9 * 3600 - 60, refreshToken=None)
    assert re.fullmatch(r"signed-out, ended at \S+Z", link(why(code=3), "token")["value"])
    assert "signed-out, ended 9h ago" in Room().run("why", "dev", code=3)
    put_token(demo, "acme", ACME, expires_in=3600)
    assert re.search(r"signed-in, until (\w+ )?\d\d:\d\d ", Room().run("why", "dev"))


def test_a_file_that_is_refused_is_named_once_with_the_line_for_which_it_is(home: Path) -> None:
    configure(CONFIG.replace("\nregion =", "\nregion = eu-west-2\nregion =", 1))
    text = " ".join(Room().run("why", "dev", code=1).split())
    assert text.count("whole file") == 1
    assert re.search(r"! configuration ~/.aws/config:\d+ ", text)


@trouble("token", "it is not valid JSON", "ssotui login dev", 3)
def the_token_is_torn(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    write_in_place(token_file("acme"), '{"accessToken": "')


@trouble("token", "was issued for https://other.awsapps.com", "ssotui login dev", 3)
def the_token_is_of_another_portal(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    path = token_file("acme")
    write_in_place(path, path.read_text().replace(ACME, "https://other.awsapps.com/start"))


@trouble("profile", 'sso_session "nowhere" does not exist')
def the_session_does_not_exist(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(CONFIG.replace("sso_session = acme", "sso_session = nowhere", 1))


@trouble("profile", "there is no such profile; did you mean")
def the_profile_is_mistyped(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(CONFIG.replace("[profile dev]", "[profile devel]"))


@trouble("configuration", "refuse the whole file")
def a_key_stands_twice(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(CONFIG.replace("\nregion =", "\nregion = eu-west-2\nregion =", 1))


@trouble("configuration", "AWS_CONFIG_FILE names this file, but it does not exist")
def the_variable_names_no_file(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_CONFIG_FILE", "/nowhere/config")


@trouble("environment", "they ended at ", "ssotui env --unset")
def stale_variables(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "ASIA" + 16 * "A"), ("SECRET_ACCESS_KEY", SECRET)):
        patch.setenv(f"AWS_{name}", value)
    patch.setenv("AWS_CREDENTIAL_EXPIRATION", clock.iso(clock.now() - 60))


@trouble("environment", "AWS_SECRET_ACCESS_KEY is not set", "ssotui env --unset")
def half_a_key_pair(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ACCESS_KEY_ID", "ASIA" + 16 * "A")


@trouble("endpoint", "it would carry tokens unencrypted", "use an https address")
def an_address_in_clear(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ENDPOINT_URL_SSO", "http://elsewhere.example")


@trouble("certificates", "does not exist")
def certificates_that_are_not_there(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")


@trouble("certificates", "holds no certificates")
def certificates_that_are_none(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    bundle = Path(os.environ["HOME"]) / "bundle.pem"
    bundle.write_text("no certificate")
    configure(CONFIG.replace("\nregion =", f"\nca_bundle = {bundle}\nregion =", 1))


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_is_named_with_what_mends_it(
    signed_in: DemoServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make, what, said, mend, code = TROUBLES[name]
    make(signed_in, monkeypatch)
    found = why(code=code)
    assert found["broken"] == what
    broken = link(found, what, "broken")
    assert said in broken["message"]
    assert mend in (broken["fix"] or "")
    text = Room().run("why", "dev", code=code)
    assert f"Broken: {what}" in text


@pytest.mark.parametrize(
    ("changes", "what", "said"),
    [
        ({"AWS_PROFILE": "prod"}, "environment", "this shell uses another profile"),
        ({"AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "prod"}, "environment", "boto3 and AWS CLI v1 by AWS_DEFAULT_"),
        ({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}, "environment", "taken before"),
        ({"AWS_REGION": "us-west-2"}, "region", "the profile says us-east-1; the variable is taken"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"}, "environment", "of a pod"),
    ],
)
def test_what_differs_is_noted_and_breaks_nothing(
    signed_in: DemoServer, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], what: str, said: str
) -> None:
    for variable, value in changes.items():
        monkeypatch.setenv(variable, value)
    found = why()
    assert found["broken"] is None
    assert any(said in (it["message"] or "") for it in found["links"] if it["link"] == what and it["state"] == "note")


def test_a_refused_role_is_told_with_the_reason_of_aws(signed_in: DemoServer) -> None:
    store = Store()
    with pytest.raises(SsoError):
        get_credentials(store, named(store, "forbidden"))
    from tui.aws.diagnosis.gathering import diagnose

    found = diagnose(store, "forbidden", clock.now())
    assert found.broken is not None
    assert (found.broken.what, found.broken.value, found.broken.deed) == ("role credentials", "denied", LIST_ACCOUNTS)
    assert found.broken.message


def test_a_chain_is_followed_to_its_end(signed_in: DemoServer) -> None:
    found = why("deploy")
    sources = [it["value"] for it in found["links"] if it["link"] == "source profile"]
    assert sources == ["dev"]
    assert found["uses"] == found["boto3_uses"] == "assume-role"
    configure(CONFIG + "\n[profile a]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = b\n"
              "[profile b]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = gone\n")  # fmt: skip
    found = why("a", code=1)
    assert link(found, "source profile", "broken")["value"] == "gone"


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {secret}", "config-file"),
        ("credential_process = /bin/false --password {secret}", "custom-process"),
        ("role_arn = arn:aws:iam::1:role/x\ncredential_source = Environment", "assume-role"),
        ("role_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /t", "assume-role-with-web-identity"),
    ],
)
def test_what_others_give_is_named_as_boto3_names_it_and_no_secret_is_shown(home: Path, text: str, uses: str) -> None:
    secret = SECRET
    configure(f"[profile other]\n{text.format(secret=secret)}\n")
    room = Room()
    shown = room.run("why", "other")
    found = why("other")
    assert found["uses"] == found["boto3_uses"] == uses
    assert secret not in shown + json.dumps(found) + room.stderr.getvalue()


def test_static_keys_of_the_credentials_file_do_not_win_but_are_told(signed_in: DemoServer) -> None:
    path = Path(os.environ["HOME"]) / ".aws/credentials"
    path.write_text("[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")
    found = why()
    assert found["uses"] == found["boto3_uses"] == "sso"
    assert "the SDKs for JavaScript and Go act by these" in link(found, "profile", "note")["message"]


def test_a_name_that_some_sdks_do_not_find_is_told(signed_in: DemoServer) -> None:
    configure(CONFIG.replace("[profile dev]", '[profile "my dev"]'))
    assert any("JavaScript" in text for text in why("my dev")["warnings"])


def test_torn_role_credentials_are_had_anew(signed_in: DemoServer) -> None:
    write_in_place(role_file("111111111111", "Admin", "acme"), "{")
    found = why()
    assert found["broken"] is None
    assert "had anew" in link(found, "role credentials")["message"]


def test_lines_keep_within_the_width(signed_in: DemoServer) -> None:
    room = Room({**os.environ, "COLUMNS": "60"})
    text = room.run("why", "dev")
    long = [line for line in text.splitlines() if len(line) > 60]
    assert all(len(line.split()) == 1 for line in long), long  # paths alone are whole
