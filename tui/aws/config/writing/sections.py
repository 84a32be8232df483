"""Adding sections to the text of the AWS config file, changing and taking away some, with all other lines as they were.

Comments, order, line ends, a byte order mark and what other tools have written stay byte for byte. What is added
carries a key of this program's, with a sum of the other keys: it survives what formats the file, and it tells an entry
that somebody has changed since.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import ini
from ..ini import DEFAULT_SECTION, shorten
from ..other_tools import end_outside_blocks

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
    """`text` with these sections behind all others, but before a block of another tool's that goes on to its end.
    Raises Refused: for a section that is there already, for a name or a value that such a file cannot have."""
    before = read(text)
    there = {named(header) for header in before.sections}
    for section in sections:
        _check(section)
        if (section.kind, section.name) in there:
            raise Refused(f"[{shorten(section.header)}] is there already")
        there.add((section.kind, section.name))
    end = _line_end(text.removeprefix(BOM))
    at = end_outside_blocks(text)
    above, below = text[:at], text[at:]
    last = "".join(_LINE.findall(above.removeprefix(BOM))[-1:])
    gap = end * ((last != "" and last[-1] not in "\r\n") + (last.strip() != ""))
    made = above + gap + end.join(end.join([f"[{it.header}]", *_keys(it), ""]) for it in sections)
    made += end + below if below and sections else below
    _check_made(made, {**_contents(before), **{it.header: _marked(it) for it in sections}})
    return made


def change(text: str, changes: Mapping[str, Section]) -> str:
    """`text` with the sections of these headers (as the file has them) made to be the given ones, line by line:
    comments, order and what is right already stay. Raises Refused."""
    before = read(text)
    plain = text.removeprefix(BOM)
    lines = _LINE.findall(plain)
    starts, wanted = _starts(before, lines), _contents(before)
    for header, section in changes.items():
        _check(section)
        if header not in before.lines:
            raise Refused(f"[{shorten(header)}] is not there")
        if section.header != header and section.header in before.sections:
            raise Refused(f"[{shorten(section.header)}] is there already")
        wanted.pop(header)
        wanted[section.header] = _marked(section)
        _change(lines, starts, before, header, section)
    made = text[: len(text) - len(plain)] + "".join(lines)
    _check_made(made, wanted)
    return made


def _change(lines: list[str], starts: Sequence[int], before: ini.Ini, header: str, section: Section) -> None:
    """Change the lines of one section in place, to make it the given one."""
    first = before.lines[header] - 1
    own = lines[first + 1 : _following(starts, first, len(lines))]
    if any(line[0].isspace() for line in own if not _says_nothing(line)):
        raise Refused(f"[{shorten(header)}] has values of several lines")
    new, old = _marked(section), before.sections[header]
    keys: dict[str, str | None] = dict.fromkeys(key for key in old if key not in new)
    keys |= {key: value for key, value in new.items() if value != old.get(key)}
    if section.header != header:
        lines[first] = f"[{section.header}]{_end_of(lines[first])}"
    _set_keys(lines, starts, before, header, keys, MARKS[section.kind])


def _set_keys(
    lines: list[str],
    starts: Sequence[int],
    before: ini.Ini,
    header: str,
    keys: Mapping[str, str | None],
    above: str = "",
) -> None:
    """Set these keys, or take them out (None), in the lines of one section in place; lines that go become empty. New
    ones come in front of the key `above`, behind the last line where there is none of that name."""
    first = mark = last = before.lines[header] - 1
    left = {key: value for key, value in keys.items() if value is not None}
    end = _line_end("".join(lines[:1]))
    for at in range(first + 1, _following(starts, first, len(lines))):
        if _says_nothing(lines[at]):
            continue
        last = at
        key = "" if lines[at][0].isspace() else re.split("[=:]", lines[at], maxsplit=1)[0].strip().lower()
        mark = at if key == above else mark
        if key in left:
            lines[at] = f"{key} = {left.pop(key)}{_end_of(lines[at])}"
        elif key in keys:
            lines[at] = ""
    if left:
        added = "".join(f"{key} = {value}{end}" for key, value in left.items())
        if mark > first:
            lines[mark] = added + lines[mark]
        else:
            lines[last] += ("" if _end_of(lines[last]) or not lines[last] else end) + added


def set_keys(text: str, changes: Mapping[str, Mapping[str, str | None]]) -> str:
    """`text` with these keys set, or taken out (None), in the sections of these headers; nobody's mark is set. New ones
    come behind the last line of a section. Raises Refused where that cannot be done line by line."""
    before = read(text)
    plain = text.removeprefix(BOM)
    lines = _LINE.findall(plain)
    starts, wanted = _starts(before, lines), _contents(before)
    for header, keys in changes.items():
        if header not in before.lines:
            raise Refused(f"[{shorten(header)}] is not there")
        _set_keys(lines, starts, before, header, keys)
        options = {key: value for key, value in wanted[header].items() if key not in keys}
        wanted[header] = options | {key: value for key, value in keys.items() if value is not None}
    made = text[: len(text) - len(plain)] + "".join(lines)
    _check_made(made, wanted)
    return made


def set_values(text: str, header: str, values: Mapping[str, str]) -> str:
    """`text` with these keys set in the section of this header. One of ours whose other keys nobody has changed stays
    one. Raises Refused."""
    old = read(text).sections.get(header)
    if old is None:
        raise Refused(f"[{shorten(header)}] is not there")
    kind, name = named(header)
    _check(Section(kind, name, values))
    keys: dict[str, str | None] = {key: value for key, value in values.items() if old.get(key) != value}
    if keys and is_ours(kind, old) and is_unchanged(kind, old):
        keys[MARKS[kind]] = _sum(kind, {**old, **values})
    return set_keys(text, {header: keys})


def remove(text: str, headers: Sequence[str]) -> str:
    """`text` without the sections of these headers (as the file has them). Comments between them and the next header
    stay. Raises Refused where that cannot be done line by line."""
    before = read(text)
    plain = text.removeprefix(BOM)
    lines = _LINE.findall(plain)
    starts = _starts(before, lines)
    gone: set[int] = set()
    for header in headers:
        if header not in before.lines:
            raise Refused(f"[{shorten(header)}] is not there")
        first = before.lines[header] - 1
        following = _following(starts, first, len(lines))
        last = max(at for at in range(first, following) if at == first or not _says_nothing(lines[at]))
        gone |= set(range(first, last + 1))
        # Of the blank lines on both sides one is enough; at the ends of the file none is needed.
        above, below = first - 1, last + 1
        if all(not 0 <= at < len(lines) or not lines[at].strip() for at in (above, below)):
            gone.add(above if above >= 0 else below)
    made = text[: len(text) - len(plain)] + "".join(line for at, line in enumerate(lines) if at not in gone)
    going = set(headers)
    _check_made(made, {header: options for header, options in _contents(before).items() if header not in going})
    return made


def _starts(before: ini.Ini, lines: Sequence[str]) -> list[int]:
    """The lines, counted from 0, at which sections begin. That of the defaults may be there several times."""
    defaults = [at for at, line in enumerate(lines) if line.strip() == f"[{DEFAULT_SECTION}]"]
    return sorted({*(line - 1 for line in before.lines.values()), *defaults})


def _following(starts: Sequence[int], first: int, count: int) -> int:
    """The first line behind the section that begins at line `first`."""
    at = bisect_right(starts, first)
    return starts[at] if at < len(starts) else count


def _check_made(made: str, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Raises Refused where the new text would not be read as it is meant."""
    found = _contents(read(made))
    if found == wanted:
        return
    wrong = next((header for header in (*wanted, *found) if found.get(header) != wanted.get(header)), "")
    raise Refused(f"[{shorten(wrong)}] would not be read as it is meant")


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.strip()[0] in "#;"


def _contents(found: ini.Ini) -> dict[str, dict[str, str]]:
    return {**found.sections, DEFAULT_SECTION: found.defaults}


def _marked(section: Section) -> dict[str, str]:
    return {**section.options, MARKS[section.kind]: _sum(section.kind, section.options)}


def _keys(section: Section) -> list[str]:
    return [f"{key} = {value}" for key, value in _marked(section).items()]


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _line_end(text: str) -> str:
    """How the lines of `text` end: as its first one does."""
    first = _LINE.match(text)
    return _end_of(first.group())[:2] or "\n" if first is not None else "\n"


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
