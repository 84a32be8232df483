"""Of many commands for one profile one goes ahead: who waits, for whom, how long, and what nobody waits for."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from tui.aws import clock
from tui.aws.cache import first_come, locks
from tui.aws.requests import clients
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_role, put_token
from .commands import check, ssotui_apart, start

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def forgotten(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test is a process that has just started."""
    monkeypatch.setattr(first_come, "_path", "")
    yield
    first_come.let_others_follow()


@pytest.fixture
def cached(home: Path) -> Path:
    """Where credentials are."""
    path = home / "cached"
    path.touch()
    return path


def go_or_wait(name: str, now: float) -> None:
    """What a command does at its first line, at that time."""
    with mock.patch.object(first_come, "time", return_value=now):
        first_come.go_or_wait(name)


def handed_out(name: str, until: float = NOW, where: Path | None = None) -> Path:
    """A file that says so of an earlier command. `where`: the credentials that were there, which have gone else."""
    before = set(Path(locks.lock_dir()).glob("start-*"))
    go_or_wait(name, NOW)
    first_come.handed_out(str(where or "/gone"), until)
    first_come._path = ""
    (path,) = set(Path(locks.lock_dir()).glob("start-*")) - before
    return path


def held(path: Path) -> Callable[[], None]:
    """Somebody else goes ahead; what ends that."""
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return lambda: os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody goes ahead."""
    with path.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Notes the pauses, which take no time but on its clock."""
    noted: list[float] = []
    monkeypatch.setattr(first_come, "sleep", noted.append)
    monkeypatch.setattr(first_come, "monotonic", lambda: sum(noted))
    return noted


def test_the_first_time_leaves_no_trace_until_there_are_credentials() -> None:
    go_or_wait("dev", NOW)
    assert not Path(locks.lock_dir()).exists()
    first_come.handed_out("/cached", NOW + 60)
    (path,) = Path(locks.lock_dir()).iterdir()
    assert path.stat().st_mtime == NOW + 60
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"/cached"


def test_the_first_goes_ahead_until_it_asks(pauses: list[float]) -> None:
    path = handed_out("dev")
    go_or_wait("dev", NOW + 1)
    assert pauses == []
    assert not is_free(path)
    clients.request(dict, "do nothing")
    assert is_free(path)


