"""`ssotui console PROFILE`: the AWS console in the browser, through the access portal or with role credentials."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment
from ...guard_rails.allowing import add_yes
from ...options import add_profile

HELP = "open the AWS console in the browser"
GUIDE = "open the AWS console, or print the link"
ABOUT = "Opens the AWS console in the browser, signed in as the profile's role."
EXAMPLES = (
    ("ssotui console dev-admin --service s3", "at a service"),
    ("ssotui console dev-admin --print", "only the link"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser, or_role=True)
    parser.add_argument("--region", metavar="R", help="a region, in place of the profile's")
    parser.add_argument(
        "--service", metavar="S", help="a service, by its name in the console or in the AWS CLI: s3, lambda"
    )
    parser.add_argument(
        "--federate", action="store_true", help="sign the browser in with role credentials, not through the portal"
    )
    parser.add_argument("--print", action="store_true", help="print the link instead of opening it")
    parser.add_argument("--force", action="store_true", help="print a link that signs in even to a terminal")
    add_yes(parser)


def run(options: Namespace, here: Environment) -> int:
    """Open the console, or print the link to it."""
    from .link import console

    return console(options, here)
