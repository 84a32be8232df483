"""`ssotui accounts`: what one's sessions offer: accounts, roles, and which of them have a profile."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment

HELP = "accounts and roles one can use"
README = (
    "accounts and roles that the signed-in sessions offer, with their profiles; profiles whose role is not offered any "
    "more are told. What was listed within the hour is shown at once (`--fresh`: asks AWS all the same)"
)
ABOUT = (
    "Lists the accounts and roles that the access portals offer, and which profile is for each. Words choose: each has "
    "to be in a name, a number, an e-mail address, a role or a profile, and one that begins with ! must not be."
)
EXAMPLES = (
    ("ssotui accounts", "of every session that is signed in"),
    ("ssotui accounts --session acme prod Admin", "what has both words"),
    ("ssotui accounts --json", "for a program"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="list what has all of these words")
    parser.add_argument("--session", metavar="S", help="of this session (name or start URL)")
    parser.add_argument("--fresh", action="store_true", help="ask AWS, however lately that was done")
    parser.add_argument("--json", action="store_true", help="for a program")


def run(options: Namespace, here: Environment) -> int:
    """List them."""
    from .offering import list_accounts

    return list_accounts(options, here)
