"""The system clipboard, through programs as they are found on people's machines: working, failing, hanging, absent."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.desktop.browser import clear_if_ours, copy, paste

pytestmark = pytest.mark.process

TEXT = "export AWS_SECRET_ACCESS_KEY='CANARY'\nexport X='é ✓ $HOME `id`'\n"

Programs = Callable[[str, str], Path]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Makes a shell script that is the only program on PATH, or one more. `$held` is where it may keep a text, and
    `$log` where it notes its arguments."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def program(name: str, text: str) -> Path:
        path = folder / name
        head = f'#!/bin/sh\nPATH=/usr/bin:/bin held={tmp_path}/held log={tmp_path}/log\necho "$0 $*" >>"$log"\n'
        path.write_text(f"{head}{text}\n")
        path.chmod(0o755)
        return path

    return program


@pytest.fixture
def x11(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop with X11."""
    monkeypatch.setenv("DISPLAY", ":99")


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop with Wayland."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-99")


XCLIP = 'case "$*" in *-o*) cat "$held";; *) cat >"$held"; exec sleep 0.2;; esac'
"""As xclip does, it stays for a while to serve the text."""
XSEL = 'case "$*" in *-o*) cat "$held";; *-i*) cat >"$held";; esac'
WL_COPY = 'case "$*" in *--help*) echo "{help}";; *--clear*) : >"$held";; *) cat >"$held";; esac'


@pytest.mark.parametrize(("name", "text"), [("xclip", XCLIP), ("xsel", XSEL)])
def test_k08_a_text_comes_back_as_it_is(x11: None, programs: Programs, tmp_path: Path, name: str, text: str) -> None:
    programs(name, text)
    assert copy(TEXT) == ""
    assert (tmp_path / "held").read_text() == TEXT
    assert paste() == TEXT
    assert "CANARY" not in (tmp_path / "log").read_text()  # a text is never an argument


def test_only_what_is_ours_is_cleared(x11: None, programs: Programs, tmp_path: Path) -> None:
    programs("xclip", XCLIP)
    assert copy(TEXT) == ""
    (tmp_path / "held").write_text("of somebody else")
    assert not clear_if_ours(TEXT)
    assert (tmp_path / "held").read_text() == "of somebody else"
    assert copy(TEXT) == ""
    assert clear_if_ours(TEXT)
    assert (tmp_path / "held").read_text() == ""


@pytest.mark.parametrize(
    "text",
    [
        "echo GARBAGE; echo GARBAGE >&2; exit 1",
        'echo "Error: Can\'t open display: (null)" >&2; cat >/dev/null; exit 1',
        'case "$*" in *-o*) echo something else;; *) cat >/dev/null;; esac',
    ],
)
def test_k02_what_fails_is_not_called_copied_and_prints_nothing(
    x11: None, programs: Programs, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    programs("xclip", text)
    assert copy(TEXT) == "the clipboard program failed"
    assert capfd.readouterr() == ("", "")


def test_a_clipboard_that_hangs_is_given_up(x11: None, programs: Programs, tmp_path: Path) -> None:
    programs("xclip", f"echo $$ >{tmp_path}/process; exec sleep 60")
    assert copy(TEXT) == "the clipboard did not answer within 3 s"
    process = Path("/proc") / ((tmp_path / "process").read_text().strip() if (tmp_path / "process").exists() else "0")
    deadline = time.monotonic() + 20
    while process.exists() and " Z " not in (process / "stat").read_text():
        assert time.monotonic() < deadline, "the program that hangs was left behind"
        time.sleep(0.01)


def test_k01_what_to_install(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    assert copy(TEXT) == "there is no desktop here"
    monkeypatch.setenv("DISPLAY", ":99")
    assert copy(TEXT) == "install xclip or xsel"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-99")
    assert copy(TEXT) == "install wl-clipboard"
    assert paste() is None
    assert not clear_if_ours(TEXT)


@pytest.mark.parametrize(
    ("help_", "secret", "marked"),
    [
        ("  -x, --sensitive  Mark the copied data as sensitive.", True, True),
        ("  -x, --sensitive  Mark the copied data as sensitive.", False, False),
        ("  -n, --trim-newline", True, False),
    ],
)
def test_k04_secrets_are_marked_as_sensitive_where_wl_copy_can(
    wayland: None, programs: Programs, tmp_path: Path, help_: str, secret: bool, marked: bool
) -> None:
    programs("wl-copy", WL_COPY.format(help=help_))
    programs("wl-paste", 'cat "$held"')
    assert copy(TEXT, secret=secret) == ""
    assert (tmp_path / "held").read_text() == TEXT
    commands = [line.split()[1:] for line in (tmp_path / "log").read_text().splitlines() if "wl-copy" in line]
    assert (["--sensitive"] in commands) is marked
    assert clear_if_ours(TEXT)
    assert (tmp_path / "held").read_text() == ""


def test_k04_a_wl_copy_that_fails_is_not_called_copied(wayland: None, programs: Programs) -> None:
    programs("wl-copy", 'case "$*" in *--help*) echo --sensitive;; *) exit 1;; esac')
    programs("wl-paste", "exit 1")
    assert copy(TEXT, secret=True) == "the clipboard program failed"


def test_the_programs_get_no_credentials(
    x11: None, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "CANARY")
    programs("xclip", f"env >>{tmp_path}/environment; {XCLIP}")
    assert copy(TEXT) == ""
    assert "CANARY" not in (tmp_path / "environment").read_text()
    assert "AWS_SESSION_TOKEN" in os.environ
