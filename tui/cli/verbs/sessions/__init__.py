"""`ssotui sessions`: sessions without a screen: what there is, a new one, one less."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment

LIST, ADD, REMOVE = "list", "add", "remove"

HELP = "add, list and remove sessions"
GUIDE = (
    "the sessions of the configuration. `add` makes one from a start URL; `remove` takes one away, with its token and "
    "the profiles that ssotui wrote for it (`--with-profiles`: with all). Both show what changes in the file, and ask"
)
ABOUT = (
    "Lists the sessions of the configuration, adds one from the start URL of an access portal, or removes one. What "
    "changes in the config file is shown first; a copy of the file is kept."
)
EXAMPLES = (
    ("ssotui sessions", "what there is"),
    ("ssotui sessions add --start-url acme.awsapps.com", "asks for what the URL does not tell"),
    ("ssotui sessions add --start-url URL --region eu-west-1 --yes", "for a script"),
    ("ssotui sessions remove acme", "shows what goes, and asks"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = (
        "ssotui sessions [-h] [list] [--json] |\n       add [--start-url URL] [--region R] [--name NAME] [--yes] |"
        "\n       remove NAME [--with-profiles] [--yes]"
    )
    parser.add_argument("action", nargs="?", choices=(LIST, ADD, REMOVE), default=LIST, help="default: list")
    parser.add_argument("named", nargs="?", metavar="NAME", help="with remove: the session")
    parser.add_argument("--start-url", metavar="URL", help="with add: the access portal, in any spelling")
    parser.add_argument("--region", metavar="R", help="with add: the region of Identity Center (default: the URL's)")
    parser.add_argument("--name", metavar="NAME", help="with add: what the session is called (default: from the URL)")
    parser.add_argument("--with-profiles", action="store_true", help="with remove: all its profiles go too")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="with list: for a program")


def run(options: Namespace, here: Environment) -> int:
    """List, add or remove."""
    from ...options import UsageError

    check(options, UsageError)
    if options.action == ADD:
        from .adding import add

        return add(options, here)
    if options.action == REMOVE:
        from .dropping import drop

        return drop(options, here)
    from .listing import list_sessions

    return list_sessions(options, here)


def check(options: Namespace, error: type[Exception]) -> None:
    """Raises `error` for an option that belongs to another action."""
    of = {"start_url": ADD, "region": ADD, "name": ADD, "with_profiles": REMOVE, "named": REMOVE, "json": LIST}
    for key, action in of.items():
        if getattr(options, key) not in (None, False) and options.action != action:
            what = "A name" if key == "named" else f"--{key.replace('_', '-')}"
            raise error(f"{what} goes with sessions {action}")
    if options.yes and options.action == LIST:
        raise error("--yes goes with sessions add and remove")
    if options.action == REMOVE and not options.named:
        raise error("Which session? Name one; to see them: ssotui sessions")
