"""The commands: what each one's module in `verbs` declares, and what is made from that.

`python -m tui.cli.table` prints the guide's list; with `--check FILE` it fails when that file holds another, which
`--write FILE` mends. The parser is made in `arguments`, and from that the completions.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from importlib import import_module
from typing import Protocol, cast

from .environment import Environment

VERBS = (
    "status",
    "login",
    "logout",
    "whoami",
    "env",
    "exec",
    "each",
    "shell",
    "credential-process",
    "console",
    "accounts",
    "sessions",
    "why",
    "doctor",
    "init",
    "completion",
    "help",
)
"""In the order of the help. The module has the same name, with `_` for `-`."""

ROLE = ("session", "account", "role")
"""The options that together name a role in place of a profile."""

BEGIN, END = "<!-- commands: made by python -m tui.cli.table -->", "<!-- end of commands -->"


class Verb(Protocol):
    """What the module of a command declares. The help and the completions load the declarations of all, so `run`
    imports what the work needs; where that is much, the module is a package, with the work in its other modules.
    """

    HELP: str
    """One line for `ssotui --help` and the completions."""
    GUIDE: str
    """What the guide says of it, in Markdown."""
    ABOUT: str
    """A sentence or two at the top of its own help."""
    EXAMPLES: tuple[tuple[str, str], ...]
    """At the end of that: what can be typed, and what it is for."""

    def arguments(self, parser: ArgumentParser) -> None:
        """Add its arguments to its parser."""

    def run(self, options: Namespace, here: Environment) -> int:
        """Carry it out, with these streams, variables and clock, and return the exit code."""


def find(name: str) -> Verb:
    """The module of a command."""
    return cast("Verb", import_module(f".verbs.{name.replace('-', '_')}", __package__))


def block() -> str:
    """The guide's table."""
    rows = [("ssotui", "the board"), ("ssotui --demo [small|large|empty]", "the board on an embedded Identity Center")]
    for name in VERBS:
        verb, parser = find(name), ArgumentParser(prog=f"ssotui {name}", add_help=False)
        verb.arguments(parser)
        rows.append((_synopsis(parser), verb.GUIDE))
    cells = ([cell.replace("|", r"\|") for cell in (f"`{synopsis}`", about)] for synopsis, about in rows)
    return "\n".join(["| command | does |", "|---|---|", *(f"| {' | '.join(row)} |" for row in cells)])


def _synopsis(parser: ArgumentParser) -> str:
    """The command with its arguments. Of --profile the guide tells once for all."""
    if parser.usage:
        return " ".join(parser.usage.replace(" [-h]", "").replace(" [--profile PROFILE]", "").split())
    words, told = [parser.prog], set[Action]()
    role = [action for action in parser._actions if action.dest in ROLE]
    for action in parser._actions:
        if action in told or action.help == SUPPRESS or action.dest == "named_profile":
            continue
        group = next((it._group_actions for it in parser._mutually_exclusive_groups if action in it._group_actions), [])
        told.update(group)
        text = " | ".join(map(_argument, group or [action]))
        if action.dest == "profile" and len(role) == len(ROLE):
            told.update(role)
            text += f" | {' '.join(map(_argument, role))}"
        # That no shell need be named is for a hidden option alone.
        optional = action.option_strings or (action.nargs == "?" and (action.metavar or not action.choices))
        words.append(f"[{text}]" if optional else text)
    return " ".join(words)


def _argument(action: Action) -> str:
    value = action.metavar or "|".join(map(str, action.choices or [])) if action.nargs != 0 else ""
    return " ".join(filter(None, [*action.option_strings, str(value)]))


if __name__ == "__main__":
    from ..page_block import main

    sys.exit(main(sys.argv[1:], "tui.cli.table", block, BEGIN, END))
