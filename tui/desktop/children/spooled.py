"""What commands print, kept until they have ended: in memory while it is little, then in files that have no name."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from .outlet import Outlet, Target
from .running import STDERR, STDOUT, CommandResult

IN_MEMORY = 1 << 18
"""Bytes of one stream that are kept without a file."""

_PIECE = 1 << 16


class Spool:
    """What one stream of a command has printed. `problem`: why it is not all of it, or ""."""

    def __init__(self) -> None:
        self.problem = ""
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `close`

    def keep(self, data: bytes) -> None:
        """Add something. What cannot be kept is dropped, with all that follows it."""
        if self.problem:
            return
        try:
            self._file.write(data)
        except OSError as error:
            self.problem = f"its output could not be kept: {os.strerror(error.errno or 0)}"

    def texts(self) -> Iterator[str]:
        """All of it, in pieces. What is no UTF-8 becomes U+FFFD."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._file.seek(0)
        while data := self._file.read(_PIECE):
            yield decoder.decode(data)
        yield decoder.decode(b"", True)

    def close(self) -> None:
        """Forget it."""
        self._file.close()


Record = Callable[[CommandResult, Spool, Spool], Iterable[bytes]]
"""What is to be written of a command that has ended: how it did, its stdout and its stderr."""


class Spooled:
    """A sink that writes a record for each command when it has ended."""

    def __init__(self, outlet: Outlet, target: Target, record: Record) -> None:
        self._outlet = outlet
        self._target = target
        self._record = record
        self._spools: dict[str, dict[int, Spool]] = {}

    def started(self, name: str) -> None:
        """Make room for its output."""
        self._spools[name] = {STDOUT: Spool(), STDERR: Spool()}

    def take(self, name: str, number: int, data: bytes) -> None:
        """Keep it."""
        self._spools[name][number].keep(data)

    def lost(self, name: str) -> str:
        """Why the output of a command that is about to end is not whole, "" when it is."""
        return next((spool.problem for spool in self._spools.get(name, {}).values() if spool.problem), "")

    def ended(self, result: CommandResult) -> None:
        """Have the record written."""
        spools = self._spools.pop(result.name, None) or {STDOUT: Spool(), STDERR: Spool()}
        self._outlet.put(self._target, self._blocks(result, spools))

    def stopping(self) -> None:
        """Nothing is said of it."""

    def full(self) -> bool:
        """Whether so many records wait to be written that those who print have to wait too."""
        return self._outlet.full()

    def idle(self) -> bool:
        """Whether the outlet has written all."""
        return self._outlet.idle()

    def _blocks(self, result: CommandResult, spools: dict[int, Spool]) -> Iterator[bytes]:
        try:
            yield from self._record(result, spools[STDOUT], spools[STDERR])
        finally:
            for spool in spools.values():
                spool.close()
