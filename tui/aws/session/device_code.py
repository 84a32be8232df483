"""Signing in with a device code.

Sources: RFC 8628 (device code), and what AWS CLI v2 (2.36) and botocore (1.43) send and store. All functions block;
they are for worker threads, and end at once when their `cancelled` event is set. What AWS answers after that does not
live on unseen: a registration is kept for the next time, and AWS is told that a token is not wanted.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from ...exit_codes import REFUSED, SIGN_IN_NEEDED
from ...text import clean
from .. import clock
from ..cache import files, shapes
from ..errors import Cancelled, SsoError, error_code, from_exception, response_of
from ..model import LEGACY, Registration, Secret, Session, Token, is_token, lasts
from ..requests import clients, start_url
from ..requests.behalf import behalf
from ..state import finishing
from ..state.store import Store
from .arrival import awaited_token, take
from .draft import Draft
from .signed_out import SignOutWatch

CLIENT_NAME = "ssotui"
DEFAULT_INTERVAL = 5
SLOW_DOWN = 5
"""Seconds between polls, and what each SlowDown adds to them (RFC 8628, 3.5)."""

LONGEST_INTERVAL = 60
"""Seconds between polls at most: nobody waits for longer after the approval. AWS says when that is too often."""

SHORTEST_INTERVAL = 0.5
"""Seconds between polls at least, however short a life the code has."""

PATIENCE = 600
"""Seconds for which a code is waited for whose expiry the service has not told: AWS's own codes live that long."""

STALE_CLIENT = ("InvalidClientException", "UnauthorizedClientException")
"""The codes with which AWS refuses a client's registration."""

DENIED = "AccessDeniedException"
"""The code with which AWS tells that the user has refused."""

EXPIRED = "ExpiredTokenException"
"""The code with which it tells that nobody has approved the sign-in in time."""

REGISTERING = 4.0
"""Seconds for which the end of the program waits for a registration: it only saves a request next time."""

_LONGEST_URL = 2000
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class ShownCode:
    """What the user needs for approving, from the service's answer. `deadline` is on the monotonic clock; it is that of
    the code where the service has told it (`expires`), else that of our patience. `may_open`: whether the URL is one
    that a browser may be sent to; it comes from the network, by way of `endpoint`. `in_url`: whether the code is part
    of the complete URL; else the page asks for it."""

    def __init__(self, answer: Mapping[str, Any], session: Session, endpoint: str) -> None:
        self.user_code = _string(answer, "userCode")
        self.endpoint = endpoint
        # Clean from here on: they go to the clipboard too, from where a line break would run what follows it.
        self.url = clean(_string(answer, "verificationUri"), _LONGEST_URL)
        complete = answer.get("verificationUriComplete")
        self.complete_url = clean(complete, _LONGEST_URL) if isinstance(complete, str) and complete else self.url
        letters = _letters(self.user_code)
        self.in_url = bool(letters) and letters in _letters(unquote(self.complete_url))
        told = _positive(answer.get("expiresIn"))
        self.expires = told is not None
        self.expires_in = PATIENCE if told is None else told
        self.deadline = clock.monotonic() + self.expires_in
        self.may_open = all(
            start_url.may_open(url, session.start_url, endpoint) for url in (self.url, self.complete_url)
        )

    def seconds_left(self) -> float:
        """Seconds until the code expires; 0 when it has."""
        return max(0.0, self.deadline - clock.monotonic())


class DeviceCode(ShownCode):
    """What polling needs besides."""

    def __init__(self, answer: Mapping[str, Any], session: Session, endpoint: str) -> None:
        super().__init__(answer, session, endpoint)
        self.device_code = Secret(_token(answer, "deviceCode"))
        interval = _positive(answer.get("interval"))
        if interval is None or interval >= self.expires_in:  # nobody would ever be asked
            interval = DEFAULT_INTERVAL
        self.interval = min(interval, LONGEST_INTERVAL, max(self.expires_in / 2, SHORTEST_INTERVAL))


