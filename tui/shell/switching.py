"""Switching a shell to a profile of any kind: the lines only name it, and drop what would win over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..aws.errors import SsoError
from ..text import place
from .formats import region_is_left, use_profile_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..aws.config.configuration import Config


def switch_lines(config: Config, environ: Mapping[str, str], shell: str, name: str, region: str = "") -> str:
    """Lines that make `shell`, whose environment is `environ`, use the profile `name`, in `region` if that is given.

    Raises SsoError for a broken SSO profile, which nothing could use, and what `use_profile_lines` raises.
    """
    profile = config.profiles.get(name)
    if profile is not None and profile.problems:
        raise SsoError(f"Profile {name}: {profile.problems[0]}", f"correct it in {place(profile.file, profile.line)}")
    drop, container = region_goes(config, environ, name), lives_on_container(config, name)
    return use_profile_lines(shell, name, region, drop_region=drop, container=container)


def region_goes(config: Config, environ: Mapping[str, str], name: str) -> bool:
    """Whether the region in the environment has to go. It wins over that of a profile, whoever has set it; a profile
    without one can do with it."""
    return bool(config.raw_options(name).get("region")) or region_is_left(environ)


def lives_on_container(config: Config, name: str) -> bool:
    """Whether the profile's chain begins with the role of the container that this runs in."""
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        options = config.raw_options(name)
        if options.get("credential_source") == "EcsContainer":
            return True
        name = options.get("source_profile", "")
    return False
