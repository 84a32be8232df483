"""What a command runs in: its streams, its variables and its clock. What becomes of streams that are closed."""

from __future__ import annotations

import os
import sys

from ..aws import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO


class Environment:
    """What a command reads and writes, so that a test can run one in a room of its own.

    What is not given is the process's own, as it is by then. `now`: seconds since the epoch, for what a command says
    and judges; requests and the files that they write go by the wall clock. `environ`: which profile is meant and where
    the configuration is, and what a command is started with. By the process's own environment go requests (addresses,
    certificates, proxies), the folders of caches, settings and what is remembered, the browser and the board. Threads
    of a command share it: each line is written at once, and who writes several that belong together brings a lock.
    """

    __slots__ = ("_stderr", "_stdin", "_stdout", "environ", "now")

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.now: Callable[[], float] = now or (lambda: clock.now())
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr

    @property
    def stdin(self) -> TextIO:
        """Where answers come from; None where the process has none."""
        return self._stdin if self._stdin is not None else sys.stdin

    @property
    def stdout(self) -> TextIO:
        """For data alone; None where the process has none."""
        return self._stdout if self._stdout is not None else sys.stdout

    @property
    def stderr(self) -> TextIO:
        """For messages; None where the process has none."""
        return self._stderr if self._stderr is not None else sys.stderr

    @property
    def can_ask(self) -> bool:
        """Whether somebody can answer."""
        return _is_terminal(self.stdin)

    @property
    def is_seen(self) -> bool:
        """Whether what goes to stdout stands on a terminal, whose scrollback keeps it."""
        return _is_terminal(self.stdout)

    @property
    def has_colours(self) -> bool:
        """Whether stdout is a terminal with colours, and its user wants them (https://no-color.org)."""
        if not wants_colours(self.environ) or not self.is_seen:
            return False
        return os.name == "posix" or "WT_SESSION" in self.environ

    @property
    def width(self) -> int | None:
        """The cells of a line on stdout, None where there is no limit: whoever reads a pipe wants the whole. COLUMNS,
        which the user sets, comes first."""
        return self._columns(self.stdout)

    def _columns(self, stream: TextIO) -> int | None:
        asked = self.environ.get("COLUMNS", "")
        if asked.isascii() and asked.isdigit() and int(asked):
            return int(asked)
        try:
            return os.get_terminal_size(stream.fileno()).columns or None
        except (OSError, ValueError):
            return None

    def can_show(self, text: str) -> bool:
        """Whether the encoding of stdout has all characters of the text."""
        try:
            text.encode(self.stdout.encoding or "utf-8")  # that of a StringIO is None
        except UnicodeEncodeError:
            return False
        return True

    def say(self, text: str = "") -> None:
        """A message for the person, on stderr. Foreign text in it must be clean already. That stderr cannot be written
        to stops nothing: what a command prints and what its exit code says do not depend on it."""
        self._tell(text + "\n")

    def complain(self, title: str, hint: str, code: int) -> int:
        """Say what went wrong and what helps, on stderr. Returns `code`."""
        from ..text import clean

        self.say(f"ssotui: {clean(title, 1000)}")
        if hint:
            for line in self._between_names(clean(hint, 1000)):
                self.say(f"        {line}")
        return code

    def _between_names(self, hint: str) -> list[str]:
        """A hint that suggests names, in lines that the terminal does not break within one; all others as they are: a
        command has to stay one line for whoever copies it."""
        room = (self._columns(self.stderr) or 0) - 8
        if not 0 < room < len(hint):
            return [hint]
        from textwrap import wrap

        from ..aws.config.similar import SUGGESTING

        if not hint.startswith(SUGGESTING):
            return [hint]
        names, end, more = hint.partition("? ")
        lines = wrap(names + end.strip(), room, break_on_hyphens=False, break_long_words=False)
        return [*lines, more] if more else lines

    def confirmed(self, question: str) -> bool:
        """Ask on stderr and wait for the answer, on the same line. Only a yes is one."""
        self._tell(f"{question} [y/N] ")
        answer = self.stdin.readline()
        if not answer.endswith("\n"):  # ended by ctrl+d: what comes next begins a line of its own
            self.say()
        return answer.strip().lower() in ("y", "yes")

    def asked(self, question: str) -> str:
        """Ask on stderr for a line, and wait for it. Raises UsageError when none comes."""
        self._tell(f"{question}: ")
        answer = self.stdin.readline()
        if not answer.endswith("\n"):
            self.say()
        if not answer:
            from .options import UsageError

            raise UsageError("There was no answer")
        return answer.strip()

    def progress(self, text: str) -> None:
        """Say how far it is, on stderr, in place of what was said so before. Only where that is seen as it happens."""
        if _is_terminal(self.stderr):
            self._tell(f"\r{text}\x1b[K")

    def write(self, text: str) -> None:
        """Text that a program reads, on stdout."""
        self.utf8_stdout().write(text)

    def utf8_stdout(self) -> TextIO:
        """stdout for what programs read. The configuration is UTF-8 in every locale, and so are its names; only who
        tells Python another encoding gets that."""
        stdout = self.stdout
        if stdout.encoding != "utf-8" and "PYTHONIOENCODING" not in os.environ and hasattr(stdout, "reconfigure"):
            stdout.reconfigure(encoding="utf-8", errors="strict")
        return stdout

    def show(self, text: str = "") -> None:
        """A line of data for people, on stdout. What its encoding lacks becomes an escape. Foreign text must be clean
        already."""
        encoding = self.stdout.encoding or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")

    def show_json(self, value: object, indent: int = 2) -> None:
        """An answer for machines, on stdout. json leaves one control character as it is, which a terminal would get."""
        import json

        self.stdout.write(json.dumps(value, indent=indent).replace("\x7f", "\\u007f") + "\n")

    def _tell(self, text: str) -> None:
        try:
            self.stderr.write(text)
            self.stderr.flush()
        except (OSError, ValueError, AttributeError):
            pass  # nobody is there to read it


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def wants_colours(environ: Mapping[str, str]) -> bool:
    """Whether a terminal may get colours: its user has not said no, and it is not one that has none."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def complain(title: str, hint: str, code: int) -> int:
    """The same on the process's own stderr."""
    return Environment().complain(title, hint, code)


def tell(line: str) -> None:
    """Say something on the process's own stderr."""
    complain(line, "", 0)


def mute(number: int) -> None:
    """Point stdout (1) or stderr (2) elsewhere, so that Python's own last flush of it stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def open_closed_streams() -> None:
    """Give closed standard streams somewhere to go. Else Python prints what is meant for stderr on stdout, and the
    next file that is opened takes their number, with everything that children write to it."""
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            found = os.open(os.devnull, os.O_RDWR)
            if found != number:
                os.dup2(found, number)
                os.close(found)
            if number == 1:
                sys.stdout = open(number, "w", closefd=False)  # noqa: SIM115
            elif number == 2:
                sys.stderr = open(number, "w", closefd=False)  # noqa: SIM115
