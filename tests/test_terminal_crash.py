"""Faults of the program itself, on every path that one can take: no value of any variable is shown, the terminal is
put back, and the exit code says that it failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import highlight, plain_text, program, quit_board, row, sample_home
from .terminal import PIPE, Terminal

CANARY = "CANARY-0123456789abcdef"

FAULT = f"""
import sys
def fault(*arguments, **options):
    access_token = "{CANARY}-local"
    tokens = {{"refreshToken": "{CANARY}-inside"}}
    raise RuntimeError("{CANARY}-message", tokens)
async def async_fault(*arguments, **options):
    fault()
"""
RUN = """
from tui.__main__ import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def broken(change: str) -> Terminal:
    """The board with a fault built in."""
    return program(command=[sys.executable, "-c", FAULT + change + RUN], stdout=PIPE)


def says_nothing(terminal: Terminal) -> None:
    """No trace of a value, wherever it could have gone."""
    assert "CANARY" not in plain_text(terminal.raw)
    assert terminal.captured["stdout"] == b""
    assert "Traceback" not in plain_text(terminal.raw)


CRASHES = {
    "a screen's start": ("from tui.screens import identity; identity.IdentityScreen.on_mount = fault", "i"),
    "a screen's widgets": ("from tui.screens import export; export.Export.compose = fault", "e"),
    "an action": ("from tui.screens.board import board; board.Board.action_help = fault", "?"),
    "a message handler": ("from tui.screens.board import panes as b; b.Panes.on_filter_bar_changed = fault", "/a"),
    "a timer": ("from tui.screens.board import panes as b; b.Panes.notice = fault", ""),
    "a drawing": ("from tui.widgets import row_list; row_list.RowList.render_line = fault", ""),
    "a callback": ("from tui.screens import dialogs; dialogs.Confirm.__init__ = fault", "l"),
}
"""What is broken, and the keys that lead there; without keys it is the start."""


@pytest.mark.parametrize("place", CRASHES)
def test_f2_f3_a_crash_shows_no_values_and_fails(place: str) -> None:
    change, keys = CRASHES[place]
    with broken(change) as terminal:
        if keys:
            terminal.wait_for("? Help")
            terminal.press(*keys)
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        terminal.wait_for("ssotui has crashed: RuntimeError")
        assert "in fault" in terminal.text()
        says_nothing(terminal)


EARLY = ["from tui import app; app.SsoApp.__init__ = fault", "from tui.cli import launch; launch.board = fault"]


@pytest.mark.parametrize("change", EARLY, ids=["application", "command line"])
def test_f3_a_crash_before_the_board_shows_no_values(change: str) -> None:
    with broken(change) as terminal:
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        assert "Something unexpected went wrong: RuntimeError in" in plain_text(terminal.raw)
        says_nothing(terminal)


WORKERS = {
    "a thread": ("from tui.aws.role import caller_identity as it; it._ask = it.get_identity = fault", "i"),
    "a worker of the board": ("from tui.screens import copying as clipboard; clipboard.copy_export = async_fault", "y"),
    "a worker of a screen": ("from tui.screens import identity; identity.IdentityScreen.show = fault", "i"),
    "a worker of the program": ("from tui.screens import use; use.copy_use_line = async_fault", "enter"),
    "a thread of nobody's": (
        "import threading; from tui.screens.board import board\n"
        "board.Board.action_help = lambda self: threading.Thread(target=fault).start()",
        "?",
    ),
    "saving in the background": ("from tui import state_file; state_file.change_state = fault", "s"),
}


@pytest.mark.parametrize("place", WORKERS)
def test_f3_a_fault_in_the_background_is_told_without_values_and_the_board_goes_on(place: str) -> None:
    change, key = WORKERS[place]
    with broken(change) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "dev-admin")
        terminal.press(key)
        terminal.wait_for("RuntimeError in <string>:6")
        terminal.press("escape")
        terminal.wait_for(lambda it: it.lines()[0].startswith(" ssotui"))
        quit_board(terminal)
        says_nothing(terminal)


def test_a_watch_over_the_files_that_fails_is_told_and_taken_up_again(home: Path) -> None:
    """Else the board would show old states for ever, and look alive."""
    change = """
import threading
from tui.aws.state import store
real = store.Store.look
failures = [1, 1]
def look(self, *arguments, **options):
    if failures and threading.current_thread() is not threading.main_thread():
        failures.pop()
        fault()
    return real(self, *arguments, **options)
store.Store.look = look
"""
    with broken(change) as terminal:
        terminal.wait_for("RuntimeError")
        (home / ".aws/config").write_text("[sso-session new]\n[profile new]\nsso_session = new\n")
        terminal.wait_for(lambda it: row(it, "new"))
        quit_board(terminal)
        says_nothing(terminal)


def test_f3_an_end_while_threads_are_busy_says_nothing(demo: DemoServer) -> None:
    """What threads meet when the program goes away under them is nobody's business."""
    demo.state.faults.add("GetRoleCredentials", delay=0.3, count=None)
    with broken("") as terminal:
        terminal.wait_for("? Help")
        terminal.press("R")
        terminal.wait_for("Getting role credentials")
        quit_board(terminal)
        says_nothing(terminal)
        assert terminal.text().strip() == ""
