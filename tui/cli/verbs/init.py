"""`ssotui init` and `ssotui completion`: text for a shell to evaluate, and the names that its completion offers.

Shells run these whenever they start or complete a word, so nothing more is imported than each one needs.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def init(options: Namespace) -> int:
    """Print the definition of the shell function `sso`."""
    print_init(options.shell)
    return 0


def completion(options: Namespace) -> int:
    """Print the completion of `sso` and `ssotui`, or (`--names`, which that completion calls) the profiles' names."""
    from ..main import UsageError, make_parser

    if options.names:
        print_names()
        return 0
    if options.shell is None:
        raise UsageError("Completion for which shell? Name bash, zsh or fish")
    from ...shell.completion import completion_script

    sys.stdout.write(completion_script(options.shell, make_parser()))
    return 0


def print_init(shell: str) -> None:
    """Print the definition of `sso` for `shell`. Raises SsoError for a shell that has none."""
    from ...shell.function import init_script

    sys.stdout.write(init_script(shell))


def print_names() -> None:
    """Print the names of all profiles, those of this program first, one a line: those that a terminal only shows, and
    never obeys."""
    from ...aws.config.loading import load
    from ..main import utf8_stdout

    config = load()
    names = dict.fromkeys([*config.profiles, *config.all_names])
    stdout = utf8_stdout()
    stdout.write("".join(f"{name}\n" for name in names if name.isprintable() and _can_be_written(name)))


def _can_be_written(name: str) -> bool:
    try:
        name.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
