"""Finding and reading the configuration files, whatever they are."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.aws.config import file as config_file
from tui.aws.config import loading

from .config_texts import CORP, load, messages, sso_profile

GOOD = CORP + sso_profile("dev")
REFUSED = "0: the AWS CLI and the SDKs refuse this whole file until its errors are corrected"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter (the test's own temporary folder is closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="ssotui-test-"))
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


def as_nobody(function: Callable[[], object]) -> object:
    """What `function` returns, by way of JSON, in a child process that is not root: root may read everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(writing, json.dumps(function()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


# -- where they are ---------------------------------------------------------------------------------------------


def test_a01_nothing_there_is_no_problem_and_makes_no_file(tmp_path: Path) -> None:
    found = loading.load({"HOME": str(tmp_path / "home")})
    assert (found.profiles, found.sessions, found.problems, found.all_names) == ({}, {}, [], [])
    assert found.config_file == str(tmp_path / "home/.aws/config")
    assert found.credentials_file == str(tmp_path / "home/.aws/credentials")
    assert not (tmp_path / "home/.aws").exists()


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n  ; comments\n", " \t \n"])
def test_a02_an_empty_file_is_no_problem(tmp_path: Path, text: str) -> None:
    found = load(tmp_path, text, text)
    assert (found.profiles, found.problems) == ({}, [])


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("~/x/config", {"HOME": "{here}"}),
        ("~/x/config", {"HOME": "{here}/"}),
        ("$WHERE/x/config", {"WHERE": "{here}"}),
        ("${WHERE}/config", {"WHERE": "{here}/x"}),
        ("$TILDE/x/config", {"TILDE": "~", "HOME": "{here}"}),
        ("x/$PART${PART}fig", {"PART": "con"}),
        ("x/config", {}),
    ],
)
def test_a05_the_variables_say_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, names: dict[str, str]
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/config").write_text(GOOD)
    (tmp_path / "x/conconfig").write_text(GOOD)
    (tmp_path / "x/keys").write_text("[dev]\nregion = eu-west-1\n")
    monkeypatch.chdir(tmp_path)
    environ = {"HOME": "/nonexistent", "AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": "x/keys"}
    found = loading.load(environ | {name: value.format(here=tmp_path) for name, value in names.items()})
    assert list(found.profiles) == ["dev"]
    assert found.profiles["dev"].region == "eu-west-1"
    assert found.problems == []


def test_a05_the_environment_of_the_process_is_the_default(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".aws/config").write_text(GOOD)
    assert list(loading.load().profiles) == ["dev"]
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "other"))
    assert loading.load().profiles == {}


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_a05_a_missing_file_names_the_variable(tmp_path: Path, variable: str) -> None:
    path = str(tmp_path / "gone")
    found = loading.load({"HOME": str(tmp_path), variable: path})
    (problem,) = found.problems
    assert (problem.file, problem.line) == (path, 0)
    assert problem.message == f"{variable} names this file, but it does not exist"


def test_a05_an_empty_variable_names_no_file(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(GOOD)
    found = loading.load({"HOME": str(tmp_path), "AWS_CONFIG_FILE": ""})
    assert (found.config_file, found.profiles) == ("", {})
    assert messages(found) == ["0: AWS_CONFIG_FILE is empty: no file is read"]


def test_a_path_with_nul_names_no_file(tmp_path: Path) -> None:
    found = loading.load({"HOME": str(tmp_path), "AWS_CONFIG_FILE": "a\0b"})
    assert messages(found) == ["0: AWS_CONFIG_FILE names this file, but it does not exist"]


@given(st.text("A_B$${{}}~/é1", max_size=10))
def test_paths_are_expanded_as_python_does(path: str) -> None:
    assume("${" not in re.sub(r"\$\{[^}]*\}", "", path))  # an open brace: releases of Python differ
    names = {"A": "x$B", "A_B": "~", "B1": "", "é": "no", "HOME": "/h/"}
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in names.items():
            patch.setenv(name, value)
        expected = os.path.expanduser(os.path.expandvars(path))
    assert config_file.location({**names, "F": path}, "F", "") == expected


# -- what they are ----------------------------------------------------------------------------------------------


def make_directory(path: Path) -> None:
    path.mkdir()


def make_socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(before)


@pytest.mark.parametrize("which", ["config", "credentials"])
@pytest.mark.parametrize(
    ("make", "kind"), [(make_directory, "directory"), (os.mkfifo, "FIFO"), (make_socket, "socket")]
)
def test_a04_what_is_no_file_is_not_opened(home: Path, make: Callable[[Path], None], kind: str, which: str) -> None:
    other = {"config": "credentials", "credentials": "config"}[which]
    (home / ".aws" / other).write_text(GOOD if which == "credentials" else "[dev]\nregion = x\n")
    make(home / ".aws" / which)
    found = loading.load({"HOME": str(home)})
    assert messages(found) == [f"0: this file is a {kind}, not a file"]
    assert found.problems[0].file == str(home / ".aws" / which)
    assert found.all_names == ["dev"]
    assert loading.find_profile("dev", {"HOME": str(home)}) is None


def test_a04_a_device_is_not_read_but_the_null_device_is_an_empty_file(tmp_path: Path) -> None:
    zero = loading.load({"HOME": str(tmp_path), "AWS_CONFIG_FILE": "/dev/zero"})
    assert messages(zero) == ["0: this file is a device, not a file (AWS_CONFIG_FILE names it)"]
    null = loading.load({"HOME": str(tmp_path), "AWS_CONFIG_FILE": os.devnull})
    assert null.problems == []


def test_a_link_is_followed_and_a_loop_is_told(home: Path) -> None:
    (home / "real").write_text(GOOD)
    (home / ".aws/config").symlink_to(home / "real")
    (home / ".aws/credentials").symlink_to(home / ".aws/credentials")
    found = loading.load({"HOME": str(home)})
    assert list(found.profiles) == ["dev"]
    (problem,) = found.problems
    assert problem.message.startswith("this file cannot be read: ")
    (home / ".aws/credentials").unlink()
    (home / ".aws/credentials").symlink_to(home / "gone")
    assert loading.load({"HOME": str(home)}).problems == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".aws").write_text("")
    found = loading.load({"HOME": str(tmp_path)})
    assert [message.partition(":")[2] for message in messages(found)] == [
        " this file cannot be read: not a directory",
        " this file cannot be read: not a directory",
    ]


