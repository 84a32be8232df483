"""What a change of the config file comes to, and how it is made. Values and files, no screen: all of it blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ...aws.cache import config_edit
from ...aws.cache.config_edit import ChangedSince, ConfigFile, Undo
from ...keys import pressed
from ...text import place
from ...words.differences import differences


class Prepared(NamedTuple):
    """A change, ready to be made. `path`: of the file, as people write it. `lines`: the difference, as `differences`
    gives it. `about`: clean sentences; those that begin with `!` are warnings. `problem`: why it cannot be made, ""
    where it can. `text`: what somebody would have to put into the file by hand."""

    path: str
    lines: Sequence[tuple[str, str]]
    about: Sequence[str]
    problem: str
    text: str
    make: Callable[[], str]


class Change(Protocol):
    """Something that may be done to the config file."""

    title: str
    """What it is, for the top of the screen."""

    def prepare(self, environ: Mapping[str, str]) -> Prepared:
        """What it comes to as the file is now. Raises SsoError where it comes to nothing that could be shown. `make`
        of the answer does it, and says so; it raises Changed when the file is another by then, SsoError."""


class TextChange:
    """A change by a function of the file's text, which is one of the functions of `sections` or made of these. `done`
    says what was done; `about` is asked after each edit."""

    def __init__(
        self,
        title: str,
        edit: Callable[[str], str],
        done: Callable[[], str],
        about: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.title = title
        self._edit = edit
        self._done = done
        self._about = about

    def prepare(self, environ: Mapping[str, str]) -> Prepared:
        """What it comes to."""
        file = config_edit.read(environ, to_write=False)
        made = file.edited(self._edit)
        reason = config_edit.why_not_writable(file.path) if made != file.text else ""

        def make() -> str:
            config_edit.write(file, made)
            return f"{self._done()}, in {place(file.path)}. {pressed('board.undo')} takes it back"

        return Prepared(
            _named(file),
            differences(file.text, made),
            self._about(),
            config_edit.not_written(file.path, reason).title if reason else "",
            made[len(file.text) :].lstrip("\r\n") if made.startswith(file.text) else made,
            make,
        )


class TakeBack:
    """The last change, taken back."""

    title = "Take the last change of the configuration back"

    def prepare(self, environ: Mapping[str, str]) -> Prepared:
        """What it comes to; or what has been changed since, and would be lost."""
        try:
            last = config_edit.last_change(environ)
        except ChangedSince as error:
            about = ("This is what has been changed since, and would be lost.",)
            lines = differences(error.after, error.now)
            return Prepared(place(error.path), lines, about, error.title, error.now, lambda: "")
        removed = ("There was no such file before: it is removed.",) if last.text is None else ()
        lines = differences(last.file.text, last.text or "")
        return Prepared(_named(last.file), lines, removed, "", last.text or "", lambda: _carried_out(last))


def _carried_out(last: Undo) -> str:
    last.carry_out()
    return f"{place(last.file.path)} is what it was before"


def _named(file: ConfigFile) -> str:
    return f"{place(file.path)}{'' if file.data is not None else ' (a new file)'}"
