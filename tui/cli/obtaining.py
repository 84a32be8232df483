"""Role credentials for a command that hands them on and never asks anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..aws.errors import AwsLoginNeeded, SsoError, aws_command, command_line
from ..aws.model import Profile, RoleCredentials
from ..aws.role.credentials import get_credentials
from ..aws.state.store import Store
from ..exit_codes import SIGN_IN_NEEDED


def role_credentials(store: Store, profile: Profile) -> RoleCredentials:
    """Role credentials of `profile`, cached or fresh. Raises SsoError as `get_credentials` does; when the user has to
    sign in it says so in one line, with the command to run: an SDK shows only the first."""
    try:
        return get_credentials(store, profile)
    except SsoError as error:
        if error.exit_code != SIGN_IN_NEEDED:
            raise
        hint = error.hint if isinstance(error, AwsLoginNeeded) else f"run: {command_line('login', profile.name)}"
        title = f"{error.title}; {hint}"
        code = error.code
    raise SsoError(title, "", SIGN_IN_NEEDED, code)


@contextmanager
def naming_the_command(name: str) -> Iterator[None]:
    """When the user has to sign in: say the command for it. The error itself names a key of the board."""
    try:
        yield
    except SsoError as error:
        if error.exit_code == SIGN_IN_NEEDED and not isinstance(error, AwsLoginNeeded):
            error.hint = f"run: {command_line('login', name)}"
        raise


def sign_in_command(profile: Profile) -> str:
    """What signs in to what the profile needs."""
    if profile.login_session:
        return aws_command("login", profile.name)
    return command_line("login", "--session", profile.session or "")
