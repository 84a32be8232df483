"""What the board says of a Snapshot: rows, title, notices, counts. Values in, values out; the board puts them on the
screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...aws import model
from ...aws.config.configuration import Config
from ...aws.config.loading import chosen_problem
from ...aws.model import Problem, Profile, Session
from ...aws.requests.behalf import of_sessions, profile_in_use
from ...aws.requests.endpoints import sign_in_override
from ...aws.requests.skew import skew_warning
from ...aws.state.snapshot import Snapshot
from ...keys import pressed
from ...text import clean, place
from ...widgets.key_bar import Hint
from ...widgets.rows import Rows, SessionRow, session_label, session_row_of, texts
from ...words.account import BOTH
from ...words.marks import Mark
from ..sign_in.for_rows import waits_for_sign_in
from .order import ORDERS, in_full, in_order


def session_rows(snapshot: Snapshot, demo: bool) -> list[SessionRow]:
    """A row for each session. In a demo it is no news that requests do not go to AWS."""
    acting = of_sessions(snapshot) if not demo else {}
    rows = []
    for key, session in snapshot.config.sessions.items():
        profile = acting.get(key) or profile_in_use(snapshot)
        elsewhere = sign_in_override(snapshot.config, profile, snapshot.environ) if not demo else ""
        rows.append(session_row_of(session, elsewhere))
    return rows


def profile_rows(
    snapshot: Snapshot,
    sort: str,
    recent: Sequence[str],
    now: float,
    shown: str = BOTH,
    marks: Mapping[str, Mark] | None = None,
) -> Rows:
    """The rows of all profiles. `sort`: one of ORDERS; `recent`: names, the profile used last first; `shown`: what is
    said of accounts; `marks`: those of profiles that have one."""
    sessions = snapshot.config.sessions

    def ends(key: str) -> float:
        expires_at = snapshot.session_clock(key, now)[1] or 0
        return expires_at if expires_at > now else float("inf")

    return Rows(in_order(list(snapshot.config.profiles.values()), sessions, sort, recent, ends), sessions, shown, marks)


def matching(rows: Rows, recent: Sequence[str], query: str) -> list[str]:
    """The names of the profiles that a filter with these words would show, best match first."""
    from ...widgets.fuzzy import Index, by_nearness, haystack

    haystacks = [haystack(*fields) for fields in zip(*texts(rows), strict=True)]
    used = {name: place for place, name in enumerate(recent)}
    order = by_nearness(haystacks, [used.get(profile.name, len(used)) for profile in rows.profiles])
    return [rows.profiles[index].name for index in Index(haystacks, order).search(query)]


def empty_lines(config: Config, demo: bool = False) -> Iterable[str]:
    """What stands in place of profiles where there are none."""
    why = config.why_unread()
    if why:
        yield "No SSO profiles, because the configuration cannot be read:"
        yield clean(why)
        return
    if config.other_profiles:
        others = f"{config.other_profiles} profile{'s' if config.other_profiles > 1 else ''} without SSO"
        yield f"No SSO profiles yet ({others})."
    else:
        yield "No SSO profiles yet."
    if config.sessions:
        yield "enter   the accounts and roles that you can use"
        yield f"{pressed('board.new_session'):7} another session"
        return
    yield "enter   sign in with a start URL, such as https://acme.awsapps.com/start"
    yield "        it is in your invitation e-mail, and your administrator knows it"
    if not demo:
        yield ""
        yield "To look around:  ssotui --demo"


def signed_in(snapshot: Snapshot, now: float) -> str:
    """How many sessions are signed in, for the title; "" without sessions."""
    keys = snapshot.config.sessions
    good = sum(snapshot.session_clock(key, now)[0] in (model.SIGNED_IN, model.EXPIRING) for key in keys)
    return f"signed in to {good} of {len(keys)}" if keys else ""


def alarm(snapshot: Snapshot) -> str:
    """What is wrong with the choice of a profile in the environment, for the title; else ""."""
    wrong = chosen_problem(snapshot.config, snapshot.environ)
    return f"{wrong.file} names no profile" if wrong is not None else ""


def notice(found: Sequence[Problem]) -> str:
    """The first of the problems, in a line; "" when there are none."""
    if not found:
        return ""
    more = f"   {pressed('board.problems')} shows all {len(found)}" if len(found) > 1 else ""
    where = f"{place(found[0].file, found[0].line)}: " if found[0].file else ""
    return f"{where}{found[0].message}{more}"


def doubtful(snapshot: Snapshot) -> bool:
    """Whether what is shown may not be so."""
    return bool(snapshot.notice or skew_warning())


def beside(width: int) -> int:
    """The cells that the details leave to the list, as the style sheet says it."""
    room = width - 3
    return room - min(44, room * 35 // 100, room - 80)


def only_one(session: Session | None) -> str:
    """That the profiles of one session alone are listed; "" when it is those of all."""
    if session is None:
        return ""
    return f"Only the profiles of {session_label(session)}   {pressed('board.back')} shows all sessions"


def highlighted(
    snapshot: Snapshot,
    row: Profile | Session | None,
    only: bool,
    shown: str = BOTH,
    mark: Mark | None = None,
) -> str:
    """The highlighted row in full, behind its mark, and what to press for all sessions, where those of `only` one are
    listed. How much is wrong stands below, at the end of the keys."""
    hint = f"   {pressed('board.back')} shows all sessions" if only else ""
    if row is None:
        return hint.strip()
    problem = f": {row.problems[0]}" if row.problems else ""
    if isinstance(row, Session):
        profiles = f"{row.profile_count} profile{'s' if row.profile_count != 1 else ''}"
        parts = [session_label(row), profiles, row.region, row.start_url]
        return " · ".join(dict.fromkeys(filter(None, parts))) + problem + hint
    label = f"{mark.text} " if mark is not None else ""
    return label + in_full(row, snapshot.session_of(row), shown) + problem + hint


def counts(snapshot: Snapshot, sort: str, habits: Sequence[str]) -> str:
    """What there is, and how it is listed. `habits`: what the board does unasked, in a word or two each."""
    config = snapshot.config
    if not config.profiles:
        return ""
    count = len(config.profiles)
    parts = [f"{count} profile{'s' if count > 1 else ''}", f"sorted by {ORDERS[sort].words}"]
    if config.other_profiles:
        parts.insert(1, f"{config.other_profiles} without SSO")
    return f"{', '.join([*parts, *habits])}   {pressed('board.filter')} filters, {pressed('board.sort')} sorts"


def by_sessions(snapshot: Snapshot, names: Iterable[str], now: float) -> tuple[list[Profile], list[Profile]]:
    """Of the profiles called `names` those that can have role credentials without the user, and those whose session has
    to be signed in first. The rest is broken, or has none."""
    found = [profile for name in names if (profile := snapshot.profile(name)) is not None and not profile.problems]
    found = [each for each in found if snapshot.session_of(each) is not None]
    good, others = list[Profile](), list[Profile]()
    for each in found:
        (others if waits_for_sign_in(snapshot, each, now) else good).append(each)
    return good, others


CLEAR_FILTER, ALL_AGAIN, UNMARK = "Clear filter", "All sessions", "Unmark"
"""What the key for back does, of which one is undone at a time."""


def hints(snapshot: Snapshot, now: float, on_sessions: bool, marked: str = "") -> list[Hint]:
    """The keys that help now, in the order in which they always stand. `on_sessions`: the cursor is on a session;
    `marked`: rows are, and what is for one row is for those; it says what the key for back does then."""
    sessions = snapshot.config.sessions
    if not snapshot.config.profiles and not sessions:
        return [
            Hint("board.new_session", "Sign in with a start URL", 0),
            Hint("board.help", "Help", 1),
            Hint("board.quit", "Quit", 2),
        ]
    if not snapshot.config.profiles:
        found = [Hint("board.accounts", "Accounts", 0), Hint("board.sign_in", "Sign in", 1)]
        found += [Hint("board.sign_out", "Sign out", 4), Hint("board.new_session", "New session", 3)]
        return [*found, Hint("board.help", "Help", 2)]
    states = [snapshot.session_clock(key, now)[0] for key in sessions]
    needing = sum(state not in (model.SIGNED_IN, model.NOT_YET) for state in states)
    found = [
        Hint("session.choose" if on_sessions else "profile.use", "Open" if on_sessions else "Use", 0),
        Hint("board.sign_in", "Sign in", 1),
        Hint("board.filter", "Filter", 8 if marked else 4),
    ]
    if marked and not on_sessions:
        found += [
            Hint("board.refresh", "Refresh", 3),
            Hint("board.identity", "Identities", 4),
            Hint("board.console", "Consoles", 7),
            Hint("board.copy", "Copy names", 6),
            Hint("board.back", marked, 2),
        ]
    elif not on_sessions:
        found += [
            Hint("board.export", "Export", 6),
            Hint("board.identity", "Identity", 9),
            Hint("board.console", "Console", 7),
        ]
    if any(state not in (model.SIGNED_OUT, model.NOT_YET) for state in states):
        found.append(Hint("board.sign_out", "Sign out", 8))
    if sessions and snapshot.config.profiles:
        found.append(Hint("board.switch", "Profiles" if on_sessions else "Sessions", 5))
    if needing > 1 or (needing and len(sessions) > 1):
        found.append(Hint("board.sign_in_all", f"Sign in ×{needing}", 10 if marked else 3))
    if not marked:
        found.append(Hint("board.accounts", "Accounts", 11))
    found.append(Hint("board.help", "Help", 2))
    return found
