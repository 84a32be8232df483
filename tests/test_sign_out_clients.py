"""After `logout --all`: nothing that was cached works for the AWS CLI or boto3, whatever the form it was cached in."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.demo.organisation import ACME, CHAINED_ROLE, LAB, LEGACY
from tui.demo.server import DemoServer

from .aws_home import (
    cli_cache,
    configure,
    content,
    put_role,
    put_token,
    role_file,
    role_text,
    snapshot,
    sso_cache,
    token_file,
    token_text,
    write_in_place,
)
from .commands import check, environment, ssotui
from .test_sign_out import foreign_files

PROFILES = ("dev", "audit", "deploy", "sandbox", "attic")

# As AWS CLI v2 uses the caches: role credentials from cli/cache, else the token.
BOTO3 = """
import json, os, sys
import botocore.loaders, botocore.session
from botocore.utils import JSONFileCache
found = {}
loader = botocore.loaders.create_loader()  # reading what it knows of STS takes longer than all the rest
for name in sys.argv[1:]:
    session = botocore.session.Session(profile=name)
    session.register_component("data_loader", loader)
    shared = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
    for provider in ("sso", "assume-role"):
        session.get_component("credential_provider").get_provider(provider).cache = shared
    try:
        session.create_client("sts", region_name="us-east-1").get_caller_identity()
        found[name] = "works"
    except Exception as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


def works(python: str, *names: str) -> dict[str, str]:
    done = subprocess.run(
        [python, "-c", BOTO3, *names], env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def aws(cli: str, name: str) -> subprocess.CompletedProcess[str]:
    """AWS CLI v1 has no role credentials of SSO on disk, and reads those of AssumeRole."""
    return subprocess.run(
        [cli, "sts", "get-caller-identity", "--profile", name, "--region", "us-east-1"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def everything(demo: DemoServer, home: Path) -> list[Path]:
    """A HOME with entries of all forms. Returns the files that are not ours."""
    configure()
    put_token(demo, "acme", ACME)
    bare = demo.state.issue_token(LAB)
    least = {"accessToken": bare.access_token.reveal(), "expiresAt": clock.iso(bare.expires_at)}
    write_in_place(token_file("lab"), json.dumps(least))
    put_token(demo, LEGACY, LEGACY, region=None)
    put_token(demo, "renamed", ACME)
    left = sso_cache() / "tmpab12cd34.tmp"
    write_in_place(left, token_text(demo.state.issue_token(ACME)))
    os.utime(left, (1, 1))
    put_role(demo, "111111111111", "Admin", "acme")
    put_role(demo, "222222222222", "ReadOnly", "acme")
    put_role(demo, "444444444444", "Auditor", LEGACY)
    write_in_place(
        role_file("333333333333", "Admin", "lab"),
        role_text(demo.state.issue_role_credentials("333333333333", "Admin")).replace('"ProviderType": "sso", ', ""),
    )
    chained: dict[str, Any] = json.loads(role_text(demo.state.issue_role_credentials("222222222222", "ReadOnly")))
    del chained["ProviderType"]
    write_in_place(Path(shapes.assume_role_path({"role_arn": CHAINED_ROLE})), json.dumps(chained))
    return foreign_files()


def test_nothing_cached_works_for_boto3_and_the_aws_cli(
    demo: DemoServer, everything: list[Path], aws_cli: str, aws_python: str
) -> None:
    tokens = list(demo.state.access_tokens)
    assert works(aws_python, *PROFILES) == dict.fromkeys(PROFILES, "works")
    assert aws(aws_cli, "dev").returncode == 0
    before = snapshot(*everything)
    check(ssotui("logout", "--all", "--yes"), 0, demo)
    assert "works" not in works(aws_python, *PROFILES).values()
    for name in ("dev", "deploy"):
        assert aws(aws_cli, name).returncode != 0
    assert [token for token in tokens if demo.state.access(token.reveal()) is not None] == []
    assert snapshot(*everything) == before


def test_what_aws_sso_logout_removes_goes_here_too(demo: DemoServer, everything: list[Path]) -> None:
    """AWS CLI v2 takes every token in the folder, other programs' too, and all that is marked as SSO's. Of what it
    would take, only other programs' tokens stay here; of what it leaves, registrations and chained credentials go."""
    tokens = {path for path in sso_cache().iterdir() if path.is_file() and "accessToken" in path.read_text()}
    roles = {
        path
        for path in cli_cache().glob("*.json")
        if path not in everything and content(path).get("ProviderType") == "sso"
    }
    check(ssotui("logout", "--all", "--yes"), 0, demo)
    assert {path for path in tokens if path.exists()} == {path for path in everything if path in tokens}
    assert not any(path.exists() for path in roles)
