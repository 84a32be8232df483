"""Roles that are assumed: whose one is, and which addresses are asked, as the AWS CLI and boto3 have it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.aws.role.caller_identity import get_identity
from tui.demo.organisation import ACME, CHAINED_ROLE, STATIC_KEY_ID, STATIC_SECRET
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import CONFIG, configure, named, put_token
from .commands import check, ssotui

STATIC = f"aws_access_key_id = {STATIC_KEY_ID}\naws_secret_access_key = {STATIC_SECRET}\n"
SSO = "sso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\nregion = us-east-1\n"
READ_ONLY = SSO.replace("Admin", "ReadOnly")
ROLE = f"role_arn = {CHAINED_ROLE}\n"

MIXED = {
    "role-and-source": READ_ONLY + ROLE + "source_profile = dev\n",
    "static-source": READ_ONLY + ROLE + "source_profile = base\n",
    "itself": SSO + ROLE + "source_profile = itself\n" + STATIC.replace(STATIC_KEY_ID, "AKIANOBODYKNOWSTHIS0"),
    "itself-as-source": ROLE + "source_profile = itself\n",
    "itself-alone": SSO + ROLE + "source_profile = itself-alone\n",
    "role-alone": SSO + ROLE,
    "from-environment": SSO + ROLE + "credential_source = Environment\n",
    "both": SSO + ROLE + "source_profile = dev\ncredential_source = Environment\n",
    "web-identity": SSO + ROLE + "web_identity_token_file = /nowhere/token\n",
    "web-identity-alone": SSO + "web_identity_token_file = /nowhere/token\n",
    "web-identity-empty": SSO + "web_identity_token_file =\n",
    "web-identity-empty-and-role": READ_ONLY + ROLE + "source_profile = dev\nweb_identity_token_file =\n",
    "static-beside": SSO + STATIC,
    "process-beside": SSO + "credential_process = false\n",
}
"""What stands beside the four sso_ keys, or leads to such a profile."""

RESOLVED = """
import json, sys, boto3
found = {}
for profile in sys.argv[1:]:
    try:
        found[profile] = boto3.Session(profile_name=profile).client("sts").get_caller_identity()["Arn"]
    except Exception as error:
        found[profile] = type(error).__name__
print(json.dumps(found))
"""


@pytest.fixture
def mixed(demo: DemoServer, home: Path) -> None:
    sections = "".join(f"\n[profile {name}]\n{text}" for name, text in MIXED.items())
    configure(CONFIG + f"\n[profile base]\n{STATIC}" + sections)
    put_token(demo, "acme", ACME)


def without_session_name(arn: str) -> str:
    """Each program names the sessions of the roles that it assumes by itself."""
    return arn.rpartition("/")[0] if ":assumed-role/Deployer/" in arn else arn


def test_x15_each_profile_is_whom_boto3_and_the_aws_cli_resolve(mixed: None, aws_python: str, aws_cli: str) -> None:
    environ = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    done = aws_clients.run(aws_python, "-c", RESOLVED, *MIXED, env=environ)
    theirs = json.loads(done.stdout)
    assert sum(":assumed-role/" in arn for arn in theirs.values()) == 8, theirs
    store = configure((Path(os.environ["HOME"]) / ".aws/config").read_text())
    for name, arn in theirs.items():
        profile = named(store, name)
        if profile.problems or ":assumed-role/" not in arn:
            with pytest.raises(SsoError) as caught:
                get_identity(store, profile)
            assert profile.problems[0] in caught.value.title
        else:
            assert without_session_name(get_identity(store, profile).arn) == without_session_name(arn)
    refused = {name for name in MIXED if store.config.profiles[name].problems}
    assert refused == {name for name, arn in theirs.items() if ":assumed-role/" not in arn} | {"static-source"}
    asked = [
        aws_cli,
        "sts",
        "get-caller-identity",
        "--profile",
        "role-and-source",
        "--query",
        "Arn",
        "--output",
        "text",
    ]
    found = aws_clients.run(*asked, env=environ).stdout.strip()
    assert without_session_name(found) == without_session_name(theirs["role-and-source"])


def test_x15_the_commands_say_why(mixed: None, demo: DemoServer) -> None:
    for name, words in (("static-source", "does not lead to IAM Identity Center"), ("role-alone", "no source_profile")):
        for command in ("env", "credential-process", "whoami"):
            assert words in check(ssotui(command, name), 1, demo).stderr
        assert check(ssotui("status", "--prompt", AWS_PROFILE=name), 0).stdout == f"! {name} broken\n"
    exported = check(ssotui("env", "role-and-source", "--format", "docker"), 0, demo, allow=["stdout"]).stdout
    assert "AWS_ACCOUNT_ID=222222222222\n" in exported
    assert demo.state.principals[exported.split("\n")[0].partition("=")[2]].name == "Deployer"
    again = check(ssotui("env", "role-and-source", "--format", "docker"), 0, demo, allow=["stdout"]).stdout
    assert again == exported


@pytest.fixture
def elsewhere(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """Another Identity Center, which no variable names."""
    for name in demo.environ():
        monkeypatch.delenv(name)
    with DemoServer() as server:
        yield server


@pytest.mark.parametrize("left", [4 * 3600, 300], ids=["signed in", "to be renewed"])
@pytest.mark.parametrize("how", ["endpoint_url", "services"])
def test_x32_the_profile_that_is_acted_for_decides_about_addresses(
    how: str, left: int, demo: DemoServer, elsewhere: DemoServer, aws_python: str
) -> None:
    url = elsewhere.url
    names = ("sso", "sso_oidc", "sts")
    block = "[services here]\n" + "".join(f"{name} =\n  endpoint_url = {url}\n" for name in names)
    setting = f"endpoint_url = {url}" if how == "endpoint_url" else "services = here"
    wrong = f"endpoint_url = {demo.url}"
    text = CONFIG.replace("role_arn", f"{setting}\nrole_arn").replace("[profile dev]\n", f"[profile dev]\n{wrong}\n")
    store = configure(text + block + f"[profile over]\nrole_arn = {CHAINED_ROLE}\nsource_profile = dev\n{setting}\n")
    put_token(elsewhere, "acme", ACME, left)
    assert get_identity(store, named(store, "deploy")).account == "222222222222"
    ours = {entry.operation for entry in elsewhere.state.log.entries()}
    assert ours >= {"GetRoleCredentials", "AssumeRole", "GetCallerIdentity"}
    assert ("CreateToken" in ours) == (left < 900)
    assert demo.state.log.count() == 0
    environ = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    put_token(elsewhere, "acme", ACME, left)
    done = aws_clients.run(aws_python, "-c", RESOLVED, "over", env=environ)
    assert ":assumed-role/Deployer/" in json.loads(done.stdout)["over"]
    assert demo.state.log.count() == 0
