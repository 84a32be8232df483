"""`ssotui status`: what the caches say, without any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment
from ...options import add_named

HELP = "sessions and profiles with their expiries; uses no network"
GUIDE = (
    "sessions, and the profiles in use (`--all`: all of them); uses no network. With a profile or words the exit code "
    "answers. `--prompt`: one short line about AWS_PROFILE, for shell prompts"
)
ABOUT = (
    "Says what the caches on this machine hold: how long each session lives, and which profiles have "
    "something to tell: the active one, role credentials that are alive, problems. With a profile, "
    "words or a session the exit code answers: 0 signed in, 3 not."
)
EXAMPLES = (
    ("ssotui status", "the sessions and what is in use"),
    ("ssotui status payments prod", "all profiles with both words"),
    ("ssotui status expired", "all whose role credentials have ended"),
    ("ssotui status dev-admin && make deploy", "only if signed in"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui status [-h] [--profile PROFILE] [PROFILE | WORD ...] [--session S] [--all] [--json] [--prompt]"
    )
    parser.set_defaults(profile=None)
    parser.add_argument(
        "words",
        nargs="*",
        metavar="PROFILE",
        help="this profile, else those with all words, or in a state",
    )
    add_named(parser)
    parser.add_argument("--session", metavar="S", help="only this session (name or start URL)")
    parser.add_argument("--all", action="store_true", help="all profiles, those without credentials too")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument("--prompt", action="store_true", help="one short line about AWS_PROFILE, for shell prompts")


def run(options: Namespace, here: Environment) -> int:
    """Print all, or answer for what is named."""
    from .answer import status

    return status(options, here)
