"""The terminal emulator of the pty harness: the modes, screens and answers that tests rely on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .emulator import BRACKETED_PASTE, Emulator
from .keys import key_bytes


def test_the_alternate_screen_hides_and_gives_back_the_main_one() -> None:
    emulator = Emulator(20, 3)
    emulator.feed(b"before\x1b[?1049h\x1b[Hwithin")
    assert emulator.lines() == ["within", "", ""]
    emulator.feed(b"\x1b[?1049l after")
    assert emulator.lines() == ["before after", "", ""]


def test_a_second_visit_to_the_alternate_screen_finds_it_empty() -> None:
    emulator = Emulator(20, 3)
    emulator.feed(b"\x1b[?1049hold\x1b[?1049l\x1b[?1049h")
    assert emulator.lines() == ["", "", ""]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        (b"\x1b[?2026h\x1b[?2026$p", b"\x1b[?2026;1$y"),
        (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
        (b"ab\r\nc\x1b[6n", b"\x1b[2;2R"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[c", b"\x1b[?62;22c"),
        (b"\x1b[>c", b"\x1b[>1;10;0c"),
        (b"\x1b[>25u\x1b[?u", b"\x1b[?25u"),
        (b"\x1b[?u", b"\x1b[?0u"),
        (b"\x1b[18t", b"\x1b[8;3;20t"),
    ],
)
def test_queries_are_answered(query: bytes, answer: bytes) -> None:
    assert Emulator(20, 3).feed(query) == answer


def test_in_band_resize_reports_when_it_is_switched_on_and_at_every_change() -> None:
    emulator = Emulator(20, 3, in_band_resize=True)
    assert emulator.feed(b"\x1b[?2048$p") == b"\x1b[?2048;2$y"
    assert emulator.resize(30, 4) == b""
    assert emulator.feed(b"\x1b[?2048h") == b"\x1b[48;4;30;80;300t"
    assert emulator.resize(40, 5) == b"\x1b[48;5;40;100;400t"


@pytest.mark.parametrize(
    ("left", "undo", "complaint"),
    [
        (b"\x1b[?1049h", b"\x1b[?1049l", "alternate screen"),
        (b"\x1b[?1000;1006h", b"\x1b[?1006;1000l", "mouse tracking"),
        (b"\x1b[?1016h", b"\x1b[?1016l", "mouse encoding"),
        (b"\x1b[?25l", b"\x1b[?25h", "the cursor is off"),
        (b"\x1b[?7l", b"\x1b[?7h", "line wrap is off"),
        (b"\x1b[?2004h", b"\x1b[?2004l", "bracketed paste"),
        (b"\x1b[?1004h", b"\x1b[?1004l", "focus reporting"),
        (b"\x1b[?2026h", b"\x1b[?2026l", "synchronized output"),
        (b"\x1b[?1h", b"\x1b[?1l", "cursor keys"),
        (b"\x1b[>25u\x1b[>1u", b"\x1b[<2u", "kitty keyboard flags are still pushed: [25, 1]"),
        (b"\x1b[>4;2m", b"\x1b[>4m", "modifyOtherKeys"),
        (b"\x1b[?25", b"h", "unfinished escape sequence"),
    ],
)
def test_what_is_left_behind_is_named(left: bytes, undo: bytes, complaint: str) -> None:
    emulator = Emulator(20, 3)
    emulator.feed(left)
    assert complaint in "; ".join(emulator.leftovers())
    emulator.feed(undo)
    assert emulator.leftovers() == []


def test_a_reset_undoes_everything() -> None:
    emulator = Emulator(20, 3)
    emulator.feed(b"text\x1b[?1049;1003h\x1b[?25l\x1b[>1u\x1bc")
    assert emulator.leftovers() == []
    assert emulator.lines() == ["", "", ""]


def test_sequences_that_draw_nothing_leave_no_trace_on_the_screen() -> None:
    emulator = Emulator(40, 2)
    emulator.feed(b"a\x1b[>25u\x1b[<u\x1b[?2026$p\x1bP+q544e\x1b\\\x1b_Gi=1\x1b\\\x1b]0;title\x07b\x1b[>0q\x1b[2 qc")
    assert emulator.lines() == ["abc", ""]


def test_operating_system_commands_are_kept() -> None:
    emulator = Emulator(20, 2)
    emulator.feed(b"\x1b]52;c;aGVsbG8=\x07\x1b]2;a title\x1b\\")
    assert emulator.osc == [b"52;c;aGVsbG8=", b"2;a title"]


def test_colours_and_positions_reach_the_screen() -> None:
    emulator = Emulator(20, 3)
    emulator.feed("\x1b[2;3H\x1b[38;2;255;0;0mé…\x1b[0m".encode())
    assert emulator.lines() == ["", "  é…", ""]
    assert emulator.screen.buffer[1][2].fg == "ff0000"


def test_rows_that_were_asked_for_before_a_change_are_as_after_it() -> None:
    for change in (
        b"\x1b[2;1Hnew",
        b"\x1b[2J",
        b"\x1b[1L",
        b"\x1b[2;1H\x1b[M",
        b"\x1b[3;1H\n",
        b"\x1b[H\x1bM",
        b"\x1b[2;2H\x1b[P",
    ):
        asked, fresh = Emulator(20, 3), Emulator(20, 3)
        for emulator in (asked, fresh):
            emulator.feed(b"one\r\ntwo\r\nthree")
            if emulator is asked:
                emulator.lines()
            emulator.feed(change)
        assert asked.lines() == fresh.lines() != ["one", "two", "three"], change
    asked.resize(2, 4)
    fresh.resize(2, 4)
    assert asked.lines() == fresh.lines()
    assert [len(line) <= 2 for line in asked.lines()] == [True] * 4


def test_a_look_is_the_same_where_it_was_seen_before() -> None:
    emulator = Emulator(20, 2)
    emulator.feed(b"\x1b[1;31ma\x1b[0mb\x1b[1;31mc\x1b[0md\x1b[?5h\x1b[0me")
    looks = [emulator.screen.buffer[0][column] for column in range(5)]
    assert [(look.bold, look.fg) for look in looks] == [(True, "red"), (False, "default")] * 2 + [(False, "default")]
    assert looks[4].reverse
    emulator.feed(b"\x1b[?5l\x1b[0mf")
    assert not emulator.screen.buffer[0][5].reverse


def test_characters_without_width_hide_nothing() -> None:
    emulator = Emulator(20, 2)
    emulator.feed("a\x01b\u200dc\x00de\u0301f".encode())
    assert emulator.lines() == ["abcd\u00e9f", ""]


def test_half_of_a_wide_character_can_be_replaced() -> None:
    emulator = Emulator(20, 1)
    emulator.feed("a界b\x1b[1;2Hx".encode())
    assert emulator.lines() == ["ax b"]


@given(st.lists(st.integers(1, 12)), st.binary(max_size=40))
def test_pieces_of_any_size_give_the_same_screen(sizes: list[int], noise: bytes) -> None:
    data = "é\x1b[?1049h\x1b[2;2Hab\x1b]0;t\x07\x1b[?2004h\x1b[>25u界".encode() + noise
    whole, pieces = Emulator(12, 3), Emulator(12, 3)
    answer = whole.feed(data)
    answers, rest = b"", data
    for size in sizes:
        answers += pieces.feed(rest[:size])
        pieces.lines()  # in between, so that only what changes after it is put together anew
        rest = rest[size:]
    answers += pieces.feed(rest)
    assert (answers, pieces.lines(), pieces.modes) == (answer, whole.lines(), whole.modes)
    assert whole.modes[BRACKETED_PASTE] or b"\x1b" in noise


@pytest.mark.parametrize(
    ("key", "kitty", "sent"),
    [
        ("q", False, b"q"),
        ("é", False, "é".encode()),
        ("down", True, b"\x1b[B"),
        ("ctrl+c", False, b"\x03"),
        ("escape", False, b"\x1b"),
        ("escape", True, b"\x1b[27u"),
    ],
)
def test_keys(key: str, kitty: bool, sent: bytes) -> None:
    assert key_bytes(key, kitty) == sent


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown key: entr"):
        key_bytes("entr")
