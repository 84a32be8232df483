"""From the environment to the credentials of a profile, link by link: what each says, where that stands, and whether
it holds.

The order of what is used is botocore's (1.43): variables, `role_arn`, a web identity, the sso_ keys, static keys of the
credentials file, `login_session`, `credential_process`, static keys of the config file. Functions over values: what
opens a file or asks botocore is in `gathering`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...moments import moment
from ...text import place
from .. import clock
from ..cache import shapes
from ..config.checks import assumes_role, gives_sso_credentials
from ..config.loading import PROFILE_VARIABLES, chosen_name
from ..config.similar import similar, suggestion
from ..errors import SsoError, aws_command, command_line
from ..model import LEGACY, NOT_YET, REFRESHABLE, SYNTAX, UNREADABLE, Profile, Session
from ..requests import endpoints
from ..requests.endpoints import SERVICES
from ..state.snapshot import Snapshot
from . import links
from .links import BROKEN, GOOD, NOTE, Link

MOST = 8
"""Profiles of a chain that are followed."""

ASSUME_ROLE, WEB_IDENTITY = "assume-role", "assume-role-with-web-identity"
SSO, SHARED, LOGIN = "sso", "shared-credentials-file", "login"
PROCESS, CONFIG_FILE = "custom-process", "config-file"
"""Sources of credentials, by botocore's names for them."""

_KEY_ID, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_ENDS = "AWS_CREDENTIAL_EXPIRATION"
_WEB = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_UNSET = 'eval "$(ssotui env --unset)"'


class Origin(NamedTuple):
    """Where a profile comes from. `options`: its keys as they are in force, no secret among them. `static`: the file
    that has its access key, "" when none has."""

    options: Mapping[str, str]
    file: str
    line: int
    static: str


class ChainFacts(NamedTuple):
    """What has been looked at. `origins`: the profile and those that its chain leads to, by name. `certificates`: the
    file that they are checked with, where that is said, and what is wrong with it."""

    snapshot: Snapshot
    origins: Mapping[str, Origin]
    certificates: tuple[str, str, str]
    now: float


def chain(known: ChainFacts, name: str) -> tuple[Link, ...]:
    """All links for this profile, in the order in which they decide."""
    return tuple(_links(known, name))


def source_of(origin: Origin | None, of_credentials_file: str = "") -> str:
    """What the AWS CLI and the SDK for Python take for this profile when it is named, "" when nothing."""
    if origin is None:
        return ""
    options = origin.options
    if assumes_role(dict(options)):
        return ASSUME_ROLE
    if options.get("web_identity_token_file"):
        return WEB_IDENTITY
    if gives_sso_credentials(dict(options)):
        return SSO
    if origin.static and origin.static == of_credentials_file:
        return SHARED
    if options.get("login_session"):
        return LOGIN
    if options.get("credential_process"):
        return PROCESS
    return CONFIG_FILE if origin.static else ""


def _links(known: ChainFacts, name: str) -> Iterator[Link]:
    snapshot, origin = known.snapshot, known.origins.get(name)
    yield from of_environment(snapshot.environ, name, known.now)
    yield from _files(snapshot)
    if origin is None:
        yield _no_profile(snapshot, name)
        return
    profile = snapshot.profile(name)
    yield _profile(known, name, profile, origin)
    yield from _sources(known, origin)
    if profile is not None and not profile.problems:
        session = snapshot.session_of(profile)
        if session is not None:
            yield _session(session)
            yield _token(snapshot, session, profile, known.now)
        elif profile.login_session:
            yield _login(snapshot, profile, known.now)
        yield _role(snapshot, profile, known.now)
        yield from of_endpoints(snapshot, profile.name)
    yield _region(snapshot.environ, origin)
    yield _certificates(known)


def of_environment(environ: Mapping[str, str], name: str, now: float) -> Iterator[Link]:
    """What variables say of the profile, and what would win over it."""
    set_ = {variable: environ[variable] for variable in PROFILE_VARIABLES if environ.get(variable)}
    chosen = chosen_name(environ)
    if len(set(set_.values())) > 1:
        which = "AWS CLI v2 and most SDKs go by AWS_PROFILE, boto3 and AWS CLI v1 by AWS_DEFAULT_PROFILE"
        yield Link(links.ENVIRONMENT, NOTE, " and ".join(set_.values()), " and ".join(set_), which)
    elif chosen and chosen != name:
        said = f"this shell uses another profile; to use {name}: sso {name}"
        yield Link(links.ENVIRONMENT, NOTE, chosen, next(iter(set_)), said)
    elif chosen:
        yield Link(links.ENVIRONMENT, GOOD, chosen, next(iter(set_)))
    key, secret = environ.get(_KEY_ID, ""), environ.get(_SECRET, "")
    if key and secret:
        yield _static_variables(environ, key, now)
    elif key or secret:
        there, missing = (_KEY_ID, _SECRET) if key else (_SECRET, _KEY_ID)
        said = f"{missing} is not set: the AWS CLI and the SDKs refuse to work with one of the two"
        yield Link(links.ENVIRONMENT, BROKEN, "half of a key pair", there, said, _UNSET)
    if all(environ.get(variable) for variable in _WEB):
        said = "the role of a pod or a pipeline: it is taken before the profile that AWS_PROFILE names"
        yield Link(links.ENVIRONMENT, NOTE, environ["AWS_ROLE_ARN"], _WEB[0], said, f"unset {_WEB[0]}")


