"""The entry point: `ssotui`, or `python -m tui`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line in sys.argv and return the exit code."""
    from .cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
