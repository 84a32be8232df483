"""`ssotui sessions add`: a session from a start URL."""

from __future__ import annotations

from argparse import Namespace

from ....aws.config import hosts
from ....aws.config.checks import plain
from ....aws.config.hosts import host_of
from ....aws.config.loading import name_from
from ....aws.config.writing import new_session, sections
from ....aws.errors import SsoError, command_line
from ....aws.model import SSO_SESSION
from ....aws.requests.behalf import profile_in_use
from ....aws.requests.endpoints import sign_in_override
from ....aws.requests.start_page import find_region
from ....aws.requests.start_url import NOT_OF_AWS
from ....aws.state.snapshot import Snapshot
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....text import clean
from ...editing import change, require_terminal
from ...environment import Environment
from ...options import UsageError
from ...output import check_read


def add(options: Namespace, here: Environment) -> int:
    """Write a session for the start URL that the options name, or that is asked for."""
    snapshot = Store(here.environ).snapshot
    start_url = _start_url(here, options)
    there = _there(snapshot, start_url, name_from(options.name) if options.name else "")
    if there:
        here.say(f"{clean(there)} is there already, with this start URL. To sign in: {_login(there)}")
        return DONE
    region = options.region or _region(here, snapshot, start_url)
    name = name_from(options.name) if options.name else new_session.name_for(start_url, snapshot.config.sessions)
    if name in snapshot.config.sessions:
        other = snapshot.config.sessions[name]
        hint = f"to have another name: --name {new_session.name_for(start_url, snapshot.config.sessions)}"
        raise SsoError(f"There is a session {name} already, for {other.start_url or 'another start URL'}", hint)
    section = new_session.session_section(name, start_url, region)
    if change(here, lambda text: sections.add(text, [section]), f"Add session {clean(name)}?", options.yes) is None:
        return FAILED
    here.say(f"To sign in: {_login(name)}")
    return DONE


def _login(name: str) -> str:
    return clean(command_line("login", "--session", name=name))


def _start_url(here: Environment, options: Namespace) -> str:
    typed = options.start_url
    if typed is None:
        if options.yes:
            raise UsageError("Which start URL? Name it with --start-url")
        require_terminal(here)
        typed = here.asked("Start URL of your access portal")
    try:
        return new_session.start_url_from(typed)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _there(snapshot: Snapshot, start_url: str, name: str) -> str:
    """The session that is the wanted one: of this start URL, and of this name if one is wanted."""
    for session in snapshot.config.sessions.values():
        same = session.kind == SSO_SESSION and plain(session.start_url) == plain(start_url)
        if same and name in ("", session.key):
            return session.key
    return ""


def _region(here: Environment, snapshot: Snapshot, start_url: str) -> str:
    """The region that the URL tells, or another session of that URL; else the one that is asked for."""
    found = new_session.region_in(start_url)
    elsewhere = sign_in_override(snapshot.config, profile_in_use(snapshot), here.environ)
    if not found and not (elsewhere and hosts.is_portal(host_of(start_url))):
        try:
            found = find_region(start_url)
        except SsoError as error:
            if error.code == NOT_OF_AWS:
                raise
            here.say(f"! {clean(error.title)}: whether it leads to AWS is not known")
    same = [it.region for it in snapshot.config.sessions.values() if plain(it.start_url) == plain(start_url)]
    found = found or next(filter(None, same), "")
    if found:
        return found
    examples = new_session.likely_regions(start_url)
    try:
        require_terminal(here)
    except UsageError:
        raise UsageError(
            f"In which region is it? {start_url} does not tell: add --region, {examples[0]} for one"
        ) from None
    check_read(snapshot, "its region")
    from ....aws.config.checks import is_region

    while True:
        region = here.asked(f"Region of its Identity Center (such as {' or '.join(examples)})")
        if region and is_region(region):
            return region
        here.say(f"{clean(region) or 'The empty word'} is not a region")