@pytest.mark.parametrize("closed", [".aws/config", ".aws"])
def test_an_unreadable_file_is_told_and_the_other_is_read(open_folder: Path, closed: str) -> None:
    (open_folder / ".aws").mkdir()
    (open_folder / ".aws/config").write_text(GOOD)
    (open_folder / "keys").write_text("[static]\naws_access_key_id = x\n")
    for path in (open_folder / ".aws", open_folder / ".aws/config", open_folder / "keys"):
        path.chmod(0o755)
    (open_folder / closed).chmod(0)
    environ = {"HOME": str(open_folder), "AWS_SHARED_CREDENTIALS_FILE": str(open_folder / "keys")}

    def look() -> object:
        found = loading.load(environ)
        return [messages(found), found.all_names, loading.find_profile("dev", environ) is None]

    assert as_nobody(look) == [["0: this file cannot be read: permission denied"], ["static"], True]


def test_a_huge_file_is_not_read(home: Path) -> None:
    with (home / ".aws/config").open("wb") as file:
        file.truncate(config_file.SIZE_LIMIT + 1)
    found = loading.load({"HOME": str(home)})
    assert messages(found) == ["0: this file is larger than 32 MB and was not read"]


def test_files_are_left_as_they_are(home: Path) -> None:
    path = home / ".aws/config"
    path.write_text(GOOD + "stray\n")
    path.chmod(0o640)
    before = path.stat()
    loading.load({"HOME": str(home)})
    loading.find_profile("dev", {"HOME": str(home)})
    after = path.stat()
    assert (after.st_mtime_ns, stat.S_IMODE(after.st_mode), after.st_ino) == (before.st_mtime_ns, 0o640, before.st_ino)
    assert os.listdir(home / ".aws") == ["config"]


# -- what is in them --------------------------------------------------------------------------------------------


def test_a07_line_ends_make_no_difference(tmp_path: Path) -> None:
    plain = load(tmp_path, GOOD)
    for text in (GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r"), GOOD[:-1], GOOD.replace("\n", "\r\n", 3)):
        found = load(tmp_path, text)
        assert found.problems == []
        for name in ("account_id", "role_name", "session", "line"):
            assert getattr(found.profiles["dev"], name) == getattr(plain.profiles["dev"], name)
        assert found.sessions["corp"].start_url == "https://corp.awsapps.com/start"


def test_a10_a_byte_that_is_not_utf8_is_placed_and_the_rest_is_read(tmp_path: Path) -> None:
    text = GOOD.encode() + b"# caf\xe9\n" + sso_profile("caf\xe9").encode("latin-1") + sso_profile("é").encode()
    found = load(tmp_path, text)
    assert list(found.profiles) == ["dev", "café", "é"]
    offset = len(GOOD) + 5
    lines = GOOD.count("\n")
    assert messages(found) == [
        REFUSED,
        f"{lines + 1}: byte 0xe9 is not UTF-8 (offset {offset}, column 6)",
        f"{lines + 2}: byte 0xe9 is not UTF-8 (offset {offset + 2 + len('[profile caf')}, column 13)",
    ]
    for profile in found.profiles.values():
        profile.name.encode()


def test_a_byte_order_mark_is_told_and_skipped(tmp_path: Path) -> None:
    found = load(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())
    assert list(found.profiles) == ["dev"]
    assert messages(found) == [REFUSED, "1: the file begins with a byte order mark (BOM)"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_told_and_read(tmp_path: Path, encoding: str) -> None:
    found = load(tmp_path, ("\ufeff" + GOOD).encode(encoding))
    assert list(found.profiles) == ["dev"]
    assert messages(found) == [REFUSED, "1: the file is UTF-16, not UTF-8"]


@given(data=st.binary(max_size=200), where=st.integers(0, 200))
def test_no_bytes_are_too_bad(tmp_path_factory: pytest.TempPathFactory, data: bytes, where: int) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    text = (GOOD + sso_profile("last")).encode()
    found = load(folder, text[:where] + data + text[where:], data)
    assert all(isinstance(message, str) for message in messages(found))
    for name in found.all_names:
        name.encode()
        loading.find_profile(name, {"HOME": str(folder)})


def test_both_files_are_told_apart(tmp_path: Path) -> None:
    found = load(tmp_path, GOOD + "stray\n", "stray\n")
    files = [Path(problem.file).name for problem in found.problems]
    assert files == ["config", "config", "credentials", "credentials"]
    assert messages(found).count(REFUSED) == 2
