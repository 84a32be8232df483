"""What `aws login` has left for `login_session` profiles: it is only read here.

The AWS CLI (2.32 and later) and the SDKs keep it in `~/.aws/login/cache`, renew it when it is used, and end it with
`aws logout`. Its access token is a set of credentials that lives for 15 minutes.
"""

from __future__ import annotations

import os

from ..clock import parse_iso
from ..model import REFRESHABLE, SIGNED_IN, SIGNED_OUT, UNREADABLE, RoleCredentials, Secret, is_token, lasts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..cache.files import Json

LONGEST = 12 * 3600
"""Seconds for which a sign-in can be renewed at most: AWS's limit for these sessions."""

_PARTS = ("accessKeyId", "secretAccessKey", "sessionToken")
_NEEDED = ("refreshToken", "dpopKey", "clientId")


def login_path(login_session: str, environ: Mapping[str, str]) -> str:
    """The file of a login session, named as the AWS tools name it."""
    from hashlib import sha256

    folder = environ.get("AWS_LOGIN_CACHE_DIRECTORY")
    folder = "~/.aws/login/cache" if folder is None else os.path.expandvars(folder)
    name = sha256(login_session.encode("utf-8", "surrogateescape")).hexdigest()
    return os.path.join(os.path.expanduser(folder), name + ".json")


def parse_login(value: Json) -> RoleCredentials | None:
    """The credentials in a login session's file; None when the AWS tools could not use the file."""
    inner = value.get("accessToken")
    if not isinstance(inner, dict) or not all(isinstance(value.get(key), str) and value[key] for key in _NEEDED):
        return None
    texts = [inner.get(key) for key in _PARTS]
    expires_at = parse_iso(inner.get("expiresAt"))
    if not all(map(is_token, texts)) or expires_at is None:
        return None
    key_id, secret, token = map(str, texts)
    account = inner.get("accountId")
    return RoleCredentials(
        key_id, Secret(secret), Secret(token), expires_at, account if isinstance(account, str) else ""
    )


def login_state(found: RoleCredentials | None, unreadable: bool, now: float) -> str:
    """The word of the session clock for a login session. One that has run out is renewed by whoever uses it: the AWS
    CLI, an SDK."""
    if unreadable:
        return UNREADABLE
    if found is None:
        return SIGNED_OUT
    if lasts(found.expires_at, now):
        return SIGNED_IN
    return REFRESHABLE if found.expires_at > now - LONGEST else SIGNED_OUT
