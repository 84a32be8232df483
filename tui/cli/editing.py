"""Changing the config file from a command: the change is shown, agreed to, and made to that very file."""

from __future__ import annotations

from collections.abc import Callable

from ..aws.cache import config_edit
from ..aws.cache.config_edit import Changed, ConfigFile
from ..text import clean, place
from ..words.differences import ADDED, GONE, PLACE, differences
from .environment import Environment
from .options import UsageError

TRIES = 5
"""Times that a change is made anew because the file is another each time, before it is given up."""

_CODES = {ADDED: "32", GONE: "31", PLACE: "36"}


def change(
    here: Environment,
    edit: Callable[[str], str],
    question: str,
    agreed: bool,
    notes: Callable[[str], object] = len,
    write: Callable[[ConfigFile, str], str] | None = None,
) -> ConfigFile | None:
    """Show what `edit` makes of the config file, ask unless that is `agreed` already, and write it. `notes` is given
    the file's text, to say more before the question. When the file has changed meanwhile it is all shown and asked
    anew. `write`: what writes it, in place of `config_edit.write`. Returns what was replaced; None when the answer was
    no. Raises SsoError, UsageError."""
    for tried in range(TRIES):
        file = config_edit.read(here.environ)
        made = file.edited(edit)
        if made != file.text:
            show_change(here, file, made)
        notes(file.text)
        if not agreed:
            require_terminal(here)
            if not here.confirmed(question):
                here.say("Nothing was changed.")
                return None
        if made == file.text:
            return file
        try:
            backup = (write or config_edit.write)(file, made)
        except Changed as error:
            if tried == TRIES - 1:
                raise
            here.say(f"! {clean(error.title)}: this is what would be written now")
            continue
        kept = f"; what it was is in {clean(place(backup), 1000)}" if backup else ""
        here.say(f"Written to {clean(place(file.path), 1000)}{kept}")
        return file
    raise AssertionError("unreachable")


def require_terminal(here: Environment) -> None:
    """Raises UsageError where nobody can answer."""
    if not here.can_ask:
        raise UsageError("Changing the configuration asks first, and standard input is not a terminal: add --yes")


def show_change(here: Environment, file: ConfigFile, made: str) -> None:
    """Print what changes, on stdout, in colours where a terminal has them."""
    coloured = here.has_colours
    here.show(f"{clean(place(file.path), 1000)}{'' if file.data is not None else ' (a new file)'}")
    for kind, line in differences(file.text, made):
        code = _CODES.get(kind, "") if coloured else ""
        here.show(f"\x1b[{code}m{line}\x1b[0m" if code else line)
