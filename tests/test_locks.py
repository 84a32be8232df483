"""Locks between several ssotui: freed with their holder, given up on in the end, and dispensable."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.cache import locks
from tui.aws.errors import SsoError

from .unprivileged import as_nobody, give_away, open_home

__all__ = ["open_home"]  # a fixture

HOLDER = """
import sys
from tui.aws.cache import locks
with locks.hold("acme") as locked:
    print(locked, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holder() -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.stdin.close()


def test_b22_a_lock_dies_with_its_holder(home: Path) -> None:
    with holder() as process:
        with pytest.raises(SsoError), locks.hold("acme", 0.0):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        with locks.hold("acme", 0.0) as locked:
            assert locked


def test_b22_a_stuck_holder_is_named(home: Path) -> None:
    assert locks.WAIT == 30.0
    with holder() as process, pytest.raises(SsoError) as caught, locks.hold("acme", 0.1):
        pass
    assert f"process {process.pid}" in caught.value.title
    assert caught.value.hint


def test_b22_whoever_waits_gets_the_lock_next(home: Path) -> None:
    got = threading.Event()

    def wait() -> None:
        with locks.hold("acme", 10.0) as locked:
            if locked:
                got.set()

    waiter = threading.Thread(target=wait)
    with locks.hold("acme"):
        waiter.start()
        assert not got.wait(0.2)
        with locks.hold("other", 0.0) as locked:  # locks of other sessions are independent
            assert locked
    assert got.wait(5)
    waiter.join()


def test_locks_lie_outside_the_folders_of_the_aws_tools(home: Path) -> None:
    with locks.hold("acme"):
        (file,) = Path(locks.lock_dir()).iterdir()
    assert not file.is_relative_to(home / ".aws")
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_b23_work_goes_on_where_the_folder_cannot_be_written_to(open_home: Path) -> None:
    folder = Path(locks.lock_dir()).parent
    folder.mkdir(parents=True)
    give_away(open_home)

    def work() -> None:
        folder.chmod(0o500)
        with locks.hold("acme") as locked:
            assert not locked

    as_nobody(work)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO])
def test_b23_x11_work_goes_on_where_the_file_system_has_no_locks(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    began = time.monotonic()
    with locks.hold("acme") as locked:
        assert not locked
    held = locks.try_hold("acme")
    assert held is not None
    assert not held.locked
    assert time.monotonic() - began < 5
    assert capsys.readouterr().err == ""


def test_b22_a_lock_whose_file_was_removed_is_not_held_twice(home: Path) -> None:
    with locks.hold("acme"):
        Path(locks.lock_dir(), "acme.lock").unlink()
        with locks.hold("acme", 0.0) as locked:  # nobody can know of the first any more
            assert locked
            with pytest.raises(SsoError), locks.hold("acme", 0.1):
                pass


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"12 is no number"])
def test_a_holder_that_says_nothing_of_itself_is_not_named(home: Path, content: bytes) -> None:
    with locks.hold("acme"):
        Path(locks.lock_dir(), "acme.lock").write_bytes(content)
        with pytest.raises(SsoError, match=r"Another ssotui has been"), locks.hold("acme", 0.0):
            pass


def test_a_lock_is_freed_when_the_work_fails(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("acme"):
        _ = 1 / 0
    with locks.hold("acme", 0.0) as locked:
        assert locked


def test_b23_without_a_home_folder_there_are_no_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a container whose user is in no list."""

    def nobody(_uid: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with locks.hold("acme") as locked:
        assert not locked
    assert list(tmp_path.glob("~*")) == []


def test_b14_the_folders_of_the_locks_are_for_their_owner_whatever_the_umask(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "one/two"))
    old = os.umask(0)
    try:
        with locks.hold("acme") as locked:
            assert locked
    finally:
        os.umask(old)
    for folder in ("one", "one/two", "one/two/ssotui", "one/two/ssotui/locks"):
        assert stat.S_IMODE((home / folder).stat().st_mode) == 0o700, folder
