"""A test goes on when the program has done what there was to do, and not before."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from pathlib import Path

import pytest

from . import resting


async def test_what_leads_to_something_else_is_waited_for_to_the_end() -> None:
    left = [300]

    def go_on() -> None:
        left[0] -= 1
        if left[0]:
            asyncio.get_running_loop().call_soon(go_on)

    go_on()
    await resting.rest(0)
    assert left == [0]


async def test_a_thread_that_works_is_waited_for() -> None:
    done = threading.Event()

    def work() -> None:
        for _ in range(5):
            hashlib.sha256(bytes(20_000_000))  # without holding up the event loop
        done.set()

    threading.Thread(target=work).start()
    await resting.rest(0, 30)
    assert done.is_set()


async def test_a_thread_that_waits_is_not() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        await resting.rest(0, 30)
        assert thread.is_alive()
    finally:
        end.set()
        thread.join()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system does not tell of threads")
async def test_the_system_says_whether_a_thread_works(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=lambda: [hashlib.sha256(bytes(20_000_000)) for _ in iter(stop.is_set, True)])
    thread.start()
    try:
        while not resting.at_work():
            await asyncio.sleep(0.001)
        monkeypatch.setattr(resting, "_THREADS", Path("/nowhere"))
        assert not resting.at_work()
    finally:
        stop.set()
        thread.join()
