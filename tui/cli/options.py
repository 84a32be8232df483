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


def add_profile(parser: ArgumentParser, about: str = "default: AWS_PROFILE, else default") -> None:
    """The profile as the first word, or by --profile."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help=about)
    add_named(parser)


def add_named(parser: ArgumentParser) -> None:
    """Another way to name the profile."""
    parser.add_argument("--profile", dest="named_profile", metavar="PROFILE", help="another way to name the profile")
