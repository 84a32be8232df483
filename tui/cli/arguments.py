"""What the command line may say: its parser, and the checks that a parser cannot do.

The commands that shells and SDKs run again and again do without this module: argparse costs as much as a bare Python.
"""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, NoReturn

from .. import __version__
from ..aws.config.checks import is_region
from ..aws.config.loading import name_from
from ..shell.formats import FORMATS
from ..text import clean
from .environment import Environment
from .options import EMIT_SHELLS, EMPTY, LARGE, SMALL, UsageError
from .table import VERBS, Verb, find

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


HELP_WIDTH = 78

_USAGE = "usage: "
"""What argparse writes in front."""


class _Parser(ArgumentParser):
    """Shows what it complains about as foreign text, and does not keep quiet when its help cannot be written."""

    here = Environment()

    def error(self, message: str) -> NoReturn:
        super().error(clean(message, 1000))

    def _check_value(self, action: Action, value: Any) -> None:
        if action.dest in ("verb", "about") and value not in (action.choices or ()):
            self.error(_no_command(str(value)))
        super()._check_value(action, value)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not None and file is sys.stdout:
            self.here.write(message)
        else:
            self.here.say(message.removesuffix("\n"))


def parse(arguments: Sequence[str], here: Environment) -> Namespace:
    """What `arguments` ask for. Raises UsageError; SystemExit when argparse has printed its help or a complaint."""
    # Behind a command's name none of the others is looked at: they need not be made.
    named = arguments[0] if arguments else ""
    options = make_parser(here, (named,) if named in VERBS else VERBS).parse_args(arguments)
    _settle(options)
    return options


def _settle(options: Namespace) -> None:
    """One profile, however it was named, as the configuration spells it; and a region that can be one."""
    named: str | None = options.__dict__.pop("named_profile", None)
    given: str | None = options.__dict__.get("profile")
    if named is not None:
        if given not in (None, named):
            raise UsageError(f"Two profiles are named: {given} and {named}")
        if "role" not in options and (options.__dict__.get("session") is not None or options.__dict__.get("all")):
            raise UsageError("A profile, a session or all: name one of them")
        options.profile = named
    _check_role(options, given if named is None else named)
    for key in ("profile", "use", "filter", "session", "account", "role"):
        if isinstance(options.__dict__.get(key), str):
            setattr(options, key, name_from(getattr(options, key)))
    asked = [name for name in ("use", "filter", "previous") if getattr(options, name) not in (None, False)]
    if asked and asked != ["filter"] and options.emit is None:
        raise UsageError(f"--{asked[0]} goes with --emit")
    if len(asked) > 1:
        raise UsageError(f"--{asked[0]} and --{asked[1]} do not go together")
    if options.use_region is not None and (not asked or options.emit is None):
        raise UsageError("--region goes with --use here, or behind the command that it is for")
    for region in (options.use_region, options.__dict__.get("region")):
        if region is not None and not is_region(region):
            raise UsageError(f"{region or 'The empty word'} is not a region: --region takes one like eu-west-1")


def _check_role(options: Namespace, profile: str | None) -> None:
    """Whether the options that name a role without a profile go together, and with the rest."""
    if "role" not in options or (options.session, options.account, options.role) == (None, None, None):
        return
    if profile is not None or options.__dict__.get("words"):
        raise UsageError("A profile, or a role by --session, --account and --role: name one of them")
    if not options.account or not options.role:
        raise UsageError("A role without a profile takes --account and --role, and --session where there are several")


def make_parser(here: Environment | None = None, commands: Sequence[str] = VERBS) -> ArgumentParser:
    """The parser of the whole command line, or of these of its commands. Its help and its complaints go to the streams
    of `here`."""
    kind = type(
        "Parser", (_Parser,), {"here": here or Environment()}
    )  # the parsers of commands are made by their class
    parser: ArgumentParser = kind(
        prog="ssotui",
        description="A terminal board for AWS IAM Identity Center: sessions, credentials, sign-in and sign-out.",
        epilog="Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS, "
        "128+n ended by signal n.",
    )
    parser.add_argument("--version", action="version", version=f"ssotui {__version__}")
    parser.add_argument("--print-config", action="store_true", help="print the settings in force, as a settings file")
    parser.add_argument(
        "--demo",
        nargs="?",
        const=SMALL,
        choices=(SMALL, LARGE, EMPTY),
        help=f"the board on an embedded Identity Center: {SMALL} (13 profiles), {LARGE} (300), {EMPTY} (nothing yet)",
    )
    parser.add_argument(
        "--emit",
        metavar="SHELL",
        type=_emit_shell,
        choices=EMIT_SHELLS,
        help="print the lines that switch SHELL to the chosen profile",
    )
    parser.add_argument("--use", metavar="PROFILE", help="with --emit: switch to PROFILE without opening the board")
    # What the function sso asks for: the profile that words mean, and the one before.
    parser.add_argument("--filter", metavar="WORDS", help=SUPPRESS)
    parser.add_argument("--previous", action="store_true", help=SUPPRESS)
    parser.add_argument(
        "--region", dest="use_region", metavar="R", help="with --use: in this region, not that of the profile"
    )

    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands (without one: the board)")
    for name in commands:
        verb = find(name)
        about, examples = fill(verb.ABOUT, HELP_WIDTH), _examples(verb)
        own = verbs.add_parser(
            name, help=verb.HELP, description=about, epilog=examples, formatter_class=RawDescriptionHelpFormatter
        )
        verb.arguments(own)
        own.usage = _in_lines(own.usage) if own.usage else None
    return parser


def _in_lines(usage: str) -> str:
    """A usage line that a command has written itself, in lines that fit: argparse breaks only those that it makes."""
    if "\n" in usage:
        return usage
    lines, room = [""], HELP_WIDTH - len(_USAGE)
    for part in re.findall(r"\[[^\]]*\]|\S+", usage):  # what belongs together stays together
        if lines[-1] and len(lines[-1]) + 1 + len(part) > room:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return f"\n{' ' * len(_USAGE)}".join(lines)


def _examples(verb: Verb) -> str:
    """The examples of a command, each with what it does: beside it where there is room, else above."""
    width = max(len(command) for command, _ in verb.EXAMPLES)
    lines = ["examples:"]
    for command, what in verb.EXAMPLES:
        if width + max(len(each) for _, each in verb.EXAMPLES) + 6 <= HELP_WIDTH:
            lines.append(f"  {command:{width}}  # {what}")
        else:
            lines += [f"  # {what}", f"  {command}"]
    return "\n".join(lines)


def _no_command(word: str) -> str:
    """What is said of a word that is no command: what was probably meant, a profile's name too."""
    from ..aws.config.loading import load
    from ..aws.config.similar import similar, suggestion

    meant = suggestion(similar(word, VERBS))
    if meant:
        return f"there is no command {word}; {meant}"

    if name_from(word) in load().all_names:
        return f"there is no command {word}; to use the profile of that name: sso {word}, or ssotui shell {word}"
    return f"there is no command {word}; to see them all: ssotui help"


def _emit_shell(name: str) -> str:
    if name in FORMATS and name not in EMIT_SHELLS:
        raise ArgumentTypeError(f"no function can switch {name}; its lines: ssotui env PROFILE --format profile")
    return name
