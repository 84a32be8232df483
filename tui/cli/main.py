"""The command line: parsing, and the one place where errors become messages and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS, 128+n ended by signal n.
stdout carries data only; messages go to stderr. No verb imports Textual.
"""

from __future__ import annotations

import os
import sys

from ..exit_codes import DONE, FAILED, USAGE, ended_by
from ..terminal import inherited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping, Sequence
    from typing import TextIO

EMIT_SHELLS = ("bash", "zsh", "fish", "pwsh")

SMALL, LARGE = "small", "large"
"""The organisations of the demo."""


class UsageError(Exception):
    """The command line cannot be carried out as it stands; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Run `arguments` (without the program's name) and return the exit code. Never raises."""
    inherited.forbid_core_dumps()
    _open_closed_streams()
    code = _guarded(arguments)
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError:  # what could not be written is still in the buffer, and Python would try once more
            _mute(number)
    return code


def _guarded(arguments: Sequence[str]) -> int:
    from ..aws.errors import SsoError

    try:
        try:
            code = program(arguments)
        except SystemExit as error:  # argparse, after its help too
            code = error.code if isinstance(error.code, int) else USAGE
        sys.stdout.flush()
        return code
    except SsoError as error:
        return _complain(error.title, error.hint, error.exit_code)
    except UsageError as error:
        return _complain(str(error), "see: ssotui --help", USAGE)
    except KeyboardInterrupt as error:
        return ended_by(getattr(error, "number", 2))
    except BrokenPipeError:  # whoever read our output has gone
        _mute(1)
        return ended_by(13)  # SIGPIPE
    except OSError as error:  # of stdout, mostly; of the files that it uses, a command takes care itself
        _mute(1)
        return _complain(f"Reading or writing failed: {error.strerror or type(error).__name__}", "", FAILED)
    except UnicodeEncodeError as error:  # of stdout: elsewhere the commands escape what cannot be encoded
        title = f"The output has characters that cannot be written in the encoding {error.encoding}"
        return _complain(title, "use a UTF-8 locale: LC_ALL=C.UTF-8", FAILED)
    except Exception as error:
        # No traceback: locals and messages of strange errors may hold secrets.
        from ..aws.errors import kind_and_place

        return _complain(f"Something unexpected went wrong: {kind_and_place(error)}", "", FAILED)


def finish(code: int) -> int:
    """Wait for what must not be lost, whatever ended the program with this exit code; nothing of that kind begins any
    more. Tells what could not be stored. Returns the exit code, which is none of success when something was lost."""
    from ..aws.state import finishing
    from ..text import place

    if finishing.close():
        from .ending import last_wait

        last_wait()
        if not finishing.wait(_tell):
            code = code or FAILED
    for path, message in finishing.remarks():
        _tell(f"{place(path)}: {message}")
        finishing.withdraw(path)
    return code


def program(arguments: Sequence[str]) -> int:
    """Like `main`, without the error handling."""
    # The two that are waited for most often do without argparse, which costs as much as a bare Python.
    if not arguments:
        return board()
    if _quick(arguments):
        return DONE
    _prepare()
    command: list[str] | None = None
    if arguments[0] == "exec" and "--" in arguments:
        place = arguments.index("--")
        word, following = arguments[place + 1 : place + 2], arguments[place + 2 : place + 3]
        if following == ["--"] and word[0].startswith("-") and all(it.startswith("-") for it in arguments[1:place]):
            place += 2  # exec -- PROFILE -- COMMAND: a profile whose name begins with a dash
        arguments, command = arguments[:place], list(arguments[place + 1 :])
    from .arguments import parse

    options = parse(arguments)
    options.command = command
    verb: str | None = options.verb
    if verb is None:
        if options.print_config:
            from .verbs.print_config import print_config

            return print_config()
        if options.use is None and not options.previous and (options.filter is None or options.emit is None):
            return board(options.emit, options.demo, options.filter or "")
        from .verbs.use import use

        return use(options)
    from .ending import heed
    from .table import find

    heed()
    return find(verb).run(options)


