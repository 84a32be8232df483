"""The one owner of what is known: reads configuration and caches, writes tokens and role credentials, and makes the
next `Snapshot` whenever something is another.

Files are read when they are asked for, and again only when their (mtime, size, inode) changed: ten thousand profiles
cost nothing until they are shown.
"""

from __future__ import annotations

import os
import threading
import time

from ..cache import files, folders, locks, shapes
from . import config_watch, finishing
from .aws_login import login_path, parse_login
from .config_watch import ConfigWatch
from .entries import CacheEntries
from .memory import Memory
from .snapshot import Folder, Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Protocol

    from ..cache.account_names import AccountNames
    from ..config.configuration import Config
    from ..errors import SsoError
    from ..model import Profile, RoleCredentials, Token
    from .entries import CacheEntry, Parse
    from .snapshot import Identity

    class WriteGuard(Protocol):
        """Who tells whether something may still be written (see `session.signed_out.SignOutWatch`)."""

        def ended(self) -> bool:
            """Whether what it belongs to is over."""

        def check(self) -> None:
            """Raises SsoError when it is."""


class Store:
    """`environ` defaults to the process's own. `names`: of accounts, where they are shown.

    For worker threads: every method may wait for a file, and for another thread that reads or writes (one lock for
    all). `snapshot` alone may be taken by any thread at any time; it is replaced whole. `on_change`: called with each
    next Snapshot, by the thread that has made it, under the lock: it must not wait for another thread.

    The lock lets its own thread in again: while something is written the guard is asked, and a `SignOutWatch` looks for
    the newest token, which makes a Snapshot in the middle of that. What is in ConfigWatch, CacheEntries and Memory is
    touched under this lock alone; they have none of their own.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, names: AccountNames | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.on_change: Callable[[Snapshot], object] | None = None
        self._lock = threading.RLock()
        self._watch = ConfigWatch(self.environ, names)
        self._entries = CacheEntries()
        self._memory = Memory()
        self._paths: dict[object, str] = {}
        folders = [Folder(path, files.folder_problem(path)) for path in (shapes.token_dir(), shapes.role_dir())]
        self.snapshot = Snapshot(
            self._watch.config,
            self.environ,
            notice=self._watch.notice,
            remarks=finishing.remarks(),
            token_folder=folders[0],
            role_folder=folders[1],
        )

    @property
    def config(self) -> Config:
        """The configuration of the present Snapshot."""
        return self.snapshot.config

    # -- reading -------------------------------------------------------------------------------------------------

    def look(self, profiles: Iterable[Profile] = (), at_config: bool = True, anew: bool = False) -> Snapshot:
        """Look at the files again, cheaply: the configuration (if `at_config`), the tokens of all sessions, the role
        credentials of these profiles. Reads only what changed, or everything that has been read if `anew`."""
        with self._lock:
            if at_config:
                self._watch.poll()
            if anew:
                self._entries.reread()
            config = self._watch.config
            folders = [_look_into(folder) for folder in (self.snapshot.token_folder, self.snapshot.role_folder)]
            tokens: dict[str, str] = {self._token_path(key): key for key in config.sessions}
            logins: dict[str, str] = {self._login_path(name): name for name in config.logins}
            credentials = {} if folders[1].closed else self._credentials_paths(profiles)
            wanted: dict[str, Parse] = dict.fromkeys(tokens, shapes.parse_token)
            wanted |= dict.fromkeys(logins, parse_login)
            wanted |= dict.fromkeys(credentials, shapes.parse_role_credentials)
            self._entries.look(wanted)
            self._publish(
                token_folder=folders[0],
                role_folder=folders[1],
                tokens=self._merged(self.snapshot.tokens, tokens),
                logins=self._merged(self.snapshot.logins, logins),
                credentials=self._merged(self.snapshot.credentials, credentials),
            )
            for key in config.sessions:
                self._look_at_others(key)
            return self._publish()

    def look_at_config(self) -> bool:
        """Take the configuration in as it is at this moment. False while it is empty or unreadable, and what is known
        is what it was. Waits until the files hold still, with nobody else waiting meanwhile."""
        before, deadline = None, time.monotonic() + config_watch.LONGEST
        while True:
            with self._lock:
                found = self._watch.look(before, time.monotonic() > deadline)
                if isinstance(found, bool):
                    self._publish()
                    return found
            before = found
            time.sleep(config_watch.SETTLED)

    def newest_token(self, key: str) -> Token | None:
        """The session's token as it is on disk at this moment (or in memory), whatever the last look saw."""
        with self._lock:
            self._renew_token(key)
            return self._publish().token(key)

    def newest_login(self, name: str) -> Snapshot:
        """What is known when the file of this session of `aws login` has been looked at."""
        with self._lock:
            path = self._login_path(name)
            self._entries.renew(path, parse_login)
            return self._publish(logins=self._merged(self.snapshot.logins, {path: name}))

    def newest_credentials(self, profile: Profile) -> RoleCredentials | None:
        """The role credentials of a profile as they are on disk at this moment, expired ones too."""
        with self._lock:
            return self._renew_credentials(profile).credentials_of(profile)

    # -- writing -------------------------------------------------------------------------------------------------

    def took(self, key: str, token: Token, guard: WriteGuard, old: Token | None = None) -> Snapshot:
        """Write the token that a session has got where the AWS tools look for it; where that fails it is kept in memory
        (`Snapshot.unwritten_reason` has the reason). `old`: the token that it was renewed from, None after a sign-in.
        Raises what `guard` raises: then nothing of it stays."""
        path = self._token_path(key)
        with self._lock:
            guard.check()
            self._memory.ends.took(key, token, old)  # before the token is there: others look for both
            try:
                self._put(key, path, token, guard)
            except BaseException:
                self._memory.ends.forget(key)
                raise
            self._renew_token(key)
            return self._publish()

    def stored(self, profile: Profile, value: files.Json, guard: WriteGuard) -> Snapshot:
        """Write the role credentials that a profile has got (`value`: the file's object) where the AWS tools look for
        them. Raises what `guard` raises: then nothing of them stays."""
        with self._lock:
            path = self.snapshot.credentials_path(profile)
            self._memory.allow(self.snapshot.identity_of_role(profile))
            if path:
                try:
                    self._write(path, value, guard)
                except OSError as error:  # they are good all the same
                    lost = f"role credentials could not be stored ({_reason(error)}): each use asks AWS anew"
                    finishing.remark(self.snapshot.role_folder.path, lost)
                else:
                    finishing.withdraw(self.snapshot.role_folder.path)
            return self._renew_credentials(profile)

    def denied(self, profile: Profile, reason: str) -> Snapshot:
        """AWS has refused the role of a profile. That stands until something changes: the configuration,
        the token, the time."""
        with self._lock:
            self._memory.deny(self.snapshot, profile, reason)
            return self._publish()

    def dropped(self, keys: Iterable[str]) -> Snapshot:
        """The tokens and credentials of these sessions have been removed: nothing of them is known any more."""
        with self._lock:
            for key in keys:
                self._memory.forget(key)
                self._memory.ends.forget(key)
                finishing.withdraw(self._token_path(key))
            known = self.snapshot
            self._entries.reread()
            self._entries.look({entry.path: shapes.parse_token for entry in known.tokens.values()})
            self._entries.look({entry.path: shapes.parse_role_credentials for entry in known.credentials.values()})
            return self._publish(tokens=self._again(known.tokens), credentials=self._again(known.credentials))

    def _put(self, key: str, path: str, token: Token, guard: WriteGuard) -> None:
        """Write a token, or keep it in memory. Raises what `guard` raises."""
        try:
            self._write(path, shapes.token_json(token), guard)
        except OSError as error:
            guard.check()
            reason = _reason(error)
            self._memory.unwritten[key] = token, reason
            finishing.remark(path, f"the new token of {key} could not be stored ({reason}): it is lost, sign in again")
        else:
            self._memory.forget(key)
            finishing.withdraw(path)

    def _write(self, path: str, value: files.Json, guard: WriteGuard) -> None:
        files.write(path, value, guard.check)
        if guard.ended():  # while the file took its place: whoever signs out may have looked before
            folders.unlink_quietly(path)
            guard.check()

    # -- renewals ------------------------------------------------------------------------------------------------

    def may_renew(self, key: str, token: Token) -> bool:
        """Whether AWS may be asked to renew this token: not twice by one process after a refusal, and by all of them
        once a minute."""
        with self._lock:
            self._memory.attempts.look(key)
            return self._memory.attempts.may_try(key, token)

    def failure_since(self, key: str, token: Token, moment: float) -> SsoError | None:
        """How the last renewal of this token has failed, if it did after `moment` (monotonic)."""
        with self._lock:
            return self._memory.attempts.failure_since(key, token, moment)

    def failed(self, key: str, token: Token, error: SsoError, alone: bool = False) -> None:
        """A renewal has failed just now, for a reason that may pass. `alone`: the reason is this process's own."""
        with self._lock:
            self._memory.attempts.note_failure(key, token, error, alone)

    def refused(self, key: str, token: Token) -> Snapshot:
        """AWS has refused to renew this token for good."""
        with self._lock:
            self._memory.attempts.note_refusal(key, token)
            return self._publish()

    def ended(self, key: str, token: Token) -> Snapshot:
        """AWS no longer accepts this token, nor renews it. It says nothing about one that has come meanwhile."""
        with self._lock:
            newest = self.newest_token(key)
            if newest is not None and newest.access_token == token.access_token:
                self._memory.attempts.note_end(key, token)
            return self._publish()

    def accepted(self, key: str) -> Snapshot:
        """AWS accepts the session's token, although it did not for somebody a while ago."""
        with self._lock:
            self._memory.attempts.forget([key])
            return self._publish()

    def without_lock(self) -> Snapshot:
        """A renewal has to do without a lock."""
        with self._lock:
            self._memory.unlocked = True
            return self._publish()

    # -- within the lock -----------------------------------------------------------------------------------------

    def _publish(self, **changes: Any) -> Snapshot:
        """The next Snapshot, with these `changes` and what else is another by now; the present one when nothing is."""
        now = self.snapshot
        changes |= {
            "config": self._watch.config,
            "notice": self._watch.notice,
            "remarks": finishing.remarks(),
            "unlocked": locks.lock_dir() if self._memory.unlocked else "",
        }
        if self._memory.unwritten != now.unwritten:
            changes["unwritten"] = dict(self._memory.unwritten)
        changes = {name: value for name, value in changes.items() if value != getattr(now, name)}
        if "config" in changes:
            self._memory.allow()
        following = now.with_(**changes) if changes else now
        refused, ended, ends = set(), set(), {}
        for key in following.config.sessions:
            token = following.token(key)
            if token is None:
                continue
            if self._memory.attempts.is_refused(key, token):
                refused.add(key)
            if self._memory.attempts.is_ended(key, token):
                ended.add(key)
            end = self._memory.ends.of(key, token)
            if end is not None:
                ends[key] = end
        denied = self._memory.denied(following)
        noted = {"refused": frozenset(refused), "ended": frozenset(ended), "ends": ends, "denied": denied}
        if any(value != getattr(now, name) for name, value in noted.items()):
            following = following.with_(**noted)
        if following is not now:
            self.snapshot = following
            if self.on_change is not None:
                self.on_change(following)
        return following

    def _look_at_others(self, key: str) -> None:
        """Look what others have met with when they renewed this token, if it is time for that, and where it ends."""
        token = self.snapshot.token(key)
        if token is not None:
            self._memory.attempts.look(key)
            if token.refresh_token is not None:
                self._memory.ends.look(key, token)

    def _renew_token(self, key: str) -> None:
        path = self._token_path(key)
        self._entries.renew(path, shapes.parse_token)
        self._publish(tokens=self._merged(self.snapshot.tokens, {path: key}))
        self._look_at_others(key)

    def _renew_credentials(self, profile: Profile) -> Snapshot:
        for path in self._credentials_paths([profile]):
            self._entries.renew(path, shapes.parse_role_credentials)
        return self._publish(credentials=self._merged(self.snapshot.credentials, self._credentials_paths([profile])))

    def _merged(self, known: Mapping[Any, CacheEntry], paths: Mapping[str, Any]) -> Mapping[Any, CacheEntry]:
        """`known` with the entries that the files at `paths` (path -> key) have now; itself when these are the same."""
        found = {key: entry for path, key in paths.items() if (entry := self._entries.get(path)) is not None}
        if all(known.get(key) is entry for key, entry in found.items()):
            return known
        return {**known, **found}

    def _again(self, known: Mapping[Any, CacheEntry]) -> Mapping[Any, CacheEntry]:
        return self._merged(known, {entry.path: key for key, entry in known.items()})

    def _credentials_paths(self, profiles: Iterable[Profile]) -> dict[str, Identity]:
        found = {}
        for profile in profiles:
            identity = self.snapshot.identity_of_role(profile)
            path = self._paths.get(identity)
            if path is None:
                path = self._paths[identity] = self.snapshot.credentials_path(profile)
            if path:
                found[path] = identity
        return found

    def _token_path(self, key: str) -> str:
        path = self._paths.get(key)
        if path is None:
            path = self._paths[key] = shapes.token_path(key)
        return path

    def _login_path(self, name: str) -> str:
        path = self._paths.get(("login", name))
        if path is None:
            path = self._paths["login", name] = login_path(name, self.environ)
        return path


def _look_into(folder: Folder) -> Folder:
    problem = files.folder_problem(folder.path)
    return folder if problem == folder.problem else Folder(folder.path, problem)


def _reason(error: OSError) -> str:
    return error.strerror or "the file cannot be written"
