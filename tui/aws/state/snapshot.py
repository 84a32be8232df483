"""What is known of configuration and caches at one moment, as a value.

Screens, widgets and commands ask a Snapshot; nothing in it opens a file or changes, so that whoever paints can do
nothing else by accident, and two answers of one Snapshot always fit together. `Store` makes the next one.
"""

from __future__ import annotations

from ...text import place
from ..cache import files, shapes
from ..config.loading import chosen_name
from ..model import (
    LOGIN,
    LOOSE,
    NONE,
    NOT_YET,
    OF_TOKEN,
    REFRESHABLE,
    SIGNED_IN,
    SSO_SESSION,
    Problem,
    credentials_state,
    session_clock,
)
from . import aws_login, issued

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..config.configuration import Config
    from ..model import Profile, RoleCredentials, Session, Token
    from .entries import CacheEntry

    Identity = tuple[str, ...]

UNLOCKED = "locks cannot be kept here: two ssotui that renew one sign-in at the same moment may end it"

NOTHING: Mapping[Any, Any] = {}


class Folder:
    """A folder of cache files: where it is, and what is wrong with it ("" when nothing is)."""

    __slots__ = ("path", "problem")

    def __init__(self, path: str = "", problem: str = "") -> None:
        self.path = path
        self.problem = problem

    @property
    def closed(self) -> str:
        """Why nothing in it can be read, "" when it can. That everybody may write to it is no such reason."""
        return self.problem if self.problem != files.WRITABLE else ""


