"""What only this process knows: tokens that could not be written, what became of its renewals, where
sessions end, whether it has locks."""

from __future__ import annotations

from .attempts import Attempts
from .ends import Ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Token


class Memory:
    """Owned by a Store, and used under its lock. `unwritten`: by the key of the session, the token and why it could not
    be written. `unlocked`: whether a renewal had to do without a lock."""

    def __init__(self) -> None:
        self.unwritten: dict[str, tuple[Token, str]] = {}
        self.attempts = Attempts()
        self.ends = Ends()
        self.unlocked = False

    def forget(self, key: str) -> None:
        """A session has another token, or none."""
        self.unwritten.pop(key, None)
        self.attempts.forget([key])
