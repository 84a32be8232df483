"""Silent renewal: a new access token by the refresh token, when less than 15 minutes are left (botocore 1.43's rule).

A refresh token may be good for one use only, so several ssotui take turns (`locks`), and whoever's turn it is reads
the file anew first: somebody else's renewal is as good as one's own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time

from . import cache, clients, clock, locks
from .errors import Cancelled, SignInNeeded, SsoError
from .inventory import Inventory
from .model import MARGIN, SSO_SESSION, Session, Token
from .sign_in import STALE_CLIENT, check_session, store, token_from

EXIT_GRACE = 1.0
"""Seconds that the end of the program waits for renewals under way: their old refresh token may be spent already."""

SECOND_LOOK = 0.3
"""Seconds after a refusal at which the file is looked at once more, for a program that is just writing it."""

GIVE_BACK_LIMIT = 5.0
"""Seconds that telling AWS of a token that came too late may take."""

AFTER_FAILURE = 10.0
"""Seconds for which a renewal that failed is not tried again on the way to role credentials: many profiles of one
session would else wait for the same failure, one after another."""

_REFUSALS = (
    "InvalidGrantException",
    "ExpiredTokenException",
    "AccessDeniedException",
    "InvalidRequestException",
    "InvalidScopeException",
    "UnsupportedGrantTypeException",
    *STALE_CLIENT,
)

_under_way: set[threading.Event] = set()


def renew(
    inventory: Inventory,
    session: Session,
    profile: str | None = None,
    cancelled: threading.Event | None = None,
    refused: Token | None = None,
    recent: float = 0.0,
) -> Token:
    """A token with at least 15 minutes left, by the refresh token if needed. `refused`: a token that AWS no longer
    accepts, whatever its expiry says; another one is wanted. `recent`: a failure that is not older than so many
    seconds is told again instead of trying anew.

    A renewal that has begun is finished and written even when `cancelled` is set meanwhile: the old refresh token is
    spent by then. Raises SignInNeeded when the user has to sign in, SsoError when AWS cannot be reached, Cancelled.
    """

    def work() -> Token:
        done = threading.Event()
        _under_way.add(done)
        try:
            return _renew(inventory, session, profile, refused, time.monotonic() - recent)
        finally:
            done.set()
            _under_way.discard(done)

    return clients.call(work, cancelled, limit=locks.WAIT + 3 * clients.TOTAL_TIMEOUT)


@atexit.register
def _finish() -> None:
    deadline = time.monotonic() + EXIT_GRACE
    for done in list(_under_way):
        done.wait(max(0.0, deadline - time.monotonic()))


def _renew(inventory: Inventory, session: Session, profile: str | None, refused: Token | None, since: float) -> Token:
    with locks.hold(cache.lock_name(session.key)) as locked:
        if not locked:
            inventory.unlocked = True
        token = inventory.newest_token(session.key)
        if _is_good(token, refused):
            assert token is not None
            return token  # somebody else has just renewed it
        if token is None or session.kind != SSO_SESSION or not token.can_refresh(clock.now()):
            reason = inventory.why_no_token(session.key)
            raise SignInNeeded(session.key, "AWS no longer accepts the token" if refused is not None else reason)
        if inventory.is_refused(session.key, token):
            raise SignInNeeded(session.key, "it can no longer be renewed")
        failure = inventory.failure_since(session.key, since)
        if failure is not None:  # while this one waited for its turn
            raise failure.again()
        check_session(session)
        try:
            return _exchange(inventory, session, profile, token)
        except SignInNeeded:
            raise
        except SsoError as error:
            inventory.note_failure(session.key, time.monotonic(), error.again())
            raise


def _exchange(inventory: Inventory, session: Session, profile: str | None, old: Token) -> Token:
    """What AWS gives for a refresh token, stored; or what another program has got meanwhile."""
    client = clients.client("sso-oidc", session.region, inventory.config, profile or inventory.active_profile or None)
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
        # Another program may have spent this refresh token: what it has written, or is about to, is then better.
        for pause in (0.0, SECOND_LOOK) if error.code in _REFUSALS else (0.0,):
            time.sleep(pause)
            other = inventory.newest_token(session.key)
            if other is not None and _is_good(other, old):
                return other
        if error.code in _REFUSALS:
            inventory.note_refusal(session.key, old)
            raise SignInNeeded(session.key, "it can no longer be renewed") from None
        raise
    fresh = token_from(answer, session, old)
    if not os.path.lexists(cache.token_path(session.key)) and inventory.memory_token(session.key) is None:
        # Signed out meanwhile, here or elsewhere: this renewal must not undo it.
        _give_back(inventory, session, profile, fresh)
        raise SignInNeeded(session.key, "it was signed out meanwhile")
    other = inventory.newest_token(session.key)
    if other is not None and other.access_token != old.access_token and other.expires_at > fresh.expires_at:
        return other
    store(inventory, session, fresh)
    return fresh


def _give_back(inventory: Inventory, session: Session, profile: str | None, token: Token) -> None:
    """Tell AWS that a token is not wanted after all, if it can be told."""
    with contextlib.suppress(Exception):
        client = clients.client("sso", session.region, inventory.config, profile or inventory.active_profile or None)
        clients.call(lambda: client.logout(accessToken=token.access_token.reveal()), limit=GIVE_BACK_LIMIT)


def _is_good(token: Token | None, refused: Token | None) -> bool:
    """Whether a token lives long enough and is another than the refused one."""
    return (
        token is not None
        and token.expires_at - clock.now() >= MARGIN
        and (refused is None or token.access_token != refused.access_token)
    )


def usable_token(
    inventory: Inventory,
    session: Session,
    profile: str | None = None,
    cancelled: threading.Event | None = None,
) -> Token:
    """A token that role credentials can be had with, renewed on the way if it is due. Raises like `renew`."""
    token = inventory.newest_token(session.key)
    left = token.expires_at - clock.now() if token is not None else 0.0
    if token is not None and left >= MARGIN:
        return token
    try:
        return renew(inventory, session, profile, cancelled, recent=AFTER_FAILURE)
    except Cancelled:
        raise
    except SsoError:
        if token is not None and left > 0:
            return token
        raise
