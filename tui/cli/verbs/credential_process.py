"""`ssotui credential-process PROFILE`: role credentials for the SDKs and the AWS CLI, which call it by themselves.

In the configuration: `credential_process = ssotui credential-process NAME`, in a profile of another name. It never
runs another program and never asks an SDK, so a profile that names itself cannot make it call itself.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE
from ..environment import Environment
from ..guard_rails.allowing import add_agent, allow
from ..options import add_profile

HELP = "what a credential_process prints, for the SDKs"
GUIDE = "what a `credential_process` prints, for the AWS CLI and the SDKs"
ABOUT = (
    "Prints role credentials as the AWS CLI and the SDKs want them from a credential_process. It opens no "
    "browser and asks nothing."
)
EXAMPLES = (
    ("credential_process = ssotui credential-process dev-admin", "in ~/.aws/config"),
    ("ssotui credential-process dev-admin | jq .Expiration", "until when"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    add_profile(parser, or_role=True)
    parser.add_argument("--force", action="store_true", help="print secrets even to a terminal")
    add_agent(parser)


def run(options: Namespace, here: Environment) -> int:
    """Print what a credential_process prints (Version 1). It renews a session that can be, and opens no browser."""
    from ...aws.cache import first_come
    from ...aws.model import MARGIN
    from ...guard.rules import CREDENTIAL_PROCESS
    from ...shell.formats import render
    from ..obtaining import asked_for, command_for, role_credentials
    from ..options import UsageError
    from ..output import warn

    store, profile = asked_for(here, options)
    if not options.force and here.is_seen:
        raise UsageError(
            f"Secrets are not printed to a terminal: use {command_for('credential-process', profile)} "
            "in a configuration, or --force"
        )
    allow(here, profile, CREDENTIAL_PROCESS, options)
    credentials = role_credentials(store, profile, options.agent)
    here.write(render("json", credentials, profile))
    first_come.handed_out(store.snapshot.credentials_path(profile), credentials.expires_at - MARGIN)
    warn(here, store.snapshot)
    return DONE
