"""Where one types: entries and the palette under fingers that are faster than the screen."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from textual import events
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.widgets import Input


class Entry(Input):
    """An entry that minds what was typed before it was left."""

    async def _on_key(self, event: events.Key) -> None:
        """Keys can wait here already when one of them leaves the entry: what comes behind that one is for the list."""
        if self.screen.focused is not self:
            event.stop()
            event.prevent_default()
            self.app.simulate_key(event.key)
            return
        carry_out = getattr(self.app, "_check_bindings", None)
        if not event.is_printable and carry_out is not None and await carry_out(event.key):
            # Carried out here, because the program does it only when the next letters are in the entry already.
            event.stop()
            event.prevent_default()
            return


class CarefulPalette(CommandPalette):
    """Textual's palette, where lists are empty and where it is being closed."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a list without any room knows no pages
            super()._action_command_list(action)

    def _refresh_command_list(self, *arguments: Any, **options: Any) -> None:
        with suppress(NoMatches):  # what a search finds may come when the palette is being closed
            super()._refresh_command_list(*arguments, **options)
