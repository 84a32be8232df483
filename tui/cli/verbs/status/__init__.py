"""`ssotui status`: what the caches say, without any network."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...options import add_profile

HELP = "sessions and profiles with their expiries; uses no network"
README = (
    "sessions and profiles; uses no network. With a profile the exit code answers. `--prompt`: one short line about "
    "AWS_PROFILE, for shell prompts"
)
ABOUT = (
    "Says what the caches on this machine hold: how long each session lives, and which profiles have "
    "something to tell. With a profile the exit code answers: 0 signed in, 3 not."
)
EXAMPLES = (
    ("ssotui status", "all of them"),
    ("ssotui status dev-admin && make deploy", "only if signed in"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser, "exit 0 if it is signed in, 3 if it is not")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    parser.add_argument("--prompt", action="store_true", help="one short line about AWS_PROFILE, for shell prompts")


def run(options: Namespace) -> int:
    """Print all, or answer for one profile."""
    from .work import status

    return status(options)
