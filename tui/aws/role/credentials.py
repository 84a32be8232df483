"""Role credentials: from the cache, from the access portal, or chained from an SSO profile through AssumeRole."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from ...exit_codes import REFUSED
from ...text import place
from .. import clock
from ..cache import account_names, files, locks, shapes, unlisted_roles
from ..errors import AwsLoginNeeded, SsoError
from ..model import REFRESHABLE, UNREADABLE, Profile, RoleCredentials, Secret, Token, is_token, lasts
from ..requests import clients
from ..requests.behalf import of_profile
from ..requests.start_url import region_of
from ..session.renewal import Asking
from ..session.signed_out import SignOutWatch
from ..state.current import has_changed
from ..state.store import Store
from . import grants

_EARLIEST, _LATEST = 1 << 30, 1 << 36
"""Seconds since the epoch (in the years 2004 and 4147): every expiry lies between them."""

_NO_ACCESS = ("ForbiddenException", "AccessDeniedException", "AccessDenied")
"""The codes with which it refuses a role. Its model has none of them."""


def get_credentials(
    store: Store,
    profile: Profile,
    fresh: bool = False,
    cancelled: threading.Event | None = None,
) -> RoleCredentials:
    """Role credentials of `profile` with at least 15 minutes left (or as long as AWS grants), cached for the AWS CLI.

    `fresh` asks AWS even when the cache has good ones. Raises SignInNeeded when the session needs the user, SsoError
    with exit code 4 when AWS refuses the role, other SsoErrors, Cancelled.
    """
    check_profile(profile)
    if profile.login_session:
        return _login_credentials(store, profile)
    if not fresh:
        cached = cached_credentials(store, profile)
        if cached is not None:
            return cached
    try:
        return _in_turn(store, profile, profile, fresh, cancelled)
    except SsoError as error:
        if error.exit_code == REFUSED:
            store.denied(profile, error.title)
        raise


def cached_credentials(store: Store, profile: Profile) -> RoleCredentials | None:
    """What the cache holds for the profile, if it has 15 minutes left: the AWS CLI's own rule for using it. What AWS
    grants for less than half an hour is used for half of its time: it would be asked for at each use otherwise."""
    found = store.newest_credentials(profile)
    if found is None:
        return None
    now = clock.now()
    if lasts(found.expires_at, now):
        return found
    margin = grants.margin(store.snapshot.credentials_path(profile), found)
    return found if lasts(found.expires_at, now, margin) else None


def _in_turn(
    store: Store, profile: Profile, acting: Profile, fresh: bool, cancelled: threading.Event | None
) -> RoleCredentials:
    """Credentials of `profile` from AWS, on behalf of `acting`; or what somebody else gets from it meanwhile: of all
    who want the same ones at the same time, in whatever process, one asks. Where that cannot be arranged, all do."""
    path = store.snapshot.credentials_path(profile)
    before = store.newest_credentials(profile) if fresh else None
    deadline = time.monotonic() + locks.PATIENCE
    while True:
        turn = locks.try_hold(locks.role_turn(path))
        try:
            found = cached_credentials(store, profile)
            if found is not None and (not fresh or before is None or found.access_key_id != before.access_key_id):
                return found
            if turn is not None or time.monotonic() >= deadline:
                if profile.via is not None:
                    return _assume_role(store, profile, acting, cancelled)
                return _role_credentials(store, profile, acting, cancelled)
        finally:
            if turn is not None:
                turn.release()
        clients.pause_for(locks.LOOK_AGAIN, cancelled)


def check_profile(profile: Profile) -> None:
    """Raises SsoError for a profile that cannot give credentials."""
    if profile.problems:
        where = place(profile.file, profile.line) if profile.file else "the configuration"
        who = f"Session {profile.session}" if profile.unlisted else f"Profile {profile.name}"
        raise SsoError(f"{who}: {profile.problems[0]}", f"correct it in {where}")
    if profile.via is None and not profile.login_session and not (profile.account_id and profile.role_name):
        raise SsoError(f"Profile {profile.name} names no account and role", "add sso_account_id and sso_role_name")


def _login_credentials(store: Store, profile: Profile) -> RoleCredentials:
    """What `aws login` has left for the profile, while it lasts. Nobody else can get more."""
    known = store.newest_login(profile.login_session)
    found = known.credentials_of(profile)
    state, _ = known.session_clock(profile.clock_key or "", clock.now())
    if found is not None and found.expires_at > clock.now():
        return found
    reason = {
        REFRESHABLE: "the credentials of aws login have run out, and are renewed when the AWS CLI or an SDK uses them",
        UNREADABLE: "what aws login has left cannot be read",
    }
    raise AwsLoginNeeded(profile.name, reason.get(state, "it signs in with aws login"))


def _role_credentials(
    store: Store, profile: Profile, acting: Profile, cancelled: threading.Event | None
) -> RoleCredentials:
    session = store.snapshot.session_of(profile)
    if session is None:
        raise SsoError(f"Profile {profile.name} has no session", "correct the configuration")
    watch = SignOutWatch(store, session)
    # The profile that is acted for decides about addresses, as in the AWS CLI, and not the one whose role this is.
    behalf = of_profile(store.snapshot, acting)

    def ask(token: Token) -> Mapping[str, Any]:
        client = clients.client("sso", region_of(session, token), store.config, behalf)
        try:
            return _ask(client, profile, token, cancelled)
        except SsoError as error:
            raise _about_role(error, profile) from None

    answer = Asking(store, session, behalf).ask(ask, cancelled)
    watch.check()
    credentials = _from_portal(answer, profile)
    if not has_changed(store, session):  # a session of this name may be another one by now
        _keep(store, profile, credentials, shapes.role_credentials_json(credentials), watch)
    return credentials


def _ask(client: Any, profile: Profile, token: Token, cancelled: threading.Event | None) -> Mapping[str, Any]:
    return clients.request(
        lambda: client.get_role_credentials(
            roleName=profile.role_name, accountId=profile.account_id, accessToken=token.access_token.reveal()
        ),
        f"get credentials for {profile.label}",
        cancelled,
    )


def _about_role(error: SsoError, profile: Profile) -> SsoError:
    account = account_names.in_words(profile.account_id, profile.account_name)
    if error.code in _NO_ACCESS:
        return SsoError(
            f"No access to role {profile.role_name} in account {account}",
            "ask whoever manages the permission sets" + ("" if profile.unlisted else ", or correct the profile"),
            REFUSED,
            error.code,
        )
    if error.code == "ResourceNotFoundException":
        error.title = f"There is no role {profile.role_name} for you in account {account}"
    if error.code == "InvalidRequestException":
        error.title = f"AWS refused account {account} with role {profile.role_name}"
        names = "account and role" if profile.unlisted else "sso_account_id, sso_role_name"
        error.hint = f"check {names} and sso_region"
    return error


def _from_portal(answer: Mapping[str, Any], profile: Profile) -> RoleCredentials:
    found = answer.get("roleCredentials")
    fields = found if isinstance(found, dict) else {}
    texts = [fields.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")]
    milliseconds = fields.get("expiration")
    if not isinstance(milliseconds, int) or not _EARLIEST * 1000 <= milliseconds < _LATEST * 1000:
        milliseconds = None
    if not all(map(is_token, texts)) or milliseconds is None:
        raise SsoError("The access portal's answer could not be understood", "try again")
    key_id, secret, token = map(str, texts)
    return RoleCredentials(key_id, Secret(secret), Secret(token), milliseconds // 1000, profile.account_id)


def _assume_role(
    store: Store, profile: Profile, acting: Profile, cancelled: threading.Event | None, depth: int = 0
) -> RoleCredentials:
    """Credentials of a `role_arn` profile whose `source_profile` chain ends in an SSO profile."""
    source = store.config.source_of(profile)
    if source is None or depth > 5:
        raise SsoError(f"Profile {profile.name}: its source_profile cannot be used", "correct the configuration")
    if profile.options.get("mfa_serial"):
        raise SsoError(
            f"Profile {profile.name} needs an MFA code for its role",
            f"run a command of the AWS CLI with --profile {profile.name}; its credentials are then used here too",
        )
    session = store.snapshot.session_of(profile)
    watch = SignOutWatch(store, session)
    region = acting.region or profile.region or source.region or (session.region if session is not None else "")
    arguments = shapes.assume_role_arguments(profile.options)
    arguments.setdefault("RoleSessionName", f"ssotui-{int(time.time())}")

    def assume(base: RoleCredentials) -> Mapping[str, Any]:
        client = clients.client("sts", region or "us-east-1", store.config, acting.name, credentials=base)
        return clients.request(lambda: client.assume_role(**arguments), f"assume the role of {profile.name}", cancelled)

    cached = cached_credentials(store, source)
    try:
        answer = assume(cached or _source_credentials(store, source, acting, False, cancelled, depth))
    except SsoError as error:
        if cached is None or error.code not in ("ExpiredToken", "InvalidClientTokenId"):
            raise
        answer = assume(_source_credentials(store, source, acting, True, cancelled, depth))
    watch.check()
    credentials = _from_sts(answer)
    _keep(store, profile, credentials, _assume_role_json(answer, credentials), watch)
    return credentials


def _source_credentials(
    store: Store,
    source: Profile,
    acting: Profile,
    fresh: bool,
    cancelled: threading.Event | None,
    depth: int,
) -> RoleCredentials:
    """Credentials of a `source_profile` from AWS."""
    check_profile(source)
    if source.via is not None:
        return _assume_role(store, source, acting, cancelled, depth + 1)
    return _in_turn(store, source, acting, fresh, cancelled)


def _from_sts(answer: Mapping[str, Any]) -> RoleCredentials:
    found = answer.get("Credentials", {})
    arn = str(answer.get("AssumedRoleUser", {}).get("Arn", ""))
    texts = [found.get(name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    expires_at = int(found["Expiration"].timestamp()) if "Expiration" in found else 0
    if not all(map(is_token, texts)) or not _EARLIEST <= expires_at < _LATEST:
        raise SsoError("AWS STS's answer could not be understood", "try again")
    key_id, secret, token = map(str, texts)
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    return RoleCredentials(key_id, Secret(secret), Secret(token), expires_at, account)


def _assume_role_json(answer: Mapping[str, Any], credentials: RoleCredentials) -> files.Json:
    """The cache file as botocore writes it for AssumeRole: no ProviderType, Expiration with +00:00."""
    inner = shapes.role_credentials_json(credentials)["Credentials"]
    assert isinstance(inner, dict)
    expiration = clock.iso(credentials.expires_at).removesuffix("Z") + "+00:00"
    user = answer.get("AssumedRoleUser", {})
    return {"Credentials": {**inner, "Expiration": expiration}, "AssumedRoleUser": dict(user)}


def _keep(store: Store, profile: Profile, credentials: RoleCredentials, value: files.Json, watch: SignOutWatch) -> None:
    """Have credentials written. Raises SignInNeeded, and they are not there, after a sign-out."""
    path = store.snapshot.credentials_path(profile)
    if path:
        grants.note(path, credentials)
        if profile.unlisted:
            unlisted_roles.note(path, profile)
        store.stored(profile, value, watch)
