"""Round trips through nu, tcsh, xonsh and elvish: what they make of the lines is the exact value, and nothing is left.

Each shell evaluates the lines as its description says; but the xonsh of Debian 12 loses what a command prints, now and
then, when it is asked often, so it reads the file by itself. nu, which no Debian package brings, is asked where it is
installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.aws.errors import SsoError
from tui.aws.model import Profile, RoleCredentials, Secret
from tui.shell import formats

from . import needs
from .test_export_shells import NASTY, characters, quick

SHELLS = ["tcsh", "xonsh", "elvish", *(["nu"] if shutil.which("nu") else [])]


def evaluate(shell: str, texts: list[str], then: str, folder: str, **environ: str) -> bytes:
    """What the command `then` prints after each of `texts` was evaluated, in turn, in one process of the shell."""
    files = [Path(folder, f"lines{number}") for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    program = needs.program(shell)
    lines = {
        "tcsh": [f'eval "`cat {file}`"\n{then}\n' for file in files],
        "xonsh": [f"execx(open('{file}').read())\n{then}\n" for file in files],
        "elvish": [f"eval (cat {file} | slurp)\n{then}\n" for file in files],
        "nu": [f"source {file}\n{then}\n" for file in files],
    }
    script = Path(folder, "script")
    script.write_text("".join(lines[shell]))
    flags = {"tcsh": ["-f"], "xonsh": ["--no-rc"], "elvish": ["-norc"], "nu": ["-n"]}
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "XONSH_DATA_DIR": folder, **environ}
    done = subprocess.run(
        [program, *flags[shell], str(script)], env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.stderr == b"", done.stderr.decode()
    assert done.returncode == 0
    return done.stdout


def read_back(shell: str, texts: list[str], name: str) -> list[str]:
    """The variable after each of `texts`."""
    then = f"^printenv -0 {name}" if shell == "nu" else f"env printenv -0 {name}"
    with TemporaryDirectory() as folder:
        return [part.decode() for part in evaluate(shell, texts, then, folder).split(b"\0")[:-1]]


def exported(shell: str, value: str) -> str:
    credentials = RoleCredentials("ASIAIOSFODNN7EXAMPLE", Secret(value), Secret("t" * 1600), 1_900_000_000)
    return formats.render(shell, credentials, Profile("dev", "acme"))


def carried(shell: str, values: list[str]) -> list[str]:
    """Those that the format takes. What it refuses it has to refuse with a reason."""
    found = []
    for value in values:
        if shell == "tcsh" and any(char < " " or char == "\x7f" for char in value):
            with pytest.raises(SsoError, match="control character"):
                exported(shell, value)
        else:
            found.append(value)
    return found


@pytest.mark.parametrize("shell", SHELLS)
def test_x22_nasty_values(shell: str) -> None:
    values = carried(shell, NASTY)
    assert read_back(shell, [exported(shell, value) for value in values], "AWS_SECRET_ACCESS_KEY") == values


@pytest.mark.parametrize("shell", SHELLS)
@settings(quick, max_examples=2)
@given(st.lists(st.text(characters, max_size=12), min_size=40, max_size=40))
def test_x22_any_value(shell: str, values: list[str]) -> None:
    values = carried(shell, values)
    assert read_back(shell, [exported(shell, value) for value in values], "AWS_SECRET_ACCESS_KEY") == values


@pytest.mark.parametrize("shell", SHELLS)
def test_x22_nasty_profile_names(shell: str) -> None:
    names = carried(shell, [name for name in NASTY if "\n" not in name and "\r" not in name])
    texts = [formats.use_profile_lines(shell, name) for name in names]
    assert read_back(shell, texts, "AWS_PROFILE") == names


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("stale", [True, False])
def test_x22_nothing_that_outranks_is_left(shell: str, stale: bool) -> None:
    before = dict.fromkeys(formats.OUTRANKING, "CANARY") if stale else {}
    then = "^env" if shell == "nu" else "env"
    credentials = RoleCredentials("ASIAIOSFODNN7EXAMPLE", Secret("secret"), Secret("token"), 1_900_000_000)
    for text, kept in (
        (formats.use_profile_lines(shell, "dev", drop_region=True), {"AWS_PROFILE"}),
        (
            formats.use_profile_lines(shell, "dev", "us-west-2"),
            {"AWS_PROFILE", *formats.REGION_VARIABLES, formats.REGION_MARK},
        ),
        (
            formats.render(shell, credentials, Profile("dev", "acme"), drop_region=True),
            set(formats.CREDENTIAL_VARIABLES[:4]),
        ),
    ):
        with TemporaryDirectory() as folder:
            found = evaluate(shell, [text], then, folder, **before).decode().splitlines()
        assert "CANARY" not in "\n".join(found)
        assert {line.partition("=")[0] for line in found if line.startswith(("AWS_", "AMAZON_", "SSOTUI_"))} == kept
