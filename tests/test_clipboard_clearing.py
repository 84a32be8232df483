"""Copied secrets leave the clipboard by themselves, also when the program has ended; what others copied stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui.desktop import browser

SECRET = "export AWS_SECRET_ACCESS_KEY='CANARY'\n"

XCLIP = """#!/bin/sh
case "$*" in
*-o*) cat "$CLIP" ;;
*) cat > "$CLIP" ;;
esac
"""


@pytest.fixture
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clipboard in a file, behind a program called xclip."""
    program = tmp_path / "bin" / "xclip"
    program.parent.mkdir()
    program.write_text(XCLIP)
    program.chmod(0o755)
    held = tmp_path / "held"
    held.write_text("")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setenv("CLIP", str(held))
    return held


def gone(held: Path) -> bool:
    for _ in range(300):
        if held.read_text() == "":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.process
def test_k07_our_text_is_cleared_and_another_stays(clipboard: Path) -> None:
    assert browser.copy(SECRET, secret=True) == ""
    assert clipboard.read_text() == SECRET
    browser.clear_later(SECRET, 0.1)
    assert gone(clipboard)
    clipboard.write_text("somebody else's")
    browser.clear_later(SECRET, 0.0)
    for child in browser._waiting:
        assert child.wait(30) == 0
    assert clipboard.read_text() == "somebody else's"


def test_k07_clearing_outlives_the_program_and_its_terminal(clipboard: Path) -> None:
    clipboard.write_text(SECRET)
    program = (
        f"from tui.desktop import browser as desktop; desktop.clear_later({SECRET!r}, 1.0);"
        "print(flush=True); import time; time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program], start_new_session=True, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"\n"  # the child that is to clear it knows what by now
    waiting = _clearing_child()
    assert "CANARY" not in Path(f"/proc/{waiting}/cmdline").read_text()
    assert "CANARY" not in Path(f"/proc/{waiting}/environ").read_text(errors="replace")
    os.killpg(child.pid, signal.SIGHUP)
    child.wait()
    child.stdout.close()
    assert gone(clipboard)


COPY = f"from tui.desktop import browser as desktop; desktop.copy({SECRET!r}, secret=True, clear_after=1.0)"


def killed_while_copying(xclip: Path, text: str) -> None:
    """A program copies, with an xclip that does this, and is killed as soon as the xclip has begun."""
    xclip.write_text(f'#!/bin/sh\necho $$ >"$CLIP.pid"; mv "$CLIP.pid" "$CLIP.begun"\n{text}\n')
    child = subprocess.Popen([sys.executable, "-c", COPY])
    for _ in range(600):
        if Path(os.environ["CLIP"] + ".begun").exists():
            break
        time.sleep(0.05)
    child.kill()
    child.wait()


def test_k07_a_copy_that_outlives_the_program_is_cleared_too(clipboard: Path, tmp_path: Path) -> None:
    """`y` and `q` in one go: the text is copied when nobody is there any more to have it cleared."""
    waits = 'case "$*" in *-o*) cat "$CLIP";; *) cat >"$CLIP"; until [ -e "$CLIP.go" ]; do sleep 0.05; done;; esac'
    killed_while_copying(tmp_path / "bin/xclip", waits)
    for _ in range(600):
        if clipboard.read_text() == SECRET:
            break
        time.sleep(0.05)
    (tmp_path / "held.go").touch()
    assert gone(clipboard)


def test_k02_a_clipboard_program_that_hangs_does_not_outlive_the_program_for_long(
    clipboard: Path, tmp_path: Path
) -> None:
    killed_while_copying(tmp_path / "bin/xclip", "exec sleep 600")
    process = Path("/proc") / (tmp_path / "held.begun").read_text().strip()
    for _ in range(600):
        if not process.exists() or " Z " in (process / "stat").read_text():
            return
        time.sleep(0.05)
    raise AssertionError("it still runs, and so does what called it, with the secret in its memory")


def _clearing_child() -> str:
    for _ in range(300):
        for entry in Path("/proc").iterdir():
            try:
                if not entry.name.isdigit() or b"tui.desktop.clipboard\0clear" not in (entry / "cmdline").read_bytes():
                    continue
                if os.environ["CLIP"].encode() in (entry / "environ").read_bytes():  # this test's own
                    return entry.name
            except OSError:
                continue
        time.sleep(0.05)
    raise AssertionError("no child waits to clear the clipboard")
