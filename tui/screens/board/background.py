"""What the board does in the background. Each job takes what it needs, and returns what there is to tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.message import Message

from ...aws.state.store import Store
from ..jobs import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...aws.model import Profile
    from ...aws.state.snapshot import Snapshot

POLL, UNFOCUSED_POLL = 0.5, 0.9
"""Seconds between two looks at the files; longer while another window has the focus. A change has to hold still for one
more before it is taken."""


class SnapshotChanged(Message):
    """There is a next Snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


class FileWatch:
    """The watch over the files. `soon` has it look at once, for what is missing; `anew` has it read everything anew,
    whatever the files' times say. Both are for the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._soon = asyncio.Event()
        self._anew = False

    def soon(self) -> None:
        """Do not wait for the next turn."""
        self._soon.set()

    def anew(self) -> None:
        """Read everything once more, at once."""
        self._anew = True
        self._soon.set()

    async def look(self, pause: float, shown: Callable[[], Sequence[Profile]], also: Callable[[], bool]) -> bool:
        """Wait `pause` seconds, or until somebody wants to know soon; then look, in a thread, at the configuration, the
        tokens, and the credentials of the profiles that are `shown` by then. Returns what `also` says, in that thread.
        """
        try:
            await asyncio.wait_for(self._soon.wait(), pause)
        except TimeoutError:
            regular = True
        else:
            regular = False  # two looks at the configuration in a row would not show that it holds still
        self._soon.clear()
        anew, self._anew = self._anew, False
        profiles = shown()

        def work(_cancelled: object) -> bool:
            self._store.look(profiles, regular, anew)
            return also()

        return await in_thread(work, "look at the files")
