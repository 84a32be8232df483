"""How the board signs in: silently where that works, else by the sign-in screen; and renewals that nobody asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from ...aws import clock, model
from ...aws.errors import SignInNeeded, SsoError
from ...aws.model import Profile, Session
from ...keys import pressed
from ...moments import moment
from ...widgets.rows import session_label
from ..asking.guarded import then
from ..jobs import plain
from .silent_renewal import renew, told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Coroutine, Iterable, Sequence

    from textual.app import App
    from textual.screen import Screen

    from ...aws.model import Token
    from ...aws.state.snapshot import Snapshot
    from ...aws.state.store import Store
    from ...host import Host
    from .attempt import Tried
    from .renewals import Renewals

    Needed = Callable[..., object] | None
    Act = Callable[[Needed], object]
    """What is to be done. It is given what to call, with a SignInNeeded for each session, when AWS wants a sign-in
    all the same; None when there has been one."""

_NEEDING = (model.SIGNED_OUT, model.UNREADABLE, model.REFRESHABLE)
"""The states in which a session has no token that serves."""


class Place(Protocol):
    """Where one signs in from: what is shown of the board, or another screen with keys that need a sign-in."""

    @property
    def snapshot(self) -> Snapshot:
        """What is known."""

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""

    @property
    def app(self) -> App[Any]:
        """The application."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen that it is on."""

    def set_progress(self, text: str) -> None:
        """Say what is under way; "" when nothing is any more."""


