"""SDKs that address a service by the caller's account know it from what this program hands out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.home import write
from tui.demo.server import DemoServer

from . import aws_clients
from .commands import check, ssotui, ssotui_apart
from .pythons import PYTHON

BOTO3 = """
import boto3
from botocore.awsrequest import AWSResponse

def answer(request, **_more):
    print(request.url)
    return AWSResponse(request.url, 200, {}, type("Raw", (), {"stream": lambda self, **_: iter([b"{}"])})())

client = boto3.client("dynamodb")
client.meta.events.register("before-send", answer)
client.list_tables()
"""

JS = """
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({ maxAttempts: 1 });
const stop = (_next) => async (args) => { throw new Error(args.request.hostname); };
client.middlewareStack.add(stop, { step: "finalizeRequest", priority: "low" });
try { await client.send(new ListTablesCommand({})); } catch (error) { console.log(error.message); }
"""


@pytest.fixture(scope="module")
def js_address() -> Iterator[str]:
    path = aws_clients.script("account", JS)
    yield path
    os.unlink(path)


@pytest.fixture(autouse=True)
def signed_in(demo: DemoServer, home: Path) -> None:
    write(home, demo.state)


def handed_out(way: str, demo: DemoServer, home: Path) -> dict[str, str]:
    """An environment in which an SDK gets the credentials of prod-readonly in this way."""
    if way == "the environment":
        done = check(ssotui("env", "prod-readonly", "--format", "docker"), 0, demo, allow=["stdout"])
        given = dict(line.split("=", 1) for line in done.stdout.splitlines())
    elif way == "a credentials file":
        done = check(ssotui("env", "prod-readonly", "--format", "ini"), 0, demo, allow=["stdout"])
        (home / ".aws/credentials").write_text(done.stdout.replace("[prod-readonly]", "[given]"))
        given = {"AWS_PROFILE": "given"}
    else:
        text = f"[profile tool]\ncredential_process = {PYTHON} -m tui credential-process prod-readonly\n"
        with (home / ".aws/config").open("a") as file:
            file.write(text)
        given = {"AWS_PROFILE": "tool"}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL_STS")}
    return {**ours, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", **given}


@pytest.mark.parametrize("way", ["the environment", "a credentials file", "credential_process"])
def test_x29_an_address_with_the_account_can_be_made(
    way: str, demo: DemoServer, home: Path, aws_python: str, js_address: str
) -> None:
    environ = {**handed_out(way, demo, home), "AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"}
    region = environ["AWS_REGION"]
    done = aws_clients.run(aws_python, "-c", BOTO3, env=environ)
    assert done.stdout == f"https://222222222222.ddb.{region}.amazonaws.com/\n", done.stderr
    done = aws_clients.run("node", "--no-warnings", js_address, env=environ)
    assert done.stdout == f"222222222222.ddb.{region}.amazonaws.com\n", done.stderr


def test_x29_exec_gives_the_account_too(demo: DemoServer) -> None:
    done = check(ssotui_apart("exec", "prod-readonly", "--", "env", AWS_ACCOUNT_ID="999999999999"), 0)
    assert "AWS_ACCOUNT_ID=222222222222\n" in done.stdout


def test_x29_the_json_can_be_read_in_one_piece(demo: DemoServer) -> None:
    done = check(ssotui("credential-process", "prod-readonly"), 0, demo, allow=["stdout"])
    assert json.loads(done.stdout)["AccountId"] == "222222222222"
