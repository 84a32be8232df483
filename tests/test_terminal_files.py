"""Files that change under the running board: what it shows follows, and half-written files are no news."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.cache import shapes
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .program import highlight, program, quit_board, row, sample_home
from .terminal import Terminal

PROFILE = """
[profile {name}]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = us-east-1
"""
SESSION = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"


@pytest.mark.parametrize("content", [None, "", "# nothing but comments\n\n; here\n"], ids=["none", "empty", "comments"])
def test_a01_a02_without_profiles_it_says_what_to_do_and_fills_by_itself(
    content: str | None, home: Path, demo: DemoServer
) -> None:
    config = home / ".aws/config"
    if content is None:
        (home / ".aws").rmdir()
    else:
        config.write_text(content)
    with program() as terminal:
        terminal.wait_for("No SSO profiles yet.")
        assert "enter   sign in with a start URL" in terminal.text()
        for key in ("l", "e", "i", "y", "r", "R", "L", "s"):
            terminal.press(key)
        terminal.press("!")
        terminal.wait_for("There is no profile here")
        terminal.press("escape")
        terminal.wait_for("No SSO profiles yet.")
        assert (home / ".aws").exists() == (content is not None), "nothing is made before it is needed"
        (home / ".aws").mkdir(exist_ok=True)
        config.write_text(SESSION + PROFILE.format(name="first"))
        terminal.wait_for(lambda it: "signed-out" in it.text() and row(it, "first"))
        quit_board(terminal)


@contextlib.contextmanager
def sampled(home: Path, demo: DemoServer) -> Iterator[Terminal]:
    """The sample organisation, with the cursor on the profile staging."""
    sample_home(home, demo)
    with program(size=(80, 30)) as terminal:
        terminal.wait_for("? Help")
        highlight(terminal, "staging")
        yield terminal


def on_staging(terminal: Terminal) -> bool:
    return row(terminal, "staging").lstrip().startswith("▸")


def test_a29_a_configuration_written_by_others_keeps_the_cursor_on_its_profile(home: Path, demo: DemoServer) -> None:
    with sampled(home, demo) as terminal:
        config = home / ".aws/config"
        text = config.read_text()
        # As editors do it: a new file takes the place of the old one.
        new = config.with_name("config.swp")
        new.write_text(text + PROFILE.format(name="aaa") + PROFILE.format(name="zzz"))
        os.replace(new, config)
        terminal.wait_for(lambda it: row(it, "aaa") and on_staging(it))
        # As the AWS CLI does it: the same file, emptied and written again.
        config.write_text(text)
        terminal.wait_for(lambda it: not row(it, "aaa") and on_staging(it))
        quit_board(terminal)


def test_a29_a_truncated_configuration_is_shown_as_it_was_with_a_notice(home: Path, demo: DemoServer) -> None:
    with sampled(home, demo) as terminal:
        config = home / ".aws/config"
        text = config.read_text()
        config.write_text("")
        terminal.wait_for("empty or unreadable just now")
        assert on_staging(terminal)
        config.write_text(text + PROFILE.format(name="aaa"))
        terminal.wait_for(lambda it: row(it, "aaa") and on_staging(it) and "empty or unreadable" not in it.text())
        quit_board(terminal)


def test_b26_a_token_removed_by_others_shows(home: Path, demo: DemoServer) -> None:
    with sampled(home, demo) as terminal:
        os.unlink(shapes.token_path("acme"))
        terminal.wait_for("signed in to 0 of 3")
        terminal.wait_for(lambda it: "○" in row(it, "staging"))
        assert on_staging(terminal)
        quit_board(terminal)


def test_b19_a_token_written_in_place_again_and_again_is_never_called_unreadable(home: Path, demo: DemoServer) -> None:
    """The AWS CLI v2 opens, truncates and writes. A reader finds the file empty or in half, often."""
    sample_home(home, demo)
    path = Path(shapes.token_path("acme"))
    text = path.read_text()
    ended = threading.Event()

    def write() -> None:
        serial = 0
        while not ended.is_set():
            serial += 1
            with path.open("w", buffering=1) as file:
                half = len(text) // 2
                file.write(text[:half])
                file.flush()
                file.write(text[half:] + " " * (serial % 7))

    writer = threading.Thread(target=write)
    with program() as terminal:
        terminal.wait_for("? Help")
        writer.start()
        try:
            frames = len(terminal.raw)
            for _ in range(5):  # as many looks at the files as five ticks of the clock hold
                now = re.search(r"\d\d:\d\d:\d\d", terminal.text())
                assert now is not None
                terminal.wait_for(lambda it, now=now[0]: now not in it.text())  # type: ignore[misc]
                assert "signed in to 1 of 3" in terminal.text()
        finally:
            ended.set()
            writer.join()
        quit_board(terminal)
        assert len(terminal.raw) > frames
        assert b"unreadable" not in terminal.raw
        assert b"signed in to 0" not in terminal.raw
    assert json.loads(path.read_text())["startUrl"] == ACME
