"""`ssotui login`: sign in from a command line, to one session or several side by side."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment
from ...options import add_named

HELP = "sign in, showing code and URL"
GUIDE = "sign in, printing code and URL"
ABOUT = (
    "Signs in to the session of a profile: silently where its token can be renewed, else with a code and "
    "an address that any browser takes."
)
EXAMPLES = (
    ("ssotui login dev-admin", "sign in to this profile's session"),
    ("ssotui login --all", "to every session that needs it"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("profile", nargs="?", metavar="PROFILE", help="sign in to this profile's session")
    add_named(parser)
    which.add_argument("--session", metavar="S", help="sign in to this session (name or start URL)")
    which.add_argument("--all", action="store_true", help="sign in to every session that needs it")
    parser.add_argument(
        "--flow", choices=("device", "browser"), help="show a code, or use the browser on this machine (PKCE)"
    )
    parser.add_argument(
        "--redirect-port",
        type=int,
        metavar="N",
        help="the port of this machine that the browser comes back to; implies --flow browser",
    )
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument("--force", action="store_true", help="sign in anew even when signed in")


def run(options: Namespace, here: Environment) -> int:
    """Sign in to what the options name."""
    from .flow import login

    return login(options, here)