class DeviceSignIn:
    """One sign-in to one session: `start()` gives the code, `wait()` the token. `profile` is the one on whose behalf
    addresses are chosen. `draft`: the session where it is in no file yet. `note`: what `start` has found out that the
    user should correct, or ""."""

    def __init__(self, store: Store, session: Session, profile: str | None = None, draft: Draft | None = None) -> None:
        self.store = store
        self._draft = draft
        self.session = session
        self.profile = behalf(store.snapshot, session.key, profile)
        self.note = ""
        self.code: DeviceCode | None = None
        self._registration: Registration | None = None
        self._watch: SignOutWatch

    def start(self, cancelled: threading.Event | None = None) -> DeviceCode:
        """Register the client if needed and ask for a device code. Raises SsoError, Cancelled."""
        self._watch = SignOutWatch(self.store, self.session, token=False)
        check_session(self.session)
        self.session, self.note, url = start_url.find_portal(self.store, self.session, self.profile, cancelled)
        client = self._client()
        registration, from_cache = self._register(cancelled)
        doing = f"start the sign-in to {self.session.key}"
        try:
            answer = self._authorize(client, registration, url, doing, cancelled)
        except SsoError as error:
            if error.code == "InvalidRequestException":
                error.title = f"AWS refused the start URL {self.session.start_url} in region {self.session.region}"
                error.hint = "check sso_start_url and sso_region of this session"
            if error.code not in STALE_CLIENT or not from_cache:
                raise
            registration, _ = self._register(cancelled, anew=True)
            answer = self._authorize(client, registration, url, doing, cancelled)
        self._registration = registration
        self.code = DeviceCode(answer, self.session, str(client.meta.endpoint_url))
        return self.code

    def wait(self, pending: Callable[[str], None] | None = None, cancelled: threading.Event | None = None) -> Token:
        """Poll until the user approves; store the token and return it.

        `pending` is told in one line when something other than waiting goes on. Raises SsoError with code
        AccessDeniedException (denied), ExpiredTokenException (too late), or another; Cancelled.
        """
        registration, code = self._registration, self.code
        if registration is None or code is None:
            raise ValueError("start() comes first")
        client = self._client()

        def poll() -> Token:
            with awaited_token(self.session) as job:
                answer = client.create_token(
                    grantType=_DEVICE_GRANT,
                    clientId=registration.client_id,
                    clientSecret=registration.client_secret.reveal(),
                    deviceCode=code.device_code.reveal(),
                )
                clients.note_date(answer)
                token = token_from(answer, self.session, registration)
                take(self.store, self.session, self.profile, token, cancelled, job, self._watch, self._draft)
                return token

        interval = float(code.interval)
        doing = f"sign in to {self.session.key}"
        pause = interval
        failures = 0
        while True:
            clients.pause_for(min(pause, code.seconds_left() + 0.05), cancelled)
            if code.seconds_left() <= 0:
                raise code_expired()
            pause = interval
            try:
                return clients.call(poll, cancelled, min(clients.TOTAL_TIMEOUT, code.seconds_left() + 1.0))
            except Cancelled:
                raise
            except Exception as error:
                clients.note_date(response_of(error))
                reason = error_code(error)
                if reason == "AuthorizationPendingException":
                    failures = 0
                    continue
                if reason == "SlowDownException":
                    interval += SLOW_DOWN
                    pause = max(interval, clients.retry_after(error))
                    continue
                if reason == "ExpiredTokenException":
                    raise code_expired() from None
                if not clients.is_transient(error):
                    raise _refusal(error, doing) from None
                failures += 1
                pause = max(interval, clients.retry_after(error), min(30.0, interval * 2 ** (failures - 1)))
                if pending is not None:
                    pending(f"{from_exception(error, doing).title}; trying again")

    def _client(self) -> Any:
        return clients.client("sso-oidc", self.session.region, self.store.config, self.profile)

    def _authorize(
        self, client: Any, registration: Registration, url: str, doing: str, cancelled: threading.Event | None
    ) -> Mapping[str, Any]:
        return clients.request(
            lambda: client.start_device_authorization(
                clientId=registration.client_id,
                clientSecret=registration.client_secret.reveal(),
                startUrl=url,
            ),
            doing,
            cancelled,
        )

    def _register(self, cancelled: threading.Event | None, anew: bool = False) -> tuple[Registration, bool]:
        scopes = wanted_scopes(self.session)
        if not anew:
            cached = cached_registration(self.session, self._draft)
            if cached is not None and not cached.grant_types and cached.scopes == scopes:
                return cached, True
        arguments: dict[str, Any] = {"clientName": CLIENT_NAME, "clientType": "public"}
        if scopes is not None:
            arguments["scopes"] = scopes
        return register(self._client(), self.session, arguments, cancelled, self._draft), False


