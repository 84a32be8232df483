"""What a process finds when it begins, as one line of JSON on stdout; then it ends as its argument says."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path

OF_SHELLS = ("PWD", "OLDPWD", "SHLVL", "_")
"""Variables that a shell sets for what it runs: tests start what has another folder by one."""
OF_LIBC = 0x180000000
"""The two signals that the C library has for itself."""


def seen() -> dict[str, object]:
    """All that a program could tell one start from another by."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
    terminal = os.open("/dev/tty", os.O_RDWR)
    streams = [sys.stdin, sys.stdout, sys.stderr]
    assert [sys.__stdin__, sys.__stdout__, sys.__stderr__] == streams
    found = {
        "arguments": sys.argv,
        "path": sys.path,
        "flags": list(sys.flags),
        "main": [__name__, sys.modules["__main__"].__file__],
        "folder": os.getcwd(),
        "environ": {name: value for name, value in os.environ.items() if name not in OF_SHELLS},
        "leads": [os.getsid(0), os.getpgrp(), os.tcgetpgrp(terminal)] == [os.getpid()] * 3,
        "terminals": [os.ttyname(number) if os.isatty(number) else "" for number in range(3)],
        "streams": [
            [it.name, it.mode, it.encoding, it.errors, it.line_buffering, it.write_through, it.fileno(), it.isatty()]
            for it in streams
        ],
        "files": sorted(int(name) for name in os.listdir("/proc/self/fd"))[
            :-2
        ],  # the last ones are the terminal and that folder
        "mask": status["Umask"],
        "signals": [int(status[f"Sig{kind}"], 16) & ~OF_LIBC for kind in ("Blk", "Ign", "Cgt", "Pnd")],
        "handlers": [repr(signal.getsignal(number)).partition(" at ")[0] for number in signal.valid_signals()],
        "limits": [resource.getrlimit(vars(resource)[name]) for name in dir(resource) if name.startswith("RLIMIT_")],
        "threads": len(threading.enumerate()),
        "garbage": [gc.isenabled(), gc.get_threshold()],
    }
    os.close(terminal)
    return found


if __name__ == "__main__":
    print(json.dumps(seen()), flush=True)
    if sys.argv[1] == "raise":
        raise RuntimeError("as asked")
    if sys.argv[1] == "signal":
        os.kill(os.getpid(), int(sys.argv[2]))
    sys.exit(int(sys.argv[2]))
