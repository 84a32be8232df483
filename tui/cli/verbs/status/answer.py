"""`ssotui status`: what the caches say, without any network."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from ....aws import clock, model
from ....aws.cache.account_names import AccountNames
from ....aws.config.loading import name_from
from ....aws.errors import SsoError, aws_command, command_line
from ....aws.state.snapshot import Snapshot
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED, SIGN_IN_NEEDED
from ....text import clean
from ....words.durations import until
from ....words.marks import Mark
from ....words.states import CREDENTIALS_STATES, SESSION_STATES
from ...environment import Environment
from ...guard_rails.allowing import mark_of, marks_of
from ...matching import holding
from ...options import UsageError
from ...output import MAKE_ONE, check_read, near, no_profile, show_problems, the_profile, the_session, wrapped
from ...quick.account_shown import account_shown
from ...quick.prompt import print_prompt
from .layout import Table, fitted, painted
from .tables import PLAIN_SIGNS, SIGNS, ProfileStatus, profile_forms, session_forms

STATES = frozenset((*SESSION_STATES, *CREDENTIALS_STATES))
"""Words that choose profiles by their states."""


def status(options: Namespace, here: Environment) -> int:
    """Print all, or answer for what is named by the exit code: 0 signed in (or renewable), 3 not."""
    words = [name_from(word) for word in options.words]
    if options.prompt:
        if words or options.profile is not None or options.session is not None or options.json or options.all:
            raise UsageError("--prompt tells of AWS_PROFILE, in one line of text: it goes alone")
        print_prompt(here)
        return DONE
    if words and options.profile is not None and words != [options.profile]:
        raise UsageError(f"Two profiles are named: {' '.join(words)} and {options.profile}")
    store = Store(here.environ, names=AccountNames())
    snapshot = store.look(store.config.profiles.values())  # it waits for files that are being written
    name = options.profile
    if len(words) == 1 and options.session is None and words[0] in snapshot.config.all_names:
        name = words[0]
    if name is not None:
        return _one(here, snapshot, name, options.json)
    session = the_session(snapshot, options.session) if options.session is not None else None
    named = bool(words) or session is not None
    profiles = _chosen(snapshot, words, session, here.now())
    if options.json:
        here.show_json(as_json(snapshot, here.now(), profiles, session) if named else as_json(snapshot, here.now()))
    else:
        _print(here, snapshot, profiles, session, bool(words), options.all)
        if not named:
            show_problems(here, snapshot)
    return _answer(snapshot, profiles, session, here.now()) if named else DONE


def _chosen(snapshot: Snapshot, words: Sequence[str], session: model.Session | None, now: float) -> list[model.Profile]:
    """The profiles with all words, or in the states that words are, of the session. Raises SsoError when words leave
    none."""

    def states_of(profile: model.Profile) -> tuple[str, ...]:
        if profile.problems or profile.clock_key is None:
            return ()
        return snapshot.session_clock(profile.clock_key, now)[0], snapshot.credentials_clock(profile.name, now)[0]

    found = holding(snapshot.config, " ".join(words), states_of)
    if session is not None:
        found = [profile for profile in found if profile.session == session.key]
    if words and not found:
        check_read(snapshot, f"any profile with {' '.join(words)}")
        if session is not None:
            raise SsoError(f"No profile of session {session.key} has {' '.join(words)} in it", "see: ssotui status")
        if not STATES.isdisjoint(word.casefold().removeprefix("!") for word in words):
            raise SsoError(f"No profile is like that now: {' '.join(words)}", "see: ssotui status --all")
        if len(words) == 1:
            raise no_profile(snapshot.config, words[0])
        raise SsoError(
            f"No profile has all of these in it: {' '.join(words)}", near(" ".join(words), snapshot.config.all_names)
        )
    return found


def _answer(snapshot: Snapshot, profiles: Sequence[model.Profile], session: model.Session | None, now: float) -> int:
    """The exit code for several: 0 when all that can be used are signed in, or the session is."""
    if session is not None:
        return DONE if snapshot.usable(session.key, now) else SIGN_IN_NEEDED
    keys = {profile.clock_key for profile in profiles if not profile.problems}
    if not keys:
        return FAILED
    return DONE if all(key is not None and snapshot.usable(key, now) for key in keys) else SIGN_IN_NEEDED


def as_json(
    snapshot: Snapshot,
    now: float,
    chosen: Sequence[model.Profile] | None = None,
    session: model.Session | None = None,
) -> dict[str, Any]:
    """Everything that is known, in the documented form; or only the `chosen` profiles and their sessions."""
    wanted = _sessions(snapshot, chosen, session)
    sessions = [
        {
            "name": session.key,
            "kind": session.kind,
            "start_url": session.start_url,
            "region": session.region,
            **_clock(*snapshot.session_clock(session.key, now)),
            "refreshable": snapshot.refreshable(session, now),
            "profiles": session.profile_count,
        }
        for session in wanted
    ]
    listed = list(snapshot.config.profiles.values()) if chosen is None else chosen
    marks = marks_of(listed)
    profiles = [profile_json(snapshot, profile, now, marks.get(profile.name)) for profile in listed]
    problems = [
        {"file": problem.file, "line": problem.line, "message": problem.message} for problem in snapshot.problems()
    ]
    return {"sessions": sessions, "profiles": profiles, "problems": problems}


def profile_json(snapshot: Snapshot, profile: model.Profile, now: float, mark: Mark | None = None) -> dict[str, Any]:
    """One profile in the documented form. `mark`: the label that a guard rule gives it."""
    session = profile.session if profile.session in snapshot.config.sessions else None
    key = profile.clock_key if session is not None or profile.login_session else None
    state, expires_at = snapshot.session_clock(key, now) if key is not None else (model.SIGNED_OUT, None)
    return {
        "name": profile.name,
        "session": session,
        "account_id": profile.account_id or None,
        "account_name": profile.account_name or None,
        "role_name": profile.role_name or None,
        "region": profile.region or None,
        "label": mark.label if mark is not None else None,
        "active": profile.name == snapshot.active_profile,
        **_clock(state, expires_at),
        "credentials": _clock(*snapshot.credentials_clock(profile.name, now)),
        "problems": profile.problems,
    }


def _clock(state: str, expires_at: int | None) -> dict[str, str | None]:
    return {"state": state, "expires_at": clock.iso(expires_at) if expires_at is not None else None}


def _one(here: Environment, snapshot: Snapshot, name: str, as_object: bool) -> int:
    profile = the_profile(snapshot, name)
    key = profile.clock_key
    state, expires_at = snapshot.session_clock(key, here.now()) if key is not None else ("", None)
    usable = not profile.problems and key is not None and snapshot.usable(key, here.now())
    if as_object:
        here.show_json(profile_json(snapshot, profile, here.now(), mark_of(profile)))
    elif profile.problems:
        here.say(f"{clean(name)}: {clean(profile.problems[0])}")
    else:
        word, ends = snapshot.credentials_clock(name, here.now())
        source = "aws login" if profile.login_session else f"session {clean(profile.session or '-')}"
        session_text = f"{source} {state or 'unknown'}{_until(expires_at, here.now())}"
        mark = mark_of(profile)
        label = f" {mark.text}" if mark is not None else ""
        here.show(f"{clean(name)}{label}: {session_text}, role credentials {word}{_until(ends, here.now())}")
    reason = snapshot.why_no_token(profile.session) if profile.session is not None else ""
    if reason:
        here.say(f"! {clean(profile.session or '')}: {clean(reason, 1000)}")
    if profile.login_session and not usable and not profile.problems:
        here.say(f"run: {clean(aws_command('login', name))}")
    if profile.problems:
        return FAILED
    return DONE if usable else SIGN_IN_NEEDED


def _until(expires_at: int | None, now: float) -> str:
    return f" ({until(expires_at, now)} left)" if expires_at is not None and expires_at > now else ""


def _sessions(
    snapshot: Snapshot, chosen: Sequence[model.Profile] | None, session: model.Session | None
) -> list[model.Session]:
    """The session that was named, those of the chosen profiles, or all."""
    every = snapshot.config.sessions
    if session is not None:
        return [session]
    keys = {profile.session for profile in chosen} if chosen is not None else set(every)
    return [each for key, each in every.items() if key in keys]


def _print(
    here: Environment,
    snapshot: Snapshot,
    profiles: list[model.Profile],
    session: model.Session | None,
    by_words: bool,
    everything: bool,
) -> None:
    config, now = snapshot.config, here.now()
    if not config.profiles and not config.sessions:
        if config.why_unread():
            here.say("No SSO profiles, because the configuration cannot be read")
        else:
            here.say(f"No SSO profiles in {clean(config.config_file)}; {MAKE_ONE}")
        return
    sessions = _sessions(snapshot, profiles if by_words else None, session)
    if sessions:
        _show(here, session_forms([(each, snapshot.session_clock(each.key, now)) for each in sessions], now))
    marks = marks_of(profiles)
    shown = [_shown(snapshot, profile, now, marks.get(profile.name)) for profile in profiles]
    if not (everything or by_words):
        shown = [each for each in shown if _says_something(each)]
    if shown:
        if sessions:
            here.show()
        _show(here, profile_forms(shown, now, account_shown()))
    _tell_what_is_left_out(
        here, len(profiles) - len(shown), 0 if by_words or session else config.other_profiles, session
    )


def _shown(snapshot: Snapshot, profile: model.Profile, now: float, mark: Mark | None) -> ProfileStatus:
    key = profile.clock_key
    return ProfileStatus(
        profile,
        snapshot.session_of(profile),
        profile.name == snapshot.active_profile,
        snapshot.session_clock(key, now) if key is not None else ("", None),
        snapshot.credentials_clock(profile.name, now),
        mark,
    )


def _says_something(shown: ProfileStatus) -> bool:
    """Whether a profile has more to say than its session does."""
    return shown.active or bool(shown.profile.problems) or shown.credentials[0] in (model.VALID, model.EXPIRING)


def _tell_what_is_left_out(here: Environment, quiet: int, others: int, session: model.Session | None) -> None:
    if quiet or others:
        here.show()
    if quiet:
        command = "ssotui status --all"
        if session is not None:
            command = clean(command_line("status", "--all", "--session", name=session.key), 400)
        what = "profile" if quiet == 1 else "profiles"
        for line in wrapped(f"{quiet} more {what} with nothing to tell; to see all: {command}", here.width):
            here.show(line)
    if others:
        here.show(f"{others} profile{'s' if others != 1 else ''} without SSO")


def _show(here: Environment, forms: Iterable[Table]) -> None:
    """Print the form of a table that fits the terminal, in colours if it has some."""
    coloured, symbols = here.has_colours, here.can_show(SIGNS)
    for line in fitted(forms, here.width):
        text = painted(line, coloured)
        here.show(text if symbols else text.translate(PLAIN_SIGNS))
