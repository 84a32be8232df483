"""A long run of the board in a terminal: `python -m tests.soak [--seconds N] [--seed N]`, ten minutes by default.

Sessions expire and are renewed, role credentials come and go, files change, the terminal changes its size, and the
Identity Center fails in every way, while a person presses keys at random. Memory, open files and threads of the program
have to stay as they were after it had warmed up. Exit code 1 when they do not, or when the program ends.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tui.aws.cache import shapes
from tui.demo.home import write
from tui.demo.organisation import LAB
from tui.demo.server import DemoServer

from .terminal import Terminal

EVERY = 2.0
"""Seconds between two measurements."""

CALM = 25.0
"""Seconds without keys and faults before the end: what waits for an answer has given up by then."""

MEMORY_GROWTH = 6.0
"""MB that a warm program may still grow by, on top of a tenth of what it had."""

FILES_GROWTH = 4
THREADS_GROWTH = 3

FAULTS: Sequence[dict[str, object]] = (
    {"status": 503},
    {"status": 500, "code": "InternalServerException"},
    {"status": 429, "code": "TooManyRequestsException", "headers": {"Retry-After": "1"}},
    {"delay": 1.5},
    {"reset": True},
    {"malformed": True},
    {"cut": True},
    {"drip": 0.01},
    {"hang": True},
)
OPERATIONS = (
    "RegisterClient",
    "StartDeviceAuthorization",
    "CreateToken",
    "GetRoleCredentials",
    "GetCallerIdentity",
    "Logout",
)
SIZES = ((80, 24), (130, 40), (200, 50), (40, 10), (60, 15))


class Sample(NamedTuple):
    """One measurement of the program: seconds since the start, resident memory in MB, open files, threads."""

    at: float
    memory: float
    files: int
    threads: int


def measure(pid: int, at: float) -> Sample:
    """What the kernel says of a process. OSError when it has ended, or when it is another user's."""
    status = Path(f"/proc/{pid}/status").read_text()
    memory, threads = (int(re.findall(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[0]) for name in ("VmRSS", "Threads"))
    return Sample(at, memory / 1024, len(os.listdir(f"/proc/{pid}/fd")), threads)


class Soak:
    """One run."""

    def __init__(self, terminal: Terminal, server: DemoServer, home: Path, seed: int) -> None:
        self.terminal = terminal
        self.server = server
        self.home = home
        self.chance = random.Random(seed)
        self.start = time.monotonic()
        self.next = 0.0
        self.samples: list[Sample] = []
        self.done: dict[str, int] = {}
        self.config = (home / ".aws/config").read_text()

    def run(self, seconds: float) -> None:
        """Presses keys for so many seconds, then rests."""
        often = {
            self.look: 6,
            self.credentials: 6,
            self.sign_in: 4,
            self.sign_out: 1,
            self.filter: 3,
            self.files: 3,
            self.size: 3,
            self.rest: 2,
        }
        self.wait(self.on_board)
        while self.elapsed < seconds - CALM:
            self.trouble()
            action = self.chance.choices(list(often), list(often.values()))[0]
            self.done[action.__name__] = self.done.get(action.__name__, 0) + 1
            action()
            self.back()
        self.server.state.faults.clear()
        self.terminal.resize(80, 24)
        self.note("rests")
        while self.elapsed < seconds:
            self.pause(1.0)
        self.back()
        self.terminal.press("q")
        code = self.terminal.wait_exit()
        assert code == 0, f"the program ended with {code}"
        self.terminal.assert_restored()
        assert self.server.state.crashes == [], self.server.state.crashes

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.start

    # What a person does.

    def look(self) -> None:
        """Open one of the screens that only show something."""
        self.press(
            *(["down"] * self.chance.randrange(8)), self.chance.choice(["?", "!", "i", "e", "x", "tab", "s", "o"])
        )
        self.pause(self.chance.uniform(0.2, 1.5))

    def credentials(self) -> None:
        """Get role credentials, for one or for all."""
        self.press(self.chance.choice(["r", "R", "y", "i"]))
        self.pause(self.chance.uniform(0.2, 2.0))

    def sign_in(self) -> None:
        """Sign in, or renew; sometimes it is left in the middle."""
        self.press("g", *(["down"] * self.chance.randrange(12)), self.chance.choice(["l", "l", "L"]))
        self.pause(self.chance.uniform(0.3, 4.0))
        if "enter Yes" in self.terminal.text():
            self.press("enter")
            self.pause(self.chance.uniform(0.3, 4.0))
        self.press("n")
        self.pause(self.chance.uniform(0.1, 2.0))

    def sign_out(self) -> None:
        """Sign out of everything, or of one session."""
        self.press("x")
        self.pause(0.5)
        if self.chance.random() < 0.5:
            self.press("tab")
            self.pause(0.5)
        self.press("enter")
        self.pause(self.chance.uniform(0.2, 2.0))

    def filter(self) -> None:
        """Type into the filter, or into the palette."""
        self.press(self.chance.choice(["/", "ctrl+p"]))
        self.pause(0.3)
        for letter in self.chance.choice(["dev", "prod-readonly", "zzz", "4444", "eu-west"]):
            self.press(letter)
            self.pause(0.05)

    def files(self) -> None:
        """Another program changes the configuration, or writes a token."""
        config = self.home / ".aws/config"
        if self.chance.random() < 0.5:
            number = self.chance.randrange(1000)
            more = (
                f"\n[profile more-{number}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
            )
            config.write_text(self.config + more * (number % 2) + f"# {number}\n")
        else:
            token = self.server.state.issue_token(LAB, expires_in=self.chance.choice([-5, 60]))
            Path(shapes.token_path("lab")).write_text(json.dumps(shapes.token_json(token)))
        self.pause(1.2)

    def size(self) -> None:
        """Change the size of the terminal."""
        self.terminal.resize(*self.chance.choice(SIZES))
        self.pause(0.5)

    def rest(self) -> None:
        """Do nothing for a while."""
        self.pause(self.chance.uniform(1.0, 5.0))

    def trouble(self) -> None:
        """Now and then something fails, a few times or for a while."""
        if self.chance.random() < 0.4:
            self.server.state.faults.clear()
            effect = self.chance.choice(FAULTS)
            self.server.state.faults.add(self.chance.choice(OPERATIONS), count=self.chance.choice([1, 3]), **effect)

    # How it is done.

    def press(self, *keys: str) -> None:
        """Press keys, at a person's pace."""
        for key in keys:
            self.terminal.press(key)
            self.pause(0.02)

    def pause(self, seconds: float) -> None:
        """Let time pass, and measure."""
        until = time.monotonic() + seconds
        while True:
            if self.elapsed >= self.next:
                self.next += EVERY
                self.samples.append(measure(self.terminal.pid, self.elapsed))
                if len(self.samples) % 15 == 1:
                    self.note("")
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.25))

    def back(self) -> None:
        """Leave whatever is open."""
        if self.terminal.emulator.rows < 10 or self.terminal.emulator.columns < 40:
            self.terminal.resize(80, 24)
        for _ in range(60):
            self.press("escape")
            self.pause(0.3)
            if self.on_board(self.terminal):
                return
        raise AssertionError(f"no way back to the board\n{self.terminal.dump()}")

    def wait(self, condition: Callable[[Terminal], bool]) -> None:
        """Wait for the terminal."""
        self.terminal.wait_for(condition)

    @staticmethod
    def on_board(terminal: Terminal) -> bool:
        """Whether the board is to be seen, and nothing on it."""
        lines = terminal.lines()
        return lines[0].startswith(" ssotui") and "l Sign in" in lines[-1]

    def note(self, what: str) -> None:
        """A line about how it goes."""
        last = self.samples[-1] if self.samples else Sample(0, 0, 0, 0)
        line = f"{self.elapsed:6.0f} s  {last.memory:7.1f} MB  {last.files:3} files  {last.threads:3} threads  {what}"
        print(line.rstrip(), flush=True)


