"""What comes from the terminal: keys, mouse, pastes, and the terminal's answers to questions.

Textual's own reader ends the program at a byte that is not UTF-8 and at numbers that make no sense, and takes answers
that it does not know, and escape sequences inside of a paste, for keys: a late colour report would sign somebody out.
Here they are told apart first; what each key and each movement of the mouse means stays Textual's knowledge.
"""

from __future__ import annotations

import codecs
import math
import os
import re
import selectors
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from textual import _xterm_parser, constants, events, messages
from textual._xterm_parser import XTermParser
from textual.message import Message

from ..text import clean
from .layouts import PlacedKey, by_place

if TYPE_CHECKING:
    from textual.driver import Driver

LONGEST_PASTE = 1000
"""Characters of a paste that are handed on; nothing here takes as many."""

LONGEST_ANSWER = 65536
"""Bytes after which something that has no end is no answer."""

LOST = 1.0
"""Seconds after which the rest of a sequence that was cut is not waited for any more."""

STUCK = 0.3
"""Seconds of silence after which a key by itself ends a paste whose end never came: else it would swallow all keys."""

UNHEARD = 5.0
"""Seconds after which ctrl+c that has not ended the program becomes the signal that ends it whatever it is at."""

_LONGEST_SEQUENCE = 64
_LARGEST = 9999  # columns or lines
_PASTE, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"

# One thing that the terminal sends. Function keys of the Linux console and of rxvt, and the oldest mouse reports, are
# not of the form of a control sequence.
_TOKEN = re.compile(
    rb"(?P<text>[^\x1b]+)"
    rb"|(?P<mouse>\x1b\[M[\x20-\xff]{3})"
    rb"|(?P<key>\x1b(?:\[\[[A-E]|\[[0-9]+\$|O[0-9;]*[!-/:<-~]))"
    rb"|(?P<csi>\x1b\[(?:[0-?]*[ -/]*[@-LN-Z\\-~]|[0-?]+M|<[-0-9;]+[Mm]))"
    rb"|(?P<string>\x1b[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\))"
    rb"|(?P<alt>\x1b(?:[^\x1b\[OP\]X^_\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}))"
)
_UNFINISHED = re.compile(
    rb"\x1b(?:\[(?:\[|[0-?]*[ -/]*|<[-0-9;]*|M[\x20-\xff]{0,2})|O[0-9;]*|[P\]X^_][^\x07\x1b]*\x1b?"
    rb"|[\xc2-\xf4][\x80-\xbf]{0,2})?"
)
_BROKEN = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|O[0-9;]*|[P\]X^_][^\x07\x1b]*)?")

_KEY = re.compile(r"\x1b\[([\d:;]*)([u~A-HPQSZa-z^@])")
_BASE = re.compile(r"\x1b\[\d+:\d*:(\d+)[;u]")
_MOUSE = re.compile(r"\x1b\[<\d+;\d+;\d+[Mm]")
_MODE = re.compile(r"\x1b\[\?(\d+);([0-4])\$y")
_SIZE = re.compile(r"\x1b\[48;(\d+)(?::[\d:]*)?;(\d+)(?::[\d:]*)?;(\d+)(?::[\d:]*)?;(\d+)(?::[\d:]*)?t")
_PLAIN = {"\x1b[I": events.AppFocus, "\x1b[O": events.AppBlur}


