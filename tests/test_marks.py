"""What works on one row works on the marked ones: signing in and out, identities, consoles; and the keys say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from tui.aws.cache import shapes
from tui.demo.server import DemoServer
from tui.screens.picking.many_identities import ManyIdentities
from tui.screens.sign_in.screen import SignInScreen
from tui.screens.sign_out import SignOut

from .board import Driver, board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> None:
    sample(home, demo)


async def mark(it: Driver, *names: str) -> None:
    for name in names:
        await it.highlight(name)
        await it.press("space")


def footer(it: Driver) -> str:
    return it.words().splitlines()[-1].strip()


async def test_l_and_i_sign_in_to_the_sessions_of_the_marked_rows_first() -> None:
    for key in ("acme", "lab"):
        Path(shapes.token_path(key)).unlink()
    async with board(130, 30) as it:
        await mark(it, "dev-admin", "sandbox", "dev-readonly")
        assert "3 marked" in it.words().splitlines()[0]
        assert footer(it).startswith(
            "enter Use  l Sign in  / Filter  r Refresh  i Identities  o Consoles  y Copy names  esc Unmark"
        )
        for key, undone in (("l", ""), ("i", "Not signed in to acme, lab: nobody is asked")):
            await it.press(key)
            await it.until(lambda: isinstance(it.app.screen, SignInScreen))
            assert isinstance(it.app.screen, SignInScreen)
            assert [session.key for session in it.app.screen.sessions] == ["acme", "lab"]
            await it.press("escape")
            await it.until(undone)
        assert not isinstance(it.app.screen, ManyIdentities)
        await it.press("escape")
        assert "marked" not in it.words()
        assert "e Export" in footer(it)


async def test_the_footer_says_what_esc_takes_away_next() -> None:
    async with board(100, 30) as it:
        await mark(it, "dev-admin", "sandbox")
        assert "esc Unmark" in footer(it)
        await it.press("slash", *"admin", "enter")
        assert "esc Clear filter" in footer(it)
        await it.press("escape")
        assert "2 marked" in it.words().splitlines()[0]
        await it.press("tab", "enter")
        await it.until("esc All sessions")
        await it.press("escape", "tab")
        await it.until("esc Unmark")
        await it.press("escape")
        assert "marked" not in it.words()


@pytest.mark.parametrize("width", [80, 100])
async def test_the_way_to_the_other_list_gives_way_after_what_is_done_to_one_row(width: int) -> None:
    async with board(width, 24) as it:
        await it.until("tab Sessions")
        assert "L Sign in ×2" in footer(it)
        await it.press("tab")
        await it.until("tab Profiles")


async def test_x_signs_out_of_the_sessions_of_the_marked_rows(demo: DemoServer) -> None:
    async with board(100, 30) as it:
        await mark(it, "dev-admin", "sandbox")
        await it.press("tab", "x")  # on a session it is about that one
        await it.until("Removes 1 token, ")
        await it.press("escape", "tab", "x")
        await it.until("Removes 2 tokens")
        assert isinstance(it.app.screen, SignOut)
        assert " acme, lab " in it.words()
        await it.press("enter")
        await it.until("signed out at AWS")
    assert demo.state.log.count("Logout") == 2
    assert not any(Path(shapes.token_path(key)).exists() for key in ("acme", "lab"))


async def test_consoles_of_many_are_asked_about(opened: Path) -> None:
    async with board(100, 30) as it:
        await mark(it, "dev-admin", "dev-readonly")
        await it.press("o")
        await it.until(lambda: opened.exists() and len(opened.read_text().splitlines()) == 2)
        await mark(it, "billing", "analytics")
        await it.press("o")
        await it.until("Open the consoles of 4 profiles")
        await it.press("escape")
        await it.press("O")
        await it.until("Console of 4 marked profiles")
        await it.press(*"athena", "enter")
        await it.until("Open the consoles of 4 profiles")
        await it.press("enter")
        await it.until(lambda: len(opened.read_text().splitlines()) == 6)
        assert opened.read_text().count("athena") == 4


async def test_keys_that_come_faster_than_the_screen_are_about_what_was_marked_before() -> None:
    async with board(100, 30) as it:
        await it.highlight("dev-admin")
        for key, typed in (("space", " "), ("j", "j"), ("space", " "), ("asterisk", "*"), ("i", "i")):
            it.app.post_message(Key(key, typed))
        await it.until("Identity of 2 profiles")
        assert it.app.state.pinned == ["dev-admin", "dev-readonly"]
