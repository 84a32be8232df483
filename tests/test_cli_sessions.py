"""`ssotui sessions`: what is shown before the config file changes, what is written, what stays."""

from __future__ import annotations

import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tui.aws.cache import config_backups
from tui.aws.config.writing.sections import PROFILE, Section, add
from tui.aws.errors import SsoError
from tui.aws.requests import start_page
from tui.aws.requests.start_url import NOT_OF_AWS
from tui.cli import main
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from .aws_clients import run
from .aws_home import CONFIG, configure, put_role, put_token, role_file, snapshot, token_file
from .commands import check, ssotui
from .program import program

ADDED = """\
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
ssotui_session = 2dd0cf57
"""


def config() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


@pytest.fixture(autouse=True)
def silent_portals(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test looks at the page of a real portal."""
    monkeypatch.setattr(start_page, "_ask", lambda *_: "")


class Terminal(StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(text))


def test_the_first_session_is_shown_and_written_where_there_was_nothing(
    isolation: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert config().read_text() == ADDED
    assert out == "~/.aws/config (a new file)\n@ line 1\n" + "".join(f"+ {line}\n" for line in ADDED.splitlines())
    assert err == "Written to ~/.aws/config\nTo sign in: ssotui login --session acme\n"


def test_adding_it_again_changes_nothing_in_whatever_spelling(
    isolation: None, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1", "--yes"])
    before = snapshot(config())
    for url in ("https://ACME.awsapps.com/start/#/", "acme.awsapps.com/start?x=1", "https://acme.awsapps.com"):
        assert main.main(["sessions", "add", "--start-url", url, "--yes"]) == 0
        assert "acme is there already, with this start URL" in capsys.readouterr().err
    assert snapshot(config()) == before


def test_all_that_was_in_the_file_stays(home: Path) -> None:
    text = "# mine\r\n[default]\r\nregion=x\r\n"
    config().write_bytes(text.encode())
    config().chmod(0o644)
    check(ssotui("sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1", "--yes"), 0)
    assert config().read_bytes() == (text + "\r\n" + ADDED.replace("\n", "\r\n")).encode()
    assert config().stat().st_mode & 0o777 == 0o644


def test_a_terminal_is_asked_for_what_the_address_does_not_tell(
    isolation: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "https://acme.awsapps.com/start/#/\nno region\nus-east-1\ny\n")
    assert main.main(["sessions", "add"]) == 0
    err = capsys.readouterr().err
    assert config().read_text() == ADDED
    assert "Start URL of your access portal: " in err
    assert "Region of its Identity Center (such as us-east-1 or eu-west-1): no region is not a region" in err
    assert "Add session acme? [y/N]" in err


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_only_a_yes_writes(
    isolation: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    typed(monkeypatch, answer)
    assert main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1"]) == 1
    assert "Nothing was changed." in capsys.readouterr().err
    assert not config().parent.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start-url", "acme.awsapps.com", "--yes"], "In which region is it?"),
        (["--start-url", "start.us-gov-home.awsapps.com/directory/d-1", "--yes"], "us-gov-west-1"),
        (["--yes"], "Which start URL?"),
        ([], "standard input is not a terminal: add --yes"),
        (["--start-url", "acme.awsapps.com", "--region", "us-east-1"], "standard input is not a terminal: add --yes"),
        (["--start-url", "acme", "--yes"], '"acme" is not a start URL'),
        (["--start-url", "http://sso.example.com", "--yes"], "does not begin with https://"),
        (["--start-url", "acme.awsapps.com", "--region", "x_y", "--yes"], "x_y is not a region"),
        (["--with-profiles"], "--with-profiles goes with sessions remove"),
    ],
)
def test_without_a_terminal_what_is_missing_is_told(
    isolation: None, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main.main(["sessions", "add", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not config().exists()


def test_a_name_that_is_taken_is_refused_and_a_proposed_one_is_numbered(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    other = ["sessions", "add", "--start-url", "https://acme.awsapps.cn/start", "--region", "cn-north-1", "--yes"]
    assert main.main([*other, "--name", "acme"]) == 1
    err = capsys.readouterr().err
    assert f"There is a session acme already, for {ACME}" in err
    assert "--name acme-2" in err
    assert config().read_text() == CONFIG
    assert main.main(other) == 0
    assert "[sso-session acme-2]\nsso_start_url = https://acme.awsapps.cn/start\n" in config().read_text()


def test_a_second_name_for_the_same_portal_takes_its_region(home: Path) -> None:
    configure()
    assert main.main(["sessions", "add", "--start-url", LAB, "--name", "lab two", "--yes"]) == 0
    assert f"[sso-session 'lab two']\nsso_start_url = {LAB}\nsso_region = eu-west-1\n" in config().read_text()


def test_a_companys_own_address_is_asked_where_it_leads(
    isolation: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tui.cli.verbs.sessions import adding

    monkeypatch.setattr(adding, "find_region", lambda url: "eu-west-1")
    assert main.main(["sessions", "add", "--start-url", "https://sso.example.co.uk/aws/", "--yes"]) == 0
    lines = config().read_text().splitlines()
    assert lines[:2] == ["[sso-session example]", "sso_start_url = https://sso.example.co.uk/aws"]
    assert lines[2] == "sso_region = eu-west-1"

    def elsewhere(url: str) -> str:
        raise SsoError("The start URL's host a.example.com does not lead to AWS", code=NOT_OF_AWS)

    monkeypatch.setattr(adding, "find_region", elsewhere)
    assert main.main(["sessions", "add", "--start-url", "https://a.example.com", "--yes"]) == 1
    assert "does not lead to AWS" in capsys.readouterr().err

    def unreachable(url: str) -> str:
        raise SsoError("Could not find out: AWS cannot be reached", code="EndpointConnectionError")

    monkeypatch.setattr(adding, "find_region", unreachable)
    assert main.main(["sessions", "add", "--start-url", "https://a.example.com", "--yes"]) == 2
    assert "In which region is it?" in capsys.readouterr().err


def test_a_file_that_changes_while_it_is_shown_is_shown_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config().write_text("[default]\n")

    class Slow(Terminal):
        def readline(self, *_size: Any) -> Any:
            if "theirs" not in config().read_text():
                config().write_text("[default]\n# theirs\n")
            return "y\n"

    monkeypatch.setattr(sys, "stdin", Slow())
    assert main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1"]) == 0
    out, err = capsys.readouterr()
    assert out.count("+ [sso-session acme]") == 2
    assert "~/.aws/config has changed meanwhile: this is what would be written now" in err
    assert config().read_text() == "[default]\n# theirs\n\n" + ADDED


def test_a_read_only_file_is_left_alone_and_the_reason_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    config().chmod(0o444)
    assert main.main(["sessions", "add", "--start-url", "x.awsapps.com", "--region", "us-east-1", "--yes"]) == 1
    assert "~/.aws/config was not changed: it is read-only" in capsys.readouterr().err
    assert config().read_text() == CONFIG


def test_the_list_says_who_wrote_them_and_what_they_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(CONFIG)
    main.main(["sessions", "add", "--start-url", "x.awsapps.com", "--region", "us-east-1", "--yes"])
    main.main(["sessions", "add", "--start-url", "y.awsapps.com", "--region", "us-east-1", "--yes"])
    config().write_text(config().read_text() + "sso_region_note = changed\n")
    capsys.readouterr()
    assert main.main(["sessions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["SESSION", "START", "URL", "REGION", "PROFILES", "STATE", "LEFT"]
    assert [line.split()[0] for line in lines[1:]] == ["acme", "lab", "x", "y", "–"]
    assert lines[3].endswith("by ssotui")
    assert lines[4].endswith("by ssotui, changed since")
    assert main.main(["sessions", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {
        "name": "acme",
        "kind": "sso-session",
        "start_url": ACME,
        "region": "us-east-1",
        "state": "signed-out",
        "expires_at": None,
        "refreshable": False,
        "profiles": 5,
        "file": str(config()),
        "line": 1,
        "ours": False,
    }
    assert [each["ours"] for each in found] == [False, False, True, True, False]


@pytest.mark.parametrize("width", [62, 80, 100, 120])
def test_the_list_fits_its_terminal(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    configure()
    url = "https://start.us-gov-home.awsapps.com/directory/d-9667182f21"
    main.main(["sessions", "add", "--start-url", url, "--region", "us-gov-west-1", "--name", "gov", "--yes"])
    capsys.readouterr()
    monkeypatch.setenv("COLUMNS", str(width))
    assert main.main(["sessions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines] == ["SESSION", "acme", "lab", "gov", "–"]
    assert ("us-gov-west-1" in lines[3]) is (width >= 100)


def test_an_empty_list_says_what_to_run(isolation: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["sessions"]) == 0
    assert "ssotui sessions add --start-url URL" in capsys.readouterr().err
    assert main.main(["sessions", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def ours(name: str, account: str) -> Section:
    return Section(PROFILE, name, {"sso_session": "lab", "sso_account_id": account, "sso_role_name": "Admin"})


def test_removing_takes_section_token_and_our_profiles_and_leaves_others(
    home: Path, demo: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    text = add(CONFIG, [ours("one", "333333333333"), ours("two", "343434343434")])
    configure(text.replace("sso_account_id = 343434343434", "sso_account_id = 353535353535"))
    token = put_token(demo, "lab", LAB)
    put_token(demo, "acme", ACME)
    put_role(demo, "333333333333", "Admin", "lab")
    assert main.main(["sessions", "remove", "lab", "--yes"]) == 0
    out, err = capsys.readouterr()
    text = config().read_text()
    assert "[sso-session lab]" not in text
    assert "[profile one]" not in text
    assert "[profile two]" in text
    assert "[profile sandbox]" in text
    assert "- [sso-session lab]" in out
    assert "With 1 profile: one" in err
    assert "! 1 profile that use it stay" not in err
    assert "! 1 profile stays, without a session then (not written by ssotui): sandbox" in err
    assert "! 1 profile stays, without a session then (changed since ssotui wrote it): two" in err
    assert "to remove these too: --with-profiles" in err
    assert "Signs out of it: 1 token, 1 other cache file" in err
    assert not token_file("lab").exists()
    assert not role_file("333333333333", "Admin", "lab").exists()
    assert token_file("acme").exists()
    assert demo.state.access(token.access_token.reveal()) is None
    assert token.access_token.reveal() not in out + err


def test_told_so_it_removes_all_profiles_of_the_session(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    assert main.main(["sessions", "remove", "acme", "--with-profiles", "--yes"]) == 0
    text = config().read_text()
    assert "acme" not in text
    assert "[profile deploy]" not in text  # it gets its role by way of one of them
    assert "[profile sandbox]" in text
    assert (
        text
        == CONFIG[CONFIG.index("[sso-session lab]") : CONFIG.index("[profile dev]")]
        + CONFIG[CONFIG.index("[profile sandbox]") :]
    )


def test_a_no_leaves_everything(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    put_token(demo, "lab", LAB)
    before = snapshot(config(), token_file("lab"))
    typed(monkeypatch, "n\n")
    assert main.main(["sessions", "remove", "lab"]) == 1
    assert "Remove session lab?" in capsys.readouterr().err
    assert snapshot(config(), token_file("lab")) == before


def test_a_session_without_a_section_is_only_its_profiles(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    url = "https://d-9667182f21.awsapps.com/start"
    assert main.main(["sessions", "remove", url, "--yes"]) == 1
    assert "has no section of its own, only profiles" in capsys.readouterr().err
    assert config().read_text() == CONFIG
    assert main.main(["sessions", "remove", url, "--with-profiles", "--yes"]) == 0
    assert config().read_text() == CONFIG[: CONFIG.index("\n[profile attic]")]


def test_the_aws_cli_and_boto3_read_what_was_written(home: Path, aws_cli: str, aws_python: str) -> None:
    configure()
    main.main(["sessions", "add", "--start-url", "x.awsapps.com", "--region", "eu-west-1", "--name", "a b", "--yes"])
    source = (
        "import botocore.session as s, json;"
        "print(json.dumps(s.Session().full_config['sso_sessions']['a b'], sort_keys=True))"
    )
    found = json.loads(run(aws_python, "-c", source).stdout)
    assert found.pop("ssotui_session")
    assert found == {
        "sso_region": "eu-west-1",
        "sso_registration_scopes": "sso:account:access",
        "sso_start_url": "https://x.awsapps.com/start",
    }
    assert run(aws_cli, "configure", "get", "region", "--profile", "attic").stdout == "us-east-1\n"


@pytest.mark.pty
def test_a_newcomer_at_a_terminal(demo: DemoServer) -> None:
    with program("sessions", "add") as terminal:
        terminal.wait_for("Start URL of your access portal:")
        terminal.send(b"acme.awsapps.com/start#/\r")
        terminal.wait_for("Region of its Identity Center")
        terminal.send(b"us-east-1\r")
        terminal.wait_for("Add session acme? [y/N]")
        terminal.send(b"y\r")
        terminal.wait_for("To sign in: ssotui login --session acme")
        assert terminal.wait_exit() == 0
    assert config().read_text() == ADDED
    assert list(Path(config_backups.backup_folder()).glob("*")) == []


def test_from_a_start_url_to_every_role_without_a_screen_and_without_the_aws_cli(
    isolation: None, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.aws.role.accounts.PER_SECOND", 1000.0)
    demo.state.settings.auto_approve_after = 0
    assert main.main(["sessions", "add", "--start-url", "lab.awsapps.com", "--region", "eu-west-1", "--yes"]) == 0
    assert main.main(["login", "--session", "lab", "--no-open"]) == 0
    capsys.readouterr()
    assert main.main(["accounts", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {(row["name"], row["state"]) for row in found} == {
        ("Sandbox", "new"),
        ("Playground", "new"),
        ("Load Tests", "new"),
    }
    assert json.loads(token_file("lab").read_text())["refreshToken"]
    assert main.main(["sessions", "remove", "lab", "--yes"]) == 0
    assert config().read_text() == ""
    assert not token_file("lab").exists()


def test_another_config_file_is_the_one_that_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "~/elsewhere/config")
    assert main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1", "--yes"]) == 0
    assert (home / "elsewhere/config").read_text() == ADDED
    assert not config().exists()
