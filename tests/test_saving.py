"""Writing export lines to a file: where, what speaks against it, and what is never overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from tui.aws.errors import SsoError
from tui.demo.server import DemoServer
from tui.desktop import private_file
from tui.desktop.private_file import NOTHING, OTHER, OURS, FilePlace, look, propose, write
from tui.desktop.work_tree import seen_by_git
from tui.screens.export import Export
from tui.screens.saving import SaveAs

from .board import Driver, board, sample


@pytest.fixture
def runtime(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the login session."""
    folder = short_path / "run"
    folder.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def tree(short_path: Path) -> Path:
    """A git work tree that ignores `*.env`."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    folder = short_path / "tree"
    (folder / "below").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / ".gitignore").write_text("*.env\n")
    return folder


@asynccontextmanager
async def asked(home: Path, demo: DemoServer, width: int = 80) -> AsyncIterator[Driver]:
    """The question where to write the lines of dev-admin."""
    sample(home, demo)
    async with board(width) as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("credentials valid for")
        await it.press("w")
        await it.until("to a file that only you can read")
        yield it


async def at(it: Driver, path: Path | str) -> None:
    it.app.screen.query_one(Input).value = str(path)
    await it.pilot.pause()


async def test_a_wide_terminal_shows_the_whole_path_and_success_is_no_warning(
    home: Path, demo: DemoServer, runtime: Path
) -> None:
    async with asked(home, demo) as it:
        await it.pilot.resize_terminal(130, 40)
        path = runtime / f"{'deep-' * 40}"[: 88 - len(str(runtime))] / "dev.sh"
        await at(it, path)
        await it.until(str(path))
        path = runtime / "dev.sh"
        await at(it, path)
        await it.press("enter")
        await it.until("Written:")
        assert it.app.said.all()[-1].severity == "information"


async def test_the_runtime_folder_is_proposed_and_the_file_is_private(
    home: Path, demo: DemoServer, runtime: Path
) -> None:
    async with asked(home, demo) as it:
        line = it.app.screen.query_one(Input)
        assert line.value == str(runtime / "ssotui/dev-admin.sh")
        assert line.value in it.words()
        await it.until("It will hold secrets")
        await it.press("enter")
        await it.until("Written:")
        assert isinstance(it.app.screen, Export)
    written = runtime / "ssotui/dev-admin.sh"
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.parent.stat().st_mode & 0o777 == 0o700
    assert "AWS_SESSION_TOKEN" in written.read_text()
    assert [path.name for path in written.parent.iterdir()] == ["dev-admin.sh"]


async def test_in_our_own_folder_a_file_is_replaced_without_a_question(
    home: Path, demo: DemoServer, runtime: Path
) -> None:
    (runtime / "ssotui").mkdir()
    own = runtime / "ssotui/dev-admin.sh"
    own.write_text("yesterday's")
    async with asked(home, demo) as it:
        await it.until("it is replaced")
        await it.press("enter")
        await it.until("Written:")
    assert "AWS_SESSION_TOKEN" in own.read_text()
    assert own.stat().st_mode & 0o777 == 0o600


async def test_what_is_not_ours_is_replaced_after_a_question_only(
    home: Path, demo: DemoServer, short_path: Path, runtime: Path
) -> None:
    other = short_path / "other.sh"
    other.write_text("mine")
    other.chmod(0o644)
    async with asked(home, demo) as it:
        await at(it, other)
        await it.press("enter")
        await it.until("Replace it?")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, SaveAs))
        assert other.read_text() == "mine"
        await it.press("enter")
        await it.until("Replace it?")
        await it.press("enter")
        await it.until("Written:")
    assert "AWS_SESSION_TOKEN" in other.read_text()
    assert other.stat().st_mode & 0o777 == 0o600


async def test_a_work_tree_that_would_take_it_along_is_warned_of(
    home: Path, demo: DemoServer, tree: Path, runtime: Path
) -> None:
    async with asked(home, demo, 120) as it:
        await at(it, tree / "below/dev.sh")
        await it.until("It is in the git work tree")
        await it.press("enter")
        await it.until("Press enter once more")
        assert not (tree / "below/dev.sh").exists()
        await at(it, tree / "below/dev.env")
        await it.until("It will hold secrets")
        assert "work tree" not in it.words()
        await at(it, tree / "below/dev.sh")
        await it.press("enter")
        await it.until("Press enter once more")
        await it.press("enter")
        await it.until("Written:")
    assert (tree / "below/dev.sh").exists()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "name of the file is missing"),
        ("run/", "name of the file is missing"),
        ("run", "name of the file is missing"),
        ("nowhere/x.sh", "There is no folder"),
        ("link.sh", "a symbolic link"),
        ("queue", "no regular file"),
    ],
)
async def test_places_that_cannot_be(
    home: Path,
    demo: DemoServer,
    short_path: Path,
    runtime: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    reason: str,
) -> None:
    monkeypatch.chdir(short_path)
    (short_path / "target").write_text("mine")
    (short_path / "link.sh").symlink_to(short_path / "target")
    os.mkfifo(short_path / "queue")
    async with asked(home, demo) as it:
        await at(it, path)
        await it.until(reason)
        await it.press("enter")
        await it.until(reason)
        assert isinstance(it.app.screen, SaveAs)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, Export))
    assert (short_path / "target").read_text() == "mine"


def test_a_demo_stays_in_its_own_home(home: Path, short_path: Path) -> None:
    assert look("x.sh", str(home)) == FilePlace(str(home / "x.sh"))
    assert "own home only" in look(str(short_path / "x.sh"), str(home)).problem
    assert "own home only" in look("../x.sh", str(home)).problem
    (home / "out").symlink_to(short_path)
    assert "own home only" in look("~/out/x.sh", str(home)).problem


def test_a_folder_that_others_can_write_into_is_not_proposed(
    home: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # one whom the system has made no folder
    assert propose("x") == str(runtime / "ssotui/x")
    runtime.chmod(0o777)
    exports = home / ".local/state/ssotui/exports/x"
    assert propose("x") == str(exports)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert propose("x") == str(exports)
    assert look(str(exports)) == FilePlace(str(exports))
    write(look(str(exports)), "text")
    assert exports.parent.stat().st_mode & 0o777 == 0o700
    assert look(str(exports)).there == OURS


def test_a_file_that_has_appeared_meanwhile_is_left_alone(short_path: Path) -> None:
    path = short_path / "x.sh"
    place = look(str(path))
    assert place.there == NOTHING
    path.write_text("mine")
    with pytest.raises(SsoError, match="exists already"):
        write(place, "text")
    assert path.read_text() == "mine"
    assert look(str(path)).there == OTHER


def test_where_git_cannot_be_asked_every_work_tree_counts(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen_by_git(str(tree / "x.sh")) == str(tree.resolve())
    assert seen_by_git(str(tree / "below/x.env")) == ""
    assert seen_by_git(str(tree.parent / "x.sh")) == ""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert seen_by_git(str(tree / "below/x.env")) == ""
    slow = tree.parent / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    monkeypatch.setattr("tui.desktop.work_tree.LIMIT", 0.1)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
        assert seen_by_git(str(tree / "x.env")) == str(tree.resolve())
    monkeypatch.setenv("PATH", "")
    assert seen_by_git(str(tree / "x.env")) == str(tree.resolve())
    assert private_file.look(str(tree / "x.env")).tree == str(tree.resolve())
