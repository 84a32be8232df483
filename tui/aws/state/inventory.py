"""Configuration and caches put together: what the board, `status` and the commands know without any network.

An `Inventory` is shared by the UI thread, which asks it for clocks, and by one thread that calls `poll` about twice a
second. Files are read when they are asked for (never by the UI thread, see `entries`), and again only when their
(mtime, size, inode) changed: ten thousand profiles cost nothing until they are shown.
"""

from __future__ import annotations

import os

from ...text import place
from .. import clock
from ..cache import files, shapes
from ..config.loading import chosen_name
from ..model import (
    LOGIN,
    MARGIN,
    NOT_YET,
    REFRESHABLE,
    SIGNED_IN,
    SSO_SESSION,
    Problem,
    credentials_state,
    session_state,
)
from . import finishing, issued
from .attempts import Attempts
from .aws_login import Logins, parse_login
from .config_watch import ConfigWatch
from .entries import UNREAD, Entries, Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..config.loading import Config
    from ..model import Profile, RoleCredentials, Session, Token
    from .entries import Parse

UNLOCKED = "locks cannot be kept here: two ssotui that renew one sign-in at the same moment may end it"


class Change:
    """What a poll found changed."""

    __slots__ = ("config", "files")

    def __init__(self, config: bool, files: bool) -> None:
        self.config = config
        self.files = files

    def __bool__(self) -> bool:
        return self.config or self.files