def _static_variables(environ: Mapping[str, str], key: str, now: float) -> Link:
    shown = f"{key[:4]}…{key[-4:]}" if len(key) > 12 else "…"
    said = "these are taken before the profile that AWS_PROFILE names; --profile and what ssotui does go by the profile"
    ends = clock.parse_iso(environ.get(_ENDS, ""))
    if ends is not None and ends <= now:
        said = f"they ended at {moment(ends, now)}, and {said}"
        return Link(links.ENVIRONMENT, BROKEN, shown, _KEY_ID, said, _UNSET)
    return Link(links.ENVIRONMENT, NOTE, shown, _KEY_ID, said, _UNSET)


def _files(snapshot: Snapshot) -> Iterator[Link]:
    config = snapshot.config
    told = {problem.file for problem in config.problems}
    for path, variable in (
        (config.config_file, "AWS_CONFIG_FILE"),
        (config.credentials_file, "AWS_SHARED_CREDENTIALS_FILE"),
    ):
        why = config.unread.get(path, "")
        where = variable if variable in snapshot.environ else ""
        error = next((it for it in config.problems if it.file == path and it.kind == SYNTAX), None)
        if error is not None:
            said = f"{error.message}; the AWS CLI and the SDKs refuse the whole file until that is corrected"
            yield Link(links.CONFIGURATION, BROKEN, place(path, error.line), where, said)
        elif why and path in told:
            yield Link(links.CONFIGURATION, BROKEN, place(path) if path else "none", where, why)
        elif not why:
            yield Link(links.CONFIGURATION, GOOD, place(path), where)
        elif path == config.config_file:
            yield Link(links.CONFIGURATION, NOTE, place(path), where, why, command_line("sessions", "add"))


def _no_profile(snapshot: Snapshot, name: str) -> Link:
    said = ["there is no such profile", suggestion(similar(name, list(snapshot.config.all_names)))]
    return Link(links.PROFILE, BROKEN, name, place(snapshot.config.config_file), "; ".join(filter(None, said)))


def _profile(known: ChainFacts, name: str, profile: Profile | None, origin: Origin) -> Link:
    where = place(origin.file, origin.line)
    source = source_of(origin, known.snapshot.config.credentials_file)
    if profile is None:
        said = {
            SHARED: "static keys of the credentials file; ssotui has no part in it",
            CONFIG_FILE: "static keys of the config file; ssotui has no part in it",
            PROCESS: "its credential_process gives credentials; ssotui has no part in it",
            ASSUME_ROLE: "a role that is assumed with other credentials than those of IAM Identity Center",
            WEB_IDENTITY: "a role that is assumed with the token of a web identity",
        }.get(source, "it names no source of credentials: variables or the machine's role are taken")
        return Link(links.PROFILE, NOTE if source else BROKEN, name, where, said)
    if profile.problems:
        return Link(links.PROFILE, BROKEN, name, where, "; ".join(profile.problems))
    called = known.snapshot.config.account_name(profile.account_id, profile)
    account = " ".join(filter(None, (called, profile.account_id)))
    value = " · ".join(filter(None, (name, account, profile.role_name)))
    if origin.static and source == SSO:
        said = f"it has static keys too, in {place(origin.static)}: the SDKs for JavaScript and Go act by these"
        return Link(links.PROFILE, NOTE, value, where, said)
    return Link(links.PROFILE, GOOD, value, where)


def _sources(known: ChainFacts, origin: Origin) -> Iterator[Link]:
    """What a chained profile gets its credentials from, one after another."""
    seen: set[str] = set()
    while len(seen) < MOST and assumes_role(dict(origin.options)):
        role, name = origin.options["role_arn"], origin.options.get("source_profile", "")
        if not name:
            source = origin.options.get("credential_source", "")
            yield Link(links.SOURCE, NOTE if source else BROKEN, source or "none", "", f"it assumes {role}")
            return
        following = known.origins.get(name)
        if following is None or name in seen:
            said = "there is no such profile" if following is None else "the chain comes round to it again"
            yield Link(links.SOURCE, BROKEN, name, place(origin.file, origin.line), said)
            return
        seen.add(name)
        yield Link(links.SOURCE, GOOD, name, place(following.file, following.line), f"with it {role} is assumed")
        if name == following.options.get("source_profile"):
            return  # a profile that is its own source takes the keys beside its role_arn
        origin = following


def _session(session: Session) -> Link:
    value = " · ".join(filter(None, dict.fromkeys((session.key, session.start_url, session.region))))
    where = place(session.file, session.line) if session.file else ""
    if session.kind == LEGACY:
        said = "the profile has the sso_ keys itself: such a sign-in cannot be renewed, and ends after some hours"
        return Link(links.SESSION, NOTE, value, where, said)
    if not session.scopes:
        said = "it names no sso_registration_scopes: a sign-in of the AWS CLI cannot be renewed; one of ssotui can"
        return Link(links.SESSION, NOTE, value, where, said)
    return Link(links.SESSION, GOOD, value, where)


