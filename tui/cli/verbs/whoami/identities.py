"""Who a profile is, or many are."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence

from ....aws.cache.account_names import AccountNames
from ....aws.config.loading import name_from
from ....aws.errors import SsoError
from ....aws.model import Profile
from ....aws.role.caller_identity import get_identity
from ....aws.role.callers import FINE, NOT_SIGNED_IN, Caller, Callers, as_csv, caller_of
from ....aws.role.callers import REFUSED as REFUSED_ROLE
from ....aws.role.fleet import Fleet
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED, REFUSED, SIGN_IN_NEEDED, USAGE
from ....text import clean
from ....words.account import account, apart
from ....words.states import BAD
from ...environment import Environment
from ...matching import named_or_holding
from ...obtaining import saying_what_helps, sign_in_command, the_one
from ...options import UsageError
from ...output import check_read, the_profile, warn
from ...quick.account_shown import account_shown
from ..status.layout import Cell, Table, TableRow, fitted, painted
from ..status.tables import LONGEST_NAME

_TELL_EVERY = 0.2


def whoami(options: Namespace, here: Environment) -> int:
    """Print the caller identity of one profile or of many. Returns the exit code."""
    words: list[str] = options.words
    store = Store(here.environ, AccountNames())
    if options.role is not None:
        return _of_one(options, here, store, the_one(store.snapshot, options))
    named: str | None = options.__dict__.get("profile")
    if named is not None and [name_from(word) for word in words] not in ([], [named]):
        raise UsageError(f"Two profiles are named: {' '.join(words)} and {named}")
    if named is None and len(words) == 1 and _is_one(store, words[0]):
        named = name_from(words[0])
    if named is not None or not words:
        return _of_one(options, here, store, the_profile(store.snapshot, named))
    found = named_or_holding(store.config, words)
    if not found:
        check_read(store.snapshot, "any profile")
        raise SsoError(
            f"No profile has what was asked for: {' '.join(words)}", "to see them all: ssotui status --all", USAGE
        )
    return _of_many(options, here, store, found)


def _is_one(store: Store, word: str) -> bool:
    """Whether a word is the name of a profile, or nothing else at all."""
    return name_from(word) in store.config.all_names or not named_or_holding(store.config, [word])


def _of_one(options: Namespace, here: Environment, store: Store, profile: Profile) -> int:
    with saying_what_helps(store, profile):
        identity = get_identity(store, profile)
    if options.csv:
        here.write(as_csv([caller_of(store, profile, identity)]))
    elif options.json:
        here.show_json(identity.as_json(), indent=4)
    else:
        name = store.config.account_name(identity.account, profile)
        said = identity.as_json() | {"Account": account(identity.account, name, account_shown())}
        for key, value in said.items():
            here.show(f"{key:8} {clean(value)}")
    if identity.warning:
        here.say(f"! {clean(identity.warning)}")
    warn(here, store.snapshot)
    return DONE


def _of_many(options: Namespace, here: Environment, store: Store, profiles: Sequence[Profile]) -> int:
    callers = Callers(store, profiles)
    _ask(here, callers.fleet)
    found = callers.answers()
    if options.csv:
        here.write(as_csv(found))
    elif options.json:
        here.show_json([caller.record() for caller in found])
    else:
        for line in fitted(_forms(found, account_shown()), here.width):
            here.show(painted(line, here.has_colours))
    wrong = [caller for caller in found if caller.state != FINE]
    if wrong:
        counts = {state: sum(it.state == state for it in found) for state in dict.fromkeys(it.state for it in wrong)}
        said = ", ".join(f"{count} {state}" for state, count in counts.items())
        here.say(f"{len(found) - len(wrong)} of {len(found)} are who they should be; {said}")
    for command in dict.fromkeys(sign_in_command(it.profile) for it in wrong if it.state == NOT_SIGNED_IN):
        here.say(f"to sign in: {clean(command)}")
    warn(here, store.snapshot)
    states = {caller.state for caller in found}
    if states == {FINE}:
        return DONE
    return {frozenset({NOT_SIGNED_IN}): SIGN_IN_NEEDED, frozenset({REFUSED_ROLE}): REFUSED}.get(
        frozenset(states), FAILED
    )


def _ask(here: Environment, fleet: Fleet) -> None:
    """Ask for all, with progress on a terminal. Ctrl+C ends it at once."""
    cancelled, ended = threading.Event(), threading.Event()

    def tell() -> None:
        while not ended.wait(_TELL_EVERY):
            wait = "; AWS asks to slow down" if fleet.pace.pause() >= 1 else ""
            here.progress(f"Asking AWS who they are: {fleet.done} of {fleet.total}{wait}")

    teller = threading.Thread(target=tell, daemon=True, name="ssotui-progress")
    teller.start()
    try:
        fleet.run(cancelled)
    finally:
        cancelled.set()
        ended.set()
        teller.join()
        here.progress("")


def _forms(callers: Sequence[Caller], shown: str) -> Iterator[Table]:
    """What gives way first where there is little room: the role where the profile's name holds it, the user, the name
    of the account beside its number, the account where the profile's name holds it, then role and account
    altogether."""
    yield _table(callers, shown)
    yield _table(callers, shown, held=False)
    yield _table(callers, shown, held=False, users=False)
    yield _table(callers, shown, held=False, users=False, names=False)
    yield _table(callers, shown, held=False, users=False, names=False, held_accounts=False)
    yield _table(callers, shown, held=False, users=False, names=False, held_accounts=False, rest=False)


def _table(
    callers: Sequence[Caller],
    shown: str,
    *,
    held: bool = True,
    users: bool = True,
    names: bool = True,
    held_accounts: bool = True,
    rest: bool = True,
) -> Table:
    rows = []
    for caller in callers:
        name, identity = clean(caller.profile.name), caller.identity
        if identity is None or caller.state != FINE:
            rows.append(TableRow(Cell(name), (), Cell(f"! {caller.state}: {clean(caller.problem, 1000)}", BAD)))
            continue
        called, number = (clean(text, LONGEST_NAME) for text in apart(identity.account, caller.account_name, shown))
        role = clean(caller.role)
        cells = (
            called if names or (rest and not number) else "",
            number if rest and (held_accounts or number not in name) else "",
            role if rest and (held or role.lower() not in name.lower()) else "",
            clean(identity.session_name) if users else "",
            f"{identity.latency * 1000:.0f}",
        )
        rows.append(TableRow(Cell(name), tuple(map(Cell, cells)), below=f"{called or number}  {role}"))
    return Table(("PROFILE", "ACCOUNT NAME", "ACCOUNT", "ROLE", "USER", "MS"), rows, frozenset({4}))