class TerminalInput:
    """Turns bytes into Textual's events. `now`, monotonic seconds, tells a lone Escape from the start of a sequence."""

    def __init__(self) -> None:
        self._keys = XTermParser()
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._rest = b""
        self._pasted: bytearray | None = None
        self._last = 0.0

    def feed(self, data: bytes, now: float) -> list[Message]:
        """The events that are complete with `data`."""
        silence, self._last = now - self._last, now
        if self._pasted is not None and silence >= STUCK and _is_typed(data):
            self._pasted = None
        data = self._rest + data
        self._rest = b""
        return list(self._read(data))

    def tick(self, now: float) -> list[Message]:
        """What an unfinished sequence means, now that nothing more has come for a while."""
        short = len(self._rest) <= 2
        if not self._rest or now - self._last < (constants.ESCAPE_DELAY if short else LOST):
            return []
        rest, self._rest = self._rest, b""
        return list(self._broken(rest))

    def _read(self, data: bytes) -> Iterator[Message]:
        while data:
            if self._pasted is not None:
                data, pasted = self._paste(data)
                yield from pasted
                continue
            match = _TOKEN.match(data)
            if match is None:
                if _UNFINISHED.fullmatch(data) and len(data) <= LONGEST_ANSWER:
                    self._rest = data
                    return
                match = _BROKEN.match(data)
                assert match is not None
                yield from self._broken(match.group())
            elif match.group() == _PASTE:
                self._pasted = bytearray()
            else:
                yield from self._token(match.lastgroup or "", match.group())
            data = data[match.end() :]

    def _token(self, kind: str, token: bytes) -> Iterable[Message]:
        if kind == "text":
            text = self._decoder.decode(token)
            return [event for char in text for event in self._key(char)]
        self._decoder.reset()
        if kind == "csi":
            return self._sequence(token.decode()) if len(token) <= _LONGEST_SEQUENCE else ()
        if kind == "key":
            return self._key(token.decode())
        if kind == "alt":
            return self._alt(token[1:].decode("utf-8", "ignore"))
        return ()  # answers to questions of programs that were here before, and the oldest mouse reports

    def _key(self, sequence: str, alt: bool = False) -> list[events.Key]:
        try:
            found = list(self._keys._sequence_to_key_events(sequence, alt=alt))
            for event in found:
                (event.character or "").encode()  # what is no character cannot be written either
        except (ValueError, OverflowError):
            return []
        return [event for event in found if event.key != "<ignore>"]

    def _alt(self, char: str) -> list[events.Key]:
        return self._key(f"\x1b{char}") or self._key(char, alt=True)

    def _broken(self, sequence: bytes) -> list[events.Key]:
        """A sequence that was cut, or never was one: Escape, or a key with alt."""
        if len(sequence) == 1:
            return [events.Key("escape", "\x1b")]
        return self._alt(sequence[1:].decode("utf-8", "ignore")) if len(sequence) == 2 else []

    def _sequence(self, sequence: str) -> Iterable[Message]:
        if sequence in _PLAIN:
            return [_PLAIN[sequence]()]
        if _MOUSE.fullmatch(sequence):
            event = self._keys.parse_mouse_code(sequence)
            return [event] if event is not None else []
        if (match := _MODE.fullmatch(sequence)) is not None:
            return _mode(match[1], int(match[2]))
        if (match := _SIZE.fullmatch(sequence)) is not None:
            return self._size(*map(int, match.groups()))
        base = _base(sequence)
        found = self._key(_without_more(sequence))
        return [PlacedKey(event.key, event.character, base) if base else event for event in found]

    def _size(self, rows: int, columns: int, height: int, width: int) -> list[Message]:
        if not (0 < rows <= _LARGEST and 0 < columns <= _LARGEST):
            return []
        known = height > 0 and width > 0
        event = events.Resize.from_dimensions((columns, rows), (width, height) if known else None)
        # From now on the terminal reports the mouse in pixels, if it knows them.
        self._keys.terminal_size, self._keys.terminal_pixel_size = event.size, event.pixel_size
        self._keys.mouse_pixels = known
        return [event]

    def _paste(self, data: bytes) -> tuple[bytes, list[Message]]:
        """Takes what belongs to the paste; returns what comes behind it, and the paste when it has ended."""
        assert self._pasted is not None
        start = max(len(self._pasted) - len(_PASTE_ENDS), 0)
        self._pasted += data
        end = self._pasted.find(_PASTE_ENDS, start)
        if end < 0:
            return b"", []
        pasted, behind = bytes(self._pasted[:end]), bytes(self._pasted[end + len(_PASTE_ENDS) :])
        self._pasted = None
        text = pasted.decode("utf-8", "replace").replace("\0", "")[:LONGEST_PASTE]
        lines = [clean(line.replace("\t", " "), LONGEST_PASTE) for line in re.split("\r\n|\r|\n", text)]
        return behind, [events.Paste("\n".join(lines))]


