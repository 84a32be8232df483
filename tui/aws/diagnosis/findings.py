"""What is wrong, or will be: in the configuration, the caches, the variables; where, why it hurts, and what mends it.

Functions over values: what is looked at for it is in `examining`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ...moments import moment
from ...text import place
from ..config.checks import plain
from ..config.writing import repairs
from ..errors import command_line
from ..model import (
    LEGACY,
    LOOSE,
    OF_TOKEN,
    OTHER_REGION,
    OTHER_SDKS,
    REFUSED_FILE,
    SPELLING,
    SSO_SESSION,
    SYNTAX,
    Problem,
    Session,
)
from ..requests.behalf import profile_in_use
from ..requests.skew import skew_warning
from ..session.manifest import ROLE, TOKEN, Item, Manifest
from ..state import issued
from ..state.snapshot import Snapshot
from . import chain
from .leftovers import Leftovers
from .links import BROKEN, Link

CONFIGURATION, CACHE, VARIABLES, ADDRESSES, CLOCK = "configuration", "cache", "environment", "endpoint", "clock"
SETTINGS = "settings"
"""The kinds of findings."""

LONG_PAST = 24 * 3600
"""Seconds after their end from which cached files are called stale."""


MANY = 50
"""Of these files, before they are worth a word."""


class Edit(NamedTuple):
    """A repair of the config file: `change` makes the next text of it. `question`: what is asked first."""

    question: str
    change: Callable[[str], str]


class Mode(NamedTuple):
    """A repair of a file's mode."""

    question: str
    path: str
    mode: int


class Finding(NamedTuple):
    """One thing that is wrong. `file`: a path, or the name of a variable; `line`: 0 where that says nothing. `why`:
    what it does to its user. `mend`: what they can do, `repair`: what this program can. All is foreign text."""

    kind: str
    file: str
    line: int
    message: str
    why: str
    mend: str = ""
    repair: Edit | Mode | None = None


class Examined(NamedTuple):
    """What has been looked at. `manifest`: all cached files that are ours. `loose`: path -> mode, of files and folders
    that others can read or write. `leftovers`: what other tools have left. `of_ours`: what is wrong with this
    program's own files, a sentence each."""

    snapshot: Snapshot
    manifest: Manifest
    loose: dict[str, int]
    now: float
    leftovers: Leftovers
    of_ours: Sequence[str]


def findings(examined: Examined) -> list[Finding]:
    """All that is wrong: what is broken now first, then what hurts, by files and lines."""
    return [
        *_configuration(examined.snapshot),
        *_sessions(examined.snapshot),
        *_leftovers(examined.leftovers, examined.now),
        *_variables(examined.snapshot, examined.now),
        *_addresses(examined.snapshot),
        *_caches(examined),
        *_files(examined),
        *_clock(),
        *_settings(examined.of_ours),
    ]


def _configuration(snapshot: Snapshot) -> Iterator[Finding]:
    broken = {(profile.file, profile.line) for profile in snapshot.config.profiles.values() if profile.problems}
    for problem in snapshot.config.problems:
        if problem.kind in (SPELLING, OTHER_SDKS):
            why = "programs in these languages fail, or act as somebody else, where the AWS CLI works"
        elif problem.kind in (SYNTAX, REFUSED_FILE):
            why = "no profile works in the AWS CLI and the SDKs"
        elif (problem.file, problem.line) in broken:
            why = "this profile gives no credentials"
        else:
            why = "the AWS CLI and the SDKs may read it otherwise than it is meant"
        yield Finding(CONFIGURATION, problem.file, problem.line, problem.message, why, "correct the line")


