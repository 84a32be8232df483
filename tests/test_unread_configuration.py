"""A configuration that cannot be read, in all the ways there are: every command says which file and why, and an open
board keeps what it had."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui import settings, state_file
from tui.aws.state.config_watch import ConfigWatch
from tui.aws.state.store import Store
from tui.cli import main
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure
from .board import board, sample
from .unprivileged import as_nobody, command, give_away, open_home

__all__ = ["open_home"]  # a fixture


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)


def unix_socket(path: Path) -> None:
    os.chdir(path.parent)  # such a name may not be long
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


UNREADABLE = (folder, fifo, loop, unix_socket, huge, device)


def commands_with(profile: str) -> list[list[str]]:
    verbs = ("status", "env", "whoami", "login", "credential-process", "console")
    return [*[[verb, profile] for verb in verbs], ["exec", profile, "--", "true"], ["login", "--session", "acme"]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("make", [*UNREADABLE, dangling, None])
@pytest.mark.parametrize("named", [True, False])
def test_x47_every_command_names_the_file_and_the_cause(
    home: Path,
    here: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], None] | None,
    named: bool,
) -> None:
    path = home / ".aws" / ("other" if named else "config")
    if named:
        configure()
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    if make is not None:
        make(path)
    missing = make in (dangling, None)
    for arguments in [*commands_with("dev"), ["--emit", "bash", "--use", "dev"]]:
        assert main.main(arguments) == 1, arguments
        found = capsys.readouterr()
        assert found.out == ""
        if not missing or named:
            assert f"~/.aws/{path.name}: " in found.err, arguments
            assert "There is no" not in found.err
        else:
            assert "There is no session acme" in found.err or "~/.aws/config does not exist" in found.err
        assert "unexpected" not in found.err
    for arguments in (["status"], ["status", "--json"], ["logout", "--yes"]):
        assert main.main(arguments) == 0
        found = capsys.readouterr()
        assert f"~/.aws/{path.name}" in found.err or str(path) in found.out or (missing and not named)
        assert "unexpected" not in found.err
    if make is not None:
        assert os.path.lexists(path)


def test_x47_a_file_that_is_closed_to_us(open_home: Path) -> None:
    configure()
    give_away(open_home)

    def work() -> None:
        (open_home / ".aws/config").chmod(0)
        for arguments in commands_with("dev"):
            code, output, errors = command(*arguments)
            assert (code, output) == (1, "")
            assert "~/.aws/config: this file cannot be read: permission denied" in errors

    as_nobody(work)


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EIO, errno.ESTALE, errno.EINTR, errno.ENAMETOOLONG])
@pytest.mark.parametrize("call", ["open", "read", "stat"])
def test_x44_whatever_goes_wrong_in_reading_is_told_in_words(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, call: str
) -> None:
    """For the configuration and the credentials file, the settings and the state."""
    configure()
    (home / ".aws/credentials").write_text("[static]\n")
    for path in (settings.settings_path(), state_file.state_path()):
        os.makedirs(os.path.dirname(path))
        Path(path).write_text("{}")
    real = getattr(os, call)
    ours = {os.stat(path).st_ino for path in (settings.settings_path(), state_file.state_path())}
    ours |= {path.stat().st_ino for path in (home / ".aws").iterdir()}

    def fail(what: int | str, *arguments: object, **names: object) -> object:
        info = os.fstat(what) if isinstance(what, int) else os.lstat(what) if os.path.lexists(what) else None
        if info is not None and info.st_ino in ours:
            raise OSError(number, os.strerror(number))
        return real(what, *arguments, **names)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        code = main.main(["env", "dev"])
        loaded, state = settings.load(), state_file.load_state()
    errors = capsys.readouterr().err
    assert code == 1
    assert errors.startswith(f"ssotui: ~/.aws/config: this file cannot be read: {os.strerror(number).lower()}\n")
    assert [line.startswith(f"{settings.settings_path()}: cannot be read: ") for line in loaded.problems] == [True]
    assert state.recent == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize("place", ["/dev/stdin", "/dev/fd/{}", "/proc/self/fd/{}"])
@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_x44_descriptors_are_read_where_they_are_files_and_named_where_they_are_not(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, variable: str
) -> None:
    configure(CONFIG if variable != "AWS_CONFIG_FILE" else "")
    source = home / "source"
    source.write_text(CONFIG if variable == "AWS_CONFIG_FILE" else "[static]\n")
    read, write = os.pipe()
    kept = os.dup(0)
    descriptor = os.open(source, os.O_RDONLY)
    try:
        os.dup2(descriptor, 0)
        monkeypatch.setenv(variable, place.format(descriptor))
        assert "dev" in Store().config.profiles
        os.dup2(read, 0)
        monkeypatch.setenv(variable, place.format(read))
        assert main.main(["status", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)["problems"]
        assert [problem["file"] for problem in found] == [place.format(read)]
        assert "is a FIFO, not a file" in found[0]["message"]
    finally:
        os.dup2(kept, 0)
        for each in (kept, read, write, descriptor):
            os.close(each)


class Clock:
    """A monotonic clock that goes on when somebody sleeps, and at once."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which the files are watched."""
    made = Clock()
    monkeypatch.setattr("tui.aws.state.config_watch.time", made)
    return made


def poll_for(watch: ConfigWatch, seconds: float, clock: Clock) -> list[bool]:
    """Poll as the board does, twice a second."""
    until, found = clock.monotonic() + seconds, []
    while clock.monotonic() < until:
        found.append(watch.poll())
        clock.sleep(0.5)
    return found


@pytest.fixture
def watch(home: Path, clock: Clock) -> ConfigWatch:
    configure()
    return ConfigWatch(os.environ)


