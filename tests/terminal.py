"""A terminal for tests: runs a program on a real pseudo-terminal and shows what a person would see.

    with Terminal([sys.executable, "-m", "tui", "--demo"]) as terminal:
        terminal.wait_for("PROFILES")
        terminal.press("down", "q")
        assert terminal.wait_exit() == 0
        terminal.assert_restored()

The program leads a session of its own, with the pseudo-terminal as its controlling terminal. A thread reads all
that it writes and answers its queries, so that it never waits for a terminal that says nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .emulator import Emulator
from .keys import key_bytes

PIPE = -1
"""As `stdin`, `stdout` or `stderr`: a pipe to this process instead of the terminal."""
CLOSED = -2
"""As `stdin`, `stdout` or `stderr`: no open file at all."""

TIMEOUT = 45.0
"""Seconds that a wait lasts at most. Generous, for a busy machine; a wait that succeeds ends at once."""

_END = b"\x1b]9999;end of the program's output\x1b\\"
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
_TTY_FD = 200  # any number that no other file of the child has
_DEFAULT_SIGNALS = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE, signal.SIGTSTP]
_TERMIOS_PARTS = ("iflag", "oflag", "cflag", "lflag", "ispeed", "ospeed", "cc")

Condition = str | re.Pattern[str] | Callable[["Terminal"], object]
"""A text on the screen, a pattern found in it, or a function of the terminal that says whether it is so."""


class Terminal:
    """A program and the terminal it runs in.

    `argv[0]` is looked up on this process's PATH; OSError when it cannot be run. `env` is the whole environment
    (default: this process's). `size` is columns x rows. `stdin`, `stdout`, `stderr`: None for the terminal, PIPE,
    CLOSED, or a file descriptor of the caller's; what comes through a PIPE is in `captured["stdout"]` and
    `captured["stderr"]`. Leaving the `with` block kills what still runs.

    `raw` holds every byte that the program wrote to the terminal; `emulator` has the modes, colours and OSC commands.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        size: tuple[int, int] = (80, 24),
        *,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        in_band_resize: bool = False,
    ) -> None:
        self.argv = list(argv)
        self.emulator = Emulator(*size, in_band_resize=in_band_resize)
        self.captured: dict[str, bytes] = {}
        self.returncode: int | None = None
        self._output = bytearray()
        self._input = bytearray()
        self._drawn = 0
        self._drained = threading.Event()
        self._ending = False
        self._stalled = False
        self._changed = threading.Condition()
        self._stdin: int | None = None
        self._pipes: dict[int, str] = {}
        self._master, self.slave = pty.openpty()
        os.set_blocking(self._master, False)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.termios_before = termios.tcgetattr(self.slave)
        self._wake_read, self._wake = os.pipe()
        try:
            self.pid = self._spawn(env, cwd, (stdin, stdout, stderr))
        except BaseException:
            self._close_files()
            raise
        self._reader: threading.Thread | None = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the program shows.

    @property
    def raw(self) -> bytes:
        """Every byte written to the terminal so far."""
        with self._changed:
            return bytes(self._output)

    def lines(self) -> list[str]:
        """The rows of the screen, without trailing blanks."""
        with self._changed:
            return self.emulator.lines()

    def text(self) -> str:
        """The screen as one text, a line for each row."""
        return "\n".join(self.lines())

    def termios_now(self) -> list[object]:
        """The terminal's attributes, in the form of `termios_before`."""
        return termios.tcgetattr(self.slave)

    def dump(self) -> str:
        """The screen in a frame, and the last bytes written: for messages of failing tests."""
        with self._changed:
            columns = self.emulator.columns
            rows = [f"|{line:<{columns}}|" for line in self.emulator.lines()]
            tail = bytes(self._output[-400:])
        edge = "+" + "-" * columns + "+"
        state = "running" if self.returncode is None else f"ended with {self.status}"
        return "\n".join([f"{' '.join(self.argv)[:80]!r} ({state})", edge, *rows, edge, f"last bytes: {tail!r}"])

    # What the person does.

    def send(self, keys: str | bytes) -> None:
        """Types: a str goes out as UTF-8. Returns at once."""
        with self._changed:
            self._input += keys.encode() if isinstance(keys, str) else keys
        os.write(self._wake, b"w")

    def press(self, *keys: str) -> None:
        """Presses keys by name (`down`, `ctrl+c`: see `keys.KEYS`), or by the character they type."""
        for key in keys:
            self.send(key_bytes(key, kitty=bool(self.emulator.kitty_flags)))

    def resize(self, columns: int, rows: int) -> None:
        """Changes the size of the terminal; the kernel sends SIGWINCH to the foreground processes."""
        with self._changed:
            report = self.emulator.resize(columns, rows)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if report:
            self.send(report)

    def signal(self, number: int) -> None:
        """Sends a signal to the program (not to its children)."""
        os.kill(self.pid, number)

    def write_stdin(self, data: bytes) -> None:
        """Writes to a program that was started with `stdin=PIPE`."""
        assert self._stdin is not None, "stdin is no pipe, or it is closed"
        os.write(self._stdin, data)

    def close_stdin(self) -> None:
        """Ends the input of a program that was started with `stdin=PIPE`."""
        if self._stdin is not None:
            os.close(self._stdin)
            self._stdin = None

    def hang_up(self) -> None:
        """Closes the terminal, as a person closes its window: the kernel sends SIGHUP. Nothing is read after it."""
        self._stop_reader()
        os.close(self._master)
        self._master = -1
        self._drained.set()

    def stall(self) -> None:
        """Reads nothing more of what the program writes, as a terminal does that is held with ctrl+s."""
        self._stalled = True

    # Waiting.

    def wait_for(self, condition: Condition, timeout: float = TIMEOUT) -> None:
        """Waits until the condition holds. AssertionError with the screen when it does not within `timeout` seconds,
        or when the program has ended and it does not hold."""
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        while True:
            ended = self._poll()
            with self._changed:
                if self._holds(condition):
                    return
                if ended or time.monotonic() > deadline:
                    break
                self._changed.wait(0.05)
        why = "the program ended" if ended else f"{timeout:g} s passed"
        raise AssertionError(f"{why} while waiting for {condition!r}\n{self.dump()}")

    def settle(self, quiet: float = 0.25) -> None:
        """Waits until nothing was written for `quiet` seconds: a change of screens takes several frames."""
        written = -1
        while written != len(self._output):
            written = len(self._output)
            time.sleep(quiet)

    def wait_exit(self, timeout: float = TIMEOUT) -> int:
        """Waits for the end of the program and of its output; returns its exit status as a shell gives it:
        128 + n when signal n ended it. `returncode` has it as subprocess does (-n). AssertionError when it still
        runs after `timeout` seconds."""
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        while not self._poll():
            if time.monotonic() > deadline:
                raise AssertionError(f"the program still runs after {timeout:g} s\n{self.dump()}")
            time.sleep(0.01)
        assert self.status is not None
        return self.status

    @property
    def status(self) -> int | None:
        """The exit status as a shell gives it, None while the program runs (as far as a wait has seen)."""
        if self.returncode is None or self.returncode >= 0:
            return self.returncode
        return 128 - self.returncode

    def assert_restored(self) -> None:
        """Asserts that the terminal is as the program found it: main screen, mouse and paste modes off, cursor shown,
        no keyboard protocol left, and the same terminal attributes."""
        __tracebackhide__ = True
        with self._changed:
            wrong = self.emulator.leftovers()
        now = self.termios_now()
        for part, before, after in zip(_TERMIOS_PARTS, self.termios_before, now, strict=True):
            if before != after:
                wrong.append(f"termios {part} was {before!r} and is {after!r}")
        if wrong:
            raise AssertionError("the terminal is not restored: " + "; ".join(wrong) + "\n" + self.dump())

    def close(self) -> None:
        """Kills the program if it runs, and lets go of the terminal. May be called twice."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self._stop_reader()
        self._close_files()

    # How it works.

    def _spawn(
        self, env: Mapping[str, str] | None, cwd: str | Path | None, ends: tuple[int | None, int | None, int | None]
    ) -> int:
        # A session leader without a terminal that opens one gets it as its controlling terminal.
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, _TTY_FD, os.ttyname(self.slave), os.O_RDWR, 0)
        ]
        theirs = []
        for number, end in enumerate(ends):
            if end == PIPE:
                read, write = os.pipe()
                end, ours = (read, write) if number == 0 else (write, read)
                theirs.append(end)
                if number == 0:
                    self._stdin = ours
                else:
                    self._pipes[ours] = ("stdout", "stderr")[number - 1]
                    self.captured[self._pipes[ours]] = b""
            if end == CLOSED:
                actions.append((os.POSIX_SPAWN_CLOSE, number))
            else:
                actions.append((os.POSIX_SPAWN_DUP2, _TTY_FD if end is None else end, number))
        actions.append((os.POSIX_SPAWN_CLOSE, _TTY_FD))
        argv = self.argv
        if cwd is not None:
            argv = ["sh", "-c", 'cd "$0" && exec "$@"', str(cwd), *argv]
        try:
            return os.posix_spawnp(
                argv[0],
                argv,
                dict(os.environ if env is None else env),
                file_actions=actions,
                setsid=True,
                setsigmask=[],
                setsigdef=_DEFAULT_SIGNALS,
            )
        finally:
            for end in theirs:
                os.close(end)

    def _read(self) -> None:
        """The thread: everything that comes from the program, and everything that goes to its terminal."""
        with selectors.DefaultSelector() as selector:
            for number in (self._wake_read, self._master, *self._pipes):
                selector.register(number, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd == self._wake_read:
                        if b"q" in os.read(self._wake_read, 1024):
                            return
                    elif key.fd == self._master and self._stalled:
                        time.sleep(0.01)
                    elif key.fd == self._master:
                        self._exchange()
                    elif not self._capture(key.fd):
                        selector.unregister(key.fd)
                waiting = selectors.EVENT_WRITE if self._input else 0
                selector.modify(self._master, selectors.EVENT_READ | waiting)
                self._write()

    def _exchange(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._master, 65536)
            with self._changed:
                self._output += data
                self._draw()
                self._changed.notify_all()

    def _draw(self) -> None:
        """Shows what has come, frame by frame. Once the program has ended, only when its last byte is here."""
        ready = self._whole_frames()
        if self._ending:
            end = self._output.find(_END)
            if end < 0:
                return
            del self._output[end : end + len(_END)]
            self._drained.set()
            ready = len(self._output)
        self._input += self.emulator.feed(bytes(self._output[self._drawn : ready]))
        self._drawn = ready

    def _whole_frames(self) -> int:
        """Up to where the output can be shown. What a program draws as one frame (mode 2026) appears all at once."""
        recent = max(self._drawn - len(_FRAME_BEGINS), 0)
        begin = self._output.rfind(_FRAME_BEGINS, recent)
        complete = begin <= self._output.rfind(_FRAME_ENDS, recent)
        return len(self._output) if complete else max(begin, self._drawn)

    def _write(self) -> None:
        with self._changed, contextlib.suppress(BlockingIOError):
            if self._input:
                del self._input[: os.write(self._master, self._input)]

    def _capture(self, pipe: int) -> bool:
        data = os.read(pipe, 65536)
        with self._changed:
            self.captured[self._pipes[pipe]] += data
            if not data:
                os.close(pipe)
                del self._pipes[pipe]
            self._changed.notify_all()
        return bool(data)

    def _poll(self) -> bool:
        """Whether the program has ended; if so, all that it wrote has been read when this returns."""
        if self.returncode is not None:
            return True
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.returncode = os.waitstatus_to_exitcode(status)
        # What is written now is read after all that the program wrote: the kernel hands output on with a delay.
        with self._changed:
            self._ending = True
        if self._master >= 0:
            os.write(self.slave, _END)
        deadline = time.monotonic() + TIMEOUT
        self._drained.wait(TIMEOUT)
        with self._changed:
            self._changed.wait_for(lambda: not self._pipes, deadline - time.monotonic())
        return True

    def _holds(self, condition: Condition) -> bool:
        if isinstance(condition, str):
            return condition in self.text()
        if isinstance(condition, re.Pattern):
            return condition.search(self.text()) is not None
        return bool(condition(self))

    def _stop_reader(self) -> None:
        if self._reader is not None:
            os.write(self._wake, b"q")
            self._reader.join()
            self._reader = None

    def _close_files(self) -> None:
        self.close_stdin()
        for number in (self._master, self.slave, self._wake_read, self._wake, *self._pipes):
            if number >= 0:
                os.close(number)
        self._master = self.slave = self._wake_read = self._wake = -1
        self._pipes.clear()
