"""On behalf of which profile a request is made: its keys decide about addresses and certificates."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Profile
    from ..state.snapshot import Snapshot

_KEYS = frozenset(
    (
        "ca_bundle",
        "services",
        "endpoint_url",
        "ignore_configured_endpoint_urls",
        "use_fips_endpoint",
        "use_dualstack_endpoint",
    )
)
"""What a profile can say about where its requests go."""


def profile_in_use(snapshot: Snapshot) -> str:
    """The profile that commands without a name act for: `default` where the environment names none, as everywhere in
    AWS. It need not exist."""
    return snapshot.active_profile or "default"


def behalf(snapshot: Snapshot, key: str, profile: str | None = None) -> str:
    """The profile for a request about the session with this `key`: the `profile` that is acted for, if there is one,
    else the session's own (`of_sessions`). A session without profiles, and what belongs to no session, go by the
    profile in use, as in `aws sso login --sso-session`."""
    return profile or of_sessions(snapshot).get(key) or profile_in_use(snapshot)


def of_profile(snapshot: Snapshot, profile: Profile) -> str:
    """The profile for a request about the role of `profile`: itself, or its session's where no configuration names
    it."""
    return behalf(snapshot, profile.session or "", None if profile.unlisted else profile.name)


def of_sessions(snapshot: Snapshot) -> dict[str, str]:
    """The profile that is acted for where a session is meant as a whole, by the session's key: the profile in use, if
    it is one of the session's; else the first of the session's, in the order of the files, that says something about
    addresses; else the first of them. Chained ones come last."""
    active = profile_in_use(snapshot)
    found: dict[str, tuple[int, str]] = {}
    for profile in list(snapshot.config.profiles.values()):
        if profile.session is not None:
            direct = profile.via is None
            rank = 3 if profile.name == active else direct + (direct and not _KEYS.isdisjoint(profile.options))
            if rank > found.get(profile.session, (-1, ""))[0]:
                found[profile.session] = rank, profile.name
    return {key: name for key, (_rank, name) in found.items()}
