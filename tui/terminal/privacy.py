"""What the board does about its surroundings before and after its first paint, so that no secret leaves by them."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping

SWITCHES = (
    "TEXTUAL",
    "TEXTUAL_DEBUG",
    "TEXTUAL_LOG",
    "TEXTUAL_DEVTOOLS_HOST",
    "TEXTUAL_DEVTOOLS_PORT",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SCREENSHOT_FILENAME",
    "TEXTUAL_PRESS",
    "TEXTUAL_SHOW_RETURN",
    "TEXTUAL_DRIVER",
    "TEXTUAL_ALLOW_SIGNALS",
)
"""Variables with which Textual logs what happens, sends it elsewhere, writes the screen to a file or presses keys."""

SIZES = ("COLUMNS", "LINES")
"""Variables that some shells export. They stay as they were when the terminal's size changes: it is asked instead."""

_COLORS = ("auto", "standard", "256", "truecolor", "windows")
_FASTEST = 1000  # frames a second; Textual would do nothing else with many more

_PR_SET_DUMPABLE = 4


def clear_switches(environ: MutableMapping[str, str]) -> None:
    """Take these variables away, and values that Textual cannot work with. It reads them when it is imported: this
    comes first. Without a wish of the user's it may draw 120 frames a second: with its own 60 a key that comes right
    after the clock's tick waits for the next one."""
    for name in (*SWITCHES, *SIZES):
        environ.pop(name, None)
    if environ.get("TEXTUAL_COLOR_SYSTEM") not in _COLORS:
        environ.pop("TEXTUAL_COLOR_SYSTEM", None)
    if len(environ.setdefault("TEXTUAL_FPS", "120")) > len(str(_FASTEST)):
        environ["TEXTUAL_FPS"] = str(_FASTEST)


def forbid_looking_in() -> None:
    """Keep other programs of the same user from reading this one's memory, and the system from dumping it (Linux; a
    core limit of 0 does not stop dumps that go to a program). Takes some milliseconds: for after the first paint."""
    if sys.platform != "linux":
        return
    import ctypes

    try:
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return
