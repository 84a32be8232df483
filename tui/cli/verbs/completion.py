"""`ssotui completion`: text for a shell to evaluate, and the names that it offers.

Shells run this whenever they complete a word, so nothing more is imported than is needed.
"""

from __future__ import annotations

from ...exit_codes import DONE
from ..environment import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "completion of sso and ssotui, for a shell to evaluate"
GUIDE = "completion of `sso` and `ssotui`, profile names included"
ABOUT = "Prints what lets the tab key complete commands, options and profiles of sso and ssotui."
EXAMPLES = (
    ('eval "$(ssotui completion zsh)"', "in zsh, after compinit"),
    ("ssotui completion fish | source", "in fish"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    from argparse import SUPPRESS

    from ..options import EMIT_SHELLS

    parser.add_argument("shell", nargs="?", choices=EMIT_SHELLS[:3])
    parser.add_argument("--names", action="store_true", help=SUPPRESS)


def run(options: Namespace, here: Environment) -> int:
    """Print the completion of `sso` and `ssotui`, or (`--names`, which that completion calls) the profiles' names."""
    from ..arguments import make_parser
    from ..options import UsageError

    if options.names:
        print_names(here)
        return DONE
    if options.shell is None:
        raise UsageError("Completion for which shell? Name bash, zsh or fish")
    from ...shell.completion_script import completion_script

    here.write(completion_script(options.shell, make_parser()))
    return DONE


def print_names(here: Environment) -> None:
    """Print the names of all profiles, those of this program first, one a line: those that a terminal only shows, and
    never obeys."""
    from ...aws.config.loading import load

    config = load(here.environ)
    names = dict.fromkeys([*config.profiles, *config.all_names])
    here.utf8_stdout()  # whose encoding has more names
    here.write("".join(f"{name}\n" for name in names if name.isprintable() and here.can_show(name)))
