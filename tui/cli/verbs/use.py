"""`ssotui --emit SHELL --use PROFILE`: the lines that switch a shell, without the board."""

from __future__ import annotations

import os
from argparse import Namespace

from ... import state_file
from ...aws.config.loading import load
from ...exit_codes import DONE
from ...shell.switching import switch_lines
from ..main import utf8_stdout
from ..output import no_profile, tell_not_remembered


def use(options: Namespace) -> int:
    """Print the lines and remember the use."""
    config = load()
    if options.use not in config.all_names:
        raise no_profile(config, options.use)
    lines = switch_lines(config, os.environ, options.emit, options.use, options.use_region or "")
    utf8_stdout().write(lines)
    tell_not_remembered(state_file.note_switch(options.use))
    return DONE
