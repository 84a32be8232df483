"""`ssotui status`: the words of states, sessions that cannot be used, and lines that fit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.demo.home import write
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure
from .commands import Room, check, ssotui
from .test_cli_status import CLOSED, listed


@pytest.fixture
def sample(demo: DemoServer, home: Path) -> Path:
    """The sample organisation with sessions and credentials in every state."""
    write(home, demo.state, every_state=True)
    return home


def test_the_word_of_a_state_chooses_profiles_as_on_the_board(sample: Path) -> None:
    signed_out = set(listed(check(ssotui("status", "signed-out", **CLOSED), 3)))
    assert "attic" in signed_out
    assert "dev-admin" not in signed_out
    valid = set(listed(check(ssotui("status", "valid", **CLOSED), 0)))
    assert "dev-admin" in valid
    assert "attic" not in valid
    assert set(listed(check(ssotui("status", "acme", "!valid", **CLOSED), 0))).isdisjoint(valid)
    done = check(ssotui("status", "acme", "unreadable", **CLOSED), 1)
    assert "No profile is like that now: acme unreadable" in done.stderr
    assert "There is no profile" not in done.stderr


def test_a_session_that_cannot_be_used_says_why_in_place_of_its_state(home: Path) -> None:
    configure(CONFIG.replace(f"sso_start_url = {ACME}\n", "", 1))
    (line,) = [it for it in check(ssotui("status"), 0).stdout.splitlines() if it.startswith("acme ")]
    assert "! sso_start_url is missing" in line
    assert "signed-out" not in line


@pytest.mark.parametrize("width", [60, 80])
def test_lines_break_between_words_and_only_a_path_is_longer(home: Path, width: int) -> None:
    configure(CONFIG.replace("[profile dev]", "[profile dev]\nregion = a\nregion = b\nsso_session = lost"))
    for verb in ("status", "doctor"):
        room = Room({**os.environ, "COLUMNS": str(width)})
        told = room.run(verb, code=0 if verb == "status" else 1) + room.stderr.getvalue()
        assert "errors are" in " ".join(told.split())
        long = [line for line in told.splitlines() if len(line) > width]
        assert all(len(line.split()) <= 2 and "/" in line for line in long), long
