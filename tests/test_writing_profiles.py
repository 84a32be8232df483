"""Profiles for ticked roles on the screen: names as they will be, the diff, writing, taking back."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from tui.aws.cache import account_list, writing
from tui.aws.role import accounts
from tui.aws.role.accounts import Listing
from tui.aws.role.offered import Offer, offers
from tui.aws.state.store import Store
from tui.demo.server import DemoServer
from tui.desktop import browser
from tui.screens.accounts.browsing import Accounts
from tui.screens.accounts.new_profiles.preview import Preview
from tui.screens.accounts.new_profiles.write_profiles import WriteProfiles
from tui.screens.changes.config_change import ConfigChange
from tui.settings import load

from .aws_home import session_named
from .board import Driver, board, sample
from .test_board_opens_no_file import noted


@pytest.fixture
def listed(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The sample organisation, and all that acme offers."""
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)
    sample(home, demo)
    store = Store()
    store.look()
    Listing(store, session_named(store, "acme")).run(threading.Event())
    return store


def new_roles(store: Store, wanted: Callable[[Offer], bool] = lambda it: not it.names) -> list[Offer]:
    session = session_named(store, "acme")
    return [it for it in offers(store.snapshot, session, account_list.load(session)) if wanted(it)]


@asynccontextmanager
async def form(
    store: Store, ticked: Sequence[Offer] | None = None, width: int = 100, height: int = 30
) -> AsyncIterator[Driver]:
    """The screen for these roles, by default all that have no profile."""
    async with board(width, height) as it:
        roles = new_roles(store) if ticked is None else ticked
        await it.app.push_screen(WriteProfiles(it.app.store, session_named(it.app.store, "acme"), roles))
        await it.until("esc Back")
        await it.until(lambda: bool(it.app.screen.query_one(Preview).visible_keys()))
        await it.pilot.pause()
        yield it


def config() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


async def entry(it: Driver, name: str, text: str) -> None:
    it.app.screen.query_one(f"#{name}", Input).value = text
    await it.pilot.pause()


async def test_all_names_are_seen_as_the_template_is_typed(listed: Store) -> None:
    async with form(listed) as it:
        assert "Profiles for 5 roles of acme" in it.words()
        assert "+ Log-Archive.Auditor        characters replaced  Log Archive" in it.words()
        assert "Add 5 profiles   3 with characters replaced" in it.words()
        await entry(it, "template", "{role_name|lower}")
        assert "+ auditor-2" in it.words()
        assert "3 numbered" in it.words()
        await entry(it, "template", "{role}")
        assert "{role} is no placeholder: there are account_name" in it.words()
        await entry(it, "template", "{account_id}-{role_name}")
        assert "+ 888888888888-Auditor" in it.words()


async def test_region_and_output_are_checked(listed: Store) -> None:
    async with form(listed) as it:
        await entry(it, "region", "eu west")
        assert "eu west is not a region" in it.words()
        await it.press("enter")
        assert not isinstance(it.app.screen, ConfigChange)
        await entry(it, "region", "none")
        await entry(it, "output", "xml")
        assert "xml is no output of the AWS CLI: there are json" in it.words()
        await entry(it, "output", "table")
        await it.press("enter")
        await it.until("+ output = table")
        assert "+ region" not in it.words()


async def test_the_diff_is_written_with_enter_and_the_board_shows_it_at_once(listed: Store) -> None:
    before = config().read_bytes()
    async with form(listed) as it:
        with noted() as opened:
            await it.press("enter")
            await it.until("+ [profile Billing.ReadOnly]")
            assert "enter Write" in it.words()
            await it.press("enter")
            await it.until(lambda: it.app.screen is it.board)
            assert opened == []
        assert "Billing.ReadOnly" in it.app.store.config.profiles
        await it.until(lambda: "Billing.ReadOnly" in it.board.snapshot.config.profiles)
        assert config().read_bytes().startswith(before)
        assert it.app.said.all()[0].text == "Added 5 profiles, in ~/.aws/config. U takes it back"


async def test_u_takes_the_change_back_after_showing_it(listed: Store) -> None:
    before = config().read_bytes()
    async with form(listed) as it:
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
        with noted() as opened:
            await it.press("U")
            await it.until("- [profile Billing.ReadOnly]")
            await it.press("enter")
            await it.until(lambda: it.app.screen is it.board)
            assert opened == []
        assert config().read_bytes() == before
        assert "Billing.ReadOnly" not in it.app.store.config.profiles
        await it.press("U")
        await it.until("ssotui has changed nothing in ~/.aws/config")
        await it.press("enter", "escape")
        await it.until(lambda: it.app.screen is it.board)


async def test_what_was_changed_since_is_shown_and_not_taken_back(listed: Store) -> None:
    async with form(listed) as it:
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
        config().write_text(config().read_text() + "# mine\n")
        await it.press("U")
        await it.until("+ # mine")
        assert "has been changed since ssotui wrote it: nothing was undone" in " ".join(it.words().split())
        assert "enter Write" not in it.words()
        await it.press("enter")
        assert config().read_text().endswith("# mine\n")


async def test_a_file_that_changes_while_the_diff_is_shown_is_compared_and_asked_about_anew(listed: Store) -> None:
    async with form(listed) as it:
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        theirs = "\n[profile Billing.ReadOnly]\nregion = x\n"
        config().write_text(config().read_text() + theirs)
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly-2]")
        await it.until("The file has changed meanwhile")
        assert isinstance(it.app.screen, ConfigChange)
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
        assert theirs in config().read_text()
        assert "[profile Billing.ReadOnly-2]" in config().read_text()


