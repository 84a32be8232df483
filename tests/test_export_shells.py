"""Export round trips: what the real shells, and the readers of files, make of the lines is the exact value."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.aws.errors import SsoError
from tui.aws.model import Profile, RoleCredentials, Secret
from tui.shell import formats

from . import needs

PRINT = 'printf "%s\\0" "$AWS_SECRET_ACCESS_KEY" "${AWS_PROFILE-}"'
LOOP = f'for file in "$@"; do eval "$(cat "$file")"; {PRINT}; done'
FISH_LOOP = f"for file in $argv; cat $file | source; {PRINT.replace('{AWS_PROFILE-}', 'AWS_PROFILE')}; end"

ZSH_OPTIONS = (
    *("rc-quotes", "ksh-arrays", "extended-glob", "magic-equal-subst"),
    *("glob-subst", "sh-word-split", "no-unset", "err-exit"),
)

READERS = {
    "bash": (["bash", "--norc", "-c", LOOP, "bash"], "bash", "bash"),
    "bash posix": (["bash", "--posix", "-euo", "noclobber", "-c", LOOP, "bash"], "bash", "bash"),
    "dash": (["dash", "-c", LOOP, "dash"], "bash", "dash"),
    "zsh": (["zsh", "-f", "-c", LOOP, "zsh"], "bash", "zsh"),
    "zsh options": (
        ["zsh", "-f", *(f"--{name}" for name in ZSH_OPTIONS), "-c", LOOP, "zsh"],
        "bash",
        "zsh",
    ),
    "fish": (["fish", "--no-config", "-c", FISH_LOOP], "fish", "fish"),
}
"""How a file with lines is evaluated, the format and the shell name that the lines are made for."""

NASTY = [
    *("=ls", "=@", "~", "~root", "-n", "--", "!!", "!x", "$HOME", "$(id)", "`id`", "${x}", "a b", " lead", "trail "),
    *("'", "''", "'''", "\\", "\\\\", "\\'", "'\\", "\\n", '"', "a\nb", "\n", "a\n", "\r\n", "\t", "*", "[a]", "{a,b}"),
    *("#x", "a #b", ";id", "&", "|", "<x", ">x", "(x)", "%s", "\x01", "\x7f", "\x80", "\x9b", "é", "漢字", "\u202e"),
    *("\ufdd0", "\uf600", "\uf6ff", "\uffff", "\U0001f511", "\U0010ffff", "\ufeff", "^x^y", "a:b", "a=b", "?", "@", ""),
]

characters = st.one_of(
    st.sampled_from("'\"\\`$!~=-#%&|;<>(){}[]*? \t\n\r^@:,+/._%s0aZ"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
)
values = st.lists(st.text(characters, max_size=12), min_size=60, max_size=60)
names = st.lists(st.text(characters.filter(lambda char: char not in "\r\n"), max_size=12), min_size=60, max_size=60)

quick = settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def command(reader: str) -> list[str]:
    """How the reader is started. The test is skipped where its shell is missing."""
    program, *arguments = READERS[reader][0]
    return [needs.program(program), *arguments]


def exported(format_name: str, value: str) -> str:
    credentials = RoleCredentials("ASIAIOSFODNN7EXAMPLE", Secret(value), Secret("token"), 1_900_000_000)
    return formats.render(format_name, credentials, Profile("dev", "acme"))


def read_back(reader: str, texts: list[str]) -> list[str]:
    """Secret key and profile after each of `texts` was evaluated in one process of the shell, in turn."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, str(number)) for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_bytes(text.encode())
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8"}
        environment |= {"AWS_PROFILE": "", "AWS_SECRET_ACCESS_KEY": ""}
        done = subprocess.run(
            [*command(reader), *map(str, files)], env=environment, capture_output=True, timeout=60, check=False
        )
    assert done.stderr == b""
    return [part.decode() for part in done.stdout.split(b"\0")[:-1]]


@pytest.mark.parametrize("reader", READERS)
def test_h02_nasty_values(reader: str) -> None:
    texts = [exported(READERS[reader][1], value) for value in NASTY]
    assert read_back(reader, texts)[::2] == NASTY


@pytest.mark.parametrize("reader", READERS)
@quick
@given(values)
def test_h01_any_value(reader: str, values: list[str]) -> None:
    texts = [exported(READERS[reader][1], value) for value in values]
    assert read_back(reader, texts)[::2] == values