def growth(samples: Sequence[Sample]) -> list[str]:
    """In words, what has grown between the second fifth of the run and its quiet end; empty when it is flat."""
    fifth = max(len(samples) // 5, 1)
    warm, end = samples[fifth : 2 * fifth] or samples[:1], samples[-min(5, fifth) :]
    wrong = []
    for name, extra, share in (
        ("memory", MEMORY_GROWTH, 0.1),
        ("files", float(FILES_GROWTH), 0.0),
        ("threads", float(THREADS_GROWTH), 0.0),
    ):
        before, after = (statistics.median(getattr(sample, name) for sample in part) for part in (warm, end))
        print(f"{name}: {before:.1f} when warm, {after:.1f} at the end")
        if after > before * (1 + share) + extra:
            wrong.append(f"{name} grew from {before:.1f} to {after:.1f}")
    return wrong


def soak(seconds: float, seed: int) -> list[str]:
    """One run in a HOME of its own; returns what has grown. AssertionError when the program fails."""
    with (
        tempfile.TemporaryDirectory(prefix="ssotui-soak-") as folder,
        DemoServer(access_token_lifetime=90, role_credentials_lifetime=60, auto_approve_after=1) as server,
    ):
        home = Path(folder)
        write(home, server.state)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TEXTUAL", "XDG_"))}
        env = {**kept, **server.environ(), "HOME": folder, "TERM": "xterm-256color", "BROWSER": "true"}
        os.environ["HOME"] = folder  # for the paths of the caches, as this process sees them
        with Terminal([sys.executable, "-m", "tui"], env, folder) as terminal:
            run = Soak(terminal, server, home, seed)
            run.run(seconds)
            counts = ", ".join(f"{count} {name}" for name, count in sorted(run.done.items()))
            print(f"{counts}; {server.state.log.count()} requests; {len(terminal.raw) / 1e6:.1f} MB drawn")
            return growth(run.samples)


def main() -> int:
    """Reads the command line, runs, and says how it went."""
    parser = argparse.ArgumentParser(description="A long run of the board under faults.")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"soak: {options.seconds:.0f} s, seed {options.seed}", flush=True)
    wrong = soak(options.seconds, options.seed)
    print("\n".join(wrong) or "flat")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
