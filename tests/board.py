"""Driving the board in-process: the program on the sample organisation, through Textual's Pilot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Footer

from tui.app import SsoApp
from tui.demo.process import write_home
from tui.demo.server import DemoServer
from tui.screens.board.board import Board
from tui.screens.sign_in.screen import SignInScreen

from . import resting, stylesheets

stylesheets.share()
resting.share()

LIMIT = 30.0
"""Seconds to wait for the screen; long, because the machine may be slow."""


class Driver:
    """The running program, its keys and its words."""

    def __init__(self, app: SsoApp, pilot: Pilot[str]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def board(self) -> Board:
        """The board, whatever is on top of it."""
        board = self.app.screen_stack[0]
        assert isinstance(board, Board)
        return board

    async def press(self, *keys: str) -> None:
        """Press keys, and let the program settle."""
        await self.app._press_keys(keys)  # Pilot's own way waits for every widget, which is what comes next
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text, faster than the screen."""
        for char in text:
            self.app.post_message(Key(char if char.isalnum() else _character_to_key(char), char))
        await self.pilot.pause()

    def words(self) -> str:
        """All text on the screen, toasts included."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def whole(self) -> bool:
        """Whether the keys are there: of what a screen shows first they come last, on a busy machine much later."""
        footers = [each for each in self.app.screen.query(Footer) if all(it.display for it in each.ancestors_with_self)]
        return all(any(key.region for key in footer.children) for footer in footers)

    def row(self, name: str) -> str:
        """The line of the screen that shows the profile or session `name`."""
        for line in self.words().splitlines()[1:]:  # the title names the active profile
            if name in (word.lstrip("▸*+▴!") for word in line.split()):
                return line
        raise AssertionError(f"{name} is not on the screen:\n{self.words()}")

    async def until(self, condition: str | Callable[[], bool]) -> None:
        """Wait for a text, or for a condition. In between no widget is asked whether it has something to do: on a
        screen with hundreds of them that would be most of the work."""
        now = asyncio.get_running_loop().time
        deadline, at_once = now() + LIMIT, True
        while not (condition in self.words() if isinstance(condition, str) else condition()):
            if now() > deadline:
                raise AssertionError(f"waited for {condition!r}, the screen shows:\n{self.words()}")
            at_once = False
            await asyncio.sleep(0.02)
            self.app.screen._on_timer_update()
        if not at_once:
            await self.pilot.pause(0)

    async def highlight(self, name: str) -> None:
        """Put the cursor on a profile."""
        assert self.board.profiles.highlight(name), f"no profile {name}"
        self.board.profiles.focus()
        await self.pilot.pause()


@asynccontextmanager
async def board(width: int = 80, height: int = 24, emit: str | None = None) -> AsyncIterator[Driver]:
    """The program as it starts, in a terminal of this size, with toasts."""
    stylesheets.keep()
    app = SsoApp(emit=emit)
    async with app.run_test(size=(width, height), notifications=True) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot)
        await driver.until(driver.whole)
        yield driver


def sample(home: Path, server: DemoServer) -> None:
    """Fill the HOME with the sample organisation's profiles, tokens and credentials."""
    write_home(home, server)


async def approve(it: Driver, demo: DemoServer) -> None:
    """Sign in on the screen that is there."""
    await it.until(lambda: isinstance(it.app.screen, SignInScreen) and bool(demo.state.pending_user_codes()))
    demo.state.approve(demo.state.pending_user_codes()[-1])  # the last: others were left
