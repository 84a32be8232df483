"""Export formats: their exact text, what they refuse, and what they must not load or show."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tui.aws import export
from tui.aws.errors import SsoError
from tui.aws.model import Profile, RoleCredentials, Secret

KEY_ID = "ASIAIOSFODNN7EXAMPLE"
SECRET = "CANARY/secret+key="
TOKEN = "CANARY//session+token=="
EXPIRES = 1_900_000_000  # 2030-03-17T17:46:40Z


def credentials(secret: str = SECRET, token: str = TOKEN, key_id: str = KEY_ID) -> RoleCredentials:
    return RoleCredentials(key_id, Secret(secret), Secret(token), EXPIRES)


def profile(name: str = "dev-admin", region: str = "eu-west-1") -> Profile:
    return Profile(name, "acme", "111111111111", "Admin", region)


GOLDEN = {
    "bash": """\
export AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'
export AWS_SECRET_ACCESS_KEY='CANARY/secret+key='
export AWS_SESSION_TOKEN='CANARY//session+token=='
export AWS_CREDENTIAL_EXPIRATION='2030-03-17T17:46:40Z'
export AWS_REGION='eu-west-1'
export AWS_DEFAULT_REGION='eu-west-1'
export AWS_ACCOUNT_ID='111111111111'
""",
    "fish": """\
set -gx AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'
set -gx AWS_SECRET_ACCESS_KEY 'CANARY/secret+key='
set -gx AWS_SESSION_TOKEN 'CANARY//session+token=='
set -gx AWS_CREDENTIAL_EXPIRATION '2030-03-17T17:46:40Z'
set -gx AWS_REGION 'eu-west-1'
set -gx AWS_DEFAULT_REGION 'eu-west-1'
set -gx AWS_ACCOUNT_ID '111111111111'
""",
    "powershell": """\
$Env:AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'
$Env:AWS_SECRET_ACCESS_KEY = 'CANARY/secret+key='
$Env:AWS_SESSION_TOKEN = 'CANARY//session+token=='
$Env:AWS_CREDENTIAL_EXPIRATION = '2030-03-17T17:46:40Z'
$Env:AWS_REGION = 'eu-west-1'
$Env:AWS_DEFAULT_REGION = 'eu-west-1'
$Env:AWS_ACCOUNT_ID = '111111111111'
""",
    "cmd": """\
set "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE"
set "AWS_SECRET_ACCESS_KEY=CANARY/secret+key="
set "AWS_SESSION_TOKEN=CANARY//session+token=="
set "AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40Z"
set "AWS_REGION=eu-west-1"
set "AWS_DEFAULT_REGION=eu-west-1"
set "AWS_ACCOUNT_ID=111111111111"
""",
    "dotenv": """\
AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'
AWS_SECRET_ACCESS_KEY='CANARY/secret+key='
AWS_SESSION_TOKEN='CANARY//session+token=='
AWS_CREDENTIAL_EXPIRATION='2030-03-17T17:46:40Z'
AWS_REGION='eu-west-1'
AWS_DEFAULT_REGION='eu-west-1'
AWS_ACCOUNT_ID='111111111111'
""",
    "docker": """\
AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
AWS_SECRET_ACCESS_KEY=CANARY/secret+key=
AWS_SESSION_TOKEN=CANARY//session+token==
AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40Z
AWS_REGION=eu-west-1
AWS_DEFAULT_REGION=eu-west-1
AWS_ACCOUNT_ID=111111111111
""",
    "json": """\
{
  "Version": 1,
  "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
  "SecretAccessKey": "CANARY/secret+key=",
  "SessionToken": "CANARY//session+token==",
  "Expiration": "2030-03-17T17:46:40Z",
  "AccountId": "111111111111"
}
""",
    "ini": """\
