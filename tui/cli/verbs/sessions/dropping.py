"""`ssotui sessions remove`: a session goes, with its token and what this program wrote for it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from ....aws.cache import config_edit
from ....aws.cache.config_edit import ConfigFile
from ....aws.config.loading import name_from
from ....aws.config.writing import sections
from ....aws.requests import clients
from ....aws.session.removal import Removal, nothing_goes, plan_removal, remove
from ....aws.session.signing_out import TOKEN, SignOutResult, begin, make_manifest
from ....aws.state.finishing import Job
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....moments import moment
from ....text import clean, place
from ....words.counts import counted, some
from ...editing import change
from ...environment import Environment
from ...output import the_session


def drop(options: Namespace, here: Environment) -> int:
    """Remove a session: its section, its profiles as far as they may go, its token and credentials."""
    store = Store(here.environ)
    snapshot = store.look()
    session = the_session(snapshot, name_from(options.named))
    manifest = make_manifest(snapshot, session.key)

    def edit(text: str) -> str:
        found = plan_removal(text, snapshot, session, options.with_profiles)
        if not found.headers and not manifest.items:
            raise nothing_goes(session, "to remove these with it: --with-profiles" if found.staying else "")
        return sections.remove(text, found.headers)

    def notes(text: str) -> None:
        _tell(here, plan_removal(text, snapshot, session, options.with_profiles))
        if manifest.items:
            tokens = len(manifest.of_kind(TOKEN))
            others = len(manifest.items) - tokens
            here.say(f"Signs out of it: {counted(tokens, 'token')}, {counted(others, 'other cache file')}")

    def carry_out(write: Callable[[], str]) -> str:
        job = begin(manifest) if manifest.items else None
        # Not in this thread, which Ctrl+C interrupts: a token whose section is gone, and of which AWS knows nothing.
        backup, result = clients.call(lambda: remove(store, manifest, job, write), limit=float("inf"))
        if job is not None and result is not None:
            done.append((job, result))
        return backup

    def write(file: ConfigFile, text: str) -> str:
        return carry_out(lambda: config_edit.write(file, text))

    done: list[tuple[Job, SignOutResult]] = []
    if change(here, edit, f"Remove session {clean(session.key)}?", options.yes, notes, write) is None:
        return FAILED
    if manifest.items and not done:
        carry_out(lambda: "")  # nothing of it is in the config file
    code = DONE
    for job, result in done:
        code = _tell_result(here, result)
        job.done()
    return code


def _tell(here: Environment, found: Removal) -> None:
    if found.profiles:
        here.say(f"With {counted(len(found.profiles), 'profile')}: {some(found.profiles)}")
    for why, names in found.by_reason().items():
        stay = "stays" if len(names) == 1 else "stay"
        here.say(f"! {counted(len(names), 'profile')} {stay}, without a session then ({why}): {some(names)}")
    if found.more:
        here.say("  to remove these too: --with-profiles")


def _tell_result(here: Environment, result: SignOutResult) -> int:
    for outcome in result.outcomes:
        if outcome.problem:
            here.say(f"! {clean(place(outcome.item.path), 1000)} was not removed: {clean(outcome.problem)}")
        elif outcome.untold:
            here.say(f"! {clean(outcome.item.label)}: {clean(outcome.told(lambda at: moment(at, here.now())))}")
    if result.ok and result.server_told:
        here.say("Signed out.")
        return DONE
    return FAILED
