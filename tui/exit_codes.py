"""The exit codes of the program.

Plain numbers: `enum` would cost the commands that prompts and shells run again and again some milliseconds.
"""

from __future__ import annotations

DONE = 0
FAILED = 1
USAGE = 2
"""The command line cannot be carried out, or there is no terminal for the board."""
SIGN_IN_NEEDED = 3
REFUSED = 4
"""AWS has said no."""
CANNOT_RUN = 126
NOT_FOUND = 127
"""Of a command that could not be started, as shells and `env` give them."""


def ended_by(signal: int) -> int:
    """What shells give for a program that a signal has ended."""
    return 128 + signal


INTERRUPTED = ended_by(2)
