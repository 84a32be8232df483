"""PNG pictures of the SVG screenshots that Textual exports, drawn by a headless Chromium.

The SVG names a font on a web server, and leaves block characters to that font: where two cells meet, a seam
shows and a QR code cannot be scanned. So the picture is drawn from a changed copy: the font comes from
this machine, every run of text starts at its own cell, and block characters become rectangles on the grid
of cells.

A PNG remembers in a tEXt chunk which SVG it was made from, so that a check needs no browser.
"""

from __future__ import annotations

import base64
import hashlib
import math
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SCALE = 2
"""Device pixels for one unit of the SVG."""

SOURCE = b"source-sha256"
"""Keyword of the tEXt chunk that holds the SHA-256 of the SVG, in hexadecimal."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)

BELOW = 8.0
"""What the window has below the terminal. Textual cuts the last line off one unit above its end, and with it the lower
ends of its letters."""

# The cell of a character in the SVG that Textual exports, and how far above the baseline the cell begins.
CELL_WIDTH = 12.2
CELL_HEIGHT = 24.4
ASCENT = 18.5

_SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", _SVG[1:-1])  # an HTML page knows no `svg:` prefix
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TIMEOUT = 60.0
_FAMILY = "'Fira Code', 'DejaVu Sans Mono', monospace"

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as fractions of a cell."""

_HALVES: dict[str, Box] = {
    "▀": (0, 0, 1, 0.5),
    "▐": (0.5, 0, 1, 1),
    "▔": (0, 0, 1, 0.125),
    "▕": (0.875, 0, 1, 1),
}
_SHADES = {"░": "0.25", "▒": "0.5", "▓": "0.75"}
# Quadrants as (left, top) in halves of the cell: upper left, upper right, lower left, lower right.
_QUADRANTS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
_QUADRANTS_OF = {
    "▖": (2,),
    "▗": (3,),
    "▘": (0,),
    "▙": (0, 2, 3),
    "▚": (0, 3),
    "▛": (0, 1, 2),
    "▜": (0, 1, 3),
    "▝": (1,),
    "▞": (1, 2),
    "▟": (1, 2, 3),
}


class RenderError(Exception):
    """The picture could not be made; the message says what is missing or what Chromium said."""


def svg_to_png(svg_path: Path, png_path: Path) -> None:
    """Draws the SVG (as Textual's `export_screenshot` writes it) at twice its size into `png_path`.

    Needs Chromium and the font Fira Code. The PNG appears whole or not at all, and carries the SHA-256 of the
    SVG. Raises RenderError when Chromium or the font is missing, or when no picture came out.
    """
    source = svg_path.read_bytes()
    root = ElementTree.fromstring(source)
    width, height = _prepare(root)
    picture = _draw(ElementTree.tostring(root, encoding="unicode"), width, height)
    if png_size(picture) != (width * SCALE, height * SCALE):
        raise RenderError(f"Chromium drew {png_size(picture)} pixels instead of {(width * SCALE, height * SCALE)}")
    text = _chunk(b"tEXt", SOURCE + b"\0" + sha256(source).encode())
    header_end = len(_SIGNATURE) + 25  # IHDR, always first and always 13 bytes long
    unfinished = png_path.with_name(png_path.name + ".part")
    unfinished.write_bytes(picture[:header_end] + text + picture[header_end:])
    unfinished.replace(png_path)


def png_source(png_path: Path) -> str | None:
    """The SHA-256 (hexadecimal) of the SVG that the PNG was made from; None when it does not say."""
    for kind, content in _chunks(png_path.read_bytes()):
        keyword, _, value = content.partition(b"\0")
        if kind == b"tEXt" and keyword == SOURCE:
            return value.decode("latin-1")
    return None


def sha256(source: bytes) -> str:
    """The digest of an SVG's bytes as `png_source` gives it back."""
    return hashlib.sha256(source).hexdigest()


