"""How the board is started and ended; and the end of every command."""

from __future__ import annotations

import os
import sys

from ..exit_codes import DONE, FAILED, USAGE, ended_by
from ..terminal import inherited
from .environment import Environment, complain, tell
from .options import EMPTY, LARGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..aws.config.configuration import Config

    SubShell = Callable[[Config, str, bool], int]
    """Takes a profile's name, and whether this program has to stay beside the shell."""


def finish(code: int) -> int:
    """Wait for what must not be lost, whatever ended the program with this exit code; nothing of that kind begins any
    more. Tells what could not be stored. Returns the exit code, which is none of success when something was lost."""
    from ..aws.state import finishing
    from ..text import place

    if finishing.close():
        from .ending import last_wait

        last_wait()
        if not finishing.wait(tell):
            code = code or FAILED
    for path, message in finishing.remarks():
        tell(f"{place(path)}: {message}")
        finishing.withdraw(path)
    return code


def prepare() -> None:
    """What comes before anything that has children or threads."""
    from ..terminal.crash import tell_with

    inherited.hear_signals()
    tell_with()


def board(
    emit: str | None = None,
    demo: str | None = None,
    words: str = "",
    region: str = "",
    sub_shell: SubShell | None = None,
) -> int:
    """Show the board, filtered by `words`. With `emit` the choice is for that shell, in `region` if that is given.
    `sub_shell`: opens one with a profile, where that is chosen."""
    prepare()
    problem = terminal_problem()
    if problem:
        return complain(problem, "run it in a terminal, or use a command: ssotui status", USAGE)
    if demo is not None:
        from ..demo.process import demo_process

        with demo_process(large=demo == LARGE, empty=demo == EMPTY) as running:
            running.apply(os.environ)
            offered = running.start_url if demo == EMPTY else ""
            return _run_board(emit, True, words, region, running.outside, sub_shell, offered)
    return _run_board(emit, False, words, region, sub_shell=sub_shell)


def _run_board(
    emit: str | None,
    demo: bool,
    words: str,
    region: str,
    outside: Mapping[str, str] | None = None,
    sub_shell: SubShell | None = None,
    start_url: str = "",
) -> int:
    import gc
    import io
    import signal

    gc.disable()  # until the first paint: nothing that is made before it is garbage
    from ..terminal.privacy import clear_switches

    before = dict(os.environ)
    clear_switches(os.environ)
    if isinstance(sys.__stderr__, io.TextIOWrapper):  # what is drawn has no other encoding
        sys.__stderr__.reconfigure(encoding="utf-8", errors="backslashreplace")
    from ..app import SsoApp
    from ..terminal import crash, signals

    app = SsoApp(emit=emit, demo=demo, outside=outside, words=words, start_url=start_url)
    try:
        chosen = app.run()
    finally:
        signals.over()
        crash.tell_with()  # no longer on the board
    app.remembered.save()  # what was changed just before the end
    ended = app.return_code or DONE
    if app.farewell:
        print(app.farewell, file=sys.stderr)
    code = finish(ended)  # here, because the services of a demo end with it
    if ended == ended_by(signal.SIGABRT):
        os.abort()  # as it was told, now that the terminal is in order
    if ended == DONE and app.sub_shell and sub_shell is not None:
        os.environ.clear()
        os.environ.update(before)
        return sub_shell(app.store.config, app.sub_shell, demo)  # a demo's services end with this program
    if ended == DONE and emit is not None:
        if chosen is None:
            return FAILED  # left without a choice: the shell function must not take it for one
        from .switched import switch

        # Whatever else was lost has been told: the shell function must switch all the same.
        return switch(Environment(), app.store.config, emit, chosen, region)
    return code


def terminal_problem() -> str:
    """Why the board cannot be shown here, "" when it can. Textual reads stdin and draws on stderr."""
    for stream, name in ((sys.stdin, "standard input"), (sys.stderr, "standard error")):
        try:
            if stream is None or not stream.isatty():
                return f"The board needs a terminal, and {name} is not one"
        except ValueError:  # closed
            return f"The board needs a terminal, and {name} is closed"
    if os.name == "posix" and os.environ.get("TERM", "") in ("", "dumb"):
        return f"The board needs a capable terminal, and TERM is {os.environ.get('TERM') or 'not set'}"
    return ""
