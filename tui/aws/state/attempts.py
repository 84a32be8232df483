"""What became of attempts to renew a token: which refresh tokens AWS has refused, which renewals have just failed, and
which access tokens it no longer accepts.

Other processes of this program know it too, by a small file for each session in the state folder: a prompt, a script or
an SDK runs it again and again, and each run would ask AWS the same in vain. The file has hashes of the tokens and the
times, never a token.
"""

from __future__ import annotations

import os
import time

from .. import clock
from ..cache import files, folders, shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..errors import SsoError
    from ..model import Secret, Token

AGAIN = 60.0
"""Seconds after which another process may try a refresh token once more that was refused."""

_AHEAD = 60.0
"""Seconds that a time in a file may lie in the future; the clock was wrong, or is, beyond that."""


def folder() -> str:
    """Where these files are."""
    return os.path.join(folders.own_folder(folders.STATE), "renewals")


def is_marked(key: str, token: Token) -> bool:
    """Whether this token could be renewed, but any process of ours was refused it. Reads the file."""
    return token.refresh_token is not None and _Mark(key).is_of(token, "refused")


def is_ended(key: str, token: Token) -> bool:
    """Whether any process of ours was told that AWS no longer accepts this token. Reads the file, if there is one."""
    return os.path.lexists(_path(key)) and _Mark(key).ends(token)


class Attempts:
    """What this process knows of its attempts, and of those of others as far as it has looked."""

    def __init__(self) -> None:
        self._refusals: dict[str, Secret] = {}
        self._ended: dict[str, Secret] = {}
        self._failures: dict[str, tuple[float, SsoError]] = {}
        self._marks: dict[str, _Mark] = {}

    def look(self, key: str) -> bool:
        """Look what others have met with. Returns whether that is something new."""
        mark = self._marks.get(key)
        if mark is not None and mark.stamp == files.stamp(mark.path):
            return False
        self._marks[key] = _Mark(key)
        return mark is not None or self._marks[key].stamp is not None

    def note_refusal(self, key: str, token: Token) -> None:
        """AWS has refused to renew this token: here its refresh token is not tried again."""
        if token.refresh_token is not None:
            self._refusals[key] = token.refresh_token
            self._write(key, token, "refused")

    def is_refused(self, key: str, token: Token) -> bool:
        """Whether AWS has refused to renew this token."""
        mark = self._marks.get(key)
        return self._was_refused_here(key, token) or (mark is not None and mark.is_of(token, "refused"))

    def note_end(self, key: str, token: Token) -> None:
        """AWS no longer accepts this token, and no other is to be had: somebody has ended the session at AWS."""
        self._ended[key] = token.access_token
        self._write(key, token, "refused")

    def is_ended(self, key: str, token: Token) -> bool:
        """Whether AWS no longer accepts this token, whatever its expiry says."""
        mark = self._marks.get(key)
        return self._ended.get(key) == token.access_token or (mark is not None and mark.ends(token))

    def may_try(self, key: str, token: Token) -> bool:
        """Whether AWS may be asked to renew this token: not twice by one process after a refusal, and by all of them
        once a minute."""
        mark = self._marks.get(key)
        if self._was_refused_here(key, token):
            return False
        return mark is None or not mark.is_of(token, "refused", clock.now() - AGAIN)

    def note_failure(self, key: str, token: Token, error: SsoError, alone: bool = False) -> None:
        """A renewal has failed just now, for a reason that may pass: for those who were waiting for it. `alone`: the
        reason is this process's own."""
        self._failures[key] = (time.monotonic(), error)
        if not alone:
            self._write(key, token, "failed")

    def failure_since(self, key: str, token: Token, moment: float) -> SsoError | None:
        """How the last renewal of this token has failed, if it did after `moment` (monotonic)."""
        failed, error = self._failures.get(key, (0.0, None))
        if failed > moment:
            return error
        mark = self._marks.get(key)
        if mark is None or not mark.is_of(token, "failed", clock.now() - (time.monotonic() - moment)):
            return None
        from ..errors import SsoError

        return SsoError(
            f"Could not renew the sign-in to {key}: another process has just failed to", "try again in a moment"
        )

    def forget(self, keys: Iterable[str]) -> None:
        """Sign-ins and sign-outs begin anew."""
        for key in keys:
            self._refusals.pop(key, None)
            self._ended.pop(key, None)
            self._failures.pop(key, None)
            self._marks.pop(key, None)
            folders.unlink_quietly(_path(key))

    def _was_refused_here(self, key: str, token: Token) -> bool:
        return token.refresh_token is not None and self._refusals.get(key) == token.refresh_token

    def _write(self, key: str, token: Token, what: str) -> None:
        value: files.Json = {what: clock.now()}
        if token.refresh_token is not None:
            value["refreshToken"] = hash_of(token)
        if self.is_ended(key, token):
            value["accessToken"] = _hash(token.access_token)
        try:
            files.write(_path(key), value)
        except OSError:
            pass  # then each process finds it out by itself
        self.look(key)


class _Mark:
    """A session's file as it was at one moment."""

    def __init__(self, key: str) -> None:
        self.path = _path(key)
        content = files.read(self.path)
        self.stamp = content.stamp
        self._value = content.value or {}

    def is_of(self, token: Token, what: str, since: float = 0.0) -> bool:
        """Whether this has happened to this token, after `since`."""
        at = self._value.get(what)
        if token.refresh_token is None or not isinstance(at, float) or not since <= at <= clock.now() + _AHEAD:
            return False
        return self._value.get("refreshToken") == hash_of(token)

    def ends(self, token: Token) -> bool:
        """Whether AWS no longer accepts this token."""
        return self._value.get("accessToken") == _hash(token.access_token)


def _path(key: str) -> str:
    return os.path.join(folder(), shapes.lock_name(key) + ".json")


def hash_of(token: Token) -> str:
    """What a file may hold of a token: a hash of its refresh token."""
    assert token.refresh_token is not None
    return _hash(token.refresh_token)


def _hash(secret: Secret) -> str:
    return shapes.sha1("ssotui " + secret.reveal())
