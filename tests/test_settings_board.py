"""What settings change on the board: keys, order, questions, the clipboard, the theme."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.binding import BindingsMap
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList

from tui.aws.cache import shapes
from tui.demo.server import DemoServer
from tui.desktop import browser
from tui.guard.rules import USE
from tui.keys import KEYS, canonical
from tui.screens.accounts.browsing import Accounts
from tui.screens.accounts.new_profiles.write_profiles import WriteProfiles
from tui.screens.asking.guard_question import GuardQuestion
from tui.screens.changes.change import TakeBack
from tui.screens.changes.config_change import ConfigChange
from tui.screens.copying import copy
from tui.screens.diagnosis.problems import Problems
from tui.screens.diagnosis.why import WhyScreen
from tui.screens.export import Export
from tui.screens.help import Help
from tui.screens.identity import IdentityScreen
from tui.screens.picking.copy_menu import CopyMenu, of_profile
from tui.screens.picking.many_identities import ManyIdentities
from tui.screens.picking.service_picker import ServicePicker
from tui.screens.saving import SaveAs
from tui.screens.sessions.session_form import SessionForm
from tui.screens.sessions.session_removal import SessionRemoval
from tui.screens.sign_in.screen import SignInScreen
from tui.screens.sign_out import SignOut
from tui.screens.use import UseLine
from tui.settings import load, settings_path
from tui.state_file import change_state, sorted_by
from tui.text import clean

from .board import Driver, board, sample


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> None:
    """The sample organisation for every test here."""
    sample(home, demo)


def use_settings(text: str) -> Path:
    """Write the settings file."""
    path = Path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def bound(it: Driver) -> dict[str, set[str]]:
    """The keys by the ids of their bindings, of all that is on the screen."""
    found: dict[str, set[str]] = {}
    for node in (it.app, it.app.screen, *it.app.screen.query("*")):
        bindings: BindingsMap = node._bindings
        for key, each in bindings.key_to_bindings.items():
            for binding in each:
                if binding.id:
                    found.setdefault(binding.id, set()).add(key)
    return found


async def no_text() -> None:
    """Nothing is to be written."""


async def test_every_key_can_be_rebound() -> None:
    """Each id in the list of keys is that of a binding on one of the screens: settings reach them all."""
    async with board() as it:
        found = bound(it)
        profile = it.board.store.snapshot.profile("dev-admin")
        session = it.board.store.snapshot.find_session("acme")
        assert profile is not None
        assert session is not None
        for screen in (
            Accounts(it.app.store, "acme"),
            SignInScreen(it.app.store, [session]),
            SignOut(it.app.store, session),
            Export(it.app.store, profile),
            IdentityScreen(it.app.store, profile),
            CopyMenu(it.app.store, "dev-admin", of_profile(profile, session), profile),
            ManyIdentities(it.app.store, [profile]),
            Problems([]),
            WhyScreen(it.app.store, "dev-admin"),
            WriteProfiles(it.app.store, session, []),
            ConfigChange(it.app.store, TakeBack()),
            ServicePicker(Content("Console of dev-admin"), "us-east-1", [], []),
            UseLine(profile, "lines", "copied", None),
            SaveAs("lines", "/nowhere/lines", True, no_text),
            GuardQuestion(USE, [(profile, None)], "a rule asks"),
            SessionForm(it.app.store),
            SessionRemoval(it.app.store, session),
        ):
            await it.app.push_screen(screen)
            await it.pilot.pause()
            found |= bound(it)
            await it.app.pop_screen()  # else each of them is painted below all that come after it
        for key in KEYS:
            assert found.get(key.id) == {canonical(name) for name in key.keys.split(",")}, key.id


async def test_rebound_keys_work_and_the_help_and_the_palette_know_them() -> None:
    use_settings('[keys]\nboard.export = "i"\nboard.identity = "f6,e"\nlist.down = "Z"\napp.palette = "f9"\n')
    async with board(120, 60) as it:
        await it.highlight("dev-admin")
        await it.press("i")
        await it.until(lambda: isinstance(it.app.screen, Export))
        await it.press("escape")
        await it.press("f6")
        await it.until(lambda: isinstance(it.app.screen, IdentityScreen))
        await it.press("escape")
        await it.highlight("dev-admin")
        first = it.board.profiles.highlighted
        await it.press("j")
        assert it.board.profiles.highlighted == first
        await it.press("Z")
        assert it.board.profiles.highlighted != first
        await it.press("question_mark")
        await it.until(lambda: isinstance(it.app.screen, Help))
        assert "f6, e" in it.words()
        await it.press("escape", "f9")
        await it.type("caller")
        await it.until("Show the caller identity")
        await it.press("escape")


async def test_rebound_keys_of_lists_hold_in_every_list(home: Path) -> None:
    """A screen's own keys go first: `p` is the copy menu's for the option."""
    use_settings('[keys]\nlist.down = "z,f5"\nlist.up = "p"\nlist.half_down = "ctrl+f"\nlist.last = "f8"\n')
    async with board(70, 16) as it:
        profile = it.board.store.snapshot.profile("dev-admin")
        assert profile is not None
        await it.app.push_screen(Help())
        text = it.app.screen.query_one(VerticalScroll)
        await it.until(lambda: text.max_scroll_y > 5)
        await it.press("z", "f5", "p")
        assert text.scroll_y == 1
        await it.press("j")
        assert text.scroll_y == 1
        await it.press("ctrl+f")
        assert text.scroll_y > 1
        await it.press("f8")
        assert text.scroll_y == text.max_scroll_y
        await it.press("escape")
        for pick, keys, index in (
            (Export(it.app.store, profile), ("z", "f5", "z", "p"), 2),
            (ServicePicker(Content("dev-admin"), "us-east-1", [], []), ("f5", "f5"), 2),
            (CopyMenu(it.app.store, "dev-admin", of_profile(profile, None), profile), ("f5",), 1),
        ):
            await it.app.push_screen(pick)
            await it.pilot.pause()
            await it.press(*keys)
            options = pick.query(OptionList).first()
            assert options.highlighted == index
            await it.press("ctrl+f")
            assert options.highlighted > index
            await it.press("escape")
        for path in (home / ".aws/sso/cache").iterdir():
            path.unlink()
        await it.until("signed in to 0 of 3")
        await it.press("L")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        table = it.app.screen
        assert isinstance(table, SignInScreen)
        await it.until(lambda: all(attempt.user_code for attempt in table.attempts))
        first = table.attempts[0]
        code = first.user_code
        for key, row in (("f5", 1), ("p", 0), ("f8", 2), ("j", 2), ("home", 0)):
            await it.press(key)
            assert table.attempts.index(table.current) == row
        await it.press("tab", "shift+tab")
        assert table.current is first
        await it.press("n")
        await it.until(lambda: first.user_code not in ("", code))


async def test_problems_are_told_and_the_defaults_work() -> None:
    use_settings('theme = "nowhere"\n[keys]\nboard.export = "i"\n"\\u001b[31m" = "x"\n')
    async with board(130, 40) as it:
        told = "\n".join(clean(problem.message, 600) for problem in it.board.panes.problems())
        assert "there is no theme nowhere; the default is used" in told
        assert "keys.board.export cannot be i: board.identity has it; the default is used" in told
        assert "keys.\\x1b[31m is not the name of a key" in told
        await it.press("exclamation_mark")
        await it.until("no theme nowhere")
        await it.press("escape")
        assert it.app.theme == "textual-dark"
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until(lambda: isinstance(it.app.screen, Export))


async def test_the_order_is_the_last_one_or_that_of_the_settings() -> None:
    change_state(sorted_by("session"))
    async with board() as it:
        assert it.board.profiles.shown[-2:] == ["sandbox-readonly", "legacy-typo"]
    use_settings('sort = "expiry"\nrenew.automatic = false\n')  # else a session may get another end meanwhile
    async with board() as it:
        by_expiry = list(it.board.profiles.shown)
        assert by_expiry[0] == "analytics"
        assert by_expiry[1] == "billing"
        await it.press("s")
        assert list(it.board.profiles.shown) != by_expiry
    async with board() as it:
        assert list(it.board.profiles.shown) == by_expiry


async def test_signing_in_anew_asks_unless_the_settings_say_no() -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until("Sign in anew")
        assert not isinstance(it.app.screen, SignInScreen)
    use_settings("confirm.sign_in = false\n")
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))


async def test_signing_out_of_a_session_goes_ahead_if_the_settings_say_so(demo: DemoServer) -> None:
    use_settings("confirm.sign_out = false\n")
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("x")
        await it.until("Signed out")
        assert demo.state.log.count("Logout") == 1
        assert not Path(shapes.token_path("acme")).exists()
        assert Path(shapes.token_path("lab")).exists()


async def test_signing_out_of_everything_always_asks(demo: DemoServer) -> None:
    use_settings("confirm.sign_out = false\n")
    async with board() as it:
        await it.app.push_screen(SignOut(it.app.store))
        await it.until("Removes")
        await it.pilot.pause(0.3)
        assert demo.state.log.count("Logout") == 0
        assert Path(shapes.token_path("acme")).exists()


@pytest.fixture
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A clipboard that a program on PATH keeps in a file. Returns what reads it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    held = tmp_path / "held"
    (folder / "xclip").write_text(f'#!/bin/sh\ncase "$*" in *-o*) cat "{held}";; *) cat >"{held}";; esac\n')
    (folder / "xclip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":99")
    return lambda: held.read_text() if held.exists() else ""


async def test_copied_secrets_are_cleared_when_the_settings_say(clipboard: Callable[[], str]) -> None:
    use_settings("clipboard.clear_after = 1\n")
    async with board() as it:
        assert await copy(it.app, "CANARY", "The lines", secret=True) == "The lines: copied; cleared in 1 s"
        assert clipboard() == "CANARY"
        await it.until(lambda: clipboard() == "")


async def test_copied_secrets_are_left_alone_with_0(clipboard: Callable[[], str]) -> None:
    use_settings("clipboard.clear_after = 0\n")
    async with board() as it:
        assert await copy(it.app, "CANARY", "The lines", secret=True) == "The lines: copied"
        await asyncio.sleep(0.3)
        assert clipboard() == "CANARY"
        await it.app.forget_clipboard()  # as a sign-out does
        assert clipboard() == ""


@pytest.mark.parametrize(("setting", "asked"), [("true", True), ("false", False)])
async def test_k05_the_terminal_is_asked_to_copy_only_if_it_may_be(setting: str, asked: bool) -> None:
    use_settings(f"clipboard.osc52 = {setting}\n")
    async with board() as it:
        words = await copy(it.app, "some text", "The URL")
        assert words.startswith(f"The URL: {browser.SENT if asked else 'no clipboard: '}")
        assert "copied" not in words
        assert (it.app.clipboard == "some text") is asked
        assert it.app.said.all()[-1].severity == (
            "information" if asked else "warning"
        )  # it was sent: nothing is wrong


async def test_a_chosen_theme_is_written_into_the_file_with_its_comments() -> None:
    path = use_settings('# mine\ntheme = "nord" # cold\n')
    async with board() as it:
        assert it.app.theme == "nord"
        it.app.theme = "gruvbox"
        await it.until(lambda: load().theme == "gruvbox")
    assert path.read_text() == '# mine\ntheme = "gruvbox" # cold\n'
