"""The command line: parsing, and the one place where errors become messages and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS, 128+n ended by signal n.
stdout carries data only; messages go to stderr. No verb imports Textual.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

USAGE = 2
EMIT_SHELLS = ("bash", "zsh", "fish", "pwsh")


class UsageError(Exception):
    """The command line cannot be carried out as it stands; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Run `arguments` (without the program's name) and return the exit code. Never raises."""
    from .aws.errors import SsoError

    _forbid_core_dumps()
    try:
        code = program(arguments)
        sys.stdout.flush()
        return code
    except SsoError as error:
        return _complain(error.title, error.hint, error.exit_code)
    except UsageError as error:
        return _complain(str(error), "see: ssotui --help", USAGE)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone. Point stdout elsewhere so that its last flush stays quiet too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except SystemExit as error:  # argparse
        return error.code if isinstance(error.code, int) else USAGE
    except Exception as error:
        # No traceback: locals and messages of strange errors may hold secrets.
        where = _innermost(error)
        return _complain(f"Something unexpected went wrong: {type(error).__name__} in {where}", "", 1)


def program(arguments: Sequence[str]) -> int:
    """Like `main`, without the error handling."""
    # The two that are waited for most often do without argparse, which costs as much as a bare Python.
    if not arguments:
        return _board()
    if arguments[0] == "env":
        from .verbs.quick_env import quick_env

        if quick_env(arguments[1:]):
            return 0
    options = make_parser().parse_args(arguments)
    verb: str | None = options.verb
    if verb is None:
        if options.use is None:
            return _board(options.emit, options.demo)
        if options.emit is None:
            raise UsageError("--use goes with --emit")
        from .verbs.use import use

        return use(options)
    from importlib import import_module

    module = import_module(f".verbs.{_MODULES.get(verb, verb)}", __package__)
    code: int = getattr(module, verb.replace("-", "_"))(options)
    return code


_MODULES = {"whoami": "credentials", "env": "credentials"}
"""Verbs whose module has another name than they."""


def make_parser() -> ArgumentParser:
    """The parser of the whole command line."""
    from argparse import ArgumentParser

    from . import __version__

    parser = ArgumentParser(
        prog="ssotui",
        description="A terminal board for AWS IAM Identity Center: sessions, credentials, sign-in and sign-out.",
        epilog="Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS.",
    )
    parser.add_argument("--version", action="version", version=f"ssotui {__version__}")
    parser.add_argument("--demo", action="store_true", help="try the board on an embedded Identity Center")
    parser.add_argument(
        "--emit", metavar="SHELL", choices=EMIT_SHELLS, help="print the lines that switch SHELL to the chosen profile"
    )
    parser.add_argument("--use", metavar="PROFILE", help="with --emit: switch to PROFILE without opening the board")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands (without one: the board)")

    status = verbs.add_parser("status", help="sessions and profiles with their expiries; uses no network")
    status.add_argument("profile", nargs="?", metavar="PROFILE", help="exit 0 if it is signed in, 3 if it is not")
    status.add_argument("--json", action="store_true", help="machine-readable, on stdout")

    login = verbs.add_parser("login", help="sign in, showing code and URL")
    which = login.add_mutually_exclusive_group()
    which.add_argument("profile", nargs="?", metavar="PROFILE", help="sign in to this profile's session")
    which.add_argument("--session", metavar="S", help="sign in to this session (name or start URL)")
    which.add_argument("--all", action="store_true", help="sign in to every session that needs it")
    login.add_argument("--no-open", action="store_true", help="do not open a browser")
    login.add_argument("--force", action="store_true", help="sign in anew even when signed in")

    logout = verbs.add_parser("logout", help="remove cached tokens and credentials, and end the sessions at AWS")
    scope = logout.add_mutually_exclusive_group()
    scope.add_argument("--session", metavar="S", help="only this session (name or start URL)")
    scope.add_argument("--all", action="store_true", help="everything (the default)")
    logout.add_argument("--yes", action="store_true", help="do not ask")
    logout.add_argument("--json", action="store_true", help="machine-readable, on stdout")

    whoami = verbs.add_parser("whoami", help="the caller identity of a profile")
    whoami.add_argument("profile", metavar="PROFILE")
    whoami.add_argument("--json", action="store_true", help="as aws sts get-caller-identity prints it")

    from .aws.export import FORMATS

    env = verbs.add_parser("env", help="export lines for a shell")
    env.add_argument("profile", metavar="PROFILE")
    env.add_argument("--format", choices=list(FORMATS), metavar="F", help=", ".join(FORMATS))
    env.add_argument("--unset", action="store_true", help="lines that unset what the export lines set")
    env.add_argument("--force", action="store_true", help="print secrets even to a terminal")
    return parser


def _board(emit: str | None = None, demo: bool = False) -> int:
    problem = terminal_problem()
    if problem:
        return _complain(problem, "run it in a terminal, or use a command: ssotui status", USAGE)
    if demo:
        from .demo.process import demo_process

        with demo_process() as running:
            running.apply(os.environ)
            return _run_board(emit, demo)
    return _run_board(emit, demo)


def _run_board(emit: str | None, demo: bool) -> int:
    import gc

    gc.disable()  # until the first paint: nothing that is made before it is garbage
    from .app import SsoApp

    app = SsoApp(emit=emit, demo=demo)
    chosen = app.run()
    code = app.return_code or 0
    if app.farewell:
        print(app.farewell, file=sys.stderr)
    if code == 0 and emit is not None:
        if chosen is None:
            return 1  # left without a choice: the shell function must not take it for one
        from .aws.export import use_profile_lines

        sys.stdout.write(use_profile_lines(emit, chosen))
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


def _complain(title: str, hint: str, code: int) -> int:
    from .text import clean

    try:
        print(f"ssotui: {clean(title, 1000)}", file=sys.stderr)
        if hint:
            print(f"        {clean(hint, 1000)}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        pass  # nobody is there to read it
    return code


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def _forbid_core_dumps() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, ValueError, OSError):
        pass
