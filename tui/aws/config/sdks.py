"""What the AWS CLI and boto3 take, but other SDKs do not: told, because a profile that works here fails there.

Seen with the SDK for JavaScript 3; read in the sources of those for Go 2 and Ruby 3. One line for each kind of thing
in a file, however many profiles it is about.
"""

from __future__ import annotations

from ..model import OTHER_SDKS, SPELLING, Problem
from .chains import STATIC_KEYS
from .checks import SSO_KEYS, assumes_role, gives_sso_credentials
from .ini import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .chains import Entry
    from .configuration import Config

_KEYS = SSO_KEYS | {"region", "role_arn", "source_profile"}

_JAVASCRIPT_MARKS = "-_@+.%:/"
"""What names of sections may hold for the SDK for JavaScript, beside letters and digits of ASCII."""


def about_names(config: Config, entries: Mapping[str, Entry], sessions: Mapping[str, Entry]) -> list[Problem]:
    """Sound profiles and sessions whose section's header only the AWS CLI and boto3 understand."""
    found: dict[str, list[tuple[str, Entry]]] = {}
    for kind, which in (("profile", entries), ("sso-session", sessions)):
        headers = "".join([entry[2] for entry in which.values()])
        if _is_plain(headers.replace(f"{kind} ", "")):
            continue  # all of them, as nearly always
        for name, entry in which.items():
            profile = config.profiles.get(name)
            usable = kind != "profile" or (profile is not None and profile.session and not profile.problems)
            sdks = unable(kind, entry[2], name) if usable and entry[2].startswith(kind) else ""
            if sdks:
                found.setdefault(sdks, []).append((f"{kind} {shorten(name)}", entry))
    return [_told(those, f"{sdks} do not find a section of such a name") for sdks, those in found.items()]


def about_static_keys(config: Config, entries: Mapping[str, Entry]) -> list[Problem]:
    """Profiles whose static keys win over their sso_ keys elsewhere."""
    found = [
        (f"profile {shorten(name)}", entry)
        for name, entry in entries.items()
        if not STATIC_KEYS.isdisjoint(entry[0])
        and gives_sso_credentials(entry[0])
        and not assumes_role(entry[0])
        and not config.profiles[name].problems
    ]
    what = "the SDKs for JavaScript and Go act by its static keys (aws_access_key_id), not by its sso_ keys"
    return [_told(found, what)] if found else []


def about_spelling(text: str, path: str) -> list[Problem]:
    """Keys that are written in a way that some SDKs do not read."""
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        before = line.partition("=")[0].partition(":")[0]
        key = before.strip()
        if key.lower() in _KEYS and not line[:1].isspace():
            if key != key.lower():
                lines.setdefault("keys in upper case", []).append(number)
            elif line[len(before) : len(before) + 1] == ":":
                lines.setdefault("lines of the form KEY: value", []).append(number)
    return [
        Problem(
            path, where[0], f"the SDKs for JavaScript and Ruby do not read {what}{_more(len(where), 'line')}", SPELLING
        )
        for what, where in lines.items()
    ]


def unable(kind: str, header: str, name: str) -> str:
    """The SDKs that do not find a section with this header, "" when all do."""
    javascript = not _is_plain(name) or header[len(kind) :].lstrip(" \t") != header[len(kind) + 1 :]
    quoted = "'" in header or '"' in header
    go = quoted or "#" in header or ";" in header
    ruby = quoted or "[" in name or "]" in name
    sdks = [sdk for sdk, unable in (("JavaScript", javascript), ("Go", go), ("Ruby", ruby)) if unable]
    if not sdks:
        return ""
    return f"the SDKs for {', '.join(sdks[:-1])} and {sdks[-1]}" if len(sdks) > 1 else f"programs in {sdks[0]}"


def _is_plain(text: str) -> bool:
    for mark in _JAVASCRIPT_MARKS:
        text = text.replace(mark, "")
    return not text or (text.isascii() and text.isalnum())


def _told(those: list[tuple[str, Entry]], what: str) -> Problem:
    name, (_options, file, header) = those[0]
    return Problem(file.path, file.lines[header], f"{name}{_more(len(those), 'section')}: {what}", OTHER_SDKS)


def _more(count: int, noun: str) -> str:
    others = count - 1
    return f" (and {others} more {noun}{'s' if others != 1 else ''})" if others else ""
