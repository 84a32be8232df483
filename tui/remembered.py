"""What is remembered between runs (recent uses, pins, the order), as an open board has it.

A change counts here at once. A thread then makes it in the file too, as it is by then: other boards and commands of the
shell change it as well, and an old copy that is written back would undo what they did.
"""

from __future__ import annotations

import threading

from . import state_file
from .aws.cache import files
from .state_file import State


class Remembered:
    """`state` is replaced whole, by the event loop (`change`) and by threads (`save`, `look`), and may be taken by any.
    `problem`: why the file could not be read when the board began, or ""."""

    def __init__(self) -> None:
        self._stamp = files.stamp(state_file.state_path())
        self.state = state_file.load_state()
        self.problem = self.state.problem
        self._pending: list[state_file.Change] = []
        self._taken = 0
        self._in_memory = threading.Lock()
        self._in_the_file = threading.Lock()

    def change(self, change: state_file.Change) -> None:
        """Change it here; `save` is still to be called."""
        with self._in_memory:
            self.state = change(self.state)
            self._pending.append(change)

    def save(self) -> str:
        """Make the changes in the file, in the order in which they came. Returns why not. For threads."""
        with self._in_the_file:
            with self._in_memory:
                changes = list(self._pending)
            if not changes:
                return ""
            found: State | None = None
            try:
                found = state_file.change_state(*changes)
            finally:
                with self._in_memory:
                    del self._pending[: len(changes)]  # what cannot be kept is not tried again
                    if found is not None and not found.problem:
                        self._take(found)
            return found.problem

    def look(self) -> bool:
        """Take over what others have changed. Returns whether there was something. For threads."""
        stamp = files.stamp(state_file.state_path())
        if stamp == self._stamp:
            return False
        taken = self._taken
        found = state_file.load_state()
        with self._in_memory:
            if self._taken != taken:
                return False  # a `save` has read a newer one meanwhile; the next look sees the file as it is then
            before, self._stamp = self.state, stamp
            if not found.problem and stamp is not None:
                self._take(found)
            return self.state != before

    def _take(self, found: State) -> None:
        # Each board has its own; the next one begins with what was chosen last.
        found = found.with_(sort=self.state.sort, details=self.state.details)
        for change in self._pending:
            found = change(found)
        self.state = found
        self._taken += 1
