"""Nothing that was there before wins over what is handed out: not in the AWS CLI, not in boto3, not in the AWS SDK for
JavaScript. Each of these is asked, in a process of its own, under every environment that the shells end up with."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tui.aws.model import RoleCredentials
from tui.demo.server import DemoServer
from tui.shell.formats import OUTRANKING

from . import aws_clients, needs
from .aws_home import CONFIG, put_role, signed_in
from .commands import check, ssotui, ssotui_apart

PROD = """
[profile prod]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = ReadOnly
region = us-east-2

[profile bare]
sso_session = acme
sso_account_id = 222222222222
sso_role_name = ReadOnly
"""

STALE = {
    "the old token variable": {"AWS_SECURITY_TOKEN": "stale"},
    "keys": {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "stale",
        "AWS_SESSION_TOKEN": "stale",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    },
    "keys by other names": {"AWS_ACCESS_KEY": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_KEY": "stale"},
    "a profile": {"AWS_PROFILE": "sandbox"},
    "a profile by the older name": {"AWS_DEFAULT_PROFILE": "sandbox"},
    "a profile that is gone": {"AWS_PROFILE": "gone", "AWS_DEFAULT_PROFILE": "gone"},
    "an account": {"AWS_ACCOUNT_ID": "999999999999"},
    "a scope": {"AWS_CREDENTIAL_SCOPE": "eu-isoe-west-1"},
    "a region": {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3"},
    "one of the regions": {"AWS_REGION": "eu-west-3"},
    "the other region": {"AWS_DEFAULT_REGION": "eu-west-3"},
    "a web identity": {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null",
        "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/Other",
        "AWS_ROLE_SESSION_NAME": "other",
    },
    "a container": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/role",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "stale",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/dev/null",
    },
    "another container": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role"},
    "everything": dict.fromkeys(OUTRANKING, "stale"),
}

BOTO3 = """
import json, os, sys
import boto3, botocore.loaders, botocore.session
loader = botocore.loaders.create_loader()  # reading what it knows of STS takes longer than all the rest
for environ in json.load(open(sys.argv[1])):
    os.environ.clear()
    os.environ.update(environ)
    answer = {}
    try:
        base = botocore.session.Session()
        base.register_component("data_loader", loader)
        session = boto3.Session(botocore_session=base)
        answer["region"] = session.region_name
        answer["key"] = session.get_credentials().get_frozen_credentials().access_key
        answer["account"] = session.client("sts").get_caller_identity()["Account"]
    except Exception as error:
        answer["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer))
"""

JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
for (const environ of JSON.parse(readFileSync(process.argv[2]))) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environ);
  const answer = {};
  try {
    const client = new STSClient({ maxAttempts: 1, endpoint: environ.AWS_ENDPOINT_URL_STS });
    answer.region = await client.config.region().catch(() => null);
    const credentials = await client.config.credentials();
    answer.key = credentials.accessKeyId;
    answer.accountId = credentials.accountId;
    answer.scope = credentials.credentialScope;
    if (answer.region) answer.account = (await client.send(new GetCallerIdentityCommand({}))).Account;
  } catch (error) {
    answer.error = `${error.name}: ${error.message}`;
  }
  console.log(JSON.stringify(answer));
}
"""

Environment = dict[str, str]


@pytest.fixture(autouse=True)
def credentials(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> RoleCredentials:
    """The session is signed in; prod and bare have good credentials in the cache."""
    signed_in(demo, "acme", text=CONFIG + PROD)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return put_role(demo, "222222222222", "ReadOnly", "acme")


@pytest.fixture
def javascript() -> Iterator[str]:
    path = aws_clients.script("outranking", JAVASCRIPT)
    yield path
    os.unlink(path)


def after(lines: str, before: Mapping[str, str]) -> Environment:
    """The environment of a bash that had `before` in its own and has evaluated the lines."""
    done = subprocess.run(
        [needs.program("bash"), "--norc", "-c", 'eval "$1"; env -0', "bash", lines],
        env={**os.environ, **before},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(part.split("=", 1) for part in done.stdout.split("\0") if part)


def run_under(before: Mapping[str, str], *options: str) -> Environment:
    """The environment of a command that `exec` runs."""
    done = check(ssotui_apart("exec", *options, "--", "env", "-0", **before), 0)
    return dict(part.split("=", 1) for part in done.stdout.split("\0") if part)


def file_of(form: str, before: Mapping[str, str], name: str) -> Environment:
    """What becomes of an environment with the variables of such a file in it."""
    text = check(ssotui("env", name, "--format", form, **before), 0).stdout
    pairs = dict(line.split("=", 1) for line in text.splitlines())
    return {**os.environ, **before, **{key: value.strip("'") for key, value in pairs.items()}}


def ask(command: list[str], environments: list[Environment], folder: Path) -> list[dict[str, str]]:
    """What a client makes of each environment."""
    file = folder / "environments.json"
    file.write_text(json.dumps(environments))
    done = aws_clients.run(*command, str(file), timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def handed_out(way: str, name: str, *stale: str) -> list[Environment]:
    """The environments that those of STALE have become, once `name` was handed out in this way."""
    if way == "exec":
        return [run_under(STALE[each], name) for each in stale]
    words = {
        "env": ["env", name, "--format", "bash"],
        "env profile": ["env", name, "--format", "profile"],
        "sso": ["--emit", "bash", "--use", name],
    }[way]
    text = check(ssotui(*words), 0).stdout
    return [after(text, STALE[each]) for each in stale]


@pytest.mark.parametrize("way", ["env", "env profile", "sso", "exec"])
def test_x05_x06_x07_every_client_acts_in_the_right_account_and_region(
    way: str, aws_python: str, javascript: str, tmp_path: Path
) -> None:
    environments = handed_out(way, "prod", *STALE)
    for stale, environment in zip(STALE, environments, strict=True):
        assert "stale" not in environment.values(), stale
    script = tmp_path / "boto.py"
    script.write_text(BOTO3)
    for command in ([aws_python, str(script)], ["node", "--no-warnings", javascript]):
        for stale, answer in zip(STALE, ask(command, environments, tmp_path), strict=True):
            # The region that the user has set goes before that of the profile for exec, as for every client.
            own = way == "exec" and "region" in stale
            assert "error" not in answer, (command[0], stale, answer)
            assert answer["account"] == "222222222222", (command[0], stale, answer)
            assert answer["region"] == ("eu-west-3" if own else "us-east-2") or stale == "everything", (stale, answer)
            assert answer.get("accountId", "222222222222") == "222222222222", (stale, answer)
            assert not answer.get("scope"), (stale, answer)


@pytest.mark.parametrize("way", ["env", "sso", "exec"])
def test_x05_x06_x07_the_aws_cli_too(way: str, aws_cli: str) -> None:
    environment = handed_out(way, "prod", "everything")[0]
    done = aws_clients.run(aws_cli, "sts", "get-caller-identity", env=environment)
    assert json.loads(done.stdout)["Account"] == "222222222222", done.stderr


@pytest.mark.parametrize("form", ["dotenv", "docker"])
def test_x05_a_file_sets_to_nothing_what_it_cannot_unset_and_the_rest_is_told(
    form: str, aws_python: str, javascript: str, tmp_path: Path
) -> None:
    told = {name: before for name, before in STALE.items() if "profile" in name or name == "everything"}
    environments = []
    for stale, before in STALE.items():
        done = check(ssotui("env", "prod", "--format", form, **before), 0)
        named = [name for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if name in before]
        assert all(name in done.stderr for name in named)
        assert bool(done.stderr) == bool(named) == (stale in told)
        environments.append({**file_of(form, {} if stale in told else before, "prod")})
    script = tmp_path / "boto.py"
    script.write_text(BOTO3)
    for command in ([aws_python, str(script)], ["node", "--no-warnings", javascript]):
        for stale, answer in zip(STALE, ask(command, environments, tmp_path), strict=True):
            assert (answer.get("account"), answer.get("region")) == ("222222222222", "us-east-2"), (stale, answer)
            assert not answer.get("scope"), (stale, answer)


def test_x07_the_region_of_the_profile_before_goes() -> None:
    dev = after(check(ssotui("env", "dev", "--format", "bash"), 0).stdout, {})
    assert dev["AWS_REGION"] == dev["AWS_DEFAULT_REGION"] == "us-east-1"
    for lines in (
        ssotui("env", "bare", "--format", "bash", **dev),
        ssotui("--emit", "bash", "--use", "bare", **dev),
        ssotui("--emit", "bash", "--use", "prod", **dev),
        ssotui("env", "--unset", "--format", "bash", **dev),
    ):
        found = after(check(lines, 0).stdout, dev)
        assert not {"AWS_REGION", "AWS_DEFAULT_REGION", "SSOTUI_REGION"} & found.keys()
    assert after(ssotui("env", "prod", "--format", "bash", **dev).stdout, dev)["AWS_REGION"] == "us-east-2"


def test_x07_exec_tells_a_region_that_was_left_from_one_that_was_set() -> None:
    left = after(check(ssotui("env", "dev", "--format", "bash"), 0).stdout, {})
    assert "AWS_REGION" not in run_under(left, "bare")
    assert run_under(left, "prod")["AWS_DEFAULT_REGION"] == "us-east-2"
    assert run_under({**left, "AWS_REGION": "us-west-2"}, "prod")["AWS_DEFAULT_REGION"] == "us-west-2"
    within = run_under({}, "dev")
    assert run_under(within, "prod")["AWS_REGION"] == "us-east-2"
    within = run_under({"AWS_REGION": "us-west-2"}, "dev")
    assert run_under(within, "prod")["AWS_REGION"] == "us-west-2"


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_x08_a_region_in_front_of_exec_wins(name: str, aws_python: str) -> None:
    environment = run_under({name: "us-west-2"}, "prod")
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-west-2"
    assert "SSOTUI_REGION" not in environment


def test_x08_the_option_wins_over_all() -> None:
    environment = run_under({"AWS_REGION": "us-west-2"}, "--region", "eu-west-3", "prod")
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-3"
    text = check(ssotui("env", "prod", "--region=eu-west-3", "--format", "bash"), 0).stdout
    assert after(text, {})["AWS_DEFAULT_REGION"] == "eu-west-3"
    text = check(ssotui("--emit", "bash", "--use=prod", "--region=eu-west-3"), 0).stdout
    assert {"AWS_PROFILE": "prod", "AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3"}.items() <= after(
        text, {}
    ).items()
    link = check(ssotui("console", "prod", "--region", "eu-west-3", "--print"), 0).stdout
    assert "region%3Deu-west-3" in link
    assert "region%3Dus-west-2" in check(ssotui("console", "prod", "--print", AWS_REGION="us-west-2"), 0).stdout
    assert "region%3Dus-east-2" in check(ssotui("console", "prod", "--print", AWS_REGION="cn-north-1"), 0).stdout


@pytest.mark.parametrize(
    "words", [["env", "prod"], ["exec", "prod"], ["console", "prod"], ["--emit", "bash", "--use", "prod"]]
)
def test_x08_what_cannot_be_a_region_is_refused(words: list[str]) -> None:
    for region in ("", "eu west", "-x"):
        done = check(ssotui(*words, f"--region={region}", *(["--", "true"] if words[0] == "exec" else [])), 2)
        assert "region" in done.stderr
        assert done.stdout == ""