def _mode(number: str, setting: int) -> list[Message]:
    """The terminal's answer about one of its modes."""
    if number == "2026" and setting > 0:
        return [messages.TerminalSupportsSynchronizedOutput()]
    if number == "2048" and constants.SMOOTH_SCROLL and not getattr(_xterm_parser, "IS_ITERM", False):
        return [messages.InBandWindowResize.from_setting_parameter(setting)]
    return []


def _without_more(sequence: str) -> str:
    """A key without what was not asked for but some terminals add: its other meanings, and that it was pressed. ""
    for what is not a key, or was released."""
    match = _KEY.fullmatch(sequence)
    if match is None:
        return ""
    code, _, rest = match[1].partition(";")
    modifiers, _, text = rest.partition(";")
    if modifiers.endswith(":3"):
        return ""
    if ":" not in code + modifiers:
        return sequence
    fields = ";".join([code.partition(":")[0], modifiers.partition(":")[0], text])
    return f"\x1b[{fields.rstrip(';')}{match[2]}"


def _base(sequence: str) -> str:
    """What the key types in a Latin layout, where the terminal tells that and it is something else."""
    match = _BASE.match(sequence)
    return chr(int(match[1])) if match is not None and int(match[1]) < 128 else ""


def _is_typed(data: bytes) -> bool:
    """Whether this is what a person types at once, and no paste goes on with: one character, or special keys only."""
    return len(data.decode("utf-8", "ignore")) == 1 or not _TOKEN.sub(_nothing_of_keys, data).strip(b"\x1b")


def _nothing_of_keys(match: re.Match[bytes]) -> bytes:
    return match.group() if match.lastgroup in ("text", "string") or match.group() == _PASTE_ENDS else b""


def _waiting(terminal: int) -> int:
    """How many bytes can be read that were typed before the terminal was ours. It has made line feeds of the carriage
    returns among them, and `enter` would be lost to whoever types faster than the program starts."""
    import fcntl
    import termios

    try:
        return int.from_bytes(fcntl.ioctl(terminal, termios.FIONREAD, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def careful_reader(found: Any) -> type[Driver]:
    """A driver class like `found` that reads its terminal with `TerminalInput`, where it is one that reads a POSIX
    terminal."""
    if not hasattr(found, "run_input_thread") or os.name != "posix":
        driver: type[Driver] = found
        return driver

    class ReadingDriver(found):  # type: ignore[misc]
        _key_thread: Any

        def _run_input_thread(self) -> None:
            try:
                self.run_input_thread()
            except Exception as error:  # told as every other fault of the program
                self.board.call_later(self.board.fail, error)

        def disable_input(self) -> None:
            """Stop reading, and drop what was typed but not read: once. Textual asks for it again when the terminal has
            been given back, and what is typed by then is the shell's."""
            if getattr(self, "_key_thread", self) is not None:
                super().disable_input()
                self._key_thread = None

        def run_input_thread(self) -> None:
            """Read until told to stop. What is typed afterwards belongs to others."""
            reader = TerminalInput()
            given_up, typed_before = math.inf, _waiting(self.fileno)
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    events_found: list[Message] = []
                    if selector.select(0.1):
                        try:
                            data = os.read(self.fileno, 4096)
                        except OSError:
                            return  # the terminal has gone away, which the driver notices by itself
                        if not data:
                            self.exit_event.wait(0.1)
                        if typed_before > 0:
                            data = data[:typed_before].replace(b"\n", b"\r") + data[typed_before:]
                            typed_before -= len(data)
                        events_found = reader.feed(data, time.monotonic())
                    now = time.monotonic()
                    for event in events_found + reader.tick(now):
                        if isinstance(event, events.Key):
                            event = by_place(event, in_text=True)
                        self.process_message(event)
                        if isinstance(event, events.Key) and event.key == "ctrl+c":
                            given_up = min(given_up, now + UNHEARD)
                    if now > given_up:
                        given_up = math.inf
                        os.kill(os.getpid(), signal.SIGINT)

    return ReadingDriver
