"""`ssotui --emit SHELL` with a profile: the lines that switch a shell, without the board if that can be."""

from __future__ import annotations

import os
from argparse import Namespace

from ... import state_file
from ...aws.config.configuration import Config
from ...aws.config.loading import chosen_name, load
from ...aws.errors import SsoError
from ...aws.model import Profile
from ...exit_codes import DONE, USAGE
from ...shell.formats import own_region, region_is_left
from ...shell.switching import switch_lines
from ...text import clean
from ..main import board, terminal_problem, utf8_stdout
from ..matching import meant
from ..output import no_profile
from ..prompt import clock_of, place_line
from ..quick_use import after_switch

NAMED = 3
"""Profiles that are named where several match and the board cannot be shown."""


def use(options: Namespace) -> int:
    """Switch to the profile that is named exactly, to the one before, or to the only one that the words match. Several
    are shown on the board."""
    config = load()
    region: str = options.use_region or ""
    if options.previous:
        return switch(config, options.emit, _previous(config), region)
    if options.use is not None:
        if options.use not in config.all_names:
            raise no_profile(config, options.use)
        return switch(config, options.emit, options.use, region)
    words: str = options.filter
    found = [words] if words in config.all_names else meant(config, words)
    if len(found) == 1:
        return switch(config, options.emit, found[0], region)
    if not found:
        raise no_profile(config, words)
    if terminal_problem() or not any(name in config.profiles for name in found):
        some = ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
        raise SsoError(f"{words} may mean any of {len(found)} profiles: {some}", "name one of them", exit_code=USAGE)
    return board(options.emit, options.demo, words, region)


def switch(config: Config, shell: str, name: str, region: str = "") -> int:
    """Print the lines, say where one is now, and remember it."""
    utf8_stdout().write(switch_lines(config, os.environ, shell, name, region))
    after_switch(name, where(config, name, region))
    return DONE


def _previous(config: Config) -> str:
    """The profile that a shell was switched to before the one in use here, in this shell or another."""
    now = chosen_name(os.environ)
    for name in state_file.load_state().switched:
        if name != now and name in config.all_names:
            return name
    raise SsoError("There is no previous profile yet", "to choose one: sso")


def where(config: Config, name: str, region: str) -> str:
    """The line that says where one is after a switch to this profile, in `region` if that is given."""
    own = config.raw_options(name).get("region", "")
    region = region or own or ("" if region_is_left(os.environ) else own_region(os.environ))
    profile = config.profiles.get(name)
    if profile is None:
        return " · ".join(clean(part, 300) for part in (name, "without SSO", region) if part)
    return place_line(profile, region, *_clock(config, profile))


def _clock(config: Config, profile: Profile) -> tuple[str, float]:
    session = config.sessions.get(profile.session or "")
    if session is not None:
        return clock_of(session)
    from ...aws import clock
    from ...aws.state.store import Store

    known = Store(os.environ).newest_login(profile.login_session)
    state, ends = known.session_clock(profile.clock_key or "", clock.now())
    return state, ends - clock.now() if ends is not None else 0
