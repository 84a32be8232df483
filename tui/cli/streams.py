"""The standard streams: what goes to people and to programs, and what becomes of streams that are closed."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def utf8_stdout() -> TextIO:
    """stdout for text that a program reads. The configuration is UTF-8 in every locale, and so are its names; only
    who tells Python another encoding gets that."""
    stdout = sys.stdout
    if stdout.encoding != "utf-8" and "PYTHONIOENCODING" not in os.environ and hasattr(stdout, "reconfigure"):
        stdout.reconfigure(encoding="utf-8", errors="strict")
    return stdout


def complain(title: str, hint: str, code: int) -> int:
    """Say what went wrong and what helps, on stderr. Returns `code`."""
    from ..text import clean

    try:
        print(f"ssotui: {clean(title, 1000)}", file=sys.stderr)
        if hint:
            print(f"        {clean(hint, 1000)}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        pass  # nobody is there to read it
    return code


def tell(line: str) -> None:
    """Say something on stderr."""
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
