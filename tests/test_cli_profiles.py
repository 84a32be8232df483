"""`ssotui accounts --write` and `--undo`: what is shown, what is written, what stays, and what exit codes say."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tui.aws.cache import config_edit
from tui.aws.role import accounts
from tui.cli import main
from tui.cli.environment import Environment
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import CONFIG, configure, put_token
from .commands import check, leaked, ssotui

TEMPLATE = "{account_name|lower}.{role_name}"


class Terminal(StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def sample(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """The sample organisation, signed in to two of its sessions."""
    monkeypatch.setattr(accounts, "PER_SECOND", 1000.0)
    configure()
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    return demo


def config() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


def accounts_verb(*arguments: str, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    out, err = StringIO(), StringIO()
    here = Environment(stdin=StringIO() if typed is None else Terminal(typed), stdout=out, stderr=err)
    code = main.main(["accounts", *arguments], here)
    return code, out.getvalue(), err.getvalue()


def write(*arguments: str, typed: str | None = None) -> tuple[int, str, str]:
    return accounts_verb("--write", "--session", "acme", "--template", TEMPLATE, *arguments, typed=typed)


def test_new_roles_get_profiles_and_the_diff_is_on_stdout(sample: DemoServer) -> None:
    code, out, err = write("--only", "staging", "--region", "eu-west-1", "--output", "json", "--yes")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "~/.aws/config"
    assert [line for line in lines if line[0] == "-"] == []
    added = [line[2:] for line in lines if line[0] == "+"]
    assert "\n" + "\n".join(added[1:]) + "\n" in config().read_text()
    assert config().read_text().startswith(CONFIG)
    assert added[1:7] == [
        "[profile staging.PowerUser]",
        "sso_session = acme",
        "sso_account_id = 555555555555",
        "sso_role_name = PowerUser",
        "region = eu-west-1",
        "output = json",
    ]
    assert "Written to ~/.aws/config; what it was is in ~/.local/state/ssotui/backups/config-" in err
    assert leaked(sample, out, err) == []


def test_the_second_time_nothing_changes_and_nothing_is_asked(sample: DemoServer) -> None:
    assert write("--yes")[0] == 0
    before = config().read_bytes()
    code, out, err = write()  # no terminal, and no --yes
    assert (code, out) == (0, "")
    assert "Nothing is to be changed." in err
    assert "9 profiles of ssotui's are as wanted." in err
    assert "2 roles with a profile already: dev, audit" in err
    assert config().read_bytes() == before


def test_only_a_yes_writes(sample: DemoServer) -> None:
    code, out, err = write(typed="n\n")
    assert code == 1
    assert "+ [profile staging.PowerUser]" in out
    assert "Add 9 profiles? [y/N]" in err
    assert "Nothing was changed." in err
    assert write()[0] == 2
    assert config().read_text() == CONFIG
    assert write(typed="y\n")[0] == 0
    assert config().read_text() != CONFIG


def test_a_dry_run_shows_and_changes_nothing_also_where_nothing_could_be(sample: DemoServer) -> None:
    wanted = write("--dry-run")
    assert wanted[0] == 0
    assert "+ [profile staging.PowerUser]" in wanted[1]
    config().chmod(0o444)
    assert write("--dry-run") == wanted
    code, _out, err = write("--yes")
    assert code == 1
    assert "~/.aws/config was not changed: it is read-only" in err
    assert "--dry-run" in err
    assert config().read_text() == CONFIG


def test_characters_that_are_replaced_and_names_that_are_numbered_are_told(sample: DemoServer) -> None:
    code, out, err = accounts_verb("--write", "--session", "lab", "--template", "{account_name}", "--yes")
    assert code == 0
    assert "+ [profile Load-Tests]" in out
    assert "Load Tests → Load-Tests" in err
    code, out, err = write("--template", "{role_name}", "--only", "ReadOnly", "--yes")
    assert "+ [profile ReadOnly-2]" in out
    assert "Numbered, because the name is taken: ReadOnly-2 (" in err


def test_a_name_in_the_credentials_file_is_refused_and_the_others_are_written(sample: DemoServer) -> None:
    (config().parent / "credentials").write_text("[staging.PowerUser]\naws_access_key_id = x\n")
    code, out, err = write("--only", "staging", "--yes")
    assert code == 1
    assert "! no profile for PowerUser in Staging: staging.PowerUser stands in the credentials file" in err
    assert "[profile staging.ReadOnly]" in out
    assert "[profile staging.PowerUser]" not in out


def test_pruning_and_renaming_happen_only_when_asked_for(sample: DemoServer) -> None:
    write("--yes")
    before = config().read_text()
    code, _out, err = write("--template", "{account_id}-{role_name}")
    assert "9 profiles with another name, which --prune gives up" in err
    assert config().read_text() == before
    left = [{"accountId": "555555555555", "accountName": "Staging"}]
    sample.state.faults.add("ListAccounts", replace={"accountList": left})
    code, out, err = write("--fresh", "--template", "{account_id}-{role_name}", "--prune", typed="y\n")
    assert code == 0
    assert "Change 2 profiles, remove 7 profiles?" in err
    assert [line for line in out.splitlines() if line.startswith("+ [profile")] == [
        "+ [profile 555555555555-PowerUser]",
        "+ [profile 555555555555-ReadOnly]",
    ]
    assert len([line for line in out.splitlines() if line.startswith("- [profile")]) == 2 + 7
    after = config().read_text()
    assert after.startswith(CONFIG)
    assert after.removeprefix(CONFIG).count("[profile ") == 2


def test_nothing_is_removed_before_everything_is_listed_and_words_choose_what_is(sample: DemoServer) -> None:
    write("--yes")
    before = config().read_text()
    sample.state.faults.add("ListAccounts", replace={"accountList": []}, count=None)
    code, _out, err = write("--fresh", "--prune", "--yes")
    assert "! acme: it offers no role at all, so nothing of it is removed" in err
    assert config().read_text() == before
    sample.state.faults.clear()
    left = [{"accountId": "999999999999", "accountName": "Security Tooling"}]
    sample.state.faults.add("ListAccounts", replace={"accountList": left}, count=None)
    assert write("--fresh", "--prune", "--yes", "--only", "analytics")[0] == 0
    after = config().read_text()
    assert before.count("[profile ") - after.count("[profile ") == 1
    assert "analytics." not in after
    sample.state.faults.clear()
    sample.state.faults.add("ListAccountRoles", code="StrangeException", status=400)
    code, _out, err = write("--fresh", "--prune", "--yes")
    assert code == 1
    assert "! acme: not everything is listed, so nothing of it is removed" in err


def test_what_somebody_has_changed_is_left_and_named(sample: DemoServer) -> None:
    write("--yes", "--only", "staging")
    config().write_text(config().read_text() + "cli_pager =\n")
    code, _out, err = write("--yes", "--only", "staging", "--region", "us-west-2", "--prune")
    assert code == 0
    assert "! left, because somebody has changed what ssotui wrote: staging." in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--write", "--template", "{name}"], "{name} is no placeholder"),
        (["--write", "--template", "a b"], "a blank cannot stand in a profile's name"),
        (["--write", "--region", "a_b"], "a_b is not a region"),
        (["--write", "--output", "xml"], "--output is one of json"),
        (["--write", "--undo"], "Either --write or --undo"),
        (["--write", "--json"], "--json goes without"),
        (["--prune"], "--prune goes with --write"),
        (["--only", "x"], "--only goes with --write"),
        (["--yes"], "--yes goes with --write or --undo"),
        (["--undo", "prod"], "takes back the whole last change"),
        (["--undo", "--session", "acme"], "takes back the whole last change"),
    ],
)
def test_what_does_not_go_together_is_told(sample: DemoServer, arguments: list[str], said: str) -> None:
    code, _out, err = accounts_verb(*arguments)
    assert code == 2
    assert said in err
    assert config().read_text() == CONFIG


def test_a_file_that_changes_while_it_is_shown_is_shown_anew(sample: DemoServer) -> None:
    class Slow(Terminal):
        def readline(self, *_size: Any) -> Any:
            if "theirs" not in config().read_text():
                config().write_text(CONFIG + "# theirs\n[profile staging.PowerUser]\nregion = x\n")
            return "y\n"

    out, err = StringIO(), StringIO()
    here = Environment(stdin=Slow(), stdout=out, stderr=err)
    words = ["accounts", "--write", "--session", "acme", "--template", TEMPLATE, "--only", "PowerUser"]
    assert main.main(words, here) == 0
    assert "has changed meanwhile: this is what would be written now" in err.getvalue()
    assert out.getvalue().count("+ [profile staging.PowerUser]") == 1
    assert out.getvalue().count("+ [profile staging.PowerUser-2]") == 1
    assert "[profile staging.PowerUser-2]" in config().read_text()


def test_undo_brings_back_the_very_bytes(sample: DemoServer) -> None:
    write("--yes")
    assert accounts_verb("--undo", "--dry-run")[0] == 0
    assert config().read_text() != CONFIG
    assert accounts_verb("--undo")[0] == 2
    assert accounts_verb("--undo", typed="n\n")[0] == 1
    code, out, err = accounts_verb("--undo", typed="y\n")
    assert code == 0
    assert "- [profile staging.PowerUser]" in out
    assert "~/.aws/config is what it was before." in err
    assert config().read_text() == CONFIG
    code, _out, err = accounts_verb("--undo", "--yes")
    assert code == 1
    assert "ssotui has changed nothing in ~/.aws/config that could be undone" in err


def test_undo_says_what_else_it_would_undo(sample: DemoServer) -> None:
    write("--yes")
    config().write_text(config().read_text() + "# mine\n")
    before = config().read_text()
    code, out, err = accounts_verb("--undo", "--yes")
    assert (code, out) == (1, "")
    assert "! This has been changed since, and would be lost with it:" in err
    assert "+ # mine" in err
    assert "has been changed since ssotui wrote it: nothing was undone" in err
    assert config().read_text() == before


def test_undo_removes_a_file_that_was_not_there(isolation: None) -> None:
    assert main.main(["sessions", "add", "--start-url", "acme.awsapps.com", "--region", "us-east-1", "--yes"]) == 0
    code, _out, err = accounts_verb("--undo", "--yes")
    assert code == 0
    assert "There was no such file before" in err
    assert not config().exists()


def test_the_settings_say_how_profiles_are_named(sample: DemoServer, home: Path) -> None:
    folder = home / ".config/ssotui"
    folder.mkdir(parents=True)
    text = '[accounts]\ntemplate = "{session}/{account_id}/{role_name}"\nregion = "none"\noutput = "yaml"\n'
    (folder / "config.toml").write_text(text)
    code, out, _err = accounts_verb("--write", "--session", "acme", "--only", "PowerUser", "--yes")
    assert code == 0
    assert "+ [profile acme/555555555555/PowerUser]" in out
    assert "+ output = yaml" in out
    assert "+ region" not in out


def test_several_sessions_are_written_at_once(sample: DemoServer) -> None:
    code, out, _err = accounts_verb("--write", "--yes")
    assert code == 0
    assert "+ sso_session = acme" in out
    assert "+ sso_session = lab" in out
    assert accounts_verb("--write")[:2] == (0, "")


def test_no_disk_left_is_told_and_nothing_is_lost(sample: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    write("--dry-run")
    failure = OSError(28, "No space left on device")
    monkeypatch.setattr("tui.aws.cache.writing._make_temporary", lambda *_: ("", failure))
    code, _out, err = write("--yes")
    assert code == 1
    assert "~/.aws/config was not changed: no space left on device" in err
    assert config().read_text() == CONFIG


BOTO3 = """
import boto3, json
identity = boto3.Session(profile_name="staging.PowerUser").client("sts").get_caller_identity()
print(json.dumps({"profiles": boto3.Session().available_profiles, "account": identity["Account"]}))
"""

JS = """
import { fromIni } from "@aws-sdk/credential-providers";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
const found = {};
for (const profile of process.argv.slice(2)) {
  const client = new STSClient({ profile, credentials: fromIni({ profile }) });
  found[profile] = [(await client.send(new GetCallerIdentityCommand({}))).Account, await client.config.region()];
}
console.log(JSON.stringify(found));
"""


@pytest.mark.process
def test_real_clients_list_and_use_the_new_profiles(demo: DemoServer, home: Path) -> None:
    """botocore, the AWS CLI and the SDK for JavaScript; what `aws configure sso` writes counts as configured."""
    session = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"
    configured = session + (
        "sso_registration_scopes = sso:account:access\n[profile Admin-111111111111]\nsso_session = acme\n"
        "sso_account_id = 111111111111\nsso_role_name = Admin\nregion = us-east-1\noutput = json\n"
    )
    config().write_text(configured)
    put_token(demo, "acme", ACME)
    done = check(ssotui("accounts", "--write", "--template", TEMPLATE, "--yes"), 0, demo)
    assert "1 role with a profile already: Admin-111111111111" in done.stderr
    names = [line.split()[2][:-1] for line in done.stdout.splitlines() if line.startswith("+ [profile ")]
    assert len(names) == 10
    answer = json.loads(aws_clients.run(aws_clients.path("python"), "-c", BOTO3).stdout)
    assert set(answer["profiles"]) >= {*names, "Admin-111111111111"}
    assert answer["account"] == "555555555555"
    asked = ("sts", "get-caller-identity", "--profile", "staging.ReadOnly", "--output", "json")
    assert json.loads(aws_clients.run(aws_clients.path("aws"), *asked).stdout)["Account"] == "555555555555"
    script = aws_clients.script("written-profiles", JS)
    try:
        answer = json.loads(aws_clients.run("node", "--no-warnings", script, *names).stdout)
    finally:
        os.unlink(script)
    assert answer["staging.PowerUser"] == ["555555555555", "us-east-1"]
    assert len(answer) == len(names)
    assert config_edit.last_change(os.environ).text == configured
