"""A shell that is switched to a profile: the lines for it, and where one is then."""

from __future__ import annotations

from ..aws.config.configuration import Config
from ..aws.model import Profile
from ..exit_codes import DONE
from ..shell.formats import own_region, region_is_left
from ..shell.switching import switch_lines
from ..text import clean
from ..words.marks import Mark
from .environment import Environment
from .guard_rails.allowing import mark_of, painted
from .quick.prompt import clock_of, place_line
from .quick.quick_use import after_switch


def switch(here: Environment, config: Config, shell: str, name: str, region: str = "") -> int:
    """Print the lines, say where one is now, and remember it."""
    here.write(switch_lines(config, here.environ, shell, name, region))
    after_switch(here, name, painted(here, where(here, config, name, region), _mark(config, name)))
    return DONE


def where(here: Environment, config: Config, name: str, region: str) -> str:
    """The line that says where one is after a switch to this profile, in `region` if that is given."""
    own = config.raw_options(name).get("region", "")
    region = region or own or ("" if region_is_left(here.environ) else own_region(here.environ))
    profile = config.profiles.get(name)
    if profile is None:
        return " · ".join(clean(part, 300) for part in (name, "without SSO", region) if part)
    mark = _mark(config, name)
    return place_line(profile, region, *_clock(here, config, profile), mark.text if mark is not None else "")


def _mark(config: Config, name: str) -> Mark | None:
    profile = config.profiles.get(name)
    return mark_of(profile) if profile is not None else None


def _clock(here: Environment, config: Config, profile: Profile) -> tuple[str, float]:
    session = config.sessions.get(profile.session or "")
    if session is not None:
        return clock_of(session, here.now())
    from ..aws.state.store import Store

    known = Store(here.environ).newest_login(profile.login_session)
    state, ends = known.session_clock(profile.clock_key or "", here.now())
    return state, ends - here.now() if ends is not None else 0
