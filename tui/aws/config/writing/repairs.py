"""Repairs of what a user or another tool has written: single keys of a section, every other line as it was.

No mark of this program's is set: the section stays whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..ini import shorten
from . import sections
from .new_session import SCOPE, name_for
from .sections import PROFILE, SESSION, Refused, Section, named

SCOPES, REGION, SESSION_KEY = "sso_registration_scopes", "sso_region", "sso_session"
_INLINE = ("sso_start_url", REGION, SCOPES)
"""What an sso-session says for its profiles."""


def with_scopes(text: str, session: str) -> str:
    """`text` with the scope that lets a sign-in be renewed in the section of this session. Raises Refused."""
    header = _header(text, SESSION, session)
    return sections.set_keys(text, {header: {SCOPES: SCOPE}})


def with_region(text: str, session: str, region: str) -> str:
    """`text` with the region of its portal in the section of this session. Raises Refused."""
    return sections.set_keys(text, {_header(text, SESSION, session): {REGION: region}})


def with_session(text: str, profiles: Iterable[str], start_url: str, region: str, taken: Iterable[str] = ()) -> str:
    """`text` in which these profiles, which have the start URL themselves, share a session for it: the one that the
    text has for this start URL and region, else a new one. `taken`: names of sessions that there are. Raises
    Refused."""
    found = sections.read(text).sections
    same = [
        named(header)[1]
        for header, options in found.items()
        if named(header)[0] == SESSION and (options.get("sso_start_url"), options.get(REGION)) == (start_url, region)
    ]
    names = {named(header)[1] for header in found if named(header)[0] == SESSION}
    name = same[0] if same else name_for(start_url, {*names, *taken})
    changes: dict[str, Mapping[str, str | None]] = {
        _header(text, PROFILE, profile): {SESSION_KEY: name, **dict.fromkeys(_INLINE)} for profile in profiles
    }
    changed = sections.set_keys(text, changes)
    if same:
        return changed
    options = {"sso_start_url": start_url, REGION: region, SCOPES: SCOPE}
    return sections.add(changed, [Section(SESSION, name, options)])


def _header(text: str, kind: str, name: str) -> str:
    headers = [header for header in sections.read(text).sections if named(header) == (kind, name)]
    if not headers:
        raise Refused(f"[{kind} {shorten(name)}] is not in the config file")
    return headers[-1]
