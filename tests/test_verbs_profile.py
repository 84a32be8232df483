"""Which profile a command is about: named, in the environment, or `default`; of any kind for `sso`; in any locale."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.state.store import Store
from tui.cli.quick.prompt import prompt_line
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from . import aws_clients, needs
from .aws_home import CONFIG, configure, put_role, put_token
from .commands import SSOTUI, check, environment, ssotui, ssotui_apart

OTHERS = """
[profile granted]
granted_sso_start_url = https://acme.awsapps.com/start
credential_process = granted credential-process --profile granted

[profile ours]
credential_process = ssotui credential-process dev

[profile circle]
credential_process = /usr/bin/ssotui credential-process

[profile "keys of mine"]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = secret

[profile chained]
role_arn = arn:aws:iam::111111111111:role/R
source_profile = granted

[profile task]
role_arn = arn:aws:iam::111111111111:role/R
credential_source = EcsContainer

[profile login]
login_session = arn:aws:iam::111111111111:user/me

[profile broken]
sso_session = gone
sso_account_id = 111111111111
sso_role_name = Admin
"""

DEFAULT = CONFIG.replace("[profile dev]", "[default]").replace("source_profile = dev", "source_profile = default")


@pytest.fixture(autouse=True)
def signed_in(home: Path, demo: DemoServer) -> None:
    """dev has good credentials in the cache."""
    configure(CONFIG + OTHERS)
    put_token(demo, "acme", ACME)
    put_role(demo, "111111111111", "Admin", "acme")


VERBS = [["whoami"], ["env", "--format", "json"], ["credential-process"], ["console", "--print"], ["status"]]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb[0]))
def test_x10_a_profile_is_named_anywhere_or_by_the_environment_or_it_is_default(verb: list[str]) -> None:
    named = check(ssotui(verb[0], "dev", *verb[1:]), 0).stdout
    assert check(ssotui(*verb, "--profile", "dev"), 0).stdout == named
    assert check(ssotui(verb[0], "--profile=dev", "dev", *verb[1:]), 0).stdout == named
    both = check(ssotui(*verb, "--profile", "dev", "audit"), 2)
    assert "audit and dev" in both.stderr
    if verb != ["status"]:
        assert check(ssotui(*verb, AWS_PROFILE="dev"), 0).stdout == named
        assert check(ssotui(*verb, AWS_DEFAULT_PROFILE="dev"), 0).stdout == named
        assert "AWS_PROFILE" in check(ssotui(*verb), 2).stderr
        configure(DEFAULT)
        assert check(ssotui(*verb), 0).stdout == named


def test_x10_exec_without_a_profile() -> None:
    tell = ["--", "printenv", "AWS_ACCOUNT_ID"]
    assert check(ssotui_apart("exec", *tell, AWS_PROFILE="dev"), 0).stdout == "111111111111\n"
    assert check(ssotui_apart("exec", "--profile", "dev", *tell), 0).stdout == "111111111111\n"
    assert check(ssotui_apart("exec", "--", "printf", "%s", "--", "x", AWS_PROFILE="dev"), 0).stdout == "--x"
    assert check(ssotui_apart("exec", "--", "echo", "--", "x", AWS_PROFILE="dev"), 0).stdout == "-- x\n"
    assert "AWS_PROFILE" in check(ssotui("exec", *tell), 2).stderr


def test_x10_everything_in_default(demo: DemoServer, aws_cli: str) -> None:
    store = configure(DEFAULT)
    assert store.snapshot.active_profile == "default"
    assert "* default" in " ".join(check(ssotui("status"), 0).stdout.split()).replace("*  ", "* ")
    listed = json.loads(check(ssotui("status", "--json"), 0).stdout)["profiles"]
    assert [profile["name"] for profile in listed if profile["active"]] == ["default"]
    assert "acme" in check(ssotui("login"), 0).stderr
    assert (
        json.loads(aws_clients.run(aws_cli, "sts", "get-caller-identity", env=environment()).stdout)["Account"]
        == (json.loads(check(ssotui("whoami", "--json"), 0).stdout)["Account"])
    )
    assert prompt_line(os.environ, clock.now()) == ""  # a prompt tells what was chosen


def test_x10_a_default_without_sso_stands_in_nobody_s_way(demo: DemoServer) -> None:
    one = (
        CONFIG[: CONFIG.index("[sso-session lab]")]
        + CONFIG[CONFIG.index("[profile dev]") : CONFIG.index("[profile audit]")]
    )
    configure(one + "[default]\nregion = eu-west-3\n")
    assert "signed in already" in check(ssotui("login"), 0).stderr
    assert "default does not use IAM Identity Center" in check(ssotui("whoami"), 1).stderr


@pytest.mark.parametrize("name", ["granted", "ours", "keys of mine", "chained", "task", "login", "dev", "deploy"])
def test_x18_a_shell_switches_to_every_profile_that_exists(name: str) -> None:
    for words in (["--emit", "bash", "--use", name], ["env", name, "--format", "profile"]):
        assert f"export AWS_PROFILE='{name}'" in check(ssotui(*words), 0).stdout
    assert name in check(ssotui("completion", "--names"), 0).stdout.splitlines()


def test_x18_broken_and_unknown_profiles_are_refused_and_a_container_keeps_its_own() -> None:
    assert "gone" in check(ssotui("--emit", "bash", "--use", "broken"), 1).stderr
    assert "did you mean granted?" in check(ssotui("--emit", "bash", "--use", "Granted"), 1).stderr
    assert "AWS_CONTAINER" not in check(ssotui("--emit", "bash", "--use", "task"), 0).stdout
    assert "AWS_CONTAINER" in check(ssotui("--emit", "bash", "--use", "granted"), 0).stdout


def test_a_profile_that_gets_its_credentials_from_us_is_told_from_a_circle() -> None:
    assert "name that one: dev" in check(ssotui("whoami", "ours"), 1).stderr
    for words in (["credential-process", "circle"], ["whoami", "--profile", "circle"], ["env", "circle"]):
        assert "a circle" in check(ssotui(*words), 1).stderr
    assert "a circle" in check(ssotui("credential-process", AWS_PROFILE="circle"), 1).stderr


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("nowehre", "did you mean nowhere?"),
        ("dev ", '"dev "; did you mean dev?'),
        ("DEV", "did you mean dev?"),
        (" ", "it is blank"),
        ("", "it is empty"),
    ],
)
def test_x43_a_name_in_the_environment_that_no_profile_has(value: str, said: str) -> None:
    assert said in check(ssotui("status", AWS_PROFILE=value), 0).stderr
    problems = json.loads(check(ssotui("status", "--json", AWS_PROFILE=value), 0).stdout)["problems"]
    assert problems[0]["file"] == "AWS_PROFILE"
    assert said in problems[0]["message"]
    for verb in (
        ["whoami"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["login"],
        ["console", "--print"],
    ):
        if value:
            assert said in check(ssotui(*verb, AWS_PROFILE=value), 1).stderr


def test_x39_a_start_url_of_two_sessions_is_ambiguous() -> None:
    configure(CONFIG.replace(LAB, ACME))
    for verb in (["login"], ["logout", "--yes"]):
        told = check(ssotui(*verb, "--session", ACME), 2).stderr
        assert "2 sessions: acme, lab" in told
        assert "--session acme" in told
    assert Store().snapshot.find_session("lab") is not None


ODD = "d\u00e9v-\u6f22\u5b57"

LOCALES = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "1"},
    {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},  # where there is one; else as C
    {"LC_ALL": "C.UTF-8"},
]


def raw(*words: bytes, **changes: str) -> tuple[int, bytes, bytes]:
    """A command's exit code and its very bytes."""
    environ = {os.fsencode(key): os.fsencode(value) for key, value in environment(**changes).items()}
    done = subprocess.run([*map(os.fsencode, SSOTUI), *words], env=environ, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: "-".join(locale.values()))
