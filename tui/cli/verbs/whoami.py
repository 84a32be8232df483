"""`ssotui whoami`: the caller identity of a profile."""

from __future__ import annotations

from argparse import Namespace

from ...aws.role.identity import get_identity
from ...aws.state.inventory import Inventory
from ...text import clean
from ..credentials import naming_the_command
from ..output import say, show, show_json, the_profile, warn


def whoami(options: Namespace) -> int:
    """Print the caller identity of a profile."""
    inventory = Inventory()
    profile = the_profile(inventory, options.profile)
    with naming_the_command(profile.name):
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
