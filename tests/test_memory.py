"""What a program that stays open for days must not keep."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest
from textual._styles_cache import StylesCache

from tui.terminal import collector

from .board import board

pytestmark = pytest.mark.usefixtures("organisation")


def painters() -> int:
    """How many widgets' painted lines are still in memory."""
    gc.collect()
    return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())


@pytest.mark.parametrize("key", ["question_mark", "exclamation_mark", "x", "e", "ctrl+p"])
async def test_what_a_closed_screen_has_painted_is_forgotten(key: str) -> None:
    """The help alone would be 2 MB each time; of the export it would be the secrets that were shown."""
    async with board() as it:
        for _ in range(2):
            await it.press(key)
            await it.press("escape")
        await it.until(lambda: it.board.is_current)
        before = painters()
        for _ in range(6):
            await it.press(key)
            await it.press("escape")
        await it.until(lambda: it.board.is_current)
        await it.until(lambda: painters() <= before + 12)


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Notes the collections of everything."""
    noted: list[int] = []
    gc.disable()
    monkeypatch.setattr(gc, "collect", lambda: noted.append(1))
    yield noted
    gc.enable()


def test_everything_is_walked_when_there_is_enough_and_nobody_types(
    collections: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [(700, 10, 0)]
    monkeypatch.setattr(gc, "get_count", lambda: counts[-1])
    long_ago, just_now = time.monotonic() - 60, time.monotonic()
    collector.tidy(long_ago)
    assert collections == []  # little has been made since the last time
    counts.append((0, 0, 1))
    collector.tidy(just_now)
    assert collections == []
    collector.tidy(long_ago)
    assert collections == [1]
