"""What the server remembers: clients, codes, sign-ins, tokens, credentials; and what tests may do to it.

One lock guards everything. Codes and polling run on monotonic time, expiries of tokens on the server's wall clock.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from ..aws import clock
from ..aws.model import RoleCredentials, Secret, Token
from .behaviour import NEW, SAME, Settings
from .faults import Faults
from .organisation import SAMPLE, Instance, Organisation, reserved_role, role_id
from .wire import RequestLog

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_TOKEN = "refresh_token"
AUTHORIZATION_CODE = "authorization_code"

PENDING = "pending"
APPROVED = "approved"
DENIED = "denied"
USED = "used"

_USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_TOKEN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_LETTERS = _TOKEN_LETTERS.replace("-", "/").replace("_", "+")


@dataclass
class Client:
    """A registered OIDC client."""

    client_id: str
    secret: Secret
    name: str
    scopes: list[str] | None
    grant_types: list[str]
    redirect_uris: list[str]
    issuer_url: str
    expires_at: int

    @property
    def renewable(self) -> bool:
        """Whether its tokens come with a refresh token."""
        sso = any(scope.startswith("sso:") for scope in self.scopes or ())
        return sso and REFRESH_TOKEN in self.grant_types


@dataclass
class DeviceAuthorization:
    """A device code, from StartDeviceAuthorization to the token. `deadline` and `last_poll` are monotonic.
    `request_uri` names it in an address that does not hold the user code."""

    user_code: str
    request_uri: str
    client: Client
    instance: Instance
    deadline: float
    status: str = PENDING
    polls: int = 0
    burst: int = 0
    last_poll: float | None = None


@dataclass
class AuthorizationCode:
    """A code from the authorize page."""

    client: Client
    instance: Instance
    redirect_uri: str
    challenge: str
    deadline: float


@dataclass
class SignIn:
    """One user's portal session: what Logout ends, with every token that came from it. `ends_at`: when it ends by
    itself, None when it does not."""

    instance: Instance
    user: str
    client: Client
    alive: bool = True
    ends_at: int | None = None


@dataclass
class IssuedToken:
    """An access or refresh token. `used`: a refresh token that was exchanged for a newer one."""

    sign_in: SignIn
    expires_at: int
    used: bool = False


@dataclass
class Principal:
    """Who a set of credentials speaks for. `expires_at` None: static keys of a user."""

    secret: Secret
    session_token: Secret | None
    expires_at: int | None
    account_id: str
    name: str
    user_id: str
    arn: str


class State:
    """Everything behind the server. `settings`, `faults` and `log` are for direct use."""

    def __init__(self, settings: Settings, organisation: Organisation = SAMPLE) -> None:
        self.settings = settings
        self.organisation = organisation
        self.faults = Faults()
        self.log = RequestLog()
        self.crashes: list[str] = []
        self.lock = threading.RLock()
        self.clients: dict[str, Client] = {}
        self.devices: dict[Secret, DeviceAuthorization] = {}
        self.codes: dict[Secret, AuthorizationCode] = {}
        self.access_tokens: dict[Secret, IssuedToken] = {}
        self.refresh_tokens: dict[Secret, IssuedToken] = {}
        self.principals: dict[str, Principal] = {}
        self.portal_times: list[float] = []
        # User codes have a generator of their own: what else was issued meanwhile must not change them.
        self._random = _generator(settings.seed, "tokens")
        self._code_random = _generator(settings.seed, "codes")
        for user in organisation.users:
            arn = f"arn:aws:iam::{user.account_id}:user/{user.name}"
            user_id = role_id("AIDA", user.account_id, user.name)
            self.principals[user.access_key_id] = Principal(
                Secret(user.secret_access_key), None, None, user.account_id, user.name, user_id, arn
            )

    # Time and chance

    def now(self) -> float:
        """The server's wall clock, seconds since the epoch."""
        now = self.settings.now
        base = clock.now() if now is None else now() if callable(now) else now
        return base + self.settings.clock_offset

    def letters(self, count: int, alphabet: str = _TOKEN_LETTERS) -> str:
        """`count` random characters."""
        with self.lock:
            return "".join(self._random.choices(alphabet, k=count))

    def chance(self) -> float:
        """A random number from 0 up to 1."""
        with self.lock:
            return self._random.random()

    def hexadecimal(self, count: int) -> str:
        """`count` random hex digits."""
        return self.letters(count, "0123456789abcdef")

    # What the services issue

    def register(
        self,
        name: str,
        scopes: list[str] | None,
        grant_types: list[str] | None = None,
        redirect_uris: list[str] | None = None,
        issuer_url: str = "",
        lifetime: int | None = None,
    ) -> Client:
        """A new client. Without grant types it may use device codes and refresh tokens, as at AWS."""
        lifetime = self.settings.registration_lifetime if lifetime is None else lifetime
        with self.lock:
            client = Client(
                self.letters(22),
                Secret("eyJraWQiOiJkZW1vIn0." + self.letters(220) + "." + self.letters(64)),
                name,
                scopes,
                grant_types if grant_types is not None else [DEVICE_CODE, REFRESH_TOKEN],
                redirect_uris or [],
                issuer_url,
                int(self.now()) + lifetime,
            )
            self.clients[client.client_id] = client
        return client

    def start_device(self, client: Client, instance: Instance) -> tuple[Secret, DeviceAuthorization]:
        """A new device code with a user code of the form XXXX-XXXX that no live one has."""
        with self.lock:
            while True:
                letters = "".join(self._code_random.choices(_USER_CODE_LETTERS, k=8))
                user_code = f"{letters[:4]}-{letters[4:]}"
                if self.device(user_code) is None:
                    break
            deadline = time.monotonic() + self.settings.device_code_lifetime
            device = DeviceAuthorization(user_code, self.letters(16), client, instance, deadline)
            code = Secret(self.letters(86))
            self.devices[code] = device
        return code, device

    def issue_code(self, client: Client, instance: Instance, redirect_uri: str, challenge: str) -> Secret:
        """A new authorization code."""
        deadline = time.monotonic() + self.settings.authorization_code_lifetime
        with self.lock:
            code = Secret(self.letters(160))
            self.codes[code] = AuthorizationCode(client, instance, redirect_uri, challenge, deadline)
        return code

    def sign_in(self, instance: Instance, client: Client, user: str = "") -> SignIn:
        """A new sign-in, of the user in the settings if no other is named."""
        lasts = self.settings.session_lifetime
        ends_at = int(self.now()) + lasts if lasts is not None else None
        return SignIn(instance, user or self.settings.user, client, ends_at=ends_at)

    def issue_access(self, sign_in: SignIn, lifetime: int | None = None) -> tuple[Secret, IssuedToken]:
        """A new access token of a sign-in, which does not outlive it."""
        lifetime = self.settings.access_token_lifetime if lifetime is None else lifetime
        expires_at = int(self.now()) + lifetime
        with self.lock:
            token = Secret(f"aoa{self.letters(180)}:{self.letters(64)}")
            issued = IssuedToken(sign_in, min(expires_at, sign_in.ends_at or expires_at))
            self.access_tokens[token] = issued
        return token, issued

    def issue_refresh(self, sign_in: SignIn, lifetime: int | None = None) -> Secret:
        """A new refresh token of a sign-in."""
        lifetime = self.settings.refresh_token_lifetime if lifetime is None else lifetime
        with self.lock:
            token = Secret(f"aor{self.letters(220)}:{self.letters(64)}")
            self.refresh_tokens[token] = IssuedToken(sign_in, int(self.now()) + lifetime)
        return token

    def renew(self, token: Secret, issued: IssuedToken) -> Secret | None:
        """The refresh token that answers a refresh with `token`, by the rotation in force."""
        with self.lock:
            if self.settings.rotation == NEW:
                issued.used = True
                return self.issue_refresh(issued.sign_in)
            return token if self.settings.rotation == SAME else None

    def issue_credentials(self, account_id: str, name: str, role: str, session: str, lifetime: int) -> RoleCredentials:
        """Credentials of `role` (its IAM name; `name`: what trust rules call it) with a role session name."""
        arn = f"arn:aws:sts::{account_id}:assumed-role/{role}/{session}"
        user_id = f"{role_id('AROA', account_id, role)}:{session}"
        with self.lock:
            key_id = "ASIADEMO" + self.letters(12, _KEY_LETTERS)
            secret = Secret(self.letters(40, _SECRET_LETTERS))
            session_token = Secret("IQoJb3JpZ2luX2Vj" + self.letters(600, _SECRET_LETTERS) + "=")
            expires_at = int(self.now()) + lifetime
            self.principals[key_id] = Principal(secret, session_token, expires_at, account_id, name, user_id, arn)
        return RoleCredentials(key_id, secret, session_token, expires_at, account_id)

    def access(self, token: str) -> SignIn | None:
        """The live sign-in behind an access token, or None when it is unknown, expired or signed out."""
        with self.lock:
            issued = self.access_tokens.get(Secret(token))
            if issued is None or not issued.sign_in.alive or issued.expires_at <= self.now():
                return None
            return issued.sign_in

    # What a person, or a test, does

    def device(self, user_code: str) -> DeviceAuthorization | None:
        """The device authorization of a user code, in any spelling; None when unknown."""
        wanted = "".join(filter(str.isalnum, user_code)).upper()
        with self.lock:
            return next((d for d in self.devices.values() if d.user_code.replace("-", "") == wanted), None)

    def requested(self, request_uri: str) -> DeviceAuthorization | None:
        """The device authorization that an address names."""
        with self.lock:
            return next((d for d in self.devices.values() if d.request_uri == request_uri), None)

    def pending_user_codes(self) -> list[str]:
        """User codes that wait for a decision, oldest first."""
        with self.lock:
            now = time.monotonic()
            return [d.user_code for d in self.devices.values() if d.status == PENDING and d.deadline > now]

    def approve(self, user_code: str) -> None:
        """Decide as the Confirm button does. Raises KeyError when no such code waits."""
        self._decide(user_code, APPROVED)

    def deny(self, user_code: str) -> None:
        """Decide as the Deny button does. Raises KeyError when no such code waits."""
        self._decide(user_code, DENIED)

    def _decide(self, user_code: str, status: str) -> None:
        with self.lock:
            device = self.device(user_code)
            if device is None or device.status != PENDING or device.deadline <= time.monotonic():
                raise KeyError(user_code)
            device.status = status

    def expire(self, user_code: str) -> None:
        """Let a device code expire now. Raises KeyError when unknown."""
        with self.lock:
            device = self.device(user_code)
            if device is None:
                raise KeyError(user_code)
            device.deadline = time.monotonic()

    def issue_token(
        self,
        start_url: str,
        *,
        expires_in: int | None = None,
        refresh: bool = True,
        refresh_expires_in: int | None = None,
        registration_expires_in: int | None = None,
        scopes: list[str] | None = None,
        user: str = "",
        client_name: str = "demo",
    ) -> Token:
        """A token as if somebody had signed in, with a client of its own; expired when `expires_in` is negative.

        `refresh` False leaves the refresh token out. `start_url` goes into the Token as given. Raises KeyError
        when the organisation has no such start URL.
        """
        instance = self.organisation.instance(start_url)
        if instance is None:
            raise KeyError(start_url)
        if scopes is None and refresh:
            scopes = ["sso:account:access"]
        with self.lock:
            client = self.register(client_name, scopes, lifetime=registration_expires_in)
            sign_in = self.sign_in(instance, client, user)
            access, issued = self.issue_access(sign_in, expires_in)
            renewal = self.issue_refresh(sign_in, refresh_expires_in) if refresh else None
        return Token(
            access,
            issued.expires_at,
            start_url,
            instance.region,
            client.client_id,
            client.secret,
            client.expires_at,
            renewal,
        )

    def issue_role_credentials(
        self, account_id: str, role_name: str, *, expires_in: int | None = None, user: str = ""
    ) -> RoleCredentials:
        """Credentials that sts accepts until they expire, as if GetRoleCredentials had given them."""
        lifetime = self.settings.role_credentials_lifetime if expires_in is None else expires_in
        return self.issue_credentials(
            account_id, role_name, reserved_role(account_id, role_name), user or self.settings.user, lifetime
        )

    def revoke(self, token: Secret | str) -> None:
        """End the sign-in of an access or refresh token, as an administrator does. KeyError when unknown."""
        secret = Secret(token) if isinstance(token, str) else token
        with self.lock:
            issued = self.access_tokens.get(secret) or self.refresh_tokens[secret]
            issued.sign_in.alive = False

    def revoke_all(self) -> None:
        """End every sign-in."""
        with self.lock:
            for issued in (*self.access_tokens.values(), *self.refresh_tokens.values()):
                issued.sign_in.alive = False

    def forget_clients(self) -> None:
        """Forget every registration, so that a cached one gets InvalidClientException."""
        with self.lock:
            self.clients.clear()


def _generator(seed: int | str | None, purpose: str) -> random.Random:
    return random.SystemRandom() if seed is None else random.Random(f"{seed}:{purpose}")
