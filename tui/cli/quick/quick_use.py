"""`ssotui --emit SHELL --filter=NAME` for the plain case: the exact name of an SSO profile, standard output a pipe.

It is what `sso NAME` waits for. Everything unusual is left to `verbs.use`, which comes to the same answers the long
way.
"""

from __future__ import annotations

import os
import sys

from ...aws.config.loading import find_profile, name_from
from ...shell.formats import own_region, region_is_left, use_profile_lines
from ..options import EMIT_SHELLS
from ..streams import utf8_stdout
from .prompt import clock_of, place_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_CHAINED = ("source_profile", "credential_source")


def quick_use(arguments: Sequence[str]) -> bool:
    """Print the lines that these arguments (behind --emit) ask for; False, and nothing printed, if that takes more."""
    if len(arguments) != 2 or arguments[0] not in EMIT_SHELLS or sys.stdout is None:
        return False
    option, _, word = arguments[1].partition("=")
    if option not in ("--filter", "--use") or not word:
        return False
    found = find_profile(name_from(word), lines=False)
    if found is None or found[0].login_session or any(found[0].options.get(key) for key in _CHAINED):
        return False
    profile, session = found
    drop = bool(profile.region) or region_is_left(os.environ)
    lines = use_profile_lines(arguments[0], profile.name, drop_region=drop)
    utf8_stdout().write(lines)
    region = profile.region or ("" if drop else own_region(os.environ))
    after_switch(profile.name, place_line(profile, region, *clock_of(session)))
    return True


def after_switch(name: str, line: str) -> None:
    """Say where one is now, and remember it."""
    from ...state_file import note_switch

    _say(line)
    problem = note_switch(name)
    if problem:
        from ...text import clean

        _say(f"! this use is not remembered: {clean(problem, 1000)}")


def _say(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        pass  # nobody is there to read it; the shell is switched all the same
