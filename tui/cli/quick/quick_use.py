"""`ssotui --emit SHELL --filter=NAME` for the plain case: the exact name of an SSO profile, standard output a pipe.

It is what `sso NAME` waits for. Everything unusual is left to `verbs.use`, which comes to the same answers the long
way.
"""

from __future__ import annotations

from ...aws.config.loading import find_profile, name_from
from ...shell.formats import own_region, region_is_left, use_profile_lines
from ..guard_rails.allowing import is_free
from ..options import EMIT_SHELLS
from .prompt import clock_of, place_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..environment import Environment

_CHAINED = ("source_profile", "credential_source")


def quick_use(here: Environment, arguments: Sequence[str]) -> bool:
    """Print the lines that these arguments (behind --emit) ask for; False, and nothing printed, if that takes more."""
    if len(arguments) != 2 or arguments[0] not in EMIT_SHELLS:
        return False
    option, _, word = arguments[1].partition("=")
    if option not in ("--filter", "--use") or not word:
        return False
    found = find_profile(name_from(word), here.environ, lines=False)
    if found is None or found[0].login_session or any(found[0].options.get(key) for key in _CHAINED):
        return False
    profile, session = found
    if not is_free(profile, "use"):
        return False
    drop = bool(profile.region) or region_is_left(here.environ)
    lines = use_profile_lines(arguments[0], profile.name, drop_region=drop)
    here.write(lines)
    region = profile.region or ("" if drop else own_region(here.environ))
    after_switch(here, profile.name, place_line(profile, region, *clock_of(session, here.now())))
    return True


def after_switch(here: Environment, name: str, line: str) -> None:
    """Say where one is now, and remember it."""
    from ...state_file import note_switch

    here.say(line)
    problem = note_switch(name)
    if problem:
        from ...text import clean

        here.say(f"! this use is not remembered: {clean(problem, 1000)}")
