"""An animated SVG of a terminal: it needs no script, no font and no other file, and loops by itself.

What stays the same from one picture to the next is in it once: each line of the screen, as it looked at some time, is a
group that a CSS animation shows while it is there. Who has asked for less motion sees one picture that stands still.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.cells import cell_len
from textual.strip import Strip

from .png import Box, block_boxes

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
MARGIN, BAR, CAPTION = 12, 30, 38
"""Around the terminal: at its sides, for the bar of the window, and for the line below it."""

PHONE = 194
"""How high the phone is: in 30 lines it has room below the code of a sign-in, beside the QR code, above the keys."""

FONT = "ui-monospace,'Fira Code','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
WORDS = "system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif"

_LINES: dict[str, Box] = {
    "─": (0, 0.47, 1, 0.53),
    "━": (0, 0.43, 1, 0.57),
    "╸": (0, 0.43, 0.5, 0.57),
    "│": (0.45, 0, 0.55, 1),
    "▔": (0, 0, 1, 0.1),
    "▁": (0, 0.9, 1, 1),
}
"""Characters that are drawn, so that there is no seam between two cells whatever the font."""

_TOGETHER = re.compile(r"[!-~]+(?: [!-~]+)*")


class Run(NamedTuple):
    """Characters of one look, from the column `x` on. Colours are as in CSS."""

    x: int
    text: str
    colour: str
    behind: str
    bold: bool = False
    underlined: bool = False


class Frame(NamedTuple):
    """What is shown for some seconds: the lines of the terminal, the key that was pressed and what it does, and in the
    words of a phone what it asks (or that it was approved)."""

    lines: tuple[tuple[Run, ...], ...]
    seconds: float
    key: str = ""
    about: str = ""
    phone: str = ""
    approved: bool = False


def runs_of(strip: Strip, background: str) -> tuple[Run, ...]:
    """The runs of a line that Textual has painted in true colours."""
    found, x = [], 0
    for text, style, _control in strip:
        colour, behind = "#ffffff", background
        if style is not None:
            colour = style.color.triplet.hex if style.color is not None and style.color.triplet else colour
            behind = style.bgcolor.triplet.hex if style.bgcolor is not None and style.bgcolor.triplet else behind
            if style.reverse:
                colour, behind = behind, colour
        bold, underlined = bool(style and style.bold), bool(style and style.underline)
        found.append(Run(x, text, colour, behind, bold, underlined))
        x += cell_len(text)
    return tuple(run for run in found if run.text.strip() or run.behind != background)


def animated(frames: Sequence[Frame], columns: int, rows: int, background: str, title: str, still: int) -> str:
    """The SVG. `still`: the number of the frame for who wants no motion."""
    film = _Film(frames, background, still)
    width, height = columns * CELL_WIDTH + 2 * MARGIN, BAR + rows * CELL_HEIGHT + CAPTION
    left, top = MARGIN, BAR
    drawn = []
    for line in range(rows):
        shown: dict[tuple[Run, ...], list[int]] = {}
        for number, frame in enumerate(frames):
            runs = frame.lines[line] if line < len(frame.lines) else ()
            if runs:
                shown.setdefault(runs, []).append(number)
        for runs, numbers in shown.items():
            drawn.append(film.shown("".join(film.line(runs, left, top + line * CELL_HEIGHT)), numbers))
    drawn += film.extras(width, height)
    dots = "".join(
        f'<circle cx="{22 + 18 * index}" cy="15" r="5.5" fill="{colour}"/>'
        for index, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{film.style()}</style>",
            f'<rect width="{width:g}" height="{height}" rx="9" fill="#292929"/>',
            f'<rect y="{BAR}" width="{width:g}" height="{rows * CELL_HEIGHT}" fill="{background}"/>',
            dots,
            *drawn,
            "</svg>\n",
        ]
    )


class _Film:
    """The parts of the SVG, with what they need in its style sheet."""

    def __init__(self, frames: Sequence[Frame], background: str, still: int) -> None:
        self.frames = frames
        self.background = background
        self.still = still
        self._starts = [0.0]
        for frame in frames:
            self._starts.append(self._starts[-1] + frame.seconds)
        self._looks: dict[str, str] = {}
        self._times: dict[tuple[tuple[int, int], ...], str] = {}

    def style(self) -> str:
        """The style sheet, once all parts are made."""
        total = self._starts[-1]
        rules = [
            f"text{{font:{FONT_SIZE}px {FONT}}}.w{{font-family:{WORDS}}}.b{{font-weight:700}}",
            *(f".{name}{{fill:{colour}}}" for colour, name in self._looks.items()),
            f"g{{visibility:hidden;animation:{total:g}s step-end infinite}}",
        ]
        for spans, name in self._times.items():
            stops = {} if spans[0][0] == 0 else {"0%": "hidden"}
            for first, last in spans:
                stops[self._percent(first)] = "visible"
                if last + 1 < len(self.frames):
                    stops[self._percent(last + 1)] = "hidden"
            steps = "".join(f"{at}{{visibility:{value}}}" for at, value in stops.items())
            rules.append(f"@keyframes {name}{{{steps}}}.{name}{{animation-name:{name}}}")
        rules.append("@media (prefers-reduced-motion:reduce){g{animation:none}.s{visibility:visible}}")
        return "".join(rules)

    def _percent(self, number: int) -> str:
        return f"{self._starts[number] / self._starts[-1] * 100:.3f}".rstrip("0").rstrip(".") + "%"

    def shown(self, content: str, numbers: Iterable[int]) -> str:
        """A group that is there in the frames with these numbers."""
        spans: list[tuple[int, int]] = []
        for number in numbers:
            if spans and spans[-1][1] == number - 1:
                spans[-1] = spans[-1][0], number
            else:
                spans.append((number, number))
        name = self._times.setdefault(tuple(spans), f"t{len(self._times)}")
        still = " s" if any(first <= self.still <= last for first, last in spans) else ""
        return f'<g class="{name}{still}">{content}</g>'

    def _look(self, colour: str) -> str:
        return self._looks.setdefault(colour, f"c{len(self._looks)}")

    def line(self, runs: Iterable[Run], left: float, top: float) -> Iterator[str]:
        """The parts of one line."""
        for run in runs:
            if run.behind != self.background:
                x, width = left + run.x * CELL_WIDTH, len(run.text) * CELL_WIDTH
                yield _box(x, top, width, CELL_HEIGHT, self._look(run.behind))
        for run in runs:
            look = self._look(run.colour) + (" b" if run.bold else "")
            yield from self._words(run, look, left, top)

    def _words(self, run: Run, look: str, left: float, top: float) -> Iterator[str]:
        at = 0
        while at < len(run.text):
            x = left + (run.x + at) * CELL_WIDTH
            char = run.text[at]
            together = _TOGETHER.match(run.text, at)
            boxes = [_LINES[char]] if char in _LINES else block_boxes(char)
            if together:
                text = together.group()
                yield self._text(text, look, x, top, f'textLength="{len(text) * CELL_WIDTH:.4g}"')
                if run.underlined:
                    yield _box(x, top + CELL_HEIGHT - 2.5, len(text) * CELL_WIDTH, 1, self._look(run.colour))
                at += len(text)
                continue
            count = 1
            if boxes:
                while run.text[at + count : at + count + 1] == char:
                    count += 1
                for box in boxes:
                    wide = count if box[2] - box[0] == 1 else 1
                    for number in range(count if wide == 1 else 1):
                        edge = x + (number + box[0]) * CELL_WIDTH
                        size = (box[2] - box[0] + wide - 1) * CELL_WIDTH, (box[3] - box[1]) * CELL_HEIGHT
                        yield _box(edge, top + box[1] * CELL_HEIGHT, *size, self._look(run.colour))
            elif char.strip():
                yield self._text(char, look, x + CELL_WIDTH / 2, top, 'text-anchor="middle"')
            at += count

    def _text(self, text: str, look: str, x: float, top: float, more: str) -> str:
        return f'<text class="{look}" x="{x:.5g}" y="{top + 13.5:g}" {more}>{escape(text)}</text>'

    def extras(self, width: float, height: float) -> Iterator[str]:
        """What is not in the terminal: the key below it, and the phone."""
        notes: dict[tuple[str, str], list[int]] = {}
        phones: dict[tuple[str, bool], list[int]] = {}
        for number, frame in enumerate(self.frames):
            if frame.about:
                notes.setdefault((frame.key, frame.about), []).append(number)
            if frame.phone:
                phones.setdefault((frame.phone, frame.approved), []).append(number)
        for (key, about), numbers in notes.items():
            yield self.shown(_note(key, about, height), numbers)
        for (phone, approved), numbers in phones.items():
            yield self.shown(_phone(phone, approved, width - 530, height - CAPTION - CELL_HEIGHT - PHONE - 3), numbers)


def _box(x: float, y: float, width: float, height: float, look: str) -> str:
    size = f'width="{width:.5g}" height="{height:.5g}"'
    return f'<rect class="{look}" x="{x:.5g}" y="{y:.5g}" {size} shape-rendering="crispEdges"/>'


def _note(key: str, about: str, height: float) -> str:
    y, wide = height - CAPTION + 8, len(key) * CELL_WIDTH + 14
    text = f'x="{MARGIN + (wide + 10 if key else 0):g}" y="{y + 16:g}" fill="#d0d0d0"'
    middle = f'x="{MARGIN + wide / 2:g}" y="{y + 16:g}" text-anchor="middle"'
    cap = (
        f'<rect x="{MARGIN}" y="{y:g}" width="{wide:g}" height="22" rx="5" fill="#e8e8e8"/>'
        f'<text class="b" {middle} fill="#222">{escape(key)}</text>'
    )
    return f'{cap if key else ""}<text class="w" {text}>{escape(about)}</text>'


def _phone(code: str, approved: bool, x: float, y: float) -> str:
    def words(text: str, down: float, fill: str, more: str = 'class="w"') -> str:
        return f'<text {more} x="{x + 80:g}" y="{y + down:g}" text-anchor="middle" fill="{fill}">{text}</text>'

    edge = 'rx="20" fill="#0b0b0b" stroke="#777" stroke-width="2"'
    body = (
        f'<rect x="{x:g}" y="{y:g}" width="160" height="{PHONE}" {edge}/>'
        f'<rect x="{x + 9:g}" y="{y + 14:g}" width="142" height="{PHONE - 28}" rx="10" fill="#f4f6f8"/>'
    )
    if approved:
        circle = f'<circle cx="{x + 80:g}" cy="{y + 82:g}" r="28" fill="#1d8a45"/>'
        tick = f'<path d="M{x + 66:g} {y + 83:g}l10 11 19-22" fill="none" stroke="#fff" stroke-width="5"/>'
        return body + circle + tick + words("Approved", 142, "#1f2328", 'class="w b"')
    button = f'<rect x="{x + 26:g}" y="{y + 132:g}" width="108" height="34" rx="8" fill="#0a66c2"/>'
    asked = words("Is this the code", 44, "#1f2328") + words("on your screen?", 62, "#1f2328")
    shown = words(escape(code), 102, "#1f2328", 'class="b"')
    return body + asked + shown + button + words("Approve", 154, "#fff", 'class="w b"')
