"""Make the recording at the top of the README from the demo: `python -m screenshots.record`.

A morning in a quarter of a minute: the board, `L`, approvals on a phone, three words in the filter, enter, and the
shell has another profile. It is the program itself that is filmed, on a clock of its own: how long a picture stays is
written here, so the same program makes the same file to the byte. `--check` fails when that is not the file.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from .animation import Frame, Run, animated, runs_of
from .make import CODES, FOLDER, NOW, environment, has_codes, hold_still, run_apart, until, words

COLUMNS, ROWS = 100, 30
FILE = FOLDER / "recording.svg"
BACKGROUND = "#121212"
WORDS = ("pay", "prod", "read")
PLAIN, QUIET, GREEN, BLUE = "#e0e0e0", "#8d8d8d", "#8ad4a1", "#7fb5e6"
COMMAND = "sso"
KEY_TIME = 0.13
"""Seconds between two letters."""


class Camera:
    """Takes pictures of the program, and moves its clock on by the time for which each is shown."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.key, self.about = "", ""

    @property
    def now(self) -> float:
        """The time of day in the recording."""
        return NOW + sum(frame.seconds for frame in self.frames)

    def says(self, key: str, about: str) -> None:
        """From now on, what the line below the terminal says."""
        self.key, self.about = key, about

    def take(self, lines: tuple[tuple[Run, ...], ...], seconds: float, phone: str = "", approved: bool = False) -> None:
        """A picture."""
        self.frames.append(Frame(lines, seconds, self.key, self.about, phone, approved))


class Actor:
    """The program in front of the camera."""

    def __init__(self, app: object, pilot: Pilot[str], camera: Camera) -> None:
        from tui.app import SsoApp

        assert isinstance(app, SsoApp)
        self.app, self.pilot, self.camera = app, pilot, camera

    async def shows(self, seconds: float, phone: str = "", approved: bool = False) -> None:
        """Film the screen for so long. The clock in it goes on by whole seconds."""
        while seconds > 0:
            part = min(seconds, 1.0)
            hold_still(self.app)
            for screen in self.app.screen_stack:
                tick = getattr(screen, "tick", None)
                if tick is not None:
                    tick()
            await self.pilot.pause()
            strips = self.app.screen._compositor.render_strips()
            lines = tuple(runs_of(strip, BACKGROUND) for strip in strips)
            self.camera.take(lines, part, phone, approved)
            seconds -= part

    async def until(self, condition: str | Callable[[], bool]) -> None:
        """Wait, off the record."""
        await until(
            lambda: condition in words(self.app) if isinstance(condition, str) else condition(), self.pilot.pause
        )

    async def presses(self, *keys: str) -> None:
        """Press keys, off the record."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()


def prompted(says: str, typed: str, cursor: bool = True) -> tuple[Run, ...]:
    """A line of a shell. `says`: what the prompt tells of the profile in use, "" without one."""
    runs, x = [], 1
    for part, colour in ((says, GREEN), ("~/shop", BLUE), ("$", QUIET), (typed, PLAIN)):
        if part:
            runs.append(Run(x, part, colour, BACKGROUND, bold=colour == GREEN))
            x += len(part) + 1
    return (*runs, Run(x - bool(typed), " ", PLAIN, PLAIN)) if cursor else tuple(runs)


async def film() -> list[Frame]:
    """All pictures."""
    from tui.app import SsoApp
    from tui.aws import clock
    from tui.aws.config.loading import load
    from tui.cli.environment import Environment
    from tui.cli.quick.prompt import prompt_line
    from tui.cli.switched import where
    from tui.demo.home import add_guard_rule
    from tui.demo.large.names import LARGE
    from tui.demo.process import write_home
    from tui.demo.server import DemoServer

    camera = Camera()
    clock.now = lambda: camera.now
    clock.monotonic = lambda: 1000.0 + camera.now - NOW
    with tempfile.TemporaryDirectory() as folder, DemoServer(LARGE, seed=7, now=lambda: camera.now) as server:
        write_home(Path(folder), server)
        add_guard_rule(Path(folder))
        os.environ.update(server.environ() | environment(folder))
        camera.says("", "A morning: 300 profiles, 60 accounts, four sign-ins")
        camera.take(((), prompted("", "")), 0.7)
        for end in range(1, len(COMMAND) + 1):
            camera.take(((), prompted("", COMMAND[:end])), KEY_TIME if end < len(COMMAND) else 0.5)
        app = SsoApp(emit="bash", demo=True)
        async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
            await pilot.pause()
            actor = Actor(app, pilot, camera)
            await actor.until("acme-regulated")
            await actor.shows(2)

            camera.says("L", "signs in to every session that needs it")
            await actor.presses("L")
            await actor.until(lambda: len(server.state.pending_user_codes()) == 2)
            await actor.until(lambda: has_codes(app))
            await actor.shows(1)
            camera.says("", "one approval for each, on a phone")
            for code, done in zip(CODES, ("1 of 2 open", "signed in to 4 of 4"), strict=False):
                await actor.shows(1, code)
                approve(server)
                await actor.until(done)
                await actor.shows(0.6, code, approved=True)
            camera.says("", "Signed in everywhere")
            await actor.shows(1)

            camera.says("/", "a few letters of each word find the profile")
            await actor.presses("slash")
            await actor.shows(0.4)
            for letter in " ".join(WORDS):
                await actor.presses("space" if letter == " " else letter)
                await actor.shows(KEY_TIME)
            await actor.shows(1)
            camera.says("enter", "production asks first")
            await actor.presses("enter")
            await actor.shows(0.8)
            await actor.presses("enter")
            await actor.until("Use payments")
            await actor.shows(1.5)
            camera.says("y", "and this very shell uses it")
            await actor.presses("y")
            await actor.until(lambda: app.return_value is not None)
        profile = app.return_value or ""
        told = Run(1, where(Environment(), load(), profile, ""), PLAIN, BACKGROUND)
        says = prompt_line({**os.environ, "AWS_PROFILE": profile}, clock.now())
        camera.take(((), prompted("", COMMAND, cursor=False), (told,), prompted(says, "")), 3)
    return camera.frames


def approve(server: object) -> None:
    """Approve the sign-in that comes first on the screen."""
    from tui.demo.server import DemoServer

    assert isinstance(server, DemoServer)
    codes = server.state.pending_user_codes()
    devices = {device.instance.name: code for code in codes if (device := server.state.device(code)) is not None}
    server.state.approve(devices[min(devices)])


def make() -> str:
    """The SVG, filmed in this process."""
    frames = asyncio.run(film())
    still = next(number for number, frame in enumerate(frames) if "in everywhere" in frame.about)
    title = "ssotui: signing in to two sessions with a phone, finding a profile, and using it in the shell"
    return animated(frames, COLUMNS, ROWS, BACKGROUND, title, still)


def main(arguments: list[str]) -> int:
    """Make, check, or (for this program itself) draw."""
    if arguments == ["--draw"]:
        sys.stdout.write(make())
        return 0
    drawn = run_apart("screenshots.record", "--draw")
    if arguments == ["--check"]:
        current = FILE.exists() and FILE.read_text(encoding="utf-8") == drawn
        if not current:
            print(f"screenshots: {FILE.name} is out of date; run make screenshots", file=sys.stderr)
        return 0 if current else 1
    FILE.write_text(drawn, encoding="utf-8")
    print(FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
