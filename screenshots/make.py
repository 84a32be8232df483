"""Make the pictures that the README shows, and the tests' snapshots, from the demo: `python -m screenshots.make`.

The demo's clock stands still and its secrets come from a seed, so the same program makes the same SVG to the byte.
`--check` draws the README's SVGs anew and fails when one differs from the file, or when a PNG was not made from its
SVG. The snapshots are checked by the tests.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SNAPSHOTS = FOLDER.parent / "tests" / "snapshots"
NOW = 1_790_000_000  # 2026-09-21 14:13:20 UTC
DEVICE_URL = "https://us-east-1.signin.aws/platform/authorize?request_uri=PpzDtbPjkWdfQ8VmQ2kR3A"
CODES = ("BCDF-GHJK", "LMNP-QRST", "VWXZ-BDFH", "GJKM-NPQS")
LIMIT = 20.0
"""Seconds to wait for a screen to be as wanted."""
DRAWING = 120
"""Seconds that a process may take to draw."""


class Shot(NamedTuple):
    """One picture: its name, the terminal's size, the keys to press (what has a blank is a text to wait for between),
    what to wait for, the theme. `signed_out`: all
    tokens are gone; `empty`: there is no configuration at all, and no demo; `newcomer`: it is of the demo that begins
    with none; `large`: of the large organisation; `guarded`: with the demo's guard rule for production, as all of the
    README's pictures are."""

    name: str
    width: int
    height: int
    keys: tuple[str, ...] = ()
    ready: str = ""
    theme: str = "textual-dark"
    signed_out: bool = False
    empty: bool = False
    newcomer: bool = False
    large: bool = False
    guarded: bool = False


SHOTS = (
    Shot("board", 80, 24, ("down",) * 3),
    Shot("start-url", 80, 24, ("enter", "enter", "down"), "sso_region = eu-west-1", newcomer=True),
    Shot("board-wide", 130, 40, ("down",) * 3),
    Shot("sign-in", 80, 24, ("l", "enter"), "waiting for approval"),
    Shot("identity", 80, 24, ("down", "down", "down", "i"), "answered in"),
    Shot("export", 80, 24, ("down", "down", "down", "e"), "credentials valid"),
    Shot("sign-out", 80, 24, ("x",), "Removes"),
    Shot("accounts", 100, 30, ("a",), "listed just now"),
    Shot("light", 80, 24, ("down",) * 3, "", "textual-light"),
    Shot("large", 130, 40, large=True),
)
"""The README's pictures."""

MORE = (
    Shot("filter", 80, 24, ("slash", "d", "e", "v"), "2 of 13"),
    Shot("help", 80, 24, ("question_mark",), "Keys and states"),
    Shot("problems", 80, 24, ("exclamation_mark",), "to mend it"),
    Shot("use", 80, 24, ("enter",), "export AWS_PROFILE"),
    Shot("refused", 80, 24, ("end", *("up",) * 5, "i"), "No access"),
    Shot("signed-out", 80, 24, ("x", "tab", "enter"), "AWS had ended it already"),
    Shot("sign-in-many", 100, 40, ("L",), "asks for", signed_out=True),
    Shot("sign-in-many-80", 80, 24, ("L",), "asks for", large=True, signed_out=True),
    Shot("sign-in-wide", 130, 40, ("l",), "waiting for approval", signed_out=True),
    Shot("sign-in-small", 40, 10, ("l",), "waiting for approval", signed_out=True),
    Shot("copy-menu", 80, 24, (*("down",) * 3, "c"), "Copy of"),
    Shot("marked", 80, 24, (*("down",) * 3, "space", "down", "space"), "esc Unmark"),
    Shot("board-small", 60, 15),
    Shot("too-small", 39, 9),
    Shot("empty", 80, 24, empty=True),
    Shot("remove-session", 100, 30, ("X",), "AWS is told"),
    Shot("large-80", 80, 24, large=True),
    Shot("large-100", 100, 30, large=True),
    Shot("large-200", 200, 60, large=True),
    Shot("guarded", 80, 24, ("down",) * 9 + ("enter",), "esc Back", guarded=True),
    Shot("guarded-large", 100, 30, ("down", "up"), "[PROD]", large=True, guarded=True),
    Shot("accounts-80", 80, 24, ("a",), "listed just now"),
    Shot("profiles", 100, 30, ("a", "listed just now", "N", "w"), "Add 5 profiles"),
    Shot("profiles-change", 80, 24, ("a", "listed just now", "N", "w", "Add 5 profiles", "enter"), "+ sso_session"),
    Shot("large-filter", 130, 40, ("slash", *"pay", "space", *"prod", "space", *"read"), "of 300", large=True),
)
"""What only the tests look at."""

