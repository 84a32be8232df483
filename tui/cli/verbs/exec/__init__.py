"""`ssotui exec PROFILE -- COMMAND`: run a command with a profile's role credentials in its environment."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace

from ...environment import Environment
from ...guard_rails.allowing import add_agent, add_yes
from ...options import add_profile

HELP = "run a command with the credentials in its environment; its exit code is ours"
GUIDE = HELP
ABOUT = (
    "Runs one command with the role credentials of a profile in its environment, and nothing there that "
    "would win over them."
)
EXAMPLES = (
    ("ssotui exec dev-admin -- terraform plan", "one command"),
    ("ssotui exec --region eu-west-1 dev-admin -- aws s3 ls", "in another region"),
    ("ssotui exec --session acme --account Production --role ReadOnly -- aws s3 ls", "a role without a profile"),
    ("ssotui exec --agent dev-readonly -- aws s3 ls", "by a coding agent: it signs in to nothing"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui exec [-h] [--profile PROFILE] [--region R] [--login] [--yes | --agent] "
        "[PROFILE | --session S --account A --role R] -- COMMAND [ARGUMENT ...]"
    )
    add_profile(parser, or_role=True)
    parser.add_argument("--region", metavar="R", help="a region, in place of the profile's and of AWS_REGION")
    parser.add_argument("words", nargs="*", help=SUPPRESS)
    parser.add_argument("--login", action="store_true", help="sign in first when that is needed")
    add_yes(parser)
    add_agent(parser)


def run(options: Namespace, here: Environment) -> int:
    """Become the command."""
    from .child import exec  # noqa: A004 - the command's name

    return exec(options, here)
