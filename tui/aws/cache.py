"""The cache files that ssotui shares with the AWS CLI: names, contents, reading, writing, removing.

Tokens and client registrations live in `~/.aws/sso/cache`, role credentials in `~/.aws/cli/cache`. Names and shapes
are those of AWS CLI v2 (2.36) and botocore (1.43): what one of the programs writes the others use. The AWS CLI v2
writes its files in place, so a reader can meet an empty or cut file: that is a reason to look again, never a
reason to delete.
"""

from __future__ import annotations

import json
import os
import stat

from .clock import iso, parse_iso
from .model import LEGACY, Registration, RoleCredentials, Secret, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .model import Profile, Session

    Json = dict[str, object]
    Stamp = tuple[int, int, int]

SIZE_LIMIT = 1 << 20
"""A cache file is about 3 kB; anything beyond this many bytes is not one and is not read."""

RETRY_DELAYS = (0.05, 0.1, 0.15)
"""Seconds to wait before looking again at a file that could be half written."""

TEMPORARY_PREFIX = ".ssotui-"
TEMPORARY_AGE = 24 * 3600
"""Seconds after which a temporary file of ours is a leftover of a killed process."""

# What reading a file can end in, besides its content.
MISSING = "missing"
TORN = "torn"
REFUSED = "refused"


class FileContent:
    """One reading of one file. `status` is "" (then `value` is its JSON object), MISSING, TORN (not JSON, or not an
    object: perhaps half written) or REFUSED (`reason` says why). `stamp` changes whenever the file does."""

    __slots__ = ("loose", "reason", "stamp", "status", "value")

    def __init__(
        self,
        value: Json | None,
        status: str = "",
        reason: str = "",
        stamp: Stamp | None = None,
        loose: bool = False,
    ) -> None:
        self.value = value
        self.status = status
        self.reason = reason
        self.stamp = stamp
        self.loose = loose


def token_dir() -> str:
    """`~/.aws/sso/cache`; botocore never moves it with an environment variable other than HOME."""
    return os.path.join(os.path.expanduser("~"), ".aws", "sso", "cache")


def role_dir() -> str:
    """`~/.aws/cli/cache`."""
    return os.path.join(os.path.expanduser("~"), ".aws", "cli", "cache")


def _sha1(text: str) -> str:
    from hashlib import sha1  # late: a command that reads no cache does not pay for it

    return sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def token_path(session_key: str) -> str:
    """The token file of a session: named by its sso-session name, or by the start URL exactly as configured."""
    return os.path.join(token_dir(), _sha1(session_key) + ".json")


def registration_path(session: Session) -> str:
    """The client registration's file, as AWS CLI v2 names it (both of its flows use the same name)."""
    arguments = {
        "tool": "botocore",
        "startUrl": session.start_url,
        "region": session.region,
        "scopes": session.scopes,
        "session_name": None if session.kind == LEGACY else session.key,
    }
    return os.path.join(token_dir(), _sha1(json.dumps(arguments, sort_keys=True)) + ".json")


def role_path(profile: Profile, session: Session) -> str:
    """The role credentials' file of an SSO profile."""
    owner = "startUrl" if session.kind == LEGACY else "sessionName"
    arguments = {"accountId": profile.account_id, "roleName": profile.role_name, owner: session.key}
    name = _sha1(json.dumps(arguments, sort_keys=True, separators=(",", ":")))
    return os.path.join(role_dir(), name + ".json")


def assume_role_arguments(options: Mapping[str, str]) -> dict[str, object]:
    """The AssumeRole parameters that a `role_arn` profile configures, as botocore names them."""
    arguments: dict[str, object] = {"RoleArn": options["role_arn"]}
    for key, name in (
        ("role_session_name", "RoleSessionName"),
        ("external_id", "ExternalId"),
        ("mfa_serial", "SerialNumber"),
    ):
        if options.get(key):
            arguments[name] = options[key]
    duration = options.get("duration_seconds", "")
    if duration.isascii() and duration.isdigit():
        arguments["DurationSeconds"] = int(duration)
    return arguments


