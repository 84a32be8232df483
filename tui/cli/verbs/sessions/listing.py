"""`ssotui sessions list`: the sessions of the configuration, and who wrote them."""

from __future__ import annotations

from argparse import Namespace

from ....aws import clock
from ....aws.config.sections import SESSION, is_ours, is_unchanged
from ....aws.model import SSO_SESSION, Session
from ....aws.state.snapshot import Snapshot
from ....aws.state.store import Store
from ....exit_codes import DONE
from ....text import clean
from ....words.durations import until
from ...output import check_read, say, show, show_json, table

NONE_YET = "There is no session yet; to add one, run: ssotui sessions add --start-url URL"


def list_sessions(options: Namespace) -> int:
    """Print the sessions, as a table or for a program. No network is used."""
    snapshot = Store().look()
    sessions = list(snapshot.config.sessions.values())
    if options.json:
        show_json([as_json(snapshot, session) for session in sessions])
        return DONE
    if not sessions:
        check_read(snapshot, "any session")
        say(NONE_YET)
        return DONE
    rows = []
    for session in sessions:
        state, ends = snapshot.session_clock(session.key, clock.now())
        name, url = clean(session.key), clean(session.start_url) or "–"
        if session.kind != SSO_SESSION:
            name, url = "–", name
        left = until(ends, clock.now())
        rows.append(
            (name, url, clean(session.region) or "–", str(session.profile_count), state, left, written_by(session))
        )
    show(table(("SESSION", "START URL", "REGION", "PROFILES", "STATE", "LEFT", ""), rows, (3, 5)))
    return DONE


def written_by(session: Session) -> str:
    """What is to be said of who wrote a session's section: nothing where it was not this program."""
    if session.kind != SSO_SESSION:
        return "no section: its profiles have the URL"
    if not is_ours(SESSION, session.options):
        return ""
    return "by ssotui" if is_unchanged(SESSION, session.options) else "by ssotui, changed since"


def as_json(snapshot: Snapshot, session: Session) -> dict[str, object]:
    """A session in the documented form."""
    state, ends = snapshot.session_clock(session.key, clock.now())
    return {
        "name": session.key,
        "kind": session.kind,
        "start_url": session.start_url,
        "region": session.region,
        "state": state,
        "expires_at": clock.iso(ends) if ends is not None else None,
        "refreshable": snapshot.refreshable(session, clock.now()),
        "profiles": session.profile_count,
        "file": session.file,
        "line": session.line,
        "ours": is_ours(SESSION, session.options),
    }
