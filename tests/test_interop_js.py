"""The AWS SDK for JavaScript, in a process of its own, acts as the one that this program hands to it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tui.demo.home import write
from tui.demo.server import DemoServer

from . import aws_clients
from .commands import check, ssotui


def test_exported_credentials_are_used(demo: DemoServer, home: Path, js_identity: list[str]) -> None:
    write(home, demo.state)
    exported = check(ssotui("env", "dev-admin", "--format", "docker"), 0, demo, allow=["stdout"])
    values = dict(line.split("=", 1) for line in exported.stdout.splitlines())
    done = aws_clients.run(*js_identity, env={**os.environ, **values})
    answer = json.loads(done.stdout)
    assert answer["Account"] == "111111111111"
    assert answer["accessKeyId"] == values["AWS_ACCESS_KEY_ID"]
    assert answer["region"] == values["AWS_REGION"]


def test_a_signed_in_profile_is_used(demo: DemoServer, home: Path, js_identity: list[str]) -> None:
    write(home, demo.state)
    done = aws_clients.run(*js_identity, env={**os.environ, "AWS_PROFILE": "prod-readonly"})
    assert json.loads(done.stdout)["Account"] == "222222222222"
