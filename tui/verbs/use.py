"""`ssotui --emit SHELL --use PROFILE`: the lines that switch a shell, without the board."""

from __future__ import annotations

import sys
from argparse import Namespace

from .. import settings
from ..aws.errors import SsoError
from ..aws.export import use_profile_lines
from ..aws.inventory import Inventory
from ..text import place
from .output import tell_not_remembered, the_profile


def use(options: Namespace) -> int:
    """Print the lines and remember the use. A broken profile is refused, as it is on the board."""
    profile = the_profile(Inventory(), options.use)
    if profile.problems:
        raise SsoError(
            f"Profile {profile.name}: {profile.problems[0]}", f"correct it in {place(profile.file, profile.line)}"
        )
    sys.stdout.write(use_profile_lines(options.emit, profile.name))
    tell_not_remembered(settings.note_use(profile.name))
    return 0