def _sessions(snapshot: Snapshot) -> Iterator[Finding]:
    config = snapshot.config
    for session in config.sessions.values():
        if session.kind == LEGACY:
            yield _legacy(snapshot, session)
        elif not session.scopes:
            message = f"session {session.key} names no sso_registration_scopes"
            why = "what the AWS CLI signs in to with it cannot be renewed: one signs in again after the first hours"
            edit = Edit(f"Add the scope to session {session.key}?", partial(repairs.with_scopes, session=session.key))
            yield Finding(CONFIGURATION, session.file, session.line, message, why, "add the key", edit)
    for session in config.sessions.values():
        token = snapshot.stored_token(session.key)
        for problem in issued.problems(session, token, ""):
            if token is not None and problem.kind == OTHER_REGION:
                yield _of_region(session, token.region, problem)
    seen: dict[str, Session] = {}
    for session in config.sessions.values():
        other = seen.setdefault(plain(session.start_url), session)
        if other is not session and other.start_url != session.start_url and LEGACY in (other.kind, session.kind):
            message = f"{session.start_url} and {other.start_url} are one portal, spelled in two ways"
            why = "each spelling has a token of its own: one signs in twice"
            yield Finding(CONFIGURATION, session.file, session.line, message, why, "use one of the spellings")


def _of_region(session: Session, region: str, problem: Problem) -> Finding:
    why = "other programs ask the configured region for role credentials, and are refused"
    change = partial(repairs.with_region, session=session.key, region=region)
    edit = Edit(f"Set sso_region of session {session.key} to {region}?", change) if session.kind != LEGACY else None
    return Finding(CONFIGURATION, problem.file, problem.line, problem.message, why, "correct sso_region", edit)


def _legacy(snapshot: Snapshot, session: Session) -> Finding:
    config = snapshot.config
    using = [it for it in config.profiles.values() if it.session == session.key and it.via is None]
    names = [it.name for it in using]
    first = using[0] if using else None
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    message = f"{some or 'a profile'}: the start URL stands in the profile, not in an sso-session"
    why = "such a sign-in cannot be renewed: one signs in again after some hours"
    change = partial(
        repairs.with_session,
        profiles=[it.name for it in using if it.file == config.config_file],
        start_url=session.start_url,
        region=session.region,
        taken=[key for key, other in config.sessions.items() if other.kind == SSO_SESSION],
    )
    question = f"Give {'it' if len(names) == 1 else 'them'} an sso-session? One signs in once more then."
    repair = Edit(question, change) if using and all(it.file == config.config_file for it in using) else None
    file, line = (first.file, first.line) if first is not None else (session.file, session.line)
    return Finding(CONFIGURATION, file, line, message, why, "give them an sso-session", repair)


def _leftovers(found: Leftovers, now: float) -> Iterator[Finding]:
    for it in found.ended:
        message = f"{it.name}: temporary credentials of another tool, which ended at {moment(it.at, now)}"
        why = "AWS refuses whoever takes them for this name"
        yield Finding(CONFIGURATION, it.file, it.line, message, why, "have new ones made, or remove the section")
    for gone in found.absent:
        more = len(gone.names) - 1
        names = gone.names[0] + (f" and {more} more" if more else "")
        message = f"{names}: credential_process runs {gone.program}, which is not here"
        if gone.beside:  # the AWS CLI and most SDKs take the sso_ keys, before they look at credential_process
            why, mend = "programs in JavaScript run it in place of the sso_ keys, and fail", "remove credential_process"
        else:
            why = "the AWS CLI and the SDKs get no credentials for it"
            mend = "install it, or remove what it has written"
        yield Finding(CONFIGURATION, gone.file, gone.line, message, why, mend)


def _variables(snapshot: Snapshot, now: float) -> Iterator[Finding]:
    for link in chain.of_environment(snapshot.environ, profile_in_use(snapshot), now):
        if link.state == BROKEN or link.mend:
            yield _of_link(link)


def _of_link(link: Link) -> Finding:
    why = "what is switched to or signed in to is not what is used"
    return Finding(VARIABLES, link.where, 0, f"{link.value}: {link.message}", why, link.mend)


def _addresses(snapshot: Snapshot) -> Iterator[Finding]:
    for link in chain.of_endpoints(snapshot, profile_in_use(snapshot)):
        message = link.message if link.state == BROKEN else link.value
        why = "no request is made" if link.state == BROKEN else "tokens and credentials go there, and not to AWS"
        mend = link.mend or "where that is not meant: remove the variable or key that says so"
        yield Finding(ADDRESSES, link.where, 0, message, why, mend)


