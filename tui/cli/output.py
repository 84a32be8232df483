"""What the commands share: finding what the user named, and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aws.config.configuration import Config
from ..aws.config.loading import chosen_name, chosen_problem, credential_process
from ..aws.errors import SsoError, aws_command, command_line
from ..aws.model import Profile, Session
from ..aws.state.snapshot import UNLOCKED, Snapshot
from ..exit_codes import USAGE
from ..text import clean, place
from .environment import Environment
from .options import UsageError

MAKE_ONE = "to begin with a start URL, run: ssotui sessions add"


def warn(here: Environment, snapshot: Snapshot) -> None:
    """What requests brought to light: a wrong clock, locks that cannot be kept."""
    from ..aws.requests.clients import skew_warning

    for warning in (skew_warning(), UNLOCKED if snapshot.unlocked else ""):
        if warning:
            here.say(f"! {warning}")


def the_profile(snapshot: Snapshot, name: str | None) -> Profile:
    """The listed profile called `name`; for None that of AWS_PROFILE, else `default`. Raises SsoError when there is
    none."""
    if name is None:
        name = chosen(snapshot)
    profile = snapshot.profile(name)
    if profile is not None:
        return profile
    check_read(snapshot, f"profile {name}")
    if name in snapshot.config.all_names:
        raise _without_sso(snapshot, name)
    raise no_profile(snapshot.config, name)


def no_profile(config: Config, name: str) -> SsoError:
    """The error for a name that no profile has, as far as could be read."""
    why = config.why_unread()
    if why:
        return SsoError(why, f"so nothing is known of profile {name}")
    if config.config_file in config.unread:
        return SsoError(f"There is no profile {name}: {place(config.config_file)} does not exist", MAKE_ONE)
    return SsoError(f"There is no profile {name}", near(name, config.all_names))


def login_source(snapshot: Snapshot, name: str) -> str:
    """The profile of `aws login` at the end of the chain of `name`, which is not listed; "" when there is none."""
    for _ in range(8):
        name = snapshot.config.unlisted.get(name, {}).get("source_profile", "")
        profile = snapshot.profile(name)
        if profile is not None:
            return name if profile.login_session else ""
    return ""


def chosen(snapshot: Snapshot) -> str:
    """The name of the profile that is meant when none is given."""
    return chosen_of(snapshot.config, snapshot.environ)


def chosen_of(config: Config, environ: Mapping[str, str]) -> str:
    """The same for a command that needs the configuration alone."""
    _check_read(config, "any profile")
    wrong = chosen_problem(config, environ)
    name = chosen_name(environ)
    if name and wrong is not None:
        raise SsoError(f"{wrong.file}: {wrong.message}", "set it to a profile, unset it, or name a profile")
    if not name and "default" not in config.all_names:
        raise UsageError("Which profile? Name one, or set AWS_PROFILE: there is no profile default")
    return name or "default"


def _without_sso(snapshot: Snapshot, name: str) -> SsoError:
    """The error for a profile that this program has no credentials for. If the profile gets them from this program, it
    says of which profile: there the two would go round in a circle."""
    words = credential_process(name, snapshot.environ).replace("\\", "/").split()
    at = words.index("credential-process") if "credential-process" in words else 0
    if at and words[at - 1].rpartition("/")[2].removesuffix(".exe") in ("ssotui", "tui"):
        rest = [word.strip("'\"").removeprefix("--profile=") for word in words[at + 1 :]]
        named = next((word for word in rest if not word.startswith("-")), name)
        if named == name:
            title = (
                f"Profile {name} does not use IAM Identity Center: its credential_process asks ssotui for {name} again"
            )
            return SsoError(title, "this is a circle: it has to name an SSO profile, not the one that it stands in")
        title = f"Profile {name} does not use IAM Identity Center: it has the credentials of {named} from ssotui"
        return SsoError(title, f"name that one: {named}")
    source = login_source(snapshot, name)
    if source:
        title = f"Profile {name} gets its role by way of {source}, which signs in with aws login"
        return SsoError(title, f"the AWS CLI and the SDKs use it; to sign in, run: {aws_command('login', source)}")
    return SsoError(f"Profile {name} does not use IAM Identity Center", "ssotui handles SSO profiles only")


def the_session(snapshot: Snapshot, name: str) -> Session:
    """The session with this name or start URL. Raises SsoError when there is none."""
    session = snapshot.find_session(name)
    if session is None:
        same = [key for key, session in snapshot.config.sessions.items() if session.start_url == name]
        if same:
            title = f"{name} is the start URL of {len(same)} sessions: {', '.join(same)}"
            raise SsoError(title, f"name one of them: --session {same[0]}", exit_code=USAGE)
        check_read(snapshot, f"session {name}")
        raise SsoError(f"There is no session {name}", near(name, list(snapshot.config.sessions)))
    return session


def check_read(snapshot: Snapshot, missing: str) -> None:
    """Raises SsoError when `missing` may only be so because the configuration could not be read."""
    _check_read(snapshot.config, missing)


def _check_read(config: Config, missing: str) -> None:
    why = config.why_unread()
    if why:
        raise SsoError(why, f"so nothing is known of {missing}")


def near(name: str, names: list[str]) -> str:
    """A hint with the names most like `name`, or where to see them all."""
    from ..aws.config.similar import SHOWN, alike, suggestion  # late, for the commands that find what they look for

    found = alike(name, names)
    if not found:
        return "see: ssotui status --all"
    meant = suggestion(found[:SHOWN])
    further = len(found) - SHOWN
    if further <= 0 or name.casefold() not in found[-1].casefold():
        return meant
    return f"{meant} {further} more: {command_line('status', name=name)}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows aligned under `header`, columns in `right` to the right; two spaces between. Cells must be clean.

    A cell with nothing behind it in its row may be wider than its column.
    """
    return aligned([header, *rows], right)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows aligned as in `table`, without a header."""
    from rich.cells import cell_len

    there = [number for number, column in enumerate(zip(*rows, strict=True)) if any(column)]  # what says nothing goes
    lines = [[row[number] for number in there] for row in rows]
    right = [there.index(number) for number in right if number in there]
    widths = [
        max((cell_len(line[column]) for line in lines if any(line[column + 1 :])), default=0)
        for column in range(len(lines[0]))
    ]
    text = []
    for line in lines:
        cells = [
            " " * (width - cell_len(cell)) + cell if column in right else cell + " " * (width - cell_len(cell))
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def show_problems(here: Environment, snapshot: Snapshot) -> None:
    """Every problem in configuration and caches, a line each, on stderr."""
    for problem in snapshot.problems():
        for line in wrapped(f"! {clean(place(problem.file, problem.line))}: {clean(problem.message)}", here.width):
            here.say(line)


def wrapped(text: str, width: int | None) -> list[str]:
    """A clean text in lines of `width` cells (None: one line), those behind the first set in. Words stay whole, also
    where they are longer, as paths are."""
    if width is None or len(text) <= width:
        return [text]
    from textwrap import wrap

    return wrap(text, max(width, 20), subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
