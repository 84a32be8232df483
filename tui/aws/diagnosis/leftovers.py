"""What other tools have left in the configuration: temporary credentials that have ended, and commands of programs that
are no longer here."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .. import clock
from ..config.checks import gives_sso_credentials
from ..config.configuration import Config
from ..config.loading import read_files
from ..config.writing.sections import named

if TYPE_CHECKING:
    from ..config.chains import Entry
    from ..config.ini import Ini

ENDS = ("x_security_token_expires", "aws_session_expiration", "aws_expiration", "expiration")
"""The keys in which tools write down when the credentials beside them end: saml2aws and whoever follows it the first,
others the rest. The AWS CLI and the SDKs read none of them."""


class EndedCredentials(NamedTuple):
    """A section with temporary credentials that ended at `at` (seconds since the epoch)."""

    name: str
    file: str
    line: int
    at: int


class Absent(NamedTuple):
    """A program that credential_process of these profiles runs, and that is not here. The first one's place. `beside`:
    the profiles have sso_ keys of their own too."""

    program: str
    names: tuple[str, ...]
    file: str
    line: int
    beside: bool = False


class Leftovers(NamedTuple):
    """All of both kinds."""

    ended: list[EndedCredentials]
    absent: list[Absent]


def look(environ: Mapping[str, str], now: float) -> Leftovers:
    """What there is. Reads both files, and looks for programs on the PATH."""
    builder, parsed = read_files(Config(), environ)
    path = environ.get("PATH", os.defpath)
    return Leftovers([it for file in parsed for it in _ended(file, now)], _absent(builder.entries, path))


def _ended(file: Ini, now: float) -> Iterator[EndedCredentials]:
    for header, options in file.sections.items():
        at = _end(options) if "aws_session_token" in options else None
        if at is not None and at <= now:
            yield EndedCredentials(named(header)[1] or header, file.path, file.lines[header], at)


def _absent(entries: Mapping[str, Entry], path: str) -> list[Absent]:
    found: dict[tuple[str, bool], list[str]] = {}
    for name, (options, _file, _header) in entries.items():
        program = _program(options.get("credential_process", ""))
        if program:
            found.setdefault((program, gives_sso_credentials(options)), []).append(name)
    absent = []
    for (program, beside), names in found.items():
        if shutil.which(program, path=path) is None:
            _options, file, header = entries[names[0]]
            absent.append(Absent(program, tuple(names), file.path, file.lines[header], beside))
    return absent


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
