"""What is known of the cache files that have been read."""

from __future__ import annotations

import time

from . import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .model import RoleCredentials, Token

    Parsed = TypeVar("Parsed")


class Entry:
    """What is known of one cache file: the parsed object, or why there is none. `torn_since` (monotonic): since when
    the file has been cut; `value` is then what it held before."""

    __slots__ = ("loose", "problem", "stamp", "torn_since", "value")

    def __init__(
        self,
        value: Token | RoleCredentials | None = None,
        problem: str = "",
        stamp: files.Stamp | None = None,
        loose: str = "",
        torn_since: float | None = None,
    ) -> None:
        self.value = value
        self.problem = problem
        self.stamp = stamp
        self.loose = loose
        self.torn_since = torn_since


def entry_of(content: files.FileContent, parse: Callable[[files.Json], Parsed | None]) -> Entry:
    """The entry of a file with this content."""
    if content.status == files.MISSING:
        return Entry()
    if content.value is None:
        torn_since = time.monotonic() if content.status == files.TORN else None
        return Entry(problem=content.reason, stamp=content.stamp, torn_since=torn_since)
    value = parse(content.value)
    if value is None:
        return Entry(problem="it lacks a token or an expiry that can be understood", stamp=content.stamp)
    return Entry(value, "", content.stamp, content.loose)  # type: ignore[arg-type]
