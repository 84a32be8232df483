"""The terminal driver: Textual's own, with what it leaves undone when a terminal goes away, stops or comes back."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from ..exit_codes import ended_by
from ..text import clean

if TYPE_CHECKING:
    from textual.driver import Driver

LONGEST_TITLE = 80
"""Characters of the terminal's title."""

# XTWINOPS: most terminals have a stack of titles. In those that have none, the empty title is what stays.
_SAVE = "\x1b[22;2t"
_RESTORE_TITLE = "\x1b]2;\x07\x1b[23;2t"


def careful(found: type[Driver]) -> type[Driver]:
    """The driver class to use instead of Textual's choice. On systems other than POSIX that is Textual's choice."""
    if os.name != "posix":
        return found
    from textual.drivers.linux_driver import LinuxDriver

    return _careful_driver(LinuxDriver) if found is LinuxDriver else found


def _careful_driver(base: Any) -> type[Driver]:
    from textual import constants

    class CarefulDriver(base):  # type: ignore[misc]
        _file: Any
        _gone_watch: Any = None

        def __init__(self, app: Any, **options: Any) -> None:
            super().__init__(app, **options)
            self.board = app
            if hasattr(self, "_file"):
                self._file = _Output(self._file)

        def write(self, data: str) -> None:
            if self.is_open():
                super().write(data)

        def stop_application_mode(self) -> None:
            if self.is_open():
                super().stop_application_mode()

        def is_open(self) -> bool:
            """Whether the terminal is ours. It is not while the program is stopped, and it may be ended then."""
            writer = getattr(self, "_writer_thread", threading.current_thread())
            return writer is not None and writer.is_alive()

        def start_application_mode(self) -> None:
            super().start_application_mode()
            if not constants.DISABLE_KITTY_KEY:
                self.write(_TELL_PLACES)
            self._watch_size()
            self._watch_terminal()

        def resume_application_mode(self) -> None:
            # SIGCONT also comes when nothing had stopped, or when SIGSTOP had, which cannot be seen coming: then the
            # terminal is still ours, and its attributes are not the ones to go back to.
            reader = getattr(self, "_key_thread", None)
            if reader is not None and reader.is_alive():
                self.suspend_application_mode()
                self._must_signal_resume = True
            super().resume_application_mode()

        def _get_terminal_size(self) -> tuple[int, int]:
            # Textual asks standard output, which is a pipe while a shell waits for the board's answer. What is drawn on
            # comes first: keys may come from another terminal.
            drawn_on: Any = getattr(self, "_file", sys.__stderr__)
            for number in (drawn_on.fileno(), self.fileno):
                with contextlib.suppress(OSError):
                    columns, rows = os.get_terminal_size(number)
                    if columns and rows:
                        return columns, rows
            size: tuple[int, int] = super()._get_terminal_size()
            return size

        def _watch_size(self) -> None:
            """Hear of a new size from the event loop. Textual's own signal handler can be interrupted by the next such
            signal, between asking for the size and passing it on: the older size would then come last, and stay."""
            import asyncio

            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, self._resized)

        def _resized(self) -> None:
            from textual.events import Resize
            from textual.geometry import Size

            if not getattr(self, "_in_band_window_resize", False):  # else the terminal tells it by itself
                size = Size(*self._get_terminal_size())
                self.board.post_message(Resize(size, size))

        def _disable_mouse_support(self) -> None:
            super()._disable_mouse_support()
            if getattr(self, "_mouse_pixels", False):
                self.write("\x1b[?1016l")

        def _watch_terminal(self) -> None:
            """Leave when the terminal goes away. Usually SIGHUP says so; without it reading would find an end of input
            again and again, and keep a processor busy."""
            import asyncio
            import select

            if not hasattr(select, "epoll"):
                return
            loop = asyncio.get_running_loop()
            watch = select.epoll()
            with contextlib.suppress(OSError):  # standard input is something that cannot be watched
                # Only what is always told: that the other end has gone.
                watch.register(self.fileno, select.EPOLLHUP | select.EPOLLERR)
            old, self._gone_watch = self._gone_watch, watch
            if old is not None:
                loop.remove_reader(old.fileno())
                old.close()
            loop.add_reader(watch.fileno(), self._gone, loop, watch)

        def _gone(self, loop: Any, watch: Any) -> None:
            loop.remove_reader(watch.fileno())
            self.board.call_later(self.board.exit, return_code=ended_by(signal.SIGHUP))

    return CarefulDriver