ALL = {shot.name: shot for shot in (*SHOTS, *MORE)}


async def take(shot: Shot) -> str:
    """Drive the program on the demo to the wanted screen and return its SVG."""
    from tui.app import SsoApp
    from tui.aws import clock
    from tui.demo.home import add_guard_rule
    from tui.demo.large.names import LARGE
    from tui.demo.organisation import ACME, SAMPLE
    from tui.demo.process import write_home
    from tui.demo.server import DemoServer

    organisation = LARGE if shot.large else SAMPLE
    with tempfile.TemporaryDirectory() as folder, DemoServer(organisation, seed=7, now=NOW) as server:
        home = Path(folder)
        if not (shot.empty or shot.newcomer):
            write_home(home, server)
        if not shot.empty:
            os.environ.update(server.environ())
        if shot.guarded or (shot in SHOTS and not shot.newcomer):
            add_guard_rule(home)
        if shot.signed_out:
            for path in (home / ".aws/sso/cache").iterdir():
                path.unlink()
        os.environ.update(environment(folder))
        clock.now = lambda: NOW
        clock.monotonic = lambda: 1000.0
        app = SsoApp(demo=not shot.empty, start_url=ACME if shot.newcomer else "")
        app.theme = shot.theme
        async with app.run_test(size=(shot.width, shot.height)) as pilot:
            await pilot.pause()
            for key in shot.keys:
                if " " in key:
                    await until(partial(appears, app, key), pilot.pause)
                    continue
                await pilot.press(key)
                await pilot.pause()
            await until(lambda: shot.ready in words(app) and has_codes(app), pilot.pause)
            hold_still(app)
            await pilot.pause()
            # The names inside of the SVG come from how the lines were put together, which nobody sees.
            return re.sub(r"\bterminal-\d+", "terminal-ssotui", app.export_screenshot(title="ssotui"))


def environment(folder: str) -> dict[str, str]:
    """The variables that make `folder` the HOME."""
    return {"HOME": folder, "XDG_CONFIG_HOME": f"{folder}/.config", "XDG_STATE_HOME": f"{folder}/.local/state"}


def words(app: object) -> str:
    """All text on the screen."""
    from tui.app import SsoApp

    assert isinstance(app, SsoApp)
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def appears(app: object, text: str) -> bool:
    """Whether a text is on the screen."""
    return text in words(app)


async def until(condition: Callable[[], bool], pause: Callable[[float], Awaitable[None]]) -> None:
    for _ in range(int(LIMIT / 0.1)):
        if condition():
            return
        await pause(0.1)
    raise TimeoutError("the screen did not come")


def has_codes(app: object) -> bool:
    """Whether no sign-in on the screen waits for its code."""
    from tui.app import SsoApp
    from tui.screens.sign_in.screen import SignInScreen

    assert isinstance(app, SsoApp)
    screen = app.screen
    return not isinstance(screen, SignInScreen) or all(attempt.user_code for attempt in screen.attempts)


