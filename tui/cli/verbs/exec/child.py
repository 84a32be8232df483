"""`ssotui exec PROFILE -- COMMAND`: run a command with a profile's role credentials in its environment."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence

from ....aws.errors import SsoError, command_line
from ....aws.model import Profile, RoleCredentials
from ....aws.state.store import Store
from ....exit_codes import CANNOT_RUN, DONE, NOT_FOUND, SIGN_IN_NEEDED
from ....guard.rules import EXEC
from ....shell.formats import OUTRANKING, REGION_MARK, own_region, variables
from ....terminal import inherited
from ...arguments import make_parser
from ...environment import Environment
from ...guard_rails.allowing import allow
from ...launch import finish
from ...obtaining import asked_for, role_credentials
from ...options import UsageError
from ...output import warn

_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")


def exec(options: Namespace, here: Environment) -> int:  # noqa: A001 - the command's name
    """Become the command; on Windows, which cannot do that, run it and return its exit code."""
    command: list[str] | None = options.command
    if command is None:
        named = command_line("exec", name=options.profile or "PROFILE") if options.role is None else "ssotui exec ..."
        raise UsageError(f"Put -- before the command: {named} -- COMMAND")
    if options.words:
        raise UsageError("exec takes one profile; what follows -- is the command")
    if not command:
        raise UsageError("There is no command behind --")
    if options.agent and options.login:
        raise UsageError("An agent signs in to nothing: --agent goes without --login")
    profile, credentials = _credentials(options, here)
    environ = child_environ(here.environ, profile, credentials, options.region or "")
    finish(DONE)  # the command takes this program's place
    return replace_us(command, environ)


def replace_us(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Have a program take this one's place, or run it where that cannot be and return its exit code."""
    if os.name == "nt":
        return run_beside(command, environ)
    raise _become(command, environ)


def child_environ(
    environ: Mapping[str, str], profile: Profile, credentials: RoleCredentials, region: str = ""
) -> dict[str, str]:
    """`environ` for a command that is to use these credentials: with nothing that was there before and would win.

    The region is `region`, else the one that the user has set in `environ`, else the profile's. One of the profile
    before, which an export has left there, is none of the user's.
    """
    own = "" if region else own_region(environ)
    kept = {name: value for name, value in environ.items() if name not in OUTRANKING}
    kept |= variables(credentials, profile, region or own)
    if "AWS_REGION" in kept and not own:
        kept[REGION_MARK] = kept["AWS_REGION"]
    return kept


def _credentials(options: Namespace, here: Environment) -> tuple[Profile, RoleCredentials]:
    store, profile = asked_for(here, options)
    allow(here, profile, EXEC, options)
    try:
        credentials = role_credentials(store, profile, options.agent)
    except SsoError as error:
        if error.exit_code != SIGN_IN_NEEDED or not options.login or profile.login_session:
            raise
        from ..login.flow import login

        # --force: the session may look signed in, while AWS no longer accepts its token.
        whom = [f"--session={profile.session}"] if profile.unlisted else ["--", profile.name]
        code = login(make_parser(here, ("login",)).parse_args(["login", "--force", *whom]), here)
        if code:
            raise SystemExit(code) from None
        store = Store(here.environ)
        credentials = role_credentials(store, profile)
    warn(here, store.snapshot)
    return profile, credentials


def _become(command: Sequence[str], environ: Mapping[str, str]) -> SsoError:
    """Replace this process, so that signals, terminal and exit code are the command's own. Returns why not: then its
    own are as they were, or what it says to a pipe that nobody reads would end it without a word."""
    numbers = [getattr(signal, name) for name in _IGNORED_BY_PYTHON if hasattr(signal, name)]
    # An ignored signal stays ignored in the new program, which does not expect it.
    before = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    inherited.hand_on()
    sys.stdout.flush()
    try:
        os.execvpe(command[0], list(command), environ)
    except (OSError, ValueError) as error:
        return not_run(command[0], error, environ)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        inherited.forbid_core_dumps()


def run_beside(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a program in this terminal and return its exit code."""
    import subprocess

    program = shutil.which(command[0], path=environ.get("PATH")) or command[0]
    try:
        process = subprocess.Popen([program, *command[1:]], env=dict(environ))
    except (OSError, ValueError) as error:
        raise not_run(command[0], error, environ) from None
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the console has sent it to the command too


def not_run(name: str, error: OSError | ValueError, environ: Mapping[str, str]) -> SsoError:
    """Why a command could not be started, with the exit code that shells give then."""
    missing = not name or isinstance(error, FileNotFoundError)
    # A folder of the PATH that is closed to us is no reason either: shells go on to the next.
    missing = missing or (isinstance(error, PermissionError) and not _is_somewhere(name, environ))
    if missing and not shutil.which(name, path=environ.get("PATH")):
        return SsoError(f"{name or 'The empty name'}: command not found", "", NOT_FOUND)
    if missing:
        return SsoError(f"{name}: the interpreter that its first line names does not exist", "", CANNOT_RUN)
    reason = error.strerror if isinstance(error, OSError) else "its arguments or environment hold a NUL character"
    return SsoError(f"{name} cannot be run: {reason}", "", CANNOT_RUN)


def _is_somewhere(name: str, environ: Mapping[str, str]) -> bool:
    """Whether there is a file of that name, to be run or not."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.path.dirname(name) != "" or any(os.path.exists(os.path.join(folder, name)) for folder in folders)
