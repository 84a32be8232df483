"""The program that started this one: usually the shell that is waiting for our lines."""

from __future__ import annotations

import os
import sys


def parent_shell() -> str:
    """The name of the process that started us ("zsh", "fish", ...), "" when it cannot be told."""
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        pass
    if sys.platform != "darwin":
        return ""
    import subprocess  # late: `ssotui env` must start fast

    try:
        done = subprocess.run(
            ["ps", "-o", "comm=", "-p", str(os.getppid())], capture_output=True, timeout=2, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.path.basename(done.stdout.decode(errors="replace").strip()).lstrip("-")
