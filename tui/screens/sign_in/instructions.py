"""What the sign-in screen says of one session, in as much room as there is: lines of text, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.content import Content

from ...aws.model import BROWSER
from ...text import clean
from ...widgets.bars import MUTED
from ...widgets.detail import wrap as break_lines
from ...words.durations import left
from .attempt import DONE, OPEN, Attempt
from .letters import LARGE, NARROW, SMALL, drawn

CODE, URL = "code", "url"
"""What a click on a line copies."""

Line = tuple[Content, str]
"""A line, and what a click on it copies ("" for nothing)."""

EMPTY: Line = (Content(""), "")

ROOMY, CLOSE, TIGHT = "roomy", "close", "tight"
"""With empty lines between the steps; without; each step on one line, and how it stands first of all."""

FORMS = (
    (ROOMY, LARGE),
    (CLOSE, LARGE),
    (ROOMY, SMALL),
    (CLOSE, SMALL),
    (ROOMY, NARROW),
    (CLOSE, NARROW),
    (TIGHT, LARGE),
    (TIGHT, SMALL),
    (TIGHT, NARROW),
    (ROOMY, ""),
    (CLOSE, ""),
    (TIGHT, ""),
)
"""How the text may look, the best first: how close it is, and in which letters the code is drawn besides."""

LONGEST_ADDRESS = 4
"""Lines that an address may take; of a longer one the middle is left out, so that the code stays in sight."""

ENTER = "Enter or compare"

INDENT = " " * 4
"""In front of what belongs to a step."""

_LABEL = len(INDENT) + len(ENTER) + 2
"""Cells in front of what is to be opened, entered or approved, where it has room beside that."""

_LEAST = 12
"""Cells in which words are still broken into lines."""


def best(attempt: Attempt, width: int, height: int, must_fit: bool = False) -> list[Line]:
    """What to say in `width` x `height` cells. Empty if `must_fit` and no form of it does."""
    lines: list[Line] = []
    for spacing, alphabet in FORMS:
        block = large_code(attempt, width, alphabet) if alphabet else []
        if alphabet and not block:
            continue
        lines = lines_of(attempt, width, spacing, block)
        if len(lines) <= height:
            return lines
    return [] if must_fit else lines


def large_code(attempt: Attempt, width: int, alphabet: str, indent: str = INDENT) -> list[Line]:
    """The code in the letters of an alphabet, indented as far as there is room; empty where it is too wide even so, or
    cannot be drawn."""
    block = drawn(attempt.user_code, alphabet)
    room = width - max(map(len, block), default=0)
    if room < 0:
        return []
    return [(Content.styled(indent[:room] + line, "bold $text-primary"), CODE) for line in block]


def lines_of(attempt: Attempt, width: int, spacing: str, block: Sequence[Line]) -> list[Line]:
    """All that there is to say, in one form. `block`: the code in large letters."""
    gap = [EMPTY] if spacing == ROOMY else []
    state = [*state_lines(attempt, width), *said_lines(attempt, width)]
    lines = state if spacing == TIGHT else [EMPTY]  # first of all: what is below it may be out of sight
    steps = _steps(attempt, width, spacing == TIGHT, block)
    for step in steps:
        lines = [*lines, *step, *gap]
    lines += strange_lines(attempt, width)
    if spacing != TIGHT:
        lines += [*([EMPTY] if steps and not gap else []), *state]
    return lines + [line for group in notes(attempt, width) for line in ([EMPTY] if gap else []) + group]


def state_lines(attempt: Attempt, width: int) -> list[Line]:
    """How it stands, and for how long: on one line where both have room."""
    style = style_of(attempt)
    seconds = attempt.seconds_left
    remaining = f"{attempt.counts} {left(seconds)}" if seconds is not None else ""
    both = f"{clean(attempt.message, 400)}   {remaining}"
    if remaining and len(both) <= width - len(INDENT):
        return [(Content.styled(INDENT + both, style), "")]
    return paragraph(attempt.message, width, style) + (paragraph(remaining, width, MUTED) if remaining else [])


def style_of(attempt: Attempt) -> str:
    """The colour of how it stands."""
    return "$text-success" if attempt.state == DONE else MUTED if attempt.state in OPEN else "$text-error"


def said_lines(attempt: Attempt, width: int, indent: str = INDENT) -> list[Line]:
    """What the last key has come to."""
    text, bad = attempt.said
    return paragraph(text, width, "$text-warning" if bad else "$text-success", indent) if text else []


def strange_lines(attempt: Attempt, width: int, indent: str = INDENT) -> list[Line]:
    """The warning before an address that somebody else may have put there."""
    text = "Not an address of AWS's: open it only if you trust it."
    return paragraph(text, width, "$text-warning", indent) if attempt.strange else []


def notes(attempt: Attempt, width: int, indent: str = INDENT) -> list[list[Line]]:
    """What else the user should know, each as a group of lines."""
    found = []
    if attempt.note:
        found.append(paragraph(attempt.note, width, "$text-warning", indent))
    if attempt.reason:
        found.append(paragraph(f"With a code, not in the browser: {attempt.reason}", width, MUTED, indent))
    if attempt.way_back:
        told = paragraph("With a browser on another machine, run there first:", width, MUTED, indent)
        found.append(told + paragraph(attempt.way_back, width, "$text-primary", indent))
    return found


def paragraph(text: str, width: int, style: str, indent: str = INDENT) -> list[Line]:
    """A foreign text in lines, made harmless here."""
    lines = wrap(clean(text, 600), max(width - len(indent), _LEAST))
    return [(Content.styled(indent + line, style), "") for line in lines]


def address(text: str, width: int, lines: int) -> list[Line]:
    """An address in at most so many lines. Nobody types one that is longer."""
    room = max(width, _LEAST)
    if len(text) > room * lines:
        half = (room * lines - 1) // 2
        text = f"{text[:half]}…{text[len(text) - half :]}"
        broken = [text[start : start + room] for start in range(0, len(text), room)]
    else:
        broken = break_lines(text, room)
    return [(Content.styled(line, "$text-primary"), URL) for line in broken]


def shown_code(code: str) -> Content:
    """A code as text."""
    return Content.styled(f" {code} ", "bold reverse")


def longest(width: int, *texts: str) -> str:
    """The first of these texts, the longest first, that has room; the last one where none has."""
    return next((text for text in texts if len(text) <= width), texts[-1])


def _steps(attempt: Attempt, width: int, tight: bool, block: Sequence[Line]) -> list[list[Line]]:
    """What to do, step by step."""
    if attempt.shown is None:
        return []
    if not attempt.url:
        where = longest(width - _LABEL, "in the browser that the other ssotui has opened", "where the other ssotui is")
        return [_step(1, "Approve", [(Content(where), "")], width, tight)]
    steps = [_open(attempt, width, tight)]
    if attempt.user_code:
        steps.append(_enter(attempt, width, tight, block))
        texts = ["only a sign-in that you started yourself", "only a sign-in that you started", "only what you started"]
    else:
        texts = ["there, then come back"]
    beside = width - (len("Approve") + 5 if tight else _LABEL)
    if not tight and all(len(text) > beside for text in texts[:2]):
        beside = width - len(INDENT)  # it is said below, then, and as clearly as it can be
    approve = longest(beside, *texts)
    steps.append(_step(len(steps) + 1, "Approve", [(Content(approve), "")], width, tight))
    return steps


def _open(attempt: Attempt, width: int, tight: bool) -> list[Line]:
    if tight:
        return _step(1, "Open", address(attempt.url, width - len("Open") - 5, 1), width, tight)
    # The address of the browser flow is ours, and without a browser it is copied from here.
    lines = len(attempt.url) if attempt.flow == BROWSER else LONGEST_ADDRESS
    return _step(1, "Open", address(attempt.url, width - len(INDENT), lines), width, tight)


def _enter(attempt: Attempt, width: int, tight: bool, block: Sequence[Line]) -> list[Line]:
    lines = _step(2, ENTER, [(shown_code(attempt.user_code), CODE)], width, tight)
    if attempt.asked_for:
        said = "the page asks for it"
        if lines[-1][0].cell_length + len(said) + 2 <= width:
            lines[-1] = (Content.assemble(lines[-1][0], (f"  {said}", MUTED)), CODE)
        else:
            lines += paragraph(said, width, MUTED)
    if block:
        lines += [*([] if tight else [EMPTY]), *block]
    return lines


def _step(number: int, verb: str, what: Sequence[Line], width: int, tight: bool) -> list[Line]:
    """A step: its verb, and what to do it to: beside that, or below where it takes more."""
    label = Content.assemble((f" {number}  ", MUTED), verb)
    gap = 1 if tight else _LABEL - len(label)
    if len(what) == 1 and len(label) + gap + what[0][0].cell_length <= width:
        return [(Content.assemble(label, " " * gap, what[0][0]), what[0][1])]
    return [(label, ""), *((Content(INDENT) + line, copies) for line, copies in what)]
