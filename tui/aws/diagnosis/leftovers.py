"""What other tools have left in the configuration: temporary credentials that have ended, and commands of programs that
are no longer here."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from typing import NamedTuple

from .. import clock
from ..config.configuration import Config
from ..config.loading import read_files

ENDS = ("x_security_token_expires", "aws_session_expiration", "aws_expiration", "expiration")
"""The keys in which tools write down when the credentials beside them end: saml2aws and whoever follows it the first,
others the rest. The AWS CLI and the SDKs read none of them."""


class Ended(NamedTuple):
    """A section with temporary credentials that ended at `at` (seconds since the epoch)."""

    name: str
    file: str
    line: int
    at: int


class Absent(NamedTuple):
    """A program that credential_process of these profiles runs, and that is not here. The first one's place."""

    program: str
    names: tuple[str, ...]
    file: str
    line: int


def ended(environ: Mapping[str, str], now: float) -> list[Ended]:
    """The sections of both files with such credentials. Reads the files."""
    _builder, parsed = read_files(Config(), environ)
    found = []
    for file in parsed:
        for header, options in file.sections.items():
            at = _end(options) if "aws_session_token" in options else None
            if at is not None and at <= now:
                found.append(Ended(header.removeprefix("profile "), file.path, file.lines[header], at))
    return found


def absent(environ: Mapping[str, str]) -> list[Absent]:
    """The programs that are not here, each once. Reads the files, and looks for the programs on the PATH."""
    builder, _parsed = read_files(Config(), environ)
    found: dict[str, list[str]] = {}
    for name, (options, _file, _header) in builder.entries.items():
        program = _program(options.get("credential_process", ""))
        if program:
            found.setdefault(program, []).append(name)
    path = environ.get("PATH", os.defpath)
    gone = {program: names for program, names in found.items() if shutil.which(program, path=path) is None}
    places = {program: builder.entries[names[0]] for program, names in gone.items()}
    return [
        Absent(program, tuple(names), places[program][1].path, places[program][1].lines[places[program][2]])
        for program, names in gone.items()
    ]


def _end(options: Mapping[str, str]) -> int | None:
    for key in ENDS:
        text = options.get(key, "")
        # Without a zone it is UTC, as tools write it that take the time from AWS.
        at = clock.parse_iso(text) or clock.parse_iso(f"{text}+00:00")
        if at is not None:
            return at
    return None


def _program(command: str) -> str:
    """The program of a command, "" where it cannot be taken apart: the AWS CLI says that itself. On Windows, where
    paths have a backslash, it is taken apart by other rules."""
    if "\\" in command:
        return ""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return words[0] if words else ""
