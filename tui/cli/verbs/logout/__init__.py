"""`ssotui logout`: remove what is cached, end the sessions at AWS, and say what became of each."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment

HELP = "remove cached tokens and credentials, and end the sessions at AWS"
GUIDE = "sign out, telling what became of each item"
ABOUT = "Shows what a sign-out would remove, asks, removes it from this machine, and tells AWS to end the sessions."
EXAMPLES = (
    ("ssotui logout", "everything"),
    ("ssotui logout --session acme --yes", "one session, without a question"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--session", metavar="S", help="only this session (name or start URL)")
    scope.add_argument("--all", action="store_true", help="everything (the default)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(options: Namespace, here: Environment) -> int:
    """Sign out of one session or of everything."""
    from .removing import logout

    return logout(options, here)
