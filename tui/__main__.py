"""The entry point: `ssotui`, or `python -m tui`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line in sys.argv and return the exit code."""
    try:
        from .cli import main as run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while that was imported, or after its end; in between it is handled there
        code = INTERRUPTED
    if code == INTERRUPTED:
        # What is left waits for threads at most, a renewal among them. A second Ctrl+C ends that, without a traceback.
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return code


if __name__ == "__main__":
    sys.exit(main())
