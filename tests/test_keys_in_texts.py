"""Texts name the keys as they are bound in this run, not as they are declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import keys
from tui.aws.errors import SignInNeeded
from tui.demo.server import DemoServer
from tui.screens.jobs import plain
from tui.settings import settings_path

from .aws_home import CONFIG, configure
from .board import board

ROOT = Path(__file__).parent.parent

_VERBS = "makes|lists|gets|asks|sorts|signs|shows|goes|tries|looks|takes|opens|stops|filters|brings"
NAMED = re.compile(
    r"\bpress (?!enter\b|the\b|Ctrl)[\w!?*/+]{1,3}\b"
    rf"|(?<![\w'’}}])[b-zA-Z] (?:{_VERBS})\b"
    r"|(?<!\w)(?:esc|tab) (?:shows|goes|stops|leaves|clears)\b"
)
"""A key in a sentence, as it would be written by hand."""


@pytest.fixture
def rebound() -> Iterator[None]:
    keys.rebind({"board.sign_in": "f5,l", "board.back": "f6", "board.switch": "f7"})
    yield
    keys.rebind({})


def test_the_first_of_the_keys_is_named(rebound: None) -> None:
    assert [keys.pressed(each) for each in ("board.sign_in", "board.sign_in_all", "board.back")] == ["f5", "L", "f6"]
    keys.rebind({})
    assert [keys.pressed(each) for each in ("board.sign_in", "board.back")] == ["l", "esc"]
    with pytest.raises(ValueError, match="not enough values"):
        keys.pressed("no.such")


def test_an_error_names_the_key_that_helps(rebound: None) -> None:
    assert plain(SignInNeeded("acme")).startswith("Sign-in needed for session acme: press f5, or run: ")


def test_no_sentence_has_a_key_written_by_hand() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for folder in ("screens", "widgets", "words")
        for path in sorted((ROOT / "tui" / folder).rglob("*.py"))
        for text in re.findall(r"f?\"[^\"\n]*\"", re.sub(r'"""(?s:.*?)"""|#.*', "", path.read_text()))
        for match in NAMED.finditer(text)
    ]
    assert found == []


async def test_the_board_and_its_help_name_the_keys_of_the_settings(demo: DemoServer) -> None:
    configure(CONFIG)
    path = Path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[keys]\n" + "".join(f'"{name}" = "f{number}"\n' for number, name in enumerate(REBOUND, 2)))
    async with board(100, 40) as it:
        await it.press("f2", "enter")
        await it.until("f3 shows all sessions")
        await it.press("question_mark")
        await it.until("press f4 to sign in")
        await it.until("f5 gets them")


REBOUND = ("board.switch", "board.back", "board.sign_in", "board.refresh")
