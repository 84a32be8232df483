"""Enter without the shell function: the line is copied, added to the shell's file, or a sub-shell is opened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.aws.config.configuration import Config
from tui.cli import launch
from tui.demo.server import DemoServer
from tui.screens.use import UseLine
from tui.shell.install import INIT_LINES

from .board import board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample organisation for every test here, and a shell to be found."""
    sample(home, demo)
    monkeypatch.setattr("tui.app.parent_shell", lambda: "bash")
    monkeypatch.setattr(sys, "platform", "linux")


async def test_a_adds_the_line_after_it_was_shown_and_agreed_to(home: Path) -> None:
    rc = home / ".bashrc"
    rc.write_text("a=1\n")
    async with board(100, 40) as it:
        await it.highlight("dev-admin")
        await it.press("enter")
        await it.until("put this line into ~/.bashrc")
        assert INIT_LINES["bash"] in it.words()
        await it.press("a")
        await it.until("to the end of ~/.bashrc?")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, UseLine))
        assert rc.read_text() == "a=1\n"
        await it.press("a")
        await it.until("to the end of ~/.bashrc?")
        await it.press("enter")
        await it.until("Added to ~/.bashrc, as line 2")
        await it.until('in this one type: eval "$(ssotui init bash)"')
        assert rc.read_text() == f"a=1\n{INIT_LINES['bash']}\n"
        assert it.app.screen is it.board
        await it.press("enter")
        await it.until("defines sso, in line 2")
        assert "a Add the line" not in it.words()
        await it.press("a")
        assert isinstance(it.app.screen, UseLine)


async def test_a_file_that_cannot_be_written_is_told(home: Path) -> None:
    (home / ".bashrc").symlink_to(home / "nowhere")
    async with board(100, 40) as it:
        await it.highlight("dev-admin")
        await it.press("enter")
        await it.until("put this line into")
        await it.press("a")
        await it.until("a new file?")
        await it.press("enter")
        await it.until("cannot be written")


async def test_where_the_file_is_not_known_nothing_is_offered(home: Path) -> None:
    (home / ".bashrc").mkdir()
    async with board(100, 40) as it:
        await it.highlight("dev-admin")
        await it.press("enter")
        await it.until("Paste these lines")
        assert "a Add the line" not in it.words()
        assert "s Sub-shell" not in it.words()  # the output of a test is no terminal
        await it.press("s")
        assert isinstance(it.app.screen, UseLine)


async def test_s_ends_the_board_for_a_sub_shell() -> None:
    async with board(100, 40) as it:
        it.app.may_open_shell = True
        await it.highlight("dev-admin")
        await it.press("enter")
        await it.until("s Sub-shell")
        await it.press("s")
    assert (it.app.sub_shell, it.app.return_value) == ("dev-admin", None)


@pytest.mark.parametrize("shown", [None, "small"])
def test_the_sub_shell_has_the_environment_of_before_and_in_a_demo_the_program_stays_beside_it(
    monkeypatch: pytest.MonkeyPatch, shown: str | None
) -> None:
    import os

    from tui.app import SsoApp

    opened: list[tuple[str, str | None, str | None, bool]] = []
    homes: list[str] = []

    def end(app: SsoApp) -> None:
        app.sub_shell = "dev-admin"

    def sub_shell(_config: Config, name: str, beside: bool) -> int:
        opened.append((name, os.environ.get("COLUMNS"), os.environ.get("TEXTUAL_FPS"), beside))
        homes.append(os.environ["HOME"])
        assert os.path.isdir(homes[0])
        return 7

    monkeypatch.setenv("COLUMNS", "77")
    monkeypatch.delenv("TEXTUAL_FPS", raising=False)
    monkeypatch.setattr(SsoApp, "run", end)
    monkeypatch.setattr(launch, "terminal_problem", lambda: "")
    monkeypatch.setattr(launch, "finish", lambda code: code)
    before = dict(os.environ)
    assert launch.board(demo=shown, sub_shell=sub_shell) == 7
    assert opened == [("dev-admin", "77", None, shown is not None)]
    assert (homes[0] == before["HOME"]) == (shown is None)
    assert os.path.isdir(homes[0]) == (shown is None)  # that of a demo goes with it
    os.environ.clear()
    os.environ.update(before)
