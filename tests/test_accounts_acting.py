"""What one does on the screen of accounts and roles with a role, with a profile or without: keys, marks, mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.organisation import ACME, Account, Instance, Organisation
from tui.demo.server import DemoServer
from tui.screens.accounts.browsing import Accounts
from tui.screens.accounts.new_profiles.write_profiles import WriteProfiles
from tui.screens.asking import guard_question
from tui.screens.asking.guard_question import GuardQuestion
from tui.screens.changes.config_change import ConfigChange
from tui.screens.export import Export
from tui.screens.identity import IdentityScreen
from tui.screens.picking.copy_menu import CopyMenu
from tui.screens.use import UseLine
from tui.settings import settings_path

from .aws_home import CONFIG, configure, put_token, role_file
from .board import board
from .portals import Serve, go, make_quick, opened, said, screen, servers
from .sign_ins import fast_polls


@pytest.fixture(autouse=True)
def quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(home, monkeypatch)


@pytest.fixture
def signed_in(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """The usual configuration, with a token for acme alone."""
    configure(CONFIG)
    put_token(demo, "acme", ACME)
    fast_polls(demo, monkeypatch)
    return demo


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    with servers(monkeypatch) as serve:
        yield serve


async def test_a_role_without_a_profile_is_used_without_writing_one(signed_in: DemoServer, home: Path) -> None:
    before = (home / ".aws/config").read_bytes()
    async with board() as it:
        await opened(it)
        await go(it, "888888888888", "Auditor")
        await it.press("i")
        await it.until(lambda: isinstance(it.app.screen, IdentityScreen))
        await it.until("AWSReservedSSO_Auditor")
        assert "Identity of Auditor in Log Archive (888888888888)" in it.words()
        await it.press("escape", "y")
        await it.until(lambda: "AWS_SESSION_TOKEN" in it.app.clipboard)
        assert "Auditor in Log Archive (888888888888)" in said(it)
        await it.press("e")
        await it.until("AWS_SESSION_TOKEN")
        assert isinstance(it.app.screen, Export)
        await it.press("escape", "o")
        await it.until("Console of Auditor in Log Archive (888888888888)")
        await it.press("escape", "c")
        assert isinstance(it.app.screen, CopyMenu)
        await it.press("r")
        await it.until(lambda: "arn:aws:iam::888888888888:role/aws-reserved" in it.app.clipboard)
        await it.press("c", "e")
        await it.until(lambda: it.app.clipboard == "aws+log-archive@example.com")
        await it.press("O")
        await it.until("ap-southeast-3")
        await it.press("escape")
        assert it.app.state.used == {}  # there is no name to come back to
    assert role_file("888888888888", "Auditor", "acme").exists()
    assert (home / ".aws/config").read_bytes() == before


async def test_enter_uses_the_profile_of_a_configured_role(signed_in: DemoServer) -> None:
    async with board() as it:
        await opened(it)
        await go(it, "111111111111", "Admin")
        await it.press("enter")
        await it.until("export AWS_PROFILE=")
        assert isinstance(it.app.screen, UseLine)
        assert "Use dev" in it.words()


async def test_of_several_profiles_of_a_role_one_is_picked(signed_in: DemoServer, home: Path) -> None:
    with open(home / ".aws/config", "a") as file:
        file.write("\n[profile dev-eu]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n")
        file.write("region = eu-west-1\n")
    async with board() as it:
        await opened(it)
        await go(it, "111111111111", "Admin")
        await it.until("profiles dev, dev-eu")
        await it.press("enter")
        await it.until("Use which profile of Admin?")
        await it.press("down", "enter")
        await it.until("Use dev-eu")
        assert isinstance(it.app.screen, UseLine)


async def test_enter_on_a_role_without_a_profile_offers_to_write_one_and_then_uses_it(
    signed_in: DemoServer, home: Path
) -> None:
    async with board(100, 30) as it:
        await opened(it)
        await go(it, "888888888888", "Auditor")
        await it.press("enter")
        await it.until("no profile is for it yet")
        await it.press("escape")
        assert isinstance(it.app.screen, Accounts)  # nothing was written
        await it.press("enter", "enter")
        await it.until(lambda: isinstance(it.app.screen, WriteProfiles))
        await it.until("Log Archive")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, ConfigChange))
        await it.until("sso_role_name = Auditor")
        await it.press("enter")
        await it.until("export AWS_PROFILE=")
        assert isinstance(it.app.screen, UseLine)
    assert "sso_account_id = 888888888888\nsso_role_name = Auditor" in (home / ".aws/config").read_text()


async def test_with_emit_enter_ends_with_the_profile(signed_in: DemoServer) -> None:
    async with board(emit="bash") as it:
        await opened(it)
        await go(it, "111111111111", "Admin")
        await it.press("enter")
        assert it.app.return_value == "dev"


async def test_a_role_that_is_no_longer_one_s_own_is_refused_in_plain_words(signed_in: DemoServer) -> None:
    async with board() as it:
        await opened(it)
        assert screen(it).tree_list.highlight("head")
        await it.press("left", "right", "right")  # closed, open, its first line
        await it.until("is no longer offered")
        await it.press("i")
        await it.until("No access to role Admin in account Production (222222222222)")


async def test_guarded_roles_have_their_label_and_are_asked_about(
    signed_in: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_question, "PAUSE", 0)
    with open(settings_path(), "a") as file:
        file.write('[[guard]]\nmatch = {account = "Log Archive"}\nlabel = "LOGS"\nconfirm = true\n')
    async with board() as it:
        await opened(it)
        await go(it, "888888888888", "Auditor")
        await it.until("Auditor [LOGS]")
        await it.press("e")
        assert isinstance(it.app.screen, GuardQuestion)
        await it.press("escape")
        await it.until("it is not exported")
        await it.press("e", "y")
        await it.until("AWS_SESSION_TOKEN")


async def test_marks_are_counted_and_esc_clears_them(signed_in: DemoServer) -> None:
    async with board() as it:
        tree = await opened(it)
        await it.press("N")
        await it.until("9 marked")
        await it.press("escape")
        assert tree.listing.marked == set()
        await go(it, "555555555555", "ReadOnly")
        await it.press("space")
        await it.until("1 marked")
        await it.press("S")  # the same role in all accounts
        await it.until("5 marked")
        await it.press("S", "A")  # none of these, then all of the account
        await it.until("2 marked")
        assert tree.listing.marked == {("555555555555", "PowerUser"), ("555555555555", "ReadOnly")}
        await it.press("N", "N")  # all new ones, then none of them
        await it.press("slash")
        await it.type("auditor")
        await it.press("enter", "N")  # only what the filter shows
        await it.until("2 marked")
        await it.press("escape", "escape")
        assert tree.listing.marked == set()
        assert it.app.screen is tree
        await it.press("escape")
        assert len(it.app.screen_stack) == 1


async def test_a_profile_that_is_written_meanwhile_is_configured_at_once(signed_in: DemoServer, home: Path) -> None:
    async with board() as it:
        await opened(it)
        await go(it, "888888888888", "Auditor")
        await it.until("no profile yet")
        with open(home / ".aws/config", "a") as file:
            file.write("\n[profile logs]\nsso_session = acme\nsso_account_id = 888888888888\nsso_role_name = Auditor\n")
        await it.until("profile logs")
        line = screen(it).line
        assert line is not None
        assert line.key == "888888888888/Auditor"  # the cursor has stayed


async def test_the_mouse_opens_marks_and_chooses(signed_in: DemoServer) -> None:
    async with board() as it:
        tree = (await opened(it)).tree_list
        tree.highlight("222222222222")
        await it.press("home")
        line = tree.line
        assert line is not None
        assert line.open  # so few accounts are
        await it.pilot.click(tree, offset=(4, 1))
        line = tree.line
        assert line is not None
        assert not line.open
        await it.pilot.click(tree, offset=(2, 1))
        await it.until("1 marked")
        for clicks in (1, 2):  # the one on the mark was no first click on the line
            await it.pilot.click(tree, offset=(20, 1))
            await it.pilot.pause()
            line = tree.line
            assert line is not None
            assert line.open == (clicks == 2)


async def test_names_that_are_hostile_harm_nothing(served: Serve) -> None:
    names = ("[red]x[/] [/b]", "\x1b]52;c;x\x07", "\u202etxt", "🏦 bank", "z" * 200, "", "twin", "twin")
    found = tuple(Account(str(100000000000 + place), name, ("Admin", "[/x]"), "") for place, name in enumerate(names))
    served(Organisation((Instance(ACME, "us-east-1", "acme", found),)))
    async with board() as it:
        await it.press("a")
        await it.until("8 accounts, 16 roles, 16 new")
        words = it.words()
        assert all(char.isprintable() for char in words.replace("\n", ""))
        assert "[red]x[/] [/b]" in words
        await it.press("plus", "end", "c", "escape", "slash", *"[/", "enter", "down")
        assert isinstance(it.app.screen, Accounts)


async def test_the_palette_and_the_help_have_its_keys(signed_in: DemoServer) -> None:
    async with board(100, 40) as it:
        await opened(it)
        await it.press("ctrl+p")
        await it.until("Search for commands")
        await it.type("list anew")
        await it.until("List anew, or go on")
        await it.press("escape", "question_mark")
        await it.until("Accounts and roles")
        await it.until("Mark all roles of the account")
