"""`ssotui shell [PROFILE]`: a sub-shell with a profile, its prompt marked."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE
from ..environment import Environment
from ..guard_rails.allowing import add_yes, allow_use, label_of
from ..options import add_profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...aws.config.configuration import Config

HELP = "a sub-shell with the profile, its prompt marked"
GUIDE = "a sub-shell with the profile, its prompt marked (bash, zsh, fish)"
ABOUT = (
    "Opens a shell in this terminal that uses the profile, and says so in its prompt; exit or ctrl+d goes back. It is "
    "for who has not installed the function sso."
)
EXAMPLES = (
    ("ssotui shell dev-admin", "until exit"),
    ("ssotui shell --region eu-west-1 dev-admin", "in another region"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser)
    parser.add_argument("--region", metavar="R", help="a region, in place of the profile's")
    add_yes(parser)


def run(options: Namespace, here: Environment) -> int:
    """Become the shell."""
    from ...aws.config.loading import load
    from ...aws.errors import command_line
    from ...guard.rules import SHELL
    from ..options import UsageError
    from ..output import chosen_of, no_profile

    config = load(here.environ)
    name: str = options.profile if options.profile is not None else chosen_of(config, here.environ)
    if name not in config.all_names:
        raise no_profile(config, name)
    if not (here.can_ask and here.is_seen):
        raise UsageError(f"A sub-shell needs a terminal; for one command: {command_line('exec', name=name)} -- COMMAND")
    allow_use(here, config, name, SHELL, options)
    return open_shell(here, config, name, options.region or "")


def open_shell(here: Environment, config: Config, name: str, region: str = "", beside: bool = False) -> int:
    """Have a shell with this profile take the place of this program, or run it `beside`: with the program that runs
    here within its reach, wherever it was started from. Raises SsoError for a broken profile."""
    from ...shell.parent import parent_shell
    from ...shell.subshell import INSIDE, MARKED, command, environment, shell_of
    from ...shell.switching import switch_lines
    from ...text import clean
    from ..launch import finish
    from ..quick.quick_use import after_switch
    from ..switched import where
    from .exec.child import replace_us, run_beside

    shell, program = shell_of(parent_shell(), here.environ)
    marked = shell in MARKED
    lines = switch_lines(config, here.environ, shell if marked else "bash", name, region)
    label = label_of(config, name)
    environ = environment(config, here.environ, shell, name, region, lines if marked else "", label)
    if INSIDE in here.environ:
        here.say(
            f"! this begins inside a sub-shell of {clean(here.environ[INSIDE], 300)}: exit leaves one after the other"
        )
    if not marked:
        here.say(f"! the prompt of {clean(shell)} is not marked, and its start-up files may choose another profile")
    after_switch(here, name, where(here, config, name, region))
    here.say("exit or ctrl+d leaves this sub-shell")
    finish(DONE)  # the shell takes this program's place
    if not beside:
        return replace_us(command(shell, program), environ)
    own = os.path.dirname(os.path.abspath(sys.argv[0]))
    return run_beside(command(shell, program), {**environ, "PATH": f"{own}{os.pathsep}{environ.get('PATH', '')}"})
