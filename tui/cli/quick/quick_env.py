"""`ssotui env PROFILE [--format F]` for the plain case: credentials that are cached and good, standard output a pipe.

A prompt or a script may run it every time, so it must not take much longer than Python takes to start. It imports
next to nothing, and reads one section of the configuration. For everything unusual, errors included, it leaves the
command to `verbs.env`, which comes to the same answers the long way.
"""

from __future__ import annotations

from ...aws.cache import files, first_come, shapes
from ...aws.config.loading import find_profile, name_from
from ...aws.model import MARGIN, lasts
from ...shell.formats import FILES, FORMATS, default_format, needs_credentials, region_is_left, render
from ...shell.parent import parent_shell
from ..guard_rails.allowing import is_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...aws.model import Profile, RoleCredentials
    from ..environment import Environment

_LOOKS = 5
"""How often one who waits looks for the file between two tries for the lock, which take longer. The slowest of twenty
that wait is as late as the longest pause."""


def quick_env(here: Environment, arguments: Sequence[str], action: str = "export") -> bool:
    """Print the export lines that `env` with these arguments prints; False, and nothing printed, if that takes more.
    `action`: what it is to guard rules.

    Raises SsoError for credentials that the format cannot carry.
    """
    if len(arguments) == 1:
        form = ""
    elif len(arguments) == 3 and arguments[1] == "--format" and arguments[2] in FORMATS:
        form = arguments[2]
    else:
        return False
    name = arguments[0]
    if name.startswith("-") or here.is_seen:
        return False
    if not form:
        form = default_format(here.environ, parent_shell())
    elif form in FILES or not needs_credentials(form):
        return False
    found = find_profile(name_from(name), here.environ, lines=False)
    if found is None:
        return False
    profile, session = found
    if profile.login_session or not (profile.account_id and profile.role_name) or not is_free(profile, action):
        return False
    path = shapes.role_path(profile, session)
    credentials = _good(here, path, profile) or _of_somebody_else(here, path, profile)
    if credentials is None:
        return False
    here.write(render(form, credentials, profile, drop_region=region_is_left(here.environ)))
    first_come.handed_out(path, credentials.expires_at - MARGIN)
    return True


def _good(here: Environment, path: str, profile: Profile) -> RoleCredentials | None:
    """The cached role credentials, where they need no second thought."""
    value = files.read(path, files.RETRY_DELAYS).value
    credentials = shapes.parse_role_credentials(value) if value is not None else None
    if credentials is None or not credentials.are_of(profile.account_id):
        return None
    return credentials if lasts(credentials.expires_at, here.now()) else None


def _of_somebody_else(here: Environment, path: str, profile: Profile) -> RoleCredentials | None:
    """What another process gets from AWS just now. Of many that an SDK starts at once one asks; the others wait here,
    where they have loaded next to nothing. None: this one asks, or whoever did has failed."""
    from time import monotonic, sleep

    from ...aws.cache import locks

    name, deadline = locks.role_turn(path), monotonic() + locks.PATIENCE
    turn, waited = locks.try_hold(name), False
    while turn is None and monotonic() < deadline:
        for _ in range(_LOOKS):
            sleep(locks.LOOK_AGAIN / _LOOKS)
            found = _good(here, path, profile)
            if found is not None:
                return found
        turn, waited = locks.try_hold(name), True
    found = _good(here, path, profile)
    if turn is not None and found is None and not waited:
        locks.leave(name, turn)  # it stays this process's turn while it loads what it takes to ask
    elif turn is not None:
        turn.release()  # where the first one has failed, all the others load at the same time
    return found
