"""The program in a real terminal: how tests start it, and what they ask of all that it writes."""

from __future__ import annotations

import base64
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui.demo.home import write
from tui.demo.server import DemoServer

from .terminal import Terminal

COMMAND = [sys.executable, "-m", "tui"]
READY = "ssotui"
WIDE = (130, 40)

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\)")
_OWN_OSC = re.compile(r"22;[a-z-]*|2;(?:.* [0-9][0-9dhm ]*m – )?(?:ssotui)?")
"""The operating system commands that the board sends by itself: shapes of the mouse pointer, and its own title."""


def program(
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str | None] | None = None,
    cwd: str | Path | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    in_band_resize: bool = False,
    command: Iterable[str] = COMMAND,
) -> Terminal:
    """ssotui with these arguments in a terminal of its own. `env` changes this process's environment: a value of None
    takes the variable away. The other parameters are Terminal's."""
    environ = dict(os.environ)
    for name, value in (env or {}).items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = value
    return Terminal(
        [*command, *arguments],
        environ,
        cwd,
        size,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        in_band_resize=in_band_resize,
    )


def sample_home(home: Path, server: DemoServer) -> None:
    """The sample organisation's profiles, tokens and credentials in `home`."""
    write(home, server.state)


def highlight(terminal: Terminal, name: str) -> None:
    """Put the board's cursor on a profile, by walking down the list from its start."""
    terminal.press("home")
    terminal.wait_for(_at_the_start)
    for _ in range(100):
        here = _cursor(terminal)
        if name in here.split():
            return
        terminal.press("down")
        terminal.wait_for(lambda it, here=here: _name(_cursor(it)) not in ("", _name(here)))  # type: ignore[misc]
    raise AssertionError(f"no row {name}\n{terminal.dump()}")


def _profiles(terminal: Terminal) -> list[str]:
    """The lines below the heading of the profiles."""
    lines = terminal.lines()
    heading = next((number for number, line in enumerate(lines) if line.split()[:1] == ["PROFILE"]), len(lines))
    return lines[heading + 1 :]


def _at_the_start(terminal: Terminal) -> bool:
    """Whether the cursor is on the first profile."""
    return any(line.lstrip().startswith("▸") for line in _profiles(terminal)[:1])


def _cursor(terminal: Terminal) -> str:
    """The profile's row with the cursor, "" while it is being drawn."""
    return next((line for line in _profiles(terminal) if line.lstrip().startswith("▸")), "")


def _name(row: str) -> str:
    """The first words of a row: its clocks go on, its name stays."""
    return " ".join(row.replace("▸", " ").split()[:2])


def row(terminal: Terminal, name: str) -> str:
    """The last row of the lists that shows a profile or session called `name`, "" when there is none."""
    lists = [line.partition("│")[0] for line in terminal.lines()]  # the details are beside them
    # The line above the footer tells of the highlighted one, with dots in between.
    return next((line for line in reversed(lists) if name in line.split() and " · " not in line), "")


def close_dialog(terminal: Terminal) -> None:
    """Leave a dialog by Escape, and wait until it has gone: a key right behind Escape would be one with alt. What is
    behind a small dialog does not tell, as it is in sight all the time."""
    terminal.press("escape")
    terminal.wait_for(lambda it: not {"Back", "Cancel"} & set(it.text().split()))


def quit_board(terminal: Terminal, code: int = 0) -> None:
    """Leave by `q`; the exit code is `code`, and the terminal is as it was."""
    terminal.press("q")
    assert terminal.wait_exit() == code
    terminal.assert_restored()


def assert_no_foreign_bytes(terminal: Terminal, copies: bool = False) -> None:
    """Asserts that all that was written is text and the control sequences of a full-screen program: no other control
    character, nothing bidirectional or invisible, no title but the board's own, nothing that clears the scrollback,
    and nothing for the clipboard (`copies`: but the shell lines that the board copies by itself)."""
    __tracebackhide__ = True
    commands = [command.decode() for command in terminal.emulator.osc]
    foreign = [command for command in commands if not (_OWN_OSC.fullmatch(command) or (copies and _is_copy(command)))]
    assert foreign == [], f"commands to the terminal: {foreign}"
    assert terminal.emulator.unknown == []
    text = terminal.raw.decode()
    assert "\x1b[2J" not in text
    assert "\x1b[3J" not in text
    rest = _SEQUENCE.sub("", text) + "".join(commands)
    strange = {
        char for char in rest if char not in "\r\n\x07" and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")
    }
    assert strange == set(), f"control characters on the terminal: {sorted(map(hex, map(ord, strange)))}"


def _is_copy(command: str) -> bool:
    kind, _, text = command.rpartition(";")
    return kind == "52;c" and base64.b64decode(text).startswith((b"export AWS_", b"unset AWS_"))


def plain_text(raw: bytes) -> str:
    """The text in what a program wrote, without its control sequences and line ends: for searches in all of it."""
    return _SEQUENCE.sub("", raw.decode("utf-8", "replace")).replace("\r", "").replace("\n", "")