def hold_still(app: object) -> None:
    """Replace what no two runs share: the demo's port, the time an answer took, and whether a cursor is just seen."""
    from textual.widgets import Input

    from tui.app import SsoApp
    from tui.aws.session.device_code import DeviceCode
    from tui.screens.identity import IdentityScreen
    from tui.screens.sign_in.screen import SignInScreen

    assert isinstance(app, SsoApp)
    screen = app.screen
    for field in screen.query(Input):
        field.cursor_blink = False
    if isinstance(screen, SignInScreen):
        for index, attempt in enumerate(screen.attempts):
            if isinstance(attempt.code, DeviceCode):
                attempt.code.user_code = CODES[index]  # several are asked for at once, in any order
                attempt.code.url = DEVICE_URL
                attempt.code.complete_url = DEVICE_URL
        screen.tick()
    if isinstance(screen, IdentityScreen) and screen.identity is not None:
        screen.identity.latency = 0.084
        screen.show()


def draw(shot: Shot) -> str:
    """The SVG of one picture, drawn in this process. A process draws one: some of the program is set up only once."""
    return asyncio.run(take(shot))


class Drawer:
    """Draws pictures, each in a process of its own. These are forks of one that has the program loaded."""

    def __enter__(self) -> Drawer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "screenshots.make", "--draw"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment_apart(),
            cwd=FOLDER.parent,
            text=True,
        )
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.communicate()

    def draw(self, shot: Shot) -> str:
        """The SVG of one picture."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{shot.name}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer.endswith("\n"):
            raise RuntimeError(f"{shot.name}: no picture; what went wrong stands above")
        return str(json.loads(answer))


def draw_for_others() -> int:
    """Draw the pictures whose names come in, a line each; the first one that fails is the last."""
    # A fork takes over what is loaded: the program, the demo, and what they load when they need it.
    import boto3  # noqa: F401
    import textual.pilot  # noqa: F401

    import tui.app
    import tui.demo.large.morning
    import tui.demo.process
    import tui.demo.server
    import tui.screens.board.ahead
    import tui.screens.board.board  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                signal.alarm(DRAWING)
                print(json.dumps(draw(ALL[line.strip()])), flush=True)
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        if os.waitpid(child, 0)[1] != 0:
            return 1
    return 0


def run_apart(*command: str) -> str:
    """What a module prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        env=environment_apart(),
        timeout=DRAWING,
        check=False,
        cwd=FOLDER.parent,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[-1]}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def environment_apart() -> dict[str, str]:
    """An environment that says nothing of ours."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SSH_", "TEXTUAL"))}
    # What a terminal or a test run around us sets must not show in the pictures.
    for name in ("NO_COLOR", "COLORTERM", "DISPLAY", "WAYLAND_DISPLAY", "FORCE_COLOR"):
        environ.pop(name, None)
    return environ | {"TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


def check() -> list[str]:
    """Which of the README's pictures are out of date, one line each."""
    from .png import png_source, sha256

    wrong = []
    with Drawer() as drawer:
        for shot in SHOTS:
            name, svg = shot.name, drawer.draw(shot)
            svg_path, png_path = FOLDER / f"{name}.svg", FOLDER / f"{name}.png"
            if not svg_path.exists() or svg_path.read_text(encoding="utf-8") != svg:
                wrong.append(f"{svg_path.name} is out of date")
            elif not png_path.exists() or png_source(png_path) != sha256(svg_path.read_bytes()):
                wrong.append(f"{png_path.name} was not made from {svg_path.name}")
    return wrong


def main(arguments: list[str]) -> int:
    """Make, check, or (for this program itself) draw."""
    if arguments == ["--draw"]:
        return draw_for_others()
    if arguments == ["--check"]:
        wrong = check()
        for line in wrong:
            print(f"screenshots: {line}; run make screenshots", file=sys.stderr)
        return 1 if wrong else 0
    from .png import svg_to_png

    SNAPSHOTS.mkdir(exist_ok=True)
    with Drawer() as drawer:
        for shot in (*SHOTS, *MORE):
            path = (FOLDER if shot in SHOTS else SNAPSHOTS) / f"{shot.name}.svg"
            path.write_text(drawer.draw(shot), encoding="utf-8")
            if shot in SHOTS:
                svg_to_png(path, path.with_suffix(".png"))
            print(path.with_suffix(".png") if shot in SHOTS else path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
