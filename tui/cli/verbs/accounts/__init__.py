"""`ssotui accounts`: what one's sessions offer: accounts, roles, and which of them have a profile."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ....aws.config.checks import OUTPUTS
from ...environment import Environment

HELP = "accounts and roles one can use"
GUIDE = (
    "accounts and roles that the signed-in sessions offer, with their profiles; profiles whose role is not offered any "
    "more are told. What was listed within the hour is shown at once (`--fresh`: asks AWS all the same). `--write` "
    "makes profiles for them: it shows what changes in the config file, and asks; `--undo` takes that back"
)
ABOUT = (
    "Lists the accounts and roles that the access portals offer, and which profile is for each. Words choose: each has "
    "to be in a name, a number, an e-mail address, a role or a profile, and one that begins with ! must not be. "
    "With --write, roles that have no profile get one. A template makes their names: {account_name} {account_id} "
    "{role_name} {session} {region}, each with filters: {account_name|lower|replace: :-}. Equal names are numbered, "
    "and what some shell or SDK would not take is replaced. Profiles that ssotui wrote and nobody has changed since "
    "are brought up to date; all others are left as they are, and so is every other line of the file."
)
EXAMPLES = (
    ("ssotui accounts", "of every session that is signed in"),
    ("ssotui accounts --session acme prod Admin", "what has both words"),
    ("ssotui accounts --json", "for a program"),
    ("ssotui accounts --write --only prod Admin", "profiles for what has both words; asks"),
    ("ssotui accounts --write --template '{account_name|lower}/{role_name}'", "with other names"),
    ("ssotui accounts --write --prune --yes", "for a script: also removes its own that are gone"),
    ("ssotui accounts --undo", "takes the last change of the config file back"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui accounts [-h] [--session S] [--fresh] [--json] [WORD ...] |\n       --write [--template T] "
        "[--region R] [--output O] [--only WORD ...]\n               [--prune] [--session S] "
        "[--fresh] [--dry-run] [--yes] |\n       --undo [--dry-run] [--yes]"
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="what has all of these words")
    parser.add_argument("--session", metavar="S", help="of this session (name or start URL)")
    parser.add_argument("--fresh", action="store_true", help="ask AWS, however lately that was done")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--write", action="store_true", help="write profiles for the roles")
    parser.add_argument("--undo", action="store_true", help="take back the last change of the config file")
    parser.add_argument("--template", metavar="T", help="how profiles are named (default: setting accounts.template)")
    parser.add_argument("--region", metavar="R", help="their region (default: the session's), or none")
    parser.add_argument("--output", metavar="O", help=f"their output: {', '.join(OUTPUTS)}, or none (the default)")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="roles that have all of these words")
    parser.add_argument("--prune", action="store_true", help="remove and rename profiles that ssotui wrote")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: Namespace, here: Environment) -> int:
    """List them, or write profiles for them."""
    from ...options import UsageError

    check(options, UsageError)
    if options.write or options.undo:
        from .profile_changes import undo_change, write_profiles

        return (write_profiles if options.write else undo_change)(options, here)
    from .offering import list_accounts

    return list_accounts(options, here)


def check(options: Namespace, error: type[Exception]) -> None:
    """Raises `error` for options that do not go together."""
    given = {key for key, value in vars(options).items() if value not in (None, False, [])}
    if options.write and options.undo:
        raise error("Either --write or --undo")
    for key in ("template", "region", "output", "only", "prune"):
        if key in given and not options.write:
            raise error(f"--{key} goes with --write")
    for key in ("dry_run", "yes"):
        if key in given and not (options.write or options.undo):
            raise error(f"--{key.replace('_', '-')} goes with --write or --undo")
    if options.json and (options.write or options.undo):
        raise error("--json goes without --write and --undo")
    if options.undo and given & {"words", "session", "fresh"}:
        raise error("--undo takes back the whole last change: it goes without words, --session and --fresh")
