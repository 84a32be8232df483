"""Telling somebody who looks elsewhere: the notification that a terminal shows for an escape sequence.

Which sequence a terminal understands, only its documentation tells: OSC 9 (iTerm2, https://iterm2.com), OSC 99 (kitty,
its "desktop notifications"), OSC 777 (rxvt-unicode, foot, WezTerm, ghostty, Warp). Others ignore them, and get the
bell. Inside of tmux the terminal outside is asked for, and whether tmux passes such sequences on to it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ..text import clean

AUTO, BELL, OFF = "auto", "bell", "off"
OSC9, OSC99, OSC777 = "osc9", "osc99", "osc777"
CHOICES = (AUTO, BELL, OFF, OSC9, OSC99, OSC777)
"""What the setting can be."""

LONGEST = 200
LIMIT = 1.0
"""Seconds for tmux's answer."""

_BY_PROGRAM = {
    "iTerm.app": OSC9,
    "iTerm2": OSC9,
    "WezTerm": OSC777,
    "ghostty": OSC777,
    "WarpTerminal": OSC777,
}
_BY_TERM = {"xterm-kitty": OSC99, "foot": OSC777, "xterm-ghostty": OSC777, "rxvt-unicode": OSC777, "wezterm": OSC777}


class Way(NamedTuple):
    """How the terminal is told. `tmux`: through it."""

    kind: str
    tmux: bool = False


def way(wanted: str, environ: Mapping[str, str] | None = None) -> Way:
    """The way for this terminal: the `wanted` one, else what it understands, else the bell. It may wait for tmux."""
    environ = os.environ if environ is None else environ
    if wanted in (BELL, OFF):
        return Way(wanted)
    if environ.get("STY") and not environ.get("TMUX"):
        return Way(BELL)  # screen shows such a text in its own line
    if not environ.get("TMUX"):
        return Way(understood(environ) if wanted == AUTO else wanted)
    passes, terminal = _outside_of_tmux()
    if passes not in ("on", "all"):
        return Way(BELL)
    outside = {"TERM": terminal, "LC_TERMINAL": environ.get("LC_TERMINAL", "")}
    found = understood(outside) if wanted == AUTO else wanted
    return Way(found, tmux=found != BELL)


def understood(environ: Mapping[str, str]) -> str:
    """What the terminal that these variables tell of understands."""
    for variable in ("TERM_PROGRAM", "LC_TERMINAL"):
        found = _BY_PROGRAM.get(environ.get(variable, ""))
        if found:
            return found
    if environ.get("KITTY_WINDOW_ID"):
        return OSC99
    term = environ.get("TERM", "")
    return next((kind for name, kind in _BY_TERM.items() if term == name or term.startswith(f"{name}-")), BELL)


def sequence(found: Way, text: str) -> str:
    """What is written to the terminal: `text` made harmless, "" for no word at all."""
    said = clean(text, LONGEST)
    plain = {
        OFF: "",
        BELL: "\a",
        OSC9: f"\x1b]9;ssotui: {said}\x1b\\",  # never a number first, which would be another command
        OSC99: f"\x1b]99;i=ssotui:d=0;ssotui\x1b\\\x1b]99;i=ssotui:p=body;{said}\x1b\\",
        OSC777: f"\x1b]777;notify;ssotui;{said.replace(';', ',')}\x1b\\",
    }[found.kind]
    if not found.tmux:
        return plain
    escaped = plain.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{escaped}\x1b\\"


def _outside_of_tmux() -> tuple[str, str]:
    """Whether tmux passes sequences on, and the name of the terminal that it is shown in."""
    import subprocess  # late: with the settings this module is loaded before the first paint

    words = ["tmux", "display-message", "-p", "#{allow-passthrough} #{client_termname}"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.SubprocessError, ValueError):
        return "", ""
    passes, _, terminal = done.stdout.strip().partition(" ")
    return passes, terminal
