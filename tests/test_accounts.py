"""Listing accounts and roles: all there, at a pace that the portal bears, kept and gone on with when it is stopped."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tui.aws import clock
from tui.aws.cache import account_list, files
from tui.aws.cache.account_list import Account, AccountList
from tui.aws.errors import Cancelled, SignInNeeded, SsoError
from tui.aws.requests import pace
from tui.aws.role import accounts
from tui.aws.role.accounts import Listing
from tui.aws.role.offered import CONFIGURED, NEW, gone, offers
from tui.demo.organisation import ACME, grid
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_token, session_named, token_file
from .strategies import json_values

COUNT = 40
SESSION = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tenth of a second between two requests."""
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)


@pytest.fixture
def many(home: Path, monkeypatch: pytest.MonkeyPatch, quick: None) -> Iterator[DemoServer]:
    """Accounts with three roles each, and a session that is signed in."""
    with DemoServer(grid(COUNT, roles=3)) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        put_token(server, "acme", ACME)
        yield server
    assert server.state.crashes == []


def listing(text: str = SESSION, key: str = "acme") -> Listing:
    store = configure(text)
    return Listing(store, session_named(store, key))


def listed() -> AccountList:
    return listing().run(threading.Event())


def until_stopped(job: Listing, event: threading.Event) -> None:
    with pytest.raises(Cancelled):
        job.run(event)


def asked(server: DemoServer) -> dict[str, int]:
    """How often the roles of each account were asked for."""
    return Counter(str(each.details["account_id"]) for each in server.state.log.entries("ListAccountRoles"))


def test_all_accounts_and_roles_are_there_whatever_the_pages(many: DemoServer) -> None:
    many.state.settings.page_size = 2
    known = listed()
    assert known.complete
    assert list(known.accounts) == [str(100_000_000_000 + number) for number in range(COUNT)]
    account = known.accounts["100000000007"]
    assert account == Account(
        "100000000007", "Account 0007", "aws+0007@example.com", ("Admin", "ReadOnly", "Role02"), account.roles_at
    )
    assert many.state.log.count("ListAccounts") == COUNT / 2
    assert set(asked(many).values()) == {2}


def test_the_largest_pages_are_asked_for(many: DemoServer) -> None:
    listed()
    assert {each.details["max_result"] for each in many.state.log.entries("ListAccounts")} == {"100"}
    assert set(asked(many).values()) == {1}


def test_empty_pages_are_gone_past_and_a_repeated_token_is_the_end(many: DemoServer) -> None:
    many.state.faults.add("ListAccounts", replace={"accountList": [], "nextToken": "demo-accounts-0"})
    many.state.faults.add("ListAccounts", skip=0, replace={"nextToken": "demo-accounts-0"})
    known = listed()
    assert len(known.accounts) == COUNT
    assert many.state.log.count("ListAccounts") == 2