class Inventory:
    """All profiles and sessions with their tokens and credentials. `environ` defaults to the process's own.

    `unlocked`: whether a renewal had to do without a lock.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._watch = ConfigWatch(self.environ)
        self.entries = Entries()
        self.logins = Logins(self.environ, self.entries)
        self._token_folder, self._role_folder = shapes.token_dir(), shapes.role_dir()
        self._token_paths: dict[str, str] = {}
        self._role_paths: dict[tuple[str, str, str, str], str] = {}
        self._memory: dict[str, tuple[Token, str]] = {}
        self.attempts = Attempts()
        self.unlocked = False
        self._folder_problems = self._check_folders()

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        """The configuration: the last good one while the present one cannot be read."""
        return self._watch.config

    @property
    def notice(self) -> str:
        """One sentence on what is shown in place of the present configuration, or ""."""
        return self._watch.notice

    @property
    def active_profile(self) -> str:
        """The profile that commands without `--profile` use now: AWS_PROFILE's, else `default`, if there is one."""
        known = "default" in self.config.profiles or "default" in self.config.unlisted
        return chosen_name(self.environ) or ("default" if known else "")

    def profile(self, name: str) -> Profile | None:
        """The listed profile called `name`."""
        return self.config.profiles.get(name)

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
        found += [Problem(folder, 0, why) for folder, why in self._folder_problems.items() if why]
        known = self.entries.known()
        for path, entry in known.items():
            if entry.problem:
                found.append(Problem(path, 0, entry.problem))
            elif entry.loose:
                found.append(Problem(path, 0, entry.loose))
        for session in self.config.sessions.values():
            path = self._token_path(session.key)
            if path in known:
                found += issued.problems(session, self.stored_token(session.key), path)
        told = dict(finishing.remarks())
        for key, (_token, reason) in list(self._memory.items()):
            told[shapes.token_path(key)] = f"not written ({reason}): other programs do not see this sign-in"
        found += [Problem(path, 0, message) for path, message in told.items()]
        if self.unlocked:
            from ..cache.locks import lock_dir

            found.append(Problem(lock_dir(), 0, UNLOCKED))
        return found

    # -- the clocks ----------------------------------------------------------------------------------------------

    def token(self, key: str) -> Token | None:
        """The cached token of a session, renewable or not; None when there is none that can be read, or only one that
        was issued for something else."""
        remembered, session = self.memory_token(key), self.config.sessions.get(key)
        if remembered is not None and session is not None and issued.stray(remembered, session):
            remembered = None  # the session has been given another start URL since
        token = self.stored_token(key) if not self.stray_reason(key) else None
        if remembered is not None and (token is None or remembered.expires_at > token.expires_at):
            return remembered
        return token

    def stored_token(self, key: str) -> Token | None:
        """What the session's file holds, whatever it was issued for."""
        return self._token_entry(key).value  # type: ignore[return-value]

    def stray_reason(self, key: str) -> str:
        """What the token in a session's file was issued for, when that is not this session; else ""."""
        session, token = self.config.sessions.get(key), self.stored_token(key)
        return issued.stray(token, session) if session is not None and token is not None else ""

    def why_no_token(self, key: str) -> str:
        """Why there is no token of a session although there is a file for it, else ""."""
        reason = self.stray_reason(key)
        if reason:
            return f"the token that is here was {reason}"
        folder, reason = self._closed(self._token_folder), self.unreadable_reason(key)
        return f"{place(self._token_folder if folder else self._token_path(key))}: {reason}" if reason else ""

    def session_clock(self, key: str) -> tuple[str, int | None]:
        """The state word of a session and when its access token expires (None without a token). `key`: a session's, or
        a profile's `clock_key`."""
        session = self.config.sessions.get(key)
        if session is None:
            return self.logins.clock(key.removeprefix(LOGIN)) if key.startswith(LOGIN) else ("", None)
        token = self.token(key)
        if token is None and self._token_entry(key) is UNREAD:
            return NOT_YET, None
        unreadable = token is None and bool(self.unreadable_reason(key))
        if token is not None and self.attempts.is_refused(key, token):
            token = token.without_refresh()
        state = session_state(session, token, unreadable, clock.now())
        return state, token.expires_at if token is not None else None

    def unreadable_reason(self, key: str) -> str:
        """Why the token of a session cannot be read, "" when it can or there is none."""
        entry = self._token_entry(key)
        if entry.problem:
            return entry.problem
        return self._closed(self._token_folder) if entry.value is None else ""

    def refreshable(self, session: Session) -> bool:
        """Whether the session's token can be renewed without the user."""
        token = self.token(session.key)
        if session.kind != SSO_SESSION or token is None or self.attempts.is_refused(session.key, token):
            return False
        return token.can_refresh(clock.now())

    def usable(self, key: str) -> bool:
        """Whether role credentials can be had now without the user: signed in, or renewable."""
        state, expires_at = self.session_clock(key)
        return state in (SIGNED_IN, REFRESHABLE) or (expires_at is not None and expires_at > clock.now())

    def credentials(self, profile: Profile) -> RoleCredentials | None:
        """The cached role credentials of a profile, expired ones too; none that are of another account."""
        if profile.login_session:
            return self.logins.credentials(profile.login_session)
        entry = self._credentials_entry(profile)
        found: RoleCredentials | None = entry.value if entry is not None else None  # type: ignore[assignment]
        return found if found is not None and found.are_of(profile.account_id) else None

    def credentials_clock(self, name: str) -> tuple[str, int | None]:
        """The state word of a profile's role credentials and when they expire."""
        profile = self.config.profiles.get(name)
        found = self.credentials(profile) if profile is not None else None
        if found is None and profile is not None and self._credentials_entry(profile) is UNREAD:
            return NOT_YET, None
        return credentials_state(found, clock.now()), found.expires_at if found is not None else None

    def credentials_path(self, profile: Profile) -> str:
        """The file that holds the credentials of the profile's identity, "" when it can have none."""
        if profile.via is not None and profile.options.get("role_arn"):
            return shapes.assume_role_path(profile.options)
        session = self.session_of(profile)
        if session is None or not (profile.account_id and profile.role_name):
            return ""
        # By the identity, never by the profile's name: that can be given to another role at any time.
        identity = (session.kind, session.key, profile.account_id, profile.role_name)
        path = self._role_paths.get(identity)
        if path is None:
            path = self._role_paths[identity] = shapes.role_path(profile, session)
        return path

    def remember(self, key: str, token: Token, reason: str) -> None:
        """Keep a token in memory for this run, because its file could not be written for `reason`."""
        self._memory[key] = (token, reason)

    def memory_token(self, key: str) -> Token | None:
        """The token of a session that only memory holds, None when its file could be written."""
        return self._memory.get(key, (None, ""))[0]

    def memory_reason(self, key: str) -> str:
        """Why the token of a session is only in memory, "" when it is not."""
        return self._memory.get(key, (None, ""))[1]

    def newest_token(self, key: str) -> Token | None:
        """The session's token as it is on disk at this moment (or in memory), whatever the last poll saw."""
        self.entries.renew(self._token_path(key), shapes.parse_token)
        token = self.token(key)
        self._look_at_attempts(key, token)
        return token

    def _look_at_attempts(self, key: str, token: Token | None) -> bool:
        """Look what others have met with when they renewed this token, if it is time for that."""
        due = token is not None and token.refresh_token is not None and token.expires_at - clock.now() < MARGIN
        return due and self.attempts.look(key)

    def forget(self, keys: Iterable[str]) -> None:
        """Drop what memory holds of these sessions (after a sign-out)."""
        for key in keys:
            self._memory.pop(key, None)
            finishing.withdraw(self._token_path(key))
        self.attempts.forget(keys)
        self.entries.reread()

    # -- changes -------------------------------------------------------------------------------------------------

    def poll(self, shown: Iterable[Profile] = (), at_config: bool = True) -> Change:
        """Look at the files again, cheaply: the configuration (if `at_config`), the tokens of all sessions, the role
        credentials of the `shown` profiles. Reads only what changed. To be called from a worker thread: it may wait for
        a file that is being written."""
        config_changed = changed = at_config and self._watch.poll()
        problems = self._check_folders()
        if problems != self._folder_problems:
            self._folder_problems = problems
            changed = True
        wanted: dict[str, Parse] = {self._token_path(key): shapes.parse_token for key in list(self.config.sessions)}
        wanted |= {self.logins.path(name): parse_login for name in self.config.logins}
        for profile in () if self._closed(self._role_folder) else shown:
            wanted[self.credentials_path(profile)] = shapes.parse_role_credentials
        wanted.pop("", None)
        changed |= self.entries.look(wanted)
        for key in list(self.config.sessions):
            changed |= self._look_at_attempts(key, self.token(key))
        return Change(config_changed, changed)

    def reread(self) -> None:
        """Have the cache files read anew before the next answer."""
        self.entries.reread()

    def reread_credentials(self, profile: Profile) -> None:
        """Take in at once the role credentials that were just written for this profile."""
        self.entries.reread([self.credentials_path(profile)])

    def reload(self) -> None:
        """Read everything anew, now."""
        self.entries.reread()
        self._watch.reload()

    def look_at_config(self) -> bool:
        """Take the configuration in as it is at this moment; the next poll tells of it. False while it is empty or
        unreadable, and what is known is what it was. For worker threads: waits until the files hold still."""
        return self._watch.look()

    def _check_folders(self) -> dict[str, str]:
        return {folder: files.folder_problem(folder) for folder in (self._token_folder, self._role_folder)}

    def _token_path(self, key: str) -> str:
        path = self._token_paths.get(key)
        if path is None:
            path = self._token_paths[key] = shapes.token_path(key)
        return path

    def _closed(self, folder: str) -> str:
        """Why nothing in the folder can be read, "" when it can. That everybody may write to it is no such reason."""
        problem = self._folder_problems.get(folder, "")
        return problem if "write" not in problem else ""

    def _token_entry(self, key: str) -> Entry:
        return self.entries.get(self._token_path(key), shapes.parse_token)

    def _credentials_entry(self, profile: Profile) -> Entry | None:
        """What is known of the file of the profile's role credentials, None when there can be none."""
        path = self.credentials_path(profile)
        return (
            self.entries.get(path, shapes.parse_role_credentials)
            if path and not self._closed(self._role_folder)
            else None
        )