def test_names_are_the_same_bytes_in_every_locale(locale: dict[str, str], tmp_path: Path) -> None:
    Path(os.environ["HOME"], ".aws/config").write_text(CONFIG.replace("[profile dev]", f"[profile {ODD}]"), "utf-8")
    name = ODD.encode()
    line = b"export AWS_PROFILE='" + name + b"'"
    assert raw(b"--emit", b"bash", b"--use", name, **locale)[1].startswith(line)
    assert raw(b"env", name, b"--format", b"profile", **locale)[1].startswith(line)
    assert raw(b"env", b"--format", b"profile", **locale, AWS_PROFILE=ODD)[1].startswith(line)
    assert b"[" + name + b"]" in raw(b"env", name, b"--format", b"ini", **locale)[1]
    assert name in raw(b"completion", b"--names", **locale)[1].splitlines()
    for words in ((b"credential-process", name), (b"credential-process", b"--profile", name)):
        code, output, _errors = raw(*words, **locale)
        assert (code, json.loads(output)["AccountId"]) == (0, "111111111111")
    code, output, errors = raw(b"exec", name, b"--", b"printf", b"%s", b"\xe9" + name, **locale)
    assert (code, output, errors) == (0, b"\xe9" + name, b"")
    code, output, errors = raw(b"status", b"--prompt", **locale, AWS_PROFILE=ODD)
    assert code == 0
    assert b"signed-out" not in output
    code, _output, errors = raw(b"status", b"d\xffv", **locale)
    assert code == 1
    assert b"no profile" in errors
    assert b"Traceback" not in errors


def test_a_name_of_latin_1_is_found_whatever_the_locale_says() -> None:
    Path(os.environ["HOME"], ".aws/config").write_bytes(CONFIG.replace("[profile dev]", "[profile d\u00e9v]").encode())
    for locale in LOCALES:
        assert raw(b"status", b"d\xe9v", **locale)[0] == 0


def test_x22_each_shell_gets_lines_of_its_own_and_others_are_refused(tmp_path: Path) -> None:
    command = [*SSOTUI, "env", "dev"]
    plain = shlex.join(command)
    lines = {
        "tcsh": (["-f", "-c", f"{plain}; echo"], "setenv AWS_ACCESS_KEY_ID "),
        "elvish": (["-norc", "-c", f"{plain}; echo"], "set-env AWS_ACCESS_KEY_ID "),
        "xonsh": (["--no-rc", "-c", f"{plain}; echo done"], "$AWS_ACCESS_KEY_ID = "),
    }
    for shell, (arguments, first) in lines.items():
        done = subprocess.run([needs.program(shell), *arguments], capture_output=True, text=True, check=False)
        assert done.stdout.startswith(first), (shell, done.stdout[:80], done.stderr)
    other = tmp_path / "murex"
    other.symlink_to(needs.program("bash"))
    done = subprocess.run([str(other), "-c", f"{plain}; exit $?"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--format" in done.stderr
    assert "AKIA" not in done.stderr
    assert "no function can switch nu" in check(ssotui("--emit", "nu", "--use", "dev"), 2).stderr
