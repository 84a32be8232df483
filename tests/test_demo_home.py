"""The sample HOME: its files, and that real clients work with it."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.demo.process import write_home
from tui.demo.server import DemoServer

from . import aws_clients
from .demo_clients import refused

NOW = 1_800_000_000


@pytest.fixture
def server(isolation: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A server whose sample is in this test's HOME, and to which the endpoint variables lead."""
    with DemoServer(seed=7) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        write_home(home, server)
        yield server
    assert server.state.crashes == []


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def token_file(home: Path, session: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / f".aws/sso/cache/{sha1(session)}.json").read_text())
    return found


def credentials_file(home: Path, session: str, account_id: str, role_name: str) -> dict[str, Any]:
    key = f'{{"accountId":"{account_id}","roleName":"{role_name}","sessionName":"{session}"}}'
    found: dict[str, Any] = json.loads((home / f".aws/cli/cache/{sha1(key)}.json").read_text())
    assert found["ProviderType"] == "sso"
    assert list(found["Credentials"]) == [
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
        "AccountId",
    ]
    return found


def minutes_left(text: str, now: float) -> int:
    moment = clock.parse_iso(text)
    assert moment is not None
    return int((moment - now) // 60)


def test_every_state_is_there(tmp_path: Path) -> None:
    with DemoServer(now=NOW) as server:
        write_home(tmp_path / "new", server, every_state=True)
    home = tmp_path / "new"
    acme, lab, partner = (token_file(home, name) for name in ("acme", "lab", "partner"))
    assert list(acme) == [
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "refreshToken",
    ]
    assert minutes_left(acme["expiresAt"], NOW) == 5 * 60 + 12
    assert minutes_left(lab["expiresAt"], NOW) < 0 < minutes_left(lab["registrationExpiresAt"], NOW)
    assert lab["refreshToken"]
    assert minutes_left(partner["expiresAt"], NOW) == 11
    assert "refreshToken" not in partner
    assert not (home / f".aws/sso/cache/{sha1('https://d-9667182f21.awsapps.com/start')}.json").exists()
    with pytest.raises(json.JSONDecodeError):
        token_file(home, "load")
    left = [
        minutes_left(credentials_file(home, *key)["Credentials"]["Expiration"], NOW)
        for key in (
            ("acme", "111111111111", "Admin"),
            ("lab", "333333333333", "Admin"),
            ("acme", "222222222222", "ReadOnly"),
        )
    ]
    assert left == [42, 9, -23]


def test_registration_files_have_the_name_that_the_aws_cli_gives_them(tmp_path: Path) -> None:
    with DemoServer() as server:
        write_home(tmp_path, server)
    key = (
        '{"region": "us-east-1", "scopes": ["sso:account:access"], "session_name": "acme", '
        '"startUrl": "https://acme.awsapps.com/start", "tool": "botocore"}'
    )
    registration = json.loads((tmp_path / f".aws/sso/cache/{sha1(key)}.json").read_text())
    token = token_file(tmp_path, "acme")
    assert registration == {
        "clientId": token["clientId"],
        "clientSecret": token["clientSecret"],
        "expiresAt": token["registrationExpiresAt"],
        "scopes": ["sso:account:access"],
    }


def test_profiles_and_modes(server: DemoServer, home: Path) -> None:
    config = RawConfigParser()
    config.read(home / ".aws/config")
    profiles = {name: set(config[name]) for name in config.sections() if name.startswith("profile ")}
    assert sum("sso_account_id" in keys for keys in profiles.values()) == 12
    assert sum("source_profile" in keys for keys in profiles.values()) == 2
    assert config["profile legacy-typo"]["sso_session"] == "nowhere"
    assert not config.has_section("sso-session nowhere")
    sessions = [name for name in config.sections() if name.startswith("sso-session ")]
    assert sessions == ["sso-session acme", "sso-session lab"]
    assert config["profile attic"]["sso_start_url"] == "https://d-9667182f21.awsapps.com/start"
    for path in (home / ".aws").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_same_seed_and_clock_give_the_same_home(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        with DemoServer(seed="pictures", now=NOW) as server:
            write_home(folder, server)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert len(first) == 11


IDENTITY = """
import sys, boto3
for name in sys.argv[1:]:
    try:
        sts = boto3.Session(profile_name=name).client("sts", region_name="us-east-1")
        print(name, sts.get_caller_identity()["Arn"])
    except Exception as error:
        print(name, type(error).__name__, error)
"""


def test_boto3_works_with_it(server: DemoServer, home: Path) -> None:
    names = ("dev-admin", "sandbox", "prod-deploy", "prod-admin", "attic", "ci", "legacy-typo")
    run = subprocess.run(
        [sys.executable, "-c", IDENTITY, *names], capture_output=True, text=True, timeout=60, check=True
    )
    found = dict(line.split(" ", 1) for line in run.stdout.splitlines())
    assert "assumed-role/AWSReservedSSO_Admin_" in found["dev-admin"]
    assert "333333333333" in found["sandbox"]
    assert "assumed-role/Deployer/" in found["prod-deploy"]
    assert "ForbiddenException" in found["prod-admin"]
    assert found["attic"].startswith("SSOTokenLoadError")
    assert found["ci"].endswith("user/ci")
    assert found["legacy-typo"].startswith("InvalidConfigError")
    # botocore renewed the token of lab, once, and wrote it back.
    grants = [entry.details["grantType"] for entry in server.state.log.entries("CreateToken")]
    assert grants == ["refresh_token"]
    assert minutes_left(token_file(home, "lab")["expiresAt"], clock.now()) > 7 * 60


def test_the_aws_cli_works_with_it(server: DemoServer, aws_cli: str) -> None:
    run = aws_clients.run(aws_cli, "sts", "get-caller-identity", "--profile", "staging", "--output", "json")
    assert json.loads(run.stdout)["Account"] == "555555555555", run.stderr


def test_cached_credentials_are_the_servers_own(server: DemoServer, home: Path) -> None:
    from tui.aws.model import RoleCredentials, Secret

    from .demo_clients import client

    def keys(account_id: str, role_name: str) -> RoleCredentials:
        found = credentials_file(home, "acme", account_id, role_name)["Credentials"]
        secret, token = Secret(found["SecretAccessKey"]), Secret(found["SessionToken"])
        return RoleCredentials(found["AccessKeyId"], secret, token, 0)

    good = client("sts", server, keys("111111111111", "Admin"))
    assert good.get_caller_identity()["Account"] == "111111111111"
    expired = client("sts", server, keys("222222222222", "ReadOnly"))
    assert refused(expired.get_caller_identity) == (403, "ExpiredToken")
