"""Where sessions themselves end, as their renewals have shown it.

No file of the AWS tools says how long a sign-in lasts. But AWS grants no token beyond its end: a renewal that brings a
token of a shorter life than those before it shows where that is. What one process of this program has seen the others
read from a small file for each session in the state folder. It has a hash of the refresh token, never the token.
"""

from __future__ import annotations

import os

from .. import clock
from ..cache import files, folders, shapes
from . import attempts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Secret, Token

TOLERANCE = 60.0
"""Seconds by which the lives of two tokens may differ, or two ends, and are still the same."""


class SessionLife:
    """What the tokens of one sign-in have shown. `full`: the longest life, in seconds, that one of them had when it
    came; `ends`: when the session ends, None while nothing is known of that."""

    __slots__ = ("ends", "full")

    def __init__(self, full: float, ends: int | None = None) -> None:
        self.full = full
        self.ends = ends


def after(before: SessionLife | None, life: float, expires_at: int) -> SessionLife:
    """What is known once a token has come that lives for `life` seconds. `before`: what was known of the one that it
    was renewed from; None with the first token of a sign-in, which foresees nothing, however short it is."""
    if before is None or (before.ends is not None and expires_at > before.ends + TOLERANCE):
        return SessionLife(life)  # what was foreseen as the end was none: AWS gave a token that lives beyond it
    full = max(before.full, life)
    return SessionLife(full, expires_at if life < full - TOLERANCE else None)


def end_of(known: SessionLife | None, expires_at: int) -> int | None:
    """When the session of a token with this expiry ends; None where that is not known, or the token goes beyond it."""
    if known is None or known.ends is None or abs(expires_at - known.ends) > TOLERANCE:
        return None
    return known.ends


def is_last(key: str, token: Token) -> bool:
    """Whether this token could be renewed, but is known to be the session's last: AWS has refused that to any process
    of ours, or the session ends with it. Reads the files."""
    return attempts.is_marked(key, token) or end_of(_read(key, token), token.expires_at) is not None


class Ends:
    """What this process knows of the ends, and of what others have seen as far as it has looked."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Secret, SessionLife | None]] = {}

    def look(self, key: str, token: Token) -> None:
        """Look what is known of this token, if that has not been done. Its file is there before the token's is."""
        if self._known.get(key, (None, None))[0] != token.access_token:
            self._known[key] = token.access_token, _read(key, token)

    def of(self, key: str, token: Token) -> int | None:
        """When the session ends, if it is foreseen that it does with this token."""
        access_token, known = self._known.get(key, (None, None))
        return end_of(known, token.expires_at) if access_token == token.access_token else None

    def took(self, key: str, token: Token, old: Token | None) -> None:
        """A session is about to get this token: from the renewal of the `old` one, or from a new sign-in."""
        before = None
        if old is not None:
            self.look(key, old)
            before = self._known[key][1]
        known = after(before, token.expires_at - clock.now(), token.expires_at)
        self._known[key] = token.access_token, known
        if token.refresh_token is None:
            folders.unlink_quietly(_path(key))
            return
        try:
            files.write(_path(key), {"refreshToken": attempts.hash_of(token), "full": known.full, "ends": known.ends})
        except OSError:
            folders.unlink_quietly(_path(key))  # then only this process knows it

    def forget(self, key: str) -> None:
        """The session is signed out."""
        self._known.pop(key, None)
        folders.unlink_quietly(_path(key))


def _read(key: str, token: Token) -> SessionLife | None:
    """What the session's file says, if it is of this very token."""
    path = _path(key)
    if token.refresh_token is None or not os.path.lexists(path):
        return None
    value = files.read(path).value or {}
    full, ends = value.get("full"), value.get("ends")
    if value.get("refreshToken") != attempts.hash_of(token) or not isinstance(full, int | float):
        return None
    return SessionLife(full, ends if isinstance(ends, int) else None)


def _path(key: str) -> str:
    return os.path.join(os.path.dirname(attempts.folder()), "ends", shapes.lock_name(key) + ".json")
