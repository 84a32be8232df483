"""The terminal's title: set while the board is open, and given back whenever the board gives the terminal back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..text import clean

if TYPE_CHECKING:
    from textual.driver import Driver

LIMIT = 80

# XTWINOPS: most terminals have a stack of titles. In those that have none, the empty title is what stays.
_SAVE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b]2;\x07\x1b[23;2t"


def titled(found: Any) -> type[Driver]:
    """A driver class like `found` that can also set the title: `set_title(driver, text)`."""

    class TitledDriver(found):  # type: ignore[misc]
        _title = ""
        title_saved = False

        def set_title(self, text: str) -> None:
            """Show `text`, made harmless here, as the terminal's title."""
            text = clean(text, LIMIT)
            if (self.title_saved and text == self._title) or os.environ.get("TERM") == "linux":  # which would print it
                return
            self.write(f"{'' if self.title_saved else _SAVE}\x1b]2;{text}\x07")
            self._title, self.title_saved = text, True

        def stop_application_mode(self) -> None:
            if self.title_saved:
                self.title_saved = False
                self.write(RESTORE_TITLE)
            super().stop_application_mode()

        def start_application_mode(self) -> None:
            super().start_application_mode()
            if self._title:  # back from a stop
                self.set_title(self._title)

    return TitledDriver


def set_title(driver: Any, text: str) -> None:
    """Set the title of the terminal that `driver` draws on, if it can do that."""
    if hasattr(driver, "set_title"):
        driver.set_title(text)
