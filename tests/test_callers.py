"""Who many profiles are: `ssotui whoami WORDS`, and the records that the board copies too."""

from __future__ import annotations

import csv
import io
import json
import os
import re

import pytest

from tui.aws.errors import SignInNeeded, SsoError
from tui.aws.model import Profile
from tui.aws.role.caller_identity import Identity
from tui.aws.role.callers import FAILED, FINE, GONE, NOT_SIGNED_IN, OTHER_ACCOUNT, REFUSED, Caller, as_csv
from tui.cli.matching import named_or_holding
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_role, put_token
from .commands import Room, leaked


@pytest.fixture(autouse=True)
def signed_in(home: object, demo: DemoServer) -> DemoServer:
    """To acme; the session lab has ended."""
    configure(
        CONFIG.replace("sso_role_name = ReadOnly\n", "sso_role_name = ReadOnly\nsso_account_name = Log Archive\n")
    )
    put_token(demo, "acme", ACME)
    return demo


def test_words_are_a_table_with_what_is_wrong(signed_in: DemoServer) -> None:
    room = Room()
    lines = room.run("whoami", "!attic", code=1).splitlines()
    assert re.split(" {2,}", lines[0]) == ["PROFILE", "ACCOUNT NAME", "ACCOUNT", "ROLE", "USER", "MS"]
    rows = {line.split()[0]: re.split(" {2,}", line) for line in lines[1:]}
    assert list(rows) == ["dev", "audit", "forbidden", "nowhere", "deploy", "sandbox"]
    assert rows["dev"][1:4] == ["111111111111", "Admin", "demo@example.com"]
    assert rows["audit"][1:5] == ["Log Archive", "222222222222", "ReadOnly", "demo@example.com"]
    assert rows["audit"][5].isdigit()
    assert rows["forbidden"][1].startswith("! refused: No access to role Admin")
    assert rows["nowhere"][1].startswith("! gone: There is no role Admin for you")
    assert rows["deploy"][2] == "Deployer"
    assert rows["sandbox"][1] == "! not signed in: Sign-in needed for session lab"
    assert room.stderr.getvalue().splitlines() == [
        "3 of 6 are who they should be; 1 refused, 1 gone, 1 not signed in",
        "to sign in: ssotui login --session lab",
    ]
    assert leaked(signed_in, room.stdout.getvalue(), room.stderr.getvalue()) == []


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_it_fits_and_no_name_is_cut(width: int) -> None:
    room = Room({**os.environ, "COLUMNS": str(width)})
    text = room.run("whoami", "acme", code=1)
    assert max(map(len, text.splitlines())) <= width
    assert {line.split()[0] for line in text.splitlines()} >= {"dev", "audit", "forbidden", "nowhere", "deploy"}


def test_another_account_than_the_profile_says(signed_in: DemoServer) -> None:
    signed_in.state.faults.add("GetCallerIdentity", replace={"Account": "999999999999"})
    put_role(signed_in, "111111111111", "Admin", "acme")
    (record,) = json.loads(Room().run("whoami", "111111111111", "--json", code=1))
    assert record | {"LatencyMs": 0} == {
        "Profile": "dev",
        "ProfileAccount": "111111111111",
        "Account": "999999999999",
        "AccountName": None,
        "Role": "Admin",
        "User": "demo@example.com",
        "Arn": record["Arn"],
        "UserId": record["UserId"],
        "LatencyMs": 0,
        "State": "another account",
        "Problem": "This is account 999999999999, but the profile says 111111111111",
    }


@pytest.mark.parametrize(
    ("words", "names", "code"),
    [
        (["audit", "222222222222"], ["audit"], 0),
        (["dev", "audit"], ["dev", "audit"], 0),  # no profile has both words, and both are names
        (["nowher"], ["nowhere"], 1),
        (["sandb"], ["sandbox"], 3),
        (["forbidd"], ["forbidden"], 4),
        (["forbidd", "--", "!x"], ["forbidden"], 4),
    ],
)
def test_which_are_meant(words: list[str], names: list[str], code: int) -> None:
    records = json.loads(Room().run("whoami", "--json", *words, code=code))
    assert [record["Profile"] for record in records] == names


def test_one_exact_name_stays_what_it_was() -> None:
    for words in (["dev"], ["--profile", "dev"]):
        assert list(json.loads(Room().run("whoami", *words, "--json"))) == ["UserId", "Account", "Arn"]
    rows = list(csv.DictReader(io.StringIO(Room().run("whoami", "dev", "--csv"))))
    assert [(row["Profile"], row["Account"], row["State"]) for row in rows] == [("dev", "111111111111", "ok")]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["deev"], 1, "There is no profile deev"),
        (["no", "such"], 2, "No profile has what was asked for: no such"),
        (["dev", "--profile", "audit"], 2, "Two profiles are named"),
        (["dev", "x", "--profile", "audit"], 2, "Two profiles are named: dev x and audit"),
        (["dev", "--json", "--csv"], 2, "not allowed with"),
    ],
)
def test_what_cannot_be_asked(words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    room = Room()
    room.run("whoami", *words, code=code)
    assert said in room.stderr.getvalue() + capsys.readouterr().err


def caller(error: SsoError | None, warning: str = "") -> Caller:
    identity = Identity("AROA:me", "1", "arn:aws:sts::1:assumed-role/Deploy/me") if error is None else None
    if identity is not None:
        identity.warning = warning
    return Caller(Profile("dev", "acme", "1", "Deploy"), identity, error)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (caller(None), FINE),
        (caller(None, "This is account 2"), OTHER_ACCOUNT),
        (caller(SignInNeeded("acme")), NOT_SIGNED_IN),
        (caller(SsoError("No access", "", 4, "ForbiddenException")), REFUSED),
        (caller(SsoError("No such role", "", 4, "ResourceNotFoundException")), GONE),
        (caller(SsoError("No network")), FAILED),
    ],
)
def test_the_word_for_what_is_wrong(found: Caller, state: str) -> None:
    assert found.state == state
    assert bool(found.problem) == (state != FINE)
    assert found.record()["State"] == state


def test_csv_survives_commas_quotes_and_spreadsheets() -> None:
    """RFC 4180; nothing that comes from others begins as a formula does."""
    profile = Profile('a,"b"', "acme", "1", "Deploy")
    name = '=HYPERLINK("https://x.example")'
    found = Identity("+1:me", "1", "arn:aws:sts::1:assumed-role/Deploy/@me")
    text = as_csv(
        [Caller(profile, found, None, name), Caller(Profile("-dash", "acme"), None, SsoError("two\nlines\x1b[2J"))]
    )
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Profile"] for row in rows] == ['a,"b"', "'-dash"]
    assert rows[0]["AccountName"] == '\'=HYPERLINK("https://x.example")'
    assert (rows[0]["UserId"], rows[0]["User"], rows[0]["LatencyMs"]) == ("'+1:me", "'@me", "0")
    assert rows[1]["Problem"] == r"two\x0alines\x1b[2J"
    assert '"a,""b""",1,1,' in text


def test_names_count_only_where_no_profile_holds_the_words() -> None:
    config = configure().config
    assert [it.name for it in named_or_holding(config, ["dev"])] == ["dev"]
    assert [it.name for it in named_or_holding(config, ["222222222222", "admin"])] == ["forbidden"]
    assert [it.name for it in named_or_holding(config, ["dev", "audit"])] == ["dev", "audit"]
    assert named_or_holding(config, ["dev", "no-such"]) == []
    assert len(named_or_holding(config, [])) == 7
