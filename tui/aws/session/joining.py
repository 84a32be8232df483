"""Two sign-ins to one session at once, in one program or in several: the second joins the first.

Whoever begins holds a lock (`locks`) until its sign-in has ended, and leaves beside it what the user needs for
approving. Whoever comes later shows the same code and waits for the same token, so that one approval serves all. When
the first is given up, one of the others goes on with a code of its own.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable

from .. import clock
from ..cache import files, folders, locks, shapes
from ..errors import SsoError
from ..model import BROWSER, Session, Token
from ..requests import clients
from ..state.store import Store
from .browser_flow import BrowserCode, BrowserSignIn
from .device_code import DENIED, DeviceSignIn, ShownCode, check_session, code_expired, denied
from .draft import Draft
from .signed_out import SignOutWatch

GRACE = 0.6
"""Seconds for which a sign-in that is just being left (for a new code, or for the other flow) is waited for."""

UNSHOWN_LIMIT = 30.0
"""Seconds for which a sign-in that shows no code yet is waited for; it may have been stopped. (Its own requests have
ended by then.)"""

LOOK_AGAIN = 0.25
"""Seconds between two looks at what the other sign-in has come to."""

LOOK_ELSEWHERE = 1.0
"""Seconds between two looks for a token that a program without our locks has got."""

LONGEST = 86400.0
"""Seconds for which another sign-in's code is waited for at most."""

_ENDING = 2.0
"""Seconds before its code expires in which the end of the other sign-in is taken for that."""


class SignIn:
    """A sign-in to one session that joins another one to the same session, if there is one: `start()` gives the code
    or the address, `wait()` the token. `flow`, `profile` and `port` are those of its own; `anew`: the last attempt came
    to nothing, so nobody else's code is wanted. `draft`: the session where it is in no file yet; nobody else signs in
    to it. `begun`: its own sign-in where that shows a code already. `tried`: the token that there was before a renewal
    that has just been refused; what there is besides is another program's, which was faster.

    `joined`: the process whose sign-in this one has joined, None while it is its own.
    """

    def __init__(
        self,
        flow: str,
        store: Store,
        session: Session,
        profile: str | None = None,
        anew: bool = False,
        port: int = 0,
        draft: Draft | None = None,
        begun: DeviceSignIn | None = None,
        tried: Token | None = None,
    ) -> None:
        self.store = store
        self.session = session
        self.joined: int | None = None
        self.code: ShownCode | BrowserCode | None = None
        self._anew = anew
        self._draft = draft
        self._own: DeviceSignIn | BrowserSignIn
        if flow == BROWSER:
            self._own = BrowserSignIn(store, session, profile, anew, port, draft)
        else:
            self._own = begun or DeviceSignIn(store, session, profile, draft)
        self._lock: locks.Held | None = None
        self._before = tried
        self._watch: SignOutWatch
        self._denied = False

    @property
    def note(self) -> str:
        """What the sign-in has found out that the user should correct, or ""."""
        return self._own.note

    def start(self, cancelled: threading.Event | None = None) -> ShownCode | BrowserCode:
        """Ask for a code, or make an address; or take over those of another sign-in. Raises SsoError, Cancelled."""
        check_session(self.session)
        if self._draft is not None:
            self.code = self._own.code or self._own.start(cancelled)
            return self.code
        self._before = self._before or self.store.newest_token(self.session.key)
        self._watch = SignOutWatch(self.store, self.session, token=False)
        began = clock.monotonic()
        while not self._lead():
            waited = clock.monotonic() - began
            if waited >= (GRACE if self._anew else UNSHOWN_LIMIT):
                break  # on its own, unlocked
            shown = _shown(self.session) if waited >= GRACE else None
            if shown is not None:
                self.joined, self.code = shown
                return self.code
            clients.pause_for(0.1, cancelled)
        return self._begin(cancelled)

    def wait(self, pending: Callable[[str], None] | None = None, cancelled: threading.Event | None = None) -> Token:
        """Wait until the user has approved; return the token, which is stored by then.

        `pending` is told in one line when something other than waiting goes on; `code` may be another one by then.
        Raises SsoError with code AccessDeniedException (denied), ExpiredTokenException (too late), or another;
        Cancelled.
        """
        if self.code is None:
            raise ValueError("start() comes first")
        try:
            if self.joined is not None:
                token = self._wait_for_the_other(self.code, cancelled)
                if token is not None:
                    return token
                self._begin(cancelled)
                if pending is not None:
                    pending("the other ssotui has given up; this code is a new one")
            if self._draft is not None:
                return self._own.wait(pending, cancelled)
            return self._wait_for_own(pending, cancelled)
        except SsoError as error:
            self._denied = error.code == DENIED
            raise
        finally:
            self._end()

    def _lead(self) -> bool:
        """Whether this sign-in is the one that others join; also where locks cannot be had at all."""
        self._lock = locks.try_hold(_name(self.session))
        return self._lock is not None

    def _begin(self, cancelled: threading.Event | None) -> ShownCode | BrowserCode:
        """Start the own sign-in, and let others join it."""
        self.joined = None
        self._hide()  # what an ended process has left
        try:
            self.code = self._own.start(cancelled)
        except BaseException:
            self._end()
            raise
        self._leave(_public(self.code))
        return self.code

    def _wait_for_the_other(self, code: ShownCode | BrowserCode, cancelled: threading.Event | None) -> Token | None:
        """The token that the other sign-in has brought; None when it was given up, and it is our turn."""
        while True:
            ours = self._lead()
            token = self._new_token()  # looked for behind the lock: it is stored before that is free
            if token is not None:
                return token
            if code.seconds_left() <= (_ENDING if ours else 0):
                raise code_expired()
            if ours and _read(self.session).get("denied"):
                raise denied()
            if ours:
                self._watch.check()
                return None
            clients.pause_for(LOOK_AGAIN, cancelled)

    def _wait_for_own(self, pending: Callable[[str], None] | None, cancelled: threading.Event | None) -> Token:
        """The token of the own sign-in, or the one that another program has got for this session meanwhile: then
        nobody waits for the own one any more, and AWS is told so if it comes all the same."""
        given_up, over = threading.Event(), threading.Event()
        found: list[Token] = []

        def watch() -> None:
            while not over.is_set():
                token = self._new_token()
                if token is not None:
                    found.append(token)
                    break
                if (cancelled or over).wait(LOOK_ELSEWHERE):
                    break
            given_up.set()

        threading.Thread(target=watch, daemon=True, name="ssotui-watch").start()
        try:
            return self._own.wait(pending, given_up)
        except SsoError:
            # Looked for once more: this one's code may have been refused because its token has just come.
            token = found[0] if found else self._new_token()
            if token is None or (cancelled is not None and cancelled.is_set()):
                raise
            return token
        finally:
            over.set()

    def _new_token(self) -> Token | None:
        token = self.store.newest_token(self.session.key)
        if token is None or token.expires_at <= clock.now():
            return None
        return token if self._before is None or token.access_token != self._before.access_token else None

    def _end(self) -> None:
        if isinstance(self._own, BrowserSignIn):
            self._own.close()
        if self._denied and self.joined is None:
            self._leave({"process": os.getpid(), "denied": True})  # a new code is not what those who joined want
        else:
            self._hide()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _leave(self, value: files.Json) -> None:
        """Leave something for those who join. Where that fails, they go their own way after a while."""
        if self._lock is not None and self._lock.locked:
            with contextlib.suppress(OSError):
                files.write(_path(self.session), value)

    def _hide(self) -> None:
        if self._lock is not None and self._lock.locked:
            folders.unlink_quietly(_path(self.session))