@pytest.mark.parametrize("kind", ["read-only", "link"])
async def test_a_file_that_cannot_be_written_is_told_and_the_text_is_offered(
    listed: Store, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    copied: list[str] = []

    def copy(text: str, *_: object) -> str:
        copied.append(text)
        return ""

    monkeypatch.setattr(browser, "copy", copy)
    real = config()
    if kind == "link":
        real = config().rename(config().parent / "made-elsewhere")
        config().symlink_to(real)
    real.chmod(0o444)
    before = real.read_bytes()
    async with form(listed) as it:
        await it.press("enter")
        await it.until("c copies the text")
        told = " ".join(it.words().split())
        assert "~/.aws/config was not changed: it is read-only" in told
        assert ("a symbolic link to ~/.aws/made-elsewhere" in told) is (kind == "link")
        await it.press("enter", "c")
        await it.until(lambda: copied != [])
        assert copied[0].startswith("[profile Billing.ReadOnly]\nsso_session = acme\n")
        assert real.read_bytes() == before


async def test_a_full_disk_is_told_and_nothing_is_lost(listed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = config().read_bytes()
    async with form(listed) as it:
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        with monkeypatch.context() as full:
            full.setattr(writing, "_make_temporary", lambda *_: ("", OSError(28, "No space left on device")))
            await it.press("enter")
            await it.until("no space left on device")
        assert config().read_bytes() == before
        await it.press("enter")  # once more, with room
        await it.until(lambda: it.app.screen is it.board)
        assert config().read_bytes() != before


async def test_roles_with_a_profile_are_left_unless_wanted(listed: Store) -> None:
    async with form(listed, new_roles(listed, lambda it: True)) as it:
        assert "dev-admin" in it.words()
        assert "there already" in it.words()
        assert "Add 5 profiles" in it.words()
        await it.press("tab", "tab", "tab", "space")
        assert "[x] Also roles with a profile" in it.words()
        assert "Add 11 profiles" in it.words()
        await it.press("enter")
        await it.until("+ [profile Analytics.DataScientist]")
        await it.press("escape", "escape")
        await it.until(lambda: it.app.screen is it.board)


async def test_roles_that_all_have_a_profile_are_wanted_all_the_same(listed: Store) -> None:
    async with form(listed, new_roles(listed, lambda it: it.names == ("staging",))) as it:
        assert "[x] Also roles with a profile" in it.words()
        assert "+ Staging.PowerUser" in it.words()


async def test_profiles_of_ours_that_are_gone_are_removed_when_that_is_chosen(listed: Store, demo: DemoServer) -> None:
    async with form(listed) as it:
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
    left = [{"accountId": "555555555555", "accountName": "Staging"}]
    demo.state.faults.add("ListAccounts", replace={"accountList": left})
    listed.look()
    session = session_named(listed, "acme")
    account_list.save(session, account_list.AccountList())
    Listing(listed, session).run(threading.Event())
    async with form(listed, new_roles(listed, lambda it: True)) as it:
        await it.press("tab", "tab", "tab", "tab", "space")
        assert "Remove 4 profiles" in it.words()
        assert "- Billing.ReadOnly" in it.words()
        await it.press("enter")
        await it.until("- [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
        assert "Billing.ReadOnly" not in config().read_text()
        assert "[profile Staging.ReadOnly]" in config().read_text()


async def test_the_template_is_remembered_in_the_settings_with_what_is_in_them(listed: Store, home: Path) -> None:
    folder = home / ".config/ssotui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text("# mine\nsort = 'name'\n")
    async with form(listed) as it:
        await entry(it, "template", "{account_name|lower}/{role_name}")
        await entry(it, "output", "json")
        await it.press("enter")
        await it.until("+ [profile billing/ReadOnly]")
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.board)
    assert load().accounts_template == "{account_name|lower}/{role_name}"
    assert load().accounts_output == "json"
    assert (folder / "config.toml").read_text().startswith("# mine\nsort = 'name'\n")


async def test_a_config_file_that_the_aws_cli_refuses_is_told(listed: Store) -> None:
    async with form(listed) as it:
        config().write_text(config().read_text() + "[default]\n")
        await it.until("the AWS CLI refuses the whole file")
        await it.press("enter")
        assert isinstance(it.app.screen, WriteProfiles)


@pytest.mark.parametrize(("width", "height"), [(40, 12), (80, 24), (200, 60)])
async def test_names_and_keys_are_there_at_every_size(listed: Store, width: int, height: int) -> None:
    async with form(listed, width=width, height=height) as it:
        await it.until("esc Back")
        assert "Archive.Auditor" in it.words()
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]" if height > 12 else "@ line")
        await it.until("esc Back")


async def test_from_the_tree_to_profiles_that_are_configured_at_once(listed: Store) -> None:
    async with board(130, 40) as it:
        await it.press("a")
        await it.until("Log Archive")
        await it.press("w")
        await it.until("Profiles for 1 role of acme")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, Accounts))
        await it.press("N")
        await it.until("5 marked")
        await it.until("Write 5 profiles")
        await it.press("w")
        await it.until("Profiles for 5 roles of acme")
        await it.press("enter")
        await it.until("+ [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Accounts))
        await it.until("Log-Archive.Auditor")
        await it.until(lambda: "marked" not in it.words())
        await it.press("U")
        await it.until("- [profile Billing.ReadOnly]")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Accounts))
        await it.until(lambda: "Log-Archive.Auditor" not in it.words())
