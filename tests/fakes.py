"""Programs of a desktop that tests put in the place of real ones: they note how they were called."""

from __future__ import annotations

import os
from pathlib import Path

_NOTE = """#!/bin/sh
{{
    echo "called {name}"
    printf '%s\\n' "$@"
    env
    tr '\\0' '\\n' <"/proc/$PPID/cmdline"
}} >>'{notes}/calls'
"""
_XCLIP = """case "$*" in
*-o*) cat '{notes}/clipboard' ;;
*) cat >'{notes}/clipboard' ;;
esac
"""


def fake_programs(notes: Path) -> dict[str, str]:
    """Makes an xclip and a browser in `notes`/bin, and returns the variables with which they are found.

    `notes`/calls gets the arguments and the environment of each call, and the arguments of the calling process;
    `notes`/clipboard is what is on the clipboard.
    """
    folder = notes / "bin"
    folder.mkdir(parents=True)
    (notes / "clipboard").write_bytes(b"")
    for name, rest in (("xclip", _XCLIP), ("browser", "")):
        path = folder / name
        path.write_text((_NOTE + rest).format(name=name, notes=notes))
        path.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "DISPLAY": ":99", "BROWSER": str(folder / "browser")}
