"""What a terminal sends: keys and pastes are understood, answers and nonsense are not taken for keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.terminal.keyboard import LONGEST_PASTE, LOST, STUCK, TerminalInput


def read(*pieces: bytes, pause: float = 0.0) -> list[Message]:
    """What comes of these bytes, read one after the other with a pause between; a long one follows."""
    reader, now = TerminalInput(), 100.0
    found: list[Message] = []
    for piece in pieces:
        found += reader.tick(now)
        found += reader.feed(piece, now)
        now += pause
    return found + reader.tick(now + 10)


def keys(*pieces: bytes, pause: float = 0.0) -> list[str]:
    """The names of the keys among that; nothing else is expected."""
    found = read(*pieces, pause=pause)
    assert all(isinstance(event, events.Key) for event in found), found
    return [event.key for event in found if isinstance(event, events.Key)]


def pastes(*pieces: bytes) -> list[str]:
    return [event.text for event in read(*pieces) if isinstance(event, events.Paste)]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"aB 1", ["a", "B", "space", "1"]),
        ("é漢".encode(), ["é", "漢"]),
        (b"\r\t\x7f\x03", ["enter", "tab", "backspace", "ctrl+c"]),
        (b"\x1b[A\x1bOB\x1b[1;5C\x1b[5~\x1b[Z", ["up", "down", "ctrl+right", "pageup", "shift+tab"]),
        (b"\x1b[[A\x1b[11~\x1bOP", ["f1", "f1", "f1"]),  # the Linux console's, rxvt's, xterm's
        (b"\x1b[23$a", ["f23", "a"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b[A", ["escape", "up"]),
        (b"\x1bq\x1b\r", ["alt+q", "enter"]),
        ("\x1bé".encode(), ["alt+é"]),
        (b"\x1b]", ["right_square_bracket"]),
        (b"\x1b[27u\x1b[113u\x1b[99;5u\x1b[97;2;65u", ["escape", "q", "ctrl+c", "A"]),
        (b"\x1b[97:65;2;65u\x1b[113;1:1u", ["A", "q"]),  # more than was asked for
        (b"\x1b[113;1:3u", []),  # a key that is let go
    ],
)
def test_keys(data: bytes, names: list[str]) -> None:
    assert keys(data) == names
    assert keys(*[data[at : at + 1] for at in range(len(data))]) == keys(data)


ANSWERS = {
    "device attributes": b"\x1b[?62;22c",
    "secondary device attributes": b"\x1b[>1;10;0c",
    "version": b"\x1bP>|XTerm(367)\x1b\\",
    "background": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    "foreground": b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    "graphics": b"\x1b_Gi=31;OK\x1b\\",
    "cursor": b"\x1b[12;40R",
    "extended cursor": b"\x1b[?12;40;1R",
    "status": b"\x1b[0n",
    "size": b"\x1b[8;24;80t",
    "keyboard": b"\x1b[?25u",
    "an unknown mode": b"\x1b[?9999;2$y",
    "a capability": b"\x1bP1+r544e=787465726d\x1b\\",
    "a clipboard": b"\x1b]52;c;cXVpdA==\x07",
}
NONSENSE = {
    "not UTF-8": b"\xff\xe9\xe2\x82",
    "a key beyond Unicode": b"\x1b[1114112u",
    "a text beyond Unicode": b"\x1b[97;1;1114112u",
    "half of a character": b"\x1b[97;1;55296u",
    "a mouse left of the screen": b"\x1b[<35;-5;-5M",
    "an old mouse": b"\x1b[M q\xff",
    "no size": b"\x1b[48;0;0;0;0t",
    "a vast size": b"\x1b[48;99999;99999;1;1t",
    "a long sequence": b"\x1b[" + b"1;" * 5000 + b"A",
}


@pytest.mark.parametrize("name", [*ANSWERS, *NONSENSE])
def test_answers_and_nonsense_are_no_keys(name: str) -> None:
    data = {**ANSWERS, **NONSENSE}[name]
    assert read(data) == []
    assert keys(b"a" + data + data + b"b") == ["a", "b"]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_comes_in_two_pieces_is_no_key(name: str) -> None:
    for at in range(3, len(ANSWERS[name])):
        assert keys(ANSWERS[name][:at], ANSWERS[name][at:], b"a", pause=LOST / 2) == ["a"]


def test_a_sequence_that_is_never_finished_takes_no_key_with_it_for_long() -> None:
    for start in (b"\x1b[1;5", b"\x1b]11;rgb:", b"\x1bP1", b"\x1b[M ", b"\x1b[?2026"):
        assert keys(start, b"q", pause=2 * LOST) == ["q"]


@pytest.mark.parametrize("pixels", [b"0;0", b"480;800"])
def test_a_mouse_after_a_report_of_the_size(pixels: bytes) -> None:
    """The report says how large a cell is, or that nobody knows."""
    size, mouse = read(b"\x1b[48;24;80;" + pixels + b"t\x1b[<0;11;21M")
    assert isinstance(size, events.Resize)
    assert size.size == (80, 24)
    assert isinstance(mouse, events.MouseDown)
    assert (mouse.x, mouse.y) == ((1, 1) if pixels == b"480;800" else (10, 20))


def test_nothing_in_a_paste_is_obeyed() -> None:
    """Neither keys, nor answers, nor what looks like one."""
    text = "a\x1bqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\x1b[113u\x1b[48;5;5;5;5t\x1b]52;c;eA==\x07\x9b31m\u202e\0z"
    data = b"\x1b[200~" + text.encode() + b"\xff\r\nsecond\tline\x1b[201~"
    (pasted,) = pastes(data)
    assert pasted.isprintable() or "\n" in pasted
    assert pasted.startswith(r"a\x1bqqq")
    assert pasted.endswith("z\ufffd\nsecond line")
    assert len(read(data)) == 1
    assert pastes(*[data[at : at + 1] for at in range(len(data))]) == [pasted]


def test_a_paste_has_a_limit_and_keys_go_on_behind_it() -> None:
    data = b"\x1b[200~" + b"x" * 1_000_000 + b"\x1b[201~q"
    assert [event.key for event in read(data) if isinstance(event, events.Key)] == ["q"]
    assert pastes(data) == ["x" * LONGEST_PASTE]


@pytest.mark.parametrize("key", [b"q", b"\x03", b"\x1b", b"\x1b[27u", b"\x1b[27u\x1b[27u"])
def test_a_paste_without_an_end_does_not_swallow_all_keys(key: bytes) -> None:
    assert keys(b"\x1b[200~text", key, pause=2 * STUCK)
    assert read(b"\x1b[200~text", b"x\r", b" goes on", pause=2 * STUCK) == []
    assert read(b"\x1b[200~text", key, pause=0) == []


SHORT = [data for data in (*ANSWERS.values(), *NONSENSE.values()) if len(data) < 1000]  # byte by byte, others take long
PIECES = st.sampled_from([*SHORT, b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"[M", b"\x1b[200~", b"\x1b[201~"])


@given(st.lists(PIECES | st.binary(max_size=8) | st.text("[]<>?;:0123456789$~uMmctR\\", max_size=8).map(str.encode)))
def test_any_bytes_in_any_pieces_come_to_the_same(pieces: list[bytes]) -> None:
    def told(found: list[Message]) -> list[object]:
        return [(type(event), getattr(event, "key", ""), getattr(event, "text", "")) for event in found]

    data = b"".join(pieces)
    whole = told(read(data))
    assert told(read(*[data[at : at + 1] for at in range(len(data))])) == whole
    assert told(read(*pieces)) == whole
