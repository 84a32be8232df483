"""Cache files that are damaged, linked, someone else's, half written or written by several at once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import files, folders, shapes
from tui.aws.session.signing_out import make_manifest
from tui.aws.state.store import Store
from tui.demo.organisation import ACME

from .aws_home import configure, known, snapshot, sso_cache, token_file, without_home, write_in_place
from .unprivileged import as_nobody, command, give_away, open_home

__all__ = ["open_home"]  # a fixture

GOOD = json.dumps(
    {"accessToken": "aoa", "expiresAt": clock.iso(time.time() + 7200), "startUrl": ACME, "region": "us-east-1"}
)


def state(store: Store) -> str:
    store.look()
    return known(store).session_clock("acme", clock.now())[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:-9].encode(),
        GOOD.encode() + b"}",
        bytes(range(256)),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        b"5",
        b"null",
        b"[]",
        b'"accessTokenexpiresAt"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        GOOD.encode() + b" " * (files.SIZE_LIMIT + 1),
        b"{}",
        b'{"accessToken": "aoa", "expiresAt": "10000-01-01T00:00:00Z"}',
    ],
    ids=lambda data: f"{len(data)}-{data[:8]!r}",
)
def test_b01_b02_damaged_tokens_are_unreadable_and_stay(
    home: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "RETRY_DELAYS", (0.0,))
    store = configure()
    path = write_in_place(token_file("acme"), data)
    before = snapshot(path)
    assert state(store) == "unreadable"
    assert [problem.file for problem in known(store).problems()] == [str(path)]
    assert snapshot(path) == before
    write_in_place(path, GOOD)
    assert state(store) == "signed-in"
    assert known(store).problems() == []


def link_to_good(path: Path) -> None:
    write_in_place(path.with_suffix(".target"), GOOD)
    path.symlink_to(path.with_suffix(".target"))


def test_b08_a_link_to_a_file_of_ours_is_used_and_stays(home: Path) -> None:
    store = configure()
    path = token_file("acme")
    write_in_place(path, GOOD).unlink()
    link_to_good(path)
    assert state(store) == "signed-in"
    files.write(str(path), {"accessToken": "new"})
    assert path.is_symlink()
    assert json.loads(path.with_suffix(".target").read_text()) == {"accessToken": "new"}
    assert sorted(os.listdir(path.parent)) == [path.name, path.with_suffix(".target").name]


def dangling(path: Path) -> None:
    path.symlink_to("nothing.json")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_suffix(".fifo"))
    path.symlink_to(path.with_suffix(".fifo"))


def test_folders_below_a_relative_home_are_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", "elsewhere")
    files.write(shapes.token_path("acme"), json.loads(GOOD))
    assert json.loads((home / "elsewhere/.aws/sso/cache" / token_file("acme").name).read_text()) == json.loads(GOOD)


def test_b11_without_a_home_folder_nothing_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id without an entry, as containers have it: the folder `~` in the current one is not a home."""
    monkeypatch.chdir(home)
    without_home(monkeypatch)
    with pytest.raises(FileNotFoundError, match="there is no home folder: HOME is not set"):
        files.write(shapes.token_path("acme"), json.loads(GOOD))
    assert os.listdir(home) == [".aws"]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (dangling, "link to nothing"),
        (loop, "symbolic links"),
        (link_to_fifo, "not a regular file"),
    ],
)
def test_b08_other_links_are_refused_with_the_reason(home: Path, make: Callable[[Path], None], reason: str) -> None:
    store = configure()
    path = write_in_place(token_file("acme"), GOOD)
    path.unlink()
    make(path)
    assert state(store) == "unreadable"
    assert [reason in problem.message for problem in known(store).problems()] == [True]
    target = path.with_suffix(".fifo")
    with pytest.raises(OSError, match=r"symbolic link|No such file|not a regular file"):
        files.write(str(path), {})
    assert path.is_symlink()
    assert target.is_fifo() == (make is link_to_fifo)  # and no file in its place: it could be the null device


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_b14_files_are_for_their_owner_from_the_start(home: Path, umask: int) -> None:
    modes: list[int] = []
    path = home / ".aws/sso/cache/a.json"

    def look() -> None:
        modes.extend(stat.S_IMODE(each.stat().st_mode) for each in path.parent.glob(".ssotui-*"))

    before = os.umask(umask)
    try:
        files.write(str(path), {"accessToken": "aoa"}, look)
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_b14_a_file_that_others_may_read_is_told_and_closed(home: Path) -> None:
    store = configure()
    path = write_in_place(token_file("acme"), GOOD)
    path.chmod(0o644)
    assert state(store) == "signed-in"
    assert ["other users may read" in problem.message for problem in known(store).problems()] == [True]
    files.write(str(path), json.loads(GOOD))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert state(store) == "signed-in"
    assert known(store).problems() == []


def test_b16_a_folder_that_everybody_may_write_to_is_told(home: Path) -> None:
    store = configure()
    write_in_place(token_file("acme"), GOOD)
    assert known(store).problems() == []
    sso_cache().chmod(0o777)
    assert state(store) == "signed-in"
    assert [(problem.file, "chmod 700" in problem.message) for problem in known(store).problems()] == [
        (str(sso_cache()), True)
    ]