def assume_role_path(options: Mapping[str, str]) -> str:
    """The file of credentials chained from an SSO profile (`role_arn` with `source_profile`)."""
    text = json.dumps(assume_role_arguments(options), sort_keys=True)
    return os.path.join(role_dir(), _sha1(text) + ".json")


def read(path: str, delays: Sequence[float] = ()) -> FileContent:
    """The JSON object in the file at `path`. Looks again after each of `delays` (seconds) while it is torn.

    Never raises. A file that is not a regular file, is owned by another user, or is larger than a cache file can be
    is refused without reading it. A symbolic link is followed as far as a regular file of ours.
    """
    content = _read_once(path)
    for delay in delays:
        if content.status != TORN:
            break
        import time

        time.sleep(delay)
        content = _read_once(path)
    return content


def _read_once(path: str) -> FileContent:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        if os.path.islink(path):
            return FileContent(None, REFUSED, "it is a symbolic link to nothing")
        return FileContent(None, MISSING)
    except OSError as error:
        return FileContent(None, REFUSED, (error.strerror or "cannot be opened").lower())
    try:
        info = os.fstat(descriptor)
        stamp = stamp_of(info)
        if not stat.S_ISREG(info.st_mode):
            return FileContent(None, REFUSED, "it is not a regular file", stamp)
        if hasattr(os, "geteuid") and info.st_uid != os.geteuid():
            return FileContent(None, REFUSED, "it belongs to another user", stamp)
        if info.st_size > SIZE_LIMIT:
            return FileContent(None, REFUSED, "it is too large for a cache file", stamp)
        data = b""
        while len(data) <= SIZE_LIMIT and (chunk := os.read(descriptor, SIZE_LIMIT + 1)):
            data += chunk
    except OSError as error:
        return FileContent(None, REFUSED, (error.strerror or "cannot be read").lower())
    finally:
        os.close(descriptor)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return FileContent(None, TORN, "it is not valid JSON", stamp)
    if not isinstance(value, dict):
        return FileContent(None, TORN, "it is not a JSON object", stamp)
    loose = os.name == "posix" and bool(info.st_mode & 0o077)
    return FileContent(value, "", "", stamp, loose)


def stamp_of(info: os.stat_result) -> Stamp:
    """What changes whenever a file is replaced or written to."""
    return (info.st_mtime_ns, info.st_size, info.st_ino)


def stamp(path: str) -> Stamp | None:
    """The stamp of the file at `path`, None when it is not there or cannot be looked at."""
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None


def _text(value: Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _secret(value: Json, key: str) -> Secret | None:
    found = _text(value, key)
    return Secret(found) if found else None


def parse_token(value: Json) -> Token | None:
    """The token in a token file's object; None when it lacks an access token or an expiry that can be understood."""
    access_token = _secret(value, "accessToken")
    expires_at = parse_iso(value.get("expiresAt"))
    if access_token is None or expires_at is None:
        return None
    return Token(
        access_token,
        expires_at,
        start_url=_text(value, "startUrl"),
        region=_text(value, "region"),
        client_id=_text(value, "clientId"),
        client_secret=_secret(value, "clientSecret"),
        registration_expires_at=parse_iso(value.get("registrationExpiresAt")),
        refresh_token=_secret(value, "refreshToken"),
    )


def token_json(token: Token) -> Json:
    """A token file's object, fields in the order in which the AWS CLI writes them."""
    value: Json = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access_token.reveal(),
        "expiresAt": iso(token.expires_at),
    }
    if token.client_id and token.client_secret is not None:
        value["clientId"] = token.client_id
        value["clientSecret"] = token.client_secret.reveal()
        if token.registration_expires_at is not None:
            value["registrationExpiresAt"] = iso(token.registration_expires_at)
    if token.refresh_token is not None:
        value["refreshToken"] = token.refresh_token.reveal()
    return value


def parse_registration(value: Json) -> Registration | None:
    """The client registration in a file's object, None when it is not one."""
    secret = _secret(value, "clientSecret")
    expires_at = parse_iso(value.get("expiresAt"))
    if not _text(value, "clientId") or secret is None or expires_at is None or "accessToken" in value:
        return None
    return Registration(
        _text(value, "clientId"),
        secret,
        expires_at,
        _string_list(value.get("scopes")),
        _string_list(value.get("grantTypes")),
    )


