"""The clocks of sessions and profiles, as the board's lists ask for them."""

from __future__ import annotations

from collections.abc import Callable

from ...aws import clock
from ...aws.model import NOT_YET
from ...aws.state.snapshot import Snapshot
from ...words.states import DENIED


class Clocks:
    """The clocks of a Snapshot, with what is under way right now on top. `look_soon` is called when some of them are
    not known yet."""

    def __init__(self, snapshot: Snapshot, look_soon: Callable[[], None]) -> None:
        self.snapshot = snapshot
        self.busy: dict[str, str] = {}
        self._look_soon = look_soon

    def session(self, key: str, /) -> tuple[str, float | None]:
        """State and expiry of a session's token."""
        return self._known(self.snapshot.session_clock(key, clock.now()))

    def credentials(self, profile_name: str, /) -> tuple[str, float | None]:
        """State and expiry of a profile's role credentials, or what is being done about them."""
        word = self.busy.get(profile_name)
        if word:
            return word, None
        if self.snapshot.denied:
            profile = self.snapshot.profile(profile_name)
            if profile is not None and self.snapshot.refusal(profile):
                return DENIED, None
        return self._known(self.snapshot.credentials_clock(profile_name, clock.now()))

    def _known(self, found: tuple[str, int | None]) -> tuple[str, int | None]:
        if found[0] == NOT_YET:
            self._look_soon()
        return found
