"""What a program that stays open for days must not keep."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
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


@pytest.mark.walk
@pytest.mark.parametrize("key", ["question_mark", "exclamation_mark", "x", "e", "ctrl+p"])
async def test_what_a_closed_screen_has_painted_is_forgotten(key: str) -> None:
    """The help alone would be 2 MB each time; of the export it would be the secrets that were shown."""
    async with board() as it:
        for _ in range(2):
            await it.press(key)
            await it.press("escape")
        await it.until(lambda: it.board.is_current)
        before = painters()
        for _ in range(3):
            await it.press(key)
            await it.press("escape")
        await it.until(lambda: it.board.is_current)
        await it.until(lambda: painters() <= before + 6)


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
    collector.tidy(60)
    assert collections == []  # little has been made since the last time
    counts.append((0, 0, 1))
    collector.tidy(0)
    assert collections == []
    collector.tidy(60)
    assert collections == [1]


PIECES = """
import ctypes
from tui.terminal import collector
libc = ctypes.CDLL(None)
class Info(ctypes.Structure):  # struct mallinfo2
    _fields_ = [(name, ctypes.c_size_t) for name in "_a _b _c hblks _e _f _g _h _i _j".split()]
libc.mallinfo2.restype = Info
def own_pieces(files):
    "How many of so many files' texts are pieces that go back to the system. Holes in memory are filled first."
    before = libc.mallinfo2().hblks
    texts = [bytes(200_000) for _ in range(files)]
    return libc.mallinfo2().hblks - before
bytes(4_000_000)  # a large configuration, read and let go of
print(own_pieces(5))
collector.return_pieces()
print(own_pieces(25))
"""


@pytest.mark.process
def test_what_large_files_took_goes_back_to_the_system() -> None:
    if not hasattr(ctypes.CDLL(None), "mallinfo2"):
        pytest.skip("needs the GNU C library, 2.33 or later")
    done = subprocess.run([sys.executable, "-c", PIECES], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before == 0
    assert after >= 15
