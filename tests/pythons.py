"""This Python where a line of text starts it, whatever the path of the folder that it lives in."""

from __future__ import annotations

import shlex
import sys

PYTHON = shlex.quote(sys.executable)
"""As a word for a shell, or for what takes a line apart as one does."""


def python_program(text: str, *options: str) -> str:
    """A file that is run by this Python. The system cuts the path in a first line at a blank, and where it is long: so
    a shell runs the first lines, and to Python they are a string."""
    return f"#!/bin/sh\n''':'\nexec {shlex.join([sys.executable, *options])} \"$0\" \"$@\"\n'''\n{text}"
