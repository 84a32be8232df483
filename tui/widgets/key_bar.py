"""The footer of the board: Textual's own, without what it keeps of every key that it has ever shown."""

from __future__ import annotations

from textual.widgets import Footer


class KeyBar(Footer):
    """A footer for a screen that stays open for days."""

    async def recompose(self) -> None:
        """Show the keys of now. Textual's keys watch the footer's `compact`, and are still held by that when they have
        gone; watchers that have gone are dropped only when the value is set."""
        await super().recompose()
        self.mutate_reactive(Footer.compact)
