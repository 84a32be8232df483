"""Who many profiles are: the caller identities, asked for like fresh role credentials, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..errors import SignInNeeded
from ..model import Profile
from ..state import current
from ..state.store import Store
from .caller_identity import Identity, get_identity
from .fleet import Fleet


class Callers(Fleet):
    """`identities`: those that are known by now, by the profile's name."""

    def __init__(self, store: Store, profiles: Sequence[Profile]) -> None:
        super().__init__(store, profiles)
        self.identities: dict[str, Identity] = {}

    def _get_for(self, profile: Profile, cancelled: threading.Event) -> None:
        session = current.session_parts(self.store.snapshot.session_of(profile))
        ended = self._ended.get(session)
        if ended is not None:
            raise SignInNeeded(ended.session)  # nothing has changed since another profile of the session was told so
        try:
            self.identities[profile.name] = get_identity(self.store, profile, cancelled)
        except SignInNeeded as error:
            self._ended[session] = error
            raise
