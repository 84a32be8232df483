"""`ssotui whoami`: the caller identity of a profile."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE
from ..environment import Environment
from ..options import add_profile

HELP = "the caller identity of a profile"
README = "the caller identity"
ABOUT = "Asks AWS whom the credentials of a profile belong to, and gets them first when needed."
EXAMPLES = (
    ("ssotui whoami", "of AWS_PROFILE"),
    ("ssotui whoami dev-admin --json", "for a program"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser)
    parser.add_argument("--json", action="store_true", help="as aws sts get-caller-identity prints it")


def run(options: Namespace, here: Environment) -> int:
    """Print the caller identity of a profile."""
    from ...aws.role.caller_identity import get_identity
    from ...aws.state.store import Store
    from ...text import clean
    from ..obtaining import naming_the_command
    from ..output import the_profile, warn

    store = Store(here.environ)
    profile = the_profile(store.snapshot, options.profile)
    with naming_the_command(profile.name):
        identity = get_identity(store, profile)
    if options.json:
        here.show_json(identity.as_json(), indent=4)
    else:
        for key, value in identity.as_json().items():
            here.show(f"{key:8} {clean(value)}")
    if identity.warning:
        here.say(f"! {clean(identity.warning)}")
    warn(here, store.snapshot)
    return DONE
