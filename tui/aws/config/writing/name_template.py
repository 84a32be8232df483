"""Names for profiles from a template such as `{account_name|lower|replace: :-}.{role_name}`.

A placeholder stands in braces. Filters follow it, each behind a `|`: `lower`, `upper`, and `replace:OLD:NEW`. What some
shell or SDK would not take in a name is replaced by a hyphen in what comes for a placeholder, and refused in the text
between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from ..ini import shorten

DEFAULT = "{account_name}.{role_name}"

PLACEHOLDERS = ("account_name", "account_id", "role_name", "session", "region")

_PARTS = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")

_MARKS = "-_.@+:/"
"""What names may hold beside letters and digits of ASCII: no shell takes it for something else, and the SDKs find a
section of such a name."""

_UNSAFE = re.compile(rf"[^A-Za-z0-9{re.escape(_MARKS)}]+")
_LEADING = re.compile(r"[^A-Za-z0-9_]+")


class Wrong(ValueError):
    """A template that cannot be used. The message says why."""


class Named(NamedTuple):
    """A name, and whether something was replaced in it."""

    name: str
    replaced: bool


class _Field(NamedTuple):
    """A placeholder with what to replace in its value, in this order; filters without arguments stand alone."""

    placeholder: str
    filters: tuple[tuple[str, ...], ...]

    def value(self, values: Mapping[str, str]) -> str:
        text = values.get(self.placeholder, "")
        for name, *arguments in self.filters:
            if name == "replace":
                text = text.replace(arguments[0], arguments[1])
            else:
                text = text.lower() if name == "lower" else text.upper()
        return text


class Template:
    """A template that can be used."""

    __slots__ = ("parts", "text")

    def __init__(self, text: str) -> None:
        """Raises Wrong."""
        self.text = text
        self.parts: list[_Field | str] = []
        if not text.strip():
            raise Wrong("the template is empty")
        for field, plain, brace in _PARTS.findall(text):
            if brace:
                raise Wrong(f"a {brace} stands alone: a placeholder looks like {{account_name}}")
            self.parts.append(_literal(plain) if plain else _field(field))

    def uses(self, placeholder: str) -> bool:
        """Whether names hold what stands for this placeholder."""
        return any(isinstance(part, _Field) and part.placeholder == placeholder for part in self.parts)

    def name(self, values: Mapping[str, str]) -> Named:
        """The name for these values of the placeholders. An account without a name has its number in place of it."""
        values = {**values, "account_name": values.get("account_name") or values.get("account_id", "")}
        found: list[str] = []
        replaced = False
        for part in self.parts:
            if isinstance(part, str):
                found.append(part)
                continue
            value = part.value(values)
            safe = _safe(value)
            if value and not any(map(str.isalnum, safe)):
                safe = values["account_id"] if part.placeholder == "account_name" else "x"
            replaced |= safe != value
            found.append(safe)
        name = "".join(found)
        made = name[_LEADING.match(name).end() :] if _LEADING.match(name) else name  # type: ignore[union-attr]
        return Named(made or "profile", replaced or made != name)


def _field(text: str) -> _Field:
    placeholder, *filters = text.split("|")
    placeholder = placeholder.strip()
    if placeholder not in PLACEHOLDERS:
        known = ", ".join(PLACEHOLDERS)
        raise Wrong(f"{{{shorten(placeholder)}}} is no placeholder: there are {known}")
    return _Field(placeholder, tuple(map(_filter, filters)))


def _filter(text: str) -> tuple[str, ...]:
    name, *arguments = text.split(":")
    name = name.strip()
    if name in ("lower", "upper") and not arguments:
        return (name,)
    if name == "replace" and len(arguments) == 2 and arguments[0]:
        return name, *arguments
    if name == "replace":
        raise Wrong("replace says what is replaced and by what: {account_name|replace: :-}")
    raise Wrong(f"|{shorten(text)} is no filter: there are lower, upper and replace:OLD:NEW")


def _literal(text: str) -> str:
    found = _UNSAFE.search(text)
    if found is not None:
        what = "a blank" if found.group()[0] == " " else shorten(found.group()[0])
        raise Wrong(f"{what} cannot stand in a profile's name: there may be letters, digits and {' '.join(_MARKS)}")
    return text


def _safe(value: str) -> str:
    """`value` without what is not safe in a name: accents are left away, anything else becomes a hyphen."""
    if _UNSAFE.search(value) is None:
        return value
    plain = "".join(char for char in unicodedata.normalize("NFKD", value) if not unicodedata.combining(char))
    text = _UNSAFE.sub("\0", plain).strip("\0")
    return re.sub(r"-*\0[-\0]*", "-", text)
