"""Silent renewal: a new access token by the refresh token, when less than 15 minutes are left (botocore 1.43's rule).

A refresh token may be good for one use only, so several ssotui take turns (`locks`), and whoever's turn it is reads
the file anew first: somebody else's renewal is as good as one's own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from .. import clock
from ..cache import files, locks, shapes
from ..errors import Cancelled, SignInNeeded, SsoError
from ..model import MARGIN, SSO_SESSION, Session, Token, lasts
from ..requests import clients
from ..requests.behalf import behalf
from ..requests.start_url import in_region, region_of
from ..state import finishing
from ..state.store import Store
from .arrival import give_back, keep
from .device_code import STALE_CLIENT, check_session, token_from
from .signed_out import SignOutWatch

Answer = TypeVar("Answer")

LATE = 3.0
"""Seconds after a refusal for which the file is looked at: whoever has spent the refresh token may have to wait for its
own answer, and then writes it."""

LOOK_AGAIN = 0.2
"""Seconds between two of these looks."""

AFTER_FAILURE = 10.0
"""Seconds for which a renewal that failed is not tried again on the way to role credentials: many profiles of one
session would else wait for the same failure, one after another."""

NOT_STORABLE = "NotStorable"
"""The code of the error of a renewal that was not begun, because its token could not be stored."""

NOT_ACCEPTED = ("UnauthorizedException", "ExpiredTokenException", "ExpiredToken")
"""The codes with which the portal refuses a token."""

_REFUSALS = (
    "InvalidGrantException",
    "ExpiredTokenException",
    "AccessDeniedException",
    "InvalidRequestException",
    "InvalidScopeException",
    "UnsupportedGrantTypeException",
    "UnauthorizedException",
    *STALE_CLIENT,
)


def renew(
    store: Store,
    session: Session,
    profile: str | None = None,
    cancelled: threading.Event | None = None,
    refused: Token | None = None,
    recent: float = 0.0,
    before_sign_in: bool = False,
) -> Token:
    """A token with at least 15 minutes left, by the refresh token if needed. `refused`: a token that AWS no longer
    accepts, whatever its expiry says; another one is wanted. `recent`: a failure that is not older than so many
    seconds is told again instead of trying anew. `before_sign_in`: after a refusal the user is asked at once, as a
    sign-in looks out for the tokens of other programs by itself.

    A renewal that has begun is finished and written even when `cancelled` is set meanwhile: the old refresh token is
    spent by then. Raises SignInNeeded when the user has to sign in, SsoError when AWS cannot be reached, Cancelled.
    """
    seen = store.newest_token(session.key)
    since = time.monotonic() - recent

    def work() -> Token:
        try:
            return _renew(store, session, profile, refused, seen, since, 0.0 if before_sign_in else LATE)
        except SignInNeeded:
            if refused is not None:
                store.ended(session.key, refused)
            raise

    return clients.call(work, cancelled, limit=locks.WAIT + 3 * clients.TOTAL_TIMEOUT)


def _renew(
    store: Store,
    session: Session,
    profile: str | None,
    refused: Token | None,
    seen: Token | None,
    since: float,
    late: float,
) -> Token:
    with locks.hold(shapes.lock_name(session.key)) as locked:
        if not locked:
            store.without_lock()
        watch = SignOutWatch(store, session, token=False)
        token = store.newest_token(session.key)
        if _is_good(token, refused) or _is_other(token, refused or seen):
            assert token is not None
            return token  # somebody else has just renewed it
        if token is None or session.kind != SSO_SESSION or not token.can_refresh(clock.now()):
            reason = store.snapshot.why_no_token(session.key)
            raise SignInNeeded(session.key, "AWS no longer accepts the token" if refused is not None else reason)
        if not store.may_renew(session.key, token):
            raise SignInNeeded(session.key, "it can no longer be renewed")
        failure = store.failure_since(session.key, token, since)
        if failure is not None:  # while this one waited for its turn
            raise failure.again()
        check_session(session)
        try:
            if refused is None and token.expires_at > clock.now():
                _check_that_it_can_be_stored(session, token)
            return _exchange(store, session, profile, token, watch, late)
        except (SignInNeeded, Cancelled):
            raise
        except SsoError as error:
            store.failed(session.key, token, error.again(), error.code == NOT_STORABLE)
            raise


def _check_that_it_can_be_stored(session: Session, token: Token) -> None:
    """Raises SsoError where a new token would be lost at the end of this run, while the present one still serves:
    whoever can store one should renew it."""
    path = shapes.token_path(session.key)
    reason = files.why_not_writable(path, shapes.token_json(token))
    if not reason:
        finishing.withdraw(path)
    else:
        finishing.remark(
            path, f"the sign-in to {session.key} is not renewed, because a new token could not be stored ({reason})"
        )
        raise SsoError(
            f"The sign-in to {session.key} is not renewed: a new token could not be stored ({reason})",
            f"make {path} writable",
            code=NOT_STORABLE,
        )


def _exchange(
    store: Store, session: Session, profile: str | None, old: Token, watch: SignOutWatch, late: float
) -> Token:
    """What AWS gives for a refresh token, stored; or what another program has got meanwhile."""
    session = in_region(session, region_of(session, old))
    acting = behalf(store.snapshot, session.key, profile)
    client = clients.client("sso-oidc", session.region, store.config, acting)
    with finishing.job(
        f"AWS to renew the sign-in to {session.key}",
        f"The renewal of the sign-in to {session.key} was not finished: you may have to sign in again",
    ) as job:
        try:
            answer = clients.request(
                lambda: client.create_token(
                    grantType="refresh_token",
                    clientId=old.client_id,
                    clientSecret=old.client_secret.reveal() if old.client_secret else "",
                    refreshToken=old.refresh_token.reveal() if old.refresh_token else "",
                ),
                f"renew the sign-in to {session.key}",
            )
        except SsoError as error:
            job.done()
            return _what_others_have(store, session, old, error, late)
        fresh = token_from(answer, session, old)
        other = store.newest_token(session.key)
        gone = (
            not os.path.lexists(shapes.token_path(session.key)) and store.snapshot.unwritten_token(session.key) is None
        )
        if gone or watch.ended():
            # Signed out meanwhile, here or elsewhere: this renewal must not undo it, nor replace a new sign-in.
            give_back(store, session, profile, fresh, job)
            if other is not None and _is_other(other, old):
                return other
            raise SignInNeeded(session.key, "it was signed out meanwhile")
        if other is not None and other.access_token != old.access_token and other.expires_at > fresh.expires_at:
            return other
        keep(store, session, fresh, job, watch, old)
        return fresh


def _what_others_have(store: Store, session: Session, old: Token, error: SsoError, late: float) -> Token:
    """After a failure: the token of another program, which may have spent this refresh token and is about to write
    what it got, within `late` seconds. Raises SignInNeeded after a refusal, or the failure itself."""
    refused = error.code in _REFUSALS
    deadline = time.monotonic() + (late if refused else 0.0)
    while True:
        other = store.newest_token(session.key)
        if _is_other(other, old):
            assert other is not None
            return other
        if time.monotonic() >= deadline:
            break
        time.sleep(LOOK_AGAIN)
    if refused:
        store.refused(session.key, old)
        raise SignInNeeded(session.key, "it can no longer be renewed") from None
    raise error


def _is_good(token: Token | None, refused: Token | None) -> bool:
    """Whether a token lives long enough and is another than the refused one."""
    return (
        token is not None
        and lasts(token.expires_at, clock.now())
        and (refused is None or token.access_token != refused.access_token)
    )


def _is_other(token: Token | None, old: Token | None) -> bool:
    """Whether a token is alive and another than `old`: it has just come, so a newer one is not to be had."""
    return (
        token is not None
        and token.expires_at > clock.now()
        and old is not None
        and token.access_token != old.access_token
    )


class Asking:
    """What is asked of a session's portal with its token, once more with another one where AWS no longer accepts that.
    `acting`: the profile that it is done for. For any number of threads: one gets the other token for all."""

    def __init__(self, store: Store, session: Session, acting: str | None) -> None:
        self._store = store
        self._session = session
        self._acting = acting
        self._token: Token | None = None
        self._renewing = threading.Lock()

    def begin(self, cancelled: threading.Event | None) -> Token:
        """Have a token that serves. Raises as `usable_token` does."""
        self._token = usable_token(self._store, self._session, self._acting, cancelled)
        return self._token

    def ask(self, request: Callable[[Token], Answer], cancelled: threading.Event | None) -> Answer:
        """What `request` gets with a token. Raises what it raises, and as `renew` does; SignInNeeded when AWS does not
        accept the other token either."""
        token = self._token or self.begin(cancelled)
        try:
            answer = request(token)
        except SsoError as error:
            if error.code not in NOT_ACCEPTED:
                raise
        else:
            if self._session.key in self._store.snapshot.ended:
                self._store.accepted(self._session.key)
            return answer
        token = self._another(token, cancelled)
        try:
            return request(token)
        except SsoError as error:
            if error.code in NOT_ACCEPTED:
                raise SignInNeeded(self._session.key, "AWS no longer accepts the token") from None
            raise

    def _another(self, refused: Token, cancelled: threading.Event | None) -> Token:
        """What another program, or thread, has got meanwhile, or one renewal."""
        with self._renewing:
            if self._token is not None and self._token.access_token != refused.access_token:
                return self._token
            newest = self._store.newest_token(self._session.key)
            if newest is None or newest.access_token == refused.access_token:
                newest = renew(self._store, self._session, self._acting, cancelled, refused, AFTER_FAILURE)
            self._token = newest
            return newest


def usable_token(
    store: Store,
    session: Session,
    profile: str | None = None,
    cancelled: threading.Event | None = None,
) -> Token:
    """A token that role credentials can be had with, renewed on the way if it is due. Raises like `renew`."""
    token = store.newest_token(session.key)
    now, is_last = clock.now(), session.key in store.snapshot.ends
    if token is not None and lasts(token.expires_at, now, margin=0 if is_last else MARGIN):
        return token
    try:
        return renew(store, session, profile, cancelled, recent=AFTER_FAILURE)
    except Cancelled:
        raise
    except SsoError:
        if token is not None and token.expires_at > now:
            return token
        raise
