"""What a terminal does with the bytes a program writes: the screen, the modes that are on, the answers to queries.

pyte draws the screen. It knows no alternate screen and misreads some newer sequences, so a tokenizer in front of it
keeps those away from it and follows them here.
"""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyte
from pyte.modes import DECSCNM, IRM
from pyte.screens import Char
from wcwidth import wcwidth

ALTERNATE_SCREENS = (47, 1047, 1049)
MOUSE_TRACKING = (9, 1000, 1001, 1002, 1003)
MOUSE_ENCODING = (1005, 1006, 1015, 1016)
CURSOR_KEYS = 1
LINE_WRAP = 7
CURSOR = 25
FOCUS = 1004
BRACKETED_PASTE = 2004
SYNCHRONIZED = 2026
IN_BAND_RESIZE = 2048

ON_AT_START = (LINE_WRAP, CURSOR)
RESET = b"\x1bc"

_NARROW = re.compile(r"[ -~─-▟–…•·●◔◐○↻▸▴✓✗]*")
"""Characters of which nobody has to ask how wide they are."""

_WANTED_ON = {CURSOR: "the cursor", LINE_WRAP: "line wrap"}
_WANTED_OFF = {
    "the alternate screen": ALTERNATE_SCREENS,
    "mouse tracking": MOUSE_TRACKING,
    "mouse encoding": MOUSE_ENCODING,
    "application cursor keys": (CURSOR_KEYS,),
    "focus reporting": (FOCUS,),
    "bracketed paste": (BRACKETED_PASTE,),
    "synchronized output": (SYNCHRONIZED,),
    "in-band resize": (IN_BAND_RESIZE,),
}

CELL_PIXELS = (10, 20)
"""Width and height of a cell in the pixel sizes that this terminal reports."""

_STRING = rb"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|(?=\x1b[^\\]))"  # OSC, DCS, SOS, PM, APC
_CSI = rb"\x1b\[[0-?]*[ -/]*[@-~]"
_OTHER = rb"\x1b[ -/]+[0-~]|\x1b[0-OQ-WYZ`-~\\]"
_TOKEN = re.compile(
    rb"(?P<text>[^\x1b]+)|(?P<string>" + _STRING + rb")|(?P<csi>" + _CSI + rb")|(?P<other>" + _OTHER + rb")"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)")
_CSI_PARTS = re.compile(rb"\x1b\[([<=>?]?)([0-9;:]*)([ -/]*)([@-~])")


