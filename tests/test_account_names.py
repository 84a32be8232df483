"""The names of accounts, once a listing has told them, stand where profiles are shown; a profile's own name wins."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.aws.cache import account_names
from tui.aws.cache.account_names import AccountNames
from tui.aws.role import accounts
from tui.aws.state.config_watch import ConfigWatch
from tui.aws.state.store import Store
from tui.cli import main
from tui.demo.home import write
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, named, put_token
from .board import board

OWN = CONFIG + (
    "\n[profile own]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = ReadOnly\n"
    "sso_account_name = Our Name\n"
)


def test_names_that_are_learned_at_the_same_time_all_stay(home: Path) -> None:
    """Several sessions are signed in to at once, each by a thread that notes the names of its accounts."""
    gate = threading.Barrier(2)

    def note(first: int) -> None:
        for number in range(first, first + 20):
            gate.wait()
            account_names.note({f"{number:012}": f"Account {number}"})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(note, (100, 200)))
    assert len(account_names.load()) == 40


def names_of(store: Store) -> dict[str, str]:
    return {profile.name: profile.account_name for profile in store.config.profiles.values() if profile.account_name}


def test_a_profile_that_names_its_account_needs_no_listing(home: Path) -> None:
    store = configure(
        OWN + "output = json\n\n[profile chained]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = own\n"
    )
    assert named(store, "own").account_name == "Our Name"
    broken = configure(OWN.replace("sso_role_name = ReadOnly\nsso_account_name", "sso_account_name"))
    assert named(broken, "own").account_name == "Our Name"
    assert named(broken, "own").problems


def test_what_a_listing_told_fills_the_rest(home: Path) -> None:
    configure(OWN)
    account_names.note({"111111111111": "Development", "333333333333": "Sandbox", "444444444444": ""})
    store = Store(names=AccountNames())
    assert names_of(store) == {
        "dev": "Development",
        "own": "Our Name",
        "sandbox": "Sandbox",
    }
    assert names_of(Store()) == {"own": "Our Name"}  # who shows no names reads none


def test_names_come_in_while_it_is_open_and_leave_with_their_file(home: Path) -> None:
    configure(OWN)
    store = Store(names=AccountNames())
    before = store.snapshot
    account_names.note({"111111111111": "Development"})
    assert store.look() is not before
    assert names_of(store) == {"dev": "Development", "own": "Our Name"}
    assert named(store, "dev") is not before.config.profiles["dev"]  # a value that was handed out stays as it is
    assert before.config.profiles["dev"].account_name == ""
    account_names.note({"111111111111": "Development 2"})
    store.look()
    assert names_of(store)["dev"] == "Development 2"
    assert store.look() is store.snapshot
    Path(account_names.path()).unlink()
    store.look()
    assert names_of(store) == {"own": "Our Name"}


def test_a_configuration_that_changes_keeps_the_names(home: Path) -> None:
    configure(OWN)
    account_names.note({"111111111111": "Development"})
    watch = ConfigWatch(os.environ, AccountNames())
    (home / ".aws/config").write_text(OWN.replace("sso_account_name = Our Name\n", ""))
    assert watch.look(late=True) is True
    assert watch.config.profiles["own"].account_name == "Development"


def test_names_of_other_portals_stay(home: Path) -> None:
    account_names.note({"111111111111": "one"})
    account_names.note({"222222222222": "two"})
    assert account_names.load() == {"111111111111": "one", "222222222222": "two"}
    assert Path(account_names.path()).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"1": 2, "111111111111": null, "x": "y"}', '{"a": {}}'])
def test_a_file_that_makes_no_sense_names_nothing(home: Path, text: str) -> None:
    path = Path(account_names.path())
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert AccountNames().names == {}


def test_status_finds_profiles_by_the_names_of_their_accounts(
    demo: DemoServer, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)
    configure(OWN)
    put_token(demo, "acme", ACME)
    assert main.main(["accounts", "--session", "acme"]) == 0
    capsys.readouterr()
    assert main.main(["status", "--json", "production"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)["profiles"]} == {"audit", "deploy", "forbidden"}
    assert main.main(["status", "--json", "our", "name"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)["profiles"]} == {"own"}


async def test_the_board_shows_and_finds_them(home: Path, demo: DemoServer) -> None:
    write(home, demo.state)
    account_names.note({"222222222222": "Production [red]"})
    async with board(160, 40) as it:
        await it.highlight("prod-readonly")
        await it.until("Production [red]")
        await it.press("/")
        await it.type("production")
        await it.until(lambda: "prod-readonly" in it.words() and "dev-admin" not in it.words())
        account_names.note({"111111111111": "Production too"})
        await it.until("dev-admin")