@pytest.mark.parametrize("reader", READERS)
@quick
@given(names)
def test_h01_any_profile_name(reader: str, names: list[str]) -> None:
    # The lines also unset variables, which under -u cannot be printed: an empty one stands in.
    reset = "set -gx AWS_SECRET_ACCESS_KEY ''\n" if reader == "fish" else "AWS_SECRET_ACCESS_KEY=''\n"
    texts = [formats.use_profile_lines(READERS[reader][2], name) + reset for name in names]
    assert read_back(reader, texts)[1::2] == names


@pytest.mark.parametrize("reader", READERS)
def test_using_and_unsetting_in_the_real_shell(reader: str) -> None:
    _argv, format_name, shell = READERS[reader]
    argv = command(reader)
    environment = dict.fromkeys((*formats.CREDENTIAL_VARIABLES, *formats.REGION_VARIABLES), "CANARY")
    environment |= {"AWS_DEFAULT_PROFILE": "other", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def left(lines: str) -> set[str]:
        with TemporaryDirectory() as folder:
            file = Path(folder, "lines")
            file.write_text(lines + "env\n", encoding="utf-8")
            script = f"source {file}" if shell == "fish" else f". {file}"
            start = argv[: argv.index("-c")]
            done = subprocess.run(
                [*start, "-c", script], env=environment | {"HOME": folder}, capture_output=True, text=True, check=False
            )
            assert done.stderr == ""
        return {line for line in done.stdout.splitlines() if line.startswith("AWS_")}

    assert format_name in formats.FORMATS
    regions = {"AWS_REGION=CANARY", "AWS_DEFAULT_REGION=CANARY"}
    assert left(formats.use_profile_lines(shell, "dev")) == {"AWS_PROFILE=dev", *regions}
    assert left(formats.use_profile_lines(shell, "dev", drop_region=True)) == {"AWS_PROFILE=dev"}
    assert left(formats.unset_lines(shell)) == regions
    assert left(formats.unset_lines(shell, region=True)) == set()


def test_fish_universal_credentials_are_hidden_and_kept() -> None:
    fish = needs.program("fish")
    lines = formats.use_profile_lines("fish", "dev")
    with TemporaryDirectory() as folder:
        Path(folder, "lines").write_text(lines, encoding="utf-8")
        script = (
            "set -Ux AWS_ACCESS_KEY_ID universal; "
            f"source {folder}/lines; echo $status; env | string match 'AWS_*'; set -eg AWS_ACCESS_KEY_ID; "
            "echo $AWS_ACCESS_KEY_ID"
        )
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CONFIG_HOME": folder}
        done = subprocess.run([fish, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert sorted(done.stdout.split("\n")) == sorted(["0", "AWS_ACCESS_KEY_ID=", "AWS_PROFILE=dev", "universal", ""])


def dotenv_values(text: str) -> dict[str, str]:
    """The documented rule: between single quotes `\\\\` is a backslash and `\\'` a quote, all else is itself."""
    found = {}
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"(\w+)='((?:[^'\\]|\\.)*)'", line, re.DOTALL)
        assert match, line
        found[match[1]] = re.sub(r"\\([\\'])", r"\1", match[2])
    return found


def docker_values(text: str) -> dict[str, str]:
    """docker's reader: leading white space of a line goes, the value is everything after the first equal sign."""
    lines = (line.lstrip() for line in text.split("\n")[:-1])
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(characters, max_size=20))
def test_files_carry_a_value_exactly_or_refuse_it(value: str) -> None:
    for format_name, parse in (("dotenv", dotenv_values), ("docker", docker_values)):
        try:
            text = exported(format_name, value)
        except SsoError:
            assert re.search(r"[\r\n]|\$\{|\\\Z", value)
            continue
        assert parse(text)["AWS_SECRET_ACCESS_KEY"] == value


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(characters, max_size=20))
def test_powershell_literals_mean_the_value(value: str) -> None:
    """PowerShell's rule for single quotes: two quotes of any of its five kinds stand for the second one."""
    if "\r" in value or "\n" in value:
        return
    line = exported("powershell", value).split("\n")[1]
    quotes = "'\u2018\u2019\u201a\u201b"
    literal = line.removeprefix("$Env:AWS_SECRET_ACCESS_KEY = ")
    match = re.fullmatch(f"'((?:[^{quotes}]|[{quotes}][{quotes}])*)'", literal, re.DOTALL)
    assert match
    assert re.sub(f"[{quotes}]([{quotes}])", r"\1", match[1]) == value
