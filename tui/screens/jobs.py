"""Blocking work for screens: in a thread, awaited from an async worker, dropped at once when that is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from ..aws.errors import Cancelled, SignInNeeded, SsoError, from_exception
from ..keys import pressed

Result = TypeVar("Result")


async def in_thread(work: Callable[[threading.Event], Result], doing: str = "do that") -> Result:
    """Run `work(cancelled)` in a daemon thread and return its result.

    When the awaiting worker is cancelled (its screen left, the program quit) `cancelled` is set, the result dropped,
    and nothing waits for the thread. Raises SsoError for whatever went wrong; `doing` completes "Could not ...".
    """
    cancelled = threading.Event()
    try:
        return await start_thread(lambda: work(cancelled), doing)
    except asyncio.CancelledError:
        cancelled.set()
        raise


def start_thread(work: Callable[[], Result], doing: str) -> asyncio.Future[Result]:
    """Run `work()` in a daemon thread that is there when this returns: it is not lost when the program is left before
    anybody awaits its result. Errors are those of `in_thread`."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def deliver(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: Result | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except Cancelled as error:
            failure = error
        except BaseException as error:
            # Made here, so that the traceback with its locals ends here.
            failure = from_exception(error, doing).with_traceback(None)
        try:
            loop.call_soon_threadsafe(deliver, result, failure)
        except RuntimeError:
            return  # the program has ended meanwhile

    threading.Thread(target=run, daemon=True, name="ssotui-job").start()
    return future


def plain(error: SsoError) -> str:
    """An error as one line on the board, with the key that helps; foreign text in it is not clean yet."""
    hint = f"press {pressed('board.sign_in')}, or {error.hint}" if isinstance(error, SignInNeeded) else error.hint
    return f"{error.title}: {hint}" if hint else error.title
