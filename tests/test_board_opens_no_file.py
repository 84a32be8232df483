"""No file is opened by the thread that draws and hears the keys: a home folder can be on a network, and slow."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.model import NOT_YET
from tui.aws.state.store import Store
from tui.demo.server import DemoServer
from tui.screens.board import ahead

from .aws_home import CONFIG, changes, configure, named, put_role
from .board import board

_opened: list[str] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is None or event not in ("open", "os.listdir", "os.scandir"):
        return
    if threading.current_thread() is threading.main_thread():
        places: list[str] = []
        frame = sys._getframe(1)
        while frame.f_back is not None and len(places) < 12:
            places.append(f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}")
            frame = frame.f_back
        if not any(place.startswith("resting.py:") for place in places):  # who asks whether all rests, not the program
            _opened.append(f"{arguments[0]} in {' < '.join(places)}")


assert ahead  # with all that the board imports in a thread when it has been there for a moment

_listens = False


@contextmanager
def noted() -> Iterator[list[str]]:
    """All that the main thread opens meanwhile."""
    global _listens, _opened
    if not _listens:  # not before it is needed: it can never be taken away, and slows all that comes after it
        _listens = True
        sys.addaudithook(_note)  # of Python itself: it hears of every way to open a file, imports too
    found: list[str] = []
    _opened = found
    try:
        yield found
    finally:
        _opened = None


pytestmark = pytest.mark.usefixtures("organisation")


WALK: list[tuple[tuple[str, ...], str]] = [
    (("slash", *"admin"), "3 of 13"),
    (("enter", "escape"), "dev-readonly"),
    (("s",), "Sorted by"),
    (("s",), "Sorted by"),
    (("s",), "Sorted by"),
    (("s",), "Sorted by name"),
    (("e",), "credentials valid for"),
    (("down", "down", "v", "w"), "Write the powershell lines"),
    (("x", "enter"), "Written:"),
    (("escape",), "SESSIONS|SESSION"),
    (("i",), "permission set"),
    (("escape", "y"), "cannot be confirmed"),
    (("o",), "Console of|opens in the browser"),
    (("escape", "c"), "Copy of"),
    (("n",), "The name of"),
    (("O", "tab"), "ap-east-1"),
    (("escape", "exclamation_mark"), "legacy-typo"),
    (("escape", "question_mark"), "Keys and states"),
    (("escape", "ctrl+p"), "Search for commands"),
    (("escape", "asterisk", "space"), "1 marked|pinned|dev-admin"),
    (("r",), "Fresh role credentials"),
    (("R",), "Fresh role credentials|refreshed"),
    (("enter",), "Use dev-admin|Paste these lines"),
    (("escape", "a"), "listed just now"),
    (("slash", *"new", "enter", "N", "plus"), "5 of 12"),
    (("escape", "escape", "i"), "permission set"),
    (("escape", "c", "escape", "tab"), "Playground"),
    (("q", "down"), "PROFILE"),
    (("tab", "l"), "signed in until|Sign in anew"),
    (("escape", "x"), "Removes"),
    (("tab",), "Removes"),
    (("escape", "tab", "L"), "Sign in to"),
    (("n",), "Sign in to"),
    (("escape",), "SESSION"),
    (("n",), "Start URL"),
    ((*"new.awsapps.com", "enter", *"ire"), "sso_region = eu-west-1"),
    (("enter",), "knows no portal"),
    (("escape",), "SESSION"),
]
"""Keys, and what is then on the screen (one of several)."""


@pytest.mark.parametrize(("width", "height"), [(80, 24), pytest.param(140, 40, marks=pytest.mark.walk)])
async def test_x25_no_screen_opens_a_file(home: Path, width: int, height: int) -> None:
    async with board(width, height) as it:
        with noted() as opened:
            for keys, wanted in WALK:
                await it.press(*keys)
                await it.until(lambda wanted=wanted: any(text in it.words() for text in wanted.split("|")))  # type: ignore[misc]
                assert opened == [], keys
            await it.until(lambda: it.app.screen is it.board)
            new = "\n[profile late]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = ReadOnly\n"
            config = home / ".aws/config"
            await asyncio.to_thread(lambda: config.write_text(config.read_text() + new))
            await it.until("late")
            await it.pilot.resize_terminal(height * 2, width // 4)
            await it.press("down", "down", "G", "g")
            it.app.theme = "nord"
            await it.until(lambda: it.app._theme_saved == "nord")
            await it.pilot.pause(1.2)
            assert opened == []


async def test_x25_a_sign_out_and_a_sign_in_open_no_file(home: Path) -> None:
    async with board(80, 24) as it:
        with noted() as opened:
            await it.highlight("dev-admin")
            await it.press("x")
            await it.until("Removes")
            await it.press("enter")
            await it.until("Signed out")
            await it.press("escape")
            await it.until("signed in to 0 of 3")
            await it.press("l")
            await it.until("Sign in to acme")
            await it.press("escape")
            await it.until(lambda: it.app.screen is it.board)
            assert opened == []


@contextmanager
def slow(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    """A home whose files take their time to be opened."""
    real = os.open

    def take_time(path: str, *arguments: int, **names: int) -> int:
        time.sleep(seconds)
        return real(path, *arguments, **names)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", take_time)
        yield


@contextmanager
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home whose files can be opened by nobody for as long as this lasts; who asks for one waits."""
    real, back = os.open, threading.Event()

    def wait(path: str, *arguments: int, **names: int) -> int:
        assert threading.current_thread() is not threading.main_thread()
        back.wait(60)
        return real(path, *arguments, **names)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", wait)
        try:
            yield
        finally:
            back.set()


