"""`ssotui why`: how a profile's credentials come about, and where that breaks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE, FAILED, REFUSED, SIGN_IN_NEEDED
from ..environment import Environment
from ..options import add_profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...aws.diagnosis.links import Diagnosis, Link

HELP = "how the credentials of a profile come about, and where that breaks"
GUIDE = (
    "from variables over files, session and token to the credentials: what each says, where that stands, what is "
    "broken and what mends it; what boto3 makes of the same profile, and which SDKs differ"
)
ABOUT = (
    "Says link by link where a profile's credentials come from: variables, files, profile, session, token, role "
    "credentials, addresses, region and certificates. The first broken link is named, with the command that mends it. "
    "Nothing is asked over the network, and no secret is shown."
)
EXAMPLES = (
    ("ssotui why", "of AWS_PROFILE"),
    ("ssotui why payments-prod --json", "for a program"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser)
    parser.add_argument("--json", action="store_true", help="for a program")


def run(options: Namespace, here: Environment) -> int:
    """Print the chain. Returns 0 when no link is broken, 3 when a sign-in mends it, 4 when AWS has refused, else 1."""
    from ...aws.cache.account_names import AccountNames
    from ...aws.diagnosis import links
    from ...aws.diagnosis.gathering import diagnose
    from ...aws.requests.behalf import profile_in_use
    from ...aws.state.store import Store
    from ...text import clean
    from ...words.link_lines import as_lines

    store = Store(here.environ, AccountNames())
    name = options.profile if options.profile is not None else profile_in_use(store.snapshot)
    found = diagnose(store, name, here.now())
    broken = found.broken
    if options.json:
        here.show_json(as_json(found))
    else:
        for link in found.links:
            for line in as_lines(link, found.now, here.width):
                here.show(clean(line, 2000))
        for warning in found.warnings:
            here.show(clean(f"· {warning}", 2000))
        if found.boto3 and found.boto3 == found.used:
            here.show(f"  boto3 takes the same: {found.used}")
        if broken is None:
            here.show("Nothing is broken.")
        else:
            mend = f"; to mend it: {broken.mend}" if broken.mend else ""
            here.show(clean(f"Broken: {broken.what}{mend}", 2000))
    if broken is None:
        return DONE
    return {links.TOKEN: SIGN_IN_NEEDED, links.ROLE: REFUSED}.get(broken.what, FAILED)


def as_json(found: Diagnosis) -> dict[str, object]:
    """The documented form."""
    broken = found.broken
    return {
        "profile": found.profile,
        "links": [_as_json(link, found.now) for link in found.links],
        "broken": broken.what if broken is not None else None,
        "uses": found.used or None,
        "boto3_uses": found.boto3 or None,
        "warnings": list(found.warnings),
    }


def _as_json(link: Link, now: float) -> dict[str, str | None]:
    from ...aws import clock

    value = link.value
    if link.ends is not None:
        value += f", {'until' if link.ends > now else 'ended at'} {clock.iso(link.ends)}"
    return {
        "link": link.what,
        "state": link.state,
        "value": value,
        "where": link.where or None,
        "message": link.message or None,
        "fix": link.mend or None,
    }
