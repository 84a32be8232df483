"""What commands print, line by line, each with the command's name in front."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...text import clean
from .outlet import Outlet, Target
from .running import CommandResult

LONGEST = 1 << 20
"""Bytes of a line; a longer one goes on in the next. Something has to be kept until the line's end comes."""

_COLOURS = re.compile(rb"\x1b\[[0-9;:]*m")


class Fronted:
    """A sink. `targets`: where stdout (1) and stderr (2) go. `fronts`: what stands before a command's lines there,
    as it is to be written, by the command's name.

    To a terminal goes text alone: what it would obey becomes visible. A file or a program gets the bytes as they came,
    because it cannot be known what they are for; `less -R` and a terminal that shows the file are the user's choice.
    """

    def __init__(
        self, outlet: Outlet, targets: Mapping[int, Target], fronts: Mapping[int, Mapping[str, bytes]]
    ) -> None:
        self._outlet = outlet
        self._targets = targets
        self._fronts = fronts
        self._begun: dict[tuple[str, int], bytes] = {}

    def started(self, name: str) -> None:
        """Nothing is said of it."""

    def take(self, name: str, number: int, data: bytes) -> None:
        """Write the lines that have come to their end."""
        *lines, rest = (self._begun.pop((name, number), b"") + data).split(b"\n")
        if len(rest) > LONGEST:
            part = _whole(rest[:LONGEST])
            lines.append(part)
            rest = rest[len(part) :]
        if rest:
            self._begun[name, number] = rest
        self._write(name, number, lines)

    def ended(self, result: CommandResult) -> None:
        """Write what has come without an end of its line."""
        for number in self._targets:
            rest = self._begun.pop((result.name, number), b"")
            if rest:
                self._write(result.name, number, [rest])

    def stopping(self) -> None:
        """Nothing is said of it."""

    def full(self) -> bool:
        """Whether the outlet has no room."""
        return self._outlet.full()

    def idle(self) -> bool:
        """Whether the outlet has written all."""
        return self._outlet.idle()

    def _write(self, name: str, number: int, lines: list[bytes]) -> None:
        if not lines:
            return
        target, front = self._targets[number], self._fronts[number][name]
        if target.terminal:
            lines = [target.encoded(harmless(line)) for line in lines]
        self._outlet.put(target, (b"".join(b"%b%b\n" % (front, line) for line in lines),))


def harmless(line: bytes) -> str:
    """A line for a terminal: without colours, of what is overwritten in place only the last, and everything else that
    a terminal obeys or that is no UTF-8 as visible escapes."""
    text = _COLOURS.sub(b"", line).decode("utf-8", "backslashreplace")
    text = text.rstrip("\r").rpartition("\r")[2].expandtabs()
    return clean(text, max(len(text), 1))


def _whole(data: bytes) -> bytes:
    """Without the beginning of a character at its end."""
    for back in range(1, 4):
        if data[-back] & 0xC0 == 0xC0:
            return data[:-back]
        if data[-back] < 0x80:
            break
    return data
