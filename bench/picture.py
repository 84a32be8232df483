"""The picture in the README: time and memory against the number of profiles, drawn from `results.json`."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from screenshots.png import svg_to_png

from .places import ROOT

TARGET = ROOT / "screenshots/speed.png"

WIDTH, HEIGHT = 960, 400
_TOP, _BOTTOM, _SIDE, _GAP = 64, 56, 64, 96
_BACK, _TEXT, _FAINT = "#121212", "#e0e0e0", "#707070"
_COLOURS = ("#57a5e2", "#8ad4a1", "#ffa62b", "#a0a0a0")

PANELS = (
    (
        "Milliseconds until the answer is there",
        "ms",
        (
            ("start, ssotui", "the board, first paint"),
            ("start, bare", "an empty Textual program"),
            ("env, ssotui", "ssotui env PROFILE"),
            ("env, python -c pass", "python -c pass"),
        ),
    ),
    (
        "Megabytes at most",
        "MB",
        (
            ("memory, ssotui with clients", "the board, after a request"),
            ("memory, ssotui", "the board, first paint"),
            ("memory, bare", "an empty Textual program"),
        ),
    ),
)


def draw(results: Mapping[str, Any]) -> None:
    """Draw the picture of these results into TARGET. Raises RenderError when Chromium or its font is missing."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "speed.svg"
        source.write_text(svg(results["series"]), encoding="utf-8")
        svg_to_png(source, TARGET)


def svg(series: Mapping[str, Mapping[str, float]]) -> str:
    """The picture's source. `series`: line -> number of profiles -> value."""
    width = (WIDTH - 2 * _SIDE - _GAP) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        "<style>text { font: 13px 'Fira Code', monospace; paint-order: stroke;"
        f" stroke: {_BACK}; stroke-width: 5px; stroke-linejoin: round; fill: {_TEXT} }}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_BACK}"/>',
    ]
    for number, (title, unit, lines) in enumerate(PANELS):
        left = _SIDE + number * (width + _GAP)
        factor = 1000 if unit == "ms" else 1
        found = [
            (label, {int(size): value * factor for size, value in series[name].items()})
            for name, label in lines
            if name in series
        ]
        parts += _panel(left, width, title, unit, found)
    return "\n".join([*parts, "</svg>"])


def _panel(
    left: float, width: float, title: str, unit: str, lines: Sequence[tuple[str, Mapping[int, float]]]
) -> list[str]:
    highest = _above(1.05 * max((value for _, points in lines for value in points.values()), default=1.0))
    height = HEIGHT - _TOP - _BOTTOM
    sizes = sorted({size for _, points in lines for size in points})

    def place(size: int, value: float) -> tuple[float, float]:
        share = math.log10(size / sizes[0]) / math.log10(sizes[-1] / sizes[0])
        return left + share * width, _TOP + height * (1 - value / highest)

    parts = [_text(left - 40, 28, title)]
    for step in range(5):
        value = highest * step / 4
        y = _TOP + height * (1 - step / 4)
        parts.append(f'<path d="M{left} {y}H{left + width}" stroke="{_FAINT}" stroke-opacity="0.35"/>')
        parts.append(_text(left - 8, y + 4, f"{value:g}", "end"))
    for size in sizes:
        parts.append(_text(place(size, 0)[0], HEIGHT - 32, f"{size:,}", "middle"))
    parts.append(_text(left + width / 2, HEIGHT - 12, "profiles", "middle", _FAINT))
    labels: list[tuple[float, str]] = []
    for colour, (label, points) in zip(_COLOURS, lines, strict=False):
        where = [place(size, value) for size, value in points.items()]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in where)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in where]
        # The name above the line's lower, left part, or below it where another line is; the value at its right end.
        y = min(y for _, y in where[:-1]) - 8
        if any(abs(y - other) < 16 for other, _ in labels):
            y = where[0][1] + 17
        labels.append((y, _text(left + 10, y, label, "start", colour)))
        end = where[-1][1] + (-9 if y < where[0][1] else 17)
        labels.append((y, _text(left + width, end, f"{points[sizes[-1]]:.0f} {unit}", "end", colour)))
    parts += [label for _, label in labels]
    return parts


def _above(value: float) -> float:
    """A round number above `value`, for the end of an axis."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * power >= value)


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = _TEXT) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill: {colour}">{escape(text)}</text>'
