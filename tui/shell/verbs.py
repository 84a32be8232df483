"""What completion has to know of the command line, read from its own parser."""

from __future__ import annotations

import argparse


class Option:
    """An option by its long name: whether a value follows, and the values to choose from (none: any). `profile` says
    that the value is a profile's name."""

    __slots__ = ("choices", "name", "profile", "summary", "takes_value")

    def __init__(
        self, name: str, summary: str, takes_value: bool, choices: tuple[str, ...], profile: bool = False
    ) -> None:
        self.name = name
        self.profile = profile
        self.summary = summary
        self.takes_value = takes_value
        self.choices = choices


class VerbSyntax:
    """A verb, or with the name "" the command itself: its options, and what its first word may be.

    `words` are fixed choices; `profile` says that the word is a profile's name, `many` that each may be one. `command`:
    another command stands behind `--`.
    """

    __slots__ = ("command", "many", "name", "options", "profile", "summary", "words")

    def __init__(self, name: str, summary: str, parser: argparse.ArgumentParser) -> None:
        self.name = name
        self.summary = summary
        self.options: list[Option] = []
        self.words: tuple[str, ...] = ()
        self.profile = False
        self.many = False
        self.command = "-- COMMAND" in (parser.usage or "")
        for action in parser._actions:
            if action.help == argparse.SUPPRESS:
                continue
            choices = tuple(map(str, action.choices or ()))
            if action.option_strings:
                long, about, named = action.option_strings[-1], _plain(action.help), action.metavar == "PROFILE"
                self.options.append(Option(long, about, action.nargs != 0, choices, named))
            elif action.dest == "profile" or action.metavar in ("PROFILE", "WORDS"):
                self.profile = True
                self.many = action.metavar == "WORDS"
            elif not isinstance(action, argparse._SubParsersAction):
                self.words = self.words or choices


def read_verbs(parser: argparse.ArgumentParser) -> list[VerbSyntax]:
    """The command itself (with the name "") and its verbs, in the order of the help; verbs without help are hidden."""
    verbs = [VerbSyntax("", "", parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: _plain(choice.help) for choice in action._choices_actions}
            verbs += [
                VerbSyntax(name, summaries[name], part) for name, part in action.choices.items() if name in summaries
            ]
    return verbs


def _plain(text: str | None) -> str:
    """A help text for a single-quoted string of any shell."""
    return (text or "").replace("%%", "%").replace("'", "").replace("\\", "")