def check_session(session: Session) -> None:
    """Raises SsoError when the session's configuration cannot be used."""
    if not session.start_url or not session.region:
        missing = "sso_start_url" if not session.start_url else "sso_region"
        raise SsoError(f"Session {session.key} has no {missing}", "add it to the configuration")
    if session.problems:
        raise SsoError(f"Session {session.key}: {session.problems[0]}", "correct the configuration")


def wanted_scopes(session: Session) -> list[str] | None:
    """The scopes to register: the configured ones, the default, or None for a legacy session (they take none)."""
    if session.kind == LEGACY:
        return None
    return session.scopes or shapes.DEFAULT_SCOPES


def cached_registration(session: Session, draft: Draft | None = None) -> Registration | None:
    """The registration on disk, if it lives for another 15 minutes at least (AWS CLI v2's rule); that of the `draft`
    where there is one."""
    if draft is not None:
        return draft.registration
    value = files.read(shapes.registration_path(session), files.RETRY_DELAYS).value
    found = shapes.parse_registration(value) if value is not None else None
    return found if found is not None and lasts(found.expires_at, clock.now()) else None


def register(
    client: Any,
    session: Session,
    arguments: dict[str, Any],
    cancelled: threading.Event | None,
    draft: Draft | None = None,
) -> Registration:
    """Register an OIDC client and keep it for the next time: on disk, or with the `draft`. Raises SsoError."""
    found = []

    def ask() -> Mapping[str, Any]:
        with finishing.job(f"AWS to register this program for {session.key}", patience=REGISTERING):
            answer: Mapping[str, Any] = client.register_client(**arguments)
            registration = Registration(
                _token(answer, "clientId"),
                Secret(_token(answer, "clientSecret")),
                _seconds(answer, "clientSecretExpiresAt"),
                arguments.get("scopes"),
                arguments.get("grantTypes"),
            )
            if draft is not None:
                draft.registration = registration
            else:
                with contextlib.suppress(OSError):  # it only saves a request next time
                    files.write(shapes.registration_path(session), shapes.registration_json(registration))
            found.append(registration)
            return answer

    clients.request(ask, f"register with {session.key}'s sign-in service", cancelled)
    return found[-1]


def token_from(answer: Mapping[str, Any], session: Session, client: Registration | Token) -> Token:
    """The Token in a CreateToken answer. Its expiry is counted from our clock, as the AWS CLI does."""
    refresh_token = answer.get("refreshToken")
    expires_at = client.registration_expires_at if isinstance(client, Token) else client.expires_at
    return Token(
        Secret(_token(answer, "accessToken")),
        int(clock.now()) + _seconds(answer, "expiresIn", 1),
        session.start_url,
        session.region,
        client.client_id,
        client.client_secret,
        expires_at,
        Secret(str(refresh_token)) if is_token(refresh_token) else None,
    )


def _string(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if isinstance(value, str) and value:
        return value
    raise _not_understood(key)


def _token(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if is_token(value):
        return str(value)
    raise _not_understood(key)


def _seconds(answer: Mapping[str, Any], key: str, least: int = 0) -> int:
    value = answer.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and least <= value < 1 << 36:
        return value
    raise _not_understood(key)


def _positive(value: object) -> float | None:
    """A number of seconds in a service's answer; None where it is none that can be waited for."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    return min(value, (1 << 36) - 1)


def _letters(text: str) -> str:
    """A text for looking for a code in it: AWS writes one with a dash, pages do without."""
    return "".join(filter(str.isalnum, text)).upper()


def _not_understood(key: str) -> SsoError:
    return SsoError(f"The sign-in service's answer could not be understood (no {key})", "try again")


def code_expired() -> SsoError:
    """The error of a sign-in whose code was not approved in time."""
    return SsoError("The code has expired", "sign in again for a new one", SIGN_IN_NEEDED, EXPIRED)


def denied() -> SsoError:
    """The error of a sign-in that the user has refused on the page."""
    return SsoError("The sign-in was denied in the browser", "sign in again to be asked once more", REFUSED, DENIED)


def _refusal(error: BaseException, doing: str) -> SsoError:
    if error_code(error) == DENIED:
        return denied()
    return from_exception(error, doing)
