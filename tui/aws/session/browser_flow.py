"""Signing in with the browser on this machine: the authorization code flow with PKCE (RFC 7636).

The requests, the authorize URL and what is stored are those of AWS CLI v2 (2.36), so that both programs reuse each
other's client registrations. All functions block; they are for worker threads, like those of `device_code`.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import string
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

from ...exit_codes import REFUSED, SIGN_IN_NEEDED
from .. import clock
from ..errors import Cancelled, SsoError
from ..model import LEGACY, Registration, Secret, Session, Token
from ..requests import clients, start_url
from ..requests.behalf import behalf
from ..state.store import Store
from .arrival import awaited_token, take
from .callback import REGISTERED_URI, Listener, Redirect
from .device_code import (
    CLIENT_NAME,
    STALE_CLIENT,
    cached_registration,
    check_session,
    register,
    token_from,
    wanted_scopes,
)
from .draft import Draft
from .signed_out import SignOutWatch

LIMIT = 600.0
"""Seconds that the browser may take (the AWS CLI's limit)."""

GRANT = "authorization_code"
_GRANTS = [GRANT, "refresh_token"]
_VERIFIER_LENGTH = 64
_VERIFIER_LETTERS = string.ascii_letters + string.digits + "-._~"
_UNKNOWN_CLIENT = ("invalid_client", "unauthorized_client")


class BrowserCode:
    """Where the browser has to go; an empty `url` when another program has sent it there. `url` holds no secret.
    `deadline` is on the monotonic clock, `seconds` (default: LIMIT) from now. `may_open`: whether the address is
    AWS's. `port`: where on this machine the browser has to come back to; 0 when that is another program's."""

    __slots__ = ("deadline", "may_open", "port", "url")

    def __init__(self, url: str, may_open: bool, seconds: float | None = None, port: int = 0) -> None:
        self.url = url
        self.port = port
        self.may_open = may_open
        self.deadline = clock.monotonic() + (LIMIT if seconds is None else seconds)

    @property
    def complete_url(self) -> str:
        """The address again: the device code flow has a shorter one besides."""
        return self.url

    def seconds_left(self) -> float:
        """Seconds for which the browser's answer is still waited for."""
        return max(0.0, self.deadline - clock.monotonic())


class BrowserSignIn:
    """One sign-in to one session: `start()` gives the address, `wait()` the token. `profile` is the one on whose
    behalf addresses are chosen. `anew`: register a new client, because the browser may have refused the known one.
    `port`: the one that the browser comes back to, 0 for any. `draft`: the session where it is in no file yet.
    `note`: what `start` has found out that the user should correct, or ""."""

    def __init__(
        self,
        store: Store,
        session: Session,
        profile: str | None = None,
        anew: bool = False,
        port: int = 0,
        draft: Draft | None = None,
    ) -> None:
        self.store = store
        self.session = session
        self.profile = behalf(store.snapshot, session.key, profile)
        self.note = ""
        self.code: BrowserCode | None = None
        self._issuer = ""
        self._draft = draft
        self._anew = anew
        self._port = port
        self._verifier = Secret("".join(secrets.choice(_VERIFIER_LETTERS) for _ in range(_VERIFIER_LENGTH)))
        self._registration: Registration | None = None
        self._listener: Listener | None = None
        self._watch: SignOutWatch

    def start(self, cancelled: threading.Event | None = None) -> BrowserCode:
        """Listen for the browser's answer, register the client if needed, and make the address to open.

        Whoever does not call `wait` afterwards calls `close`. Raises SsoError, Cancelled; nothing listens then.
        """
        self._watch = SignOutWatch(self.store, self.session, token=False)
        check_session(self.session)
        if self.session.kind == LEGACY:
            raise SsoError(f"Session {self.session.key} can only use a device code", "it has no sso-session section")
        self.session, self.note, self._issuer = start_url.find_portal(self.store, self.session, self.profile, cancelled)
        state = str(uuid4())
        self._listener = Listener(state, self._port)
        try:
            client = self._client()
            self._registration = self._register(client, cancelled)
            endpoint = urlsplit(str(client.meta.endpoint_url))
            url = self._authorize_url(f"{endpoint.scheme}://{endpoint.netloc}", state)
            if cancelled is not None and cancelled.is_set():
                raise Cancelled
        except BaseException:
            self.close()
            raise
        may_open = start_url.may_open(url, self.session.start_url, str(client.meta.endpoint_url))
        self.code = BrowserCode(url, may_open, port=self._listener.port)
        return self.code

    def wait(self, pending: Callable[[str], None] | None = None, cancelled: threading.Event | None = None) -> Token:
        """Wait for the browser, exchange the code that it brings, store the token and return it.

        `pending` is told in one line what goes on besides waiting. Raises SsoError with code AccessDeniedException
        (denied), ExpiredTokenException (too late), or another; Cancelled. Nothing listens any more when this ends.
        """
        listener, code, registration = self._listener, self.code, self._registration
        if listener is None or code is None or registration is None:
            raise ValueError("start() comes first")
        try:
            try:
                redirect = listener.wait(code.deadline, cancelled)
            except TimeoutError:
                raise SsoError(
                    f"The browser did not come back within {LIMIT / 60:.0f} minutes",
                    "start again to try once more",
                    SIGN_IN_NEEDED,
                    "ExpiredTokenException",
                ) from None
            if redirect.code is None:
                raise self._refusal(redirect, cancelled)
            if pending is not None:
                pending("the browser is back; getting the token …")
            return self._exchange(registration, redirect.code, listener.redirect_uri, cancelled)
        finally:
            self.close()

    def close(self) -> None:
        """Stop listening. May be called twice."""
        if self._listener is not None:
            self._listener.close()

    def _client(self) -> Any:
        return clients.client("sso-oidc", self.session.region, self.store.config, self.profile)

    def _register(self, client: Any, cancelled: threading.Event | None) -> Registration:
        scopes = wanted_scopes(self.session)
        if not self._anew:
            cached = cached_registration(self.session, self._draft)
            if cached is not None and GRANT in (cached.grant_types or ()) and cached.scopes == scopes:
                return cached
        arguments: dict[str, Any] = {
            "clientName": CLIENT_NAME,
            "clientType": "public",
            "grantTypes": _GRANTS,
            "redirectUris": [REGISTERED_URI],
            "issuerUrl": self._issuer,
            "scopes": scopes,
        }
        return register(client, self.session, arguments, cancelled, self._draft)

    def _authorize_url(self, endpoint: str, state: str) -> str:
        assert self._registration is not None
        assert self._listener is not None
        challenge = urlsafe_b64encode(hashlib.sha256(self._verifier.reveal().encode()).digest()).decode()
        query = {
            "response_type": "code",
            "client_id": self._registration.client_id,
            "redirect_uri": self._listener.redirect_uri,
            "state": state,
            "code_challenge_method": "S256",
            "scopes": " ".join(wanted_scopes(self.session) or ()),  # AWS's name for what RFC 6749 calls scope
            "code_challenge": challenge.rstrip("="),
        }
        return f"{endpoint}/authorize?{urlencode(query, quote_via=quote, safe='-._~')}"

    def _exchange(
        self, registration: Registration, code: Secret, redirect_uri: str, cancelled: threading.Event | None
    ) -> Token:
        client = self._client()
        found: list[Token] = []

        def ask() -> Mapping[str, Any]:
            with awaited_token(self.session) as job:
                answer: Mapping[str, Any] = client.create_token(
                    grantType=GRANT,
                    clientId=registration.client_id,
                    clientSecret=registration.client_secret.reveal(),
                    redirectUri=redirect_uri,
                    codeVerifier=self._verifier.reveal(),
                    code=code.reveal(),
                )
                token = token_from(answer, self.session, registration)
                take(self.store, self.session, self.profile, token, cancelled, job, self._watch, self._draft)
                found.append(token)
                return answer

        try:
            clients.request(ask, f"sign in to {self.session.key}", cancelled)
        except SsoError as error:
            if error.code in STALE_CLIENT:
                self._register_again(cancelled)
            raise
        return found[-1]

    def _refusal(self, redirect: Redirect, cancelled: threading.Event | None) -> SsoError:
        again = "start again to try once more"
        if redirect.error == "access_denied":
            return SsoError("The sign-in was denied in the browser", again, REFUSED, "AccessDeniedException")
        if redirect.error in _UNKNOWN_CLIENT:
            self._register_again(cancelled)
        text = f"{redirect.error}: {redirect.description}" if redirect.description else redirect.error
        return SsoError(f"AWS refused the sign-in in the browser: {text}", again, code=redirect.error)

    def _register_again(self, cancelled: threading.Event | None) -> None:
        """Replace a registration that AWS no longer knows, for the next sign-in: this one's code belongs to it."""
        self._anew = True
        with contextlib.suppress(SsoError):
            self._register(self._client(), cancelled)