@pytest.mark.parametrize("mode", [0o000, 0o100, 0o600])
def test_b10_a_closed_folder_is_not_a_signed_out_session(open_home: Path, mode: int) -> None:
    configure()
    write_in_place(token_file("acme"), GOOD)
    give_away(open_home)

    def work() -> None:
        sso_cache().chmod(mode)
        code, output, _errors = command("status", "--json")
        found = json.loads(output)
        # A folder that may be entered but not listed hides no token whose name is known.
        assert (code, found["sessions"][0]["state"]) == (0, "signed-in" if mode == 0o100 else "unreadable")
        assert "permission denied" in {problem["message"] for problem in found["problems"]}
        assert command("status", "dev")[0] == (0 if mode == 0o100 else 3)

    as_nobody(work)


def test_b08_b10_folders_that_are_links_to_nothing_are_named(home: Path) -> None:
    store = configure()
    sso_cache().parent.mkdir()
    sso_cache().symlink_to(home / "unmounted")
    assert state(store) == "unreadable"
    assert "it is a symbolic link to nothing" in [problem.message for problem in known(store).problems()]
    with pytest.raises(FileNotFoundError, match="sso/cache is a symbolic link to nothing"):
        files.write(str(token_file("acme")), {})


def test_b10_a_file_in_place_of_the_folder(home: Path) -> None:
    store = configure()
    write_in_place(home / ".aws/sso/cache", "a file")
    assert state(store) == "unreadable"
    assert {"it is not a folder", "not a directory"} == {problem.message for problem in known(store).problems()}


def test_b13_a_killed_writer_leaves_the_old_file_whole(home: Path) -> None:
    path = write_in_place(token_file("acme"), GOOD)
    source = (
        "import os, signal, sys; from tui.aws.cache import files;"
        "files.write(sys.argv[1], {'accessToken': 'new'}, lambda: os.kill(os.getpid(), signal.SIGKILL))"
    )
    assert subprocess.run([sys.executable, "-c", source, path], check=False, timeout=30).returncode == -9
    assert path.read_text() == GOOD
    (left,) = [each for each in path.parent.iterdir() if each != path]
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert left.suffix == ".tmp"  # the AWS CLI reads nothing but *.json

    other = write_in_place(path.parent / "tmpabcdefgh.tmp", "another program's")
    os.utime(other, (1, 1))
    shapes.sweep_leftovers(time.time() + shapes.TEMPORARY_AGE - 600)
    assert left.exists()
    shapes.sweep_leftovers(time.time() + shapes.TEMPORARY_AGE + 600)
    assert sorted(path.parent.iterdir()) == sorted([path, other])


def test_what_a_killed_process_left_in_our_own_folder_of_state_goes_too(home: Path) -> None:
    state = Path(folders.own_folder(folders.STATE))
    name = f"{folders.TEMPORARY_PREFIX}abcdefgh.tmp"
    old = [write_in_place(folder / name, "{}") for folder in (state, state / "accounts")]
    kept = write_in_place(state / "accounts/names.json", "{}")
    outside = write_in_place(home / "elsewhere" / name, "not below a link")
    (state / "link").symlink_to(outside.parent)
    for each in (*old, kept, outside):
        os.utime(each, (1, 1))
    shapes.sweep_leftovers(time.time())
    assert not any(each.exists() for each in old)
    assert kept.exists()
    assert outside.exists()


def test_b13_a_write_that_fails_leaves_nothing_behind(home: Path) -> None:
    path = write_in_place(token_file("acme"), GOOD)

    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.write(str(path), {"accessToken": "new"}, fail)
    assert path.read_text() == GOOD
    assert os.listdir(path.parent) == [path.name]


WRITER = """
import os, sys, time
path, text, deadline = sys.argv[1], sys.argv[2], time.monotonic() + float(sys.argv[3])
print("go", flush=True)
while time.monotonic() < deadline:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.truncate()
        file.write(text[:-9])
        file.flush()
        time.sleep(0.0005)  # half a file and a whole one both stand long enough to be met
        file.write(text[-9:])
    time.sleep(0.0005)
"""


def test_b19_a_file_that_is_being_written_is_never_called_damaged(home: Path) -> None:
    """The AWS CLI v2 writes in place. Here it does nothing else, so that most readings meet half a file."""
    store = configure()
    path = write_in_place(token_file("acme"), GOOD)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path, GOOD, "60"], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    polls = torn = 0
    while polls < 10 or not torn:
        assert writer.poll() is None
        assert state(store) == "signed-in"
        assert known(store).problems() == []
        assert state(Store()) == "signed-in"  # a command that has just been started
        torn += files.read(str(path)).status == files.TORN
        polls += 1
    writer.kill()
    writer.stdout.close()
    writer.wait()


def test_b01_many_damaged_files_are_waited_for_together(home: Path) -> None:
    names = [f"s{number}" for number in range(50)]
    section = "[sso-session {0}]\nsso_start_url = https://{0}.awsapps.com/start\nsso_region = us-east-1\n"
    store = configure("".join(map(section.format, names)))
    for name in names:
        write_in_place(token_file(name), GOOD[:-9])
    began = time.monotonic()
    store.look()
    assert {known(store).session_clock(name, clock.now())[0] for name in names} == {"unreadable"}
    assert len(make_manifest(known(store)).unreadable) == len(names)
    assert time.monotonic() - began < 5


def test_b19_a_file_that_stays_damaged_is_called_so_in_the_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = configure()
    path = write_in_place(token_file("acme"), GOOD)
    assert state(store) == "signed-in"
    write_in_place(path, "")
    assert state(store) == "signed-in"
    monkeypatch.setattr("tui.aws.state.entries.EMPTIED_GRACE", 0.0)
    assert state(store) == "unreadable"
    path.unlink()
    assert state(store) == "signed-out"
