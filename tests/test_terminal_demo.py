"""`ssotui --demo` as a person tries it out: in a terminal, with the device page of the embedded Identity Center."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tui.demo.behaviour import Settings
from tui.screens.sign_in.screen import CLOSE_AFTER

from .browser import Browser
from .program import WIDE, highlight, program, quit_board, row
from .terminal import Terminal

LEGACY = "d-9667182f21.awsapps.com"
PROFILES = ["analytics", "attic", "billing", "dev-admin", "dev-readonly", "legacy-typo", "playground", "prod-admin"]
PROFILES += ["prod-deploy", "prod-readonly", "sandbox", "sandbox-readonly", "staging"]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder in which the demo makes its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def demo_board(temporary: Path, tmp_path: Path) -> Iterator[Terminal]:
    """The demo, up and with all rows drawn."""
    with program("--demo", size=WIDE, env={"TMPDIR": str(temporary)}, cwd=tmp_path) as terminal:
        terminal.wait_for("written in")
        yield terminal


def gone(folder: Path) -> bool:
    """Whether nothing is left in a folder; waits for it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not list(folder.iterdir()):
            return True
        time.sleep(0.05)
    return False


def ask_for_a_code(terminal: Terminal) -> tuple[str, str]:
    """Start the sign-in to the legacy session; returns the page's address and the user code as they are shown."""
    highlight(terminal, "attic")
    terminal.press("l")
    return shown_code(terminal)


def shown_code(terminal: Terminal) -> tuple[str, str]:
    """The page's address and the user code, once they are shown."""
    terminal.wait_for("waiting for approval")
    url = re.search(r"http://127\.0\.0\.1:\d+(?=/platform/)", terminal.text())
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", terminal.text())
    assert url is not None
    assert code is not None
    return f"{url[0]}/device", code[0]


def confirm(url: str, code: str) -> None:
    """What the Confirm button of the device page sends."""
    form = urlencode({"user_code": code, "decision": "confirm"}).encode()
    with _DIRECT.open(url, form, timeout=20) as answer:
        assert answer.status == 200


def test_the_sample_organisation_is_there(demo_board: Terminal, temporary: Path) -> None:
    """A dozen profiles in three sessions, in every state."""
    text = demo_board.text()
    for name in PROFILES:
        assert row(demo_board, name), name
    for state in ("signed-in", "refreshable", "signed-out", "valid", "expiring", "expired", "none"):
        assert state in text
    assert len(list(temporary.iterdir())) == 1
    quit_board(demo_board)
    assert gone(temporary)


def test_a_confirmed_code_turns_the_row_to_signed_in(demo_board: Terminal) -> None:
    url, code = ask_for_a_code(demo_board)
    confirm(url, code)
    demo_board.wait_for(lambda it: f"● {LEGACY}" in it.text() and "signed in to 2 of 3" in it.text())
    line = next(line for line in demo_board.lines() if f"● {LEGACY}" in line)
    assert "signed-in" in line
    assert "●" in row(demo_board, "attic")
    quit_board(demo_board)


def test_a_newcomer_goes_from_nothing_to_a_profile_in_use(temporary: Path, tmp_path: Path) -> None:
    with program("--demo", "empty", size=WIDE, env={"TMPDIR": str(temporary)}, cwd=tmp_path) as terminal:
        terminal.wait_for("enter   sign in with a start URL")
        (demo_home,) = temporary.iterdir()
        assert not (demo_home / ".aws").exists()
        terminal.press("enter")
        terminal.wait_for("The demo's own: enter goes on")
        terminal.press("enter")
        terminal.wait_for("Europe (Ireland)")
        terminal.press("enter")
        url, code = shown_code(terminal)
        assert not (demo_home / ".aws").exists()
        confirm(url, code)
        terminal.wait_for("7 accounts, 11 roles, 11 new")
        for key in ("down", "space", "down", "down", "space", "down", "space", "w"):
            terminal.press(key)
        terminal.wait_for("Profiles for 3 roles of acme")
        terminal.wait_for("+ Analytics.DataScientist")
        terminal.press("enter")
        terminal.wait_for("+ [profile Analytics.DataScientist]")
        terminal.press("enter")
        terminal.wait_for("7 accounts, 11 roles, 8 new")
        terminal.press("escape")
        terminal.wait_for("signed in to 1 of 1")
        text = (demo_home / ".aws/config").read_text()
        assert text.startswith("[sso-session acme]\n")
        assert text.count("[profile ") == 3
        terminal.press("enter")
        terminal.wait_for("export AWS_PROFILE='Analytics.DataScientist'")
        terminal.press("escape")
        quit_board(terminal)
    assert gone(temporary)


def test_from_the_confirmation_to_the_board_it_takes_less_than_two_seconds() -> None:
    """At most one pause between two polls, and the time for which the success is shown; the rest is work."""
    assert Settings().poll_interval + CLOSE_AFTER <= 1.75


def test_a_person_with_a_browser_signs_in(demo_board: Terminal) -> None:
    url, code = ask_for_a_code(demo_board)
    with Browser() as browser:
        browser.open(f"{url}?user_code={code}")
        assert browser.text("#user-code") == code
        browser.click("button.primary")
        browser.wait_for("Return to your terminal")
        demo_board.wait_for(lambda it: f"● {LEGACY}" in it.text())
    quit_board(demo_board)


def test_identity_export_copy_and_sign_out_work(demo_board: Terminal, tmp_path: Path) -> None:
    highlight(demo_board, "billing")
    demo_board.press("i")
    demo_board.wait_for("answered in")
    assert "777777777777" in demo_board.text()
    demo_board.press("escape")
    demo_board.wait_for("written in")
    assert "valid" in row(demo_board, "billing")
    demo_board.press("e")
    demo_board.wait_for("credentials valid for")
    assert "AWS_SECRET_ACCESS_KEY='••••••••'" in demo_board.text()
    demo_board.press("escape")
    demo_board.press("y")
    demo_board.wait_for("lines for billing: sent to the terminal")
    assert any(command.startswith(b"52;c;") for command in demo_board.emulator.osc)
    demo_board.press("x")
    demo_board.wait_for("Removes 1 token")
    demo_board.press("enter")
    demo_board.wait_for("Signed out")
    demo_board.press("escape")
    demo_board.wait_for(lambda it: "signed in to 0 of 3" in it.text() and "○" in row(it, "billing"))
    quit_board(demo_board)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_e11_killed_it_leaves_nothing_behind(demo_board: Terminal, temporary: Path, number: signal.Signals) -> None:
    ask_for_a_code(demo_board)
    (home,) = temporary.iterdir()
    demo_board.signal(number)
    assert demo_board.wait_exit() == 128 + number
    assert gone(temporary)
    assert not home.exists()


def test_e11_killed_the_caches_stay_whole(demo_board: Terminal, temporary: Path) -> None:
    (home,) = temporary.iterdir()
    demo_board.press("R")
    demo_board.wait_for("Getting role credentials")
    demo_board.signal(signal.SIGSTOP)
    files = {path.name: path.read_text() for path in home.glob(".aws/*/cache/*.json")}
    demo_board.signal(signal.SIGKILL)
    assert len(files) >= 6
    for text in files.values():
        json.loads(text)
    demo_board.wait_exit()