def _name(session: Session) -> str:
    """The name of the lock of a session's sign-ins; renewals have their own."""
    return shapes.lock_name(session.key) + ".sign-in"


def _path(session: Session) -> str:
    return os.path.join(locks.lock_dir(), _name(session) + ".json")


def _read(session: Session) -> files.Json:
    return files.read(_path(session)).value or {}


def _public(code: ShownCode | BrowserCode) -> files.Json:
    """What others need for showing the same. The secrets (the device code, the state in the browser's address) stay
    here."""
    value: files.Json = {"process": os.getpid(), "expiresAt": clock.iso(int(clock.now() + code.seconds_left()))}
    if isinstance(code, ShownCode):
        value["userCode"] = code.user_code
        value["verificationUri"] = code.url
        value["verificationUriComplete"] = code.complete_url
        value["endpoint"] = code.endpoint
        value["expires"] = code.expires
    return value


def _shown(session: Session) -> tuple[int, ShownCode | BrowserCode] | None:
    """The process that is signing in, and what it shows; None while it shows nothing."""
    value = _read(session)
    process, expires_at = value.get("process"), clock.parse_iso(value.get("expiresAt"))
    if not isinstance(process, int) or expires_at is None or expires_at <= clock.now():
        return None
    seconds = min(expires_at - clock.now(), LONGEST)
    if "userCode" not in value:
        return process, BrowserCode("", True, seconds)
    try:
        endpoint = value.get("endpoint")
        code = ShownCode({**value, "expiresIn": seconds}, session, endpoint if isinstance(endpoint, str) else "")
    except SsoError:
        return None
    code.expires = value.get("expires") is not False
    return process, code
