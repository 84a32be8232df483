"""A whole session on the board, and everything that left it: bytes to the terminal, arguments and environments of all
processes, files. No secret that the Identity Center gave out is anywhere but where it was asked for."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .fakes import fake_programs
from .program import WIDE, highlight, plain_text, program, quit_board, row, sample_home
from .secrets import cached, issued, leaked
from .terminal import Terminal

OWN = "wJalrXUtnFEMI-the-users-own-secret-key"


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)
    (home / ".config/ssotui").mkdir(parents=True, exist_ok=True)
    (home / ".config/ssotui/config.toml").write_text("[clipboard]\nclear_after = 0\n")


class Watch:
    """Looks at the arguments and the environment of a process and of all that it starts, again and again."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.seen: dict[int, set[bytes]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            family = {self.pid}
            for number in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
                with contextlib.suppress(OSError, IndexError):
                    parent = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
                    if number == self.pid or parent in family:
                        family.add(number)
                        self._look(number)
            time.sleep(0.02)

    def _look(self, number: int) -> None:
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                self.seen.setdefault(number, set()).add(Path(f"/proc/{number}/{name}").read_bytes())

    @property
    def data(self) -> bytes:
        """All that was seen."""
        return b"\n".join(data for texts in self.seen.values() for data in texts)


@contextlib.contextmanager
def session(tmp_path: Path) -> Iterator[tuple[Terminal, Watch, Path]]:
    """The board with a clipboard and a browser that note how they are called, watched; and the folder of the notes."""
    notes = tmp_path / "notes"
    work = tmp_path / "work"
    work.mkdir()
    env = {**fake_programs(notes), "AWS_SECRET_ACCESS_KEY": OWN, "AWS_SESSION_TOKEN": OWN + "-token"}
    with program(size=WIDE, env=env, cwd=work) as terminal, Watch(terminal.pid) as watch:
        terminal.wait_for("written in")
        yield terminal, watch, notes


def back(terminal: Terminal) -> None:
    terminal.press("escape")
    terminal.wait_for(lambda it: "esc Back" not in it.text())


def test_e16_a_whole_session_lets_no_secret_out(tmp_path: Path, home: Path, demo: DemoServer) -> None:
    before = cached(home)
    assert len(before) >= 12
    with session(tmp_path) as (terminal, watch, notes):
        highlight(terminal, "billing")
        terminal.press("i")
        terminal.wait_for("answered in")
        terminal.press("c")
        terminal.wait_for("The identity: copied")
        back(terminal)
        terminal.press("e")
        terminal.wait_for("credentials valid for")
        for _ in range(10):
            terminal.press("down")
        terminal.press("home", "c")
        terminal.wait_for("lines for billing: copied")
        terminal.press("w")
        terminal.wait_for("It will hold secrets")
        terminal.press("enter")
        terminal.wait_for("Written:")
        back(terminal)
        terminal.press("y")
        terminal.wait_for("lines for billing: copied")
        terminal.wait_for("signed in to 2 of 3")  # by the renewal when the board was opened
        highlight(terminal, "attic")
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        terminal.press("c")
        terminal.wait_for("The code: copied")
        terminal.press("u")
        terminal.wait_for("The URL: copied")
        terminal.press("o")
        terminal.wait_for("Opened in the browser")
        demo.state.approve(demo.state.pending_user_codes()[0])
        terminal.wait_for("signed in to 3 of 3")
        terminal.wait_for("ACCOUNT NAME")  # which the sign-in has brought; the list needs the room of the details then
        terminal.press("R")
        terminal.wait_for("refreshed")
        terminal.press("y")
        terminal.wait_for("lines for attic: copied")
        assert b"AWS_SESSION_TOKEN" in (notes / "clipboard").read_bytes()
        everything = {**issued(demo), **cached(home)}
        terminal.press("x", "tab")
        terminal.wait_for("Removes 3 tokens")
        terminal.press("enter")
        terminal.wait_for("Signed out")
        back(terminal)
        terminal.wait_for("signed in to 0 of 3")
        quit_board(terminal)
        secrets = {**before, **everything, **issued(demo)}
        assert len(secrets) >= 30
        assert leaked(plain_text(terminal.raw).encode(), secrets) == []
        assert leaked(terminal.raw, secrets) == []
        assert len(watch.seen) >= 4, "the program, its clipboard children and what they start"
        assert leaked(watch.data, secrets) == []

    calls = (notes / "calls").read_bytes()
    assert calls.count(b"called xclip") >= 4
    assert calls.count(b"called browser") == 1
    assert leaked(calls, secrets) == []
    assert OWN.encode() not in calls, "children get the environment without credentials"
    assert (notes / "clipboard").read_bytes() == b"", "what was copied is taken off the clipboard by the sign-out"
    assert_files_are_clean(home, tmp_path, secrets)


def assert_files_are_clean(home: Path, tmp_path: Path, secrets: dict[str, str]) -> None:
    """Only one file holds a secret: the one that was asked for, which is private. (The sample's own static keys are
    in the user's credentials file.)"""
    holders = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path != home / ".aws/credentials" and leaked(path.read_bytes(), secrets)
    ]
    assert holders == [tmp_path / "run/ssotui/billing.sh"]
    assert holders[0].stat().st_mode & 0o777 == 0o600
    assert {path.name for path in (home / ".aws").rglob("*.json")} == set()


def test_the_scan_finds_what_is_there(tmp_path: Path, home: Path, demo: DemoServer) -> None:
    """Secrets that are shown on purpose are found in the bytes to the terminal, masked ones are not."""
    with session(tmp_path) as (terminal, _watch, _notes):
        highlight(terminal, "dev-admin")
        terminal.press("e")
        terminal.wait_for("credentials valid for")
        assert leaked(plain_text(terminal.raw).encode(), cached(home)) == []
        terminal.press("v")
        terminal.wait_for("ASIADEMO")
        terminal.wait_for(lambda it: leaked(plain_text(it.raw).encode(), cached(home)))
        terminal.press("v")
        terminal.wait_for("••••••••")
        terminal.press("escape")
        terminal.wait_for(lambda it: row(it, "dev-admin"))
        quit_board(terminal)
        assert "ASIADEMO" not in terminal.text(), "nothing of it stays on the main screen"


@pytest.mark.parametrize("flow", ["device", "browser"])
def test_e16_a_sign_in_that_is_left_in_the_middle_lets_nothing_out(
    flow: str, tmp_path: Path, home: Path, demo: DemoServer
) -> None:
    (home / ".config/ssotui/config.toml").write_text(f'[sign_in]\nflow = "{flow}"\n')
    for path in (home / ".aws/sso/cache").glob("*.json"):
        path.unlink()
    with session(tmp_path) as (terminal, watch, notes):
        terminal.wait_for("signed in to 0 of 3")
        highlight(terminal, "staging")
        terminal.press("l")
        terminal.wait_for("waiting for")
        back(terminal)
        quit_board(terminal)
        secrets = issued(demo)
        assert len(secrets) >= 10
        seen = terminal.raw + watch.data + ((notes / "calls").read_bytes() if (notes / "calls").exists() else b"")
    assert leaked(seen, secrets) == []
