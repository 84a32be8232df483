"""What is said of many commands: how far they are, the record of each, and how it all ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ....aws.errors import SsoError
from ....aws.model import Profile
from ....desktop.children.outlet import Target
from ....desktop.children.running import CommandResult
from ....desktop.children.spooled import Spool
from ....text import clean
from ....words.counts import some
from ...environment import wants_colours

KINDS = OK, FAILED, REFUSED, NOT_SIGNED_IN, CUT, NOT_STARTED = (
    "ok",
    "failed",
    "refused",
    "not signed in",
    "cut",
    "not started",
)

NAME = 60
"""Letters of a profile's name in front of its lines."""

_COLOURS = ("36", "33", "32", "35", "34", "31")
"""Of the colours that every terminal has, those that can be read on any background."""


UNSTARTED = 3
"""Profiles that are named of those that were not started: they come in the order in which they were given."""


class Tally:
    """How the profiles of these names did: for each kind their names, with a word more where there is one."""

    def __init__(self, names: Iterable[str]) -> None:
        self.running = 0
        self.names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.sign_ins: dict[str, None] = {}
        """The commands that sign in."""
        self._left = dict.fromkeys(names)
        self.total = len(self._left)

    def add(self, name: str, kind: str, more: str = "") -> None:
        """A profile is done."""
        self._left.pop(name, None)
        self.names[kind].append(clean(name) + more)

    def ended(self, result: CommandResult, why: str = "") -> str:
        """Count a command that has ended; `why` it has failed, where its code does not say it. Returns the kind."""
        kind = CUT if result.cut else OK if result.code == 0 and not why else FAILED
        self.add(result.name, kind, f" ({why or f'exit {result.code}'})" if kind == FAILED else "")
        return kind

    def rest(self) -> None:
        """Nothing more will be started."""
        for name in list(self._left):
            self.add(name, NOT_STARTED)

    def done(self) -> int:
        """How many profiles are done."""
        return sum(map(len, self.names.values()))

    def progress(self) -> str:
        """A line about how far it is."""
        failed = len(self.names[FAILED]) + len(self.names[REFUSED])
        text = f"{self.done()} of {self.total} done, {self.running} running"
        return f"{text}, {failed} failed; ctrl+c ends all" if failed else f"{text}; ctrl+c ends all"

    def summary(self, width: int | None = None) -> list[str]:
        """The lines at the end, broken between two names where they have a `width`."""
        counts = [f"{len(names)} {kind}" for kind, names in self.names.items() if names]
        lines = [f"{profiles(self.total)}: {', '.join(counts)}"]
        for kind, names in self.names.items():
            if names and kind == NOT_STARTED:
                lines.append(f"{kind}: {some(names, UNSTARTED)}")
            elif names and kind != OK:
                lines += _broken(f"{kind}: ", names, width)
        if self.sign_ins:
            lines.append(f"to sign in: {'; '.join(map(clean, self.sign_ins))}")
        return lines


def _broken(start: str, names: Sequence[str], width: int | None) -> list[str]:
    """Names with commas between, and lines that begin below the first of them."""
    lines = [start + names[0]]
    for name in names[1:]:
        if width is not None and len(lines[-1]) + len(name) + 3 > width:
            lines[-1] += ","
            lines.append(" " * len(start) + name)
        else:
            lines[-1] += f", {name}"
    return lines


def profiles(count: int) -> str:
    """So many profiles."""
    return f"{count} profile{'s' if count != 1 else ''}"


def fronts(names: Iterable[str], target: Target, environ: Mapping[str, str]) -> dict[str, bytes]:
    """What stands in front of the lines of each profile: its name, all equally wide, in colours on a terminal."""
    from rich.cells import cell_len

    coloured = target.terminal and wants_colours(environ)
    shown = {name: clean(name, NAME) for name in names}
    width = max(map(cell_len, shown.values()), default=0)
    found = {}
    for number, (name, text) in enumerate(shown.items()):
        text += " " * (width - cell_len(text)) + " |"
        if coloured:
            text = f"\x1b[{_COLOURS[number % len(_COLOURS)]}m{text}\x1b[0m"
        found[name] = target.encoded(f"{text} ")
    return found


def record(profile: Profile, result: CommandResult, problem: str, stdout: Spool, stderr: Spool) -> Iterator[str]:
    """The JSON object of a command that has ended, in pieces: its output may be long."""
    yield f'{{"profile": {_text(profile.name)}, "account": {_text(profile.account_id)}'
    yield f', "exit": {json.dumps(result.code)}'
    for name, spool in (("stdout", stdout), ("stderr", stderr)):
        yield f', "{name}": "'
        for piece in spool.texts():
            yield _text(piece)[1:-1]
        yield '"'
    yield f', "seconds": {result.seconds:.3f}, "problem": {_text(problem) if problem else "null"}}}\n'


def no_record(profile: Profile, problem: str) -> str:
    """The JSON object of a profile under which nothing ran."""
    return "".join(record(profile, CommandResult(profile.name, None, 0.0), problem, Spool(), Spool()))


def reason(error: SsoError) -> str:
    """Why there are no credentials, in one line."""
    return clean(error.in_a_line(), 1000)


def _text(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")
