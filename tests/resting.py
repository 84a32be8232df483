"""When a program that Pilot drives has done what there was to do.

Textual's own answer is that the process has used little of the processor for 20 ms. It is asked for five times a key,
which is most of what a test with keys lasts; and on a busy machine, where a thread may wait longer than that for its
turn, it is wrong. Here the event loop says whether it has something to do, and the system, where it can, whether a
thread is waiting for its turn. So a much shorter time without work is enough.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import textual.app
import textual.pilot

_THREADS = Path("/proc/self/task")
_LOOK = 0.005 if _THREADS.is_dir() else 0.02
"""Seconds without work; without the system's word a thread that waits for its turn looks like one that rests."""
_LITTLE = _LOOK / 10
"""Seconds of the processor that it takes to wait, and to look."""


def at_work() -> bool:
    """Whether another thread of this process runs, or would if it had its turn, or reads a file. False where the system
    does not tell."""
    me = str(threading.get_native_id())
    for thread in os.listdir(_THREADS) if _THREADS.is_dir() else ():
        if thread != me:
            try:
                told = (_THREADS / thread / "stat").read_bytes()
            except OSError:
                continue  # it has ended
            if told.rpartition(b") ")[2][:1] in b"RD":
                return True
    return False


async def rest(min_sleep: float = 0.02, max_sleep: float = 1.0) -> None:
    """Wait until nothing has happened for a moment: `min_sleep` seconds at least, `max_sleep` at most. What has been
    put off to a later time is not waited for, nor an answer that is not there."""
    start = time.monotonic()
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while True:
        used = time.process_time()
        await asyncio.sleep(_LOOK)
        used = time.process_time() - used
        lasted = time.monotonic() - start
        if lasted >= max_sleep or (lasted >= min_sleep and used < _LITTLE and not ready and not at_work()):
            return


def share() -> None:
    """Have Pilot ask here, from now on."""
    for module in (textual.app, textual.pilot):
        assert "wait_for_idle" in vars(module), module
        vars(module)["wait_for_idle"] = rest
