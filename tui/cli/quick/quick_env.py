"""`ssotui env PROFILE [--format F]` for the plain case: credentials that are cached and good, standard output a pipe.

A prompt or a script may run it every time, so it must not take much longer than Python takes to start. It imports
next to nothing, and reads one section of the configuration. For everything unusual, errors included, it leaves the
command to `credentials.env`, which comes to the same answers the long way.
"""

from __future__ import annotations

from ...aws.cache import files, shapes
from ...aws.config.loading import find_profile, name_from
from ...aws.model import MARGIN
from ...shell.formats import FILES, FORMATS, default_format, needs_credentials, region_is_left, render
from ...shell.parent import parent_shell
from ..guard_rails.allowing import is_free

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..environment import Environment


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
    value = files.read(shapes.role_path(profile, session), files.RETRY_DELAYS).value
    credentials = shapes.parse_role_credentials(value) if value is not None else None
    if credentials is None or not credentials.are_of(profile.account_id):
        return False
    if credentials.expires_at - here.now() < MARGIN:
        return False
    here.write(render(form, credentials, profile, drop_region=region_is_left(here.environ)))
    return True
