"""Profiles, sessions, tokens and role credentials, and the states that the three clocks are in.

Plain classes with slots instead of dataclasses: `ssotui env` must start within about twice a bare Python process,
and importing dataclasses alone costs more than that. Times are whole seconds since the epoch, UTC.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

MARGIN = 15 * 60
"""Seconds before an expiry from which the AWS CLI and the SDKs renew (botocore's advisory window)."""

# The words of the session clock, as the UI and `status --json` say them.
SIGNED_IN = "signed-in"
EXPIRING = "expiring"
REFRESHABLE = "refreshable"
SIGNED_OUT = "signed-out"
UNREADABLE = "unreadable"

# The words of the role credentials' clock (`expiring` is shared).
VALID = "valid"
EXPIRED = "expired"
NONE = "none"

NOT_YET = "…"
"""In place of either, where a file is still to be read."""


def lasts(expires_at: int, now: float, margin: float = MARGIN) -> bool:
    """Whether a token, a registration or role credentials that end at `expires_at` are used as they are. Else they are
    renewed or asked for anew, where that can be done. The one place that decides it."""
    left = expires_at - now
    return left > 0 and left >= margin


SSO_SESSION = "sso-session"
LEGACY = "legacy"

LOGIN = "\0aws login "
"""How the clock keys of `aws login` begin: no session's name does."""

# The two ways to sign in: with a code that any browser can approve, or through the browser on this machine.
DEVICE = "device"
BROWSER = "browser"


class Secret:
    """A string that shows itself nowhere: not in repr, str, format, tracebacks' locals or pickles.

    `reveal()` is the only way to the value, so that a search for it finds every sink.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Hand it straight to the request, file or shell line that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __format__(self, spec: str) -> str:
        return "..."

    def __str__(self) -> str:
        return "..."

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets are not pickled")


def is_token(text: object) -> bool:
    """Whether `text` can be a token, an id or a secret of AWS's: visible ASCII (RFC 6749, appendix A). Nothing else
    fits into headers and export lines."""
    return isinstance(text, str) and text != "" and text.isascii() and text.isprintable()


# What a Problem is about, where more is to be said of it than its message.
SYNTAX = "syntax"
"""An error in a line, for which the AWS CLI and the SDKs refuse the whole file."""
REFUSED_FILE = "refused file"
"""That they do, of the file itself."""
SPELLING = "spelling"
"""Some SDKs do not read keys as they are written."""
OTHER_SDKS = "other SDKs"
"""Some SDKs do not find a profile, or act as somebody else."""
OF_TOKEN = "token"
"""About the file of a token, or the folder of them."""
LOOSE = "loose"
"""Other users can get at the file or the folder. What is in it is used all the same."""
REDIRECTED = "redirected"
"""Requests go to another address than AWS's own."""
OTHER_REGION = "other region"
"""The token of a session is of a portal in another region than the configured one."""


class Problem:
    """Something wrong in a file: which file, which line (1-based, 0 when the whole file is meant), what. `kind`: one of
    those above, or "". Two with another kind alone are the same."""

    __slots__ = ("file", "kind", "line", "message")

    def __init__(self, file: str, line: int, message: str, kind: str = "") -> None:
        self.file = file
        self.line = line
        self.message = message
        self.kind = kind

    def __repr__(self) -> str:
        return f"Problem({self.file}:{self.line}: {self.message})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and (self.file, self.line, self.message) == (
            other.file,
            other.line,
            other.message,
        )

    __hash__ = None  # type: ignore[assignment]


class Session:
    """One sign-in: an `[sso-session NAME]` section, or the raw start URL that inline profiles share.

    `key` is what the AWS CLI hashes into the token's file name: the section name, or the start URL exactly as it
    is written. It also is the session's name everywhere in this program. `scopes` is None when none are configured.
    `start_url` and `region` may be empty when the configuration lacks them; `problems` then says so.
    """

    __slots__ = (
        "file",
        "key",
        "kind",
        "line",
        "options",
        "problems",
        "profile_count",
        "region",
        "scopes",
        "start_url",
    )

    def __init__(
        self,
        key: str,
        kind: str,
        start_url: str,
        region: str,
        scopes: list[str] | None = None,
        file: str = "",
        line: int = 0,
    ) -> None:
        self.key = key
        self.kind = kind
        self.start_url = start_url
        self.region = region
        self.scopes = scopes
        self.file = file
        self.line = line
        self.options: dict[str, str] = {}
        self.problems: list[str] = []
        self.profile_count = 0

    def __repr__(self) -> str:
        return f"Session({self.key!r}, {self.kind})"


NO_OPTIONS: dict[str, str] = {}
NO_PROBLEMS: list[str] = []
"""Shared by the many profiles that have no further keys, and no problems; never changed."""


