"""Pictures of screenshots: they show the screen without seams, and know which SVG they were made from."""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from screenshots import png
from screenshots.png import block_boxes, png_size, png_source, svg_to_png

from . import needs

WHITE = (255, 255, 255)
BLOCKS = "██████▌▀▀▀▀\n██████▌    \n"


class Screen(App[None]):
    CSS = "Screen { background: black; color: white; }"

    def compose(self) -> ComposeResult:
        yield Static(Content(BLOCKS + "日本 …─│ plain -> text\n\n\ngjpqy"))


async def svg_of_screen(path: Path) -> bytes:
    app = Screen()
    async with app.run_test(size=(40, 6)):
        path.write_text(app.export_screenshot(), encoding="utf-8")
    return path.read_bytes()


def pixels(picture: bytes) -> list[list[tuple[int, ...]]]:
    """The rows of an 8-bit PNG as Chromium writes it, every pixel as (red, green, blue)."""
    width, height = png_size(picture)
    assert picture[24] == 8
    channels = {2: 3, 6: 4}[picture[25]]
    data, offset = b"", 8
    while offset < len(picture):
        length, kind = struct.unpack(">I4s", picture[offset : offset + 8])
        data += picture[offset + 8 : offset + 8 + length] if kind == b"IDAT" else b""
        offset += 12 + length
    raw, stride = zlib.decompress(data), width * channels
    rows, above = [], bytes(stride)
    for start in range(0, height * (stride + 1), stride + 1):
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above, channels)
        rows.append([tuple(above[index : index + 3]) for index in range(0, stride, channels)])
    return rows


def unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    """One row of a PNG without its filter (see the PNG specification, section 9)."""
    row = bytearray(line)
    for index in range(len(row)):
        left = row[index - channels] if index >= channels else 0
        up, corner = above[index], above[index - channels] if index >= channels else 0
        distances = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
        paeth = (left, up, corner)[distances.index(min(distances))]
        row[index] = (row[index] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
    return bytes(row)


@pytest.fixture
def tools() -> None:
    """What draws a picture; without it, the test is skipped."""
    needs.program(*png.CHROMIUM)
    if png.find_font("FiraCode-Regular") is None:
        needs.missing("the font Fira Code")


@pytest.mark.browser
@pytest.mark.usefixtures("tools")
async def test_a_picture_shows_the_screen_without_seams(tmp_path: Path) -> None:
    source = await svg_of_screen(tmp_path / "a.svg")
    svg_to_png(tmp_path / "a.svg", tmp_path / "a.png")
    picture = (tmp_path / "a.png").read_bytes()

    width, height = (float(number) for number in source.split(b'viewBox="0 0 ')[1].split(b'"')[0].split())
    assert png_size(picture) == (math.ceil(width) * 2, math.ceil(height) * 2)
    rows = pixels(picture)
    # The terminal begins at (9, 41); its text starts 1.5 below. The two rows of blocks are one white area.
    left, top = 9 * 2, int((41 + 1.5) * 2)
    area = [row[left : left + int(6.5 * 12.2 * 2) - 1] for row in rows[top + 1 : top + int(2 * 24.4 * 2) - 1]]
    assert {pixel for row in area for pixel in row} == {WHITE}
    right_of_it = rows[top + 70][left + int(7 * 12.2 * 2) + 2]
    assert right_of_it == (0, 0, 0)
    # The third row has text: something is drawn, in more than one shade.
    text = [row[left : left + 400] for row in rows[top + 98 : top + 146]]
    assert len({pixel for row in text for pixel in row}) > 10
    # The letters of the last row have their lower ends.
    below = [row[left : left + 5 * 24] for row in rows[int((41 + 6 * 24.4 - 1) * 2) + 1 :][:2]]
    assert len({pixel for row in below for pixel in row}) > 2
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.png", "a.svg"]


@pytest.mark.browser
@pytest.mark.usefixtures("tools")
async def test_a_picture_knows_its_source(tmp_path: Path) -> None:
    source = await svg_of_screen(tmp_path / "a.svg")
    svg_to_png(tmp_path / "a.svg", tmp_path / "a.png")
    assert png_source(tmp_path / "a.png") == hashlib.sha256(source).hexdigest() == png.sha256(source)


def test_other_files_know_no_source(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no picture")
    assert png_source(tmp_path / "text") is None
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + struct.pack(">IIBBBBB", 3, 4, 8, 6, 0, 0, 0)
    (tmp_path / "foreign.png").write_bytes(header + b"crc.")
    assert png_source(tmp_path / "foreign.png") is None
    assert png_size(header + b"crc.") == (3, 4)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(png.RenderError, match="no PNG"):
        png_size(b"GIF89a")


@pytest.mark.parametrize(("missing", "package"), [("chromium", "chromium"), ("FiraCode-Regular", "fonts-firacode")])
async def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, package: str
) -> None:
    await svg_of_screen(tmp_path / "a.svg")
    monkeypatch.setattr(png, "FONT_FOLDERS", (str(tmp_path),))
    if missing == "chromium":
        for name in ("FiraCode-Regular.ttf", "FiraCode-Bold.ttf"):
            (tmp_path / name).write_bytes(b"")
        monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(png.RenderError, match=f"(?i){missing} is not installed .*{package}"):
        svg_to_png(tmp_path / "a.svg", tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


def test_every_block_element_has_its_boxes() -> None:
    blocks = [chr(code) for code in range(0x2580, 0x25A0)]
    for char in blocks:
        for left, top, right, bottom in block_boxes(char):
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
    assert [char for char in blocks if not block_boxes(char)] == []
    assert [block_boxes(text) for text in ("a", "─", "", "██", "\u00a0")] == [[]] * 5


@pytest.mark.parametrize(
    ("char", "boxes"),
    [
        ("█", [(0, 0, 1, 1)]),
        ("▀", [(0, 0, 1, 0.5)]),
        ("▄", [(0, 0.5, 1, 1)]),
        ("▌", [(0, 0, 0.5, 1)]),
        ("▐", [(0.5, 0, 1, 1)]),
        ("▁", [(0, 0.875, 1, 1)]),
        ("▏", [(0, 0, 0.125, 1)]),
        ("▕", [(0.875, 0, 1, 1)]),
        ("▔", [(0, 0, 1, 0.125)]),
        ("▚", [(0, 0, 0.5, 0.5), (0.5, 0.5, 1, 1)]),
    ],
)
def test_boxes(char: str, boxes: list[png.Box]) -> None:
    assert block_boxes(char) == boxes
