"""`ssotui logout`: remove what is cached, end the sessions at AWS, and say what became of each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from ....aws import clock
from ....aws.cache.account_names import AccountNames
from ....aws.requests import clients
from ....aws.session.manifest import logins_left
from ....aws.session.signing_out import TOKEN, Item, Manifest, Outcome, SignOutResult, begin, make_manifest, sign_out
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....moments import moment
from ....shell.formats import unset_lines
from ....text import clean
from ....words.account import NAME, parts
from ....words.states import BAD, SOON
from ...environment import Environment
from ...options import UsageError
from ...output import the_session
from ...quick.account_shown import account_shown
from ..status.layout import Cell, Table, TableRow, fitted, painted


def logout(options: Namespace, here: Environment) -> int:
    """Sign out of one session or of everything. Returns 0 when all is gone here and AWS knows, else 1."""
    store = Store(here.environ, AccountNames())
    if store.config.why_unread():
        here.say(f"! {clean(store.config.why_unread(), 1000)}")
    scope = the_session(store.snapshot, options.session).key if options.session is not None else None
    manifest = make_manifest(store.look(), scope)
    if not options.yes and not _agreed(here, manifest):
        here.say("Nothing was removed.")
        return FAILED
    job = begin(manifest)
    # Not in this thread, which Ctrl+C interrupts: a token whose file is gone, and of which AWS knows nothing.
    result = clients.call(lambda: sign_out(store, manifest, job), limit=float("inf"))
    if options.json:
        here.show_json(as_json(manifest, result))
    else:
        if result.outcomes:
            for line in fitted(_done(result.outcomes, account_shown(), here.now()), here.width):
                here.show(painted(line, here.has_colours))
        if not result.outcomes and not result.closed:
            here.say(
                "Nothing was signed in." if not manifest.logins else "Nothing was signed in with IAM Identity Center."
            )
    _notes(here, manifest, result)
    job.done()
    return DONE if result.ok and result.server_told else FAILED


def as_json(manifest: Manifest, result: SignOutResult) -> dict[str, object]:
    """The result for machines; no secrets."""
    return {
        "scope": manifest.scope,
        "items": [
            {
                "kind": outcome.item.kind,
                "session": outcome.item.session or None,
                "label": outcome.item.label,
                "path": outcome.item.path or None,
                "removed": outcome.removed,
                "problem": outcome.problem or None,
                "server": outcome.told(clock.iso) or None,
            }
            for outcome in result.outcomes
        ],
        "left": [item.path for item in result.left],
        "not_looked_into": result.closed,
        "kept_foreign_files": manifest.kept,
        "aws_login_profiles": manifest.logins,
        "credentials_alive_until": _iso(result.alive_until),
        "sessions_alive_until": _iso(result.sessions_alive_until),
        "sessions_renewable_until": _iso(result.sessions_renewable_until),
        "ok": result.ok and result.server_told,
    }


def _iso(moment: int | None) -> str | None:
    return clock.iso(moment) if moment is not None else None


def _agreed(here: Environment, manifest: Manifest) -> bool:
    if not here.can_ask:
        raise UsageError("Signing out asks first, and standard input is not a terminal: add --yes")
    if not manifest.items:
        return True
    for line in fitted(_asked(manifest.items, account_shown()), here.width):
        here.say(painted(line, False))
    count, tokens = len(manifest.items), len(manifest.of_kind(TOKEN))
    what = f"these {count} files" if count > 1 else "this file"
    ended = f" and end the session{'s' if tokens > 1 else ''} at AWS" if tokens else ""
    return here.confirmed(f"Remove {what}{ended}?")


def _account(item: Item, shown: str) -> str:
    """What is said of an item's account, where its label does not say it."""
    return clean(" ".join(parts(item.account_id, item.account_name, shown, item.label)))


def _asked(items: Sequence[Item], shown: str) -> Iterator[Table]:
    """What would go. The numbers of accounts give way first where there is little room, then accounts altogether, then
    sessions."""
    for said, accounts, sessions in _FORMS:
        rows = [TableRow(Cell(clean(it.label)), _cells(it, said or shown, accounts, sessions)) for it in items]
        yield Table(("FOR", "WHAT", "SESSION", "ACCOUNT"), rows)


def _done(outcomes: Sequence[Outcome], shown: str, now: float) -> Iterator[Table]:
    """What became of the items. What did not go well has the line to itself, behind the name."""

    def told(outcome: Outcome) -> str:
        return clean(outcome.told(lambda at: moment(at, now)), 400)

    def row(outcome: Outcome, cells: tuple[Cell, ...]) -> TableRow:
        item, name = outcome.item, Cell(clean(outcome.item.label))
        if not outcome.removed:
            why = f"{clean(item.path)}: {clean(outcome.problem)}"
            return TableRow(name, (), Cell(f"! {item.kind} NOT removed: {why}", BAD))
        if outcome.untold:
            return TableRow(name, (), Cell(f"! {item.kind} {_went(outcome)}; {told(outcome)}", SOON))
        return TableRow(name, (*cells, Cell(_went(outcome)), Cell(told(outcome) if outcome.server else "")))

    for said, accounts, sessions in _FORMS:
        rows = [row(it, _cells(it.item, said or shown, accounts, sessions)) for it in outcomes]
        yield Table(("FOR", "WHAT", "SESSION", "ACCOUNT", "HERE", "AT AWS"), rows)


_FORMS = (("", True, True), (NAME, True, True), (NAME, False, True), (NAME, False, False))
"""What is said of accounts ("" for what the settings say), whether it is, and whether sessions are named: the forms of
both tables, from the one that tells most to the one that needs least room."""


def _cells(item: Item, shown: str, accounts: bool, sessions: bool) -> tuple[Cell, ...]:
    session = (clean(item.session) or "-") if sessions else ""
    return Cell(item.kind), Cell(session), Cell(_account(item, shown) if accounts else "")


def _went(outcome: Outcome) -> str:
    return "emptied" if outcome.emptied else "removed"


def _notes(here: Environment, manifest: Manifest, result: SignOutResult) -> None:
    for item in result.left:
        here.say(f"! a new {item.kind} appeared meanwhile: {clean(item.path)}")
    for path in result.closed:
        here.say(f"! this cannot be looked into, so what is there stays: {clean(path)}")
    for path in manifest.unreadable:
        here.say(f"! kept, because it cannot be read: {clean(path)}")
    if manifest.logins:
        here.say(clean(logins_left(manifest), 1000))
    if not result.outcomes:
        return  # nothing was had, so nothing of it lives on
    if result.alive_until is not None:
        here.say(f"Role credentials that were issued stay valid at AWS until {moment(result.alive_until, here.now())}.")
    here.say("The browser stays signed in. A shell that exported credentials still has them; to unset:")
    here.say(f"  {unset_lines('bash').strip()}")
