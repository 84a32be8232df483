"""`ssotui accounts`: what is printed for people and for programs, and what the exit code says."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import account_list
from tui.aws.role import accounts
from tui.cli import main
from tui.demo.home import write
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer

from .aws_home import configure, put_token, session_named, token_file
from .commands import check, leaked, ssotui, start


@pytest.fixture
def sample(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """The sample organisation, signed in to two of its sessions."""
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)
    configure()
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    return demo


def rows(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    assert main.main(["accounts", "--json", *arguments]) == code
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_a_row_for_each_role_says_whether_it_has_a_profile(
    sample: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rows(capsys, "--session", "acme")
    assert found[0] == {
        "session": "acme",
        "account": "666666666666",
        "name": "Analytics",
        "email": "aws+analytics@example.com",
        "role": "DataScientist",
        "profile": None,
        "profiles": [],
        "state": "new",
    }
    by_role = {(row["account"], row["role"]): row for row in found}
    assert (by_role["111111111111", "Admin"]["state"], by_role["111111111111", "Admin"]["profile"]) == (
        "configured",
        "dev",
    )
    assert [row["profile"] for row in found if row["state"] == "gone"] == ["forbidden", "nowhere"]
    assert len(found) == 11 + 2


def test_people_read_a_table_and_what_is_gone(sample: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["accounts", "--session", "acme"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split() == ["NAME", "ACCOUNT", "ROLE", "PROFILE", "E-MAIL"]
    assert lines[1].split() == ["Analytics", "666666666666", "DataScientist", "new", "aws+analytics@example.com"]
    assert ["Development", "111111111111", "Admin", "dev", "aws+development@example.com"] in map(str.split, lines)
    assert "acme: 7 accounts, 11 roles, 9 new; listed just now" in err
    assert "! forbidden: acme no longer offers Admin in account 222222222222" in err
    assert leaked(sample, out, err) == []


def test_a_narrow_terminal_goes_without_the_addresses(
    sample: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert main.main(["accounts", "--session", "acme"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 70
    assert not any("@" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["prod"], {"Production"}),
        (["2222"], {"Production"}),
        (["aws+staging@"], {"Staging"}),
        (["poweruser"], {"Staging"}),
        (["dev", "admin"], {"Development"}),
        (["readonly", "!prod", "!staging", "!security", "!billing"], {"Development"}),
    ],
)
def test_words_choose_by_name_number_address_role_and_profile(
    sample: DemoServer, capsys: pytest.CaptureFixture[str], words: list[str], names: set[str]
) -> None:
    found = rows(capsys, "--session", "acme", *words)
    assert {row["name"] for row in found if row["state"] != "gone"} == names


def test_every_session_that_is_signed_in_is_listed_and_the_others_are_told(
    sample: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["accounts"]) == 0
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line in ("acme", "lab", LEGACY)] == ["acme", "lab"]
    assert f"! not signed in, and not listed: {LEGACY}" in err
    assert {row["session"] for row in rows(capsys)} == {"acme", "lab"}


def test_within_the_hour_nothing_is_asked_again_unless_wanted(
    sample: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(capsys, "--session", "acme")
    assert rows(capsys, "--session", "acme") == first
    assert sample.state.log.count("ListAccounts") == 1
    rows(capsys, "--session", "acme", "--fresh")
    assert sample.state.log.count("ListAccounts") == 2
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 1230)
    assert main.main(["accounts", "--session", "acme", "billing"]) == 0
    assert "1 account, 2 roles, 2 new; listed 20m ago" in capsys.readouterr().err
    monkeypatch.setattr(clock, "now", lambda: now + 3700)
    rows(capsys, "--session", "acme")
    assert sample.state.log.count("ListAccounts") == 3


def test_without_a_sign_in_the_command_for_it_is_named(
    demo: DemoServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    assert main.main(["accounts", "--session", "acme"]) == 3
    assert "run: ssotui login --session acme" in capsys.readouterr().err
    assert main.main(["accounts"]) == 3
    assert "run: ssotui login --all" in capsys.readouterr().err
    assert main.main(["accounts", "--session", "nope"]) == 1


def test_what_was_listed_before_is_shown_with_its_age_where_a_sign_in_is_needed(
    sample: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(capsys, "--session", "lab")
    token_file("lab").unlink()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 2 * 3600)
    assert main.main(["accounts", "--session", "lab", "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out) == first
    assert "! lab: Sign-in needed for session lab; run: ssotui login --session lab" in err


def test_what_is_listed_in_part_says_how_much_is_left(sample: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    sample.state.faults.add("ListAccountRoles", code="StrangeException", status=400)
    assert main.main(["accounts", "--session", "acme"]) == 1
    err = capsys.readouterr().err
    assert "the roles of 1 of 7 accounts are still to be listed" in err
    assert "StrangeException" in err
    assert "no longer offers" not in err  # nobody knows yet
    assert main.main(["accounts", "--session", "acme"]) == 0
    assert sample.state.log.count("ListAccounts") == 1
    assert sample.state.log.count("ListAccountRoles") == 8


def test_foreign_names_reach_no_terminal_as_they_are(sample: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    sample.state.faults.add("ListAccounts", replace={"accountList.0.accountName": "\x1b]0;owned\x07[red]\u202e🔑"})
    assert main.main(["accounts", "--session", "acme"]) == 0
    out, err = capsys.readouterr()
    assert r"\x1b]0;owned\x07[red]\u202e" in out
    assert "\x1b" not in out + err


def test_a_portal_without_accounts_says_so(sample: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    sample.state.faults.add("ListAccounts", replace={"accountList": []})
    assert main.main(["accounts", "--session", "lab"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "lab: 0 accounts, 0 roles, 0 new" in err


def test_where_the_list_cannot_be_kept_that_is_told(
    sample: DemoServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(account_list.path_of(session_named(configure(), "lab"))).parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    assert main.main(["accounts", "--session", "lab"]) == 0
    out, err = capsys.readouterr()
    assert "Sandbox" in out
    assert "it will all be asked anew" in err


def test_without_sessions_the_way_to_one_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure("[default]\n")
    assert main.main(["accounts"]) == 1
    assert "ssotui sessions add" in capsys.readouterr().err


@pytest.mark.process
def test_ctrl_c_ends_it_at_once_and_the_next_one_goes_on_from_there(
    sample: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    hanging = sample.state.faults.add("ListAccountRoles", skip=3, count=None, hang=True)
    process = start("accounts", "--session", "acme")
    assert sample.state.log.wait_for("ListAccountRoles", 7, timeout=30)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "acme: stopped at 3 of 7 accounts; the next listing goes on from there" in err
    sample.state.faults.remove(hanging)
    sample.state.log.clear()
    assert len(rows(capsys, "--session", "acme")) == 13
    assert sample.state.log.count("ListAccounts") == 0
    assert sample.state.log.count("ListAccountRoles") == 4


@pytest.mark.process
def test_it_works_as_a_program(demo: DemoServer, home: Path) -> None:
    write(home, demo.state)
    done = check(ssotui("accounts", "--session", "lab", "--json"), 0, demo)
    assert {row["name"] for row in json.loads(done.stdout)} == {"Sandbox", "Playground", "Load Tests"}
