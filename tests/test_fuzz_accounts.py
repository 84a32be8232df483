"""Portals with accounts of any name: every one is listed and found, no terminal obeys any of them, and JSON has them as
they came."""

from __future__ import annotations

import io
import json
import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.aws import clock
from tui.aws.cache import account_list
from tui.aws.cache.account_list import Account, AccountList
from tui.aws.config.loading import name_from
from tui.aws.errors import SsoError
from tui.aws.role.unlisted import account_meant
from tui.cli.environment import Environment
from tui.cli.verbs.accounts.offering import list_accounts
from tui.widgets.fuzzy import fold
from tui.words.account import SHOWN, account, parts

from .aws_home import CONFIG, configure, session_named
from .strategies import few, foreign

NAMES = st.one_of(foreign(), st.just("Twin"), st.just("x" * 200), st.just("🔑 [red]Prod[/] \x1b]0;owned\x07"))


@st.composite
def portals(draw: st.DrawFn) -> list[Account]:
    """Accounts as a portal may offer them, all listed; some share a name."""
    found = draw(st.lists(st.tuples(NAMES, foreign(4), st.lists(foreign(4).filter(bool), max_size=3)), max_size=6))
    return [
        Account(f"{100000000000 + number}", name, email, tuple(dict.fromkeys(roles)), 1)
        for number, (name, email, roles) in enumerate(found)
    ]


@pytest.fixture(autouse=True)
def configured(home: Path) -> None:
    configure(CONFIG.partition("[profile")[0])


def save(accounts: Sequence[Account]) -> None:
    now = int(clock.now())
    known = AccountList({it.account_id: it._replace(roles_at=now) for it in accounts}, now)
    account_list.save(session_named(configure(CONFIG.partition("[profile")[0]), "acme"), known)


def listing(*words: str, as_json: bool) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    options = Namespace(session="acme", words=list(words), json=as_json, fresh=False)
    assert list_accounts(options, Environment(stdout=out, stderr=err)) == 0
    return out.getvalue(), err.getvalue()


def has(account: Account, role: str, word: str) -> bool:
    fields = (account.name, account.account_id, account.email, role)
    return any(word in fold(field) for field in fields)


@few(40)
@given(accounts=portals(), words=st.lists(foreign(3), max_size=3))
@example(accounts=[], words=["!"])
@example(accounts=[Account("100000000000", "Twin", "", ("\udc80",), 1)], words=["\udc80"])
@example(
    accounts=[Account("100000000000", "Twin", "", ("A",), 1), Account("100000000001", "Twin", "", ("A",), 1)],
    words=["twin"],
)
def test_words_find_what_holds_them_and_json_has_it_as_it_came(accounts: list[Account], words: list[str]) -> None:
    save(accounts)
    rows = json.loads(listing(*words, as_json=True)[0])
    wanted = [word for word in fold(" ".join(map(name_from, words))).split() if word != "!"]
    expected = [
        (it.account_id, it.name or None, it.email or None, role)
        for it in accounts
        for role in it.roles or ()
        if all(has(it, role, word) if word[0] != "!" else not has(it, role, word[1:]) for word in wanted)
    ]
    assert sorted((row["account"], row["role"]) for row in rows) == sorted((it[0], it[3]) for it in expected)
    assert {(row["account"], row["name"], row["email"], row["role"]) for row in rows} == set(expected)
    assert all((row["state"], row["profile"], row["profiles"]) == ("new", None, []) for row in rows)


@few(40)
@given(accounts=portals())
def test_no_terminal_obeys_any_of_them_and_each_has_its_line(accounts: list[Account]) -> None:
    save(accounts)
    out, err = listing(as_json=False)
    lines = out.splitlines()
    assert all(line.isprintable() for line in (*lines, *err.splitlines()))
    assert len(lines) == (1 if (count := sum(len(it.roles or ()) for it in accounts)) else 0) + count
    assert f"acme: {len({it.account_id for it in accounts if it.roles})} account" in err


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_name_of_two_hundred_letters_is_whole_for_programs_and_fits_a_terminal(columns: str) -> None:
    save([Account("100000000000", "🔑漢" * 100, "", ("Admin",)), Account("100000000001", "Dev", "", ("Admin",))])
    out = io.StringIO()
    options = Namespace(session="acme", words=[], json=False, fresh=False)
    list_accounts(options, Environment({**os.environ, "COLUMNS": columns}, stdout=out, stderr=io.StringIO()))
    assert max(cell_len(line) for line in out.getvalue().splitlines()) <= max(int(columns), 2 * 60)
    assert "100000000001  Admin" in out.getvalue()
    assert "🔑漢" * 100 in listing(as_json=False)[0]
    assert json.loads(listing(as_json=True)[0])[1]["name"] == "🔑漢" * 100


@few(60)
@given(accounts=portals(), word=st.one_of(foreign(), NAMES, st.from_regex(r"[0-9]{0,13}", fullmatch=True)))
def test_a_word_means_one_account_or_is_refused(accounts: list[Account], word: str) -> None:
    save(accounts)
    store = configure(CONFIG.partition("[profile")[0])
    same = [it.account_id for it in accounts if it.name == word and word]
    refused: SsoError | None = None
    try:
        number, name = account_meant(store.snapshot, session_named(store, "acme"), word)
    except SsoError as error:
        refused = error
    if refused is not None:
        assert len(same) != 1
        assert all(number in refused.title for number in same)
        assert refused.hint
    else:
        assert number == word or same == [number]
        assert name in ("", word, *(it.name for it in accounts if it.account_id == number))


@given(number=st.text("0123456789", max_size=12), name=foreign(), beside=foreign())
def test_an_account_is_never_left_out_and_never_said_twice(number: str, name: str, beside: str) -> None:
    for shown in SHOWN:
        said = account(number, name, shown)
        assert said or not number
        assert len(set(parts(number, name, shown, beside))) == len(parts(number, name, shown, beside))
        assert not any(text.lower() in beside.lower() for text in parts(number, name, shown, beside))
