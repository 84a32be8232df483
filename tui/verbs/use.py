"""`ssotui --emit SHELL --use PROFILE`: the lines that switch a shell, without the board."""

from __future__ import annotations

import sys
from argparse import Namespace

from .. import settings
from ..aws.export import use_profile_lines
from ..aws.inventory import Inventory
from .output import the_profile


def use(options: Namespace) -> int:
    """Print the lines and remember the use."""
    profile = the_profile(Inventory(), options.use)
    sys.stdout.write(use_profile_lines(options.emit, profile.name))
    settings.note_use(profile.name)
    return 0
