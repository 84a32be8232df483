"""The entry point: `ssotui`, or `python -m tui`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130
"""Stands here, because Ctrl+C during an import outside of `main` would show a traceback."""


def main() -> int:
    """Run the command line in sys.argv and return the exit code."""
    try:
        if sys.argv[1:2] == ["credential-process"] and len(sys.argv) == 3:
            # An SDK starts many of them at once. Before anything else is loaded, for that is what it saves.
            from .aws.cache.first_come import go_or_wait

            go_or_wait(sys.argv[2])
        from .cli.main import main as run

        code = run(sys.argv[1:])
    except KeyboardInterrupt as error:  # while that was imported, or after its end; in between it is handled there
        code = 128 + getattr(error, "number", 2)
    try:
        code = _finish(code)
    except KeyboardInterrupt:
        code = code or INTERRUPTED
    if code == INTERRUPTED:
        # What is left waits for threads at most. Another Ctrl+C ends that, without a traceback.
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not _waits_for_threads():
        _leave(code)
    return code


def _finish(code: int) -> int:
    """Wait for what must not be lost, if anything that could be was begun."""
    if f"{__package__}.aws.state.finishing" not in sys.modules:
        return code
    from .cli.launch import finish

    return finish(code)


def _waits_for_threads() -> bool:
    """Whether threads are left that are to end by themselves, and none that must not be waited for."""
    threading = sys.modules.get("threading")
    if threading is None:
        return False
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    return bool(others) and not any(thread.daemon for thread in others)


def _leave(code: int) -> NoReturn:
    """End at once. Where a thread is still at a request, Python would tear everything down under it, and crash now and
    then; the exit code would be that of the crash. And to tear down what a command has loaded takes a tenth of its
    time, with botocore 50 ms, for which a shell or an SDK would wait."""
    import atexit
    import os

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
