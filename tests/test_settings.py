"""The settings file: what is taken from it, what is told about it, and how the theme is written into it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import settings, state_file
from tui.guard.rules import Guard
from tui.keys import KEYS, clashes
from tui.settings import Settings, from_table, load, save_theme, settings_path
from tui.state_file import load_state

from .aws_home import without_home


@pytest.fixture
def file(home: Path) -> Path:
    """Where the settings file belongs; its folder is there."""
    path = Path(settings_path())
    path.parent.mkdir(parents=True)
    return path


def test_the_file_is_in_the_config_folder(home: Path) -> None:
    assert settings_path() == str(home / ".config/ssotui/config.toml")
    assert load() == Settings()
    assert not (home / ".config").exists()  # looking for settings makes no files


def test_every_setting_is_taken(file: Path) -> None:
    file.write_text(
        """
        theme = "nord"
        sort = "expiry"
        sign_in.flow = "browser"
        renew.automatic = false
        export.format = "fish"
        [confirm]
        sign_in = false
        sign_out = false
        [browser]
        command = "firefox -P 'my work' %s"
        [clipboard]
        clear_after = 0
        osc52 = false
        [keys]
        board.sign_in = "f5"
        "board.export" = "E, ctrl+e"
        [sessions.acme]
        browser = ["firefox", "-P", "acme"]
        [sessions."https://d-9667182f21.awsapps.com/start"]
        browser = "chromium --incognito"
        """
    )
    found = load()
    assert found == Settings(
        theme="nord",
        sort="expiry",
        flow="browser",
        confirm_sign_in=False,
        confirm_sign_out=False,
        renew=False,
        export_format="fish",
        browser=("firefox", "-P", "my work", "%s"),
        clear_after=0,
        osc52=False,
        keys={"board.sign_in": "f5", "board.export": "E,ctrl+e"},
        browsers={
            "acme": ("firefox", "-P", "acme"),
            "https://d-9667182f21.awsapps.com/start": ("chromium", "--incognito"),
        },
    )
    assert found.browser_for("acme") == ("firefox", "-P", "acme")
    assert found.browser_for("lab") == ("firefox", "-P", "my work", "%s")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("theme = 3", "theme must be the name of a theme; the default is used"),
        ("theme = ''", "theme must be the name of a theme; the default is used"),
        ('sort = "size"', 'sort must be "last", "name", "recent", "session" or "expiry"; the default is used'),
        ('sign_in.flow = "pigeon"', 'sign_in.flow must be "device" or "browser"; the default is used'),
        ("sign_in.flow = ['device']", 'sign_in.flow must be "device" or "browser"; the default is used'),
        ("sign_in = 'device'", "sign_in must be a table; the default is used"),
        ("confirm.sign_out = 'no'", "confirm.sign_out must be true or false; the default is used"),
        ("confirm.sign_out = 0", "confirm.sign_out must be true or false; the default is used"),
        ("clipboard.clear_after = -1", "clear_after must be a whole number of seconds, at most 86400"),
        ("clipboard.clear_after = true", "clear_after must be a whole number of seconds, at most 86400"),
        ("clipboard.clear_after = 1.5", "clear_after must be a whole number of seconds, at most 86400"),
        ("export.format = 'rc'", "export.format must be one of bash, "),
        ("browser.command = 'a \"b'", "browser.command must be a command, such as "),
        ("browser.command = [1]", "browser.command must be a command, such as "),
        ("browser.command = ['', 'x']", "browser.command must be a command, such as "),
        ("browser.command = ['a\\u0000']".replace("'", '"'), "browser.command must be a command, such as "),
        ("them = 'nord'", "them is not a setting"),
        ("sign_in.flaw = 1", "sign_in.flaw is not a setting"),
        ("sign_in.flow.now = 1", "sign_in.flow.now is not a setting"),
        ("keys = 'l'", "keys must be a table; the default is used"),
        ("keys.board.fly = 'f'", "keys.board.fly is not the name of a key; --print-config shows them all"),
        ("keys.board.sign_in = 7", "keys.board.sign_in must be a key or several with commas, such as "),
        ("keys.board.sign_in = 'hyper'", "keys.board.sign_in must be a key or several with commas, such as "),
        ("keys.board.sign_in = 'l,'", "keys.board.sign_in must be a key or several with commas, such as "),
        ("keys.board.sign_in = 'e'", "keys.board.sign_in cannot be e: board.export has it; the default is used"),
        ("keys.board.sign_in = 'slash'", "cannot be slash: board.filter has it; the default is used"),
        ("keys.board.sign_in = 'j'", "cannot be j: list.down has it; the default is used"),
        ("keys.export.copy = 'q'", "cannot be q: screen.leave has it; the default is used"),
        ("keys.board.quit = 'ctrl+c'", "cannot be ctrl+c: it always quits; the default is used"),
        ("sessions = 1", "sessions must be a table; the default is used"),
        ("sessions.acme = 1", "sessions.acme must be a table; it is not used"),
        ("sessions.acme.browser = 1", "sessions.acme.browser must be a command, such as "),
        ("sessions.acme.colour = 1", "sessions.acme.colour is not a setting"),
    ],
)
def test_a_bad_setting_is_one_line_and_its_default_is_used(file: Path, text: str, problem: str) -> None:
    file.write_text(f"{text}\n[extra]\n[renew]\nautomatic = false\n" if "renew" not in text else text)
    found = load()
    (line,) = found.problems
    assert line.startswith(f"{file}: ")
    assert problem in line
    assert "\n" not in line
    assert found.renew is False  # the rest is taken
    assert found == Settings(renew=False, problems=[line])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"theme = nord\n", "line 1"),
        (b"theme = 'a'\ntheme = 'b'\n", "line 2"),
        (b"\xff\xfe", "utf-8"),
        (b"a = " + b"[" * 5000, ""),
    ],
)
def test_a_broken_file_is_one_line_and_gives_the_defaults(file: Path, content: bytes, reason: str) -> None:
    file.write_bytes(content)
    found = load()
    (line,) = found.problems
    assert line.startswith(f"{file}: ")
    assert reason in line
    assert line.endswith("; the defaults are used")
    assert found == Settings(problems=[line])
    assert file.read_bytes() == content


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    file.mkdir()
    assert load().problems == [f"{file}: is a directory, not a file; the defaults are used"]


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "make", [os.mkfifo, huge, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)]
)
def test_what_cannot_be_read_to_its_end_is_not_waited_for(file: Path, make: Callable[[Path], None]) -> None:
    state = Path(state_file.state_path())
    state.parent.mkdir(parents=True)
    for path in (file, state):
        make(path)
    (line,) = load().problems
    assert line.startswith(f"{file}: ")
    assert str(file) in save_theme("nord")
    state_read = load_state()
    assert state_read.problem.startswith(f"{state}: ")
    assert state_read == state_file.State(problem=state_read.problem)


@pytest.mark.parametrize("kind", ["fifo", "link"])
def test_what_is_no_file_is_never_replaced(file: Path, kind: str) -> None:
    """A link to the null device is an old way to have nothing remembered: root would replace the device itself."""
    state = Path(state_file.state_path())
    state.parent.mkdir(parents=True)
    device = file.with_name("device")
    os.mkfifo(device)
    for path in (file, state):
        path.symlink_to(device) if kind == "link" else os.mkfifo(path)
    assert save_theme("nord") != ""
    state_file.note_use("dev")
    assert device.is_fifo()
    assert file.is_fifo()
    assert state.is_fifo()
    assert sorted(os.listdir(state.parent)) == ["locks", "state.json"]


def test_x24_the_null_device_remembers_nothing_without_a_word(home: Path) -> None:
    state = Path(state_file.state_path())
    state.parent.mkdir(parents=True)
    state.symlink_to(os.devnull)
    assert state_file.note_use("dev") == ""
    assert load_state().problem == ""
    assert load_state() == state_file.State()
    assert state.is_symlink()


def test_tables_within_tables_without_end_are_told(file: Path) -> None:
    file.write_text(f"[{'.'.join('a' * 5000)}]\nb = 1\n")
    assert "the defaults are used" in load().problems[0]


def test_without_a_home_folder_there_are_the_defaults(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    without_home(monkeypatch)
    assert load() == Settings()
    state_file.note_use("dev")
    assert "there is no home folder" in save_theme("nord")
    assert os.listdir(home) == [".aws"]


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_folders_are_for_their_owner_whatever_the_umask(home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        state_file.note_use("dev")
        assert save_theme("nord") == ""
    finally:
        os.umask(before)
    folders = [home / name for name in (".local", ".local/state", ".local/state/ssotui", ".config", ".config/ssotui")]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_a_disk_that_is_full_leaves_no_part_of_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    file.write_text('sort = "name"\n')
    monkeypatch.setattr(os, "fsync", full)
    assert save_theme("nord") == f"{file}: No space left on device"
    assert os.listdir(file.parent) == [file.name]
    assert file.read_text() == 'sort = "name"\n'


def test_two_keys_may_change_places() -> None:
    swapped = {"keys": {"board": {"sign_in": "e", "export": "l"}}}
    assert from_table(swapped, "x").problems == []
    assert from_table(swapped, "x").keys == {"board.sign_in": "e", "board.export": "l"}


def test_a_key_that_is_taken_back_can_be_missed_by_another() -> None:
    found = from_table({"keys": {"board": {"sign_in": "e", "export": "x", "identity": "f5"}}}, "x")
    assert found.keys == {"board.identity": "f5"}
    assert [line.split()[1] for line in found.problems] == ["keys.board.export", "keys.board.sign_in"]


def test_one_key_may_do_different_things_on_different_screens() -> None:
    found = from_table({"keys": {"export": {"copy": "y"}, "identity": {"copy": "y"}}}, "x")
    assert found.problems == []
    assert set(found.keys) == {"export.copy", "identity.copy"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("l"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*settings.declared(), "keys", "sessions", *(f"keys.{key.id}" for key in KEYS)]) | st.text()


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_is_in_the_file_the_settings_can_be_used(values: dict[str, object]) -> None:
    table: dict[str, object] = {}
    for name, value in values.items():
        *parents, last = name.split(".")
        inner = table
        for parent in parents:
            child = inner.setdefault(parent, {})
            if not isinstance(child, dict):
                break
            inner = child
        else:
            inner[last] = value
    found = from_table(table, "x")
    assert {type(value) for value in asdict(found).values()} <= {str, bool, int, tuple, dict, list, Guard}
    assert found.flow in settings.FLOWS
    assert found.sort in (settings.LAST, *state_file.SORTS)
    assert 0 <= found.clear_after <= 86400
    assert clashes(found.keys) == []


def test_the_theme_is_written_and_everything_else_stays(file: Path) -> None:
    text = '# mine\ntheme = "nord"   # dark\n\n[keys]  # rebound\n"board.quit" = "Q"\n'
    file.write_text(text)
    file.chmod(0o600)
    assert save_theme("gruvbox") == ""
    assert file.read_text() == text.replace("nord", "gruvbox")
    assert save_theme("gruvbox") == ""
    assert load().theme == "gruvbox"
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_the_theme_makes_a_file_that_only_its_owner_reads(home: Path) -> None:
    assert save_theme("nord") == ""
    path = Path(settings_path())
    assert tomllib.loads(path.read_text()) == {"theme": "nord"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_not_toml_is_left_as_it_is(file: Path) -> None:
    file.write_text("theme = nord\n")
    assert save_theme("gruvbox") == f"{file} cannot be changed: it is not valid TOML"
    assert file.read_text() == "theme = nord\n"


def test_a_folder_that_cannot_be_made_is_told(home: Path) -> None:
    (home / ".config").write_text("")
    assert "config.toml: " in save_theme("nord")


def test_the_settings_file_may_be_a_link(file: Path, tmp_path: Path) -> None:
    """Dotfiles are often links into a repository: the file there is changed, and the link stays."""
    target = tmp_path / "dotfiles.toml"
    target.write_text('sort = "name"\n')
    file.symlink_to(target)
    assert save_theme("nord") == ""
    assert file.is_symlink()
    assert tomllib.loads(target.read_text()) == {"sort": "name", "theme": "nord"}


def test_what_is_remembered_is_not_in_the_settings_file(home: Path) -> None:
    state = state_file.change_state(
        state_file.used("b"), state_file.used("a"), state_file.pinned("c", True), state_file.sorted_by("recent")
    )
    assert (state.recent, state.pinned, state.sort) == (["a", "b"], ["c"], "recent")
    assert load_state() == state
    assert not os.path.exists(settings_path())
    assert state_file.state_path() == str(home / ".local/state/ssotui/state.json")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"recent": 3, "pinned": [1, "x"], "sort": "size"}', b"\xff"])
def test_a_damaged_memory_counts_as_none(home: Path, content: bytes) -> None:
    path = Path(state_file.state_path())
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert load_state().recent == []
    assert load_state().sort == "name"
