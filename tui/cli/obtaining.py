"""Whose credentials a command is to use, and getting them for one that hands them on and never asks anything."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from ..aws.errors import AwsLoginNeeded, SsoError, aws_command, command_line
from ..aws.model import Profile, RoleCredentials
from ..aws.role.credentials import get_credentials
from ..aws.role.unlisted import account_meant, unlisted_profile
from ..aws.state.snapshot import Snapshot
from ..aws.state.store import Store
from ..exit_codes import REFUSED, SIGN_IN_NEEDED
from ..text import clean
from .environment import Environment
from .options import UsageError
from .output import check_read, the_profile, the_session

SOME = 5
"""Roles that are named in place of one that is not offered."""


def asked_for(here: Environment, options: Namespace) -> tuple[Store, Profile]:
    """What is known, and the profile that the options name; or what stands for one, where they name a role. Raises
    SsoError, UsageError."""
    store = Store(here.environ)
    return store, the_one(store.snapshot, options)


def the_one(snapshot: Snapshot, options: Namespace) -> Profile:
    """The profile that the options name, or what stands for one. Raises SsoError, UsageError."""
    if options.role is None:
        return the_profile(snapshot, options.profile)
    sessions = snapshot.config.sessions
    if options.session is None and len(sessions) != 1:
        check_read(snapshot, "any session")
        if not sessions:
            raise SsoError("There is no session", "to make one, run: ssotui sessions add")
        raise UsageError(f"Which session? --session with one of: {', '.join(map(clean, sessions))}")
    session = the_session(snapshot, options.session) if options.session is not None else next(iter(sessions.values()))
    account_id, name = account_meant(snapshot, session, options.account)
    return unlisted_profile(session, account_id, options.role, name)


def role_credentials(store: Store, profile: Profile, agent: bool = False) -> RoleCredentials:
    """Role credentials of `profile`, cached or fresh. Raises SsoError as `get_credentials` does; when the user has to
    sign in it says so in one line, with the command to run: an SDK shows only the first, and an `agent` is told that it
    is not its own command."""
    try:
        with saying_what_helps(store, profile):
            return get_credentials(store, profile)
    except SsoError as error:
        if error.exit_code != SIGN_IN_NEEDED:
            raise
        by_whom = "a person has to " if agent else ""
        title, code = f"{error.title}; {by_whom}{error.hint}", error.code
    raise SsoError(title, "", SIGN_IN_NEEDED, code)


@contextmanager
def saying_what_helps(store: Store, profile: Profile) -> Iterator[None]:
    """When the user has to sign in: say the command for it, with the profile's name. When a role without a profile is
    refused: say what was offered when the accounts were listed."""
    try:
        yield
    except SsoError as error:
        if error.exit_code == SIGN_IN_NEEDED and not isinstance(error, AwsLoginNeeded):
            command = sign_in_command(profile) if profile.unlisted else command_line("login", name=profile.name)
            error.hint = f"run: {command}"
        elif error.exit_code == REFUSED and profile.unlisted:
            error.hint = what_is_offered(store, profile) or error.hint
        raise


def sign_in_command(profile: Profile) -> str:
    """What signs in to what the profile needs."""
    if profile.login_session:
        return aws_command("login", profile.name)
    return command_line("login", "--session", name=profile.session or "")


def command_for(verb: str, profile: Profile, *options: str) -> str:
    """A command of this program for a profile, or for the role that stands for one."""
    if not profile.unlisted:
        return command_line(verb, *options, name=profile.name)
    from shlex import join

    named = (("session", profile.session or ""), ("account", profile.account_id), ("role", profile.role_name))
    words = [f"--{key}={it}" if it.startswith("-") else f"--{key} {join([it])}" for key, it in named]
    return " ".join([join(["ssotui", verb, *options]), *words])


def what_is_offered(store: Store, profile: Profile) -> str:
    """What the last listing of the accounts says of a role that AWS refuses; "" when it says nothing."""
    from ..aws import clock
    from ..aws.cache import account_list
    from ..moments import since

    session = store.snapshot.session_of(profile)
    known = account_list.load(session) if session is not None else account_list.AccountList()
    if session is None or not known.accounts_at:
        return ""
    account, when = known.accounts.get(profile.account_id), since(clock.now() - known.accounts_at)
    anew = f"to list them anew, run: {command_line('accounts', '--fresh', '--session', name=session.key)}"
    if account is None:
        return f"it was not among the accounts of session {session.key} when they were listed ({when}); {anew}"
    if account.roles is None:
        return ""
    if profile.role_name in account.roles:
        return f"it was offered when the accounts were listed ({when}), and has been taken away since; {anew}"
    some = ", ".join(account.roles[:SOME]) + (" and others" if len(account.roles) > SOME else "")
    return f"what was offered there when the accounts were listed ({when}): {some or 'no role'}"
