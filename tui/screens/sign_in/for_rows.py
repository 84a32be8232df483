"""What the keys of the board are about: the highlighted row, or the marked ones, and the sessions of those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...aws.errors import aws_command
from ...keys import pressed
from .signing_in import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...aws.model import Profile, Session
    from ...aws.state.snapshot import Snapshot
    from ..sign_out import SignOut


class RowsInFocus(Place, Protocol):
    """A place that has rows, of which some may be marked."""

    def current_session(self) -> Session | None:
        """The session of the highlighted row."""

    def current_profile(self) -> Profile | None:
        """The profile of the highlighted row."""

    @property
    def on_sessions(self) -> bool:
        """Whether the cursor is on a session, not on a profile."""

    def marked_in_focus(self) -> bool:
        """Whether keys are for marked rows."""

    def marked_profiles(self) -> list[Profile]:
        """The profiles of the marked rows."""


def the_profile(rows: RowsInFocus) -> Profile | None:
    """The highlighted profile. Where there is none, that is said."""
    profile = rows.current_profile()
    if profile is None:
        elsewhere = f"Highlight a profile first ({pressed('board.switch')} goes to the profiles)"
        rows.sso.tell(elsewhere if rows.on_sessions else "There is no profile here", "warning")
    return profile


def sessions_of_marked(rows: RowsInFocus) -> list[Session]:
    """The sessions of the marked profiles, each once."""
    found = [rows.snapshot.session_of(profile) for profile in rows.marked_profiles()]
    return list({session.key: session for session in found if session is not None}.values())


def sign_out_of_rows(rows: RowsInFocus, opening: Callable[[SignOut], object]) -> None:
    """Show what a sign-out of the highlighted row's session would remove, or of the sessions of the marked rows; of
    everything, where no row is highlighted."""
    from ..sign_out import SignOut

    session, profile = rows.current_session(), rows.current_profile()
    sessions = sessions_of_marked(rows) if rows.marked_in_focus() else [session] if session is not None else []
    if not sessions and profile is not None:
        rows.sso.tell(f"There is nothing to sign out of: {why_no_session(profile)}", "warning")
    else:
        opening(SignOut(rows.sso.store, *sessions))


def why_no_session(profile: Profile | None) -> str:
    """Why there is no session to sign in to for the highlighted profile."""
    if profile is None:
        return "There is nothing highlighted to sign in to"
    if profile.problems:
        return f"{profile.name}: {profile.problems[0]}"
    if profile.login_session:
        command = aws_command("login", profile.name)
        return f"{profile.name} signs in with aws login, and renews by itself; run: {command}"
    return f"{profile.name} has no SSO session"


def waits_for_sign_in(snapshot: Snapshot, profile: Profile, now: float) -> bool:
    """Whether the profile's session has to be signed in first. Broken profiles, and those without a session, wait for
    something else."""
    if profile.problems or snapshot.session_of(profile) is None:
        return False
    return profile.session is None or not snapshot.usable(profile.session, now)


def but_signed_out(snapshot: Snapshot, profiles: Sequence[Profile], now: float) -> Sequence[Profile]:
    """These profiles without those whose session has to be signed in first, as some sign-in may have been cancelled;
    all, where that leaves none. Broken ones, and those without a session, stay: they say so themselves."""
    return [each for each in profiles if not waits_for_sign_in(snapshot, each, now)] or profiles
