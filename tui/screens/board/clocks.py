"""The clocks of sessions and profiles, as the board's lists ask for them."""

from __future__ import annotations

from collections.abc import Callable

from ...aws.state.inventory import Inventory


class Clocks:
    """The inventory's clocks, with what is under way right now on top. `look_soon` is called when some of them are not
    known yet: the thread that paints opens no file."""

    def __init__(self, inventory: Inventory, look_soon: Callable[[], None]) -> None:
        self.inventory = inventory
        self.busy: dict[str, str] = {}
        self._look_soon = look_soon

    def session(self, key: str, /) -> tuple[str, float | None]:
        """State and expiry of a session's token."""
        found = self.inventory.session_clock(key)
        self._fetch_what_is_missing()
        return found

    def credentials(self, profile_name: str, /) -> tuple[str, float | None]:
        """State and expiry of a profile's role credentials, or what is being done about them."""
        word = self.busy.get(profile_name)
        if word:
            return word, None
        found = self.inventory.credentials_clock(profile_name)
        self._fetch_what_is_missing()
        return found

    def _fetch_what_is_missing(self) -> None:
        if self.inventory.entries.asked:
            self._look_soon()
