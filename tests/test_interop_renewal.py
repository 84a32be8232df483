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


# What each of them does, once to prepare and once to renew. They wait for a character on stdin, so that all begin
# together, and print how many requests they made to renew, and the token.
SSOTUI = """
from tui.aws.requests import clients
from tui.aws.state.store import Store
from tui.aws.session.renewal import usable_token
import botocore.session
def prepare():
    store = Store()
    session = store.config.sessions["acme"]
    client = clients.client("sso-oidc", "us-east-1", store.config, None)
    client.meta.events.register("before-send.sso-oidc.CreateToken", lambda **_: made.append(1) and None)
    return lambda: usable_token(store, session).access_token.reveal()
"""
BOTOCORE = """
import botocore.session
from botocore.tokens import SSOTokenProvider
def prepare():
    session = botocore.session.Session(profile="dev")
    client = session.create_client("sso-oidc", region_name="us-east-1")
    client.meta.events.register("before-send.sso-oidc.CreateToken", lambda **_: made.append(1) and None)
    provider = SSOTokenProvider(session)
    SSOTokenProvider._client = property(lambda self: client)
    return lambda: provider.load_token().get_frozen_token().token
"""
EACH = """
import os, sys, traceback
made = []
children = []
for _ in range(int(sys.argv[1])):
    child = os.fork()
    if not child:
        try:
            renew = prepare()
            os.write(1, b"ready\\n")
            os.read(0, 1)
            token = renew()
            os.write(1, f"{len(made)} {token}\\n".encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""


class Renewing:
    """Processes that renew one token. What they load is loaded once: they are forks."""

    def __init__(self, python: str, source: str, number: int, env: dict[str, str] | None = None) -> None:
        self.number = number
        self.process = subprocess.Popen(
            [python, "-c", source + EACH, str(number)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for _ in range(self.number):
            assert self.process.stdout.readline() == "ready\n", self.process.communicate()

    def go(self) -> None:
        """Each of them waits for one character."""
        assert self.process.stdin is not None
        self.process.stdin.write("g" * self.number)
        self.process.stdin.flush()

    def renewed(self) -> tuple[list[tuple[int, str]], str]:
        """Of each that got a token: how many requests it made for it, and the token; and what the others said."""
        output, errors = self.process.communicate(timeout=60)
        return [(int(made), token) for made, token in map(str.split, output.splitlines())], errors


@pytest.mark.parametrize(("rotation", "each"), [(SAME, 8), (NEW, 3)])
def test_b20_eight_of_each_renew_one_token_at_once(
    demo: DemoServer, home: Path, aws_python: str, rotation: str, each: int
) -> None:
    """The AWS tools heed no lock. Of ours one renews at most, and all of ours end with a token that is good, even when
    the refresh token is good for one use: then the AWS tools fail that come too late."""
    configure()
    demo.state.settings.rotation = rotation
    put_token(demo, "acme", ACME, -60)
    ours, theirs = Renewing(sys.executable, SSOTUI, each), Renewing(aws_python, BOTOCORE, each, bare(demo))
    for processes in (ours, theirs):
        processes.wait_until_ready()
    for processes in (ours, theirs):
        processes.go()
    ours_found, errors = ours.renewed()
    good = [*ours_found, *theirs.renewed()[0]]
    assert len(ours_found) == each, errors
    assert len(good) == 2 * each or rotation == NEW
    assert sum(made for made, _token in ours_found) <= 1
    assert sum(made for made, _token in good) <= demo.state.log.count("CreateToken") <= each + 1
    for _made, token in good:
        assert demo.state.access(token) is not None
    value = content(token_file("acme"))
    assert demo.state.access(str(value["accessToken"])) is not None
    assert [path.name for path in token_file("acme").parent.iterdir()] == [token_file("acme").name]


def test_b20_of_ours_alone_exactly_one_renews(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.settings.latency = 0.2
    ours = Renewing(sys.executable, SSOTUI, 3)
    ours.wait_until_ready()
    ours.go()
    found, errors = ours.renewed()
    assert sorted(made for made, _token in found) == [0, 0, 1], errors
    assert len({token for _made, token in found}) == 1
    assert demo.state.log.count("CreateToken") == 1
    assert str(content(token_file("acme"))["accessToken"]) == found[0][1]
