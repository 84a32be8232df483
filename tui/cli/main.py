"""The command line: parsing, and the one place where errors become messages and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS, 128+n ended by signal n.
stdout carries data only; messages go to stderr. No verb imports Textual.
"""

from __future__ import annotations

from ..exit_codes import DONE, FAILED, USAGE, ended_by
from ..terminal import inherited
from .environment import Environment, mute, open_closed_streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..aws.config.configuration import Config


def main(arguments: Sequence[str], here: Environment | None = None) -> int:
    """Run `arguments` (without the program's name) and return the exit code. Never raises. `here`: streams, variables
    and clock, in place of the process's own."""
    inherited.forbid_core_dumps()
    open_closed_streams()
    here = here or Environment()
    code = _guarded(arguments, here)
    for number, stream in ((1, here.stdout), (2, here.stderr)):
        try:
            stream.flush()
        except OSError:  # what could not be written is still in the buffer, and Python would try once more
            mute(number)
    return code


def _guarded(arguments: Sequence[str], here: Environment) -> int:
    from ..aws.errors import SsoError

    try:
        try:
            code = program(arguments, here)
        except SystemExit as error:  # argparse, after its help too
            code = error.code if isinstance(error.code, int) else USAGE
        here.stdout.flush()
        return code
    except SsoError as error:
        return here.complain(error.title, error.hint, error.exit_code)
    except KeyboardInterrupt as error:
        return ended_by(getattr(error, "number", 2))
    except BrokenPipeError:  # whoever read our output has gone
        mute(1)
        return ended_by(13)  # SIGPIPE
    except OSError as error:  # of stdout, mostly; of the files that it uses, a command takes care itself
        mute(1)
        return here.complain(f"Reading or writing failed: {error.strerror or type(error).__name__}", "", FAILED)
    except UnicodeEncodeError as error:  # of stdout: elsewhere the commands escape what cannot be encoded
        title = f"The output has characters that cannot be written in the encoding {error.encoding}"
        return here.complain(title, "use a UTF-8 locale: LC_ALL=C.UTF-8", FAILED)
    except Exception as error:
        from ..aws.errors import kind_and_place
        from .options import UsageError  # here, because the quick forms do without

        if isinstance(error, UsageError):
            return here.complain(str(error), "see: ssotui --help", USAGE)
        # No traceback: locals and messages of strange errors may hold secrets.

        return here.complain(f"Something unexpected went wrong: {kind_and_place(error)}", "", FAILED)


def program(arguments: Sequence[str], here: Environment) -> int:
    """Like `main`, without the error handling."""
    # Those that are waited for most often do without argparse, which costs as much as a bare Python.
    if _quick(arguments, here):
        return DONE
    from .launch import board, prepare

    if not arguments:
        return board(sub_shell=_sub_shell)
    prepare()
    command: list[str] | None = None
    if arguments[0] in ("exec", "each") and "--" in arguments:
        place = arguments.index("--")
        word, following = arguments[place + 1 : place + 2], arguments[place + 2 : place + 3]
        if (
            arguments[0] == "exec"
            and following == ["--"]
            and word[0].startswith("-")
            and all(it.startswith("-") for it in arguments[1:place])
        ):
            place += 2  # exec -- PROFILE -- COMMAND: a profile whose name begins with a dash
        arguments, command = arguments[:place], list(arguments[place + 1 :])
    from .arguments import parse

    options = parse(arguments, here)
    options.command = command
    verb: str | None = options.verb
    if verb is None:
        if options.print_config:
            from .verbs.print_config import print_config

            return print_config(here)
        if options.use is None and not options.previous and (options.filter is None or options.emit is None):
            return board(options.emit, options.demo, options.filter or "", sub_shell=_sub_shell)
        from .verbs.use import use

        return use(options, here)
    from .ending import heed
    from .table import find

    heed()
    return find(verb).run(options, here)


def _sub_shell(config: Config, name: str, beside: bool) -> int:
    """Open a sub-shell, in place of this program or beside it."""
    from .verbs.shell import open_shell

    return open_shell(Environment(), config, name, beside=beside)


def _quick(arguments: Sequence[str], here: Environment) -> bool:
    """Carry out what prompts, shells and SDKs run again and again, in its plain forms. False: nothing was done."""
    match list(arguments):
        case ["env", *rest]:
            from .quick.quick_env import quick_env

            return quick_env(here, rest)
        case ["credential-process", name]:
            from .quick.quick_env import quick_env

            return quick_env(here, [name, "--format", "json"], "credential-process")
        case ["--emit", *rest]:
            from .quick.quick_use import quick_use

            return quick_use(here, rest)
        case ["status", "--prompt"]:
            from .quick.prompt import print_prompt

            print_prompt(here)
        case ["init", shell] if not shell.startswith("-"):
            from .verbs.init import print_init

            print_init(here, shell)
        case ["completion", "--names"]:
            from .verbs.completion import print_names

            print_names(here)
        case _:
            return False
    return True
