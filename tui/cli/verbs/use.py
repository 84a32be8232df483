"""`ssotui --emit SHELL` with a profile: the lines that switch a shell, without the board if that can be."""

from __future__ import annotations

from argparse import Namespace

from ... import state_file
from ...aws.cache.account_names import named
from ...aws.config.configuration import Config
from ...aws.config.loading import chosen_name, load
from ...aws.errors import SsoError
from ...exit_codes import USAGE
from ...guard.rules import USE
from ..environment import Environment
from ..guard_rails.allowing import allow_use
from ..launch import board, terminal_problem
from ..matching import meant
from ..output import no_profile
from ..switched import switch

NAMED = 3
"""Profiles that are named where several match and the board cannot be shown."""


def use(options: Namespace, here: Environment) -> int:
    """Switch to the profile that is named exactly, to the one before, or to the only one that the words match. Several
    are shown on the board."""
    config = load(here.environ)
    region: str = options.use_region or ""
    if options.previous:
        return _switch(here, config, options, _previous(here, config), region)
    if options.use is not None:
        if options.use not in config.all_names:
            raise no_profile(config, options.use)
        return _switch(here, config, options, options.use, region)
    words: str = options.filter
    found = [words] if words in config.all_names else meant(named(config), words)
    if len(found) == 1:
        return _switch(here, config, options, found[0], region)
    if not found:
        raise no_profile(config, words)
    if terminal_problem() or not any(name in config.profiles for name in found):
        some = ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
        raise SsoError(f"{words} may mean any of {len(found)} profiles: {some}", "name one of them", exit_code=USAGE)
    return board(options.emit, options.demo, words, region)


def _switch(here: Environment, config: Config, options: Namespace, name: str, region: str) -> int:
    allow_use(here, config, name, USE, options)
    return switch(here, config, options.emit, name, region)


def _previous(here: Environment, config: Config) -> str:
    """The profile that a shell was switched to before the one in use here, in this shell or another."""
    now = chosen_name(here.environ)
    for name in state_file.load_state().switched:
        if name != now and name in config.all_names:
            return name
    raise SsoError("There is no previous profile yet", "to choose one: sso")
