"""botocore's table of endpoints, without the services that are not used here.

botocore reads the whole of `endpoints.json` for its first client: more than a megabyte, and seven when parsed, kept
until the end. Three of its three hundred services are used here; the others are dropped while the file is read.
"""

from __future__ import annotations

import os
from typing import Any

USED = frozenset(("oidc", "portal.sso", "sso", "sts"))
"""The services' names in the table: their endpoint prefixes."""

_TAKEN_APART: tuple[tuple[str, ...], ...] = ((), ("partitions",), ("partitions", "*"), ("partitions", "*", "services"))
_SERVICES = _TAKEN_APART[-1]


def use(session: Any) -> None:
    """Make a botocore session read the table in this way. A table of another form is left to botocore."""
    from botocore.loaders import JSONFileLoader

    class Loader(JSONFileLoader):
        def load_file(self, file_path: str) -> Any:
            if os.path.basename(file_path) == "endpoints":
                try:
                    return read(f"{file_path}.json")
                except (OSError, ValueError, IndexError, StopIteration):
                    pass
            return super().load_file(file_path)

    session.get_component("data_loader").file_loader = Loader()


def read(path: str) -> Any:
    """The table in the file at `path`, with the services USED only. Raises OSError, ValueError, IndexError."""
    with open(path, encoding="utf-8") as file:
        return _Reader(file.read()).value(())


class _Reader:
    """Reads one JSON text from left to right."""

    def __init__(self, text: str) -> None:
        from json import JSONDecoder

        self.text = text
        self.at = 0
        self.decode = JSONDecoder().raw_decode

    def value(self, path: tuple[str, ...]) -> Any:
        """The next value. `path`: the keys that lead to it, `*` for a place in an array."""
        first = self.look()
        if path not in _TAKEN_APART or first not in "{[":
            found, self.at = self.decode(self.text, self.at)
            return found
        members: dict[str, Any] = {}
        items: list[Any] = []
        self.at += 1
        while self.look() not in "}]":
            key = "*"
            if first == "{":
                key, self.at = self.decode(self.text, self.at)
                self.expect(":")
            found = self.value((*path, key))
            if path != _SERVICES or key in USED:
                members[key] = found
                items.append(found)
            if self.look() == ",":
                self.at += 1
        self.at += 1
        return members if first == "{" else items

    def look(self) -> str:
        """The next character that is not blank."""
        while self.text[self.at] in " \t\n\r":
            self.at += 1
        return self.text[self.at]

    def expect(self, char: str) -> None:
        """Go past `char`."""
        if self.look() != char:
            raise ValueError(f"{char} is missing")
        self.at += 1