class Snapshot:
    """All profiles and sessions, with their tokens and credentials as far as they have been read.

    `config`: the last good configuration; `notice`: one sentence on what is shown in place of the present one, or "".
    `environ`: the environment that decides about names, and which addresses are shown. `tokens`: by the keys of their
    sessions; `credentials`: by identity (see `identity_of_role`), never by a profile's name, which can be given to
    another role at any time; `logins`: by the names of the sessions of `aws login`. What is missing there has not been
    read yet. `unwritten`: tokens that only this process has, each with the reason why its file could not be written.
    `refused`: the sessions whose token AWS no longer renews; `ended`: those whose token it no longer accepts, whatever
    its expiry says; `ends`: those that are known to end with their token, and when. `denied`: by identity, the roles
    that AWS has refused to this process, its reason and when that was. `remarks`: path and text of what else could not
    be written. `unlocked`: the folder in which locks cannot be kept, "" when they can.

    `now` is in seconds since the epoch everywhere.
    """

    __slots__ = (
        "config",
        "credentials",
        "denied",
        "ended",
        "ends",
        "environ",
        "logins",
        "notice",
        "refused",
        "remarks",
        "role_folder",
        "token_folder",
        "tokens",
        "unlocked",
        "unwritten",
    )

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str] = NOTHING,
        *,
        tokens: Mapping[str, CacheEntry] = NOTHING,
        credentials: Mapping[Identity, CacheEntry] = NOTHING,
        logins: Mapping[str, CacheEntry] = NOTHING,
        token_folder: Folder | None = None,
        role_folder: Folder | None = None,
        unwritten: Mapping[str, tuple[Token, str]] = NOTHING,
        refused: frozenset[str] = frozenset(),
        ended: frozenset[str] = frozenset(),
        ends: Mapping[str, int] = NOTHING,
        denied: Mapping[Identity, tuple[str, int]] = NOTHING,
        remarks: Sequence[tuple[str, str]] = (),
        notice: str = "",
        unlocked: str = "",
    ) -> None:
        self.config = config
        self.environ = environ
        self.tokens = tokens
        self.credentials = credentials
        self.logins = logins
        self.token_folder = token_folder or Folder()
        self.role_folder = role_folder or Folder()
        self.unwritten = unwritten
        self.refused = refused
        self.ended = ended
        self.ends = ends
        self.denied = denied
        self.remarks = remarks
        self.notice = notice
        self.unlocked = unlocked

    def with_(self, **changes: Any) -> Snapshot:
        """The Snapshot that differs from this one in `changes`."""
        parts = {name: changes.get(name, getattr(self, name)) for name in self.__slots__}
        return Snapshot(parts.pop("config"), parts.pop("environ"), **parts)

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def active_profile(self) -> str:
        """The profile that commands without `--profile` use now: AWS_PROFILE's, else `default`, if there is one."""
        known = "default" in self.config.profiles or "default" in self.config.unlisted
        return chosen_name(self.environ) or ("default" if known else "")

    def profile(self, name: str) -> Profile | None:
        """The listed profile called `name`."""
        return self.config.profiles.get(name)

    def as_now(self, profile: Profile) -> Profile | None:
        """The profile as it is configured now. One that no configuration names is what it was, as long as its session
        is there."""
        if profile.unlisted:
            return profile if self.session_of(profile) is not None else None
        return self.profile(profile.name)

    def session_of(self, profile: Profile) -> Session | None:
        """The session that signs this profile in; for a chained profile that of the SSO profile at its end."""
        return self.config.sessions.get(profile.session) if profile.session is not None else None

    def find_session(self, name: str) -> Session | None:
        """The session with this name or start URL."""
        found = self.config.sessions.get(name)
        if found is None:
            same = [session for session in self.config.sessions.values() if session.start_url == name]
            found = same[0] if len(same) == 1 else None
        return found

    def problems(self) -> list[Problem]:
        """Everything wrong with configuration and caches that has been noticed so far."""
        found = list(self.config.problems)
        for folder, kind in ((self.token_folder, OF_TOKEN), (self.role_folder, "")):
            if folder.problem:
                found.append(Problem(folder.path, 0, folder.problem, kind if folder.closed else LOOSE))
        for entries, kind in ((self.tokens, OF_TOKEN), (self.logins, OF_TOKEN), (self.credentials, "")):
            for entry in entries.values():
                if entry.problem:
                    found.append(Problem(entry.path, 0, entry.problem, kind))
                elif entry.loose:
                    found.append(Problem(entry.path, 0, entry.loose, LOOSE))
        for session in self.config.sessions.values():
            token = self.tokens.get(session.key)
            if token is not None:
                found += issued.problems(session, self.stored_token(session.key), token.path)
        told = dict(self.remarks)
        for key, (_token, reason) in self.unwritten.items():
            told[shapes.token_path(key)] = f"not written ({reason}): other programs do not see this sign-in"
        for path, message in told.items():
            found.append(Problem(path, 0, message, "" if path == self.role_folder.path else OF_TOKEN))
        if self.unlocked:
            found.append(Problem(self.unlocked, 0, UNLOCKED))
        return found

    # -- tokens --------------------------------------------------------------------------------------------------

    def token(self, key: str) -> Token | None:
        """The token of a session, renewable or not; None when there is none that can be read, or only one that was
        issued for something else."""
        kept, session = self.unwritten_token(key), self.config.sessions.get(key)
        if kept is not None and session is not None and issued.stray(kept, session):
            kept = None  # the session has been given another start URL since
        token = self.stored_token(key) if not self.stray_reason(key) else None
        return kept if kept is not None and (token is None or kept.expires_at > token.expires_at) else token

    def stored_token(self, key: str) -> Token | None:
        """What the session's file holds, whatever it was issued for."""
        entry = self.tokens.get(key)
        return entry.value if entry is not None else None  # type: ignore[return-value]

    def unwritten_token(self, key: str) -> Token | None:
        """The token of a session that only this process has, None when its file could be written."""
        return self.unwritten.get(key, (None, ""))[0]

    def unwritten_reason(self, key: str) -> str:
        """Why only this process has the token of a session, "" when that is not so."""
        return self.unwritten.get(key, (None, ""))[1]

    def stray_reason(self, key: str) -> str:
        """What the token in a session's file was issued for, when that is not this session; else ""."""
        session, token = self.config.sessions.get(key), self.stored_token(key)
        return issued.stray(token, session) if session is not None and token is not None else ""

    def unreadable_reason(self, key: str) -> str:
        """Why the token of a session cannot be read, "" when it can or there is none."""
        entry = self.tokens.get(key)
        if entry is not None and entry.problem:
            return entry.problem
        return self.token_folder.closed if entry is None or entry.value is None else ""

    def why_no_token(self, key: str) -> str:
        """Why there is no token of a session although there is a file for it, else ""."""
        reason = self.stray_reason(key)
        if reason:
            return f"the token that is here was {reason}"
        reason, closed = self.unreadable_reason(key), self.token_folder.closed
        return f"{place(self.token_folder.path if closed else shapes.token_path(key))}: {reason}" if reason else ""

    # -- the clocks ----------------------------------------------------------------------------------------------

    def session_clock(self, key: str, now: float) -> tuple[str, int | None]:
        """The state word of a session and when its access token expires (None without one that AWS accepts). `key`: a
        session's, or a profile's `clock_key`."""
        session = self.config.sessions.get(key)
        if session is None:
            return self._login_clock(key.removeprefix(LOGIN), now) if key.startswith(LOGIN) else ("", None)
        token = self.token(key)
        if token is None and key not in self.tokens and not self.token_folder.closed:
            return NOT_YET, None
        unreadable = token is None and bool(self.unreadable_reason(key))
        ended, last = token is not None and key in self.ended, key in self.refused or key in self.ends
        return session_clock(session, token, now, unreadable=unreadable, ended=ended, last=last)

    def _login_clock(self, name: str, now: float) -> tuple[str, int | None]:
        entry = self.logins.get(name)
        if entry is None:
            return NOT_YET, None
        found: RoleCredentials | None = entry.value  # type: ignore[assignment]
        state = aws_login.login_state(found, bool(entry.problem), now)
        return state, found.expires_at if found is not None else None

    def refreshable(self, session: Session, now: float) -> bool:
        """Whether the session's token can be renewed without the user."""
        return session.key not in self.ends and self.may_renew(session, now)

    def may_renew(self, session: Session, now: float) -> bool:
        """Whether AWS could be asked for a new token. It may be known that this brings nothing: see `refreshable`."""
        token = self.token(session.key)
        if session.kind != SSO_SESSION or token is None or session.key in self.refused | self.ended:
            return False
        return token.can_refresh(now)

    def usable(self, key: str, now: float) -> bool:
        """Whether role credentials can be had now without the user: signed in, or renewable."""
        state, expires_at = self.session_clock(key, now)
        return state in (SIGNED_IN, REFRESHABLE) or (expires_at is not None and expires_at > now)

    def credentials_of(self, profile: Profile) -> RoleCredentials | None:
        """The cached role credentials of a profile, expired ones too; none that are of another account."""
        entry = self._credentials_entry(profile)
        found: RoleCredentials | None = entry.value if entry is not None else None  # type: ignore[assignment]
        return found if found is not None and found.are_of(profile.account_id) else None

    def credentials_clock(self, name: str, now: float) -> tuple[str, int | None]:
        """The state word of a profile's role credentials and when they expire."""
        profile = self.config.profiles.get(name)
        if profile is None:
            return NONE, None
        found = self.credentials_of(profile)
        if found is None and self._credentials_entry(profile) is None and self._can_have_credentials(profile):
            return NOT_YET, None
        return credentials_state(found, now), found.expires_at if found is not None else None

    def refusal(self, profile: Profile) -> tuple[str, int] | None:
        """Why AWS has refused the role of a profile, and when; None when it has not, or not since something changed."""
        return self.denied.get(self.identity_of_role(profile)) if self.denied else None

    def _credentials_entry(self, profile: Profile) -> CacheEntry | None:
        if profile.login_session:
            return self.logins.get(profile.login_session)
        return self.credentials.get(self.identity_of_role(profile))

    def _can_have_credentials(self, profile: Profile) -> bool:
        return bool(profile.login_session or (self.identity_of_role(profile) and not self.role_folder.closed))

    def identity_of_role(self, profile: Profile) -> Identity:
        """What a profile's credentials are known by: its session, account and role; for one that assumes a role, the
        name of their file. () when it can have none."""
        if profile.via is not None and profile.options.get("role_arn"):
            return (shapes.assume_role_path(profile.options),)
        session = self.session_of(profile)
        if session is None or not (profile.account_id and profile.role_name):
            return ()
        return session.kind, session.key, profile.account_id, profile.role_name

    def credentials_path(self, profile: Profile) -> str:
        """The file that holds the credentials of the profile's identity, "" when it can have none."""
        identity = self.identity_of_role(profile)
        if len(identity) < 2:
            return "".join(identity)
        session = self.session_of(profile)
        assert session is not None
        return shapes.role_path(profile, session)
