"""Renewals of this program, boto3 and the AWS CLI, one after another and all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tui.demo.behaviour import NEW, SAME
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, content, put_token, role_file, token_file
from .commands import check, ssotui
from .test_interop import aws, bare, boto3


@pytest.mark.parametrize("first", ["boto3", "ssotui"])
def test_what_one_has_renewed_the_other_uses(demo: DemoServer, home: Path, aws_python: str, first: str) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)

    def ask(program: str) -> str:
        if program == "boto3":
            return boto3(aws_python, demo, "audit")["audit"]
        found = json.loads(check(ssotui("whoami", "audit", "--json"), 0, demo).stdout)
        return str(found["Account"])

    assert ask(first) == "222222222222"
    assert demo.state.log.count("CreateToken") == 1
    renewed = token_file("acme").read_bytes()
    assert ask("ssotui" if first == "boto3" else "boto3") == "222222222222"
    assert demo.state.log.count("CreateToken") == 1
    assert token_file("acme").read_bytes() == renewed


def test_a_refresh_token_that_changes_each_time_goes_from_hand_to_hand(
    demo: DemoServer, home: Path, aws_cli: str, aws_python: str
) -> None:
    """Every token is due at once, so each program renews what the one before it has left."""
    configure()
    demo.state.settings.access_token_lifetime = 300
    put_token(demo, "acme", ACME, -60)
    for _ in range(2):
        check(ssotui("whoami", "dev"), 0, demo)
        role_file("111111111111", "Admin", "acme").unlink()  # so that the next one has to ask
        assert boto3(aws_python, demo, "dev") == {"dev": "111111111111"}
        assert aws(aws_cli, demo, "dev").returncode == 0
    asked = demo.state.log.entries("CreateToken")
    assert len(asked) >= 6
    assert {(entry.details["grantType"], entry.code) for entry in asked} == {("refresh_token", "")}


# One of each, waiting for a line on stdin so that all begin together. Prints the token's expiry or an error, and how
# many requests it made to renew.
SSOTUI = """
import sys
from tui.aws.requests import clients
from tui.aws.state.store import Store
from tui.aws.session.renewal import usable_token
store = Store()
session = store.config.sessions["acme"]
client = clients.client("sso-oidc", "us-east-1", store.config, None)
made = []
client.meta.events.register("before-send.sso-oidc.CreateToken", lambda **_: made.append(1) and None)
print("ready", flush=True)
sys.stdin.readline()
token = usable_token(store, session)
print(len(made), token.access_token.reveal())
"""
BOTOCORE = """
import sys
import botocore.session
from botocore.tokens import SSOTokenProvider
session = botocore.session.Session(profile="dev")
made = []
client = session.create_client("sso-oidc", region_name="us-east-1")
client.meta.events.register("before-send.sso-oidc.CreateToken", lambda **_: made.append(1) and None)
provider = SSOTokenProvider(session)
SSOTokenProvider._client = property(lambda self: client)
print("ready", flush=True)
sys.stdin.readline()
token = provider.load_token().get_frozen_token()
print(len(made), token.token)
"""


@pytest.mark.parametrize(("rotation", "each"), [(SAME, 8), (NEW, 3)])
def test_b20_eight_of_each_renew_one_token_at_once(
    demo: DemoServer, home: Path, aws_python: str, rotation: str, each: int
) -> None:
    """The AWS tools heed no lock. Of ours one renews at most, and all of ours end with a token that is good, even when
    the refresh token is good for one use: then the AWS tools fail that come too late."""
    configure()
    demo.state.settings.rotation = rotation
    put_token(demo, "acme", ACME, -60)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    ours = [subprocess.Popen([sys.executable, "-c", SSOTUI], **pipes) for _ in range(each)]  # type: ignore[call-overload]
    theirs = [
        subprocess.Popen([aws_python, "-c", BOTOCORE], env=bare(demo), **pipes)  # type: ignore[call-overload]
        for _ in range(each)
    ]
    everybody = [*ours, *theirs]
    for process in everybody:
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in everybody:
        process.stdin.write("go\n")
        process.stdin.flush()
    found = {process: process.communicate(timeout=60) for process in everybody}
    good = [process for process in everybody if process.returncode == 0]
    assert set(ours) <= set(good), [found[process][1] for process in ours]
    assert len(good) == 2 * each or rotation == NEW
    made = {process: int(found[process][0].split()[0]) for process in good}
    assert sum(made[process] for process in ours) <= 1
    assert sum(made.values()) <= demo.state.log.count("CreateToken") <= each + 1
    for process in good:
        assert demo.state.access(found[process][0].split()[1]) is not None
    value = content(token_file("acme"))
    assert demo.state.access(str(value["accessToken"])) is not None
    assert [path.name for path in token_file("acme").parent.iterdir()] == [token_file("acme").name]


def test_b20_of_ours_alone_exactly_one_renews(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.settings.latency = 0.2
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", SSOTUI], **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert sorted(int(output.split()[0]) for output in outputs) == [0, 0, 1]
    assert len({output.split()[1] for output in outputs}) == 1
    assert demo.state.log.count("CreateToken") == 1
    assert str(content(token_file("acme"))["accessToken"]) == outputs[0].split()[1]
