"""Where the AWS configuration files are, and how their bytes become text."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes. A larger file is not read: ten thousand profiles need two megabytes."""


_TOO_LARGE = f"is larger than {SIZE_LIMIT // (1024 * 1024)} MB and was not read"

_CHUNK = 1 << 15
_MORE = 1 << 20
_LONGEST_SECTION = 1 << 20
_ODD = b"'", b'"', b"\\", b"\t", b"\r"
"""What makes a header ambiguous, or a line end uncommon."""


_LATIN = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}
"""What `surrogateescape` makes of a byte that is not UTF-8, as the character that Latin-1 has for the byte."""


class Unreadable(Exception):
    """A file that is there but cannot be read. The text follows the file's name: "is a directory, not a file".
    `refused`: the system does not let it be read, so anything may be in it."""

    def __init__(self, text: str, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused


def location(environ: Mapping[str, str], variable: str, default: str) -> str:
    """The path that `variable` names, or `default`, with `$VAR` and `~` expanded as the AWS CLI does.

    Nothing is expanded that is not in `environ`; an empty variable gives "", which names no file.
    """
    path = environ.get(variable, default)
    if os.name == "nt":
        return os.path.expanduser(os.path.expandvars(path))
    path = _expand_variables(path, environ)
    if path == "~" or path.startswith("~/"):
        home = environ.get("HOME")
        if home is not None:
            return home.rstrip("/") + path[1:] or "/"
    return os.path.expanduser(path)


def _expand_variables(path: str, environ: Mapping[str, str]) -> str:
    """`os.path.expandvars` for any mapping; that function knows `os.environ` alone."""
    parts: list[str] = []
    done = 0
    at = path.find("$")
    while at >= 0:
        end = at + 1
        if path.startswith("{", end):
            end = path.find("}", end) + 1 or at + 1
            name = path[at + 2 : end - 1]
        else:
            while end < len(path) and path[end].isascii() and (path[end].isalnum() or path[end] == "_"):
                end += 1
            name = path[at + 1 : end]
        if name in environ:
            parts += path[done:at], environ[name]
            done = end
        at = path.find("$", end)
    return "".join(parts) + path[done:]


def read_bytes(path: str) -> bytes:
    """The contents of the regular file at `path`; nothing for the null device.

    Raises FileNotFoundError when there is no file, Unreadable when it cannot be read. Never waits: FIFOs and devices
    are not opened.
    """
    try:
        with _open(path) as file:
            # Not with file.read(): what has nothing to give just now (some files of /proc) gives it None.
            number = file.fileno()
            size = os.fstat(number).st_size  # of /proc's files it is 0, whatever is in them
            if size > SIZE_LIMIT:
                raise Unreadable(_TOO_LARGE)
            data = os.read(number, size + 1)
            while len(data) <= SIZE_LIMIT and (chunk := os.read(number, _MORE)):
                data += chunk
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"cannot be read: {(error.strerror or str(error)).lower()}", refused=True) from None
    except ValueError:  # a NUL in the path
        raise FileNotFoundError(path) from None
    if len(data) > SIZE_LIMIT:
        raise Unreadable(_TOO_LARGE)
    return data


def read_excerpt(path: str, marks: Sequence[bytes]) -> bytes | None:
    """Like `read_bytes`, but without sections, some hundred at a time, in which none of `marks` is.

    Sections that are not plain ASCII text are always there. None when the excerpt could mean something else than the
    file. Most of a large file is looked at and never kept: fresh memory costs more than reading.
    """
    kept: list[bytes] = []
    rest = b""
    length = 0
    try:
        with _open(path) as file:
            while True:
                chunk = os.read(file.fileno(), _CHUNK)
                rest += chunk
                cut = rest.rfind(b"\n[") + 1 if chunk else len(rest)
                block, rest = rest[:cut], rest[cut:]
                if length and block and not _begins_with_header(block):
                    return None
                if block and _matters(block, marks):
                    kept.append(block)
                length += len(block)
                if length > SIZE_LIMIT or len(rest) > _LONGEST_SECTION:
                    return None
                if not chunk:
                    return b"".join(kept)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"cannot be read: {(error.strerror or str(error)).lower()}", refused=True) from None
    except ValueError:
        raise FileNotFoundError(path) from None


def _matters(block: bytes, marks: Sequence[bytes]) -> bool:
    # From the right: what is not there is missed in half the time.
    return not block.isascii() or any(block.rfind(mark) >= 0 for mark in (*_ODD, *marks))


def _begins_with_header(block: bytes) -> bool:
    """Whether a block whose first character is `[` has its `]` too."""
    end = block.find(b"\n")
    return 1 < block.find(b"]") < (end if end >= 0 else len(block))


def _open(path: str) -> BinaryIO:
    """Opens the regular file at `path` without waiting for anything. Raises OSError, ValueError, Unreadable."""
    _require_file(os.stat(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115 - the caller closes it
    try:
        _require_file(os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def _require_file(info: os.stat_result) -> None:
    mode = info.st_mode
    if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and info.st_rdev == os.stat(os.devnull).st_rdev):
        return
    kinds = ((stat.S_ISDIR, "directory"), (stat.S_ISFIFO, "FIFO"), (stat.S_ISSOCK, "socket"))
    kind = next((name for test, name in kinds if test(mode)), "device")
    raise Unreadable(f"is a {kind}, not a file")


def decode(data: bytes) -> tuple[str, list[tuple[int, str]]]:
    """`data` as text with `\\n` as the only line end, and what is wrong with it: (line, sentence).

    UTF-8, as the AWS CLI reads it. A byte order mark is dropped, and a byte that is not UTF-8 is taken for Latin-1,
    so that names that differ stay different.
    """
    problems: list[tuple[int, str]] = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.append((1, "the file is UTF-16, not UTF-8"))
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = _decode_lines(data, problems)
        if text.startswith("\ufeff"):
            problems.insert(0, (1, "the file begins with a byte order mark (BOM)"))
            text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, problems


def decode_name(data: bytes) -> str:
    """The bytes of a name as `decode` reads them in a file."""
    return data.decode("utf-8", "surrogateescape").translate(_LATIN)


def _decode_lines(data: bytes, problems: list[tuple[int, str]]) -> str:
    parts: list[str] = []
    offset = 0
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        try:
            parts.append(line.decode())
        except UnicodeDecodeError as error:
            where = f"offset {offset + error.start}, column {error.start + 1}"
            problems.append((number, f"byte 0x{line[error.start]:02x} is not UTF-8 ({where})"))
            parts.append(line.decode("utf-8", "surrogateescape").translate(_LATIN))
        offset += len(line)
    return "".join(parts)
