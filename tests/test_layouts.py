"""Keyboard layouts without Latin letters: commands are the keys' places, text is what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key

from tui.demo.server import DemoServer
from tui.terminal.keyboard import TerminalInput
from tui.terminal.layouts import by_place

from .board import board, sample
from .program import highlight, program, sample_home
from .terminal import Terminal


def typed(data: str, in_text: bool = False) -> list[tuple[str, str | None]]:
    """What these bytes of a terminal are as commands, or in an entry: names and characters of keys."""
    reader = TerminalInput()
    events = [event for event in reader.feed(data.encode(), 1.0) + reader.tick(99.0) if isinstance(event, Key)]
    placed = [by_place(event, in_text) for event in events]
    return [(event.key, event.character) for event in placed]


@pytest.mark.parametrize(
    ("layout", "letters", "latin"),
    [
        ("Russian", "йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
        ("Ukrainian", "йіїєґ", "qs]'\\"),
        ("Greek", "ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"),
        ("Greek with accents", "άέήίόύώϊΐ", "aehioyvii"),
        ("Hebrew", "קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."),
        ("Arabic", "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىة", "qwertyuiop[]asdfghjkl;'zxcvnm"),
        ("Persian", "یکگپ", "d;'m"),
        ("Georgian", "ქწერტყუიოპასდფგჰჯკლზხცვბნმღშ", "qwertyuiopasdfghjklzxcvbnmRS"),
        ("Armenian", "ճփբսմուկըթջվգեանիտհժդչյզլք", "qwertyuiopasdfghjklzxcvbnm"),
        ("Korean", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㄲ", "qwertyuiopasdfghjklzxcvbnmR"),
        ("Chinese input", "ｑＬ？！／＊", "qL?!/*"),
        ("signs", "؟՞՜", "??!"),
    ],
)
def test_x21_letters_are_the_keys_in_their_place(layout: str, letters: str, latin: str) -> None:
    assert [character for _key, character in typed(letters)] == list(latin)
    assert [character for _key, character in typed(letters, in_text=True)] == list(letters)
    assert typed(latin) == typed(latin, in_text=True)


@pytest.mark.parametrize(
    ("data", "key", "in_text"),
    [
        ("\x1b[1089;5u", "ctrl+c", "ctrl+c"),
        ("\x1b[1089::99;5u", "ctrl+c", "ctrl+c"),
        ("\x1b[27;5;1089~", "ctrl+c", "ctrl+c"),
        ("\x1b[968::99;5u", "ctrl+c", "ctrl+c"),
        ("\x1b[1489;5u", "ctrl+c", "ctrl+c"),
        ("\x1b[1079::112;5u", "ctrl+p", "ctrl+p"),
        ("\x1b[1103;5u", "ctrl+z", "ctrl+z"),
        ("\x1b[1084::98;3u", "alt+b", "alt+b"),
        ("\x1b[1081::113;;1081u", "q", "й"),
        ("\x1b[1076:1044:108;2;1044u", "L", "Д"),
        ("\x1b[1083::108;;1083u", "l", "л"),  # Serbian: the terminal knows the place
        ("\x1b[1076::108;65;1044u", "L", "Д"),  # caps lock
        ("\x1b[1500:76:107;2;75u", "K", "K"),  # Hebrew with shift
        ("\x1b[3627::115;;3627u", "s", "ห"),  # Thai: nothing is known of it but what the terminal says
        ("\x1b[46::47;;46u", "full_stop", "full_stop"),  # the Russian full stop is a full stop, wherever it is
        # Latin layouts: a key is what is on it
        ("\x1b[97::113;5u", "ctrl+a", "ctrl+a"),
        ("\x1b[233::50;;233u", "é", "é"),
        ("\x1b[246::59;;246u", "ö", "ö"),
        ("\x1b[44::119;;44u", "comma", "comma"),
        ("é", "é", "é"),
        ("漢", "漢", "漢"),
    ],
)
def test_x21_what_terminals_tell_of_a_key(data: str, key: str, in_text: str) -> None:
    assert [name for name, _character in typed(data)] == [key]
    assert [name for name, _character in typed(data, in_text=True)] == [in_text]


def test_x21_capitals_are_commands_of_their_own() -> None:
    assert [key for key, _character in typed("ДКПЛРЄ" + "ΛΓΡ" + "Ճ")] == [*"LRGKH", "apostrophe", *"LGR", "Q"]


async def test_x21_the_board_in_cyrillic(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board() as it:
        await it.press("?")
        await it.until("Keys and states")
        await it.press("escape")
        await it.press("у")  # e
        await it.until("Export analytics")
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        await it.press("/")
        await it.type("ыфтв")
        await it.until("/ ыфтв")
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        it.app.set_keymap({"board.help": "й"})
        await it.press("й")
        await it.until("Keys and states")


CYRILLIC = {
    "letters": ("д", "й", "\x1b[1089;5u"),
    "kitty": ("\x1b[1076::108;;1076u", "\x1b[1081::113;;1081u", "\x1b[1089::99;5u"),
}


@pytest.mark.parametrize("protocol", CYRILLIC)
def test_x21_a_terminal_with_a_cyrillic_layout(protocol: str, home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)
    sign_in, leave, interrupt = CYRILLIC[protocol]

    def lists(terminal: Terminal) -> bool:
        return "? Help" in terminal.lines()[-1]

    with program() as terminal:
        terminal.wait_for(lists)
        assert terminal.emulator.kitty_flags == [29]
        highlight(terminal, "attic")
        terminal.send(sign_in)
        terminal.wait_for("waiting for approval")
        terminal.press("escape")
        terminal.wait_for(lists)
        terminal.send("/")
        terminal.wait_for("esc Clear filter")
        terminal.send(leave)
        terminal.wait_for("/ й")
        terminal.press("escape")
        terminal.wait_for(lists)
        terminal.send(leave)
        assert terminal.wait_exit() == 0
        terminal.assert_restored()
    with program() as terminal:
        terminal.wait_for(lists)
        terminal.press("/")
        terminal.wait_for("esc Clear filter")
        terminal.send(interrupt)
        assert terminal.wait_exit() == 0
        terminal.assert_restored()
