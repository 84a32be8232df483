"""`ssotui doctor`: what is wrong with configuration and caches, why it hurts, and what mends it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...environment import Environment

HELP = "what is wrong with configuration and caches"
GUIDE = (
    "what is wrong with configuration, caches and variables: where, why it hurts, what mends it. `--fix` repairs what "
    "can be repaired, each after a question, with the change shown and the file kept; `--undo` takes the last change "
    "of the config file back"
)
ABOUT = (
    "Looks at the configuration, the cached files and the variables, and says what is wrong with them: where, why it "
    "hurts, and what mends it. Nothing is asked over the network, and nothing is changed unasked."
)
EXAMPLES = (
    ("ssotui doctor", "0 when all is in order, 1 when something is found"),
    ("ssotui doctor --fix", "shows each repair, and asks"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired; asks before each")
    parser.add_argument("--undo", action="store_true", help="take back the last change of the config file")
    parser.add_argument("--yes", action="store_true", help="with --fix or --undo: do not ask")
    parser.add_argument("--json", action="store_true", help="for a program")


def run(options: Namespace, here: Environment) -> int:
    """Say what is wrong, repair it, or take a repair back."""
    from ...options import UsageError

    if options.fix + options.undo + options.json > 1:
        raise UsageError("--fix, --undo or --json: one of them")
    if options.yes and not (options.fix or options.undo):
        raise UsageError("--yes goes with --fix and --undo")
    if options.undo:
        from ..accounts.profile_changes import undo_change

        options.dry_run = False
        return undo_change(options, here)
    from .examination import doctor

    return doctor(options, here)
