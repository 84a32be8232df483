"""The screen of accounts and roles on the demo's portal: what is listed, how it goes on, what can be done there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.cache import account_list
from tui.aws.cache.account_list import AccountList
from tui.aws.role import accounts
from tui.aws.role.accounts import Listing
from tui.demo.organisation import ACME, LAB, Instance, Organisation, grid
from tui.demo.server import DemoServer
from tui.screens.sign_in.screen import SignInScreen

from .aws_home import CONFIG, configure, put_token, session_named
from .board import board
from .portals import SESSION, Serve, make_quick, opened, said, screen, servers
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


# -- opening ---------------------------------------------------------------------------------------------------------


async def test_it_opens_at_the_role_of_the_highlighted_profile(signed_in: DemoServer) -> None:
    async with board() as it:
        it_is = await opened(it, profile="audit")
        assert it_is.line is not None
        assert it_is.line.key == "222222222222/ReadOnly"
        words = it.words()
        assert "7 accounts, 11 roles, 9 new" in words
        assert "No longer offered: 2 profiles" in words
        assert "ReadOnly · Production · 222222222222 · profile audit" in words
        await it.press("q")
        assert len(it.app.screen_stack) == 1


async def test_a_signed_out_session_is_signed_in_first_and_then_listed(signed_in: DemoServer) -> None:
    async with board() as it:
        await it.highlight("sandbox")
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen) and bool(signed_in.state.pending_user_codes()))
        signed_in.state.approve(signed_in.state.pending_user_codes()[-1])
        await it.until("Load Tests")
        assert screen(it).listing.key == "lab"


async def test_who_leaves_the_sign_in_is_told_what_to_press(signed_in: DemoServer) -> None:
    async with board() as it:
        await it.highlight("sandbox")
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.press("escape")
        await it.until("The accounts of lab are not known.")
        assert "its accounts are not listed" in said(it)
        await it.press("l")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))


async def test_tab_goes_to_the_next_session_and_keeps_the_marks_of_each(signed_in: DemoServer) -> None:
    put_token(signed_in, "lab", LAB)
    async with board() as it:
        await opened(it)
        await it.press("space")
        await it.until("1 marked")
        await it.press("tab")
        await it.until("Load Tests")
        await it.until("listed just now")
        assert "marked" not in it.words()
        await it.press("shift+tab")
        await it.until("Development")
        await it.until("1 marked")
    assert signed_in.state.log.count("ListAccounts") == 2


async def test_a_portal_without_accounts_says_so(served: Serve) -> None:
    served(Organisation((Instance(ACME, "us-east-1", "acme", ()),)))
    async with board() as it:
        await it.press("a")
        await it.until("The portal of acme offers no accounts.")


# -- what was listed before ------------------------------------------------------------------------------------------


def listed_before(age: int) -> None:
    """Lists acme's accounts, as if that had been done so many seconds ago."""
    session = session_named(store := configure(CONFIG), "acme")
    known = Listing(store, session).run(threading.Event())
    older = {key: it._replace(roles_at=it.roles_at - age) for key, it in known.accounts.items()}
    account_list.save(session, AccountList(older, known.accounts_at - age))


async def test_what_was_listed_before_is_there_at_once_with_its_age_and_refreshed(signed_in: DemoServer) -> None:
    listed_before(3 * 3600)
    hanging = signed_in.state.faults.add("ListAccounts", count=None, hang=True)
    async with board() as it:
        await it.highlight("dev")
        it.app.simulate_key("a")
        await it.until("listed 3h ago; now asking for the accounts")
        it.app.simulate_key("end")  # it can be used meanwhile
        await it.until("nowhere: role Admin in account 123412341234 is no longer offered")
        it.app.simulate_key("escape")
        await it.until("listed 3h ago   r lists anew")
        signed_in.state.faults.remove(hanging)
        it.app.simulate_key("r")
        await it.until("listed just now")


