"""The board's footer over a long time."""

from __future__ import annotations

import gc

import pytest
from textual.widgets._footer import FooterKey

from .board import board


def shown_keys() -> int:
    """Keys of footers that are still in memory."""
    gc.collect()
    return sum(isinstance(thing, FooterKey) for thing in gc.get_objects())


@pytest.mark.walk
@pytest.mark.usefixtures("home")
async def test_keys_that_are_no_longer_shown_are_forgotten() -> None:
    """Every screen that opens and closes changes the footer; each key kept would cost 30 kB, for days."""
    async with board() as it:
        await it.press("question_mark", "escape")
        before = shown_keys()
        for _ in range(5):
            await it.press("question_mark")
            await it.press("escape")
        await it.until(lambda: shown_keys() <= before + 10)