def _caches(examined: Examined) -> Iterator[Finding]:
    snapshot, manifest = examined.snapshot, examined.manifest
    told = {(problem.file, problem.message) for problem in snapshot.config.problems}
    for problem in snapshot.problems():
        if problem.kind == OTHER_REGION:
            continue  # of the configuration
        if problem.kind == LOOSE and problem.file in examined.loose:
            continue  # with what the mode is
        if (problem.file, problem.message) not in told:
            yield _of_cache(problem)
    leftovers = [item for item in manifest.items if item.path.endswith(".tmp")]
    orphans = [item for item in manifest.of_kind(TOKEN) if not item.session and item not in leftovers]
    for item in leftovers:
        message = f"a temporary file with {item.kind}, left behind by a program that was killed"
        yield _secret_left(item, message, examined.now)
    for item in orphans:
        yield _secret_left(item, f"a token for {item.label}, which no session is for", examined.now)
    stale = [it for it in manifest.of_kind(ROLE) if _is_stale(it, examined.now) and it not in leftovers]
    if len(stale) > MANY:
        count = f"{len(stale)} files of role credentials that ended more than a day ago"
        yield Finding(CACHE, stale[0].path.rpartition("/")[0], 0, count, "they do no harm", command_line("logout"))
    for path in manifest.unreadable:
        message = "it has a name of ours, and cannot be read as what it should be"
        yield Finding(CACHE, path, 0, message, "a sign-out leaves it there", "look at it, and remove it")
    for path in manifest.closed:
        message = "its mode or owner keeps it from you"
        yield Finding(
            CACHE, path, 0, message, "what is in it may be used, and no sign-out reaches it", "change its owner"
        )


def _of_cache(problem: Problem) -> Finding:
    why = "what is in it is not used" if problem.file else "other programs do not see it"
    mends = {OF_TOKEN: "sign in again", LOOSE: "change its mode"}
    mend = mends.get(problem.kind, "it is had anew when it is used")
    return Finding(CACHE, problem.file, 0, problem.message, why, mend)


def _secret_left(item: Item, message: str, now: float) -> Finding:
    ends = item.renewable_until or item.expires_at
    why = "it has ended, and is of no use"
    if ends is not None and ends > now:
        why = f"whoever can read the file can use it until {moment(ends, now)}"
    return Finding(CACHE, item.path, 0, message, why, command_line("logout"))


def _is_stale(item: Item, now: float) -> bool:
    return item.expires_at is not None and item.expires_at < now - LONG_PAST


def _files(examined: Examined) -> Iterator[Finding]:
    for path, mode in examined.loose.items():
        wanted = mode & 0o700
        message = f"its mode is {mode:04o}: other users of this machine can get at it"
        why = "whoever reads it can act as you" if mode & 0o044 else "whoever writes to it decides whom you act as"
        repair = Mode(f"Make it {wanted:04o}?", path, wanted)
        yield Finding(CACHE, path, 0, message, why, command_line("doctor", "--fix"), repair)


def _clock() -> Iterator[Finding]:
    warning = skew_warning()
    if warning:
        yield Finding(
            CLOCK, "", 0, warning, "credentials are called good that are not, or the other way round", "set it"
        )


def _settings(of_ours: Sequence[str]) -> Iterator[Finding]:
    for text in of_ours:
        why = "ssotui does otherwise than the file says"
        yield Finding(SETTINGS, "", 0, text, why, f"correct the file; all settings: {command_line('--print-config')}")


def where_of(found: Finding | Problem) -> str:
    """File and line for people, or the variable."""
    return place(found.file, found.line) if "/" in found.file or found.line else found.file


def repairable(found: Sequence[Finding]) -> list[Finding]:
    """Those that this program can repair."""
    return [finding for finding in found if finding.repair is not None]
