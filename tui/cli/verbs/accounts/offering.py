"""`ssotui accounts`: lists what the portals offer, paced, and goes on from where it was stopped."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....aws.cache import account_list
from ....aws.cache.account_list import AccountList
from ....aws.config.loading import name_from
from ....aws.errors import SsoError
from ....aws.model import Profile, Session
from ....aws.role.accounts import Listing
from ....aws.role.offered import GONE, NEW, Offer, gone, offers
from ....aws.state.snapshot import Snapshot
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED, SIGN_IN_NEEDED
from ....moments import since
from ....text import LIMIT, clean, place
from ....widgets.fuzzy import haystack
from ....words.counts import counted
from ...environment import Environment
from ...matching import holds
from ...output import check_read, the_session, warn
from ..status.layout import FAINT, STRONG, Cell, Table, TableRow, fitted, painted

LONGEST_NAME = 60
"""Letters of an account's name on a terminal: AWS allows 50."""


class Listed(NamedTuple):
    """What one session offers. `code`: how the listing ended."""

    session: Session
    known: AccountList
    code: int


def list_accounts(options: Namespace, here: Environment) -> int:
    """List the accounts and roles of one session, or of all that can be used. Returns the worst exit code."""
    store = Store(here.environ)
    snapshot = store.look()
    listed = list_sessions(options, here, store)
    query = " ".join(map(name_from, options.words))
    rows: list[dict[str, object]] = []
    for each in listed:
        found = matching(snapshot, each, query)
        lost = gone(snapshot, each.session, each.known)
        lost = [it for it in lost if holds(haystack(it.name, it.account_id, it.role_name), query)]
        if options.json:
            rows += as_json(each, found, lost)
        else:
            _show(here, each, found, len(listed) > 1)
        for profile in lost:
            what = f"{clean(profile.role_name)} in account {clean(profile.account_id)}"
            here.say(f"! {clean(profile.name)}: {clean(each.session.key)} no longer offers {what}")
    if options.json:
        here.show_json(rows)
    warn(here, store.snapshot)
    return max(each.code for each in listed)


def list_sessions(options: Namespace, here: Environment, store: Store) -> list[Listed]:
    """What the session that the options name offers, or all that can be used."""
    snapshot = store.snapshot
    sessions = [the_session(snapshot, options.session)] if options.session is not None else _usable(here, snapshot)
    return [_listed(here, store, session, options.fresh) for session in sessions]


def matching(snapshot: Snapshot, listed: Listed, query: str) -> list[Offer]:
    """The roles of a session that have all words of the query."""
    return [it for it in offers(snapshot, listed.session, listed.known) if holds(_text(it), query)]


def as_json(listed: Listed, found: Iterable[Offer], lost: Iterable[Profile]) -> list[dict[str, object]]:
    """A row for each role, then one for each profile that is gone."""
    names = listed.known.accounts
    rows: list[dict[str, object]] = [
        {
            "session": listed.session.key,
            "account": it.account.account_id,
            "name": it.account.name or None,
            "email": it.account.email or None,
            "role": it.role,
            "profile": next(iter(it.names), None),
            "profiles": list(it.names),
            "state": it.state,
        }
        for it in found
    ]
    for profile in lost:
        account = names.get(profile.account_id)
        rows.append(
            {
                "session": listed.session.key,
                "account": profile.account_id,
                "name": (account.name or None) if account is not None else None,
                "email": (account.email or None) if account is not None else None,
                "role": profile.role_name,
                "profile": profile.name,
                "profiles": [profile.name],
                "state": GONE,
            }
        )
    return rows


def _usable(here: Environment, snapshot: Snapshot) -> list[Session]:
    """The sessions that need no sign-in. Raises SsoError where there is none."""
    known = snapshot.config.sessions
    if not known:
        check_read(snapshot, "any session")
        raise SsoError("There is no session", "to make one, run: ssotui sessions add")
    found = [it for it in known.values() if snapshot.usable(it.key, here.now())]
    if not found and len(known) == 1:
        return list(known.values())
    if not found:
        raise SsoError("No session is signed in", "run: ssotui login --all", SIGN_IN_NEEDED)
    if len(found) < len(known):
        others = [clean(it.key) for it in known.values() if it not in found]
        here.say(f"! not signed in, and not listed: {', '.join(others)}")
    return found


