"""Signing in and out by keys that are about the highlighted row of the board, or about the marked ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...aws.errors import aws_command
from ...aws.model import Profile, Session
from ...keys import pressed
from .signing_in import Place, SigningIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...aws.state.store import Store
    from .renewals import Renewals
    from .signing_in import Act, Needed


class Rows(Place, Protocol):
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


class SigningInRows(SigningIn):
    """With keys that are about the highlighted row of the board, or the marked ones."""

    def __init__(self, store: Store, panes: Rows, renewals: Renewals, look_again: Callable[[], None]) -> None:
        super().__init__(store, panes, renewals, look_again)
        self._rows = panes

    def to_rows(self) -> None:
        """Sign in to the session of the highlighted row, or to those of the marked ones that need it."""
        panes = self._rows
        session, profile = panes.current_session(), panes.current_profile()
        if panes.marked_in_focus():
            self._to_those_that_need_it(sessions_of(panes), "Every session of the marked profiles is signed in")
        elif session is None:
            self._nothing(why_no_session(profile))
        else:
            self.to(session, profile.name if profile is not None else None)

    def out_of_rows(self) -> None:
        """Show what a sign-out of the highlighted row's session would remove, or of the sessions of the marked ones; of
        everything, where no row is highlighted."""
        panes = self._rows
        session, profile = panes.current_session(), panes.current_profile()
        sessions = sessions_of(panes) if panes.marked_in_focus() else [session] if session is not None else []
        if not sessions and profile is not None:
            self._nothing(f"There is nothing to sign out of: {why_no_session(profile)}")
            return
        from ..sign_out import SignOut

        panes.app.push_screen(SignOut(self._store, *sessions), lambda _result: self._look_again())

    def with_rows(
        self,
        undone: str,
        act: Callable[[Profile, Needed], object],
        action: str = "",
        marked: tuple[str, Act] | None = None,
        takes_session: bool = False,
    ) -> None:
        """Do something with the highlighted profile, as `first` does. `marked`: what is done where rows are marked; the
        words in front of both say that it is not done."""
        several = self._rows.marked_profiles() if marked is not None else []
        profile = the_profile(self._rows) if not several else None
        if several and marked is not None:
            self.first(several, *marked, action, takes_session)
        elif profile is not None:
            name, undone = profile.name, f"{profile.name}: {undone}"
            self.first(
                [profile],
                undone,
                lambda needed: act(self._rows.snapshot.profile(name) or profile, needed),
                action,
                takes_session,
            )


def the_profile(rows: Rows) -> Profile | None:
    """The highlighted profile. Where there is none, that is said."""
    profile = rows.current_profile()
    if profile is None:
        elsewhere = f"Highlight a profile first ({pressed('board.switch')} goes to the profiles)"
        rows.sso.tell(elsewhere if rows.on_sessions else "There is no profile here", "warning")
    return profile


def sessions_of(rows: Rows) -> list[Session]:
    """The sessions of the marked profiles, each once."""
    found = [rows.snapshot.session_of(profile) for profile in rows.marked_profiles()]
    return list({session.key: session for session in found if session is not None}.values())


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
