"""The details pane, and fitting text into cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.strip import Strip

from tui.widgets import cells
from tui.widgets.detail import Detail, wrap
from tui.words.states import GOOD, MUTED

from .widget_host import Host, screen_lines

FIELDS = [
    ("account", "111111111111", ""),
    ("role", "Admin", ""),
    ("", "", ""),
    ("Session", "", ""),
    ("state", "signed-in", GOOD),
    ("start URL", "https://d-9667182f21.awsapps.com/start/#/and-something-longer", MUTED),
]


class CountingDetail(Detail):
    def __init__(self) -> None:
        super().__init__()
        self.painted: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


def host() -> tuple[Host, CountingDetail]:
    detail = CountingDetail()
    return Host(lambda: [detail]), detail


async def test_labels_values_headings_and_blank_lines() -> None:
    app, detail = host()
    async with app.run_test(size=(120, 24)) as pilot:
        detail.show("dev-admin", FIELDS)
        await pilot.pause()
        assert detail.lines == [
            "dev-admin",
            "",
            "account    111111111111",
            "role       Admin",
            "",
            "Session",
            "state      signed-in",
            "start URL  https://d-9667182f21.",
            "           awsapps.com/start/#/and-",
            "           something-longer",
        ]
        shown = screen_lines(pilot)
        assert all(line in shown[y] for y, line in enumerate(detail.lines))


async def test_only_changed_lines_are_painted_again() -> None:
    app, detail = host()
    async with app.run_test(size=(120, 24)) as pilot:
        detail.show("dev-admin", FIELDS)
        await pilot.pause()
        detail.painted.clear()
        detail.show("dev-admin", list(FIELDS))
        await pilot.pause()
        assert detail.painted == []
        detail.show("dev-admin", [FIELDS[0], ("role", "Other", ""), *FIELDS[2:]])
        await pilot.pause()
        assert set(detail.painted) == {3}
        assert "Other" in screen_lines(pilot)[3]


async def test_it_wraps_anew_when_the_terminal_changes() -> None:
    app, detail = host()
    async with app.run_test(size=(120, 24)) as pilot:
        detail.show("x", [("label", "word " * 30, "")])
        await pilot.pause()
        before = len(detail.lines)
        await pilot.resize_terminal(180, 24)
        await pilot.pause()
        assert len(detail.lines) < before
        assert all(cell_len(line) <= 60 for line in detail.lines)
        assert detail.lines[-1].strip() in screen_lines(pilot)[len(detail.lines) - 1]


async def test_a16_foreign_text_is_made_visible() -> None:
    app, detail = host()
    async with app.run_test(size=(120, 24)) as pilot:
        detail.show("t\x1b[2J", [("l\x07", "v\x9b\u202e[/b]", "no-such-class")])
        await pilot.pause()
        assert "".join(screen_lines(pilot)).isprintable()
        assert detail.lines == ["t\\x1b[2J", "", "l\\x07  v\\x9b\\u202e[/b]"]


async def test_another_title_starts_at_the_top_and_the_focus_never_comes() -> None:
    app, detail = host()
    async with app.run_test(size=(120, 6)) as pilot:
        detail.show("a", [("n", str(number), "") for number in range(40)])
        await pilot.pause()
        detail.scroll_to(y=20, animate=False)
        await pilot.press("tab")
        assert app.focused is None
        assert detail.scroll_offset.y == 20
        detail.show("a", [("n", str(number + 1), "") for number in range(40)])
        assert detail.scroll_offset.y == 20
        detail.show("b", [("n", str(number), "") for number in range(40)])
        await pilot.pause()
        assert detail.scroll_offset.y == 0


words = st.text(alphabet="abc /?&-漢🚀é.", max_size=60)


@given(words, st.integers(min_value=2, max_value=30))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("width", [-3, 0, 1])
def test_wrapping_into_nothing_does_no_harm(width: int) -> None:
    assert "".join(wrap("abc def", width)) == "abcdef"


@given(words, st.integers(min_value=0, max_value=30))
def test_text_fills_its_cells_exactly(text: str, width: int) -> None:
    assert cell_len(cells.pad(text, width)) == width
    assert cell_len(cells.pad_left(text, width)) == width
    assert cell_len(cells.cut(text, width)) <= width
    if cell_len(text) <= width:
        assert cells.cut(text, width) == text
    elif width:
        assert cells.cut(text, width).endswith("…")


@given(st.lists(words, max_size=6), st.integers(min_value=0, max_value=20))
def test_widest(texts: list[str], cap: int) -> None:
    assert cells.widest(texts, cap) == min(max((cell_len(text) for text in texts), default=0), cap)
