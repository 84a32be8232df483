"""`ssotui each [WORDS...] -- COMMAND`: choosing, asking, signing in, and then running the command."""

from __future__ import annotations

import os
import shutil
from argparse import Namespace
from collections.abc import Sequence

from .... import settings
from ....aws.cache.account_names import AccountNames
from ....aws.errors import SsoError, command_line
from ....aws.model import Profile
from ....aws.role.credentials import cached_credentials
from ....aws.state.store import Store
from ....desktop.children.outlet import Target
from ....exit_codes import DONE, FAILED, NOT_FOUND, SIGN_IN_NEEDED, USAGE, ended_by
from ....text import clean
from ....words.counts import some
from ...arguments import make_parser
from ...environment import Environment
from ...guard_rails.allowing import allow_each
from ...matching import named_or_holding
from ...obtaining import sign_in_command
from ...options import UsageError
from ...output import check_read, the_session, warn
from .choosing import once_an_account
from .placeholders import has_any
from .telling import NOT_SIGNED_IN, OK, Tally, no_record, profiles
from .together import Together

ASK = 25
"""Profiles above which it is asked whether all of them are meant."""

MOST_JOBS = 64
"""Commands at once: each has two pipes, and systems allow a program some hundred open files."""

MANY = 8
"""Accounts that are named of those that are left out."""

NAMED = 3
"""Profiles that are named beforehand of those that need the same sign-in; at the end all are."""


def each(options: Namespace, here: Environment) -> int:
    """Run the command under all that is meant. Returns the exit code."""
    command = _command(options)
    store = Store(here.environ, AccountNames())
    store.look()
    chosen = _chosen(here, store, options)
    asked = allow_each(here, chosen, options.yes)
    if len(chosen) > ASK and not asked and not options.yes and here.can_ask:
        accounts = len({profile.account_id for profile in chosen})
        question = f"Run it under {profiles(len(chosen))}, in {accounts} account{'s' if accounts != 1 else ''}?"
        if not here.confirmed(question):
            here.say("Nothing was run.")
            return FAILED
    needing = _needing(here, store, chosen)
    if needing and options.login:
        _sign_in(here, needing)
        store = Store(here.environ, AccountNames())
        store.look()
        needing = _needing(here, store, chosen)
    tally = Tally(it.name for it in chosen)
    _leave_out(here, needing, tally, options)
    together = Together(here, store, [it for it in chosen if it not in needing], command, options, tally)
    number = together.run() if len(chosen) > len(needing) else 0
    for line in tally.summary(_width(here)):
        here.say(line)
    warn(here, store.snapshot)
    if number:
        return ended_by(number)
    if len(tally.names[OK]) == tally.total:
        return DONE
    return SIGN_IN_NEEDED if len(tally.names[NOT_SIGNED_IN]) == tally.total else FAILED


def _width(here: Environment) -> int | None:
    """The cells of a line on stderr, None where there is no limit."""
    target = Target(here.stderr, False)
    return target.columns() if target.terminal else None


def _command(options: Namespace) -> list[str]:
    """The words of the command. Raises UsageError, SsoError when there is no such command anywhere."""
    command: list[str] | None = options.command
    if command is None:
        raise UsageError(f"Put -- before the command: {command_line('each', *options.words, '--', 'COMMAND')}")
    if not command:
        raise UsageError("There is no command behind --")
    if not 1 <= options.jobs <= MOST_JOBS:
        raise UsageError(f"--jobs takes a number from 1 to {MOST_JOBS}")
    if os.name != "posix":
        raise SsoError("each runs on Linux and macOS only", "elsewhere: ssotui exec, for one profile after another")
    name = command[0]
    if not has_any(name) and not os.path.exists(name) and not shutil.which(name):
        raise SsoError(f"{name or 'The empty name'}: command not found", "", NOT_FOUND)
    return command


def _chosen(here: Environment, store: Store, options: Namespace) -> list[Profile]:
    """The profiles that are meant, in the order of the files. Raises SsoError when there are none."""
    snapshot = store.snapshot
    query = " ".join(options.words)
    found = named_or_holding(store.config, options.words)
    if options.session is not None:
        session = the_session(snapshot, options.session)
        found = [it for it in found if snapshot.session_of(it) == session]
    if not found:
        check_read(snapshot, "any profile")
        what = f"No profile has what was asked for: {query}" if query else "There is no profile to run it under"
        raise SsoError(what, "to see them all: ssotui status --all", USAGE)
    if not options.account_once and options.roles is None:
        return found
    roles = options.roles.split(",") if options.roles is not None else _roles(here)
    chosen, left_out = once_an_account(found, [role.strip() for role in roles if role.strip()])
    if left_out:
        names = [it.account_id or it.name for it in left_out]
        here.say(
            f"! Left out, because no profile there has one of the roles {clean(','.join(roles))}: {some(names, MANY)}"
        )
    if not chosen:
        raise SsoError(f"No profile has one of the roles {','.join(roles)}", "patterns have stars: *ReadOnly*", USAGE)
    return chosen


def _roles(here: Environment) -> Sequence[str]:
    loaded = settings.load()
    for problem in loaded.problems:
        here.say(f"! {clean(problem, 1000)}")
    return loaded.roles


def _needing(here: Environment, store: Store, chosen: Sequence[Profile]) -> dict[Profile, str]:
    """Those that will have no credentials without the user, each with what signs in. What renews silently will."""
    snapshot, now = store.look(chosen), here.now()
    found = {}
    for profile in chosen:
        key = profile.clock_key
        if profile.problems or key is None:
            continue
        if profile.login_session:
            _, until = snapshot.session_clock(key, now)
            good = until is not None and until > now
        else:
            good = snapshot.usable(key, now) or cached_credentials(store, profile) is not None
        if not good:
            found[profile] = sign_in_command(profile)
    return found


def _sign_in(here: Environment, needing: dict[Profile, str]) -> None:
    """Sign in to each session that a profile needs. What fails is told, and its profiles are left out."""
    from ..login.flow import login

    sessions = dict.fromkeys(it.session for it in needing if it.session and not it.login_session)
    for session in sessions:
        try:
            # --force is not said: what has been signed in meanwhile is good.
            login(make_parser(here, ("login",)).parse_args(["login", f"--session={session}"]), here)
        except SsoError as error:
            here.say(f"! {clean(error.title, 1000)}")


def _leave_out(here: Environment, needing: dict[Profile, str], tally: Tally, options: Namespace) -> None:
    """Name what needs a sign-in, before anything starts."""
    commands: dict[str, list[str]] = {}
    for profile, command in needing.items():
        commands.setdefault(command, []).append(profile.name)
        tally.add(profile.name, NOT_SIGNED_IN)
        if options.json:
            here.write(no_record(profile, f"Sign-in needed; run: {command}"))
    for command, names in commands.items():
        here.say(f"! {profiles(len(names))} not signed in, left out: {some(names, NAMED)}; run: {clean(command)}")
    tally.sign_ins.update(dict.fromkeys(commands))
    here.stdout.flush()
