"""What the program does with ten thousand profiles, in numbers that no machine changes: files opened, files parsed,
rows rendered, functions called. What is not shown costs nothing; what has to look at everything grows no faster than
what there is."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import homes
from tui.aws.cache import shapes
from tui.aws.config import loading
from tui.aws.config.loading import load
from tui.cli.environment import Environment
from tui.cli.quick.quick_env import quick_env
from tui.widgets.fuzzy import Index, haystack
from tui.widgets.profile_list import ProfileList
from tui.widgets.rows import Rows, texts

from .board import board

FEW, MANY = 100, 10_000

COUNTED = (
    (loading, "load"),
    (shapes, "parse_token"),
    (shapes, "parse_role_credentials"),
    (ProfileList, "row_pieces"),
    (ProfileList, "row_state"),
)


def counting(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts, from now on, the calls of what is COUNTED, and the files below HOME that are opened."""
    counts: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            counts[name] += 1
            return function(*arguments, **options)

        return call

    real_open = os.open

    def open_(path: Any, *arguments: Any, **options: Any) -> int:
        counts["opened"] += str(path).startswith(os.environ["HOME"])
        return real_open(path, *arguments, **options)

    for owner, name in COUNTED:
        monkeypatch.setattr(owner, name, counted(name, getattr(owner, name)))
    monkeypatch.setattr(os, "open", open_)
    return counts


async def work_through_the_board(monkeypatch: pytest.MonkeyPatch, folder: Path, profiles: int) -> Counter[str]:
    """A start, three looks at the files, five ticks, some scrolling and a page, on a board of so many profiles."""
    folder.mkdir()
    homes.make(folder, profiles)
    with monkeypatch.context() as patch:
        patch.setenv("HOME", str(folder))
        counts = counting(patch)
        async with board(120, 30) as it:
            it.board.workers.cancel_group(it.board, "watch")
            shown = [it.board.store.config.profiles[name] for name in it.board.profiles.visible_keys()]
            for _ in range(3):
                it.board.store.look(shown)
            for _ in range(5):
                it.board.tick()
                await it.pilot.pause()
            await it.press(*"j" * 40, *"k" * 5, "pagedown", "pageup")
            counts["shown"] = len(it.board.profiles.visible_keys())
            assert it.board.profiles.row_count() == profiles
    return counts


@pytest.mark.walk
async def test_what_is_not_shown_costs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    few = await work_through_the_board(monkeypatch, tmp_path / "few", FEW)
    many = await work_through_the_board(monkeypatch, tmp_path / "many", MANY)
    assert few["shown"] == many["shown"] > 10
    for name in ("load", "parse_token", "parse_role_credentials", "opened", "row_pieces"):
        assert 0 < many[name] <= few[name] * 1.1 + 2, (name, few, many)
    # One file a row that was ever in sight (two screens of them), the token, and the configuration.
    assert many["load"] == 1
    assert many["opened"] <= 4 * many["shown"] + 10


@pytest.mark.parametrize("profiles", [FEW, MANY])
def test_a_command_opens_two_files(
    profiles: int, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".aws").rmdir()
    homes.make(home, profiles)
    counts = counting(monkeypatch)
    assert quick_env(Environment(), [homes.profile_name(profiles // 2), "--format", "bash"])
    assert "AWS_SECRET_ACCESS_KEY" in capsys.readouterr().out
    assert (counts["load"], counts["parse_role_credentials"]) == (0, 1)
    assert counts["opened"] <= 3


def calls(function: Callable[[], object]) -> int:
    """How many calls of Python functions it takes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_what_looks_at_everything_grows_with_it_and_no_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the configuration, laying out the columns, making the filter's index, and searching it."""
    numbers: dict[int, list[int]] = {}
    for size in (MANY // 10, MANY):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / ".aws").mkdir()
        homes.make_config(folder, size)
        monkeypatch.setenv("HOME", str(folder))
        environ = {"HOME": str(folder)}
        found = load(environ)
        assert len(found.profiles) == size
        rows = Rows(list(found.profiles.values()), found.sessions)
        haystacks = [haystack(*fields) for fields in zip(*texts(rows), strict=True)]
        index = Index(haystacks, range(size))
        numbers[size] = [
            calls(lambda environ=environ: load(environ)),  # type: ignore[misc]
            calls(lambda rows=rows: texts(rows)),  # type: ignore[misc]
            calls(lambda haystacks=haystacks, size=size: Index(haystacks, range(size))),  # type: ignore[misc]
            calls(lambda index=index: index.search("team 42")),  # type: ignore[misc]
        ]
    for smaller, larger in zip(numbers[MANY // 10], numbers[MANY], strict=True):
        assert larger <= 10.5 * smaller + 200, numbers
