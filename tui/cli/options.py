"""The arguments that several commands have, and what is wrong with others."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

EMIT_SHELLS = ("bash", "zsh", "fish", "pwsh")

SMALL, LARGE, EMPTY = "small", "large", "empty"
"""The demos: a few profiles, hundreds, none at all."""


class UsageError(Exception):
    """The command line cannot be carried out as it stands; the text says why."""


def add_profile(
    parser: ArgumentParser, about: str = "default: AWS_PROFILE, else default", *, or_role: bool = False
) -> None:
    """The profile as the first word, or by --profile. `or_role`: a role can be named in its place."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help=about)
    add_named(parser)
    if or_role:
        add_role(parser)


def add_role(parser: ArgumentParser) -> None:
    """A role without a profile, in place of one."""
    group = parser.add_argument_group("a role without a profile")
    group.add_argument("--session", metavar="S", help="the session (name or start URL) that offers it")
    group.add_argument("--account", metavar="A", help="the account: its number, or its name as it was listed")
    group.add_argument("--role", metavar="R", help="the role, as ssotui accounts lists it")


def add_named(parser: ArgumentParser) -> None:
    """Another way to name the profile."""
    parser.add_argument("--profile", dest="named_profile", metavar="PROFILE", help="another way to name the profile")
