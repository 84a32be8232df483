"""`ssotui init`: the shell function `sso`, for a shell to evaluate.

Shells run this whenever they start, so nothing more is imported than is needed.
"""

from __future__ import annotations

from ...exit_codes import DONE, FAILED
from ..environment import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "the shell function sso, for a shell to evaluate"
GUIDE = "the shell function `sso`; with `--install` its line is added to the file that the shell reads"
ABOUT = "Prints the shell function sso, which switches the shell that it is called in to another profile."
EXAMPLES = (
    ('eval "$(ssotui init bash)"', "for this shell only"),
    ("ssotui init bash --install", "for every new shell"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    from ..options import EMIT_SHELLS

    parser.add_argument("shell", choices=EMIT_SHELLS)
    parser.add_argument("--install", action="store_true", help="show the line and its file, ask, and add it there")
    parser.add_argument("--yes", action="store_true", help="with --install: do not ask")


def run(options: Namespace, here: Environment) -> int:
    """Print the definition of the shell function `sso`, or have the shell's start-up file define it."""
    from ..options import UsageError

    if options.install:
        return install(here, options.shell, options.yes)
    if options.yes:
        raise UsageError("--yes goes with --install")
    print_init(here, options.shell)
    return DONE


def install(here: Environment, shell: str, agreed: bool) -> int:
    """Add the line that defines `sso` to the shell's start-up file. It asks first, unless that is `agreed` already."""
    from shutil import which

    from ...shell.startup import carry_out, plan
    from ...text import clean, place
    from ..options import UsageError

    planned = plan(shell)
    where = clean(place(planned.path), 1000)
    if planned.there:
        here.say(f"{where} has it already, in line {planned.there}")
        return DONE
    here.say(f"To the end of {where}{'' if planned.before is not None else ', a new file,'} goes this line:")
    here.say(f"    {planned.line}")
    if not agreed and (not here.can_ask):
        raise UsageError("Adding it asks first, and standard input is not a terminal: add --yes")
    if not agreed and not here.confirmed("Add it?"):
        here.say("Nothing was written.")
        return FAILED
    carry_out(planned)
    here.say(f"Added, as line {planned.number}. New shells have sso; for this one type the line itself.")
    if which("ssotui") is None:
        here.say("! ssotui is not found on the PATH here: a new shell has to find it there before that line")
    return DONE


def print_init(here: Environment, shell: str) -> None:
    """Print the definition of `sso` for `shell`. Raises SsoError for a shell that has none."""
    from ...shell.function import init_script

    here.write(init_script(shell))
