"""Sizes that follow each other faster than screens can be drawn."""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path

import pytest
from textual.events import Resize
from textual.geometry import Size

from tui.demo.server import DemoServer

from .board import Driver, board, sample
from .program import highlight, program, quit_board
from .sign_ins import gaps


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample(home, demo)


SCREENS = {
    "board": ("", "? Help"),
    "sign-in": ("l", "waiting for approval"),
    "identity": ("i", "Identity of analytics"),
    "export": ("e", "Export analytics"),
    "sign-out": ("x", "Sign out"),
    "help": ("?", "Keys and states"),
    "palette": ("ctrl+p", "Search for commands"),
}


async def layouts(it: Driver) -> int:
    """How often the screen is laid out in half a second, with nothing to do but the clock's ticks."""
    count = 0

    def laid_out(_screen: object) -> None:
        nonlocal count
        count += 1

    it.app.screen.screen_layout_refresh_signal.subscribe(it.app.screen, laid_out)
    await it.pilot.pause(0.5)
    it.app.screen.screen_layout_refresh_signal.unsubscribe(it.app.screen)
    return count


@pytest.mark.parametrize("name", SCREENS)
async def test_x51_a_size_that_was_overtaken_is_not_laid_out_again_and_again(name: str) -> None:
    """Two sizes that wait for one screen: laying it out for one must not ask for the other once more."""
    key, words = SCREENS[name]
    async with board(80, 24) as it:
        await it.highlight("analytics" if "analytics" in words else "attic")
        await it.press(*([key] if key else []))
        await it.until(words)
        screen = it.app.screen
        it.app._size = Size(90, 30)
        for size in (Size(70, 20), Size(90, 30), Size(80, 24), Size(90, 30)):
            screen.post_message(Resize(size, size))
            screen.call_later(screen.refresh)  # anything between two sizes keeps Textual from taking them for one
        await it.until(lambda: screen.size == (90, 30))
        assert await layouts(it) < 10
        assert screen.size == (90, 30)
        await it.pilot.resize_terminal(100, 24)
        await it.until(lambda: screen.size == (100, 24))
        await it.press("escape")


@pytest.mark.parametrize("in_band", [False, True], ids=["signals", "in-band"])
def test_x51_a_storm_of_sizes_while_a_code_is_waited_for(in_band: bool, demo: DemoServer) -> None:
    demo.state.settings.poll_interval = 1
    sizes = random.Random(51)
    with program(in_band_resize=in_band) as terminal:
        terminal.wait_for("attic")
        highlight(terminal, "attic")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        ends = time.monotonic() + 4
        while time.monotonic() < ends:
            terminal.resize(sizes.randint(30, 130), sizes.randint(8, 45))
            time.sleep(0.01)
        terminal.resize(72, 22)
        terminal.wait_for(lambda it: it.lines()[21].endswith("esc Cancel") and "code expires in" in it.text())
        time.sleep(1.5)
        written = len(terminal.raw)
        time.sleep(1.5)
        assert len(terminal.raw) - written < 60_000, "it goes on drawing though nothing changes"
        assert max(gaps(demo)) < 3
        terminal.press("escape")
        terminal.wait_for("? Help")
        quit_board(terminal)


STUCK = {
    "a handler that never returns": "def action_help(self):\n    while True: pass",
    "messages without an end": "def action_help(self): self.call_later(self.action_help)",
    "a wait for nothing": "def action_help(self): threading.Event().wait()",
}
RUN = """
import sys, threading
from tui.screens.board.board import Board
{fault}
Board.action_help = action_help
from tui.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize(("fault", "ended_by"), list(zip(STUCK, ["SIGTERM", "SIGHUP", "ctrl+c"], strict=True)))
def test_x51_a_program_that_hears_nothing_any_more_is_ended_in_order(fault: str, ended_by: str) -> None:
    with program(command=[sys.executable, "-c", RUN.format(fault=STUCK[fault])]) as terminal:
        terminal.wait_for("? Help")
        terminal.press("?", "x", "down")
        time.sleep(0.3)
        if ended_by == "ctrl+c":
            terminal.press(ended_by)
        else:
            terminal.signal(getattr(signal, ended_by))
        assert terminal.wait_exit(20) == {"SIGTERM": 143, "SIGHUP": 129, "ctrl+c": 130}[ended_by]
        terminal.assert_restored()
        assert terminal.emulator.osc[-1] == b"2;", "the title is the shell's again"
