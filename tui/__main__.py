"""The entry point: `ssotui`, or `python -m tui`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line in sys.argv and return the exit code."""
    try:
        from .cli import main as run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while that was imported, or after its end; in between it is handled there
        return 130


if __name__ == "__main__":
    sys.exit(main())
