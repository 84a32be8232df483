"""What the details pane says of a profile and of a session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from ...aws import clock
from ...aws.config.loading import chosen_name
from ...aws.errors import aws_command
from ...aws.model import LEGACY, REFRESHABLE, SIGNED_IN, Profile, Session
from ...aws.state.snapshot import Snapshot
from ...keys import pressed
from ...moments import absolute, moment
from ...text import place
from ...widgets.detail import Detail, Field
from ...words import states
from ...words.durations import until
from ..asking.guarded import guard_fields

if TYPE_CHECKING:
    from textual.widget import Widget

    from ...settings import Settings

HEADING = "\0"


def fill(beside: Widget, snapshot: Snapshot, row: Profile | Session | None, settings: Settings) -> None:
    """Show all about the highlighted row in the pane, which is put into `beside` where there is none yet."""
    pane = beside.query_one_optional(Detail)
    if pane is None:
        pane = Detail()
        beside.mount(pane)
    if isinstance(row, Session):
        pane.show(row.key, session_fields(snapshot, row, settings.renew))
    elif row is not None:
        rules = guard_fields(settings.guard, row)
        pane.show(row.name, profile_fields(snapshot, row, settings.renew, rules))
    else:
        pane.show("", [])


def profile_fields(snapshot: Snapshot, profile: Profile, renews: bool, rules: Iterable[Field] = ()) -> list[Field]:
    """Everything about one profile, and where it comes from. `renews`: whether the board renews sessions unasked;
    `rules`: what guard rules say of it."""
    return _told(chain(rules, _profile(snapshot, profile, renews)))


def session_fields(snapshot: Snapshot, session: Session, renews: bool) -> list[Field]:
    """Everything about one session."""
    return _told(_whole_session(snapshot, session, renews))


def _told(fields: Iterable[Field]) -> list[Field]:
    """Without the fields that have nothing to tell. Headings (marked by HEADING) and blank lines stay."""
    return [(label, "" if value == HEADING else value, style) for label, value, style in fields if value or not label]


def _profile(snapshot: Snapshot, profile: Profile, renews: bool) -> Iterator[Field]:
    for problem in profile.problems:
        yield "problem", problem, states.BAD
    if profile.name == snapshot.active_profile:
        named = bool(chosen_name(snapshot.environ))
        yield "active", "AWS_PROFILE names this profile" if named else "as AWS_PROFILE is not set", ""
    yield "account", profile.account_id, ""
    yield "account name", profile.account_name, ""
    yield "role", profile.role_name, ""
    yield "assumes", profile.options.get("role_arn", ""), ""
    yield "by way of", profile.via or "", ""
    yield "aws login", profile.login_session, ""
    yield "region", profile.region, ""
    yield "", "", ""
    yield "Role credentials", HEADING, ""
    state, expires_at = snapshot.credentials_clock(profile.name, clock.now())
    refusal = snapshot.refusal(profile)
    if refusal is not None:
        reason, at = refusal
        yield "state", states.DENIED, states.credentials_class(states.DENIED)
        yield "refused", f"{reason} (at {moment(at, clock.now())}; {pressed('board.refresh')} asks again)", ""
    else:
        yield from _clock(state, expires_at, states.credentials_class(state))
    credentials = snapshot.credentials_of(profile)
    if credentials is not None:
        key = credentials.access_key_id
        yield "access key", f"{key[:4]}…{key[-4:]}", ""
    yield "", "", ""
    session = snapshot.session_of(profile)
    if session is not None:
        yield f"Session {session.key}" if session.kind != LEGACY else "Session", HEADING, ""
        yield from _session(snapshot, session, renews)
        yield "", "", ""
    if profile.login_session:
        yield from _login(snapshot, profile)
    yield "written in", place(profile.file, profile.line), ""


def _login(snapshot: Snapshot, profile: Profile) -> Iterator[Field]:
    yield "Sign-in with aws login", HEADING, ""
    state, expires_at = snapshot.session_clock(profile.clock_key or "", clock.now())
    yield from _clock(state, expires_at, states.session_class(state, expires_at, clock.now()))
    good = state in (SIGNED_IN, REFRESHABLE)
    yield "renews", "by itself, when the AWS CLI or an SDK uses it" if good else "", ""
    yield "signs in with", "" if good else aws_command("login", profile.name), ""
    yield "ends with", aws_command("logout", profile.name) if good else "", ""
    yield "", "", ""


def _whole_session(snapshot: Snapshot, session: Session, renews: bool) -> Iterator[Field]:
    for problem in session.problems:
        yield "problem", problem, states.BAD
    yield from _session(snapshot, session, renews)
    yield "scopes", ", ".join(session.scopes or []), ""
    yield "profiles", str(session.profile_count), ""
    yield "", "", ""
    yield "written in", place(session.file, session.line), ""


def _session(snapshot: Snapshot, session: Session, renews: bool) -> Iterator[Field]:
    state, expires_at = snapshot.session_clock(session.key, clock.now())
    now = clock.now()
    yield from _clock(
        states.session_word(state, expires_at, now), expires_at, states.session_class(state, expires_at, now)
    )
    ends = snapshot.ends.get(session.key)
    if ends is not None:
        yield "ends", f"{moment(ends, now)}, and is not renewed beyond that: sign in anew", states.SOON
    reason = snapshot.unreadable_reason(session.key)
    if reason:
        yield "token file", reason, states.BAD
    if snapshot.refreshable(session, now):
        alive = expires_at is not None and expires_at > now
        yield "renews", f"by itself, {'before it ends' if renews and alive else 'when it is used'}", ""
    stored, stray = snapshot.stored_token(session.key), snapshot.stray_reason(session.key)
    if stored is not None and stored.start_url and stored.start_url != session.start_url:
        yield "token of", stored.start_url, states.BAD if stray else states.SOON
    yield "not used", f"the token was {stray}" if stray else "", states.BAD
    yield "start URL", session.start_url, ""
    yield "SSO region", session.region, ""


def _clock(state: str, expires_at: int | None, style: str) -> Iterator[Field]:
    yield "state", state, style
    if expires_at is not None:
        yield "left", until(expires_at, clock.now()), ""
        yield "until", absolute(expires_at), ""
