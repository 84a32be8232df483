"""What the stream that a table goes to can show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """The cells of a line there, None where there is no limit: whoever reads a pipe wants the whole. COLUMNS, which the
    user sets, comes first."""
    asked = environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


def has_colours(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether it is a terminal with colours, and its user wants them (https://no-color.org)."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return os.name == "posix" or "WT_SESSION" in environ


def can_say(stream: TextIO, text: str) -> bool:
    """Whether the encoding there has all characters of the text."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
