"""What is remembered between runs, when several programs change it, and where it cannot be kept."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui import settings, state_file
from tui.aws import clock
from tui.aws.cache import locks
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.remembered import Remembered
from tui.state_file import (
    State,
    change_state,
    details_shown,
    load_state,
    note_use,
    pinned,
    sorted_by,
    state_path,
    used,
)

from .aws_home import CONFIG, configure, put_role, put_token, without_home
from .board import Driver, board, sample
from .commands import check, ssotui_apart
from .unprivileged import as_nobody, command, give_away, open_home

__all__ = ["open_home"]  # a fixture


@pytest.fixture
def file(home: Path) -> Path:
    """Where the state file belongs; its folder is there."""
    path = Path(state_path())
    path.parent.mkdir(parents=True)
    return path


def main_parts(state: State) -> tuple[list[str], list[str], str]:
    return state.recent, state.pinned, state.sort


def test_x24_two_boards_and_a_shell_keep_what_each_has_changed(home: Path) -> None:
    one, other = Remembered(), Remembered()
    one.change(pinned("a", True))
    other.change(pinned("b", True))
    other.change(sorted_by("expiry"))
    assert (one.save(), other.save(), note_use("c")) == ("", "", "")
    one.change(used("d"))
    assert one.save() == ""
    found = load_state()
    assert (found.pinned, found.recent, found.sort) == (["a", "b"], ["d", "c"], "expiry")
    assert main_parts(one.state) == (["d", "c"], ["a", "b"], "name")  # each keeps its own order
    assert other.look()
    assert main_parts(other.state) == (["d", "c"], ["a", "b"], "expiry")
    assert not other.look()
    other.change(pinned("a", False))
    assert other.save() == ""
    assert one.look()
    assert one.state.pinned == ["b"]


def test_x24_what_is_not_yet_in_the_file_is_not_lost_by_a_look(home: Path) -> None:
    one = Remembered()
    one.change(pinned("a", True))
    note_use("c")
    assert one.look()
    assert main_parts(one.state) == (["c"], ["a"], "name")
    assert load_state().pinned == []
    assert one.save() == ""
    assert load_state().pinned == ["a"]


def test_a_look_does_not_take_back_what_a_save_has_just_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look has read the file; before it takes that over, a save writes, and takes over what others wrote too."""
    one = Remembered()
    note_use("a")
    real = state_file.load_state

    def load() -> State:
        found = real()
        monkeypatch.setattr(state_file, "load_state", real)
        note_use("b")
        one.change(pinned("c", True))
        assert one.save() == ""
        return found

    monkeypatch.setattr(state_file, "load_state", load)
    assert not one.look()
    assert one.state.recent == ["b", "a"]
    one.look()
    assert (one.state.recent, one.state.pinned) == (["b", "a"], ["c"])


PINS = """
import sys
from tui.state_file import change_state, pinned
for number in range(15):
    assert change_state(pinned(sys.argv[1] + str(number), True)).problem == ""
"""


def test_x50_changes_of_many_at_once_are_all_kept(home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        runs = [[sys.executable, "-c", PINS, name] for name in "abcd"]
        for done in pool.map(lambda run: subprocess.run(run, check=False), runs):
            assert done.returncode == 0
    assert sorted(load_state().pinned) == sorted(f"{name}{number}" for name in "abcd" for number in range(15))


def test_x50_a_lock_that_is_never_freed_does_not_stop_anybody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "BRIEFLY", 0.1)
    held = locks.try_hold("state")
    assert held is not None
    assert note_use("a") == ""
    held.release()
    assert load_state().recent == ["a"]


def test_x24_what_a_later_version_remembers_besides_stays(file: Path) -> None:
    file.write_text(json.dumps({"recent": ["a"], "windows": True, "pinned": 3}))
    note_use("b")
    found = json.loads(file.read_text())
    assert found.pop("used").keys() == {"b"}
    assert found == {"recent": ["b", "a"], "windows": True, "pinned": [], "sort": "name"}


def test_x24_a_theme_is_put_into_the_newest_file(home: Path) -> None:
    path = Path(settings.settings_path())
    path.parent.mkdir(parents=True)
    path.write_text('sort = "name"\n')
    settings.load()
    path.write_text('sort = "expiry" # by hand\n')
    assert settings.save_theme("nord") == ""
    assert path.read_text() == 'sort = "expiry" # by hand\ntheme = "nord"\n'


def folder(path: Path) -> None:
    path.mkdir()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def damaged(path: Path) -> None:
    path.write_bytes(b"\xff{")


