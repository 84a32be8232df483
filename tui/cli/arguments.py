"""What the command line may say: its parser, and the checks that a parser cannot do.

The commands that shells and SDKs run again and again do without this module: argparse costs as much as a bare Python.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from .. import __version__
from ..aws.config.checks import is_region
from ..aws.config.loading import name_from
from ..shell.formats import FORMATS
from ..text import clean
from .main import EMIT_SHELLS, UsageError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class _Parser(ArgumentParser):
    """Shows what it complains about as foreign text, and does not keep quiet when its help cannot be written."""

    def error(self, message: str) -> NoReturn:
        super().error(clean(message, 1000))

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
            return
        try:
            super()._print_message(message, file)
        except OSError:  # of stderr: the first releases of Python 3.11 let it through, and the exit code was another
            pass


def parse(arguments: Sequence[str]) -> Namespace:
    """What `arguments` ask for. Raises UsageError; SystemExit when argparse has printed its help or a complaint."""
    options = make_parser().parse_args(arguments)
    _settle(options)
    return options


def _settle(options: Namespace) -> None:
    """One profile, however it was named, as the configuration spells it; and a region that can be one."""
    named: str | None = options.__dict__.pop("named_profile", None)
    given: str | None = options.__dict__.get("profile")
    if named is not None:
        if given not in (None, named):
            raise UsageError(f"Two profiles are named: {given} and {named}")
        if options.__dict__.get("session") is not None or options.__dict__.get("all"):
            raise UsageError("A profile, a session or all: name one of them")
        options.profile = named
    for key in ("profile", "use", "session"):
        if isinstance(options.__dict__.get(key), str):
            setattr(options, key, name_from(getattr(options, key)))
    if options.use is not None and options.emit is None:
        raise UsageError("--use goes with --emit")
    if options.use_region is not None and options.use is None:
        raise UsageError("--region goes with --use here, or behind the command that it is for")
    for region in (options.use_region, options.__dict__.get("region")):
        if region is not None and not is_region(region):
            raise UsageError(f"{region or 'The empty word'} is not a region: --region takes one like eu-west-1")


def make_parser() -> ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="ssotui",
        description="A terminal board for AWS IAM Identity Center: sessions, credentials, sign-in and sign-out.",
        epilog="Exit codes: 0 done, 1 failed, 2 usage or no terminal, 3 sign-in needed, 4 refused by AWS, "
        "128+n ended by signal n.",
    )
    parser.add_argument("--version", action="version", version=f"ssotui {__version__}")
    parser.add_argument("--print-config", action="store_true", help="print the settings in force, as a settings file")
    parser.add_argument("--demo", action="store_true", help="try the board on an embedded Identity Center")
    parser.add_argument(
        "--emit",
        metavar="SHELL",
        type=_emit_shell,
        choices=EMIT_SHELLS,
        help="print the lines that switch SHELL to the chosen profile",
    )
    parser.add_argument("--use", metavar="PROFILE", help="with --emit: switch to PROFILE without opening the board")
    parser.add_argument(
        "--region", dest="use_region", metavar="R", help="with --use: in this region, not that of the profile"
    )

    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands (without one: the board)")

    status = verbs.add_parser("status", help="sessions and profiles with their expiries; uses no network")
    _add_profile(status, "exit 0 if it is signed in, 3 if it is not")
    status.add_argument("--json", action="store_true", help="machine-readable, on stdout")
    status.add_argument("--prompt", action="store_true", help="one short line about AWS_PROFILE, for shell prompts")

    login = verbs.add_parser("login", help="sign in, showing code and URL")
    which = login.add_mutually_exclusive_group()
    which.add_argument("profile", nargs="?", metavar="PROFILE", help="sign in to this profile's session")
    _add_named(login)
    which.add_argument("--session", metavar="S", help="sign in to this session (name or start URL)")
    which.add_argument("--all", action="store_true", help="sign in to every session that needs it")
    login.add_argument(
        "--flow", choices=("device", "browser"), help="show a code, or use the browser on this machine (PKCE)"
    )
    login.add_argument(
        "--redirect-port",
        type=int,
        metavar="N",
        help="the port of this machine that the browser comes back to; implies --flow browser",
    )
    login.add_argument("--no-open", action="store_true", help="do not open a browser")
    login.add_argument("--force", action="store_true", help="sign in anew even when signed in")

    logout = verbs.add_parser("logout", help="remove cached tokens and credentials, and end the sessions at AWS")
    scope = logout.add_mutually_exclusive_group()
    scope.add_argument("--session", metavar="S", help="only this session (name or start URL)")
    scope.add_argument("--all", action="store_true", help="everything (the default)")
    logout.add_argument("--yes", action="store_true", help="do not ask")
    logout.add_argument("--json", action="store_true", help="machine-readable, on stdout")

    whoami = verbs.add_parser("whoami", help="the caller identity of a profile")
    _add_profile(whoami)
    whoami.add_argument("--json", action="store_true", help="as aws sts get-caller-identity prints it")

    env = verbs.add_parser("env", help="export lines for a shell")
    _add_profile(env)
    env.add_argument("--region", metavar="R", help="a region, in place of the profile's")
    env.add_argument("--format", choices=list(FORMATS), metavar="F", help=", ".join(FORMATS))
    env.add_argument("--unset", action="store_true", help="lines that unset what the export lines set")
    env.add_argument("--force", action="store_true", help="print secrets even to a terminal")

    run = verbs.add_parser(
        "exec",
        help="run a command with the credentials in its environment; its exit code is ours",
        usage="ssotui exec [-h] [--login] [--region R] [PROFILE] -- COMMAND [ARGUMENT ...]",
    )
    _add_profile(run)
    run.add_argument("--region", metavar="R", help="a region, in place of the profile's and of AWS_REGION")
    run.add_argument("words", nargs="*", help=SUPPRESS)
    run.add_argument("--login", action="store_true", help="sign in first when that is needed")

    process = verbs.add_parser("credential-process", help="what a credential_process prints, for the SDKs")
    _add_profile(process)
    process.add_argument("--force", action="store_true", help="print secrets even to a terminal")

    console = verbs.add_parser("console", help="open the AWS console in the browser")
    _add_profile(console)
    console.add_argument("--region", metavar="R", help="a region, in place of the profile's")
    console.add_argument("--service", metavar="S", help="a service by its name in the console's addresses: s3, ec2")
    console.add_argument(
        "--federate", action="store_true", help="sign the browser in with role credentials, not through the portal"
    )
    console.add_argument("--print", action="store_true", help="print the link instead of opening it")
    console.add_argument("--force", action="store_true", help="print a link that signs in even to a terminal")

    init = verbs.add_parser("init", help="the shell function sso, for a shell to evaluate")
    init.add_argument("shell", choices=EMIT_SHELLS)
    completion = verbs.add_parser("completion", help="completion of sso and ssotui, for a shell to evaluate")
    completion.add_argument("shell", nargs="?", choices=EMIT_SHELLS[:3])
    completion.add_argument("--names", action="store_true", help=SUPPRESS)
    return parser


def _add_profile(verb: ArgumentParser, about: str = "default: AWS_PROFILE, else default") -> None:
    verb.add_argument("profile", nargs="?", metavar="PROFILE", help=about)
    _add_named(verb)


def _add_named(verb: ArgumentParser) -> None:
    verb.add_argument("--profile", dest="named_profile", metavar="PROFILE", help="another way to name the profile")


def _emit_shell(name: str) -> str:
    if name in FORMATS and name not in EMIT_SHELLS:
        raise ArgumentTypeError(f"no function can switch {name}; its lines: ssotui env PROFILE --format profile")
    return name
