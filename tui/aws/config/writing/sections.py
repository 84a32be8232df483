"""Adding sections to the text of the AWS config file and taking some away, with every other line as it was.

Comments, order, line ends, a byte order mark and what other tools have written stay byte for byte. What is added
carries a key of this program's, with a sum of the other keys: it survives what formats the file, and it tells an entry
that somebody has changed since.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import ini
from ..ini import DEFAULT_SECTION, shorten

SESSION, PROFILE = "sso-session", "profile"

MARKS = {SESSION: "ssotui_session", PROFILE: "ssotui_profile"}
"""The key of ours by the kind of section. They differ, because botocore refuses a profile that has a key of its
sso-session with another value."""

BOM = "\ufeff"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A line with its end, as Python's universal newlines have it: `splitlines` knows ends that configparser does not."""

_KEY = re.compile(r"[a-z][a-z0-9_]*")


class Refused(ValueError):
    """The text cannot be changed as wanted. The message says why, and follows the file's name or stands alone."""


class Section(NamedTuple):
    """A section of the config file: `[kind name]`, and its keys without ours."""

    kind: str
    name: str
    options: Mapping[str, str]

    @property
    def header(self) -> str:
        """What stands in its brackets."""
        if (self.kind, self.name) == (PROFILE, "default"):
            return self.name
        return f"{self.kind} {_quoted(self.name)}"


def is_ours(kind: str, options: Mapping[str, str]) -> bool:
    """Whether this program has written a section of this kind that has these keys."""
    return MARKS[kind] in options


def is_unchanged(kind: str, options: Mapping[str, str]) -> bool:
    """Whether nobody has changed the keys of a section of ours since it was written."""
    return options.get(MARKS[kind]) == _sum(kind, options)


def named(header: str) -> tuple[str, str]:
    """The kind and the name that a header stands for; ("", "") for one that is no session or profile."""
    if header == "default":
        return PROFILE, header
    words = ini.split_words(header) or []
    if len(words) != 2:
        return "", ""
    kind = next((kind for kind in (PROFILE, SESSION) if header.startswith(kind)), "")
    return (kind, words[1]) if kind else ("", "")


def read(text: str) -> ini.Ini:
    """The sections of `text`, whatever its line ends. Raises Refused for a text that the AWS CLI refuses."""
    plain = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")
    found = ini.parse(plain)
    if found.problems:
        line, message = found.problems[0]
        raise Refused(f"line {line}: {message}; the AWS CLI refuses the whole file until that is corrected")
    return found


def add(text: str, sections: Sequence[Section]) -> str:
    """`text` with these sections behind all others. Raises Refused: for a section that is there already, for a name or
    a value that such a file cannot have."""
    before = read(text)
    there = {named(header) for header in before.sections}
    end = _line_end(text.removeprefix(BOM))
    made = text
    for section in sections:
        _check(section)
        if (section.kind, section.name) in there:
            raise Refused(f"[{shorten(section.header)}] is there already")
        there.add((section.kind, section.name))
        lines = _LINE.findall(made.removeprefix(BOM))
        if lines and lines[-1][-1] not in "\r\n":
            made += end
        if lines and lines[-1].strip():
            made += end
        mark = {MARKS[section.kind]: _sum(section.kind, section.options)}
        keys = [f"{key} = {value}" for key, value in {**section.options, **mark}.items()]
        made += end.join([f"[{section.header}]", *keys, ""])
    found = _contents(read(made))
    for section in sections:
        options = found.pop(section.header, {})
        options.pop(MARKS[section.kind], None)
        if options != section.options:
            raise Refused(f"[{shorten(section.header)}] would not be read as it is meant")
    if found != _contents(before):
        raise Refused("the other sections would not be read as before")
    return made


def remove(text: str, headers: Sequence[str]) -> str:
    """`text` without the sections of these headers (as the file has them). Comments between them and the next header
    stay. Raises Refused where that cannot be done line by line."""
    before = read(text)
    plain = text.removeprefix(BOM)
    lines = _LINE.findall(plain)
    if sum(line.strip().startswith(f"[{DEFAULT_SECTION}]") for line in lines) > 1:
        raise Refused(f"[{DEFAULT_SECTION}] is there more than once")
    starts = sorted([*before.lines.values(), *([before.defaults_line] if before.defaults_line else [])])
    gone: set[int] = set()
    for header in headers:
        if header not in before.lines:
            raise Refused(f"[{shorten(header)}] is not there")
        first = before.lines[header] - 1
        following = next((line - 1 for line in starts if line - 1 > first), len(lines))
        last = max(at for at in range(first, following) if at == first or not _says_nothing(lines[at]))
        gone |= set(range(first, last + 1))
        # Of the blank lines on both sides one is enough; at the ends of the file none is needed.
        above, below = first - 1, last + 1
        if all(not 0 <= at < len(lines) or not lines[at].strip() for at in (above, below)):
            gone.add(above if above >= 0 else below)
    made = text[: len(text) - len(plain)] + "".join(line for at, line in enumerate(lines) if at not in gone)
    left = {header: options for header, options in _contents(before).items() if header not in headers}
    if _contents(read(made)) != left:
        raise Refused("the other sections would not be read as before")
    return made


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.strip()[0] in "#;"


def _contents(found: ini.Ini) -> dict[str, dict[str, str]]:
    return {**found.sections, DEFAULT_SECTION: found.defaults}


def _line_end(text: str) -> str:
    """How the lines of `text` end: as its first one does."""
    first = _LINE.match(text)
    end = first.group()[len(first.group().rstrip("\r\n")) :] if first is not None else ""
    return end[:2] or "\n"


def _quoted(name: str) -> str:
    from shlex import quote

    plain = not any(char.isspace() or char in "'\"\\" for char in name)
    return name if plain and name else quote(name)


def _check(section: Section) -> None:
    name = section.name
    if not name or not name.isprintable() or name.strip() != name or any(mark in name for mark in "[]"):
        raise Refused(f'"{shorten(name)}" cannot be a name in this file')
    for key, value in section.options.items():
        if _KEY.fullmatch(key) is None or not value.isprintable() or value.strip() != value:
            raise Refused(f"{shorten(key)} cannot have such a value in this file")


def _sum(kind: str, options: Mapping[str, str]) -> str:
    """A short sum of all keys but ours."""
    text = "\0".join(f"{key}={value}" for key, value in sorted(options.items()) if key != MARKS[kind])
    return hashlib.sha256(text.encode()).hexdigest()[:8]
