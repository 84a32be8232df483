"""The AWS CLI and boto3, as other programs with nothing but the HOME in common, use what this program leaves; and
this program uses what they leave."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tui.demo.home import write
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import (
    cli_cache,
    configure,
    content,
    put_role,
    put_token,
    role_file,
    snapshot,
    sso_cache,
    token_file,
    token_text,
    write_in_place,
)
from .commands import check, ssotui

ACCOUNTS = {
    "dev-admin": "111111111111",
    "dev-readonly": "111111111111",
    "prod-readonly": "222222222222",
    "prod-deploy": "222222222222",  # chained from dev-admin
    "staging": "555555555555",
    "analytics": "666666666666",
    "billing": "777777777777",
}
"""The profiles of the session acme that the user has a role for."""

OTHERS = {
    "sandbox": "333333333333",
    "sandbox-readonly": "333333333333",
    "playground": "343434343434",
    "attic": "444444444444",
}
"""Those of the session lab and of the legacy one."""

# Prints {profile: account, or the error's words}. With `share`, role credentials are kept as the AWS CLI v2 keeps them.
BOTO3 = """
import json, os, sys
import boto3, botocore.loaders, botocore.session
from botocore.utils import JSONFileCache
share, *profiles = sys.argv[1:]
found = {}
loader = botocore.loaders.create_loader()  # reading what it knows of STS takes longer than all the rest
for profile in profiles:
    base = botocore.session.Session(profile=profile)
    base.register_component("data_loader", loader)
    if share == "share":
        provider = base.get_component("credential_provider").get_provider("sso")
        provider.cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
    try:
        client = boto3.Session(botocore_session=base).client("sts", region_name="us-east-1")
        found[profile] = client.get_caller_identity()["Account"]
    except Exception as error:
        found[profile] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
