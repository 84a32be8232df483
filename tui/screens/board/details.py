"""What the details pane says of a profile and of a session."""

from __future__ import annotations

from collections.abc import Iterator

from ...aws import clock
from ...aws.config.loading import chosen_name
from ...aws.errors import aws_command
from ...aws.model import LEGACY, REFRESHABLE, SIGNED_IN, Profile, Session
from ...aws.state.inventory import Inventory
from ...text import place
from ...widgets.detail import Field
from ...words import states
from ...words.durations import absolute, until

HEADING = "\0"


def profile_fields(inventory: Inventory, profile: Profile, renews: bool) -> list[Field]:
    """Everything about one profile, and where it comes from. `renews`: whether the board renews sessions unasked."""
    return _told(_profile(inventory, profile, renews))


def session_fields(inventory: Inventory, session: Session, renews: bool) -> list[Field]:
    """Everything about one session."""
    return _told(_whole_session(inventory, session, renews))


def _told(fields: Iterator[Field]) -> list[Field]:
    """Without the fields that have nothing to tell. Headings (marked by HEADING) and blank lines stay."""
    return [(label, "" if value == HEADING else value, style) for label, value, style in fields if value or not label]


def _profile(inventory: Inventory, profile: Profile, renews: bool) -> Iterator[Field]:
    for problem in profile.problems:
        yield "problem", problem, states.BAD
    if profile.name == inventory.active_profile:
        named = bool(chosen_name(inventory.environ))
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
    state, expires_at = inventory.credentials_clock(profile.name)
    yield from _clock(state, expires_at, states.credentials_class(state))
    credentials = inventory.credentials(profile)
    if credentials is not None:
        key = credentials.access_key_id
        yield "access key", f"{key[:4]}…{key[-4:]}", ""
    yield "", "", ""
    session = inventory.session_of(profile)
    if session is not None:
        yield f"Session {session.key}" if session.kind != LEGACY else "Session", HEADING, ""
        yield from _session(inventory, session, renews)
        yield "", "", ""
    if profile.login_session:
        yield from _login(inventory, profile)
    yield "written in", place(profile.file, profile.line), ""


def _login(inventory: Inventory, profile: Profile) -> Iterator[Field]:
    yield "Sign-in with aws login", HEADING, ""
    state, expires_at = inventory.session_clock(profile.clock_key or "")
    yield from _clock(state, expires_at, states.session_class(state, expires_at, clock.now()))
    good = state in (SIGNED_IN, REFRESHABLE)
    yield "renews", "by itself, when the AWS CLI or an SDK uses it" if good else "", ""
    yield "signs in with", "" if good else aws_command("login", profile.name), ""
    yield "ends with", aws_command("logout", profile.name) if good else "", ""
    yield "", "", ""


def _whole_session(inventory: Inventory, session: Session, renews: bool) -> Iterator[Field]:
    for problem in session.problems:
        yield "problem", problem, states.BAD
    yield from _session(inventory, session, renews)
    yield "scopes", ", ".join(session.scopes or []), ""
    yield "profiles", str(session.profile_count), ""
    yield "", "", ""
    yield "written in", place(session.file, session.line), ""


def _session(inventory: Inventory, session: Session, renews: bool) -> Iterator[Field]:
    state, expires_at = inventory.session_clock(session.key)
    yield from _clock(state, expires_at, states.session_class(state, expires_at, clock.now()))
    reason = inventory.unreadable_reason(session.key)
    if reason:
        yield "token file", reason, states.BAD
    if inventory.refreshable(session):
        alive = expires_at is not None and expires_at > clock.now()
        yield "renews", f"by itself, {'before it ends' if renews and alive else 'when it is used'}", ""
    stored, stray = inventory.stored_token(session.key), inventory.stray_reason(session.key)
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
