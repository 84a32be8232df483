"""How a process of this program ends: at once, but not before what it has begun, and with its output and exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .commands import environment

_BEGINS = """
import atexit, sys, threading, time
import tui.cli.main
from tui.__main__ import main

class Held:
    def __del__(self):
        print("torn down", flush=True)

held = Held()
held.itself = held  # goes when Python tears everything down, and not before
atexit.register(lambda: print("left in order"))

def run(_arguments):
    print("answered")
    THREAD
    return 3

tui.cli.main.main = run
sys.exit(main())
"""

_SLOW = "threading.Thread(target=lambda: [time.sleep(0.2), print('thread ended')], daemon=DAEMON).start()"


@pytest.mark.parametrize(
    ("thread", "said"),
    [
        ("pass", ["answered", "left in order"]),
        (_SLOW.replace("DAEMON", "True"), ["answered", "left in order"]),
        (_SLOW.replace("DAEMON", "False"), ["answered", "thread ended", "left in order", "torn down"]),
    ],
    ids=["no thread", "one that nobody waits for", "one that is waited for"],
)
def test_nothing_is_torn_down_but_for_threads_that_are_waited_for(thread: str, said: list[str]) -> None:
    """To a pipe, so that the output has to be flushed at the end."""
    code = _BEGINS.replace("THREAD", thread)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False)
    assert (done.stdout.split("\n"), done.stderr, done.returncode) == ([*said, ""], "", 3)