def test_a_portal_that_never_ends_is_not_followed(many: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_PAGES", 5)
    monkeypatch.setattr("tui.demo.portal._page", endless())
    assert listed().accounts == {}
    assert many.state.log.count("ListAccounts") == 5


def endless() -> Callable[..., Any]:
    numbers = iter(range(10**6))
    return lambda *_: ([], f"token-{next(numbers)}")


def test_random_refusals_and_a_cut_connection_lose_nothing_and_ask_nothing_twice_needlessly(
    many: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_FIRST_PAUSE", 0.01)
    for skip in (3, 9, 20):
        many.state.faults.add("ListAccountRoles", skip=skip, status=429)
    many.state.faults.add("ListAccountRoles", skip=12, reset=True)
    known = listed()
    assert known.complete
    assert len(known.accounts) == COUNT
    assert all(each.roles == ("Admin", "ReadOnly", "Role02") for each in known.accounts.values())
    assert sum(asked(many).values()) <= COUNT + 4


def test_whatever_pages_a_portal_gives_all_is_there(many: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_FIRST_PAUSE", 0.01)
    settings = many.state.settings
    settings.empty_pages = settings.repeats_token = True
    settings.page_size, settings.throttled = 2, 0.05
    known = listed()
    assert known.complete
    assert len(known.accounts) == COUNT
    assert all(each.roles == ("Admin", "ReadOnly", "Role02") for each in known.accounts.values())


def test_no_more_than_ten_begin_in_a_second(many: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "PER_SECOND", 10.0)
    many.state.settings.requests_per_second = 11
    event = threading.Event()
    job = listing()
    thread = threading.Thread(target=until_stopped, args=(job, event), daemon=True)
    thread.start()
    assert many.state.log.wait_for("ListAccountRoles", 15)
    event.set()
    thread.join(10)
    times = sorted(each.at for each in many.state.log.entries("ListAccountRoles"))
    assert times[14] - times[0] >= 1.2  # fifteen of them take fourteen tenths of a second
    assert {each.status for each in many.state.log.entries("ListAccountRoles")} == {200}


def test_a_refusal_makes_it_slower_and_success_faster_again() -> None:
    group = pace.Pace(8, 10.0)
    assert group._interval == 0.1
    with group.turn() as turn:
        turn.refused_for = 0.0
    assert group._interval == 0.2
    group._resumes = group._begins = 0.0
    for _ in range(30):
        with group.turn() as turn:
            turn.done = True
        group._begins = 0.0
    assert group._interval == pytest.approx(0.1)


def test_a_retry_after_is_obeyed(many: DemoServer) -> None:
    many.state.faults.add("ListAccountRoles", skip=2, status=429, headers={"Retry-After": "1"})
    begun = time.monotonic()
    assert listed().complete
    assert time.monotonic() - begun >= 1.0


def test_a_listing_that_was_stopped_goes_on_where_it_was(many: DemoServer) -> None:
    hanging = many.state.faults.add("ListAccountRoles", skip=10, count=None, hang=True)
    event = threading.Event()
    job = listing()
    thread = threading.Thread(target=until_stopped, args=(job, event), daemon=True)
    thread.start()
    wait_until(lambda: job.progress == (10, COUNT))
    event.set()
    thread.join(5)
    assert not thread.is_alive()
    many.state.faults.remove(hanging)
    again = listing()
    assert again.progress == (10, COUNT)  # it is on disk
    before = asked(many)
    assert again.run(threading.Event()).complete
    done = {each.account_id for each in job.known.accounts.values() if each.roles is not None}
    assert all(asked(many)[account] == before[account] == 1 for account in done)
    assert many.state.log.count("ListAccounts") == 1


def test_what_had_been_asked_for_when_it_was_stopped_is_not_asked_for_again(many: DemoServer) -> None:
    held = many.state.faults.add("ListAccountRoles", skip=10, count=None, hold=True)
    event = threading.Event()
    job = listing()
    thread = threading.Thread(target=until_stopped, args=(job, event), daemon=True)
    thread.start()
    wait_until(lambda: job.progress == (10, COUNT))
    assert held.holding.wait(20)
    event.set()
    wait_until(lambda: account_list.load(job.session).unlisted() != [])  # kept at once, and again with the answers
    many.state.faults.remove(held)
    thread.join(5)
    assert not thread.is_alive()
    assert job.progress[0] > 10
    assert listing().run(threading.Event()).complete
    assert set(asked(many).values()) == {1}


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_stopped_long_ago_begins_anew(many: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    known = listed()
    store = configure(SESSION)
    old = AccountList({"999999999999": Account("999999999999"), **known.accounts}, known.accounts_at - 7200)
    account_list.save(session_named(store, "acme"), old)
    assert "999999999999" not in listed().accounts


def test_a_whole_listing_is_listed_anew_also_within_the_same_second(many: DemoServer) -> None:
    listed()
    known = listed()
    assert known.complete
    assert set(asked(many).values()) == {2}
    assert many.state.log.count("ListAccounts") == 2


def test_the_account_that_is_looked_at_comes_first(many: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "AT_ONCE", 1)
    held = many.state.faults.add("ListAccountRoles", hold=True)
    job = listing()
    thread = threading.Thread(target=job.run, args=(threading.Event(),), daemon=True)
    thread.start()
    assert held.holding.wait(10)
    job.next_is("100000000030")
    held.release()
    thread.join(20)
    order = [each.details["account_id"] for each in many.state.log.entries("ListAccountRoles")]
    assert order[:2] == ["100000000000", "100000000030"]


def test_an_account_that_was_taken_away_meanwhile_has_no_roles(many: DemoServer) -> None:
    many.state.faults.add("ListAccountRoles", code="ForbiddenException", status=403, message="No access")
    known = listed()
    assert known.complete
    assert [each.roles for each in known.accounts.values()].count(()) == 1


def test_accounts_that_fail_are_told_and_the_others_are_there(many: DemoServer) -> None:
    many.state.faults.add("ListAccountRoles", code="StrangeException", status=400)
    job = listing()
    known = job.run(threading.Event())
    assert len(job.failures) == 1
    assert not known.complete
    assert job.progress == (COUNT - 1, COUNT)


def test_when_all_fails_the_rest_is_not_tried(many: DemoServer) -> None:
    many.state.faults.add("ListAccountRoles", count=None, code="StrangeException", status=400)
    job = listing()
    with pytest.raises(SsoError, match="StrangeException"):
        job.run(threading.Event())
    assert sum(asked(many).values()) < accounts.FAILURES + accounts.AT_ONCE


def test_a_portal_without_accounts_is_a_whole_listing_of_nothing(many: DemoServer) -> None:
    many.state.faults.add("ListAccounts", replace={"accountList": []})
    known = listed()
    assert known.accounts == {}
    assert known.complete


def test_a_token_that_is_no_longer_accepted_is_renewed_once_for_all(many: DemoServer) -> None:
    many.state.faults.add("ListAccountRoles", skip=5, count=8, code="UnauthorizedException", status=401)
    assert listed().complete
    assert many.state.log.count("CreateToken") == 1


def test_without_a_sign_in_it_says_so_and_keeps_what_it_knows(many: DemoServer) -> None:
    listed()
    token_file("acme").unlink()
    job = listing()
    with pytest.raises(SignInNeeded):
        job.run(threading.Event())
    assert job.known.complete
    assert listing().known.complete


def test_strange_items_are_overlooked_and_foreign_names_kept_as_they_are(many: DemoServer) -> None:
    name = "\x1b[2J [red]" + "ä" * 500
    items: list[object] = [
        {"accountId": "111111111111", "accountName": name},
        {"accountId": "111111111111", "accountName": "the same again"},
        {"accountId": "22", "accountName": "short"},
        {"accountName": "none"},
    ]
    many.state.faults.add("ListAccounts", replace={"accountList": items, "nextToken": None})
    known = listed()
    assert list(known.accounts) == ["111111111111"]
    assert known.accounts["111111111111"].name == name[: account_list.MOST_LETTERS]
    assert known.accounts["111111111111"].email == ""


def test_the_file_is_for_its_owner_alone_and_holds_no_secret(many: DemoServer) -> None:
    token = put_token(many, "acme", ACME)
    job = listing()
    job.run(threading.Event())
    path = Path(account_list.path_of(job.session))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert token.access_token.reveal() not in path.read_text()
    assert set(json.loads(path.read_text())) == {"session", "start_url", "accounts_at", "accounts"}


def test_where_it_cannot_be_kept_the_listing_is_there_all_the_same(
    many: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    job = listing()
    assert job.run(threading.Event()).complete
    assert job.unsaved == "No space left on device"


@given(value=json_values())
def test_whatever_the_file_holds_is_taken_or_left(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_list, "path_of", lambda _session: str(folder / "x.json"))
        session = session_named(configure(SESSION), "acme")
        for text in (value, {"accounts_at": 5, "accounts": value}, {"accounts_at": 5, "accounts": [value]}):
            (folder / "x.json").write_text(json.dumps(text))
            assert isinstance(account_list.load(session).accounts, dict)


def test_roles_are_compared_with_the_profiles_of_the_portal_however_they_name_it(demo: DemoServer, home: Path) -> None:
    text = CONFIG + (
        f"\n[profile inline]\nsso_start_url = {ACME}/\nsso_region = us-east-1\n"
        "sso_account_id = 111111111111\nsso_role_name = ReadOnly\n"
        "\n[profile second]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    )
    store = configure(text)
    session = session_named(store, "acme")
    put_token(demo, "acme", ACME)
    job = Listing(store, session)
    known = job.run(threading.Event())
    found = offers(store.snapshot, session, known)
    assert [it.account.name for it in found[:2]] == ["Analytics", "Billing"]
    by_role = {(it.account.account_id, it.role): it for it in found}
    assert by_role["111111111111", "Admin"].profiles == ("dev", "second")
    assert by_role["111111111111", "ReadOnly"].profiles == ("inline",)
    assert by_role["222222222222", "ReadOnly"].state == CONFIGURED
    assert by_role["777777777777", "Billing"].state == NEW
    assert [profile.name for profile in gone(store.snapshot, session, known)] == ["forbidden", "nowhere"]
    part = known.with_accounts(known.accounts.values(), int(clock.now()) + 1)
    assert gone(store.snapshot, session, part) == []


@pytest.mark.parametrize(("operation", "key"), [("ListAccounts", "accountList"), ("ListAccountRoles", "roleList")])
def test_an_answer_without_its_list_is_no_empty_list(many: DemoServer, operation: str, key: str) -> None:
    """Profiles whose roles are gone are removed by --prune: by such an answer, all of them."""
    many.state.faults.add(operation, count=None, replace={key: None, "nextToken": None})
    with pytest.raises(SsoError, match="could not be understood"):
        listed()