class Profile:
    """One listed profile. `session` is the key of its Session, or None when it has none (or a broken one).

    `via` names the profile at the SSO end of a `source_profile` chain. `options` holds the profile's other keys,
    lower-cased, that this program uses (`role_arn`, `source_profile`, `endpoint_url`, `services`, ...).
    `account_name`: its own `sso_account_name`, or what the portal has told; "" where neither is known.
    `login_session`: the session of `aws login` that its credentials come from. This program lists such profiles and
    uses what is there, but does not sign in to them.
    """

    __slots__ = (
        "account_id",
        "account_name",
        "file",
        "line",
        "login_session",
        "name",
        "options",
        "problems",
        "region",
        "role_name",
        "session",
        "via",
    )

    def __init__(
        self,
        name: str,
        session: str | None,
        account_id: str = "",
        role_name: str = "",
        region: str = "",
        file: str = "",
        line: int = 0,
        problems: list[str] | None = None,
        via: str | None = None,
        options: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.session = session
        self.account_id = account_id
        self.account_name = ""
        self.role_name = role_name
        self.region = region
        self.file = file
        self.line = line
        self.problems = problems if problems is not None else NO_PROBLEMS
        self.via = via
        self.options = options if options is not None else NO_OPTIONS
        self.login_session = ""

    unlisted = False
    """Whether no configuration names it."""

    def __repr__(self) -> str:
        return f"Profile({self.name!r})"

    @property
    def label(self) -> str:
        """How people are told of it. Foreign text."""
        return self.name

    @property
    def clock_key(self) -> str | None:
        """What to ask for the session clock of this profile, None when it has none."""
        return LOGIN + self.login_session if self.login_session else self.session


class Token:
    """An SSO access token as the token cache holds it, with the client it was issued to."""

    __slots__ = (
        "access_token",
        "client_id",
        "client_secret",
        "expires_at",
        "refresh_token",
        "region",
        "registration_expires_at",
        "start_url",
    )

    def __init__(
        self,
        access_token: Secret,
        expires_at: int,
        start_url: str = "",
        region: str = "",
        client_id: str = "",
        client_secret: Secret | None = None,
        registration_expires_at: int | None = None,
        refresh_token: Secret | None = None,
    ) -> None:
        self.access_token = access_token
        self.expires_at = expires_at
        self.start_url = start_url
        self.region = region
        self.client_id = client_id
        self.client_secret = client_secret
        self.registration_expires_at = registration_expires_at
        self.refresh_token = refresh_token

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"

    def can_refresh(self, now: float) -> bool:
        """Whether botocore would try to renew it: a refresh token, and a registration that is still alive."""
        return bool(
            self.refresh_token
            and self.client_id
            and self.client_secret
            and self.registration_expires_at is not None
            and self.registration_expires_at > now
        )


class Registration:
    """A registered OIDC client. `grant_types` is empty for one that was registered for the device code flow."""

    __slots__ = ("client_id", "client_secret", "expires_at", "grant_types", "scopes")

    def __init__(
        self,
        client_id: str,
        client_secret: Secret,
        expires_at: int,
        scopes: list[str] | None = None,
        grant_types: list[str] | None = None,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.expires_at = expires_at
        self.scopes = scopes
        self.grant_types = grant_types

    def __repr__(self) -> str:
        return f"Registration({self.client_id!r})"


class RoleCredentials:
    """Temporary credentials of one role. `expires_at` in seconds since the epoch."""

    __slots__ = ("access_key_id", "account_id", "expires_at", "secret_access_key", "session_token")

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: Secret,
        session_token: Secret,
        expires_at: int,
        account_id: str = "",
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token
        self.expires_at = expires_at
        self.account_id = account_id

    def __repr__(self) -> str:
        return f"RoleCredentials({self.access_key_id!r}, expires_at={self.expires_at})"

    def are_of(self, account_id: str) -> bool:
        """Whether they can be of this account. Old files do not say which one they are of."""
        return not (self.account_id and account_id) or self.account_id == account_id


def session_clock(
    session: Session, token: Token | None, now: float, unreadable: bool = False, ended: bool = False, last: bool = False
) -> tuple[str, int | None]:
    """The word of the session clock, and when the token expires (None without one that AWS accepts). `unreadable`: a
    token file exists but could not be read or understood; `ended`: AWS no longer accepts this token; `last`: a renewal
    brings nothing.

    A token in the past, or within its last 15 minutes, that can be renewed silently is `refreshable`. Tokens of
    legacy sessions are never renewed (botocore does not do it), whatever their file holds.
    """
    if unreadable:
        return UNREADABLE, None
    if token is None or ended:
        return SIGNED_OUT, None
    ends = token.expires_at
    if lasts(ends, now):
        return SIGNED_IN, ends
    if session.kind == SSO_SESSION and not last and token.can_refresh(now):
        return REFRESHABLE, ends
    return (EXPIRING if ends > now else SIGNED_OUT), ends


def credentials_state(credentials: RoleCredentials | None, now: float) -> str:
    """The word of the role credentials' clock."""
    if credentials is None:
        return NONE
    if lasts(credentials.expires_at, now):
        return VALID
    return EXPIRING if credentials.expires_at > now else EXPIRED
