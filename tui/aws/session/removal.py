"""What goes of the configuration with a session: its section, and the profiles that this program wrote for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..config.writing import sections
from ..config.writing.sections import PROFILE, SESSION, named
from ..errors import SsoError
from ..model import SSO_SESSION, Session
from ..state.finishing import Job
from ..state.snapshot import Snapshot
from ..state.store import Store
from .manifest import Manifest
from .signing_out import SignOutResult, sign_out

ELSEWHERE = "in the credentials file"
"""Why a profile stays that cannot be taken either."""


class Removal(NamedTuple):
    """What goes: headers of the config file, with the profiles among them. `staying`: profiles that use the session and
    stay, each with why."""

    headers: list[str]
    profiles: list[str]
    staying: list[tuple[str, str]]

    def by_reason(self) -> dict[str, list[str]]:
        """The profiles that stay, by why."""
        found: dict[str, list[str]] = {}
        for name, why in self.staying:
            found.setdefault(why, []).append(name)
        return found

    @property
    def more(self) -> bool:
        """Whether there are profiles that could go too."""
        return any(why != ELSEWHERE for _name, why in self.staying)


def plan_removal(text: str, snapshot: Snapshot, session: Session, all_profiles: bool) -> Removal:
    """What goes of the config file's `text`. Profiles that this program wrote and nobody has changed go; others only
    where that has been asked for. Raises sections.Refused."""
    found = sections.read(text).sections
    by_name: dict[tuple[str, str], list[str]] = {}
    for header in found:
        by_name.setdefault(named(header), []).append(header)
    using = [name for name, profile in snapshot.config.profiles.items() if profile.session == session.key]
    headers = list(by_name.get((SESSION, session.key), [])) if session.kind == SSO_SESSION else []
    going: list[str] = []
    staying: list[tuple[str, str]] = []
    for name in using:
        own = by_name.get((PROFILE, name), [])
        options = found[own[-1]] if own else {}
        if not own:
            staying.append((name, ELSEWHERE))
        elif all_profiles or (sections.is_ours(PROFILE, options) and sections.is_unchanged(PROFILE, options)):
            headers += own
            going.append(name)
        else:
            why = "changed since ssotui wrote it" if sections.is_ours(PROFILE, options) else "not written by ssotui"
            staying.append((name, why))
    return Removal(headers, going, staying)


def nothing_goes(session: Session, hint: str) -> SsoError:
    """The error where neither a section nor a profile is to go. `hint`: how the profiles would."""
    where = "has no section of its own, only profiles" if session.kind != SSO_SESSION else "is not in the config file"
    return SsoError(f"Session {session.key} {where}: nothing was changed", hint)


def remove(
    store: Store, manifest: Manifest, job: Job | None, write: Callable[[], str]
) -> tuple[str, SignOutResult | None]:
    """Change the config file by `write`, then sign out. Returns what `write` returns, and how the sign-out went; None
    without a `job`. Raises what `write` raises: the session stays as it was then.

    For a thread of its own, which whoever leaves does not stop: without its section nobody would look for the token.
    `job`: what `begin` has made for the sign-out, before this is called.
    """
    try:
        written = write()
    except BaseException:
        if job is not None:
            job.done()
        raise
    return written, sign_out(store, manifest, job) if job is not None else None
