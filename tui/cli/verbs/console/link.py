"""`ssotui console PROFILE`: the AWS console in the browser, through the access portal or with role credentials."""

from __future__ import annotations

from argparse import Namespace

from .... import settings
from ....aws.config.checks import is_region
from ....aws.errors import SsoError
from ....aws.model import Profile, Secret
from ....aws.requests import endpoints
from ....aws.requests.behalf import of_profile
from ....aws.role.console_link import console_url, federation_url, is_reachable, profile_link
from ....aws.role.console_services import find
from ....aws.role.credentials import check_profile
from ....aws.session.signed_out import SignOutWatch
from ....aws.state.store import Store
from ....desktop import browser
from ....desktop.redirect import Handover
from ....exit_codes import DONE
from ....guard.rules import CONSOLE
from ....shell.formats import own_region
from ....state_file import change_state, console_opened
from ....text import clean
from ...environment import Environment
from ...guard_rails.allowing import allow
from ...obtaining import asked_for, command_for, role_credentials
from ...options import UsageError
from ...output import warn


def console(options: Namespace, here: Environment) -> int:
    """Open the console, or print the link to it. The portal's link goes without role credentials; where no browser
    can be opened it is printed too."""
    store, profile = asked_for(here, options)
    if options.service is not None:
        options.service = find(options.service)
    allow(here, profile, CONSOLE, options)
    if options.federate:
        return _federate(here, store, profile, options)
    link = profile_link(store.snapshot, profile, options.service, _region(store, profile, options.region))
    problem = "" if options.print else browser.open_browser(link, _browser(profile))
    if problem:
        here.say(f"No browser was opened: {clean(problem)}. This is the link:")
    if problem or options.print:
        here.show(clean(link, 4000))
    else:
        here.say(f"{clean(profile.label)}: the console opens in the browser")
        _remember(options)
    return DONE


def _federate(here: Environment, store: Store, profile: Profile, options: Namespace) -> int:
    check_profile(profile)
    if options.print and not options.force and here.is_seen:
        raise UsageError("This link signs in whoever has it, and is not printed to a terminal: use a pipe, or --force")
    session = store.snapshot.session_of(profile)
    region = _region(store, profile, options.region) or profile.region or (session.region if session else "")
    if profile.login_session and not region:
        title = f"Profile {profile.name} signs in with aws login, and has no region"
        raise SsoError(title, "set region in the profile")
    console_url(region, options.service)  # what cannot be is refused before anything is asked for
    acting = of_profile(store.snapshot, profile)
    base = endpoints.federation(store.config, acting).rstrip("/")
    watch = SignOutWatch(store, session)
    credentials = role_credentials(store, profile)
    link = federation_url(
        credentials,
        region,
        options.service,
        endpoint_override=f"{base}/federation" if base else None,
        ca_bundle=store.config.raw_options(acting).get("ca_bundle"),
    )
    watch.check()
    warn(here, store.snapshot)
    if options.print:
        here.write(link.reveal() + "\n")
    else:
        _open(here, link, profile)
        _remember(options)
    return DONE


def _remember(options: Namespace) -> None:
    """Where the console was opened: the board's list of services begins with it. Nobody waits for that to be told."""
    if options.service or options.region:
        change_state(console_opened(options.service or "", options.region or ""))


def _region(store: Store, profile: Profile, wanted: str | None) -> str:
    """The region that was asked for, by option or in the environment, "" when none was."""
    if wanted:
        return wanted
    own = own_region(store.environ)
    return own if own and is_region(own) and is_reachable(own, profile, store.snapshot.session_of(profile)) else ""


def _open(here: Environment, link: Secret, profile: Profile) -> None:
    """Open a browser with a link that must not be in its arguments. Raises SsoError when none comes for it."""
    with Handover(link) as handover:
        problem = browser.open_browser(handover.url, _browser(profile))
        if not problem and handover.wait():
            here.say(f"{clean(profile.label)}: the console opens in the browser, signed in for its role")
            return
    raise SsoError(
        f"No browser was opened: {problem}" if problem else "The browser was started, but has not come for the link",
        f"for the link itself: {command_for('console', profile, '--federate', '--print')}",
    )


def _browser(profile: Profile) -> tuple[str, ...]:
    """The browser that the settings have for the profile's session."""
    return settings.load().browser_for(profile.session or "")
