"""`ssotui credential-process`: what the SDKs and the AWS CLI get when a configuration names it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tui.aws.model import RoleCredentials
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import CONFIG, configure, put_role, put_token, role_file, token_file, write_in_place
from .commands import check, ssotui
from .pythons import PYTHON
from .terminal import Terminal

OURS = f"{PYTHON} -m tui credential-process"

PROCESSES = f"""
[profile tool]
credential_process = {OURS} dev
region = us-east-1

[profile lab-tool]
credential_process = {OURS} sandbox
region = us-east-1

[profile both]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = us-east-1
credential_process = {OURS} both

[profile ouroboros]
credential_process = {OURS} ouroboros
region = us-east-1
"""

TWICE = """
import sys, boto3
session = boto3.Session(profile_name=sys.argv[1])
credentials = session.get_credentials()
print(credentials.get_frozen_credentials().access_key, credentials.method)
print(credentials.get_frozen_credentials().access_key)
print(session.client("sts").get_caller_identity()["Arn"])
"""


@pytest.fixture(autouse=True)
def signed_in(home: Path, demo: DemoServer) -> RoleCredentials:
    """dev has good credentials in the cache."""
    configure(CONFIG + PROCESSES)
    put_token(demo, "acme", ACME)
    return put_role(demo, "111111111111", "Admin", "acme")


def test_the_json_is_a_credential_process_s(demo: DemoServer, signed_in: RoleCredentials) -> None:
    done = check(ssotui("credential-process", "dev"), 0, demo, allow=["stdout"])
    answer = json.loads(done.stdout)
    assert list(answer) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"]
    assert answer["Version"] == 1
    assert answer["AccessKeyId"] == signed_in.access_key_id
    assert answer["SecretAccessKey"] == signed_in.secret_access_key.reveal()
    assert answer["SessionToken"] == signed_in.session_token.reveal()
    assert done.stderr == ""
    assert demo.state.log.entries() == []


def test_the_long_way_comes_to_the_same(demo: DemoServer) -> None:
    assert ssotui("credential-process", "--force", "dev").stdout == ssotui("credential-process", "dev").stdout


@pytest.mark.parametrize("profile", ["tool", "both"])
def test_boto3_uses_it(profile: str, aws_python: str, demo: DemoServer, signed_in: RoleCredentials) -> None:
    done = aws_clients.run(aws_python, "-c", TWICE, profile)
    assert done.returncode == 0, done.stderr
    (first, method), (second,), (arn,) = map(str.split, done.stdout.splitlines())
    assert first == second
    assert "assumed-role/AWSReservedSSO_Admin_" in arn
    if profile == "tool":
        assert (first, method) == (signed_in.access_key_id, "custom-process")
        assert demo.state.log.count("GetRoleCredentials") == 0


def test_the_aws_cli_uses_it(aws_cli: str) -> None:
    done = aws_clients.run(aws_cli, "sts", "get-caller-identity", "--profile", "tool")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Account"] == "111111111111"


def test_credentials_are_renewed_before_they_end(demo: DemoServer, aws_python: str) -> None:
    # With less than 15 minutes left boto3 asks again at each use. It gets fresh ones; when AWS grants no more than
    # that, they serve for the next use too.
    demo.state.settings.role_credentials_lifetime = 14 * 60
    ending = put_role(demo, "111111111111", "Admin", "acme", expires_in=14 * 60)
    done = aws_clients.run(aws_python, "-c", TWICE, "tool")
    assert done.returncode == 0, done.stderr
    first, second = (line.split()[0] for line in done.stdout.splitlines()[:2])
    assert ending.access_key_id not in (first, second)
    assert first == second


def test_a_session_that_has_ended_is_renewed_on_the_way(demo: DemoServer, aws_python: str) -> None:
    put_token(demo, "lab", LAB, expires_in=-3600)
    done = aws_clients.run(aws_python, "-c", TWICE, "lab-tool")
    assert done.returncode == 0, done.stderr
    assert [entry.details["grantType"] for entry in demo.state.log.entries("CreateToken")] == ["refresh_token"]


def test_an_sdk_shows_what_to_run_when_the_user_has_to_sign_in(aws_python: str, demo: DemoServer) -> None:
    done = aws_clients.run(aws_python, "-c", TWICE, "lab-tool")
    assert done.returncode != 0
    assert "Sign-in needed for session lab; run: ssotui login sandbox" in done.stderr
    assert demo.state.log.entries() == []


def test_exit_codes(demo: DemoServer) -> None:
    done = check(ssotui("credential-process", "sandbox"), 3, demo)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert check(ssotui("credential-process", "forbidden"), 4, demo).stdout == ""
    assert check(ssotui("credential-process", "no-such"), 1).stdout == ""
    check(ssotui("credential-process"), 2)


def test_a_profile_that_names_itself_ends_at_once(aws_python: str) -> None:
    done = check(ssotui("credential-process", "ouroboros"), 1)
    assert "does not use IAM Identity Center" in done.stderr
    assert "not the one that it stands in" in done.stderr
    sdk = aws_clients.run(aws_python, "-c", TWICE, "ouroboros")
    assert sdk.returncode != 0
    assert "does not use IAM Identity Center" in sdk.stderr


def test_a31_nothing_else_is_run(tmp_path: Path, home: Path) -> None:
    trap = "\n[profile trap]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    (home / ".aws/config").write_text(f"{CONFIG}{trap}credential_process = touch {tmp_path}/ran\n")
    check(ssotui("credential-process", "trap"), 0)
    assert not (tmp_path / "ran").exists()


def test_h10_not_to_a_terminal(demo: DemoServer, signed_in: RoleCredentials) -> None:
    command = [sys.executable, "-m", "tui", "credential-process", "dev"]
    with Terminal(command, size=(200, 24)) as terminal:
        assert terminal.wait_exit() == 2
        assert "not printed to a terminal" in terminal.text()
        assert signed_in.secret_access_key.reveal() not in terminal.raw.decode()
    with Terminal([*command, "--force"], size=(200, 24)) as terminal:
        assert terminal.wait_exit() == 0
        assert '"Version": 1' in terminal.text()


def test_no_import_of_the_sdk_for_what_is_cached() -> None:
    program = (
        "import sys; from tui.cli.main import main; code = main(['credential-process', 'dev']); "
        "print(code, sorted({'botocore', 'boto3', 'textual', 'rich', 'argparse', 'json'} & set(sys.modules)), "
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "0 []\n"


@pytest.mark.parametrize("text", ['{"acc', '{"a": tr', '{"ProviderType": "sso", "Credentials": {'])
def test_half_written_files_are_no_fault_of_the_program(demo: DemoServer, home: Path, text: str) -> None:
    """The AWS CLI writes in place. The quick ways read without `json`, whose C functions then fail in a way of their
    own."""
    configure()
    role = write_in_place(role_file("111111111111", "Admin", "acme"), text)
    token = write_in_place(token_file("acme"), text)
    assert "not valid JSON" in check(ssotui("env", "dev"), 3, demo).stderr
    assert "not valid JSON" in check(ssotui("credential-process", "dev"), 3, demo).stderr
    assert check(ssotui("status", "--prompt", AWS_PROFILE="dev"), 0).stdout == "! dev unreadable\n"
    assert (role.read_text(), token.read_text()) == (text, text)
    put_token(demo, "acme", ACME)
    check(ssotui("credential-process", "dev"), 0, demo, allow=["stdout"])
