"""The system clipboard through pyperclip, as a child process:
`python -m tui.desktop.clipboard copy|copy-secret|paste|clear`.

`copy` takes the text from standard input, never from its arguments, and reads it back, because pyperclip does not
notice when the program that it calls fails. `copy-secret SECONDS` also asks a Wayland clipboard to keep the text out of
its history, and has it cleared after so many seconds (0: never). `clear SECONDS` waits, then empties the clipboard if
the SHA-256 of what it holds is the one that came on standard input. Exit codes: 0 done, 1 failed, 3 nothing to copy
with.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256

from .browser import CLIPBOARD_LIMIT, NO_CLIPBOARD, clear_later


def main(action: str, seconds: float = 0.0) -> int:
    """Copy standard input to the clipboard, print what is on it, or clear it. Returns the exit code."""
    import pyperclip

    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    _give_up_in(CLIPBOARD_LIMIT + 1 + (seconds if action == "clear" else 0))
    # The clipboard program stays behind to serve the text: it must not hold the pipe that our parent reads.
    output = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        if action in ("copy", "copy-secret"):
            if action == "copy-secret" and _knows_of_secrets():
                subprocess.run(["wl-copy", "--sensitive"], input=text.encode("utf-8", "surrogateescape"), check=False)
            else:
                pyperclip.copy(text)
            if action == "copy-secret" and seconds:
                clear_later(text, seconds)  # from here: whoever asked for the copy may have ended meanwhile
            return 0 if pyperclip.paste() == text else 1
        if action == "clear":
            time.sleep(seconds)
            held = str(pyperclip.paste()).encode("utf-8", "surrogateescape")
            if sha256(held).hexdigest() == text:
                pyperclip.copy("")
            return 0
        os.write(output, str(pyperclip.paste()).encode("utf-8", "surrogateescape"))
    except pyperclip.PyperclipException:
        return NO_CLIPBOARD
    except OSError:
        return 1
    return 0


def _give_up_in(seconds: float) -> None:
    """End with the clipboard program when it hangs. Usually our parent does that sooner, but it may have ended."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, lambda _number, _frame: os.killpg(0, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _knows_of_secrets() -> bool:
    """Whether this is Wayland with a wl-copy that can mark a text as sensitive (wl-clipboard 2.3 and later)."""
    if not os.environ.get("WAYLAND_DISPLAY") or not shutil.which("wl-copy") or not shutil.which("wl-paste"):
        return False
    help_ = subprocess.run(["wl-copy", "--help"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return b"--sensitive" in help_.stdout + help_.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(float, sys.argv[2:])))
