"""What becomes of a token that AWS has given: it is stored, or given back when nobody wants it any more."""

from __future__ import annotations

import contextlib
import threading

from ...moments import moment
from .. import clock
from ..cache import shapes
from ..errors import Cancelled, SsoError
from ..model import Session, Token
from ..requests import clients
from ..requests.behalf import behalf
from ..state import finishing
from ..state.current import has_changed
from ..state.store import Store
from .draft import Draft
from .signed_out import SignOutWatch


def awaited_token(session: Session) -> contextlib.AbstractContextManager[finishing.Job]:
    """The job of a request that may bring a token of a sign-in."""
    lost = f"AWS had not answered the sign-in to {session.key}: if it was approved, its token lives on there"
    return finishing.job(f"AWS's answer to the sign-in to {session.key}", lost)


def take(
    store: Store,
    session: Session,
    profile: str | None,
    token: Token,
    cancelled: threading.Event | None,
    job: finishing.Job,
    watch: SignOutWatch,
    draft: Draft | None = None,
) -> None:
    """Store the token that a sign-in has brought; or give it back and raise Cancelled, when it is no longer wanted.
    `draft`: what stands for a session that is in no file yet."""
    if cancelled is not None and cancelled.is_set():
        give_back(store, session, profile, token, job)
        raise Cancelled
    keep(store, session, token, job, watch, draft=draft)


def give_back(store: Store, session: Session, profile: str | None, token: Token, job: finishing.Job) -> None:
    """Tell AWS that a token is not wanted after all. If it cannot be told, the user has to be, by `job`."""
    lost = (
        f"A token for {session.key} came too late to be of use, and AWS could not be told to end it: "
        f"it ends at {moment(token.expires_at, clock.now())}"
    )
    job.lost = [lost]
    try:
        acting = behalf(store.snapshot, session.key, profile)
        client = clients.client("sso", session.region, store.config, acting)
        clients.request(lambda: client.logout(accessToken=token.access_token.reveal()), "give a token back")
    except SsoError as error:
        if error.code != "UnauthorizedException":  # AWS has ended it already
            job.failed(lost)


def keep(
    store: Store,
    session: Session,
    token: Token,
    job: finishing.Job,
    watch: SignOutWatch,
    old: Token | None = None,
    draft: Draft | None = None,
) -> None:
    """Write the token where the AWS tools look for it; when that fails keep it in memory for this run. `old`: the token
    that it was renewed from, None after a sign-in. `draft`: what is to be in the configuration first.

    Raises SsoError when the session has another start URL by now, or is gone: its file would hold another one's token.
    Raises SignInNeeded when it was signed out meanwhile. AWS is told then that it is not wanted.
    """
    try:
        if draft is not None:
            draft.settle()
        if has_changed(store, session):
            title = f"Session {session.key} has another start URL by now, or is gone: this sign-in is not kept"
            raise SsoError(title, "sign in again")
        if not store.took(session.key, token, watch, old).unwritten_reason(session.key):
            shapes.sweep_leftovers(clock.now())
    except SsoError:
        give_back(store, session, None, token, job)
        raise