@dataclass
class Emulator:
    """One terminal of `columns` x `rows`. Feed it what the program writes; `feed` returns what it answers.

    `in_band_resize`: whether it says that it can report its size in the input stream (mode 2048). `osc` keeps every
    operating system command (title, clipboard, pointer) without its frame.
    """

    columns: int
    rows: int
    in_band_resize: bool = False
    modes: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(ON_AT_START, True))
    kitty_flags: list[int] = field(default_factory=list)
    other_keys: int = 0
    osc: list[bytes] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._main = self._shown = _Drawing(self.columns, self.rows)
        self._alternate = _Drawing(self.columns, self.rows)
        self._rest = b""

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return any(self.modes.get(mode, False) for mode in ALTERNATE_SCREENS)

    @property
    def screen(self) -> pyte.Screen:
        """The pyte screen that is shown: its `buffer[row][column]` has the colours of every cell."""
        return self._shown.screen

    def lines(self) -> list[str]:
        """The rows of the screen that is shown, without trailing blanks. Only those are put together that were drawn
        on since they were last asked for: a test that waits asks again and again."""
        dirty, texts = self.screen.dirty, self._shown.texts
        for row in range(self.rows):
            if row in dirty or row not in texts:
                texts[row] = self._line(row).rstrip()
        dirty.clear()
        return [texts[row] for row in range(self.rows)]

    def _line(self, row: int) -> str:
        """The characters of a row. (pyte's own fails at the half of a wide character whose other half was replaced.)"""
        cells = self.screen.buffer[row]
        data = [cells[column].data for column in range(self.columns)]
        text = "".join(data)
        # In most rows nothing is wide.
        return text if len(text) == self.columns and _NARROW.fullmatch(text) else "".join(self._characters(data))

    @staticmethod
    def _characters(data: list[str]) -> Iterator[str]:
        right_half = False
        for char in data:
            if not right_half:
                yield char or " "
            right_half = not right_half and bool(char) and wcwidth(char[0]) == 2

    def resize(self, columns: int, rows: int) -> bytes:
        """Changes the size; returns the report that mode 2048 asks for, if it is on."""
        self.columns, self.rows = columns, rows
        for drawing in (self._main, self._alternate):
            drawing.screen.resize(rows, columns)
        return self._size_report() if self.modes.get(IN_BAND_RESIZE) else b""

    def feed(self, data: bytes) -> bytes:
        """Takes bytes of the program, in pieces of any size; returns the answers to its queries."""
        data = self._rest + data
        answers, offset = b"", 0
        while offset < len(data):
            match = _TOKEN.match(data, offset)
            if match is None:
                if _UNFINISHED.fullmatch(data, offset):
                    break
                self.unknown.append(data[offset : offset + 20])
                offset += 1
                continue
            offset = match.end()
            token = match.group()
            if match.lastgroup == "csi":
                answers += self._csi(token)
            elif match.lastgroup == "string":
                if token.startswith(b"\x1b]"):
                    self.osc.append(token[2:].removesuffix(b"\x07").removesuffix(b"\x1b\\"))
            elif token == RESET:
                self._reset()
            elif match.lastgroup == "text":
                self._text(token)
            else:
                self._draw(token)
        self._rest = data[offset:]
        return answers

    def leftovers(self) -> list[str]:
        """What a program that has ended ought to have undone, in words; empty when all is as at the start."""
        on = {mode for mode, value in self.modes.items() if value}
        wrong = [
            f"{what} (mode {mode}) is still on" for what, modes in _WANTED_OFF.items() for mode in modes if mode in on
        ]
        wrong += [f"{what} is off" for mode, what in _WANTED_ON.items() if mode not in on]
        if self.kitty_flags:
            wrong.append(f"kitty keyboard flags are still pushed: {self.kitty_flags}")
        if self.other_keys:
            wrong.append(f"modifyOtherKeys is still {self.other_keys}")
        if self._rest:
            wrong.append(f"an unfinished escape sequence: {self._rest!r}")
        return wrong

    def _reset(self) -> None:
        self._main = self._shown = _Drawing(self.columns, self.rows)
        self.modes = dict.fromkeys(ON_AT_START, True)
        self.kitty_flags, self.other_keys = [], 0

    def _text(self, data: bytes) -> None:
        stream = self._shown.stream
        text = ""
        if not stream.utf8_decoder.getstate()[0]:  # it waits for no rest of a character
            with contextlib.suppress(UnicodeDecodeError):
                text = data.decode()
        # Without pyte's own parser, which takes most of the time of all that a program draws.
        if text and text.isprintable():
            self.screen.draw(text)
        else:
            self._draw(data)

    def _draw(self, data: bytes) -> None:
        try:
            self._shown.stream.feed(data)
        except TypeError:  # pyte's answer to a sequence with more numbers than it expects
            self.unknown.append(data)

    def _csi(self, token: bytes) -> bytes:
        """Follows one control sequence; returns the answer to it when it is a query."""
        parts = _csi_parts(token)
        if parts is None:
            self.unknown.append(token)
            return b""
        kind, numbers, colons = parts
        if kind in ("?h", "?l"):
            return self._set_modes(numbers, kind == "?h", token)
        if kind == "?$p":
            return self._mode_report(numbers[0])
        if kind in (">u", "<u", "=u", "?u"):
            return self._kitty(kind, numbers)
        if kind == ">m":
            self.other_keys = numbers[1] if numbers[0] == 4 and len(numbers) > 1 else 0
        elif kind == "n":
            return self._status_report(numbers[0])
        elif kind == "c":
            return b"\x1b[?62;22c"  # a VT220 with colours
        elif kind == ">c":
            return b"\x1b[>1;10;0c"
        elif kind == "t":
            return self._window_report(numbers[0])
        elif len(kind) > 1:
            self.unknown.append(token)
        elif kind == "m" and colons:
            self.unknown.append(token)  # pyte knows colours only with semicolons
        elif kind == "m":
            self.screen.select_graphic_rendition(*numbers)
        elif kind == "H" and len(numbers) == 2:
            self.screen.cursor_position(*numbers)
        else:
            self._draw(token)
        return b""

    def _set_modes(self, numbers: Sequence[int], on: bool, token: bytes) -> bytes:
        answer = b""
        for number in numbers:
            if number in ALTERNATE_SCREENS and on and not self.alternate:
                self._alternate = _Drawing(self.columns, self.rows)
            self.modes[number] = on
            self._shown = self._alternate if self.alternate else self._main
            if number == IN_BAND_RESIZE and on and self.in_band_resize:
                answer = self._size_report()
        if not set(numbers) & set(ALTERNATE_SCREENS):
            self._draw(token)
        return answer

    def _mode_report(self, mode: int) -> bytes:
        known = mode != IN_BAND_RESIZE or self.in_band_resize
        state = 0 if not known else 1 if self.modes.get(mode) else 2
        return f"\x1b[?{mode};{state}$y".encode()

    def _kitty(self, kind: str, numbers: Sequence[int]) -> bytes:
        if kind == ">u":
            self.kitty_flags.append(numbers[0])
        elif kind == "<u":
            del self.kitty_flags[-max(numbers[0], 1) :]
        elif kind == "=u":
            flags, now = numbers[0], self.kitty_flags[-1] if self.kitty_flags else 0
            changed = {2: now | flags, 3: now & ~flags}.get(numbers[1] if len(numbers) > 1 else 1, flags)
            self.kitty_flags[-1:] = [changed]
        else:
            return f"\x1b[?{self.kitty_flags[-1] if self.kitty_flags else 0}u".encode()
        return b""

    def _status_report(self, number: int) -> bytes:
        cursor = self.screen.cursor
        return f"\x1b[{cursor.y + 1};{cursor.x + 1}R".encode() if number == 6 else b"\x1b[0n"

    def _window_report(self, number: int) -> bytes:
        width, height = CELL_PIXELS
        reports = {
            14: f"\x1b[4;{self.rows * height};{self.columns * width}t",
            16: f"\x1b[6;{height};{width}t",
            18: f"\x1b[8;{self.rows};{self.columns}t",
        }
        return reports.get(number, "").encode()

    def _size_report(self) -> bytes:
        width, height = CELL_PIXELS
        return f"\x1b[48;{self.rows};{self.columns};{self.rows * height};{self.columns * width}t".encode()


