"""The smallest Textual program, which everything about the screen is compared with: header, footer, empty table."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header


class Bare(App[None]):
    """Nothing but the frame of a program."""

    TITLE = "bare program"

    def compose(self) -> ComposeResult:
        """Header, table, footer."""
        yield Header()
        yield DataTable[str]()
        yield Footer()


if __name__ == "__main__":
    Bare().run()
