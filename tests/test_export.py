"""Export formats: their exact text, what they refuse, and what they must not load or show."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.aws.model import Profile, RoleCredentials, Secret
from tui.shell import formats

from .export_texts import GOLDEN, GONE, REGIONS, STALE, USE, USE_ELSEWHERE, unset

KEY_ID = "ASIAIOSFODNN7EXAMPLE"
SECRET = "CANARY/secret+key="
TOKEN = "CANARY//session+token=="
EXPIRES = 1_900_000_000  # 2030-03-17T17:46:40Z


def credentials(secret: str = SECRET, token: str = TOKEN, key_id: str = KEY_ID) -> RoleCredentials:
    return RoleCredentials(key_id, Secret(secret), Secret(token), EXPIRES)


def profile(name: str = "dev-admin", region: str = "eu-west-1") -> Profile:
    return Profile(name, "acme", "111111111111", "Admin", region)


def test_every_format_has_a_golden_text_and_a_description() -> None:
    assert list(GOLDEN) == list(formats.FORMATS)
    assert all(form.about and "\n" not in form.about and form.ending for form in formats.FORMATS.values())


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    assert formats.render(name, credentials(), profile()) == GOLDEN[name]


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"json", "sts-json", "profile", "unset"}))
def test_x07_without_a_region_none_is_set_and_none_is_left(name: str) -> None:
    text = formats.render(name, credentials(), profile(region=""), drop_region=True)
    assert "eu-west-1" not in text
    if name in ("ini", *formats.FILES):
        assert "region" not in text.lower()
    else:
        assert text.endswith(unset(name, (*GONE, *REGIONS)))
        own = formats.render(name, credentials(), profile(region=""))
        assert own.endswith(unset(name, (*GONE, "SSOTUI_REGION")))


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"json", "sts-json", "unset"}))
def test_x08_another_region_goes_before_that_of_the_profile(name: str) -> None:
    text = formats.render(name, credentials(), profile(), region="us-west-2")
    assert "us-west-2" in text
    assert "eu-west-1" not in text


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, ""),
        ({"AWS_REGION": ""}, ""),
        ({"AWS_REGION": "eu-west-3"}, "eu-west-3"),
        ({"AWS_DEFAULT_REGION": "eu-west-3"}, "eu-west-3"),
        ({"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "eu-west-3"}, "us-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "SSOTUI_REGION": "eu-west-1"}, ""),
        ({"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "eu-west-1", "SSOTUI_REGION": "eu-west-1"}, "us-west-2"),
        ({"AWS_DEFAULT_REGION": "us-west-2", "AWS_REGION": "eu-west-1", "SSOTUI_REGION": "eu-west-1"}, "us-west-2"),
    ],
)
def test_x08_a_region_that_an_export_has_left_is_none_of_the_user_s(environ: dict[str, str], region: str) -> None:
    assert formats.own_region(environ) == region


@pytest.mark.parametrize(
    ("environ", "left"),
    [
        ({}, False),
        ({"AWS_REGION": "eu-west-3"}, False),
        ({"AWS_REGION": "eu-west-3", "AWS_PROFILE": "dev"}, True),
        ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_PROFILE": "dev"}, True),
        ({"AWS_REGION": "eu-west-3", "AWS_ACCESS_KEY_ID": "x"}, True),
        ({"AWS_REGION": "eu-west-3", "SSOTUI_REGION": "eu-west-3"}, True),
        ({"AWS_REGION": "us-west-2", "SSOTUI_REGION": "eu-west-3", "AWS_PROFILE": "dev"}, False),
    ],
)
def test_x07_a_region_goes_with_the_profile_that_it_came_with(environ: dict[str, str], left: bool) -> None:
    assert formats.region_is_left(environ) == left


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"profile", "unset"}))
def test_masked_shows_no_secret(name: str) -> None:
    text = formats.render_masked(name, credentials(), profile())
    assert "CANARY" not in text
    assert KEY_ID not in text
    assert "ASIA" + formats.MASK + "MPLE" in text
    assert text.count(formats.MASK) == 3
    assert text.count("\n") == GOLDEN[name].count("\n")


def test_masked_hides_the_length_of_secrets_and_a_short_key_id() -> None:
    texts = {
        formats.render_masked("bash", credentials(secret="x" * n, key_id="AKIA" + "y" * n), profile()) for n in (1, 9)
    }
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["profile", "unset"])
def test_without_credentials(name: str) -> None:
    assert not formats.needs_credentials(name)
    assert formats.render(name, None, profile()) == formats.render_masked(name, None, profile()) == GOLDEN[name]


def test_masked_refuses_what_the_export_refuses() -> None:
    with pytest.raises(SsoError):
        formats.render_masked("cmd", credentials(secret="50%"), profile())


def test_json_is_what_a_credential_process_prints() -> None:
    answer = json.loads(formats.render("json", credentials(secret='é"\\\n'), profile()))
    assert list(answer) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"]
    assert answer["Version"] == 1
    assert answer["SecretAccessKey"] == 'é"\\\n'


def test_sts_json_has_the_shape_of_aws_sts() -> None:
    answer = json.loads(formats.render("sts-json", credentials(secret='é"\\\n'), profile()))
    assert list(answer) == ["Credentials"]
    assert list(answer["Credentials"]) == ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert answer["Credentials"]["SecretAccessKey"] == 'é"\\\n'
    assert "CANARY" not in formats.render_masked("sts-json", credentials(), profile())


@pytest.mark.parametrize(
    ("cached", "configured", "told"),
    [("222222222222", "111111111111", "222222222222"), ("", "111111111111", "111111111111"), ("x y", "", "")],
)
def test_x29_the_account_is_that_of_the_credentials(cached: str, configured: str, told: str) -> None:
    found = RoleCredentials(KEY_ID, Secret(SECRET), Secret(TOKEN), EXPIRES, cached)
    chained = Profile("deploy", "acme", configured, "Deployer")
    assert json.loads(formats.render("json", found, chained)).get("AccountId", "") == told
    assert dict(formats.variables(found, chained)).get("AWS_ACCOUNT_ID", "") == told
    assert ("aws_account_id" in formats.render("ini", found, chained)) is bool(told)


def test_ini_is_read_by_botocores_parser() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(formats.render("ini", credentials(secret="%(x)s = a#;'"), profile("my team [x")))
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
    ("nu", 'a"b\\c$x\n'): '"a\\"b\\\\c$x\\u{a}"',
    ("tcsh", "a'b!c\\"): "'a'\\''b\\!c\\'",
    ("xonsh", "a'b/+é=\n"): r"'a\U00000027b/+é=\U0000000a'",
    ("elvish", "a'b$c"): "'a''b$c'",
}

SPACED = ("fish", "tcsh", "elvish")


@pytest.mark.parametrize(("name", "value"), QUOTED)
def test_h02_quoting(name: str, value: str) -> None:
    separator = {"powershell": " = ", "nu": " = ", "xonsh": " = "}.get(name, " " if name in SPACED else "=")
    line = formats.render(name, credentials(secret=value), profile()).split("\n")[1]
    ending = {"cmd": '"', "tcsh": ";"}.get(name, "")
    assert line.endswith(f"AWS_SECRET_ACCESS_KEY{separator}{QUOTED[name, value]}{ending}")


CARRIERS = ("bash", "fish", "powershell", "cmd", "nu", "tcsh", "xonsh", "elvish", "dotenv", "docker", "ini")

REFUSED = [
    *[("cmd", value) for value in ("50%", "hey!", 'a"b', "a^b", "a\nb", "a\rb", "a\x1ab", "a\tb", "x" * 8192)],
    *[("docker", value) for value in ("a\nb", "a\r", "x" * 65536)],
    *[("dotenv", value) for value in ("a\nb", "a\rb", "${HOME}", "a\\")],
    *[("powershell", value) for value in ("a\nb", "a\rb")],
    *[("tcsh", value) for value in ("a\nb", "a\rb", "a\x7f")],
    *[("ini", value) for value in ("a\nb", " lead", "trail ", "a #b", "a ;b", "a\r")],
    *[(name, "a\0b") for name in CARRIERS],
    *[(name, "a\udc80b") for name in CARRIERS],
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_h04_what_a_reader_cannot_carry_is_refused(name: str, value: str) -> None:
    with pytest.raises(SsoError) as caught:
        formats.render(name, credentials(secret=value), profile())
    assert "secret_access_key cannot be written for" in caught.value.title.lower()
    assert value not in caught.value.title
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\0b", "a\udc80b"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish", "pwsh", "cmd", "nu", "tcsh", "xonsh", "elvish"])
def test_h05_profile_names_that_are_refused(shell: str, name: str) -> None:
    with pytest.raises(SsoError):
        formats.use_profile_lines(shell, name)
    with pytest.raises(SsoError):
        formats.render("profile", None, profile(name))


@pytest.mark.parametrize("name", ["", " a", "a ", "a]b", "DEFAULT", "a\nb"])
def test_sections_that_a_credentials_file_cannot_hold(name: str) -> None:
    with pytest.raises(SsoError):
        formats.render("ini", credentials(), profile(name))


def test_h04_long_names_stay_whole() -> None:
    name = "a-profile-with-a-name-of-more-than-35-characters-000000"
    assert f'set "AWS_PROFILE={name}"\n' in formats.use_profile_lines("cmd", name)


@pytest.mark.parametrize("shell", USE)
def test_using_a_profile(shell: str) -> None:
    assert formats.use_profile_lines(shell, "it's") == USE[shell]
    assert formats.use_profile_lines(shell, "it's", drop_region=True) == USE_ELSEWHERE[shell]


def test_names_of_shells() -> None:
    for shell in ("sh", "dash", "zsh", "ksh"):
        assert formats.use_profile_lines(shell, "it's") == USE["bash"]
    assert formats.use_profile_lines("pwsh", "it's") == USE["powershell"]
    assert formats.use_profile_lines("csh", "it's") == USE["tcsh"]


def test_x08_a_profile_in_another_region() -> None:
    text = formats.use_profile_lines("bash", "dev", "us-west-2")
    pairs = [("AWS_PROFILE", "dev"), *((name, "us-west-2") for name in REGIONS)]
    assert text.startswith("".join(f"export {name}='{value}' &&\n" for name, value in pairs))
    assert not any(name in text.split("\n")[-2].split() for name in REGIONS)


def test_x18_a_profile_that_lives_on_its_container_keeps_it() -> None:
    assert "AWS_CONTAINER" in formats.use_profile_lines("bash", "dev")
    assert "AWS_CONTAINER" not in formats.use_profile_lines("bash", "dev", container=True)


@pytest.mark.parametrize("form", ["profile", "unset"])
@pytest.mark.parametrize("shell", ["fish", "powershell", "nu", "tcsh", "xonsh", "elvish"])
def test_x22_profile_and_unset_are_written_for_the_shell(shell: str, form: str) -> None:
    text = formats.render(form, None, profile("it's"), shell=shell)
    assert text == (USE_ELSEWHERE[shell] if form == "profile" else unset_all(shell))
    assert text == formats.render_masked(form, None, profile("it's"), shell=shell)


def unset_all(shell: str) -> str:
    return unset(shell, ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", *STALE, *REGIONS))


def test_unset_covers_what_use_and_export_set() -> None:
    assert formats.unset_lines("bash", region=True) == GOLDEN["unset"]
    assert "REGION" not in formats.unset_lines("bash")
    assert formats.unset_lines("pwsh").count("= $null") == 9


@pytest.mark.parametrize("call", [formats.unset_lines, lambda shell: formats.use_profile_lines(shell, "dev")])
@pytest.mark.parametrize("shell", ["murex", "", "json", "Bash"])
def test_unknown_shells(call: object, shell: str) -> None:
    assert callable(call)
    with pytest.raises(SsoError) as caught:
        call(shell)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("write", [formats.render, formats.render_masked])
def test_unknown_format(write: Callable[..., str]) -> None:
    with pytest.raises(SsoError) as caught:
        write("zsh-ish", credentials(), profile())
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
        ({"SHELL": "/bin/tcsh"}, "tmux", "tcsh"),
        ({"SHELL": "/bin/bash"}, "nu", "nu"),
        ({"SHELL": "/bin/bash"}, "-csh", "tcsh"),
        ({"SHELL": "/bin/bash"}, "elvish", "elvish"),
        ({"SHELL": "/bin/bash"}, "xonsh", "xonsh"),
        ({"SHELL": "/bin/bash", "XONSH_VERSION": "0.25.0"}, "python3.12", "xonsh"),
        ({"SHELL": "/bin/fish", "XONSH_VERSION": "0.25.0"}, "make", "fish"),
        ({}, "", "bash"),
    ],
)
def test_default_format(environ: dict[str, str], parent: str, expected: str) -> None:
    assert formats.default_format(environ, parent) == expected


@pytest.mark.parametrize(("environ", "parent"), [({"SHELL": "/bin/bash"}, "murex"), ({"SHELL": "/usr/bin/rc"}, "")])
def test_x22_other_shells_are_refused(environ: dict[str, str], parent: str) -> None:
    with pytest.raises(SsoError) as caught:
        formats.default_format(environ, parent)
    assert caught.value.exit_code == 2
    assert "--format" in caught.value.hint


def test_p6_loads_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); import tui.shell.formats; "
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('tui')))"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__future__"]
