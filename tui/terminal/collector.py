"""Memory of a program that stays open for days: what Python's collector and Textual leave to be done."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

QUIET = 1.5
"""Seconds without a key after which there is time for what would hold up a key."""

YOUNG_ROUNDS = 30
"""Collections of young objects after which the collector walks all of them, quiet or not (Python's default: 10)."""

MAPPED = 128 * 1024
"""Bytes from which a piece of memory is asked of the system by itself, and goes back to it when it is freed."""

_M_MMAP_THRESHOLD = -3


def return_pieces() -> None:
    """Keep the system's allocator returning every piece of MAPPED bytes or more. The GNU library's raises that limit to
    the largest piece ever freed, which is the text of the configuration; files of modules, read and let go of, then
    leave holes in memory that stays ours: 2 MB, when botocore is imported. So it comes before that. Elsewhere it does
    nothing. Imports ctypes, which takes some milliseconds: for after the first paint."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):  # other libraries have no such function, and no such limit
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, MAPPED)


def start_collecting() -> None:
    """Start the collector, after the first paint. What is there by then stays, and is never walked again. What of it is
    garbage (some five thousand small objects) stays too: to find it would hold up the first key for 90 ms."""
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], YOUNG_ROUNDS)
    gc.enable()


def tidy(idle: float) -> None:
    """Free what screens and messages that have gone leave behind, if there is enough of it and nobody is typing
    (`idle`: seconds since the last key): it takes 30 ms, because all that botocore brings is walked too."""
    if gc.get_count()[2] and idle > QUIET:
        forget_painted()
        gc.collect()


def forget_painted() -> None:
    """Let go of what widgets that have gone have painted, secrets that were shown among it. Textual (8.2) keeps it: one
    of its caches has whole painters as keys, a thousand of them (textual issue 6665)."""
    with suppress(ImportError, AttributeError):  # it may have gone, with what it keeps
        from textual._styles_cache import StylesCache

        StylesCache.get_inner_outer.cache_clear()
