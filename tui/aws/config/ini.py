"""The format of the AWS configuration files: text to sections, and one section without the rest.

The AWS CLI and the SDK for Python read these files with `configparser.RawConfigParser` and refuse a whole file for one
bad line. `parse` gives the same sections, keys and values for every file that they accept; of any other file it keeps
what can be understood, and says what is wrong on which line.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROBLEM_LIMIT = 50
"""Problems kept of one file; the rest is only counted."""

DEFAULT_SECTION = "DEFAULT"
"""The section whose keys configparser adds to every other section of its file."""


class Ini:
    """What one file says.

    `sections`: header (the text in the brackets) -> its keys, lower-cased, and their values, in file order. A value
    that is an indented block of `k = v` lines has the form "\\nk = v\\nk = v" there, sorted, and is taken apart in
    `nested`, by header and key. `lines`: header -> line number. `defaults`: the keys of `[DEFAULT]`, which are in no
    section until `apply_defaults`. `flaws`: header -> what makes the section's contents ambiguous. `problems`: (line,
    sentence) for each thing that makes the AWS CLI refuse the file, as far as the limit goes; `omitted` counts on.
    `odd`: a key is written in upper case, or before a colon."""

    def __init__(self, path: str = "", problems: Iterable[tuple[int, str]] = ()) -> None:
        self.path = path
        self.sections: dict[str, dict[str, str]] = {}
        self.lines: dict[str, int] = {}
        self.nested: dict[str, dict[str, dict[str, str]]] = {}
        self.defaults: dict[str, str] = {}
        self.defaults_line = 0
        self.flaws: dict[str, list[str]] = {}
        self.problems: list[tuple[int, str]] = []
        self.omitted = 0
        self.odd = False
        for line, message in problems:
            self.error(line, message)

    def error(self, line: int, message: str) -> None:
        """Record something that makes the AWS CLI refuse the file."""
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append((line, message))
        else:
            self.omitted += 1

    def apply_defaults(self) -> None:
        """Add the keys of `[DEFAULT]` to all sections that do not have them, as configparser does."""
        blocks = self.nested.get(DEFAULT_SECTION, {})
        for header, options in self.sections.items():
            for key, value in self.defaults.items():
                if key not in options:
                    options[key] = value
                    if key in blocks:
                        self.nested.setdefault(header, {})[key] = blocks[key]


def shorten(text: str, limit: int = 60) -> str:
    """`text`, cut for use in a sentence."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


# -- sections ---------------------------------------------------------------------------------------------------


def parse(text: str, path: str = "", problems: Iterable[tuple[int, str]] = ()) -> Ini:
    """The sections of `text` (its only line end is `\\n`). `problems` come first in its problems."""
    ini = Ini(path, problems)
    if not _parse_chunks(text, ini):
        ini = Ini(path, problems)
        reader = _Reader(ini)
        reader.feed(text.split("\n"), 1)
        reader.finish()
    return ini


_LINES_LIMIT = 2000
_PART = 1 << 16


class _Lines(dict[str, tuple[str, str]]):
    """Line -> (key, value); ("", "") for a line that is not simply that: blank, comment, indented, wrong.

    The same few roles, regions and session names fill most lines of a large file: each is taken apart once, and all
    profiles share its strings.
    """

    __slots__ = ("ini", "keys_seen")

    def __init__(self, ini: Ini) -> None:
        self.ini = ini
        self.keys_seen: dict[str, str] = {}  # as written before the "=" -> the key

    def __missing__(self, line: str) -> tuple[str, str]:
        written, equals, value = line.partition("=")
        key = self.keys_seen.get(written) if equals else None
        if key is not None:
            found = key, value.strip()
        else:
            key, value = _split_option(line) or ("", "")
            if not key or key[0] in "#;" or key[0].isspace():
                found = "", ""
            else:
                found = sys.intern(key.lower()), value
                self.ini.odd |= found[0] != written.rstrip()
                if ":" not in written:
                    self.keys_seen[written] = found[0]
        if len(self) >= _LINES_LIMIT:
            self.clear()  # by now it mostly holds lines that occur once, such as account ids
        self[line] = found
        return found


def _split_option(line: str) -> tuple[str, str] | None:
    """Key and value at the first `=` or `:`, None when there is neither."""
    key, delimiter, value = line.partition("=")
    if ":" in key:
        key, delimiter, value = line.partition(":")
    return (key.rstrip(), value.strip()) if delimiter else None


def _header(line: str) -> str:
    """The header in a stripped line that begins with `[`: everything to the last `]`. "" when it is none."""
    return line[1:].rpartition("]")[0]