class SigningIn:
    """For the event loop. `look_again`: called when something was signed in or renewed. `acting`, everywhere: the name
    of the profile that it is done for, None for a session as a whole."""

    def __init__(self, store: Store, panes: Place, renewals: Renewals, look_again: Callable[[], None]) -> None:
        self._store = store
        self._panes = panes
        self._renewals = renewals
        self._look_again = look_again
        self._renewing: set[str] = set()
        self._learned: set[str] = set()

    def to(self, session: Session, acting: str | None) -> None:
        """Sign in to one session; asks first when it is signed in already."""
        panes = self._panes
        state, expires_at = panes.snapshot.session_clock(session.key, clock.now())
        if state == model.SIGNED_IN and expires_at is not None and panes.sso.settings.confirm_sign_in:
            from ..dialogs import Confirm

            question = f"{session.key} is signed in until {moment(expires_at, clock.now())}. Sign in anew?"
            panes.app.push_screen(Confirm(question), lambda yes: self._anew(session.key, acting) if yes else None)
        elif state == model.REFRESHABLE:
            self._run(self._renew_or_open([session], acting), "renew", "renew sessions")
        else:
            self.open([session], acting)

    def to_all(self) -> None:
        """Sign in to every session that needs it: silently where that works, side by side where not."""
        sessions = list(self._panes.snapshot.config.sessions.values())
        self.to_those_that_need_it(sessions, "Every session is signed in")

    def to_those_that_need_it(self, sessions: Sequence[Session], none: str) -> None:
        """The same for some. `none`: what to say where none of them does."""
        now, snapshot = clock.now(), self._panes.snapshot
        needing = [each for each in sessions if snapshot.session_clock(each.key, now)[0] != model.SIGNED_IN]
        if needing:
            self._run(self._renew_or_open(needing, None), "renew", "renew sessions")
        else:
            self._nothing(
                none if sessions else f"There is no session to sign in to: {pressed('board.new_session')} makes one"
            )

    def open(self, sessions: list[Session], acting: str | None, tried: Tried | None = None) -> None:
        """Open the sign-in screen for these sessions. `tried`: the tokens whose renewal was refused just before."""
        from .screen import SignInScreen

        panes = self._panes
        panes.app.push_screen(
            SignInScreen(self._store, sessions, acting, tried=tried), lambda _result: self._look_again()
        )

    async def _opened(
        self,
        sessions: list[Session],
        acting: str | None,
        renewable: Collection[str] = (),
        tried: Tried | None = None,
    ) -> None:
        """Open the sign-in screen for these sessions, of which some may be `renewable` (their keys), and wait until the
        user has left it. For workers."""
        from .screen import SignInScreen

        await self._panes.app.push_screen_wait(
            SignInScreen(self._store, sessions, acting, renewable=renewable, tried=tried)
        )
        self._look_again()

    def first(
        self, profiles: Sequence[Profile], undone: str, act: Act, action: str = "", takes_session: bool = False
    ) -> None:
        """Do something with these profiles, once the sessions are signed in of those without valid role credentials, or
        with `takes_session` of all: silently where that works, else by the sign-in screen. Where the user leaves that,
        it is not done; `undone` says so, behind a colon. `action`: what it is to guard rules, which can ask before it,
        or deny it; "" where they have no say."""
        then(self._panes.sso, profiles, action, undone, lambda: self._first(profiles, undone, act, takes_session))

    def _first(self, profiles: Sequence[Profile], undone: str, act: Act, takes_session: bool) -> None:
        now, snapshot = clock.now(), self._panes.snapshot
        without = (it for it in profiles if model.credentials_state(snapshot.credentials_of(it), now) != model.VALID)
        needing = self._needing(profiles if takes_session else without)
        if needing:
            self._go_on(self._sign_in_and(needing, profiles, undone, lambda: act(None)))
        else:
            act(self.whenever(profiles, undone, act))

    def whenever(self, profiles: Sequence[Profile], undone: str, act: Act) -> Needed:
        """What to call when AWS says that a sign-in is needed for something: it signs in, then does it."""
        return lambda *errors: self._go_on(self._sign_in_after(errors, profiles, undone, lambda: act(None)))

    def first_for(self, session: Session, undone: str, act: Act) -> None:
        """The same for something that is about a session as a whole."""
        if self._needs(session):
            self._go_on(self._sign_in_and([session], (), undone, lambda: act(None)))
        else:
            act(self.whenever((), undone, act))

    def _needing(self, profiles: Iterable[Profile]) -> list[Session]:
        """The sessions that have to be signed in, or renewed, before these profiles can be used."""
        snapshot = self._panes.snapshot
        sessions = (snapshot.session_of(profile) for profile in profiles if not profile.problems)
        return list({each.key: each for each in sessions if each is not None and self._needs(each)}.values())

    def _needs(self, session: Session) -> bool:
        """Whether this session has to be signed in, or renewed, before anything can be had with it."""
        now = clock.now()
        state, expires_at = self._panes.snapshot.session_clock(session.key, now)
        return state in _NEEDING and (expires_at is None or expires_at <= now or state == model.UNREADABLE)

    async def _sign_in_and(
        self, sessions: list[Session], profiles: Sequence[Profile], undone: str, act: Callable[[], object]
    ) -> None:
        """Renew or sign in to these sessions, then act: also where that has not worked for all, but for some."""
        panes, now = self._panes, clock.now()
        acting = _acting(profiles)
        due = [each for each in sessions if panes.snapshot.session_clock(each.key, now)[0] == model.REFRESHABLE]
        tried = self._tokens(due)
        if due:
            panes.set_progress(f"Renewing {', '.join(map(session_label, due))} …")
        remaining, failed = [each for each in sessions if each not in due], dict[str, str]()
        try:
            done = await asyncio.gather(*(self._renewed(each, acting) for each in due))
            for session, ended in zip(due, done, strict=True):
                if isinstance(ended, SignInNeeded):
                    remaining.append(session)
                elif isinstance(ended, SsoError):
                    failed[session.key] = plain(ended)
        finally:
            panes.set_progress("")
            self._look_again()
        others = not failed or self._others(profiles, failed)
        for why in dict.fromkeys(failed.values()):
            panes.sso.tell(why if others else f"{why}: {undone}", "error")
        if others and await self._signed_in(remaining, profiles, undone, failed, tried):
            act()

    def _others(self, profiles: Sequence[Profile], left: Container[str]) -> bool:
        """Whether some of these profiles need none of the sessions that are `left` (their keys)."""
        sessions = map(self._panes.snapshot.session_of, profiles)
        return any(session is not None and session.key not in left for session in sessions)

    async def _sign_in_after(
        self, errors: Sequence[SignInNeeded], profiles: Sequence[Profile], undone: str, act: Callable[[], object]
    ) -> None:
        """Sign in to the sessions that AWS has refused, whatever was known of them, then act."""
        known = self._panes.snapshot.config.sessions
        sessions = [known[error.session] for error in errors if error.session in known]
        if not sessions:
            self._nothing(plain(errors[0]))
        elif await self._signed_in(sessions, profiles, undone):
            act()

    async def _signed_in(
        self,
        sessions: list[Session],
        profiles: Sequence[Profile],
        undone: str,
        failed: Collection[str] = (),
        tried: Tried | None = None,
    ) -> bool:
        """Have the user sign in to these sessions. Which of them they have left before is said; False when that leaves
        nothing to do for any of the profiles, where others have `failed` already (their keys)."""
        panes = self._panes
        if not sessions:
            return True
        names = ", ".join(map(session_label, sessions))
        if panes.app.screen is not panes.screen:  # the user is busy with something else meanwhile
            self._nothing(f"Sign-in needed for {names}: {undone}")
            return False
        before = {**self._tokens(sessions), **(tried or {})}
        await self._opened(sessions, _acting(profiles), tried=tried)
        left = {}
        for session in sessions:
            old, token = before[session.key], self._store.snapshot.token(session.key)
            if token is None or (old is not None and token.access_token == old.access_token):
                left[session.key] = session_label(session)
        others = not left or self._others(profiles, {*failed, *left})
        if left:
            rest = "what needs it is left out" if others else undone
            self._nothing(f"Not signed in to {', '.join(left.values())}: {rest}")
        return others

    def renew_quietly(self, session: Session) -> None:
        """Renew a session without a word. What goes wrong is in the notice line until it is over."""
        self._run(self._renew_quietly(session), "renew-quietly", "renew a session before it ends")

    def _learn(self, session: Session) -> None:
        """The names of the session's accounts, once, where none is known: they come with a sign-in else, and whose
        session is renewed day by day signs in rarely."""
        from .learning import learn, named

        if session.key not in self._learned and not named(self._store.snapshot, session):
            self._learned.add(session.key)
            learn(self._panes.app, self._store, session)

    def _nothing(self, why: str) -> None:
        self._panes.sso.tell(why, "warning")

    def _run(self, job: Coroutine[None, None, None], group: str, description: str) -> None:
        self._panes.screen.run_worker(job, group=group, exit_on_error=False, description=description)

    def _go_on(self, job: Coroutine[None, None, None]) -> None:
        """Of two keys the last one counts."""
        self._panes.screen.run_worker(
            job, group="go-on", exclusive=True, exit_on_error=False, description="sign in before that"
        )

    def _anew(self, key: str, acting: str | None) -> None:
        session = self._panes.snapshot.config.sessions.get(key)
        if session is not None:
            self.open([session], acting)
        else:  # the question may have stood for long
            self._nothing(f"Session {key} is no longer configured")

    async def _renew_or_open(self, sessions: list[Session], acting: str | None) -> None:
        """Renew side by side what can be renewed without the user, and open the sign-in for the rest. Where some surely
        need the user it opens at once, with all of them: the others are renewed in it, or ask for the user there."""
        panes, now = self._panes, clock.now()
        sessions = [session for session in sessions if session.key not in self._renewing]
        keys = {session.key for session in sessions}
        self._renewing |= keys  # pressed again, they join what is under way
        due = [each for each in sessions if panes.snapshot.session_clock(each.key, now)[0] == model.REFRESHABLE]
        certain = [each for each in sessions if each not in due]
        tried = self._tokens(due)
        try:
            if certain:
                await self._opened([*certain, *due], acting, {each.key for each in due})
                return
            remaining = await self._renewed_all(due, acting)
        finally:
            self._renewing -= keys
        if remaining and panes.app.screen is panes.screen:
            self.open(remaining, acting, tried)
        elif remaining:  # the user is busy with something else meanwhile
            names = ", ".join(map(session_label, remaining))
            self._nothing(f"Sign-in needed for {names}: press {pressed('board.sign_in')} on the board")

    def _tokens(self, sessions: Iterable[Session]) -> Tried:
        """What there is for these sessions now, by their keys."""
        return {session.key: self._store.snapshot.token(session.key) for session in sessions}

    async def _renewed_all(self, sessions: list[Session], acting: str | None) -> list[Session]:
        """Renew these side by side. Returns those that the user has to sign in to."""
        if not sessions:
            return []
        panes = self._panes
        panes.set_progress(f"Renewing {sessions[0].key if len(sessions) == 1 else f'{len(sessions)} sessions'} …")
        try:
            done = await asyncio.gather(*(self._renewed(session, acting) for session in sessions))
        finally:
            panes.set_progress("")
        self._look_again()
        tried = list(zip(sessions, done, strict=True))
        remaining = [session for session, ended in tried if isinstance(ended, SignInNeeded)]
        for told in told_of((session, ended) for session, ended in tried if session not in remaining):
            panes.sso.tell(*told)
        return remaining

    async def _renewed(self, session: Session, acting: str | None) -> Token | SsoError:
        """Renew a session. Returns why that has not worked; SignInNeeded when the user has to sign in."""
        try:
            token = await renew(self._store, session, acting, before_sign_in=True)
        except SsoError as error:
            return error
        self._learn(session)
        return token

    async def _renew_quietly(self, session: Session) -> None:
        expires_at, reason = None, ""
        try:
            expires_at = (await renew(self._store, session)).expires_at
            self._learn(session)
        except SsoError as error:
            reason = error.reason
        finally:
            self._renewals.scheduler.finished(session.key, clock.now(), expires_at, reason)
        self._look_again()


def _acting(profiles: Sequence[Profile]) -> str | None:
    return profiles[0].name if len(profiles) == 1 and not profiles[0].unlisted else None