def _quick(arguments: Sequence[str]) -> bool:
    """Carry out what prompts, shells and SDKs run again and again, in its plain forms. False: nothing was done."""
    match list(arguments):
        case ["env", *rest]:
            from .quick_env import quick_env

            return quick_env(rest)
        case ["credential-process", name]:
            from .quick_env import quick_env

            return quick_env([name, "--format", "json"])
        case ["--emit", *rest]:
            from .quick_use import quick_use

            return quick_use(rest)
        case ["status", "--prompt"]:
            from .prompt import print_prompt

            print_prompt()
        case ["init", shell] if not shell.startswith("-"):
            from .verbs.init import print_init

            print_init(shell)
        case ["completion", "--names"]:
            from .verbs.completion import print_names

            print_names()
        case _:
            return False
    return True


def make_parser() -> ArgumentParser:
    """The parser of the whole command line."""
    from .arguments import make_parser

    return make_parser()


def utf8_stdout() -> TextIO:
    """stdout for text that a program reads. The configuration is UTF-8 in every locale, and so are its names; only
    who tells Python another encoding gets that."""
    stdout = sys.stdout
    if stdout.encoding != "utf-8" and "PYTHONIOENCODING" not in os.environ and hasattr(stdout, "reconfigure"):
        stdout.reconfigure(encoding="utf-8", errors="strict")
    return stdout


def board(emit: str | None = None, demo: str | None = None, words: str = "", region: str = "") -> int:
    """Show the board, filtered by `words`. With `emit` the choice is for that shell, in `region` if that is given."""
    _prepare()
    problem = terminal_problem()
    if problem:
        return _complain(problem, "run it in a terminal, or use a command: ssotui status", USAGE)
    if demo is not None:
        from ..demo.process import demo_process

        with demo_process(large=demo == LARGE) as running:
            running.apply(os.environ)
            return _run_board(emit, True, words, region, running.outside)
    return _run_board(emit, False, words, region)


def _run_board(emit: str | None, demo: bool, words: str, region: str, outside: Mapping[str, str] | None = None) -> int:
    import gc
    import io
    import signal

    gc.disable()  # until the first paint: nothing that is made before it is garbage
    from ..terminal.environment import clear_switches

    clear_switches(os.environ)
    if isinstance(sys.__stderr__, io.TextIOWrapper):  # what is drawn has no other encoding
        sys.__stderr__.reconfigure(encoding="utf-8", errors="backslashreplace")
    from ..app import SsoApp
    from ..terminal import crash, signals

    app = SsoApp(emit=emit, demo=demo, outside=outside, words=words)
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
    if ended == DONE and emit is not None:
        if chosen is None:
            return FAILED  # left without a choice: the shell function must not take it for one
        from .verbs.use import switch

        # Whatever else was lost has been told: the shell function must switch all the same.
        return switch(app.store.config, emit, chosen, region)
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


def _prepare() -> None:
    """What comes before anything that has children or threads."""
    from ..terminal.crash import tell_with

    inherited.hear_signals()
    tell_with()


def _complain(title: str, hint: str, code: int) -> int:
    from ..text import clean

    try:
        print(f"ssotui: {clean(title, 1000)}", file=sys.stderr)
        if hint:
            print(f"        {clean(hint, 1000)}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        pass  # nobody is there to read it
    return code


def _tell(line: str) -> None:
    _complain(line, "", 0)


def _mute(number: int) -> None:
    """Point stdout (1) or stderr (2) elsewhere, so that Python's own last flush of it stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open_closed_streams() -> None:
    """Give closed standard streams somewhere to go. Else Python prints what is meant for stderr on stdout, and the
    next file that is opened takes their number, with everything that children write to it."""
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            found = os.open(os.devnull, os.O_RDWR)
            if found != number:
                os.dup2(found, number)
                os.close(found)
            if number == 1:
                sys.stdout = open(number, "w", closefd=False)  # noqa: SIM115
            elif number == 2:
                sys.stderr = open(number, "w", closefd=False)  # noqa: SIM115
