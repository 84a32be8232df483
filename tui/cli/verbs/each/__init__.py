"""`ssotui each [WORDS...] -- COMMAND`: run a command under every matching profile."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment

HELP = "run a command under every matching profile, several at a time"
GUIDE = (
    "run a command under every profile that has the words, 8 at a time, each line with the profile's name in front; "
    "`{profile}` `{account_id}` `{account_name}` `{region}` are replaced"
)
ABOUT = (
    "Runs a command under every profile that has all the words (in its name, account, role, session or region; !word "
    "leaves out), several at a time, each with its own role credentials in its environment. {profile}, {account_id}, "
    "{account_name} and {region} in the command are replaced; {{ stands for a brace, and other braces stay as they "
    "are. Exit code: 0 when all succeeded, 1 when one failed, 3 when nothing ran because of sign-ins."
)
EXAMPLES = (
    ("ssotui each prod '!eu' -- aws s3 ls", "all of prod, but not eu"),
    ("ssotui each --account-once -- aws iam list-users", "once an account"),
    ("ssotui each --json admin -- terraform plan | jq .exit", "for a program"),
    ("ssotui each -- aws s3 sync . s3://logs-{account_id}/", "with its number"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui each [-h] [--session S] [--account-once] [--roles A,B] [--jobs N] [--json] [--fail-fast] [--login] "
        "[--yes] [WORDS ...] -- COMMAND [ARGUMENT ...]"
    )
    parser.add_argument("words", nargs="*", metavar="WORDS", help="what a profile must have; none: all profiles")
    parser.add_argument("--session", metavar="S", help="only profiles of this session (name or start URL)")
    parser.add_argument("--account-once", action="store_true", help="one profile an account, by the order of the roles")
    parser.add_argument(
        "--roles", metavar="A,B", help="that order, patterns like *ReadOnly* (default: the setting each.roles)"
    )
    parser.add_argument("--jobs", metavar="N", type=int, default=8, help="how many run at a time (default: 8)")
    parser.add_argument("--json", action="store_true", help="a JSON object a line as each command ends")
    parser.add_argument("--fail-fast", action="store_true", help="end all when one has failed")
    parser.add_argument("--login", action="store_true", help="sign in first where that is needed")
    parser.add_argument("--yes", action="store_true", help="do not ask, however many profiles there are")


def run(options: Namespace, here: Environment) -> int:
    """Run the command."""
    from .work import each

    return each(options, here)
