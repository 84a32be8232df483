"""`ssotui help`: the help of the program, or of one command."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE
from ..environment import Environment

HELP = "help, of the program or of one command"
GUIDE = "help; every command's has examples"
ABOUT = "Says what the program can do, or how one of its commands is used."
EXAMPLES = (
    ("ssotui help", "all commands"),
    ("ssotui help status", "the same as ssotui status --help"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    from ..table import VERBS

    parser.add_argument("about", nargs="?", metavar="VERB", choices=VERBS, help="a command")


def run(options: Namespace, here: Environment) -> int:
    """Print the help."""
    from ..arguments import make_parser

    if options.about is not None:
        make_parser(here, (options.about,)).parse_args([options.about, "--help"])
    make_parser(here).print_help()
    return DONE