_TELL_PLACES = "\x1b[=4;2u"
"""Of the kitty keyboard protocol, besides what Textual asks for, and taken back with it: the key's place."""

_MODES_OFF = (
    "\x18"  # whatever was being written: that sequence is given up
    "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[<u"
    "{title}\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What a driver undoes one by one when it stops, and a frame that has no end."""

_LAST_WORDS = 0.5
"""Seconds in which a terminal has to take them."""


def restore(driver: Any) -> None:
    """Put the terminal of a program back that cannot do so itself, without waiting for a terminal that takes no output.
    Its attributes are put back whether or not it is ours: that never stops."""
    import termios

    attributes = getattr(driver, "attrs_before", None)
    if attributes is not None:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(driver.fileno, termios.TCSANOW, attributes)
    if isinstance(stream := getattr(driver, "_file", None), _Output) and driver.is_open():
        title = _RESTORE_TITLE if getattr(driver, "title_saved", False) else ""
        with contextlib.suppress(termios.error, OSError):
            stream.end_with(_MODES_OFF.format(title=title).encode())
            termios.tcflush(driver.fileno, termios.TCIFLUSH)  # typed to this program, not to the shell


class _Output:
    """A stream to a terminal that may go away: then what is written is dropped. A write that failed would end Textual's
    writer thread, and the program would wait for it for ever."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, or drop the text."""
        try:
            self._stream.write(text)
        except OSError:
            self._mute()

    def flush(self) -> None:
        """Flush, or drop what is left."""
        try:
            self._stream.flush()
        except OSError:
            self._mute()

    def fileno(self) -> int:
        """The stream's own."""
        number: int = self._stream.fileno()
        return number

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._stream.isatty())

    def end_with(self, last: bytes) -> None:
        """Write these bytes as the last ones, as far as the terminal takes them at once."""
        number = os.dup(self._stream.fileno())
        self._mute()  # the thread that writes may go on
        os.set_blocking(number, False)
        ends = time.monotonic() + _LAST_WORDS
        while last and time.monotonic() < ends:
            try:
                last = last[os.write(number, last) :]
            except BlockingIOError:
                time.sleep(0.01)
        os.set_blocking(number, True)  # others have this terminal open too

    def _mute(self) -> None:
        # Python flushes the stream once more when it ends, and a failure there would change the exit code.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)


def titled(found: Any) -> type[Driver]:
    """A driver class like `found` that can also set the title: `set_title(driver, text)`."""

    class TitledDriver(found):  # type: ignore[misc]
        _title = ""
        title_saved = False

        def set_title(self, text: str) -> None:
            """Show `text`, made harmless here, as the terminal's title."""
            text = clean(text, LONGEST_TITLE)
            if (self.title_saved and text == self._title) or os.environ.get("TERM") == "linux":  # which would print it
                return
            self.write(f"{'' if self.title_saved else _SAVE}\x1b]2;{text}\x07")
            self._title, self.title_saved = text, True

        def stop_application_mode(self) -> None:
            if self.title_saved:
                self.title_saved = False
                self.write(_RESTORE_TITLE)
            super().stop_application_mode()

        def start_application_mode(self) -> None:
            super().start_application_mode()
            if self._title:  # back from a stop
                self.set_title(self._title)

    return TitledDriver