def test_another_waits_until_then_and_holds_up_nobody(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    path = handed_out("dev")
    asks = held(path)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            asks()

    monkeypatch.setattr(first_come, "sleep", pause)
    go_or_wait("dev", NOW + 1)
    assert pauses == [first_come.FIRST_PAUSE, first_come.LOOK_AGAIN, first_come.LOOK_AGAIN]
    assert is_free(path)


def test_whoever_holds_it_for_too_long_is_not_waited_for(pauses: list[float]) -> None:
    ends = held(handed_out("dev"))
    go_or_wait("dev", NOW + 1)
    assert sum(pauses) == pytest.approx(first_come.LONGEST, abs=first_come.LOOK_AGAIN + 0.001)
    ends()


def test_while_credentials_last_nobody_waits(pauses: list[float], cached: Path) -> None:
    path = handed_out("dev", NOW + 60, cached)
    ends = held(path)
    go_or_wait("dev", NOW + 59)
    assert pauses == []
    ends()
    assert is_free(path)


def test_after_a_sign_out_they_are_gone_however_long_they_would_last(pauses: list[float], cached: Path) -> None:
    path = handed_out("dev", NOW + 60, cached)
    cached.unlink()
    go_or_wait("dev", NOW)
    assert pauses == []
    assert not is_free(path)


def test_other_profiles_are_not_waited_for(pauses: list[float]) -> None:
    handed_out("prod")
    ends = held(handed_out("dev"))
    go_or_wait("prod", NOW + 1)
    assert pauses == []
    ends()


def test_what_was_handed_out_last_counts(cached: Path) -> None:
    path = handed_out("dev", NOW + 60, cached)
    go_or_wait("dev", NOW)
    first_come.handed_out("/a", NOW + 30)
    assert (path.read_bytes(), path.stat().st_mtime) == (b"/a", NOW + 30)
    first_come.handed_out(str(cached), NOW + 90)
    assert (path.read_bytes(), path.stat().st_mtime) == (bytes(cached), NOW + 90)


def test_what_is_said_already_is_not_written_again(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_out("dev", NOW + 60, cached)
    go_or_wait("dev", NOW)
    for name in ("pwrite", "utime", "ftruncate"):
        monkeypatch.setattr(os, name, lambda *_arguments: pytest.fail("it is written"))
    first_come.handed_out(str(cached), NOW + 60)


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\nb", "Ünïcødé 🔑", "\udc80", chr(0xD800), "x" * 100, "."])
def test_any_name_is_a_file_in_that_folder(name: str) -> None:
    path = handed_out(name)
    assert path.parent == Path(locks.lock_dir())
    assert path.name.isascii()
    assert len(path.name) < 255


@pytest.mark.parametrize("name", ["", "x" * 101, "🔑" * 26])
def test_a_name_that_is_no_name_or_very_long_is_left(name: str) -> None:
    go_or_wait(name, NOW)
    first_come.handed_out("/cached", NOW + 60)
    assert not Path(locks.lock_dir()).exists()


def test_where_there_are_no_locks_nobody_waits(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    handed_out("dev")

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    go_or_wait("dev", NOW + 1)
    assert pauses == []


def test_a_link_in_its_place_is_not_followed(home: Path, pauses: list[float]) -> None:
    path, other = handed_out("dev"), home / "other"
    path.unlink()
    other.write_text("theirs")
    os.utime(other, (NOW, NOW))
    path.symlink_to(other)
    ends = held(other)
    go_or_wait("dev", NOW + 1)
    assert pauses == []
    first_come.handed_out("/cached", NOW + 60)
    assert (other.read_text(), other.stat().st_mtime) == ("theirs", NOW)
    ends()


@pytest.mark.parametrize("text", [b"", b"/", b"\0", b"\xff" * 5000, b"x"])
def test_what_is_no_path_of_credentials_stops_nothing(text: bytes, pauses: list[float]) -> None:
    path = handed_out("dev")
    path.write_bytes(text)
    os.utime(path, (NOW + 60, NOW + 60))
    go_or_wait("dev", NOW)
    first_come.handed_out("/a", NOW + 90)
    assert (path.read_bytes(), pauses) == (b"/a", [])


def test_a_pipe_in_its_place_stops_nothing(pauses: list[float]) -> None:
    path = handed_out("dev")
    path.unlink()
    os.mkfifo(path)
    go_or_wait("dev", 0)
    first_come.handed_out("/a", NOW + 90)
    assert pauses == []


def test_a_folder_that_cannot_be_made_stops_nothing() -> None:
    folder = Path(locks.lock_dir())
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    go_or_wait("dev", NOW)
    first_come.handed_out("/cached", NOW + 60)
    assert folder.read_text() == "no folder"


@pytest.fixture
def signed_in(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME)


@pytest.mark.usefixtures("signed_in")
def test_a_command_says_until_when_its_credentials_are_used(demo: DemoServer) -> None:
    check(ssotui_apart("credential-process", "dev"), 0, demo, allow=["stdout"])
    (path,) = Path(locks.lock_dir()).glob("start-*")
    lifetime = demo.state.settings.role_credentials_lifetime
    assert path.stat().st_mtime == pytest.approx(clock.now() + lifetime - 900, abs=60)
    path.unlink()
    check(ssotui_apart("credential-process", "dev"), 0, demo, allow=["stdout"])  # by what is in the cache now
    assert path.stat().st_mtime == pytest.approx(clock.now() + lifetime - 900, abs=60)


@pytest.mark.usefixtures("signed_in")
def test_who_waits_has_loaded_next_to_nothing(demo: DemoServer) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    ends = held(handed_out("dev", time.time() - 60))
    program = (
        "import sys; from tui.aws.cache import first_come; from tui.__main__ import main\n"
        "def sleep(_seconds):\n"
        "    print(*sorted(sys.modules), file=sys.stderr); first_come._lock = lambda _descriptor, alone: True\n"
        "first_come.sleep = sleep; sys.argv[1:] = ['credential-process', 'dev']; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    ends()
    (loaded,) = done.stderr.splitlines()
    ours = {name for name in loaded.split() if name.startswith("tui.")}
    assert "tui.aws.cache.first_come" in ours
    assert not any(name.startswith(("tui.cli", "tui.aws.config", "tui.shell")) for name in ours)
    assert {"argparse", "contextlib", "json", "threading"} & set(loaded.split()) == set()


@pytest.mark.usefixtures("signed_in")
def test_many_at_once_make_one_request_also_the_next_morning(demo: DemoServer, home: Path) -> None:
    for requests in (1, 2):
        processes = [start("credential-process", "dev") for _ in range(12)]
        answers = [process.communicate(timeout=90) for process in processes]
        assert [process.returncode for process in processes] == [0] * 12, answers
        assert len(demo.state.log.entries("GetRoleCredentials")) == requests
        for path in (home / ".aws/cli/cache").iterdir():
            path.unlink()


@pytest.mark.usefixtures("signed_in")
def test_when_the_first_one_fails_nobody_waits_any_longer(demo: DemoServer, home: Path) -> None:
    path = handed_out("dev", time.time() - 60)
    check(ssotui_apart("logout", "--session", "acme", "--yes"), 0, demo)
    processes = [start("credential-process", "dev") for _ in range(6)]
    answers = [process.communicate(timeout=90) for process in processes]
    assert [process.returncode for process in processes] == [3] * 6, answers
    assert is_free(path)
