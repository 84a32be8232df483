"""P13: keys while dialogs open and close, where each opening of a file takes 20 ms, as it does on a network's drive.

Run as a program (`python -m bench.slow_files SECONDS`), it is ssotui with such files; it leaves out what is opened
before so many seconds have passed, so that it does not take minutes to start.
"""

from __future__ import annotations

import sys
import time

SLOW = 0.02


def main() -> int:
    """Run ssotui with slow files."""
    from tui.__main__ import main as ssotui

    after = time.monotonic() + float(sys.argv.pop(1))

    def open_slowly(event: str, _arguments: object) -> None:
        if event == "open" and time.monotonic() > after:
            time.sleep(SLOW)

    sys.addaudithook(open_slowly)
    return ssotui()


if __name__ == "__main__":
    sys.exit(main())
