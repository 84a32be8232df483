"""`ssotui env`: role credentials as lines for a shell, a file or a program."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ...exit_codes import DONE
from ..environment import Environment
from ..guard_rails.allowing import add_agent, add_yes, allow, allow_use
from ..options import add_profile

HELP = "export lines for a shell"
GUIDE = 'export lines: `eval "$(ssotui env PROFILE)"`'
ABOUT = (
    "Prints the lines that hand a profile's role credentials to a shell, a file or a program. They go "
    "into a pipe, never onto a terminal."
)
EXAMPLES = (
    ('eval "$(ssotui env dev-admin)"', "into this shell"),
    ("ssotui env dev-admin --format docker > aws.env", "for docker run --env-file"),
    ("ssotui env --session acme --account Production --role ReadOnly | grep KEY_ID", "a role without a profile"),
)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    from ...shell.formats import FORMATS

    add_profile(parser, or_role=True)
    parser.add_argument("--region", metavar="R", help="a region, in place of the profile's")
    parser.add_argument("--format", choices=list(FORMATS), metavar="F", help=", ".join(FORMATS))
    parser.add_argument("--unset", action="store_true", help="lines that unset what the export lines set")
    parser.add_argument("--force", action="store_true", help="print secrets even to a terminal")
    add_yes(parser)
    add_agent(parser)


def run(options: Namespace, here: Environment) -> int:
    """Print export lines. Secrets are not printed to a terminal, whose scrollback would keep them."""
    from ...aws.role.credentials import check_profile, get_credentials
    from ...aws.state.store import Store
    from ...guard.rules import EXPORT, USE
    from ...shell.formats import FILES, default_format, region_is_left, render, unset_lines
    from ...shell.parent import parent_shell
    from ...shell.switching import switch_lines
    from ..obtaining import asked_for, command_for, role_credentials, saying_what_helps
    from ..options import UsageError
    from ..output import chosen, no_profile, warn

    form = options.format
    shell = default_format(here.environ, parent_shell()) if form in (None, "profile", "unset") else form
    form = form or shell
    if options.unset or form == "unset":
        here.write(unset_lines(shell, region=True))
        return DONE
    region = options.region or ""
    if form == "profile":
        if options.role is not None:
            raise UsageError("--format profile is for profiles: AWS_PROFILE cannot name a role that has none")
        store = Store(here.environ)
        name = chosen(store.snapshot) if options.profile is None else options.profile
        if name not in store.config.all_names:
            raise no_profile(store.config, name)
        allow_use(here, store.config, name, USE, options)
        here.write(switch_lines(store.config, here.environ, shell, name, region))
        return DONE
    store, profile = asked_for(here, options)
    check_profile(profile)
    if not options.force and here.is_seen:
        command = command_for("env", profile)
        raise UsageError(f'Secrets are not printed to a terminal: use eval "$({command})", or --force')
    allow(here, profile, EXPORT, options)
    if options.agent:
        credentials = role_credentials(store, profile, agent=True)
    else:
        with saying_what_helps(store, profile):
            credentials = get_credentials(store, profile)
    lines = render(form, credentials, profile, region=region, drop_region=region_is_left(here.environ))
    here.write(lines)
    if form in FILES:
        _warn_of_what_stays(here, bool(region or profile.region))
    warn(here, store.snapshot)
    return DONE


def _warn_of_what_stays(here: Environment, region: bool) -> None:
    """A file of variables can unset none. What would win over it is told."""
    from ...shell.formats import PROFILE_VARIABLES, REGION_VARIABLES

    winners = [*PROFILE_VARIABLES, *(() if region else REGION_VARIABLES)]
    found = [name for name in winners if here.environ.get(name)]
    if found:
        here.say(f"! {' and '.join(found)} {'is' if len(found) == 1 else 'are'} set here: unset where the file is used")
