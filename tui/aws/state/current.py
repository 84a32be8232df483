"""Profiles and sessions as they are configured at this moment, whatever the last look at the files saw.

A profile keeps its name when it is given another role or account. So an answer of AWS counts only when the profile is
still the one that was asked for: otherwise one role's credentials would be shown, copied or used as another's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ..config.checks import plain
from ..errors import Cancelled, SsoError
from ..model import Profile, Session
from .snapshot import Snapshot
from .store import Store

Result = TypeVar("Result")

ATTEMPTS = 3
"""Times that something is asked anew because the profile has become another one meanwhile."""


LONGEST_CHAIN = 8
"""Profiles of a chain that are compared; more cannot be used."""


def profile_now(store: Store, which: str | Profile) -> Profile:
    """The profile (or the one of this name) as it is configured now. Raises SsoError when there is none any more, or
    when that cannot be told. For worker threads: it may wait for a file that is being written."""
    if not isinstance(which, str) and which.unlisted:
        session_now(store, which.session or "")
        return which
    _look(store)
    name = which if isinstance(which, str) else which.name
    profile = store.snapshot.profile(name)
    if profile is None:
        what = "no longer uses IAM Identity Center" if name in store.config.all_names else "is no longer configured"
        raise SsoError(f"Profile {name} {what}", "the configuration has changed")
    return profile


def session_now(store: Store, key: str) -> Session:
    """The session as it is configured now; raises as `profile_now` does."""
    _look(store)
    session = store.config.sessions.get(key)
    if session is None:
        raise SsoError(f"Session {key} is no longer configured", "the configuration has changed")
    return session


def has_changed(store: Store, session: Session) -> bool:
    """Whether the session of this name has another start URL by now, or is no more. What cannot be read has not
    changed."""
    store.look_at_config()
    found = store.config.sessions.get(session.key)
    return found is None or (found.kind, plain(found.start_url)) != (session.kind, plain(session.start_url))


class Answer(Generic[Result]):
    """What came of a `profile` as it was configured, with the `identity` that it had."""

    __slots__ = ("identity", "profile", "result")

    def __init__(self, profile: Profile, identity: tuple[object, ...], result: Result) -> None:
        self.profile = profile
        self.identity = identity
        self.result = result


def as_configured(store: Store, which: str | Profile, work: Callable[[Profile], Result]) -> Answer[Result]:
    """What `work` makes of the profile (or the one of this name) as it is configured now. Whatever comes of it, a
    failure too, is dropped and the work done anew when the profile has become another one meanwhile. Raises what `work`
    raises."""
    for _ in range(ATTEMPTS):
        profile = profile_now(store, which)
        asked = identity_of(store.snapshot, profile)
        failure: SsoError | None = None
        try:
            result = work(profile)
        except Cancelled:
            raise
        except SsoError as error:
            failure = error
        now = profile_now(store, which)
        if identity_of(store.snapshot, now) == asked:
            if failure is not None:
                raise failure
            return Answer(profile, asked, result)
    name = which if isinstance(which, str) else which.name
    raise SsoError(f"Profile {name} is being changed again and again in the configuration", "try again")


def identity_of(snapshot: Snapshot, profile: Profile | None) -> tuple[object, ...]:
    """All that the configuration says about whom a profile acts as, and where it asks. Two equal ones are the same."""
    config = snapshot.config
    found: list[object] = []
    while profile is not None and len(found) < LONGEST_CHAIN:
        services = profile.options.get("services", "")
        found.append(
            (
                (profile.name, profile.account_id, profile.role_name, profile.region, profile.via),
                tuple(profile.problems),
                tuple(sorted(profile.options.items())),
                str(config.services.get(services)) if services else "",
                session_parts(snapshot.session_of(profile)),
            )
        )
        profile = config.source_of(profile)
    return tuple(found)


def session_parts(session: Session | None) -> tuple[str, ...]:
    """What makes a session the one that it is."""
    return (session.kind, session.key, session.start_url, session.region) if session is not None else ()


def _look(store: Store) -> None:
    if not store.look_at_config():
        raise SsoError("The configuration is empty or cannot be read just now", "try again when it is whole")
