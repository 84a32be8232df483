"""`ssotui whoami`: the caller identity of a profile, or of many."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment
from ...options import add_named, add_role

HELP = "the caller identity of a profile, or of many"
GUIDE = (
    "the caller identity; with words a table of all profiles that have them: account, role, user, latency, "
    "and what is wrong"
)
ABOUT = (
    "Asks AWS whom the credentials of a profile belong to, and gets them first when needed. With words, of all "
    "profiles that have them: who they are, how long AWS took, and what is wrong (refused, gone, not signed in, "
    "another account than the profile says). Exit code of many: 0 when all is well, else 1 (3 or 4 when that is so "
    "for all)."
)
EXAMPLES = (
    ("ssotui whoami", "of AWS_PROFILE"),
    ("ssotui whoami dev-admin --json", "for a program"),
    ("ssotui whoami prod admin", "all with both words"),
    ("ssotui whoami prod --csv > who.csv", "for a spreadsheet"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui whoami [-h] [--profile PROFILE] [--json | --csv] "
        "[PROFILE | WORDS ... | --session S --account A --role R]"
    )
    parser.add_argument("words", nargs="*", metavar="WORDS", help="a profile (default: AWS_PROFILE), or words of many")
    add_named(parser)
    add_role(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="of one as aws sts get-caller-identity prints it")
    how.add_argument("--csv", action="store_true", help="a table with a line of names on top (RFC 4180)")


def run(options: Namespace, here: Environment) -> int:
    """Print who one profile is, or many are."""
    from .identities import whoami

    return whoami(options, here)
