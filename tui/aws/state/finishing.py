"""Jobs that must be finished before the program ends, however it ends: what AWS has been asked for cannot be asked for
a second time, and what it is to be told nobody else will tell it.

Whoever begins such a job registers it, and takes it out again when it is finished. Every way out of the program leads
to `wait`, which gives the jobs under way some seconds, says so in one line, and then tells what was lost.

All of it belongs to the process, which ends once. Any thread may call any function; what is here changes behind one
lock, except that a signal's handler, which may have stopped the thread that holds it, reads without.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from ...text import clean
from ..errors import Cancelled

LIMIT = 8.0
"""Seconds for which the end of the program waits in all."""

QUIET = 0.3
"""Seconds of waiting that are not worth a word."""

_STEP = 0.02


class Job:
    """`what` completes "Waiting for ...". `lost`: what the user has to be told, a line each, if nobody finishes the
    job, or until somebody has told it; the job may change it as it goes on. `patience`: seconds for which the end of
    the program waits for it."""

    __slots__ = ("lost", "over", "patience", "what")

    def __init__(self, what: str, lost: list[str], patience: float) -> None:
        self.what = what
        self.lost = lost
        self.patience = patience
        self.over = False

    def done(self) -> None:
        """It is finished, or the user knows how it ended. May be called twice."""
        self.over = True
        with _lock:
            if self in _jobs:
                _jobs.remove(self)

    def failed(self, *lost: str) -> None:
        """Nothing more will come of it; the user has still to be told of what was `lost`."""
        self.lost = list(lost)
        self.over = True
        if not lost:
            self.done()


_lock = threading.RLock()
_jobs: list[Job] = []
_remarks: dict[str, str] = {}
_closed = False


def begin(what: str, lost: str = "", patience: float = LIMIT) -> Job:
    """Register a job before its first step. Raises Cancelled when the program is ending: it is not begun then."""
    job = Job(what, [lost] if lost else [], patience)
    with _lock:
        if _closed:
            raise Cancelled
        _jobs.append(job)
    return job


@contextlib.contextmanager
def job(what: str, lost: str = "", patience: float = LIMIT) -> Iterator[Job]:
    """A job that is finished with the block, however that ends, unless it `failed`."""
    found = begin(what, lost, patience)
    try:
        yield found
    finally:
        if not found.over:
            found.done()


def ending() -> bool:
    """Whether the program is ending."""
    return _closed


def failures() -> list[str]:
    """What was lost since this was asked last, for a program that goes on and tells it."""
    with _lock:
        found = [job for job in _jobs if job.over]
        _jobs[:] = [job for job in _jobs if not job.over]
    return [line for job in found for line in job.lost]


def remark(path: str, message: str) -> None:
    """What could not be written at `path`: it is used all the same, but ends with the program, whose last words this
    is."""
    with _lock:
        _remarks[path] = message


def withdraw(path: str) -> None:
    """It could be written after all, or the user has been told."""
    with _lock:
        _remarks.pop(path, None)


def remarks() -> list[tuple[str, str]]:
    """The remarks that stand."""
    with _lock:
        return list(_remarks.items())


def close() -> bool:
    """From now on nothing begins any more: the program is ending. Returns whether anything is there to wait for, or
    to tell."""
    global _closed
    with _lock:
        _closed = True
        return bool(_jobs)


def wait(say: Callable[[str], None]) -> bool:
    """After `close`: wait for what is under way. Returns whether nothing was lost.

    `say` is told in one line what is waited for, when that takes a moment, and then line by line what was lost.
    KeyboardInterrupt ends the waiting. May be called in a signal's handler.
    """
    try:
        _let_them_finish(say)
    except KeyboardInterrupt:
        pass  # what was not finished by now is lost
    with _lock:
        lost = [line for job in _jobs for line in job.lost]
        _jobs.clear()
    for line in lost:
        say(clean(line, 1000))
    return not lost


def _let_them_finish(say: Callable[[str], None]) -> None:
    began = time.monotonic()
    quiet = True
    while True:
        waited = time.monotonic() - began
        # No lock and no event is waited for: a signal's handler may have stopped the thread that holds them.
        under_way = [job for job in list(_jobs) if not job.over and waited < min(job.patience, LIMIT)]
        if not under_way:
            return
        if quiet and waited >= QUIET:
            quiet = False
            what = ", ".join(dict.fromkeys(job.what for job in under_way))
            longest = max(min(job.patience, LIMIT) for job in under_way)
            say(f"Waiting for {clean(what, 300)}, {longest:.0f} s at most; ctrl+c gives up")
        time.sleep(_STEP)