"""


def bare(demo: DemoServer, **more: str) -> dict[str, str]:
    """The environment of another program: the same HOME, and where the services are."""
    return {
        "HOME": os.environ["HOME"],
        "PATH": "/usr/bin:/bin",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **demo.environ(),
        **more,
    }


def aws(path: str, demo: DemoServer, profile: str) -> CompletedProcess[str]:
    return aws_clients.run(path, "sts", "get-caller-identity", "--profile", profile, env=bare(demo))


def boto3(path: str, demo: DemoServer, *profiles: str, share: bool = False) -> dict[str, str]:
    done = aws_clients.run(path, "-c", BOTO3, "share" if share else "-", *profiles, env=bare(demo))
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def count(demo: DemoServer, *operations: str) -> int:
    return sum(demo.state.log.count(operation) for operation in operations)


@pytest.fixture
def signed_out(demo: DemoServer, home: Path) -> DemoServer:
    """The sample configuration, without any token or credentials."""
    write(home, demo.state)
    for folder in (sso_cache(), cli_cache()):
        for path in folder.iterdir():
            path.unlink()
    demo.state.settings.auto_approve_after = 0
    return demo


def test_after_a_sign_in_the_aws_cli_answers_for_every_profile(signed_out: DemoServer, aws_cli: str) -> None:
    assert aws(aws_cli, signed_out, "dev-admin").returncode != 0
    check(ssotui("login", "--session", "acme", "--no-open"), 0, signed_out)
    before = count(signed_out, "RegisterClient", "StartDeviceAuthorization", "CreateToken")
    with ThreadPoolExecutor(2) as pool:
        done = dict(zip(ACCOUNTS, pool.map(lambda name: aws(aws_cli, signed_out, name), ACCOUNTS), strict=True))
    assert {name: each.stderr for name, each in done.items()} == dict.fromkeys(ACCOUNTS, "")
    assert {name: json.loads(each.stdout)["Account"] for name, each in done.items()} == ACCOUNTS
    assert count(signed_out, "RegisterClient", "StartDeviceAuthorization", "CreateToken") == before
    ours = json.loads(check(ssotui("whoami", "dev-admin", "--json"), 0, signed_out).stdout)
    assert ours == json.loads(done["dev-admin"].stdout)


def test_after_a_sign_in_boto3_answers_for_every_profile(signed_out: DemoServer, aws_python: str) -> None:
    check(ssotui("login", "--all", "--no-open"), 0, signed_out)
    before = count(signed_out, "RegisterClient", "StartDeviceAuthorization", "CreateToken")
    assert boto3(aws_python, signed_out, *ACCOUNTS, *OTHERS) == {**ACCOUNTS, **OTHERS}
    assert count(signed_out, "RegisterClient", "StartDeviceAuthorization", "CreateToken") == before


def test_after_signing_out_they_fail_with_their_own_message(
    signed_out: DemoServer, aws_cli: str, aws_python: str
) -> None:
    check(ssotui("login", "--session", "acme", "--no-open"), 0, signed_out)
    token = token_file("acme").read_text()
    assert boto3(aws_python, signed_out, "dev-admin") == {"dev-admin": "111111111111"}
    check(ssotui("logout", "--all", "--yes"), 0, signed_out)
    assert [path.name for path in (*sso_cache().iterdir(), *cli_cache().iterdir())] == []

    done = aws(aws_cli, signed_out, "dev-admin")
    assert done.returncode == 255
    assert "Token for acme does not exist" in done.stderr
    assert boto3(aws_python, signed_out, "prod-deploy") == {
        "prod-deploy": "SSOTokenLoadError: Error loading SSO Token: Token for acme does not exist"
    }
    # Whoever kept a copy of the token has nothing of it: AWS was told.
    write_in_place(token_file("acme"), token)
    done = aws(aws_cli, signed_out, "dev-admin")
    assert done.returncode == 255
    assert "aws sso login" in done.stderr


@pytest.mark.parametrize(("name", "key", "url"), [("dev", "acme", ACME), ("attic", LEGACY, LEGACY)])
def test_a_token_of_the_aws_cli_is_shown_and_used(demo: DemoServer, home: Path, name: str, key: str, url: str) -> None:
    configure()
    token = demo.state.issue_token(url, client_name="botocore-client-acme")
    path = write_in_place(token_file(key), token_text(token), 0o600)
    before = snapshot(path)
    found = json.loads(check(ssotui("status", name, "--json"), 0, demo).stdout)
    assert (found["state"], found["expires_at"]) == ("signed-in", json.loads(path.read_text())["expiresAt"])
    check(ssotui("whoami", name, "--json"), 0, demo)
    assert snapshot(path) == before
    assert count(demo, "CreateToken", "RegisterClient") == 0


def test_role_credentials_of_this_program_serve_others(demo: DemoServer, home: Path, aws_python: str) -> None:
    configure()
    put_token(demo, "acme", ACME)
    put_token(demo, LEGACY, LEGACY)
    for name in ("dev", "audit", "attic"):
        check(ssotui("env", name, "--format", "json"), 0, demo, ["stdout"])
    for path in sso_cache().iterdir():
        path.unlink()
    demo.state.log.clear()
    assert boto3(aws_python, demo, "dev", "audit", "attic", share=True) == {
        "dev": "111111111111",
        "audit": "222222222222",
        "attic": "444444444444",
    }
    assert count(demo, "GetRoleCredentials") == 0


def test_role_credentials_of_others_serve_this_program(demo: DemoServer, home: Path, aws_python: str) -> None:
    configure()
    put_token(demo, "acme", ACME)
    put_token(demo, LEGACY, LEGACY)
    boto3(aws_python, demo, "dev", "attic", share=True)
    value = content(role_file("111111111111", "Admin", "acme"))
    for path in sso_cache().iterdir():
        path.unlink()
    demo.state.log.clear()
    found = json.loads(check(ssotui("env", "dev", "--format", "json"), 0, demo, ["stdout"]).stdout)
    inner = value["Credentials"]
    assert isinstance(inner, dict)
    assert {name: found[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")} == {
        name: inner[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
    }
    check(ssotui("env", "attic", "--format", "json"), 0, demo, ["stdout"])
    assert demo.state.log.count() == 0


def test_chained_credentials_serve_both_ways(demo: DemoServer, home: Path, aws_cli: str) -> None:
    configure()
    put_token(demo, "acme", ACME)
    assert aws(aws_cli, demo, "deploy").returncode == 0
    found = json.loads(check(ssotui("status", "deploy", "--json"), 0, demo).stdout)
    assert found["credentials"]["state"] == "valid"
    check(ssotui("whoami", "deploy"), 0, demo)
    assert count(demo, "AssumeRole") == 1

    (theirs,) = [path for path in cli_cache().glob("*.json") if "ProviderType" not in path.read_text()]
    theirs.unlink()
    check(ssotui("whoami", "deploy"), 0, demo)
    assert theirs.exists()
    assert count(demo, "AssumeRole") == 2
    done = aws(aws_cli, demo, "deploy")
    assert json.loads(done.stdout)["Arn"].split("/")[-1].startswith("ssotui-")
    assert count(demo, "AssumeRole") == 2


def test_exported_credentials_need_no_configuration(demo: DemoServer, home: Path, tmp_path: Path, aws_cli: str) -> None:
    configure()
    put_role(demo, "111111111111", "Admin", "acme")
    done = check(ssotui("env", "dev", "--format", "docker"), 0, demo, ["stdout"])
    exported = dict(line.split("=", 1) for line in done.stdout.splitlines())
    environ = bare(demo, HOME=str(tmp_path / "elsewhere"), **exported)
    answer = aws_clients.run(aws_cli, "sts", "get-caller-identity", env=environ)
    assert json.loads(answer.stdout)["Account"] == "111111111111"


@pytest.mark.parametrize("shape", [{"expiresAt": None}, {"accessToken": None}])
def test_a_token_that_the_sdks_refuse_is_not_shown_as_good(
    demo: DemoServer, home: Path, aws_python: str, shape: dict[str, Any]
) -> None:
    configure()
    put_token(demo, "lab", LAB, **shape)
    found = json.loads(check(ssotui("status", "sandbox", "--json"), 3, demo).stdout)
    assert found["state"] == "unreadable"
    assert "Error" in boto3(aws_python, demo, "sandbox")["sandbox"]
