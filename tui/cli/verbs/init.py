"""`ssotui init`: the shell function `sso`, for a shell to evaluate.

Shells run this whenever they start, so nothing more is imported than is needed.
"""

from __future__ import annotations

import sys

from ...exit_codes import DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP = "the shell function sso, for a shell to evaluate"
README = "the shell function `sso`"
ABOUT = "Prints the shell function sso, which switches the shell that it is called in to another profile."
EXAMPLES = (
    ('eval "$(ssotui init bash)"', "for this shell only"),
    ("ssotui init fish | source", "the same in fish"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    from ..main import EMIT_SHELLS

    parser.add_argument("shell", choices=EMIT_SHELLS)


def run(options: Namespace) -> int:
    """Print the definition of the shell function `sso`."""
    print_init(options.shell)
    return DONE


def print_init(shell: str) -> None:
    """Print the definition of `sso` for `shell`. Raises SsoError for a shell that has none."""
    from ...shell.function import init_script

    sys.stdout.write(init_script(shell))
