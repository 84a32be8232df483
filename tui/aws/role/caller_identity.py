"""Who a profile is: STS GetCallerIdentity, and what its ARN says."""

from __future__ import annotations

import re
import threading
import time

from ..cache.account_names import in_words
from ..errors import SsoError, aws_command
from ..model import Profile
from ..requests import clients
from ..requests.behalf import of_profile
from ..state.store import Store
from .credentials import get_credentials

_SSO_ROLE = re.compile(r"^AWSReservedSSO_(?P<name>.+)_[0-9a-f]{16}$")


class Identity:
    """The answer to "who am I?". `latency` in seconds; `expires_at` is that of the credentials used;
    `warning` is set when the account is not the profile's."""

    __slots__ = ("account", "arn", "expires_at", "latency", "region", "user_id", "warning")

    def __init__(self, user_id: str, account: str, arn: str) -> None:
        self.user_id = user_id
        self.account = account
        self.arn = arn
        self.region = ""
        self.latency = 0.0
        self.expires_at = 0
        self.warning = ""

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ..."""
        return self._field(1)

    @property
    def role(self) -> str:
        """The role's name, "" for another kind of principal."""
        parts = self._field(5).split("/")
        return parts[1] if parts[0] == "assumed-role" and len(parts) > 2 else ""

    @property
    def permission_set(self) -> str:
        """The permission set that the role was made from, "" for a role of another kind."""
        match = _SSO_ROLE.match(self.role)
        return match["name"] if match else ""

    def role_arn(self, session_region: str) -> str:
        """The ARN of the role itself, "" for another kind of principal. The path of a role that Identity Center made
        names the region that it is in, `session_region`, unless that is us-east-1; other roles' paths are not known."""
        if not self.role:
            return ""
        path = ""
        if self.permission_set:
            path = "aws-reserved/sso.amazonaws.com/"
            path += f"{session_region}/" if session_region and session_region != "us-east-1" else ""
        return f"arn:{self.partition}:iam::{self.account}:role/{path}{self.role}"

    @property
    def session_name(self) -> str:
        """The role session's name: the user's name, with Identity Center."""
        parts = self._field(5).split("/")
        return parts[-1] if parts[0] == "assumed-role" and len(parts) > 2 else ""

    def _field(self, index: int) -> str:
        fields = self.arn.split(":", 5)
        return fields[index] if len(fields) == 6 else ""

    def as_json(self) -> dict[str, str]:
        """The object that `aws sts get-caller-identity` prints."""
        return {"UserId": self.user_id, "Account": self.account, "Arn": self.arn}


def get_identity(store: Store, profile: Profile, cancelled: threading.Event | None = None) -> Identity:
    """The caller identity of the profile's own role credentials, fetched first when needed.

    Nothing else that lies around (environment keys, instance metadata) is used. Raises SsoError, Cancelled.
    """
    try:
        return _ask(store, profile, False, cancelled)
    except SsoError as error:
        if error.code not in ("ExpiredToken", "InvalidClientTokenId"):
            raise
        if profile.login_session:  # there are no fresh ones from here
            error.hint = f"run: {aws_command('login', profile.name)}"
            raise
    return _ask(store, profile, True, cancelled)


def _ask(store: Store, profile: Profile, fresh: bool, cancelled: threading.Event | None) -> Identity:
    credentials = get_credentials(store, profile, fresh, cancelled)
    session = store.snapshot.session_of(profile)
    region = profile.region or (session.region if session is not None else "") or "us-east-1"
    client = clients.client("sts", region, store.config, of_profile(store.snapshot, profile), credentials)
    began = time.monotonic()
    answer = clients.request(client.get_caller_identity, f"ask who {profile.label} is", cancelled)
    fields = [answer.get(key) for key in ("UserId", "Account", "Arn")]
    if not all(isinstance(field, str) and field for field in fields):
        raise SsoError("AWS STS's answer could not be understood", "try again")
    identity = Identity(*map(str, fields))
    identity.latency = time.monotonic() - began
    identity.region = region
    identity.expires_at = credentials.expires_at
    if profile.account_id and identity.account != profile.account_id:
        who = "the access portal" if profile.unlisted else "the profile"
        asked = in_words(profile.account_id, profile.account_name)
        identity.warning = f"This is account {in_words(identity.account)}, but {who} says {asked}"
    return identity
