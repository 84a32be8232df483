"""Telling somebody who looks elsewhere: which sequence, through tmux or not, and that it is really written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desktop.announcing import BELL, CHOICES, OFF, OSC9, OSC99, OSC777, Way, sequence, understood, way


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({"TERM": "xterm-256color"}, BELL),
        ({}, BELL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, OSC9),
        ({"TERM": "xterm-kitty"}, OSC99),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, OSC99),
        ({"TERM": "foot"}, OSC777),
        ({"TERM": "foot-extra"}, OSC777),
        ({"TERM": "football"}, BELL),
        ({"TERM": "rxvt-unicode-256color"}, OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, OSC777),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, BELL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, BELL),
    ],
)
def test_a_terminal_is_told_in_the_way_that_it_understands(environ: dict[str, str], kind: str) -> None:
    assert understood(environ) == kind
    assert way("auto", environ) == Way(kind)


@pytest.mark.parametrize("wanted", [choice for choice in CHOICES if choice != "auto"])
def test_what_the_user_wants_goes_before_what_is_known(wanted: str) -> None:
    assert way(wanted, {"TERM": "xterm-kitty"}) == Way(wanted)


def test_screen_gets_the_bell() -> None:
    assert way("auto", {"TERM": "screen", "STY": "1.pts", "TERM_PROGRAM": "iTerm.app"}) == Way(BELL)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("on xterm-kitty", Way(OSC99, True)),
        ("all foot", Way(OSC777, True)),
        ("off xterm-kitty", Way(BELL)),
        ("on xterm-256color", Way(BELL)),
        ("", Way(BELL)),
    ],
)
def test_tmux_is_asked_what_it_passes_on_and_to_what(
    home: Path, monkeypatch: pytest.MonkeyPatch, answer: str, found: Way
) -> None:
    programs = home / "bin"
    programs.mkdir()
    (programs / "tmux").write_text(f"#!/bin/sh\necho '{answer}'\n")
    (programs / "tmux").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
    monkeypatch.setenv("TERM", "tmux-256color")
    assert way("auto") == found


def test_the_sequences_to_the_byte() -> None:
    text = "acme ends in 5 minutes"
    assert sequence(Way(BELL), text) == "\a"
    assert sequence(Way(OFF), text) == ""
    assert sequence(Way(OSC9), text) == "\x1b]9;ssotui: acme ends in 5 minutes\x1b\\"
    assert sequence(Way(OSC777), text) == "\x1b]777;notify;ssotui;acme ends in 5 minutes\x1b\\"
    body = "\x1b]99;i=ssotui:p=body;acme ends in 5 minutes\x1b\\"
    assert sequence(Way(OSC99), text) == "\x1b]99;i=ssotui:d=0;ssotui\x1b\\" + body
    inner = "\x1b\x1b]9;ssotui: acme ends in 5 minutes\x1b\x1b\\"
    assert sequence(Way(OSC9, tmux=True), text) == f"\x1bPtmux;{inner}\x1b\\"


@given(st.text(max_size=300), st.sampled_from([OSC9, OSC99, OSC777]), st.booleans())
def test_no_text_gets_out_of_its_sequence(text: str, kind: str, tmux: bool) -> None:
    empty, made = sequence(Way(kind, tmux), ""), sequence(Way(kind, tmux), text)
    assert made.count("\x1b") == empty.count("\x1b")
    assert made.count("\a") == 0
    assert all(char.isprintable() or char == "\x1b" for char in made)
    if kind == OSC777:
        assert made.count(";") == empty.count(";")
