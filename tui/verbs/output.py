"""What the commands share: finding what the user named, and writing for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from ..aws.errors import SsoError, aws_command
from ..aws.inventory import Inventory
from ..aws.model import Profile, Session
from ..text import clean, place

MAKE_ONE = "to make one, run: aws configure sso"


def say(text: str = "") -> None:
    """A message for the person, on stderr. Foreign text in it must be clean already. That stderr cannot be written to
    stops nothing: what a command prints and what its exit code says do not depend on it."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass


def show(text: str = "") -> None:
    """A line of data for people, on stdout. What its encoding lacks becomes an escape. Foreign text must be clean."""
    encoding = sys.stdout.encoding or "utf-8"  # that of a StringIO is None
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def show_json(value: object, indent: int = 2) -> None:
    """An answer for machines, on stdout. json leaves one control character as it is, which a terminal would get."""
    sys.stdout.write(json.dumps(value, indent=indent).replace("\x7f", "\\u007f") + "\n")


def warn(inventory: Inventory) -> None:
    """What requests brought to light: a wrong clock, locks that cannot be kept."""
    from ..aws.clients import skew_warning
    from ..aws.inventory import UNLOCKED

    for warning in (skew_warning(), UNLOCKED if inventory.unlocked else ""):
        if warning:
            say(f"! {warning}")


def the_profile(inventory: Inventory, name: str) -> Profile:
    """The listed profile called `name`. Raises SsoError when there is none."""
    profile = inventory.profile(name)
    if profile is not None:
        return profile
    check_read(inventory, f"profile {name}")
    if name in inventory.config.all_names:
        source = login_source(inventory, name)
        if source:
            title = f"Profile {name} gets its role by way of {source}, which signs in with aws login"
            raise SsoError(title, f"the AWS CLI and the SDKs use it; to sign in, run: {aws_command('login', source)}")
        raise SsoError(f"Profile {name} does not use IAM Identity Center", "ssotui handles SSO profiles only")
    config = inventory.config
    if config.config_file in config.unread:
        raise SsoError(f"There is no profile {name}: {place(config.config_file)} does not exist", MAKE_ONE)
    raise SsoError(f"There is no profile {name}", near(name, list(config.profiles)))


def login_source(inventory: Inventory, name: str) -> str:
    """The profile of `aws login` at the end of the chain of `name`, which is not listed; "" when there is none."""
    for _ in range(8):
        name = inventory.config.unlisted.get(name, {}).get("source_profile", "")
        profile = inventory.profile(name)
        if profile is not None:
            return name if profile.login_session else ""
    return ""


def the_session(inventory: Inventory, name: str) -> Session:
    """The session with this name or start URL. Raises SsoError when there is none."""
    session = inventory.find_session(name)
    if session is None:
        check_read(inventory, f"session {name}")
        raise SsoError(f"There is no session {name}", near(name, list(inventory.config.sessions)))
    return session


def check_read(inventory: Inventory, missing: str) -> None:
    """Raises SsoError when `missing` may only be so because the configuration could not be read."""
    why = inventory.config.why_unread()
    if why:
        raise SsoError(why, f"so nothing is known of {missing}")


def tell_not_remembered(problem: str) -> None:
    """Say why a use is not remembered, if it is not."""
    if problem:
        say(f"! this use is not remembered: {clean(problem, 1000)}")


def near(name: str, names: list[str]) -> str:
    """A hint with the names most like `name`, or where to see them all."""
    from difflib import get_close_matches

    found = get_close_matches(name, names, 3)
    return f"did you mean {' or '.join(found)}?" if found else "see: ssotui status"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows aligned under `header`, columns in `right` to the right; two spaces between. Cells must be clean.

    A cell with nothing behind it in its row may be wider than its column.
    """
    from rich.cells import cell_len

    lines = [list(header), *map(list, rows)]
    widths = [
        max(cell_len(line[column]) for line in lines if line is lines[0] or any(line[column + 1 :]))
        for column in range(len(header) - 1)
    ]
    widths.append(max(cell_len(line[-1]) for line in lines))
    text = []
    for line in lines:
        cells = [
            " " * (width - cell_len(cell)) + cell if column in right else cell + " " * (width - cell_len(cell))
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def show_problems(inventory: Inventory) -> None:
    """Every problem in configuration and caches, a line each, on stderr."""
    for problem in inventory.problems():
        say(f"! {clean(place(problem.file, problem.line))}: {clean(problem.message)}")