def _token(snapshot: Snapshot, session: Session, profile: Profile, now: float) -> Link:
    state, ends = snapshot.session_clock(session.key, now)
    where = place(shapes.token_path(session.key))
    login = command_line("login", name=profile.name)
    if snapshot.usable(session.key, now):
        said = "it is renewed when it is used" if state == REFRESHABLE else ""
        if session.key in snapshot.ends:
            said = "it is the last of its session: then one has to sign in anew"
        unwritten = snapshot.unwritten_reason(session.key)
        if unwritten:
            return Link(links.TOKEN, NOTE, state, where, f"only this process has it: {unwritten}", ends=ends)
        return Link(links.TOKEN, GOOD, state, where, said, ends=ends)
    if state == NOT_YET:
        return Link(links.TOKEN, NOTE, state, where, "not looked at yet", ends=ends)
    said = snapshot.why_no_token(session.key)
    if not said and session.key in snapshot.ended:
        said = "AWS no longer accepts it"
    if not said and session.key in snapshot.refused:
        said = "AWS does not renew it any more"
    if not said and ends is not None:
        said = "it has ended, and cannot be renewed"
    said = said or "nobody has signed in to this session here"
    return Link(links.TOKEN, BROKEN, state, where, said, login, links.SIGN_IN, ends)


def _login(snapshot: Snapshot, profile: Profile, now: float) -> Link:
    state, ends = snapshot.session_clock(profile.clock_key or "", now)
    value = f"aws login: {state}"
    if snapshot.usable(profile.clock_key or "", now):
        return Link(links.TOKEN, GOOD, value, ends=ends)
    mend = aws_command("login", profile.name)
    return Link(links.TOKEN, BROKEN, value, "", "it has to be signed in anew", mend, ends=ends)


def _role(snapshot: Snapshot, profile: Profile, now: float) -> Link:
    state, ends = snapshot.credentials_clock(profile.name, now)
    path = snapshot.credentials_path(profile)
    where = place(path) if path else ""
    refusal = snapshot.refusal(profile)
    if refusal is not None:
        listed = command_line("accounts", "--fresh", profile.account_id)
        return Link(links.ROLE, BROKEN, "denied", where, refusal[0], listed, links.LIST_ACCOUNTS)
    entry = snapshot.credentials.get(snapshot.identity_of_role(profile))
    if entry is not None and entry.problem:
        return Link(links.ROLE, NOTE, state, where, f"{entry.problem}; they are had anew when they are used", ends=ends)
    if snapshot.role_folder.closed:
        said = f"{snapshot.role_folder.closed}; each use asks AWS anew"
        return Link(links.ROLE, NOTE, state, place(snapshot.role_folder.path), said, ends=ends)
    if state == UNREADABLE:
        return Link(links.ROLE, NOTE, state, where, "they are had anew when they are used", ends=ends)
    cached = ends is not None and ends > now
    return Link(links.ROLE, GOOD, state, where, "" if cached else "had from AWS when they are used", ends=ends)


def of_endpoints(snapshot: Snapshot, name: str) -> Iterator[Link]:
    """Addresses that are not AWS's own, and those that are refused."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service in SERVICES:
        try:
            url, source = endpoints.configured(service, snapshot.config, name, snapshot.environ)
        except SsoError as error:
            yield Link(links.ENDPOINT, BROKEN, service, "", error.title, error.hint)
            continue
        if url:
            found.setdefault(endpoints.without_password(url), []).append((service, source))
    for url, those in found.items():
        services, sources = (", ".join(dict.fromkeys(it)) for it in zip(*those, strict=True))
        said = "not AWS's own address; tokens and credentials go there"
        yield Link(links.ENDPOINT, NOTE, f"{url} for {services}", sources, said)


def _region(environ: Mapping[str, str], origin: Origin) -> Link:
    own = origin.options.get("region", "")
    found = {variable: environ[variable] for variable in ("AWS_REGION", "AWS_DEFAULT_REGION") if environ.get(variable)}
    if found:
        region = next(iter(found.values()))
        others = len(set(found.values())) > 1
        said = "AWS CLI v1 and boto3 go by AWS_DEFAULT_REGION, the others by AWS_REGION" if others else ""
        if own and own != region and not others:
            said = f"the profile says {own}; the variable is taken"
        return Link(links.REGION, NOTE if said else GOOD, " and ".join(found.values()), " and ".join(found), said)
    if own:
        return Link(links.REGION, GOOD, own, place(origin.file, origin.line))
    said = "many commands of the AWS CLI need one: add --region, or region in the profile"
    return Link(links.REGION, NOTE, "none", "", said)


def _certificates(known: ChainFacts) -> Link:
    path, where, problem = known.certificates
    if problem:
        return Link(links.CERTIFICATES, BROKEN, path, where, problem)
    return Link(links.CERTIFICATES, GOOD, path or "the well-known authorities", where)
