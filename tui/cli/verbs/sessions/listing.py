"""`ssotui sessions list`: the sessions of the configuration, and who wrote them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from ....aws import clock
from ....aws.config.hosts import host_of
from ....aws.config.writing.sections import SESSION, is_ours, is_unchanged
from ....aws.model import SSO_SESSION, Session
from ....aws.state.snapshot import Snapshot
from ....aws.state.store import Store
from ....exit_codes import DONE
from ....text import clean
from ....words.durations import until
from ....words.states import session_class
from ...environment import Environment
from ...output import check_read
from ..status.layout import FAINT, Cell, Table, TableRow, fitted, painted

_RIGHT = frozenset((2, 4))

NONE_YET = "There is no session yet; to add one, run: ssotui sessions add --start-url URL"


def list_sessions(options: Namespace, here: Environment) -> int:
    """Print the sessions, as a table or for a program. No network is used."""
    snapshot = Store(here.environ).look()
    sessions = list(snapshot.config.sessions.values())
    if options.json:
        here.show_json([as_json(snapshot, session, here.now()) for session in sessions])
        return DONE
    if not sessions:
        check_read(snapshot, "any session")
        here.say(NONE_YET)
        return DONE
    coloured = here.has_colours
    for line in fitted(_forms(snapshot, sessions, here.now()), here.width):
        here.show(painted(line, coloured))
    return DONE


def _forms(snapshot: Snapshot, sessions: Sequence[Session], now: float) -> Iterator[Table]:
    """From the one that tells all to the one that needs least room: the host alone of a start URL, no region, no
    number of profiles, and not who wrote it."""
    yield _table(snapshot, sessions, now)
    yield _table(snapshot, sessions, now, whole=False)
    yield _table(snapshot, sessions, now, whole=False, writer=False)
    yield _table(snapshot, sessions, now, whole=False, writer=False, region=False)
    yield _table(snapshot, sessions, now, whole=False, writer=False, region=False, profiles=False)


def _table(
    snapshot: Snapshot,
    sessions: Sequence[Session],
    now: float,
    *,
    whole: bool = True,
    writer: bool = True,
    region: bool = True,
    profiles: bool = True,
) -> Table:
    rows = []
    for session in sessions:
        state, ends = snapshot.session_clock(session.key, now)
        url = session.start_url if whole else host_of(session.start_url)
        own = session.kind == SSO_SESSION
        cells = (
            Cell(clean(url) or "–"),
            Cell(clean(session.region) if region else ""),
            Cell(str(session.profile_count) if profiles else ""),
            Cell(state, session_class(state, ends, now)),
            Cell(until(ends, now)),
            Cell(written_by(session) if writer else "", FAINT),
        )
        rows.append(TableRow(Cell(clean(session.key) if own else "–"), cells))
    heads = ("START URL" if whole else "PORTAL", "REGION", "PROFILES", "STATE", "LEFT", "")
    return Table(("SESSION", *heads), rows, _RIGHT)


def written_by(session: Session) -> str:
    """What is to be said of who wrote a session's section: nothing where it was not this program."""
    if session.kind != SSO_SESSION:
        return "no section: its profiles have the URL"
    if not is_ours(SESSION, session.options):
        return ""
    return "by ssotui" if is_unchanged(SESSION, session.options) else "by ssotui, changed since"


def as_json(snapshot: Snapshot, session: Session, now: float) -> dict[str, object]:
    """A session in the documented form."""
    state, ends = snapshot.session_clock(session.key, now)
    return {
        "name": session.key,
        "kind": session.kind,
        "start_url": session.start_url,
        "region": session.region,
        "state": state,
        "expires_at": clock.iso(ends) if ends is not None else None,
        "refreshable": snapshot.refreshable(session, now),
        "profiles": session.profile_count,
        "file": session.file,
        "line": session.line,
        "ours": is_ours(SESSION, session.options),
    }
