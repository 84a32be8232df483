"""`ssotui --demo`: the guardian process cleans up, however the two processes end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.demo.process import PREFIX, demo_process, remove_home

from .demo_clients import refused

pytestmark = pytest.mark.process

PARENT = """
import os, sys, json
from tui.demo.process import demo_process
with demo_process() as demo:
    print(json.dumps({"home": str(demo.home), "pid": demo.pid, "url": demo.url}), flush=True)
    sys.stdin.read()
"""


def wait_until(condition: Callable[[], bool], timeout: float = 15.0) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waited for counts."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


@contextlib.contextmanager
def parent_process() -> Any:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_demo_of_many_accounts_and_one_that_begins_with_nothing() -> None:
    with demo_process(accounts=700) as demo:
        token = next(
            value["accessToken"]
            for path in (demo.home / ".aws/sso/cache").iterdir()
            if (value := json.loads(path.read_text())).get("startUrl") == demo.start_url
        )
        ask = urllib.request.Request(
            f"{demo.url}/assignment/accounts?next_token=demo-accounts-600", headers={"x-amz-sso_bearer_token": token}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask, timeout=20) as answer:
            page = json.load(answer)
        assert (len(page["accountList"]), page["nextToken"]) == (100, None)
    with demo_process(empty=True) as demo:
        assert not (demo.home / ".aws").exists()
        assert demo.start_url == "https://acme.awsapps.com/start"


def test_a_demo_and_what_its_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_SOMETHING_NEW", "x")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with demo_process(seed=3, latency=0.01) as demo:
        home = demo.home
        assert home.name.startswith(PREFIX)
        assert home.stat().st_mode & 0o777 == 0o700
        assert demo.environ["HOME"] == str(home)
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            folder = Path(demo.environ[name])
            assert folder.is_relative_to(home)
            assert folder.stat().st_mode & 0o777 == 0o700
        for name in ("AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"):
            assert demo.environ[name] == demo.url
        assert {"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SECRET_ACCESS_KEY", "AWS_SOMETHING_NEW"} <= set(demo.remove)
        merged = demo.merged()
        assert "AWS_PROFILE" not in merged
        assert demo.outside["AWS_PROFILE"] == "mine"
        source = (
            "import boto3; s = boto3.Session(profile_name='dev-admin'); print(s.client('sts').get_caller_identity())"
        )
        run = subprocess.run(
            [sys.executable, "-c", source], env=merged, capture_output=True, text=True, timeout=60, check=False
        )
        assert "'Account': '111111111111'" in run.stdout, run.stderr
        demo.apply()
        assert os.environ["HOME"] == str(home)
        assert "AWS_PROFILE" not in os.environ
        pid = demo.pid
    assert not home.exists()
    assert gone(pid)


def test_the_parent_is_killed() -> None:
    with parent_process() as (process, started):
        assert Path(started["home"]).is_dir()
        process.kill()
        process.wait()
        assert wait_until(lambda: not Path(started["home"]).exists())
        assert wait_until(lambda: gone(started["pid"]))


def test_the_parent_ends_well() -> None:
    with parent_process() as (process, started):
        process.stdin.close()
        assert process.wait(15) == 0
        assert not Path(started["home"]).exists()
        assert gone(started["pid"])


def test_the_guardian_is_killed() -> None:
    with parent_process() as (process, started):
        os.kill(started["pid"], signal.SIGKILL)
        assert wait_until(lambda: gone(started["pid"]))
        assert Path(started["home"]).is_dir()
        process.stdin.close()
        assert process.wait(15) == 0
        assert not Path(started["home"]).exists()


def test_signals_to_the_guardian() -> None:
    with demo_process() as demo:
        os.kill(demo.pid, signal.SIGINT)
        os.kill(demo.pid, signal.SIGHUP)
        from tui.demo.organisation import ACME

        from .demo_clients import client

        class Address:
            url = demo.url

        oidc = client("sso-oidc", Address())  # type: ignore[arg-type]  # all that it needs
        call = {"clientId": "x", "clientSecret": "x", "startUrl": ACME}
        assert refused(oidc.start_device_authorization, **call) == (401, "InvalidClientException")
        assert os.getpgid(demo.pid) != os.getpgid(0)
        os.kill(demo.pid, signal.SIGTERM)
        assert wait_until(lambda: gone(demo.pid))
        assert not demo.home.exists()


def test_an_error_in_the_parent_still_cleans_up() -> None:
    found: list[Path] = []

    def fail() -> None:
        with demo_process() as demo:
            found.append(demo.home)
            (demo.home / "locked").mkdir()
            (demo.home / "locked" / "file").write_text("x")
            (demo.home / "locked").chmod(0o500)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert not found[0].exists()


def test_a_guardian_that_cannot_start() -> None:
    with pytest.raises(RuntimeError, match="no_such_setting"), demo_process(no_such_setting=1):
        pytest.fail("it started")


def test_only_a_demos_home_is_removed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    remove_home(other)
    assert other.is_dir()
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(other)
    remove_home(link)
    assert other.is_dir()
    ours = tmp_path / f"{PREFIX}x"
    (ours / "a").mkdir(parents=True)
    remove_home(ours)
    remove_home(ours)
    assert not ours.exists()


def test_the_demo_imports_neither_botocore_nor_textual() -> None:
    source = (
        "import sys, tui.demo.process, tui.demo.server, tui.demo.home\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'boto3', 'botocore', 'textual', 'rich'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=True
    )
    assert run.stdout == "[]\n"
