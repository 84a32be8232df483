"""Token and credential files that are mounts of their own, as containers have them: they can be written, or not even
that, and never removed."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import files
from tui.cli import main
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, content, known, put_role, put_token, role_file, token_file, token_text
from .aws_home import write_in_place as put


def failing(number: int) -> object:
    """A function of the system that fails."""

    def fail(*_arguments: object, **_names: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_x12_x41_a_token_that_can_be_written_by_nobody_is_not_renewed_while_it_serves(
    home: Path, demo: DemoServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    put_token(demo, "acme", ACME, 600)
    path = token_file("acme")
    before = path.read_bytes()
    mount = ["mount", "--bind", str(path), str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)
        assert main.main(["env", "dev"]) == 0
        assert main.main(["login", "--session", "acme"]) == 1
    finally:
        subprocess.run(["umount", path], check=True)
    assert demo.state.log.count("CreateToken") == 0
    assert path.read_bytes() == before
    assert "is not renewed" in capsys.readouterr().err


def test_x48_a_renewal_at_login_that_could_not_be_stored_is_no_sign_in(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    monkeypatch.setattr(os, "replace", failing(errno.ENOSPC))
    assert main.main(["login", "--session", "acme"]) == 1
    told = capsys.readouterr().err
    assert "could not be stored: No space left on device" in told
    assert "signed in until" not in told


def test_x38_x41_a_sign_out_empties_what_cannot_be_removed(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")
    monkeypatch.setattr(os, "unlink", failing(errno.EBUSY))
    assert main.main(["logout", "--all", "--yes"]) == 0
    assert capsys.readouterr().out.count("emptied") == 2
    assert content(token_file("acme")) == content(role_file("111111111111", "Admin", "acme")) == files.ENDED
    assert demo.state.log.count("Logout") == 1
    store.look()
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    assert known(store).problems() == []
    assert main.main(["status", "dev"]) == 3
    assert main.main(["logout", "--all", "--yes"]) == 0
    assert "Nothing was signed in" in capsys.readouterr().err


def test_x41_what_a_sign_out_leaves_is_past_for_the_aws_cli_too(home: Path, demo: DemoServer, aws_cli: str) -> None:
    command = [aws_cli, "sts", "get-caller-identity", "--profile", "dev"]
    configure()
    token = put_token(demo, "acme", ACME)
    put(token_file("acme"), json.dumps(files.ENDED))
    put(role_file("111111111111", "Admin", "acme"), json.dumps(files.ENDED))
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "SSO" in done.stderr
    put(token_file("acme"), token_text(token))
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