@pytest.mark.parametrize("keys", [("question_mark",), ("e",), ("exclamation_mark",), ("ctrl+p",)])
async def test_x25_keys_answer_while_no_file_can_be_opened(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    """Forty profiles in sight, each with a file: closing a dialog took 0.8 s of reading."""
    roles = "".join(
        f"[profile p{number:02}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = R{number}\n"
        for number in range(60)
    )
    configure(CONFIG + roles)
    for number in range(60):
        put_role(demo, "111111111111", f"R{number}", "acme")
    async with board(80, 60) as it:
        await it.press(*keys, "escape")
        await it.until(lambda: it.app.screen is it.board)
        with hanging(monkeypatch):
            for _ in range(2):
                await it.press(*keys)
                await it.until(lambda: it.app.screen is not it.board)
                await it.press("escape")
                await it.until(lambda: it.app.screen is it.board)
            await it.press("down", "up")
        assert it.row("p07").split()[-2] == "valid"


async def test_x25_rows_that_were_not_read_yet_say_so_and_are_filled_in(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = "".join(
        f"[profile q{number:03}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = R{number}\n"
        for number in range(200)
    )
    configure(CONFIG + roles)
    put_role(demo, "111111111111", "R199", "acme")
    async with board(80, 24) as it:
        with slow(monkeypatch, 0.1), noted() as opened:
            await it.press("G")
            assert NOT_YET in it.row("q199").split()
            began = time.monotonic()
            await it.until(lambda: "valid" in it.row("q199"))
            assert opened == []
        assert time.monotonic() - began < 20


AHEAD = """
import asyncio, sys
from tui.app import SsoApp
async def main():
    app = SsoApp()
    async with app.run_test() as pilot:
        assert "tui.screens.board.ahead" not in sys.modules
        while "tui.screens.use" not in sys.modules:
            await pilot.pause(0.1)
asyncio.run(main())
"""


def test_x25_what_keys_need_is_imported_ahead(home: Path) -> None:
    subprocess.run([sys.executable, "-c", AHEAD], check=True, timeout=60)


def test_x25_every_screen_is_imported_ahead() -> None:
    """A new one is looked for here, and not by the first user who presses its key."""
    screens = Path(ahead.__file__).parent.parent
    names = [
        ".".join(("tui.screens", *path.relative_to(screens).with_suffix("").parts)).removesuffix(".__init__")
        for path in screens.rglob("*.py")
    ]
    program = f"import sys, tui.app, tui.screens.board.ahead; print(set({names}) - set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, timeout=60, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_a_snapshot_opens_no_file_and_does_not_change(home: Path, demo: DemoServer) -> None:
    store = Store()
    dev = named(store, "dev-admin")
    first = store.look()
    path = first.credentials_path(dev)
    with noted() as opened:
        assert first.credentials_clock("dev-admin", clock.now()) == (NOT_YET, None)
        assert first.credentials_of(dev) is None
        assert [problem.line for problem in first.problems()] == [named(store, "legacy-typo").line]
    assert opened == []
    second = store.look([dev])
    assert second.credentials_clock("dev-admin", clock.now())[0] == "valid"
    os.unlink(path)
    third = store.look([dev])
    assert [each.credentials_clock("dev-admin", clock.now())[0] for each in (first, second, third)] == [
        NOT_YET,
        "valid",
        "none",
    ]


def test_a_look_that_finds_nothing_new_makes_no_snapshot(home: Path, demo: DemoServer) -> None:
    store = Store()
    everything = list(store.config.profiles.values())
    assert changes(store, *everything)
    assert not changes(store, *everything)
    before = store.snapshot
    store.look(everything, anew=True)  # everything is read once more, and says the same
    assert [store.snapshot.credentials_clock(each.name, 0.0) for each in everything] == [
        before.credentials_clock(each.name, 0.0) for each in everything
    ]