[dev-admin]
aws_access_key_id = ASIAIOSFODNN7EXAMPLE
aws_secret_access_key = CANARY/secret+key=
aws_session_token = CANARY//session+token==
aws_account_id = 111111111111
region = eu-west-1
""",
    "profile": "export AWS_PROFILE='dev-admin'\n",
    "unset": (
        "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN "
        "AWS_CREDENTIAL_EXPIRATION AWS_SECURITY_TOKEN AWS_ACCOUNT_ID AWS_REGION AWS_DEFAULT_REGION\n"
    ),
}


def test_every_format_has_a_golden_text_and_a_description() -> None:
    assert tuple(GOLDEN) == export.FORMATS
    assert all("\n" not in export.DESCRIPTIONS[name] and export.DESCRIPTIONS[name] for name in export.FORMATS)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    assert export.render(name, credentials(), profile()) == GOLDEN[name]


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"json", "profile"}))
def test_no_region_variables_without_a_region(name: str) -> None:
    text = export.render(name, credentials(), profile(region=""))
    assert "REGION" not in text.upper()
    assert text.count("\n") == GOLDEN[name].count("\n") - (0 if name == "unset" else 1 if name == "ini" else 2)


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"profile", "unset"}))
def test_masked_shows_no_secret(name: str) -> None:
    text = export.render_masked(name, credentials(), profile())
    assert "CANARY" not in text
    assert KEY_ID not in text
    assert "ASIA" + export.MASK + "MPLE" in text
    assert text.count(export.MASK) == 3
    assert text.count("\n") == GOLDEN[name].count("\n")


def test_masked_hides_the_length_of_secrets_and_a_short_key_id() -> None:
    texts = {
        export.render_masked("bash", credentials(secret="x" * n, key_id="AKIA" + "y" * n), profile()) for n in (1, 9)
    }
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["profile", "unset"])
def test_without_credentials(name: str) -> None:
    assert not export.needs_credentials(name)
    assert export.render(name, None, profile()) == export.render_masked(name, None, profile()) == GOLDEN[name]


def test_masked_refuses_what_the_export_refuses() -> None:
    with pytest.raises(SsoError):
        export.render_masked("cmd", credentials(secret="50%"), profile())


def test_json_is_what_a_credential_process_prints() -> None:
    answer = json.loads(export.render("json", credentials(secret='é"\\\n'), profile()))
    assert list(answer) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"]
    assert answer["Version"] == 1
    assert answer["SecretAccessKey"] == 'é"\\\n'


@pytest.mark.parametrize(
    ("cached", "configured", "told"),
    [("222222222222", "111111111111", "222222222222"), ("", "111111111111", "111111111111"), ("x y", "", "")],
)
def test_x29_the_account_is_that_of_the_credentials(cached: str, configured: str, told: str) -> None:
    found = RoleCredentials(KEY_ID, Secret(SECRET), Secret(TOKEN), EXPIRES, cached)
    chained = Profile("deploy", "acme", configured, "Deployer")
    assert json.loads(export.render("json", found, chained)).get("AccountId", "") == told
    assert dict(export.variables(found, chained)).get("AWS_ACCOUNT_ID", "") == told
    assert ("aws_account_id" in export.render("ini", found, chained)) is bool(told)


def test_ini_is_read_by_botocores_parser() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(export.render("ini", credentials(secret="%(x)s = a#;'"), profile("my team [x")))
    assert parser["my team [x"]["aws_secret_access_key"] == "%(x)s = a#;'"


QUOTED = {
    ("bash", "a'b"): "'a'\\''b'",
    ("bash", "'"): "''\\'''",
    ("bash", ""): "''",
    ("fish", "a'b\\c"): "'a\\'b\\\\c'",
    ("powershell", "a'b"): "'a''b'",
    ("powershell", "\u2018\u2019\u201a\u201b"): "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'",
    ("powershell", '$x `n "q"'): "'$x `n \"q\"'",
    ("dotenv", "a'b\\c"): "'a\\'b\\\\c'",
    ("docker", " $x '\"# "): " $x '\"# ",
    ("cmd", "a&b|c<d>(e) f"): "a&b|c<d>(e) f",
}


@pytest.mark.parametrize(("name", "value"), QUOTED)
def test_h02_quoting(name: str, value: str) -> None:
    separator = {"fish": " ", "powershell": " = "}.get(name, "=")
    line = export.render(name, credentials(secret=value), profile()).splitlines()[1]
    ending = '"' if name == "cmd" else ""
    assert line.endswith(f"AWS_SECRET_ACCESS_KEY{separator}{QUOTED[name, value]}{ending}")


REFUSED = [
    *[("cmd", value) for value in ("50%", "hey!", 'a"b', "a^b", "a\nb", "a\rb", "a\x1ab", "a\tb", "x" * 8192)],
    *[("docker", value) for value in ("a\nb", "a\r", "x" * 65536)],
    *[("dotenv", value) for value in ("a\nb", "a\rb", "${HOME}", "a\\")],
    *[("powershell", value) for value in ("a\nb", "a\rb")],
    *[("ini", value) for value in ("a\nb", " lead", "trail ", "a #b", "a ;b", "a\r")],
    *[(name, "a\0b") for name in ("bash", "fish", "powershell", "cmd", "dotenv", "docker", "ini")],
    *[(name, "a\udc80b") for name in ("bash", "fish", "powershell", "cmd", "dotenv", "docker", "ini")],
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_h04_what_a_reader_cannot_carry_is_refused(name: str, value: str) -> None:
    with pytest.raises(SsoError) as caught:
        export.render(name, credentials(secret=value), profile())
    assert "secret_access_key cannot be written for" in caught.value.title.lower()
    assert value not in caught.value.title
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\0b", "a\udc80b"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish", "pwsh", "cmd"])
def test_h05_profile_names_that_are_refused(shell: str, name: str) -> None:
    with pytest.raises(SsoError):
        export.use_profile_lines(shell, name)
    with pytest.raises(SsoError):
        export.render("profile", None, profile(name))


@pytest.mark.parametrize("name", ["", " a", "a ", "a]b", "DEFAULT", "a\nb"])
def test_sections_that_a_credentials_file_cannot_hold(name: str) -> None:
    with pytest.raises(SsoError):
        export.render("ini", credentials(), profile(name))


def test_h04_long_names_stay_whole() -> None:
    name = "a-profile-with-a-name-of-more-than-35-characters-000000"
    assert f'set "AWS_PROFILE={name}"\n' in export.use_profile_lines("cmd", name)


USE = {
    "bash": """\
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_SECURITY_TOKEN \
AWS_ACCOUNT_ID AWS_DEFAULT_PROFILE
export AWS_PROFILE='it'\\''s'
""",
    "fish": """\