@functools.lru_cache(maxsize=4096)
def _csi_parts(token: bytes) -> tuple[str, tuple[int, ...], bool] | None:
    """A control sequence without its numbers, the numbers, whether colons are between them. A program uses the same
    few again and again."""
    match = _CSI_PARTS.fullmatch(token)
    if match is None:
        return None
    private, parameters, between, final = match.groups()
    numbers = tuple(int(number or 0) for number in re.split(rb"[;:]", parameters))
    return (private + between + final).decode(), numbers, b":" in parameters


class _Cells(dict[str, Char]):
    """The cells of each character in one look."""

    def __init__(self, look: Char) -> None:
        self.look = look

    def __missing__(self, char: str) -> Char:
        cell = self[char] = self.look._replace(data=char)
        return cell


class _Screen(pyte.Screen):
    def select_graphic_rendition(self, *attrs: int) -> None:
        """As pyte's own, which is asked only for what was not asked before."""
        key = self.cursor.attrs, DECSCNM in self.mode, attrs
        known = _looks.get(key)
        if known is None:
            super().select_graphic_rendition(*attrs)
            known = _looks[key] = self.cursor.attrs
        self.cursor.attrs = known

    def draw(self, data: str) -> None:
        cursor = self.cursor
        end = cursor.x + len(data)
        if end <= self.columns and _NARROW.fullmatch(data) and IRM not in self.mode and not self.charset:
            cells = _cells(cursor.attrs)
            self.buffer[cursor.y].update(zip(range(cursor.x, end), map(cells.__getitem__, data), strict=True))
            cursor.x = end
            self.dirty.add(cursor.y)
            return
        # pyte drops the rest of a text behind a character without width, such as a zero-width joiner.
        if not (data.isascii() and data.isprintable()):
            data = "".join(char for char in data if wcwidth(char) > 0 or unicodedata.combining(char))
        super().draw(data)


_looks: dict[object, Char] = {}
_cells = functools.lru_cache(maxsize=1024)(_Cells)


class _Drawing:
    """One of a terminal's two screens, and its rows as texts, as of when they were last asked for."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = _Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.texts: dict[int, str] = {}
