"""A role is used by `--session --account --role` without any profile: by every command that takes a profile, with the
errors that profiles have, and cached under the AWS CLI's own name for it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

from tui.aws.cache import account_list, account_names, unlisted_roles
from tui.aws.cache.account_list import Account, AccountList
from tui.aws.errors import SsoError
from tui.aws.role.unlisted import account_meant
from tui.cli import main
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import CONFIG, configure, content, put_token, role_file, session_named
from .commands import check, leaked, ssotui, ssotui_apart
from .test_interop import BOTO3, bare

STAGING = ("--session", "acme", "--account", "555555555555", "--role", "PowerUser")
LISTED = (
    Account("555555555555", "Staging", roles=("PowerUser", "ReadOnly"), roles_at=9),
    Account("111111111111", "Development", roles=("Admin",), roles_at=9),
    Account("888888888881", "Twin"),
    Account("888888888882", "Twin"),
    Account("888888888883", "x\x1b]0;owned\x07[red]"),
)


@pytest.fixture
def signed_in(demo: DemoServer, home: Path) -> DemoServer:
    configure()
    put_token(demo, "acme", ACME)
    return demo


def listed(*accounts: Account) -> None:
    session = session_named(configure(), "acme")
    account_list.save(session, AccountList({it.account_id: it for it in accounts}, 9))


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    assert main.main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_whoami_and_the_cache(signed_in: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["whoami", *STAGING, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["Account"] == "555555555555"
    assert content(role_file("555555555555", "PowerUser", "acme"))["ProviderType"] == "sso"
    assert main.main(["credential-process", *STAGING]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["AccountId"] == "555555555555"
    assert signed_in.state.log.count("GetRoleCredentials") == 1
    assert leaked(signed_in, err) == []


def test_a_legacy_session_and_the_only_one(demo: DemoServer, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(CONFIG[CONFIG.index("[profile attic]") :])
    put_token(demo, LEGACY, LEGACY)
    role = ("--account", "444444444444", "--role", "Auditor")
    for session in ((), ("--session", LEGACY)):
        main.main(["env", *session, *role])
        out = capsys.readouterr().out
        assert "AWS_ACCESS_KEY_ID=" in out
        assert "AWS_REGION=" not in out
    assert role_file("444444444444", "Auditor", LEGACY).exists()


def test_a_region_is_that_of_the_option_or_none(signed_in: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["env", *STAGING, "--format", "bash", "--region", "eu-west-3"]) == 0
    assert "export AWS_REGION='eu-west-3'" in capsys.readouterr().out
    assert main.main(["env", *STAGING, "--format", "bash"]) == 0
    assert "export AWS_REGION" not in capsys.readouterr().out


def test_an_account_goes_by_its_number_or_its_exact_name(home: Path) -> None:
    store = configure(f"{CONFIG}\n[profile own]\nsso_session = acme\nsso_account_id = 999999999999\nsso_role_name = R\n"
                      "sso_account_name = Ours\n")  # fmt: skip
    session, snapshot = session_named(store, "acme"), store.snapshot
    account_list.save(session, AccountList({it.account_id: it for it in LISTED}, 9))
    account_names.note({"222222222222": "Production"})
    for word, meant in (
        ("Staging", ("555555555555", "Staging")),
        ("555555555555", ("555555555555", "Staging")),
        ("x\x1b]0;owned\x07[red]", ("888888888883", "x\x1b]0;owned\x07[red]")),
        ("Ours", ("999999999999", "Ours")),
        ("999999999999", ("999999999999", "Ours")),
        ("222222222222", ("222222222222", "Production")),
        ("000000000001", ("000000000001", "")),
    ):
        assert account_meant(snapshot, session, word) == meant
    for word, title, hint, code in (
        ("Twin", "2 accounts of session acme are called Twin: 888888888881, 888888888882", "--account 888888888881", 2),
        ("staging", "No account of session acme is called staging", "did you mean Staging? To see them, run: ", 1),
        ("Production", "No account of session acme is called Production", "ssotui accounts --session acme", 1),
        ("1234", "1234 is not the number of an account: they have 12 digits", "ssotui accounts --session acme", 2),
    ):
        with pytest.raises(SsoError) as caught:
            account_meant(snapshot, session, word)
        assert (caught.value.title, caught.value.exit_code) == (title, code)
        assert hint in caught.value.hint


def test_what_cannot_be_meant_is_refused_with_what_to_do(
    signed_in: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    role = ("--account", "Staging", "--role", "PowerUser")
    told = refused(capsys, 2, "env", "dev", *STAGING)
    assert "A profile, or a role by --session, --account and --role: name one of them" in told
    assert "name one of them" in refused(capsys, 2, "whoami", "--profile", "dev", *STAGING)
    assert "takes --account and --role" in refused(capsys, 2, "env", "--session", "acme")
    assert "takes --account and --role" in refused(
        capsys, 2, "env", "--session", "acme", "--account", "", "--role", "R"
    )
    assert "Which session? --session with one of: acme, lab, " in refused(capsys, 2, "env", *role)
    assert "There is no session nope" in refused(capsys, 1, "env", "--session", "nope", *role)
    told = refused(capsys, 1, "env", "--session", "acme", *role)
    assert "those of session acme have not been listed yet" in told
    assert "or run: ssotui accounts --session acme" in told
    assert "AWS_PROFILE cannot name a role" in refused(capsys, 2, "env", "--format", "profile", *STAGING)
    assert signed_in.state.log.count() == 0


@pytest.mark.parametrize("verb", ["env", "whoami", "credential-process", "exec"])
def test_a_sign_in_is_asked_for_with_the_command(home: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    configure()
    command = ("--", "true") if verb == "exec" else ()
    told = refused(capsys, 3, verb, *STAGING, *command)
    assert "Sign-in needed for session acme" in told
    assert "run: ssotui login --session acme" in told


def test_a_role_that_was_taken_away_since_it_was_listed_is_refused_and_no_sign_in_is_missing(
    signed_in: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(Account("222222222222", "Production", roles=("Admin", "ReadOnly"), roles_at=9), *LISTED)
    told = refused(capsys, 4, "env", "--session", "acme", "--account", "Production", "--role", "Admin")
    assert "No access to role Admin in account Production (222222222222)" in told
    assert "it was offered when the accounts were listed (long ago), and has been taken away since" in told
    assert "run: ssotui accounts --fresh --session acme" in told
    told = refused(capsys, 4, "whoami", "--session", "acme", "--account", "Staging", "--role", "Nobody")
    assert "No access to role Nobody in account Staging (555555555555)" in told
    assert "(long ago): PowerUser, ReadOnly" in told
    told = refused(capsys, 4, "credential-process", "--session", "acme", "--account", "123412341234", "--role", "R")
    assert "There is no role R for you in account 123412341234" in told
    assert "it was not among the accounts of session acme" in told
    assert "login" not in told


def test_console_leads_to_the_role_through_the_portal(
    signed_in: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["console", "--print", *STAGING, "--service", "s3", "--region", "eu-west-3"]) == 0
    link = capsys.readouterr().out
    assert "account_id=555555555555&role_name=PowerUser" in link
    assert "eu-west-3" in link
    assert signed_in.state.log.count() == 0


def test_messages_name_the_role_in_commands_that_can_be_typed(
    signed_in: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    told = refused(capsys, 2, "env", *STAGING)
    command = told.partition('eval "$(')[2].partition(')"')[0]
    assert shlex.split(command) == ["ssotui", "env", *STAGING]


def test_a_sign_out_of_the_session_takes_what_came_through_it(
    signed_in: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    account_names.note({"555555555555": "Staging"})
    assert main.main(["env", *STAGING, "--format", "bash"]) == 0
    assert main.main(["logout", "--session", "lab", "--yes"]) == 0
    path = role_file("555555555555", "PowerUser", "acme")
    assert path.exists()
    capsys.readouterr()
    assert main.main(["logout", "--session", "acme", "--yes"]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert ["PowerUser in Staging (555555555555)", "role credentials", "acme", "removed"] in [
        [word.strip() for word in line if word.strip()][:4] for line in lines
    ]
    assert not path.exists()
    assert unlisted_roles.noted(str(path)) is None


def test_what_is_noted_of_a_role_says_nothing_when_it_is_damaged(home: Path) -> None:
    path = Path(home / ".local/state/ssotui/roles/x.json")
    path.parent.mkdir(parents=True)
    for text in ("", "[]", '{"session": 1, "account": "1", "role": "x"}', '{"account": "1", "role": "x"}'):
        path.write_text(text)
        assert unlisted_roles.noted("/somewhere/x.json") is None


@pytest.mark.process
def test_exec_has_the_role_and_nothing_of_another_profile(signed_in: DemoServer) -> None:
    environ = {"AWS_PROFILE": "dev", "AWS_REGION": "eu-north-1"}
    done = check(ssotui_apart("exec", *STAGING, "--", "env", **environ), 0, signed_in, allow=["stdout"])
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert (found["AWS_ACCOUNT_ID"], found["AWS_REGION"]) == ("555555555555", "eu-north-1")
    assert "AWS_PROFILE" not in found


@pytest.mark.process
def test_real_clients_are_that_role_and_a_profile_written_later_finds_what_is_cached(signed_in: DemoServer) -> None:
    aws, python = aws_clients.path("aws"), aws_clients.path("python")
    lines = check(ssotui("env", *STAGING, "--format", "dotenv"), 0).stdout
    exported = dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)
    given = {name: value.strip("'\"") for name, value in exported.items() if value.strip("'\"")}
    environ = {**bare(signed_in), **given}
    who = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    for argv in ((aws, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"), (python, "-c", who)):
        done = aws_clients.run(*argv, env=environ)
        assert "arn:aws:sts::555555555555:assumed-role/AWSReservedSSO_PowerUser_" in done.stdout, done.stderr
    with open(os.path.expanduser("~/.aws/config"), "a") as file:
        file.write("\n[profile later]\nsso_session = acme\nsso_account_id = 555555555555\nsso_role_name = PowerUser\n")
    done = aws_clients.run(python, "-c", BOTO3, "share", "later", env=bare(signed_in))
    assert json.loads(done.stdout) == {"later": "555555555555"}
    check(ssotui("credential-process", "later"), 0)
    assert signed_in.state.log.count("GetRoleCredentials") == 1
