"""Memory of a program that stays open for days: what Python's collector and Textual leave to be done."""

from __future__ import annotations

import gc
import time
from contextlib import suppress

QUIET = 1.5
"""Seconds without a key after which there is time for what would hold up a key."""

YOUNG_ROUNDS = 30
"""Collections of young objects after which the collector walks all of them, quiet or not (Python's default: 10)."""


def start_collecting() -> None:
    """Start the collector, after the first paint. What is there by then stays, and is never walked again. What of it is
    garbage (some five thousand small objects) stays too: to find it would hold up the first key for 90 ms."""
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], YOUNG_ROUNDS)
    gc.enable()


def tidy(last_input: float) -> None:
    """Free what screens and messages that have gone leave behind, if there is enough of it and nobody is typing
    (`last_input`: on the monotonic clock): it takes 30 ms, because all that botocore brings is walked too."""
    if gc.get_count()[2] and time.monotonic() - last_input > QUIET:
        forget_painted()
        gc.collect()


def forget_painted() -> None:
    """Let go of what widgets that have gone have painted, secrets that were shown among it. Textual (8.2) keeps it: one
    of its caches has whole painters as keys, a thousand of them (textual issue 6665)."""
    with suppress(ImportError, AttributeError):  # it may have gone, with what it keeps
        from textual._styles_cache import StylesCache

        StylesCache.get_inner_outer.cache_clear()
