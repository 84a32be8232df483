"""`ssotui logout`: remove what is cached, end the sessions at AWS, and say what became of each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from ....aws import clock
from ....aws.cache.account_names import AccountNames
from ....aws.requests import clients
from ....aws.session.manifest import logins_left
from ....aws.session.signing_out import TOKEN, Item, Manifest, Outcome, Result, begin, make_manifest, sign_out
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....moments import absolute
from ....shell.formats import unset_lines
from ....text import clean
from ....words.account import parts
from ...environment import Environment
from ...options import UsageError
from ...output import aligned, table, the_session
from ...quick.account_shown import account_shown


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
            here.show(_lines(result.outcomes))
        if not result.outcomes and not result.closed:
            here.say(
                "Nothing was signed in." if not manifest.logins else "Nothing was signed in with IAM Identity Center."
            )
    _notes(here, manifest, result)
    job.done()
    return DONE if result.ok and result.server_told else FAILED


def as_json(manifest: Manifest, result: Result) -> dict[str, object]:
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
    shown = account_shown()
    rows = [[it.kind, clean(it.session) or "-", clean(it.label), _account(it, shown)] for it in manifest.items]
    here.say(table(["WHAT", "SESSION", "FOR", "ACCOUNT" if any(row[3] for row in rows) else ""], rows))
    count, tokens = len(manifest.items), len(manifest.of_kind(TOKEN))
    what = f"these {count} files" if count > 1 else "this file"
    ended = f" and end the session{'s' if tokens > 1 else ''} at AWS" if tokens else ""
    return here.confirmed(f"Remove {what}{ended}?")


def _account(item: Item, shown: str) -> str:
    """What is said of an item's account, where its label does not say it."""
    return clean(" ".join(parts(item.account_id, item.account_name, shown, item.label)))


def _lines(outcomes: Sequence[Outcome]) -> str:
    """What became of the items, a line each."""
    rows, shown = [], account_shown()
    for outcome in outcomes:
        item = outcome.item
        done = ("emptied" if outcome.emptied else "removed") if outcome.removed else "FAILED"
        told = clean(outcome.told(absolute), 400) if outcome.server else ""
        if not outcome.removed:
            told = f"{clean(item.path)}: {clean(outcome.problem)}"
        rows.append([done, item.kind, clean(item.session) or "-", clean(item.label), _account(item, shown), told])
    return aligned(rows)


def _notes(here: Environment, manifest: Manifest, result: Result) -> None:
    for item in result.left:
        here.say(f"! a new {item.kind} appeared meanwhile: {clean(item.path)}")
    for path in result.closed:
        here.say(f"! this cannot be looked into, so what is there stays: {clean(path)}")
    for path in manifest.unreadable:
        here.say(f"! kept, because it cannot be read: {clean(path)}")
    if manifest.logins:
        here.say(clean(logins_left(manifest), 1000))
    if result.alive_until is not None:
        here.say(f"Role credentials that were issued stay valid at AWS until {absolute(result.alive_until)}.")
    here.say("The browser stays signed in. A shell that exported credentials still has them; to unset:")
    here.say(f"  {unset_lines('bash').strip()}")