@pytest.mark.parametrize(("make", "begun_anew"), [(folder, False), (fifo, False), (damaged, True)])
def test_x24_a_file_that_cannot_be_read_is_told_and_not_replaced_unless_it_is_damaged(
    file: Path, make: Callable[[Path], None], begun_anew: bool
) -> None:
    make(file)
    assert load_state().problem.startswith(f"{file}: ")
    problem = note_use("dev")
    assert (problem == "") is begun_anew
    assert file.is_file() is begun_anew
    if begun_anew:
        assert main_parts(load_state()) == (["dev"], [], "name")


async def pin(it: Driver, name: str) -> None:
    await it.highlight(name)
    await it.press("asterisk")


async def test_x24_an_open_board_takes_over_what_others_pin_and_use(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await pin(it, "staging")
        await it.until(lambda: load_state().pinned == ["staging"])
        change_state(pinned("billing", True))
        check(ssotui_apart("--emit", "bash", "--use", "dev-admin"), 0)
        await it.until(lambda: it.app.state.recent == ["dev-admin"])
        assert it.app.state.pinned == ["staging", "billing"]
        await it.until(lambda: it.board.profiles.shown[:2] == ["billing", "staging"])
        await it.press("s")  # by recent use
        assert it.board.profiles.shown[:3] == ["billing", "staging", "dev-admin"]
        change_state(used("sandbox"))
        await it.until(lambda: it.board.profiles.shown[2] == "sandbox")
        await it.until(lambda: load_state().sort == "recent")
    assert main_parts(load_state()) == (["sandbox", "dev-admin"], ["staging", "billing"], "recent")


async def test_x24_a_damaged_file_is_told_once(home: Path, demo: DemoServer, file: Path) -> None:
    sample(home, demo)
    file.write_text("{")
    async with board() as it:
        await it.press("exclamation_mark")
        # Where the lines of the message end depends on the length of the path in it; between them is what it covers.
        await it.until(lambda: re.search(r"damaged,[^,]*begun[^,]*anew", it.words()) is not None)
        await it.press("escape")
        await pin(it, "staging")
        await it.until(lambda: load_state().pinned == ["staging"])


async def test_where_nothing_can_be_kept_it_is_told_once(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that is read-only, as seen by whoever is not root."""
    sample(home, demo)
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    told: list[str] = []
    async with board() as it:
        monkeypatch.setattr(it.app, "tell", lambda text, *_more, **_names: told.append(text))
        for name in ("staging", "billing"):
            await pin(it, name)
        await it.until(lambda: bool(told))
        await it.press("s")
        await it.pilot.pause(0.3)
        assert it.app.state.pinned == ["staging", "billing"]
        assert it.app.state.sort == "recent"
    assert [text.startswith("Nothing is remembered: /proc/nowhere/ssotui/state.json: ") for text in told] == [True]


def test_in_a_read_only_home_the_commands_work(open_home: Path, demo: DemoServer) -> None:
    configure()
    put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")
    give_away(open_home)

    def work() -> None:
        for path in (open_home, *open_home.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        for arguments in (["status"], ["status", "dev"], ["env", "dev"], ["credential-process", "dev"]):
            code, output, errors = command(*arguments)
            assert (arguments, code) == (arguments, 0), errors
            assert output
        code, output, errors = command("--emit", "bash", "--use", "dev")
        assert (code, "export AWS_PROFILE='dev'" in output) == (0, True)
        assert [line.startswith("! this use is not remembered: ") for line in errors.splitlines()] == [False, True]
        assert "state.json: Permission denied" in errors

    as_nobody(work)
    for path in (open_home, *open_home.rglob("*")):
        path.chmod(0o700)


@pytest.mark.parametrize("there", ["/proc/nowhere", ""])
async def test_without_a_home_the_board_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: str) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", there)
    if not there:
        without_home(monkeypatch)
    configuration = here / "config"
    configuration.write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    told: list[str] = []
    async with board() as it:
        monkeypatch.setattr(it.app, "tell", lambda text, *_more, **_names: told.append(text))
        await pin(it, "dev")
        await it.until(lambda: bool(told))
        assert it.board.profiles.shown[0] == "dev"
    assert [text.startswith("Nothing is remembered: ") for text in told] == [True]
    assert os.listdir(here) == ["config"]


def test_when_a_profile_was_used_is_kept_as_long_as_that_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_790_000_000.5)
    file.write_text(json.dumps({"recent": ["a", "b"], "used": {"a": 5, "b": "x", "gone": 7, "c": True}}))
    assert load_state().used == {"a": 5}
    note_use("c")
    assert load_state().used == {"c": 1_790_000_000, "a": 5}


def test_whether_the_details_are_seen_is_remembered_once_somebody_has_said_so(file: Path) -> None:
    note_use("a")
    assert load_state().details is None
    for wanted in (True, False):
        change_state(details_shown(wanted))
        note_use("b")
        assert load_state().details is wanted
    file.write_text(json.dumps({"details": "yes"}))
    assert load_state().details is None
