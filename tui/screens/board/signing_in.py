"""How the board signs in: silently where that works, else by the sign-in screen; and renewals that nobody asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...aws import clock, model
from ...aws.errors import SsoError
from ...aws.model import Session
from ...widgets.rows import session_label
from ...words.durations import absolute
from . import jobs

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .board import Board


class SigningIn:
    """For the event loop. `acting`, everywhere: the name of the profile that it is done for, None for a session as a
    whole."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._renewing: set[str] = set()

    def to(self, session: Session, acting: str | None) -> None:
        """Sign in to one session; asks first when it is signed in already."""
        board = self._board
        state, expires_at = board.snapshot.session_clock(session.key, clock.now())
        if state == model.SIGNED_IN and expires_at is not None and board.sso.settings.confirm_sign_in:
            from ..dialogs import Confirm

            question = f"{session.key} is signed in until {absolute(expires_at)}. Sign in anew?"
            board.app.push_screen(Confirm(question), lambda yes: self._anew(session.key, acting) if yes else None)
        elif state == model.REFRESHABLE:
            self._run(self._renew_or_open([session], acting), "renew", "renew sessions")
        else:
            self.open([session], acting)

    def to_all(self) -> None:
        """Sign in to every session that needs it: silently where that works, side by side where not."""
        board, now = self._board, clock.now()
        sessions = board.snapshot.config.sessions
        needing = [
            each for each in sessions.values() if board.snapshot.session_clock(each.key, now)[0] != model.SIGNED_IN
        ]
        if needing:
            self._run(self._renew_or_open(needing, None), "renew", "renew sessions")
        else:
            board.nothing("Every session is signed in" if sessions else "There is no session to sign in to")

    def open(self, sessions: list[Session], acting: str | None) -> None:
        """Open the sign-in screen for these sessions."""
        from ..sign_in import SignIn

        board = self._board
        board.app.push_screen(SignIn(board.store, sessions, acting), lambda _result: board.look_again())

    def renew_quietly(self, session: Session) -> None:
        """Renew a session without a word. What goes wrong is in the notice line until it is over."""
        self._run(self._renew_quietly(session), "renew-quietly", "renew a session before it ends")

    def _run(self, job: Coroutine[None, None, None], group: str, description: str) -> None:
        self._board.run_worker(job, group=group, exit_on_error=False, description=description)

    def _anew(self, key: str, acting: str | None) -> None:
        session = self._board.snapshot.config.sessions.get(key)
        if session is not None:
            self.open([session], acting)
        else:  # the question may have stood for long
            self._board.nothing(f"Session {key} is no longer configured")

    async def _renew_or_open(self, sessions: list[Session], acting: str | None) -> None:
        """Renew side by side what can be renewed without the user; open the sign-in for the rest."""
        board = self._board
        sessions = [session for session in sessions if session.key not in self._renewing]
        keys = {session.key for session in sessions}
        self._renewing |= keys  # pressed again, they join what is under way
        due = [key for key in keys if board.snapshot.session_clock(key, clock.now())[0] == model.REFRESHABLE]
        if due:
            board.panes.set_progress(f"Renewing {due[0] if len(due) == 1 else f'{len(due)} sessions'} …")
        try:
            done = await asyncio.gather(*(self._renewed(session, acting) for session in sessions))
        finally:
            self._renewing -= keys
            board.panes.set_progress("")
        board.look_again()
        remaining = [session for session, well in zip(sessions, done, strict=True) if not well]
        if remaining and board.app.screen is board:
            self.open(remaining, acting)
        elif remaining:  # the user is busy with something else meanwhile
            names = ", ".join(map(session_label, remaining))
            board.nothing(f"Sign-in needed for {names}: press l on the board")

    async def _renewed(self, session: Session, acting: str | None) -> bool:
        """Renew a session if that is possible. False: the user has to sign in."""
        board = self._board
        if board.snapshot.session_clock(session.key, clock.now())[0] != model.REFRESHABLE:
            return False
        told = await jobs.try_to_renew(board.store, session, acting)
        if told is not None:
            board.tell(told)
        return told is not None

    async def _renew_quietly(self, session: Session) -> None:
        board = self._board
        expires_at, reason = None, ""
        try:
            expires_at = (await jobs.renew(board.store, session)).expires_at
        except SsoError as error:
            reason = error.title
        finally:
            board.renewals.scheduler.finished(session.key, clock.now(), expires_at, reason)
        board.look_again()
