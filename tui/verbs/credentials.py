"""`ssotui whoami` and `ssotui env`: what role credentials are for."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from ..aws.errors import SIGN_IN_NEEDED, AwsLoginNeeded, SsoError, command_line
from ..aws.export import default_format, needs_credentials, render, unset_lines
from ..aws.identity import get_identity
from ..aws.inventory import Inventory
from ..aws.portal import check_profile, get_credentials
from ..cli import UsageError
from ..parent import parent_shell
from ..text import clean
from .output import say, show, show_json, the_profile, warn


def whoami(options: Namespace) -> int:
    """Print the caller identity of a profile."""
    inventory = Inventory()
    profile = the_profile(inventory, options.profile)
    with _naming_the_command(profile.name):
        identity = get_identity(inventory, profile)
    if options.json:
        show_json(identity.as_json(), indent=4)
    else:
        for key, value in identity.as_json().items():
            show(f"{key:8} {clean(value)}")
    if identity.warning:
        say(f"! {clean(identity.warning)}")
    warn(inventory)
    return 0


def env(options: Namespace) -> int:
    """Print export lines. Secrets are not printed to a terminal, whose scrollback would keep them."""
    form = options.format or default_format(os.environ, parent_shell())
    if options.unset:
        sys.stdout.write(unset_lines(form, region=True))
        return 0
    inventory = Inventory()
    profile = the_profile(inventory, options.profile)
    check_profile(profile)
    credentials = None
    if needs_credentials(form):
        if not options.force and sys.stdout.isatty():
            command = command_line("env", profile.name)
            raise UsageError(f'Secrets are not printed to a terminal: use eval "$({command})", or --force')
        with _naming_the_command(profile.name):
            credentials = get_credentials(inventory, profile)
    sys.stdout.write(render(form, credentials, profile))
    warn(inventory)
    return 0


@contextmanager
def _naming_the_command(name: str) -> Iterator[None]:
    """When the user has to sign in: say the command for it. The error itself names a key of the board."""
    try:
        yield
    except SsoError as error:
        if error.exit_code == SIGN_IN_NEEDED and not isinstance(error, AwsLoginNeeded):
            error.hint = f"run: {command_line('login', name)}"
        raise
