"""`ssotui completion`: text for a shell to evaluate, and the names that it offers.

Shells run this whenever they complete a word, so nothing more is imported than is needed.
"""

from __future__ import annotations

import sys

from ...exit_codes import DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "completion of sso and ssotui, for a shell to evaluate"
README = "completion of `sso` and `ssotui`, profile names included"
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


def run(options: Namespace) -> int:
    """Print the completion of `sso` and `ssotui`, or (`--names`, which that completion calls) the profiles' names."""
    from ..arguments import make_parser
    from ..options import UsageError

    if options.names:
        print_names()
        return DONE
    if options.shell is None:
        raise UsageError("Completion for which shell? Name bash, zsh or fish")
    from ...shell.completion_script import completion_script

    sys.stdout.write(completion_script(options.shell, make_parser()))
    return DONE


def print_names() -> None:
    """Print the names of all profiles, those of this program first, one a line: those that a terminal only shows, and
    never obeys."""
    from ...aws.config.loading import load
    from ..streams import utf8_stdout

    config = load()
    names = dict.fromkeys([*config.profiles, *config.all_names])
    stdout = utf8_stdout()
    stdout.write("".join(f"{name}\n" for name in names if name.isprintable() and _can_be_written(name)))


def _can_be_written(name: str) -> bool:
    try:
        name.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
