"""Which shell started this process."""

from __future__ import annotations

import os


def parent_shell() -> str:
    """The name of the parent process (`fish`, `zsh`, ...), for `export.default_format`.

    "" where the system does not tell without running a program (macOS, Windows): the environment decides then.
    """
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().rstrip("\n")
    except OSError:
        return ""
