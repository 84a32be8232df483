"""The one gate for foreign text: whatever goes in, what comes out a terminal only shows."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.text import LIMIT, clean, clean_lines, place

from .strategies import HOSTILE, foreign

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties), and three more that are drawn as blanks.
INVISIBLE = [
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010)),
    *(*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0),
    *(*range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)),
    *(0x2800, 0x3000, 0x00A0),
]


def is_harmless(text: str) -> bool:
    """Whether every character is one that is drawn, and drawn where it stands."""
    categories = {unicodedata.category(char) for char in text}
    return categories.isdisjoint({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}) and not set(BIDIRECTIONAL) & set(text)


@given(foreign())
@example("".join(map(chr, range(256))))
@example("".join(HOSTILE))
def test_a16_nothing_that_a_terminal_obeys_comes_out(text: str) -> None:
    cleaned = clean(text, 100_000)
    assert is_harmless(cleaned)
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned, 1_000_000) == cleaned
    assert is_harmless(clean_lines(text).replace("\n", ""))


@pytest.mark.parametrize("start", range(0, sys.maxunicode + 1, 0x10000))
def test_a16_every_character_of_unicode(start: int) -> None:
    for code in range(start, start + 0x10000):
        char = chr(code)
        cleaned = clean(char)
        if cleaned != char:
            assert cleaned == {2: f"\\x{code:02x}", 4: f"\\u{code:04x}", 8: f"\\U{code:08x}"}[len(cleaned) - 2]
        else:
            assert is_harmless(char)
            assert unicodedata.category(char) != "Zs" or char == " "


def test_a14_what_is_drawn_as_nothing_is_made_visible() -> None:
    """Else two names that look the same would not be."""
    shown = {code: clean(f"prod{chr(code)}x") for code in INVISIBLE}
    assert [hex(code) for code, text in shown.items() if not text.endswith(f"{code:x}x")] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dev", "dev"),
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("a\tb\r\nc", "a\\x09b\\x0d\\x0ac"),
        ("\x9b2J\x85", "\\x9b2J\\x85"),
        ("abc\u202edef", "abc\\u202edef"),
        ("\u200b\ufeff", "\\u200b\\ufeff"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("[/] [red]", "[/] [red]"),
        ("é e\u0301 漢字 \U0001f511 שלום", "é e\u0301 漢字 \U0001f511 שלום"),
        ("❤\ufe0f", "❤\\ufe0f"),
        ("", ""),
    ],
)
def test_a14_a16_how_it_looks(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(foreign(), st.integers(1, 20))
def test_a28_length_is_limited_before_anything_else(text: str, limit: int) -> None:
    cleaned = clean(text * 50, limit)
    assert len(cleaned) <= 10 * limit  # an escape takes ten characters at most
    if len(text * 50) > limit:
        assert cleaned.endswith("…")
        assert len(clean("x" * 5000, limit)) == limit


def test_a28_a_text_of_a_megabyte_is_cut() -> None:
    assert clean("x" * 1_000_000) == "x" * (LIMIT - 1) + "…"
    assert clean("\x1b" * 1_000_000) == "\\x1b" * (LIMIT - 1) + "…"


def test_lines_stay_lines() -> None:
    assert clean_lines("a\r\nb\tc\x1b\n\u2028d") == "a\nb    c\\x1b\n\nd"
    assert len(clean_lines("x\n" * 10_000)) < 5000


def test_places_are_written_as_people_write_them(home: Path) -> None:
    assert place(f"{home}/.aws/config", 12) == "~/.aws/config:12"
    assert place(f"{home}/.aws/config") == "~/.aws/config"
    assert place("/etc/config", 3) == "/etc/config:3"
    assert place(f"{home}x", 1) == f"{home}x:1"
