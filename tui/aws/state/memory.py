"""What only this process knows: tokens that could not be written, what became of its renewals, where
sessions end, which roles AWS has refused, whether it has locks."""

from __future__ import annotations

from .. import clock
from .attempts import Attempts
from .ends import Ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..cache.files import Stamp
    from ..model import Profile, Secret, Token
    from .snapshot import Identity, Snapshot


DENIED_FOR = 3600
"""Seconds for which a refusal stands by itself: somebody may have been given the role meanwhile, which no file says."""


class Denied:
    """A role that AWS has refused, for `reason`: with this token of the session `key`, and while the role's file was
    this one."""

    __slots__ = ("access_token", "at", "key", "reason", "stamp")

    def __init__(self, reason: str, key: str, access_token: Secret | None, stamp: Stamp | None) -> None:
        self.reason = reason
        self.at = int(clock.now())
        self.key = key
        self.access_token = access_token
        self.stamp = stamp

    def stands(self, snapshot: Snapshot, identity: Identity) -> bool:
        """Whether nothing has changed since that could make AWS say something else."""
        if not 0 <= clock.now() - self.at < DENIED_FOR:
            return False
        return self.access_token == _access_token(snapshot, self.key) and self.stamp == _stamp(snapshot, identity)


class Memory:
    """Owned by a Store, and used under its lock. `unwritten`: by the key of the session, the token and why it could not
    be written. `unlocked`: whether a renewal had to do without a lock."""

    def __init__(self) -> None:
        self.unwritten: dict[str, tuple[Token, str]] = {}
        self.attempts = Attempts()
        self.ends = Ends()
        self.unlocked = False
        self._denied: dict[Identity, Denied] = {}

    def forget(self, key: str) -> None:
        """A session has another token, or none."""
        self.unwritten.pop(key, None)
        self.attempts.forget([key])

    def deny(self, snapshot: Snapshot, profile: Profile, reason: str) -> None:
        """AWS has refused a profile's role."""
        identity, key = snapshot.identity_of_role(profile), profile.session
        if identity and key is not None:
            self._denied[identity] = Denied(reason, key, _access_token(snapshot, key), _stamp(snapshot, identity))

    def allow(self, identity: Identity | None = None) -> None:
        """AWS has given this role's credentials; or (None) everything may be another by now."""
        if identity is None:
            self._denied.clear()
        else:
            self._denied.pop(identity, None)

    def denied(self, snapshot: Snapshot) -> Mapping[Identity, tuple[str, int]]:
        """The roles whose refusal stands, each with its reason and when that was."""
        for identity, found in list(self._denied.items()):
            if not found.stands(snapshot, identity):
                del self._denied[identity]
        return {identity: (found.reason, found.at) for identity, found in self._denied.items()}


def _access_token(snapshot: Snapshot, key: str) -> Secret | None:
    token = snapshot.token(key)
    return token.access_token if token is not None else None


def _stamp(snapshot: Snapshot, identity: Identity) -> Stamp | None:
    entry = snapshot.credentials.get(identity)
    return entry.stamp if entry is not None else None