def _string_list(value: object) -> list[str] | None:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None


def registration_json(registration: Registration) -> Json:
    """A registration file's object, as AWS CLI v2 writes it."""
    value: Json = {
        "clientId": registration.client_id,
        "clientSecret": registration.client_secret.reveal(),
        "expiresAt": iso(registration.expires_at),
    }
    if registration.scopes is not None:
        value["scopes"] = registration.scopes
    if registration.grant_types is not None:
        value["grantTypes"] = registration.grant_types
    return value


def parse_role_credentials(value: Json) -> RoleCredentials | None:
    """The credentials in a role or assume-role file's object, None when it holds none. Old files lack AccountId."""
    inner = value.get("Credentials")
    if not isinstance(inner, dict):
        return None
    expires_at = parse_iso(inner.get("Expiration"))
    secret, token = _secret(inner, "SecretAccessKey"), _secret(inner, "SessionToken")
    if not _text(inner, "AccessKeyId") or secret is None or token is None or expires_at is None:
        return None
    return RoleCredentials(_text(inner, "AccessKeyId"), secret, token, expires_at, _text(inner, "AccountId"))


def role_credentials_json(credentials: RoleCredentials) -> Json:
    """A role-credential file's object. `ProviderType` is what `aws sso logout` goes by."""
    return {
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key.reveal(),
            "SessionToken": credentials.session_token.reveal(),
            "Expiration": iso(credentials.expires_at),
            "AccountId": credentials.account_id,
        },
    }


def write(path: str, value: Json, before_replace: Callable[[], None] | None = None) -> None:
    """Write `value` to the file at `path`: whole or not at all, readable by its owner only, on disk when this returns.

    A symbolic link is resolved first, so that it stays a link; one that leads to nothing, to a loop or to another
    user's file is refused. Folders that are missing are made with mode 0700. `before_replace` may raise to leave the
    old file in place. Raises OSError.
    """
    from tempfile import mkstemp

    if os.path.islink(path):
        path = _resolve_link(path)
    folder = os.path.dirname(path)
    _make_folders(folder)
    descriptor, temporary = mkstemp(prefix=TEMPORARY_PREFIX, suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o600)
            file.write(json.dumps(value))
            file.flush()
            os.fsync(file.fileno())
        if before_replace is not None:
            before_replace()
        os.replace(temporary, path)
    except BaseException:
        _unlink_quietly(temporary)
        raise
    _sync_folder(folder)


def _resolve_link(path: str) -> str:
    target = os.path.realpath(path)
    info = os.stat(target)  # raises for a dangling link or a loop, as it should
    if hasattr(os, "geteuid") and info.st_uid != os.geteuid():
        raise PermissionError(13, "it is a symbolic link to another user's file", path)
    return target


def _make_folders(folder: str) -> None:
    if os.path.isdir(folder):
        return
    _make_folders(os.path.dirname(folder))
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some file systems cannot sync a folder; the file itself is on disk
    finally:
        os.close(descriptor)


def _unlink_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def sweep_leftovers(now: float) -> None:
    """Remove temporary files of ours that a killed process left behind a day or more ago. Never raises."""
    for folder in (token_dir(), role_dir()):
        try:
            names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(TEMPORARY_PREFIX)]
        except OSError:
            continue
        for name in names:
            path = os.path.join(folder, name)
            found = stamp(path)
            if found is not None and now - found[0] / 1e9 > TEMPORARY_AGE:
                _unlink_quietly(path)


def folder_problem(folder: str) -> str:
    """Why the cache folder cannot be used or trusted, "" when all is well or it does not exist yet."""
    try:
        info = os.stat(folder)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return (error.strerror or "cannot be looked at").lower()
    if not stat.S_ISDIR(info.st_mode):
        return "it is not a folder"
    if not os.access(folder, os.R_OK | os.X_OK):
        return "permission denied"
    if os.name == "posix" and info.st_mode & 0o002:
        return "everybody may write to it: run chmod 700 on it"
    return ""