@pytest.mark.parametrize("make", [*UNREADABLE, dangling, None])
def test_x47_the_last_good_one_is_shown_for_as_long_as_it_lasts(
    home: Path, here: None, watch: ConfigWatch, clock: Clock, make: Callable[[Path], None] | None
) -> None:
    path = home / ".aws/config"
    path.rename(path.with_suffix(".away"))
    if make is not None:
        make(path)
    good = watch.config
    assert True in poll_for(watch, 2, clock)
    assert watch.notice.startswith("~/.aws/config: this file ")
    assert watch.notice.endswith("showing the last good configuration")
    assert True not in poll_for(watch, 60, clock)
    assert watch.config is good
    assert watch.notice
    if make is not None:
        path.rmdir() if make is folder else path.unlink()
    path.with_suffix(".away").write_text(CONFIG.replace("[profile dev]", "[profile renamed]"))
    path.with_suffix(".away").rename(path)
    assert True in poll_for(watch, 2, clock)
    assert watch.notice == ""
    assert {"renamed"} == watch.config.profiles.keys() - good.profiles.keys()


def test_x47_a_file_that_is_closed_and_opened_again(open_home: Path, clock: Clock) -> None:
    configure()
    give_away(open_home)

    def work() -> None:
        watch = ConfigWatch(os.environ)
        path = open_home / ".aws/config"
        path.chmod(0)  # which changes neither its time nor its size
        assert True in poll_for(watch, 2, clock)
        assert "permission denied" in watch.notice
        assert "dev" in watch.config.profiles
        path.chmod(0o600)
        assert poll_for(watch, 2, clock).count(True) == 1
        assert watch.notice == ""

    as_nobody(work)


@pytest.mark.parametrize("text", ["", "# all gone\n", "[profile static]\naws_access_key_id = AKIA\n"])
def test_x47_profiles_that_are_really_gone_are_gone(home: Path, watch: ConfigWatch, clock: Clock, text: str) -> None:
    (home / ".aws/config").write_text(text)
    poll_for(watch, 3, clock)
    assert "last good" in watch.notice
    assert "dev" in watch.config.profiles
    poll_for(watch, 3, clock)
    assert watch.notice == ""
    assert watch.config.profiles == {}


def test_x47_the_credentials_file_may_come_and_go(home: Path, watch: ConfigWatch, clock: Clock) -> None:
    """What is lost with it is kept; a file in which nothing was that is listed is no loss."""
    path = home / ".aws/credentials"
    for text, kept in (("[static]\naws_access_key_id = AKIA\n", False), ("[late]\nsso_session = acme\n", True)):
        path.write_text(text)
        poll_for(watch, 3, clock)
        path.unlink()
        poll_for(watch, 3, clock)
        assert bool(watch.notice) == kept
        assert ("late" in watch.config.profiles) == kept


@pytest.fixture
def restless(home: Path) -> Iterator[Callable[[str], None]]:
    """A tool that synchronises the folder: it touches the file, or writes it anew, every 0.15 s."""
    ended = threading.Event()
    threads = []

    def begin(how: str) -> None:
        path = home / ".aws/config"

        def work() -> None:
            serial = 0
            while not ended.wait(0.15):
                serial += 1
                if how == "touched":
                    os.utime(path)
                else:
                    new = path.with_suffix(".new")
                    new.write_text(path.read_text().partition("# serial")[0] + f"# serial {serial}\n")
                    new.replace(path)

        threads.append(threading.Thread(target=work))
        threads[-1].start()

    yield begin
    ended.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("how", ["touched", "rewritten"])
def test_x40_a_new_profile_shows_though_the_file_never_holds_still(
    home: Path, watch: ConfigWatch, clock: Clock, restless: Callable[[str], None], how: str
) -> None:
    restless(how)
    new = home / ".aws/config.added"
    new.write_text(CONFIG + "\n[profile late]\nsso_session = acme\nsso_account_id = 1\nsso_role_name = A\n")
    new.replace(home / ".aws/config")
    for _ in range(9):
        time.sleep(0.2)  # it is another one by then
        poll_for(watch, 0.5, clock)
    assert "late" in watch.config.profiles
    if how == "touched":  # and then it is not read again and again
        taken = watch.config
        time.sleep(0.2)
        poll_for(watch, 1, clock)
        assert watch.config is taken


async def test_x47_the_board_keeps_list_cursor_filter_and_marks(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    path = home / ".aws/config"
    async with board() as it:
        await it.press("slash", *"admin", "enter")
        await it.highlight("sandbox-admin" if "sandbox-admin" in it.board.profiles.shown else "dev-admin")
        await it.press("space")
        shown, at, marked = it.board.profiles.shown, it.board.profiles.highlighted, set(it.board.panes.marked)
        path.rename(path.with_suffix(".away"))
        await it.until("~/.aws/config: this file does not exist")
        await it.pilot.pause(6.0)
        assert "~/.aws/config: this file does not exist" in it.words()
        assert (it.board.profiles.shown, it.board.profiles.highlighted, it.board.panes.marked) == (shown, at, marked)
        path.with_suffix(".away").rename(path)
        await it.until(lambda: "last good" not in it.words())
        assert (it.board.profiles.shown, it.board.profiles.highlighted, it.board.panes.marked) == (shown, at, marked)


async def test_x47_an_empty_board_says_why_it_is_empty(home: Path) -> None:
    folder(home / ".aws/config")
    async with board() as it:
        assert "the configuration cannot be read" in it.words()
        assert "~/.aws/config: this file is a directory, not a file" in it.words()
        assert "No SSO profiles yet" not in it.words()
        (home / ".aws/config").rmdir()
        configure()
        await it.until("dev")
