"""`ssotui status`: what the caches say, without any network."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from ....aws import clock, model
from ....aws.errors import aws_command
from ....aws.state.inventory import Inventory
from ....exit_codes import DONE, FAILED, SIGN_IN_NEEDED
from ....text import clean
from ....widgets.rows import session_label, session_text
from ....words.durations import until
from ....words.states import credentials_left, session_left
from ...main import UsageError
from ...output import say, show, show_json, show_problems, table, the_profile
from ...prompt import print_prompt


def status(options: Namespace) -> int:
    """Print all, or answer for one profile by the exit code: 0 signed in (or renewable), 3 not."""
    if options.prompt:
        if options.profile is not None or options.json:
            raise UsageError("--prompt tells of AWS_PROFILE, in one line of text: it goes alone")
        print_prompt()
        return DONE
    inventory = Inventory()
    inventory.poll(inventory.config.profiles.values())  # it waits for files that are being written
    if options.profile is not None:
        return _one(inventory, options.profile, options.json)
    if options.json:
        show_json(as_json(inventory))
        return DONE
    _print_all(inventory)
    show_problems(inventory)
    return DONE


def as_json(inventory: Inventory) -> dict[str, Any]:
    """Everything that is known, in the documented form."""
    sessions = [
        {
            "name": session.key,
            "kind": session.kind,
            "start_url": session.start_url,
            "region": session.region,
            **_clock(*inventory.session_clock(session.key)),
            "refreshable": inventory.refreshable(session),
            "profiles": session.profile_count,
        }
        for session in inventory.config.sessions.values()
    ]
    profiles = [profile_json(inventory, profile) for profile in inventory.config.profiles.values()]
    problems = [
        {"file": problem.file, "line": problem.line, "message": problem.message} for problem in inventory.problems()
    ]
    return {"sessions": sessions, "profiles": profiles, "problems": problems}


def profile_json(inventory: Inventory, profile: model.Profile) -> dict[str, Any]:
    """One profile in the documented form."""
    session = profile.session if profile.session in inventory.config.sessions else None
    key = profile.clock_key if session is not None or profile.login_session else None
    state, expires_at = inventory.session_clock(key) if key is not None else (model.SIGNED_OUT, None)
    return {
        "name": profile.name,
        "session": session,
        "account_id": profile.account_id or None,
        "role_name": profile.role_name or None,
        "region": profile.region or None,
        "active": profile.name == inventory.active_profile,
        **_clock(state, expires_at),
        "credentials": _clock(*inventory.credentials_clock(profile.name)),
        "problems": profile.problems,
    }


def _clock(state: str, expires_at: int | None) -> dict[str, str | None]:
    return {"state": state, "expires_at": clock.iso(expires_at) if expires_at is not None else None}


def _one(inventory: Inventory, name: str, as_object: bool) -> int:
    profile = the_profile(inventory, name)
    key = profile.clock_key
    state, expires_at = inventory.session_clock(key) if key is not None else ("", None)
    usable = not profile.problems and key is not None and inventory.usable(key)
    if as_object:
        show_json(profile_json(inventory, profile))
    elif profile.problems:
        say(f"{clean(name)}: {clean(profile.problems[0])}")
    else:
        word, ends = inventory.credentials_clock(name)
        source = "aws login" if profile.login_session else f"session {clean(profile.session or '-')}"
        show(f"{clean(name)}: {source} {state or 'unknown'}{_until(expires_at)}, role credentials {word}{_until(ends)}")
    reason = inventory.why_no_token(profile.session) if profile.session is not None else ""
    if reason:
        say(f"! {clean(profile.session or '')}: {clean(reason, 1000)}")
    if profile.login_session and not usable and not profile.problems:
        say(f"run: {clean(aws_command('login', name))}")
    if profile.problems:
        return FAILED
    return DONE if usable else SIGN_IN_NEEDED


def _until(expires_at: int | None) -> str:
    now = clock.now()
    return f" ({until(expires_at, now)} left)" if expires_at is not None and expires_at > now else ""


def _print_all(inventory: Inventory) -> None:
    now = clock.now()
    rows = []
    for session in inventory.config.sessions.values():
        state, expires_at = inventory.session_clock(session.key)
        left = session_left(state, expires_at, now)
        rows.append([session_label(session), state, left, clean(session.start_url), str(session.profile_count)])
    if not inventory.config.profiles and not rows:
        if inventory.config.why_unread():
            say("No SSO profiles, because the configuration cannot be read")
        else:
            say(f"No SSO profiles in {clean(inventory.config.config_file)}; to make one, run: aws configure sso")
        return
    show(table(["SESSION", "STATE", "LEFT", "START URL", "PROFILES"], rows, right=(2, 4)))
    show()
    lines = []
    for profile in inventory.config.profiles.values():
        key = profile.clock_key
        state, expires_at = inventory.session_clock(key) if key is not None else ("", None)
        word, ends = inventory.credentials_clock(profile.name)
        mark = "*" if profile.name == inventory.active_profile else ""
        session_name = session_text(profile, inventory.session_of(profile))
        cells = [mark, *map(clean, (profile.name, profile.account_id, profile.role_name, session_name))]
        if profile.problems:
            lines.append([*cells, f"! {clean(profile.problems[0])}", "", "", ""])
        else:
            left = session_left(state, expires_at, now)
            lines.append([*cells, state, left, word, credentials_left(word, ends, now)])
    header = ["", "PROFILE", "ACCOUNT", "ROLE", "SESSION", "STATE", "LEFT", "CREDENTIALS", "LEFT"]
    show(table(header, lines, right=(6, 8)))
    others = inventory.config.other_profiles
    if others:
        show(f"\n{others} profile{'s' if others != 1 else ''} without SSO")