def _listed(here: Environment, store: Store, session: Session, fresh: bool) -> Listed:
    """What the session offers: as it was listed within the hour, else as AWS says now."""
    known, now = account_list.load(session), here.now()
    if known.is_young(now) and not fresh:
        return Listed(session, known, DONE)
    listing = Listing(store, session)
    try:
        known = _run(here, listing)
    except SsoError as error:
        if not listing.known.accounts:
            raise
        here.say(f"! {clean(session.key)}: {clean(error.in_a_line(), 2000)}")
        return Listed(session, listing.known, error.exit_code)
    except KeyboardInterrupt:
        done, total = listing.progress
        if total:
            here.say(
                f"{clean(session.key)}: stopped at {done} of {total} accounts; the next listing goes on from there"
            )
        raise
    finally:
        if listing.unsaved:
            where = clean(place(account_list.path_of(session)), 1000)
            here.say(f"! {where}: {clean(listing.unsaved)}: it will all be asked anew")
    for account, failure in listing.failures:
        here.say(f"! {clean(account.name)} {account.account_id}: {clean(failure.title, 1000)}")
    return Listed(session, known, FAILED if listing.failures else DONE)


def _run(here: Environment, listing: Listing) -> AccountList:
    """Run a listing, with its progress on a terminal. Ctrl+C ends it at once; what is known by then is kept."""
    cancelled, ended = threading.Event(), threading.Event()
    name = clean(listing.session.key)

    def tell() -> None:
        while not ended.wait(0.2):
            done, total = listing.progress
            wait = "; AWS asks to slow down" if listing.pace.pause() else ""
            if total:
                here.progress(f"{name}: {done} of {total} accounts{wait}")

    teller = threading.Thread(target=tell, daemon=True, name="ssotui-progress")
    teller.start()
    try:
        return listing.run(cancelled)
    finally:
        cancelled.set()
        ended.set()
        teller.join()
        here.progress("")


def _text(offer: Offer) -> str:
    account = offer.account
    return haystack(account.name, account.account_id, account.email, offer.role, *offer.names)


def _show(here: Environment, listed: Listed, found: Sequence[Offer], several: bool) -> None:
    """Print what a session offers, and on stderr how much that is and of when."""
    if several and found:
        here.show(clean(listed.session.key))
    if found:
        lines = fitted(_forms(found, LIMIT if here.width is None else LONGEST_NAME), here.width)
        coloured = here.has_colours
        for line in lines:
            here.show(painted(line, coloured))
    known = listed.known
    new = sum(it.state == NEW for it in found)
    accounts = len({it.account.account_id for it in found})
    when = f"listed {since(here.now() - known.accounts_at)}"
    left = len(known.unlisted())
    rest = f"; the roles of {left} of {len(known.accounts)} accounts are still to be listed" if left else ""
    counts = f"{counted(accounts, 'account')}, {counted(len(found), 'role')}, {new} new"
    here.say(f"{clean(listed.session.key)}: {counts}; {when}{rest}")


def _forms(found: Sequence[Offer], longest: int) -> Iterable[Table]:
    for email in (True, False):
        rows = [
            TableRow(
                Cell(clean(it.account.name, longest) or "–"),
                (
                    Cell(it.account.account_id),
                    Cell(clean(it.role)),
                    Cell(", ".join(map(clean, it.names)) or it.state, "" if it.names else STRONG),
                    Cell(clean(it.account.email) if email else "", FAINT),
                ),
            )
            for it in found
        ]
        yield Table(("NAME", "ACCOUNT", "ROLE", "PROFILE", "E-MAIL"), rows)