def _parse_chunks(text: str, ini: Ini) -> bool:
    """Section by section, the plain ones at C speed. False when the file must be read from line to line.

    A line that begins with `[` never continues a value, so what lies between two of them stands alone.
    """
    sections, numbers = ini.sections, ini.lines
    pair = _Lines(ini).__getitem__
    reader = _Reader(ini)
    begin = 0 if text.startswith("[") else text.find("\n[") + 1 or len(text)
    preamble = text[:begin]
    reader.feed(preamble.split("\n"), 1)
    number = 1 + preamble.count("\n")
    for chunk in _chunks(text, begin + 1):
        lines = chunk.split("\n")
        first = lines[0]
        header = first.rpartition("]")[0]
        if not header:
            return False
        count = len(lines)
        lines[0] = ""
        options = dict(map(pair, lines))
        del options[""]
        plain = len(options) + lines.count("") == count
        if not plain:
            kept = [line for line in lines if line and line[0] not in "#;"]
            options = dict(map(pair, kept))
            plain = len(options) == len(kept) and "" not in options
        if plain and header not in sections and header != DEFAULT_SECTION:
            sections[header] = options
            numbers[header] = number
        else:
            lines[0] = "[" + first
            reader.feed(lines, number)
        number += count
    reader.finish()
    return True


def _chunks(text: str, begin: int) -> Iterator[str]:
    """`text[begin:].split("\\n[")`, but not all of it at once: the memory of one part does for the next."""
    while begin <= len(text):
        end = text.find("\n[", begin + _PART)
        yield from text[begin : end if end >= 0 else None].split("\n[")
        begin = end + 2 if end >= 0 else len(text) + 1


class _Reader:
    """Reads lines of any kind, by the rules of configparser."""

    def __init__(self, ini: Ini) -> None:
        self.ini = ini
        self.header = ""
        self.options: dict[str, str] = {}  # of the section being read
        self.kept = False  # whether these options are the section's, or those of a repeated one
        self.key_lines: dict[str, int] = {}
        self.default_key_lines: dict[str, int] = {}
        self.key = ""  # the key that an indented line would continue; "" when there is none
        self.value: list[str] | None = None  # its lines; None for a value that is not kept
        self.long: list[tuple[str, dict[str, str], str, list[str]]] = []
        self.indent = 0
        self.blanks = 0
        self.strays = 0

    def feed(self, lines: Iterable[str], number: int) -> None:
        """Read `lines`, the first of which is line `number` of the file."""
        for at, line in enumerate(lines, number):
            text = line.strip()
            if not text:
                self.blanks += 1
                continue
            if text[0] in "#;":
                continue
            indent = len(line) - len(line.lstrip())
            if self.key and indent > self.indent:
                self._continue(text, at)
                continue
            self.indent = indent
            self.blanks = 0
            header = _header(text) if text[0] == "[" else ""
            if header:
                self._open(header, at)
            elif self.header:
                self._option(text, at)
            else:
                self.strays += 1
                if self.strays == 1:
                    self.ini.error(at, "text before the first section header")

    def finish(self) -> None:
        """Put the values of several lines together."""
        for header, options, key, lines in self.long:
            if lines[0]:
                options[key] = "\n".join(lines)
                continue
            block: dict[str, str] = {}
            for line in "\n".join(lines).splitlines():
                name, equals, value = line.partition("=")
                if equals:
                    block[name.strip()] = value.strip()
            options[key] = "".join([f"\n{name} = {value}" for name, value in sorted(block.items())])
            self.ini.nested.setdefault(header, {})[key] = block

    def _open(self, header: str, number: int) -> None:
        ini = self.ini
        self.header = header
        self.key = ""
        self.key_lines = {}
        self.options = {}
        self.kept = True
        if header == DEFAULT_SECTION:
            ini.defaults_line = ini.defaults_line or number
            self.options = ini.defaults
            self.key_lines = self.default_key_lines
        elif header in ini.sections:
            first = ini.lines[header]
            ini.error(number, f"[{shorten(header)}] is there twice: first at line {first}, again at line {number}")
            self._flaw(f"[{shorten(header)}] is there twice, at lines {first} and {number}")
            self.kept = False
        else:
            ini.sections[header] = self.options
            ini.lines[header] = number

    def _option(self, text: str, number: int) -> None:
        self.value = None
        found = _split_option(text)
        if found is None or not found[0]:
            self.key = "?"  # so that indented lines below do not become part of the option above
            self.ini.error(number, 'a line is not of the form "key = value"')
            return
        self.key = key = sys.intern(found[0].lower())
        self.ini.odd |= key != text.partition("=")[0].rstrip()
        first = self.key_lines.setdefault(key, number)
        if first != number:
            where = f"{shorten(key)} is there twice in [{shorten(self.header)}]"
            self.ini.error(number, f"{where}: first at line {first}, again at line {number}")
            if self.kept:
                self._flaw(f"{shorten(key)} is there twice, at lines {first} and {number}")
            return
        self.options[key] = found[1]
        if self.kept:
            self.value = [found[1]]

    def _continue(self, text: str, number: int) -> None:
        if self.value is None:
            return
        if len(self.value) == 1:
            self.long.append((self.header, self.options, self.key, self.value))
        self.value.extend([""] * self.blanks)
        self.blanks = 0
        self.value.append(text)
        if not self.value[0] and any("=" not in part for part in map(str.strip, text.splitlines()) if part):
            self.ini.error(number, f'a line in the block of {shorten(self.key)} is not of the form "key = value"')

    def _flaw(self, sentence: str) -> None:
        flaws = self.ini.flaws.setdefault(self.header, [])
        if len(flaws) < 3:
            flaws.append(sentence)


