"""What the screens over the board have in common: where they stand, and how one leaves them."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tui.aws.session.signing_out import sign_out
from tui.demo.server import DemoServer
from tui.screens.diagnosis.problems import Problems
from tui.screens.sign_in.screen import SignInScreen

from .board import board

pytestmark = pytest.mark.usefixtures("organisation")


@pytest.mark.parametrize(("key", "words"), [("x", "Removes"), ("i", "Identity of"), ("l", "is signed in until")])
async def test_a_dialog_stands_in_the_middle_of_the_board(key: str, words: str) -> None:
    async with board(130, 40) as it:
        await it.press(key)
        await it.until(words)
        panel = it.app.screen.query_one(".dialog").region
        assert panel.x == (130 - panel.width) // 2
        assert abs(panel.y - (40 - panel.height) // 2) <= 1
        await it.until("signed in to 1 of 3")


async def test_the_enter_that_closes_a_sign_out_does_nothing_on_the_board(demo: DemoServer) -> None:
    async with board() as it:
        await it.press("tab", "x")
        await it.until("Removes")
        await it.press("enter")
        await it.until("signed out at AWS")
        await it.press("enter")
        await it.pilot.pause(0.5)
        assert it.app.screen is it.board
        assert demo.state.log.count("StartDeviceAuthorization") == 0


async def test_while_it_signs_out_the_keys_for_that_are_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(*arguments: Any) -> object:
        go_on.wait(30)
        return sign_out(*arguments)

    monkeypatch.setattr("tui.screens.sign_out.sign_out", slow)
    async with board(40, 12) as it:
        await it.press("x")
        await it.until("Removes")
        assert "tab Scope  enter Sign out  esc Back" in it.words()
        await it.press("enter")
        await it.until("Signing out")
        await it.until(lambda: "tab Scope" not in it.words() and "enter Sign out" not in it.words())
        go_on.set()
        await it.until("Signed out")


async def test_with_nothing_to_sign_out_of_nothing_is_promised() -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("x")
        await it.until("there is nothing to sign out of")
        assert "AWS is told" not in it.words()
        assert "enter" not in it.words().splitlines()[-1]
        await it.press("tab")
        await it.until("AWS is told to end the sessions.")
        await it.until(lambda: "enter Sign out" in it.words().splitlines()[-1])
        await it.press("tab")
        await it.until("there is nothing to sign out of")
        await it.press("enter")
        await it.pilot.pause(0.3)
        assert it.app.screen is it.board


@pytest.mark.parametrize("key", ["l", "enter", "e", "i", "x", "exclamation_mark", "question_mark"])
@pytest.mark.parametrize("leave", ["q", "escape"])
async def test_every_dialog_names_the_key_that_leaves_it(key: str, leave: str) -> None:
    async with board() as it:
        await it.press(key)
        await it.until("esc Back")
        await it.press(leave)
        await it.until("analytics")
        assert it.app.screen is it.board


async def test_the_name_of_a_rebound_key_is_the_one_that_is_shown(home: Path) -> None:
    folder = home / ".config/ssotui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text('keys.screen.leave = "f10"\n')
    async with board() as it:
        for key in ("l", "enter"):
            await it.press(key)
            await it.until("f10 Back")
            await it.press("f10")


async def test_the_whole_console_link_can_be_seen_in_a_small_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "")
    async with board(40, 10) as it:
        await it.press("o")
        await it.until("Console of")
        await it.press("G")  # to the end of it
        await it.until("there is no desktop")


async def test_an_identity_is_copied_when_there_is_one() -> None:
    async with board() as it:
        await it.highlight("prod-admin")
        await it.press("i")
        await it.until("No access to role")
        assert "c Copy" not in it.words()
        await it.press("escape")
        await it.highlight("dev-admin")
        await it.press("i")
        await it.until("c Copy")
        await it.press("c")
        await it.until("The identity: ")


async def test_the_help_keeps_its_columns_and_explains_every_symbol() -> None:
    async with board(60, 160) as it:
        await it.press("question_mark")
        await it.until("Marks")
        lines = it.words().splitlines()
        (at,) = (at for at, line in enumerate(lines) if "in through the browser" in line)
        assert lines[at + 1].startswith(" " * 14)
        for told in ("↻", "ended 9h ago", "ends 18:05", "denied"):
            assert told in it.words()


async def test_the_palette_has_each_command_once() -> None:
    async with board() as it:
        await it.press("ctrl+p")
        await it.type("quit")
        await it.until(lambda: it.words().count("Quit") == 1)
        await it.press("escape", "x")
        await it.until("Removes")
        await it.press("ctrl+p")
        await it.type("quit")
        await it.until("Quit the application")


@pytest.mark.parametrize("size", [(60, 15), (40, 10)], ids=str)
async def test_help_and_the_way_back_are_in_sight_in_small_terminals_too(size: tuple[int, int]) -> None:
    async with board(*size) as it:
        assert "? Help" in it.words().splitlines()[-1]
        for row, key, words, back in (
            ("attic", "x", "Nothing is cached", "Back"),
            ("analytics", "e", "Export", "Back"),
            ("attic", "l", "Open", "Cancel"),
        ):
            await it.highlight(row)
            await it.press(key)
            await it.until(words)
            await it.until(lambda back=back: it.words().splitlines()[-1].endswith(f"esc {back}"))  # type: ignore[misc]
            await it.press("escape")


@pytest.mark.parametrize("key", ["c", "enter"])
async def test_the_lines_are_copied_by_either_key_once(key: str) -> None:
    async with board() as it:
        await it.press("e")
        await it.until("credentials valid for")
        assert "c Copy" in it.words()
        await it.press(key)
        await it.until("lines for analytics: ")
        assert it.words().count("lines for analytics") == 1


async def test_tab_goes_to_the_next_of_several_sessions(home: Path) -> None:
    for path in (home / ".aws/sso/cache").iterdir():
        path.unlink()
    async with board(100, 40) as it:
        await it.press("L")
        await it.until("3 of 3 open")
        await it.press("tab")
        assert isinstance(it.app.screen, SignInScreen)
        assert it.app.screen.current.session.key == "lab"


async def test_only_what_holds_secrets_is_said_to() -> None:
    async with board() as it:
        await it.press("e")
        await it.until("credentials valid for")
        await it.press("v")
        await it.until("shown for 30 s, or until v")
        await it.press("v", "end", "up")
        await it.until("AWS_PROFILE='analytics'")
        await it.press("w")
        await it.until("to a file that only you can read")
        await it.press("enter")
        await it.until("Written:")
        assert "holds secrets" not in " ".join(it.words().split())
        await it.press("home", "down", "w")
        await it.until("It will hold secrets")
        await it.press("enter")
        await it.until(lambda: "It holds secrets" in " ".join(it.words().split()))


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 30)], ids=str)
@pytest.mark.parametrize(
    ("key", "ready"), [("w", "Nothing is broken"), ("e", "credentials valid"), ("i", "permission set")], ids="wei"
)
async def test_what_copying_came_to_is_said_whole_in_every_size(size: tuple[int, int], key: str, ready: str) -> None:
    async with board(*size) as it:
        await it.press(key)
        await it.until(ready)
        await it.press("c")
        await it.until(lambda: "cannot be confirmed" in " ".join(it.words().split()))
        words = " ".join(it.words().split())
        assert re.search(r"cannot be confirmed \(.*\).* c Copy", words)  # with the reason, to its end
        assert key != "w" or "Nothing is broken" in words


@pytest.mark.parametrize(("key", "words"), [("enter", 'eval "$(ssotui init'), ("i", '"Arn":'), ("x", "Removes")])
async def test_a_dialog_has_no_older_message_in_front(key: str, words: str) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        for message in ("an older message", "and one in three lines: " + "word " * 30):
            it.app.tell(message, "warning", timeout=60)
        await it.until("and one in three lines")
        await it.press(key)
        await it.until(words)
        await it.until(lambda: "one in three lines" not in it.words() and "word word" not in it.words())


async def test_what_the_key_of_a_dialog_brought_about_is_told_in_front_of_it() -> None:
    async with board() as it:
        it.app.tell("an older message", timeout=60)
        await it.until("an older message")
        it.app.last_input = time.monotonic()
        it.app.tell("a newer one", "error", timeout=60)
        it.app.push_screen(Problems([]))
        await it.until("problems")
        await it.until(lambda: "an older message" not in it.words() and "a newer one" in it.words())