set -eg AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_SECURITY_TOKEN \
AWS_ACCOUNT_ID AWS_DEFAULT_PROFILE
set -qU AWS_ACCESS_KEY_ID; and set -gx AWS_ACCESS_KEY_ID ''; or true
set -gx AWS_PROFILE 'it\\'s'
""",
    "pwsh": """\
$Env:AWS_ACCESS_KEY_ID = $null
$Env:AWS_SECRET_ACCESS_KEY = $null
$Env:AWS_SESSION_TOKEN = $null
$Env:AWS_CREDENTIAL_EXPIRATION = $null
$Env:AWS_SECURITY_TOKEN = $null
$Env:AWS_ACCOUNT_ID = $null
$Env:AWS_DEFAULT_PROFILE = $null
$Env:AWS_PROFILE = 'it''s'
""",
    "cmd": """\
set "AWS_ACCESS_KEY_ID="
set "AWS_SECRET_ACCESS_KEY="
set "AWS_SESSION_TOKEN="
set "AWS_CREDENTIAL_EXPIRATION="
set "AWS_SECURITY_TOKEN="
set "AWS_ACCOUNT_ID="
set "AWS_DEFAULT_PROFILE="
set "AWS_PROFILE=it's"
""",
}


@pytest.mark.parametrize("shell", USE)
def test_using_a_profile(shell: str) -> None:
    assert export.use_profile_lines(shell, "it's") == USE[shell]


def test_names_of_shells() -> None:
    for shell in ("sh", "dash", "zsh", "ksh"):
        assert export.use_profile_lines(shell, "it's") == USE["bash"]
    assert export.use_profile_lines("powershell", "it's") == USE["pwsh"]


def test_unset_covers_what_use_and_export_set() -> None:
    assert export.unset_lines("bash", region=True) == GOLDEN["unset"]
    assert "REGION" not in export.unset_lines("bash")
    assert export.unset_lines("pwsh").count("= $null") == 8


@pytest.mark.parametrize("call", [export.unset_lines, lambda shell: export.use_profile_lines(shell, "dev")])
@pytest.mark.parametrize("shell", ["tcsh", "", "json", "Bash"])
def test_unknown_shells(call: object, shell: str) -> None:
    assert callable(call)
    with pytest.raises(SsoError) as caught:
        call(shell)
    assert caught.value.exit_code == 2


def test_unknown_format() -> None:
    with pytest.raises(SsoError) as caught:
        export.render("zsh-ish", credentials(), profile())
    assert caught.value.exit_code == 2
    assert "dotenv" in caught.value.hint


@pytest.mark.parametrize(
    ("environ", "parent", "expected"),
    [
        ({"SHELL": "/bin/bash"}, "fish", "fish"),
        ({"SHELL": "/bin/bash"}, "-zsh", "bash"),
        ({"SHELL": "/usr/bin/fish"}, "", "fish"),
        ({"SHELL": "/usr/bin/fish"}, "python3", "fish"),
        ({"SHELL": "/usr/bin/fish"}, "/bin/sh", "bash"),
        ({}, "pwsh", "powershell"),
        ({"OS": "Windows_NT"}, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\PowerShell.EXE", "powershell"),
        ({"OS": "Windows_NT", "PROMPT": "$P$G"}, "cmd.exe", "cmd"),
        ({"OS": "Windows_NT", "PROMPT": "$P$G"}, "", "cmd"),
        ({"OS": "Windows_NT"}, "", "powershell"),
        ({"OS": "Windows_NT", "SHELL": "/usr/bin/bash"}, "", "bash"),
        ({"SHELL": "/bin/tcsh"}, "tmux", "bash"),
        ({}, "", "bash"),
    ],
)
def test_default_format(environ: dict[str, str], parent: str, expected: str) -> None:
    assert export.default_format(environ, parent) == expected


def test_p6_loads_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); import tui.aws.export; "
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('tui')))"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__future__"]
