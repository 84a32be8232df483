"""The recording of the README: that it is the program as it is, and that one file is enough for it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screenshots.animation import Frame, Run, animated, runs_of
from screenshots.record import FILE, main

BLACK, WHITE = "#000000", "#ffffff"
SVG = "{http://www.w3.org/2000/svg}"


def run(text: str, x: int = 0) -> Run:
    return Run(x, text, WHITE, BLACK)


def groups(svg: str) -> dict[str, tuple[list[tuple[float, str]], bool]]:
    """By the texts in each group: from which percent on it is visible or hidden, and whether it is the still one."""
    root = ElementTree.fromstring(svg)
    style = root.findtext(f"{SVG}style") or ""
    times = {
        name: [(float(at), value) for at, value in re.findall(r"([\d.]+)%\{visibility:(\w+)\}", steps)]
        for name, steps in re.findall(r"@keyframes (\w+)\{((?:[\d.]+%\{visibility:\w+\})+)\}", style)
    }
    found = {}
    for group in root.iter(f"{SVG}g"):
        name, *still = group.get("class", "").split()
        found["".join(group.itertext())] = times[name], still == ["s"]
    return found


@pytest.mark.process
def test_it_is_the_program_as_it_is() -> None:
    assert main(["--check"]) == 0, "it looks different; run make screenshots and look at it"


def test_it_needs_no_other_file_and_is_small() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    root = ElementTree.fromstring(text)
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags == {"svg", "title", "style", "g", "rect", "text", "circle", "path"}
    assert [name for each in root.iter() for name in each.attrib if "href" in name or name.startswith("on")] == []
    assert re.findall(r"url\(|@import|@font-face", root.findtext(f"{SVG}style") or "no style: url(") == []
    total = re.search(r"animation:([\d.]+)s step-end infinite", text)
    assert total is not None
    assert 10 < float(total.group(1)) < 20
    assert "prefers-reduced-motion:reduce" in text


def test_a_line_is_in_it_once_and_is_shown_while_it_is_there() -> None:
    frames = [
        Frame(((run("first"),), (run("stays"),)), 1),
        Frame(((run("second"),), (run("stays"),)), 2),
        Frame(((run("first"),), (run("stays"),)), 1),
    ]
    found = groups(animated(frames, 10, 2, BLACK, "title", still=1))
    assert found == {
        "first": ([(0, "visible"), (25, "hidden"), (75, "visible")], False),
        "second": ([(0, "hidden"), (25, "visible"), (75, "hidden")], True),
        "stays": ([(0, "visible")], True),
    }


def test_keys_and_the_phone_are_told_beside_it() -> None:
    frames = [
        Frame((), 1, "L", "signs in"),
        Frame((), 1, "", "wait", phone="BCDF-GHJK"),
        Frame((), 2, "", "wait", phone="BCDF-GHJK", approved=True),
    ]
    found = groups(animated(frames, 10, 2, BLACK, "title", still=0))
    assert found["Lsigns in"] == ([(0, "visible"), (25, "hidden")], True)
    assert found["Is this the codeon your screen?BCDF-GHJKApprove"] == (
        [(0, "hidden"), (25, "visible"), (50, "hidden")],
        False,
    )
    assert found["Approved"] == ([(0, "hidden"), (50, "visible")], False)


def test_what_is_foreign_in_xml_is_written_for_it() -> None:
    svg = animated([Frame(((run("<&>"),),), 1, "&", "<")], 10, 1, BLACK, "a & b", still=0)
    assert set(groups(svg)) == {"<&>", "&<"}


def test_a_painted_line_becomes_runs_with_their_looks() -> None:
    green, grey = Style(color="#00ff00", bgcolor=BLACK, bold=True), Style(color="#808080", bgcolor="#101010")
    strip = Strip([Segment("ok", green), Segment("  ", green), Segment(" x", grey + Style(reverse=True))])
    assert runs_of(strip, BLACK) == (
        Run(0, "ok", "#00ff00", BLACK, bold=True),
        Run(4, " x", "#101010", "#808080"),
    )


def test_bars_and_blocks_are_drawn_without_seams() -> None:
    svg = animated([Frame(((run("━━━╸──▀▄ a  b"),),), 1)], 20, 1, BLACK, "t", still=0)
    group = next(ElementTree.fromstring(svg).iter(f"{SVG}g"))
    widths = [float(box.get("width", 0)) for box in group.iter(f"{SVG}rect")]
    assert widths == pytest.approx([3 * 8.4, 0.5 * 8.4, 2 * 8.4, 8.4, 8.4], rel=1e-3)
    assert [text.text for text in group.iter(f"{SVG}text")] == ["a", "b"]