def png_size(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG's bytes. Raises RenderError when they are not a PNG."""
    for kind, content in _chunks(picture):
        if kind == b"IHDR":
            width, height = struct.unpack(">II", content[:8])
            return int(width), int(height)
    raise RenderError("Chromium wrote no PNG")


def _prepare(root: ElementTree.Element) -> tuple[int, int]:
    """Changes the SVG for drawing, as the module says; returns its width and height in whole units."""
    for style in root.iter(f"{_SVG}style"):
        style.text = _fonts() + _FONT_FACE.sub("", style.text or "")
    for clip in root.iter(f"{_SVG}clipPath"):
        if (clip.get("id") or "").endswith("-clip-terminal"):
            for edge in clip:
                edge.set("height", f"{float(edge.get('height', 0)) + BELOW:g}")
    for group in root.iter(f"{_SVG}g"):
        if (group.get("class") or "").endswith("-matrix"):
            group.set(
                "style",
                "font-family: 'Fira Code', 'DejaVu Sans Mono', monospace; font-variant-ligatures: none",
            )
            group[:] = [part for text in group for part in _parts(text)]
    for text in root.iter(f"{_SVG}text"):
        if (text.get("class") or "").endswith("-title"):
            text.set("style", f"font-family: {_FAMILY}")
    _, _, width, height = (math.ceil(float(number)) for number in (root.get("viewBox") or "").split())
    root.set("viewBox", f"0 0 {width} {height}")  # whole units, or the picture would be scaled off the pixel grid
    return width, height


def _parts(text: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """One `text` element of the terminal as runs of text and rectangles, each at its own cell."""
    left, baseline = float(text.get("x", 0)), float(text.get("y", 0))
    shared = {name: value for name, value in text.attrib.items() if name in ("class", "clip-path")}
    for column, width, run in _runs(text.text or ""):
        x = left + column * CELL_WIDTH
        boxes = block_boxes(run)
        if boxes:
            for box in boxes:
                edges = (x + box[0] * CELL_WIDTH, _top(baseline, box[1]), x + box[2] * CELL_WIDTH)
                yield _rectangle(*edges, _top(baseline, box[3]), shared, _SHADES.get(run))
        elif run.strip("\u00a0 "):
            attributes = {"x": f"{x:g}", "y": f"{baseline:g}", "textLength": f"{width * CELL_WIDTH:g}"}
            part = ElementTree.Element(f"{_SVG}text", shared | attributes)
            part.text = run
            yield part


def _top(baseline: float, fraction: float) -> float:
    return baseline - ASCENT + fraction * CELL_HEIGHT


def _rectangle(
    left: float, top: float, right: float, bottom: float, shared: dict[str, str], opacity: str | None
) -> ElementTree.Element:
    sizes = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    attributes = {name: f"{value:.4f}" for name, value in sizes.items()} | {"shape-rendering": "crispEdges"}
    if opacity is not None:
        attributes["fill-opacity"] = opacity
    return ElementTree.Element(f"{_SVG}rect", {"class": shared.get("class", "")} | attributes)


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Cuts a row's text into (column, cells, run): ASCII together, every other character for itself.

    A fallback font has other widths than Fira Code; a run of its own keeps it from moving its neighbours.
    """
    column, width, run = 0, 0, ""
    for char in text:
        cells = _cells(char)
        together = cells == 0 or (_plain(char) and _plain(run[-1:]))
        if run and not together:
            yield column, width, run
            column, width, run = column + width, 0, ""
        run += char
        width += cells
    if run:
        yield column, width, run


def _plain(char: str) -> bool:
    return char.isascii() or char == "\u00a0"


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def block_boxes(char: str) -> list[Box]:
    """The boxes that a block element (U+2580 to U+259F) fills in its cell; none for every other text."""
    code = ord(char) if len(char) == 1 else 0
    if char in _QUADRANTS_OF:
        corners = (_QUADRANTS[index] for index in _QUADRANTS_OF[char])
        return [(left, top, left + 0.5, top + 0.5) for left, top in corners]
    if char in _SHADES:
        return [(0, 0, 1, 1)]
    if 0x2581 <= code <= 0x2588:
        return [(0, 1 - (code - 0x2580) / 8, 1, 1)]
    if 0x2589 <= code <= 0x258F:
        return [(0, 0, (0x2590 - code) / 8, 1)]
    return [_HALVES[char]] if char in _HALVES else []


def _fonts() -> str:
    """CSS that carries Fira Code in itself: the picture must not depend on how fonts are looked up."""
    rules = []
    for name, weight in (("FiraCode-Regular", 400), ("FiraCode-Bold", 700)):
        path = find_font(name)
        if path is None:
            raise RenderError(f"the font {name} is not installed (on Debian: apt-get install fonts-firacode)")
        data = base64.b64encode(path.read_bytes()).decode()
        rules.append(
            f"@font-face {{ font-family: 'Fira Code'; font-weight: {weight};"
            f" src: url(data:font/{path.suffix[1:]};base64,{data}); }}\n"
        )
    return "".join(rules)


def find_font(name: str) -> Path | None:
    """The file of a font, None where it is not installed."""
    for folder in FONT_FOLDERS:
        for suffix in (".ttf", ".otf", ".woff2"):
            for path in sorted(Path(folder).expanduser().rglob(name + suffix)):
                return path
    return None


def _draw(svg: str, width: int, height: int) -> bytes:
    browser = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if browser is None:
        raise RenderError("Chromium is not installed (on Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory(prefix="ssotui-png-", ignore_cleanup_errors=True) as folder:
        page, picture = Path(folder, "page.html"), Path(folder, "page.png")
        style = f"html,body{{margin:0}}svg{{display:block;width:{width}px;height:{height}px}}"
        markup = f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style>{svg}'
        page.write_text(markup, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",  # it cannot start as root otherwise; the page is our own and loads nothing
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--no-first-run",
            "--hide-scrollbars",
            "--default-background-color=00000000",
            "--virtual-time-budget=2000",  # the fonts are loaded by then, however slow the machine
            f"--force-device-scale-factor={SCALE}",
            f"--window-size={width},{height}",
            f"--user-data-dir={folder}/profile",
            f"--screenshot={picture}",
            page.as_uri(),
        ]
        try:
            ran = subprocess.run(
                command,
                env=os.environ | {"HOME": folder},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RenderError(f"Chromium did not finish within {_TIMEOUT:.0f} s") from None
        if not picture.exists():
            raise RenderError(f"Chromium made no picture: {ran.stderr.decode(errors='replace')[-500:]}")
        return picture.read_bytes()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of every chunk; nothing when the bytes are not a PNG, and no more after a cut one."""
    if not data.startswith(_SIGNATURE):
        return
    offset = len(_SIGNATURE)
    while offset + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[offset : offset + 8])
        yield kind, data[offset + 8 : offset + 8 + length]
        offset += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
