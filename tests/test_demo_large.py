"""The large organisation of the demo: its size, its names, the states of a morning, and that all of it works."""

from __future__ import annotations

import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cli.arguments import parse
from tui.cli.environment import Environment
from tui.cli.main import main
from tui.demo.large.names import BREAKGLASS, LARGE, REGULATED, number, profiles
from tui.demo.process import demo_process, write_home
from tui.demo.server import DemoServer

from .board import board

NOW = 1_800_000_000
SHAPES = {
    "acme": r"[a-z-]+\.[A-Za-z-]+",
    "acme-regulated": r"[A-Za-z-]+-\d{12}",
    "northwind-logistics": r"nw/[a-z-]+/[A-Za-z-]+",
    "globex": r"globex-[a-z-]+-eu-central-1",
}


@pytest.fixture
def large(isolation: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A server of the large organisation, whose morning is in this test's HOME."""
    with DemoServer(LARGE, seed=7) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        write_home(home, server)
        yield server
    assert server.state.crashes == []


def test_it_has_sixty_accounts_and_three_hundred_profiles_with_the_names_of_tools() -> None:
    found = list(profiles())
    assert len({each.name for each in found}) == len(found) == 300
    accounts = [account for instance in LARGE.instances for account in instance.accounts]
    assert len({account.account_id for account in accounts}) == len({account.name for account in accounts}) == 60
    assert {len(account.account_id) for account in accounts} == {12}
    for name, part, account, role in found:
        assert re.fullmatch(SHAPES[part.session], name), name
        instance = LARGE.instance(part.start_url)
        assert instance is not None
        owner = instance.account(number(account))
        assert owner is not None
        refused = part is REGULATED and "-prod" in account and role == BREAKGLASS
        assert (role in owner.roles) is not refused


def test_every_state_of_a_morning_is_there(large: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["name"]: (each["state"], each["profiles"]) for each in found["sessions"]} == {
        "acme": ("signed-in", 180),
        "acme-regulated": ("expiring", 50),
        "northwind-logistics": ("refreshable", 40),
        "globex": ("signed-out", 30),
    }
    states = Counter(each["credentials"]["state"] for each in found["profiles"])
    assert states == {"valid": 4, "expiring": 2, "expired": 4, "none": 290}
    assert found["problems"] == []
    assert large.state.log.count() == 0


def test_its_files_are_private_and_the_same_again_for_a_seed(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        with DemoServer(LARGE, seed="pictures", now=NOW) as server:
            write_home(folder, server)
        for path in folder.rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    names = {each.name for each in profiles()}
    remembered = json.loads(first[".local/state/ssotui/state.json"])
    assert {key: len(value) for key, value in remembered.items()} == {"recent": 5, "pinned": 2, "used": 5}
    assert {*remembered["recent"], *remembered["pinned"]} <= names


@pytest.mark.walk
async def test_what_the_board_offers_works_with_it(large: DemoServer) -> None:
    async with board(130, 40) as it:
        await it.highlight("checkout-dev.AWSPowerUserAccess")
        await it.press("i")
        await it.until("answered in")
        assert number("checkout-dev") in it.words()
        await it.press("escape", "e")
        await it.until("credentials valid")
        await it.press("escape")
        await it.highlight("nw/warehouse-dev/SecurityAudit")  # of the session that is renewed first
        await it.press("i")
        await it.until(number("warehouse-dev"))
        await it.until("answered in")
        await it.press("escape")
        await it.highlight(f"{BREAKGLASS}-{number('ledger-prod')}")
        await it.press("i")
        await it.until("No access")
        await it.press("escape", "x")
        await it.until("Removes")


@pytest.mark.walk
async def test_signing_in_to_all_of_it_takes_an_approval_a_session(large: DemoServer) -> None:
    async with board(130, 40) as it:
        await it.press("L")
        await it.until(lambda: len(large.state.pending_user_codes()) == 2)
        for code in large.state.pending_user_codes():
            large.state.approve(code)
        await it.until("signed in to 4 of 4")


@pytest.mark.process
def test_it_is_the_organisation_of_the_demo_called_large() -> None:
    with demo_process(large=True) as demo:
        config = (demo.home / ".aws/config").read_text()
    assert config.count("\n[profile ") == 300
    assert not demo.home.exists()


def test_the_demo_has_no_other_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--demo", "huge"]) == 2
    assert "invalid choice: 'huge'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "size"),
    [((), None), (("--demo",), "small"), (("--demo", "small"), "small"), (("--demo", "large"), "large")],
)
def test_the_demo_is_the_small_one_unless_the_large_one_is_asked_for(words: tuple[str, ...], size: str | None) -> None:
    assert parse(words, Environment()).demo == size
