"""The man page, made from what the commands, keys and settings declare.

`python -m docs.manual` writes `docs/ssotui.1`; with `--check` it fails when that file holds another text.
"""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from tui import __version__
from tui.cli.table import VERBS, find
from tui.keys import KEYS, NAMES
from tui.settings import declared

FILE = Path(__file__).parent / "ssotui.1"

EXIT_CODES = (
    ("0", "done"),
    ("1", "failed, or something was found"),
    ("2", "the command line cannot be carried out, or there is no terminal for the board"),
    ("3", "sign-in needed"),
    ("4", "refused by AWS: no access to the role"),
    ("126, 127", "the command of exec cannot be run, or was not found"),
    ("128+n", "ended by signal n"),
)

FILES = (
    ("~/.aws/config, ~/.aws/credentials", "read as the AWS CLI reads them; changed only where you agree to the change"),
    ("~/.aws/sso/cache, ~/.aws/cli/cache", "tokens and role credentials, shared with the AWS CLI and the SDKs"),
    ("~/.config/ssotui/config.toml", "settings; ssotui --print-config shows them all"),
    ("~/.local/state/ssotui", "what is remembered, lists of accounts, copies of the config file; no secrets"),
)

VARIABLES = (
    ("AWS_PROFILE, AWS_DEFAULT_PROFILE", "the profile in use"),
    ("AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "where the configuration is"),
    ("AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSO, AWS_ENDPOINT_URL_SSO_OIDC, AWS_ENDPOINT_URL_STS", "other addresses"),
    ("AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY", "certificates and proxies, as the AWS CLI takes them"),
    ("BROWSER", "what opens a browser"),
    ("NO_COLOR", "no colours"),
)


def manual() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield '.\\" Made by python -m docs.manual; changes here are lost.'
    yield f'.TH SSOTUI 1 "" "ssotui {__version__}" "User Commands"'
    yield ".SH NAME"
    yield _escaped("ssotui - a terminal board for AWS IAM Identity Center: sessions, credentials, sign-in and sign-out")
    yield ".SH SYNOPSIS"
    yield ".B ssotui"
    yield "[\\fIoptions\\fR]"
    yield ".br"
    yield ".B ssotui"
    yield "\\fIcommand\\fR [\\fIarguments\\fR]"
    yield ".SH DESCRIPTION"
    yield _escaped(
        "Without a command it shows the board: every SSO profile with the time left on its session and on its role "
        "credentials. From there one signs in and out, switches the shell, exports credentials, opens the console. It "
        "shares the caches of the AWS CLI: what one signs in, the other uses."
    )
    yield ".SH COMMANDS"
    for name in VERBS:
        yield from _command(name)
    yield ".SH KEYS"
    for place, title in NAMES.items():
        yield f".SS {_escaped(title)}"
        for key in (key for key in KEYS if key.where == place):
            yield from _item(key.keys.replace(",", ", "), key.help)
    yield ".SH SETTINGS"
    for name, field in declared().items():
        yield from _item(name, field.metadata["about"])
    for title, rows in (("FILES", FILES), ("ENVIRONMENT", VARIABLES), ("EXIT STATUS", EXIT_CODES)):
        yield f".SH {title}"
        for term, about in rows:
            yield from _item(term, about)
    yield ".SH SEE ALSO"
    yield ".BR aws (1)"


def _command(name: str) -> Iterator[str]:
    verb, parser = find(name), ArgumentParser(prog=f"ssotui {name}", add_help=False)
    verb.arguments(parser)
    yield f".SS {_escaped(f'ssotui {name}')}"
    yield _escaped(verb.ABOUT)
    for action in parser._actions:
        if action.help == SUPPRESS:
            continue
        value = action.metavar or "|".join(map(str, action.choices or [])) if action.nargs != 0 else ""
        term = ", ".join(action.option_strings) or str(value or action.dest)
        yield from _item(f"{term} {value}".strip() if action.option_strings else term, action.help or "")
    yield ".PP"
    for command, about in verb.EXAMPLES:
        yield from _item(command, about)


def _item(term: str, about: str) -> Iterator[str]:
    yield ".TP"
    yield f".B {_escaped(term)}"
    yield _escaped(about) or "\\&"


_NAMES = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha"}
"""How roff names what it would show as something else; the backslash first."""


def _escaped(text: str) -> str:
    """`text` as roff shows it: nothing in it is a command, and what one copies is what stands there."""
    text = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha")
    )
    return re.sub(r"(?m)^(?=[.])", "\\\\&", text)


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    text = manual()
    if arguments == ["--check"]:
        if FILE.is_file() and FILE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/ssotui.1 is not what the commands declare: python -m docs.manual", file=sys.stderr)
        return 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
