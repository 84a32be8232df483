"""`ssotui init SHELL --install`: the line that defines `sso` in the file that the shell reads, asked about first."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.shell.install import INIT_LINES
from tui.shell.startup import carry_out, plan

from .commands import SSOTUI, check, ssotui
from .program import program
from .test_shell_support import ARGUMENTS

FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/config.fish",
    "pwsh": ".config/powershell/Microsoft.PowerShell_profile.ps1",
}


@pytest.mark.parametrize("shell", sorted(INIT_LINES))
def test_the_line_goes_to_the_file_that_the_shell_reads(home: Path, shell: str) -> None:
    planned = plan(shell, {}, "linux")
    assert (planned.path, planned.line) == (str(home / FILES[shell]), INIT_LINES[shell])
    assert (planned.before, planned.there, planned.number) == (None, 0, 1)
    carry_out(planned)
    assert (home / FILES[shell]).read_text() == INIT_LINES[shell] + "\n"
    assert plan(shell, {}, "linux").there == 1


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, ".bash_profile"),
        ({".profile": "umask 022\n"}, ".profile"),
        ({".bash_profile": "export A=1\n", ".profile": ""}, ".bash_profile"),
        ({".bash_profile": ". ~/.bashrc\n"}, ".bashrc"),
    ],
)
def test_a_login_shell_of_macos_reads_another_file(home: Path, files: dict[str, str], found: str) -> None:
    for name, text in files.items():
        (home / name).write_text(text)
    assert plan("bash", {}, "darwin").path == str(home / found)


def test_folders_that_the_user_has_chosen(home: Path) -> None:
    assert plan("zsh", {"ZDOTDIR": "/dots"}, "linux").path == "/dots/.zshrc"
    assert plan("fish", {"XDG_CONFIG_HOME": "/conf"}, "linux").path == "/conf/fish/config.fish"
    with pytest.raises(SsoError, match="Only PowerShell knows"):
        plan("pwsh", {}, "win32")
    with pytest.raises(SsoError, match="no shell function for tcsh"):
        plan("tcsh", {}, "linux")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('eval "$(ssotui init bash)"\n', 1),
        ("a=1\n  command ssotui  init bash >x; . x", 2),
        ('eval "$(/opt/bin/ssotui init bash)"', 1),
        ('# eval "$(ssotui init bash)"\n', 0),
        ("a=1 # ssotui init\n", 0),
        ("echo ssotui-init myssotui init\n", 0),
        ('eval "$(ssotui completion bash)"\n', 0),
    ],
)
def test_a_line_that_is_there_already_is_found(home: Path, text: str, line: int) -> None:
    (home / ".bashrc").write_text(text)
    assert plan("bash", {}, "linux").there == line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a=1\n", b"a=1\nLINE\n"),
        (b"a=1", b"a=1\nLINE\n"),
        (b"echo \\\n", b"echo \\\n\nLINE\n"),
        (b"caf\xe9\x00\n\n", b"caf\xe9\x00\n\nLINE\n"),
    ],
)
def test_what_is_there_stays_byte_for_byte(home: Path, before: bytes, after: bytes) -> None:
    (home / ".bashrc").write_bytes(before)
    planned = plan("bash", {}, "linux")
    carry_out(planned)
    expected = after.replace(b"LINE", planned.line.encode())
    assert (home / ".bashrc").read_bytes() == expected == planned.after
    assert expected.splitlines()[planned.number - 1].decode() == planned.line


def test_mode_and_link_are_kept(home: Path) -> None:
    dots = home / "dots"
    dots.mkdir()
    (dots / "bashrc").write_text("a=1\n")
    (dots / "bashrc").chmod(0o644)
    (home / ".bashrc").symlink_to(dots / "bashrc")
    carry_out(plan("bash", {}, "linux"))
    assert (home / ".bashrc").is_symlink()
    assert (dots / "bashrc").read_text().startswith("a=1\neval ")
    assert stat.S_IMODE((dots / "bashrc").stat().st_mode) == 0o644


def test_a_file_that_has_changed_meanwhile_is_left_alone(home: Path) -> None:
    (home / ".bashrc").write_text("a=1\n")
    planned = plan("bash", {}, "linux")
    (home / ".bashrc").write_text("a=2\n")
    with pytest.raises(SsoError, match="changed meanwhile"):
        carry_out(planned)
    assert (home / ".bashrc").read_text() == "a=2\n"


def test_what_cannot_be_written_is_told_with_the_line(home: Path) -> None:
    (home / ".bashrc").symlink_to(home / "nowhere")
    with pytest.raises(SsoError) as caught:
        carry_out(plan("bash", {}, "linux"))
    assert "~/.bashrc cannot be written" in caught.value.title
    assert INIT_LINES["bash"] in caught.value.hint
    (home / ".zshrc").mkdir()
    with pytest.raises(SsoError, match="is a directory"):
        plan("zsh", {}, "linux")


def test_it_asks_and_a_no_writes_nothing(home: Path) -> None:
    for key, code, said in (("n", 1, "Nothing was written."), ("y", 0, "Added, as line 1.")):
        with program("init", "bash", "--install", size=(100, 24)) as terminal:
            terminal.wait_for("To the end of ~/.bashrc, a new file, goes this line:")
            terminal.wait_for(INIT_LINES["bash"])
            terminal.wait_for("Add it? [y/N]")
            assert not (home / ".bashrc").exists()
            terminal.press(key, "enter")
            terminal.wait_for(said)
            assert terminal.wait_exit() == code
    assert (home / ".bashrc").read_text() == INIT_LINES["bash"] + "\n"


def test_without_a_terminal_it_needs_a_yes(home: Path) -> None:
    assert "add --yes" in check(ssotui("init", "zsh", "--install"), 2).stderr
    assert not (home / ".zshrc").exists()
    done = check(ssotui("init", "zsh", "--install", "--yes"), 0)
    assert (done.stdout, "Added, as line 1." in done.stderr) == ("", True)
    assert "~/.zshrc has it already, in line 1" in check(ssotui("init", "zsh", "--install"), 0).stderr
    assert "--yes goes with --install" in check(ssotui("init", "zsh", "--yes"), 2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_new_shell_then_has_the_function(home: Path, shell: str) -> None:
    path = ARGUMENTS[shell][0]
    check(ssotui("init", shell, "--install", "--yes"), 0)
    (home / "bin").mkdir()
    (home / "bin/ssotui").write_text(f'#!/bin/sh\nexec "{SSOTUI[0]}" -m tui "$@"\n')
    (home / "bin/ssotui").chmod(0o755)
    done = subprocess.run(
        [path, "-i", "-c", "sso --help"],
        env={**os.environ, "PATH": f"{home}/bin:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "sso WORDS" in done.stdout, done