async def test_what_was_listed_lately_is_not_asked_for_again_unless_one_says_so(signed_in: DemoServer) -> None:
    listed_before(600)
    asked = signed_in.state.log.count("ListAccounts")
    async with board() as it:
        await it.highlight("dev")
        await it.press("a")
        await it.until("listed 10m ago")
        assert signed_in.state.log.count("ListAccounts") == asked
        await it.press("r")
        await it.until("listed just now")
        assert signed_in.state.log.count("ListAccounts") == asked + 1


# -- how a listing goes on -------------------------------------------------------------------------------------------


@pytest.mark.walk
async def test_700_accounts_are_all_there_however_often_it_is_stopped(served: Serve) -> None:
    server = served(grid(700, roles=5))
    server.state.settings.page_size = 60
    for skip in (5, 50, 300):
        server.state.faults.add("ListAccountRoles", skip=skip, status=429)
    server.state.faults.add("ListAccountRoles", skip=200, reset=True)
    hanging = server.state.faults.add("ListAccountRoles", skip=400, count=None, hang=True)
    async with board(100, 30) as it:
        it.app.simulate_key("a")  # after a key of its own, Pilot waits until all these threads are idle
        await it.until("of 700 accounts   esc stops")
        await it.until(lambda: len(screen(it).listing.known.unlisted()) == 300)
        it.app.simulate_key("end")  # the list can be moved in meanwhile
        await it.until("Account 0699")
        it.app.simulate_key("escape")
        await it.until("r goes on")
        known = screen(it).listing.known
        done = [each.account_id for each in known.accounts.values() if each.roles is not None]
        assert len(done) == 400
        before = roles_asked(server)
        server.state.faults.remove(hanging)
        it.app.simulate_key("r")
        await it.until("700 accounts, 3500 roles, 3500 new")
        await it.until("listed just now")
    after = roles_asked(server)
    assert len(after) == 700
    assert all(after[account] == before[account] for account in done)
    assert server.state.log.count("ListAccounts") == 12


def roles_asked(server: DemoServer) -> Counter[str]:
    """How often the roles of each account were asked for."""
    return Counter(str(each.details["account_id"]) for each in server.state.log.entries("ListAccountRoles"))


async def test_the_highlighted_account_is_listed_first(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "AT_ONCE", 1)
    server = served(grid(60, roles=2))
    configure(f"{SESSION}\n[profile x]\nsso_session = acme\nsso_account_id = 100000000042\nsso_role_name = Admin\n")
    server.state.faults.add("ListAccountRoles", skip=1, count=None, hang=True)
    async with board() as it:
        await it.highlight("x")
        it.app.simulate_key("a")
        await it.until("Admin · Account 0042 · 100000000042 · profile x")  # the cursor has gone there
        it.app.simulate_key("escape")
        await it.until("stopped at 1 of 60 accounts")


async def test_aws_asking_to_slow_down_is_said(served: Serve) -> None:
    server = served(grid(20))
    slow = server.state.faults.add("ListAccountRoles", skip=3, count=None, status=429, headers={"Retry-After": "30"})
    async with board() as it:
        await it.press("a")
        await it.until("AWS asks to slow down")
        server.state.faults.remove(slow)
        await it.press("escape")
        await it.until("r goes on")


async def test_a_cut_connection_is_said_with_what_to_press(served: Serve) -> None:
    server = served(grid(20))
    cut = server.state.faults.add("ListAccountRoles", skip=3, count=None, reset=True)
    async with board() as it:
        await it.press("a")
        await it.until("r goes on")
        assert "of 20 accounts" in it.words()
        server.state.faults.remove(cut)
        await it.press("r")
        await it.until("20 accounts, 20 roles, 20 new")
        await it.until("listed just now")
    assert server.state.log.count("ListAccounts") == 1


async def test_a_token_that_aws_no_longer_accepts_is_replaced_and_the_listing_goes_on(signed_in: DemoServer) -> None:
    signed_in.state.revoke_all()
    async with board() as it:
        await it.highlight("dev")
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen) and bool(signed_in.state.pending_user_codes()))
        signed_in.state.approve(signed_in.state.pending_user_codes()[-1])
        await it.until("7 accounts, 11 roles")