def split_words(text: str) -> list[str] | None:
    """The words of a section header, as `shlex.split` gives them; None where that fails. Takes linear time."""
    if not ("'" in text or '"' in text or "\\" in text):
        return [word for word in text.replace("\t", " ").replace("\r", " ").replace("\n", " ").split(" ") if word]
    words: list[str] = []
    word: list[str] | None = None
    quote = ""
    rest = iter(text)
    for char in rest:
        if not quote and char in " \t\r\n":
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        if word is None:
            word = []
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == "\\" and quote != "'":
            escaped = next(rest, "")
            if not escaped:
                return None
            if quote and escaped not in '"\\':
                word.append(char)
            word.append(escaped)
        else:
            word.append(char)
    if word is not None:
        words.append("".join(word))
    return None if quote else words


# -- one section ------------------------------------------------------------------------------------------------
# For commands that need a single profile of thousands: a few searches at C speed. -1 and None mean that the text is not
# plain enough for that, and that only `parse` can tell.

_LOOK_LIMIT = 200


def find_named(text: str, kind: str, name: str, few: bool = False) -> int:
    """Where the line `[kind name]` begins, if no other header of `text` means the same; else -1.

    `few` says that there are few sections of that kind. Headers with quotes are not understood.
    """
    if not few and f" {name} " in text:
        return -1
    if "\t" in text and any(f"{a}{name}{b}" in text for a, b in ("\t]", "\t\t", "\t ", " \t")):
        return -1
    mark, needle = f"[{kind} {name}]", f"[{kind}" if few else f" {name}]"
    found = -1
    at = text.find(needle)
    for _ in range(_LOOK_LIMIT):
        if at < 0:
            return found
        begin, end = text.rfind("\n", 0, at) + 1, _line_end(text, at)
        line = text[begin:end]
        if line == mark and found < 0:
            found = begin
        elif line.lstrip().startswith(f"[{kind}") and (split_words(_header(line.strip())) or [""])[-1] == name:
            return -1
        at = text.find(needle, end)
    return -1


def find_header(text: str, header: str) -> int:
    """Where the line `[header]` begins, if it is the only one in which these brackets occur; else -1."""
    mark = f"[{header}]"
    if text.count(mark) != 1:
        return -1
    begin = text.find(mark)
    whole = (begin == 0 or text[begin - 1] == "\n") and _line_end(text, begin) == begin + len(mark)
    return begin if whole else -1


def section_at(text: str, begin: int) -> tuple[dict[str, str], int] | None:
    """Keys and line number of the section whose header line begins at `begin`, if it has plain lines only."""
    start = _line_end(text, begin)
    end = text.find("\n[", start)
    if end >= 0 and not _header(text[end + 1 : _line_end(text, end + 1)].strip()):
        return None
    lines = [line for line in text[start : end if end >= 0 else None].split("\n") if line and line[0] not in "#;"]
    options = dict(map(_Lines(Ini()).__getitem__, lines))
    if len(options) != len(lines) or "" in options:
        return None
    return options, text.count("\n", 0, begin) + 1


def has_quoted_headers(text: str) -> bool:
    """Whether a header has a quote or a backslash (or there are too many of them in `text` to look)."""
    for mark in "'\"\\":
        at = text.find(mark)
        for _ in range(_LOOK_LIMIT):
            if at < 0:
                break
            end = _line_end(text, at)
            if text[text.rfind("\n", 0, at) + 1 : end].lstrip().startswith("["):
                return True
            at = text.find(mark, end)
        else:
            return True
    return False


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
