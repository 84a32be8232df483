"""Colours: whatever is read can be read in every theme, and the line of the cursor is plain to see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget

from tui.aws import clock
from tui.aws.model import REFRESHABLE
from tui.demo.home import write
from tui.demo.server import DemoServer
from tui.settings import settings_path
from tui.terminal.colours import suited_theme
from tui.widgets.row_list import RowList
from tui.words import states
from tui.words.marks import COLOURS

from .board import Driver, board
from .contrast import Cell, Seen, as_it_is, cells, contrast, faint, in_256, is_read

LEAST = 4.5
"""What people with weak sight need (WCAG 2, AA)."""

PLAIN = 1.4
"""Contrast between the line of the cursor and the lines around it."""

NOW = 1_800_000_000

ANSI = tuple(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
THEMES = tuple(name for name in BUILTIN_THEMES if name not in ANSI)

_OFTEN = ("board", "export", "help")
"""Of these screens, those that are looked at with every check."""

SCREENS = {
    "board": ((), "analytics"),
    "sessions": (("tab",), "acme"),
    "a filter": (("slash", *"dev"), "2 of"),
    "a filter that finds nothing": (("slash", *"zzz"), "Nothing matches"),
    "sign-in": (("L",), "waiting for approval"),
    "identity": (("i",), "answered in"),
    "export": (("e",), "credentials valid"),
    "sign-out": (("x",), "Removes"),
    "help": (("question_mark",), "Keys and states"),
    "problems": (("exclamation_mark",), "problem"),
    "use": (("enter",), "export AWS_PROFILE"),
    "a refused role": (("end", "up", "up", "up", "up", "up", "i"), "No access"),
    "why": (("w",), "Nothing is broken"),
    "what to copy": (("c",), "role ARN"),
    "a service of the console": (("O",), "af-south-1"),
    "what was copied": (("e", "credentials valid", "c"), "cannot be confirmed"),
    "a path to write to": (("e", "credentials valid", "w"), "It will hold secrets"),
    "a path that is selected": (("e", "credentials valid", "w", "It will hold secrets", "shift+home"), "only you can"),
    "many identities": ((*("down",) * 3, "space", "down", "space", "i"), "Identity of 2 profiles"),
    "accounts": (("a",), "listed just now"),
    "a filter of accounts": (("a", "listed just now", "slash", *"gone"), "1 of 12"),
    "profiles to be written": (("a", "listed just now", "N", "w"), "Add 5 profiles"),
    "a change of the config file": (("a", "listed just now", "N", "w", "Add 5 profiles", "enter"), "+ sso_session"),
    "a new session": (("n",), "Start URL"),
    "regions": (("n", "Start URL", "tab"), "eu-west-1"),
    "another start URL": (("N",), "Change session"),
    "what a session's removal takes": (("X",), "From the caches"),
}


async def go_to(it: Driver, name: str) -> None:
    """Press the keys that lead to a screen. What has a blank is a text to wait for between two of them."""
    keys, ready = SCREENS[name]
    for key in keys:
        await (it.until(key) if " " in key else it.press(key))
    await it.until(ready)


@pytest.fixture
def everything(home: Path, demo: DemoServer) -> DemoServer:
    """A HOME with sessions, credentials and problems in every state."""
    write(home, demo.state, every_state=True)
    return demo


async def in_every_theme(it: Driver, seen: Seen = as_it_is) -> dict[str, list[str]]:
    """What can hardly be read on the screen as it is now, by themes."""
    found = {}
    with nothing_behind(it), it.app.batch_update():  # it is painted once for each theme, here
        for theme in THEMES:
            await wear(it, theme)
            found[theme] = faint(it.app.screen, LEAST, seen)
    return {theme: words for theme, words in found.items() if words}


async def wear(it: Driver, theme: str) -> None:
    """Change the theme, and wait until all that is shown has its colours. As nothing is laid out anew, there is nothing
    else to wait for."""
    with once_each():
        it.app.theme = theme
        while it.app._next_callbacks:
            await asyncio.sleep(0)


@contextmanager
def once_each() -> Iterator[None]:
    """Widgets that are to be drawn anew are told so at the end, once: Textual tells them for each colour that changes,
    which takes as long as it does to find out the colours."""
    told: set[Widget] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Widget, "_set_dirty", lambda widget, *_regions: told.add(widget))
        yield
    for widget in told:
        widget._set_dirty()


@contextmanager
def nothing_behind(it: Driver) -> Iterator[None]:
    """Meanwhile what is behind a dialog is neither coloured nor painted: nobody has to read it."""
    stack = it.app._screen_stack
    behind, stack[:] = stack[:-1], stack[-1:]
    try:
        yield
    finally:
        stack[:0] = behind


@pytest.mark.parametrize("name", [it if it in _OFTEN else pytest.param(it, marks=pytest.mark.walk) for it in SCREENS])
async def test_all_that_is_read_can_be_read_in_every_theme(everything: DemoServer, name: str) -> None:
    async with board(130, 40) as it:
        await go_to(it, name)
        assert await in_every_theme(it) == {}


def mark_everything() -> None:
    names = ("dev-admin", "dev-readonly", "prod-readonly", "prod-admin", "staging", "sandbox", "load-tests")
    path = Path(settings_path())
    rules = [
        f'[[guard]]\nmatch = "{name}"\nlabel = "{colour.upper()}"\ncolour = "{colour}"\nconfirm = true\n'
        for name, colour in zip(names, COLOURS, strict=True)
    ]
    path.write_text(path.read_text() + "".join(rules))


@pytest.mark.walk
@pytest.mark.parametrize("seen", [as_it_is, in_256], ids=["truecolor", "256"])
async def test_labels_can_be_read_in_every_theme(
    everything: DemoServer, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    mark_everything()
    if seen is in_256:
        monkeypatch.delenv("COLORTERM")
    async with board(160, 40) as it:
        await it.highlight("dev-admin")
        for colour in COLOURS:
            await it.until(f"[{colour.upper()}]")
        assert await in_every_theme(it, seen) == {}
        if seen is as_it_is:
            await it.press("e")
            await it.until("Hand out credentials of dev-admin [RED]?")
            assert await in_every_theme(it) == {}


@pytest.mark.walk
async def test_messages_can_be_read_in_every_theme(everything: DemoServer) -> None:
    async with board(130, 40) as it:
        for severity in ("information", "warning", "error"):
            it.app.tell(f"This is {severity}", severity, timeout=300)
        await it.until("This is error")
        assert await in_every_theme(it) == {}


@pytest.mark.walk
async def test_a_sign_in_that_failed_can_be_read_in_every_theme(everything: DemoServer) -> None:
    async with board(130, 40) as it:
        await it.press("L")
        await it.until(lambda: bool(everything.state.pending_user_codes()))
        everything.state.deny(everything.state.pending_user_codes()[0])
        await it.until("enied")
        assert await in_every_theme(it) == {}


@pytest.mark.walk
@pytest.mark.parametrize("themes", [THEMES[part::3] for part in range(3)], ids=", ".join)
async def test_the_palette_can_be_read(everything: DemoServer, themes: tuple[str, ...]) -> None:
    async with board() as it:

        def behind() -> set[Color | None]:
            return {cell.behind for cell in cells(it.app.screen) if cell.text.lstrip().startswith(("Use", "Export"))}

        for theme in themes:
            it.app.theme = theme
            await it.press("ctrl+p")
            await it.until("Search for commands")
            assert faint(it.app.screen, LEAST) == [], theme
            await it.type("dev")
            await it.until("Use dev-admin")
            assert faint(it.app.screen, LEAST) == [], theme
            await it.until(lambda: len(behind()) == 2)
            one, other = (as_it_is(colour) for colour in behind() if colour)
            assert contrast(one, other) >= 1.25, theme
            await it.press("escape")
            await it.until(lambda: it.board.is_current)


@pytest.mark.walk
@pytest.mark.parametrize("key", ["", "tab"])
@pytest.mark.parametrize("depth", ["truecolor", "256"])
async def test_the_line_of_the_cursor_is_plain_to_see_in_every_theme(
    everything: DemoServer, monkeypatch: pytest.MonkeyPatch, depth: str, key: str
) -> None:
    monkeypatch.setenv("COLORTERM", depth if depth == "truecolor" else "")
    seen = as_it_is if depth == "truecolor" else in_256
    async with board() as it:
        await it.press(*filter(None, [key, "down"]))
        for theme in THEMES:
            await wear(it, theme)
            of_cursor, others = lines(it)
            (one,), (other,) = ({seen(cell.behind) for cell in each if cell.behind} for each in (of_cursor, others))
            assert contrast(one, other) >= PLAIN, theme


@pytest.mark.parametrize("keys", [("down",), ("tab", "down"), ("slash", *"dev")])
@pytest.mark.parametrize("theme", ANSI)
async def test_with_the_terminals_own_colours_the_line_of_the_cursor_is_the_other_way_round(
    everything: DemoServer, theme: str, keys: tuple[str, ...]
) -> None:
    async with board() as it:
        it.app.theme = theme
        await it.press(*keys)
        of_cursor, others = lines(it)
        assert of_cursor
        for cell in of_cursor:
            assert cell.style.reverse, cell
            assert not cell.style.dim, cell
            assert {cell.colour, cell.behind} == {Color.default()}, cell
        assert [cell for cell in others if cell.style.reverse] == []


def lines(it: Driver) -> tuple[list[Cell], list[Cell]]:
    """What is in the line of the cursor, and in the other lines of the list that it belongs to."""
    focused = it.app.focused
    shown = focused if isinstance(focused, RowList) else it.board.profiles
    region = shown.scrollable_content_region
    line = region.y + 1 + shown._cursor - shown.scroll_offset.y
    within = [cell for cell in cells(it.app.screen) if region.contains(cell.x, cell.y) and cell.y > region.y]
    return [cell for cell in within if cell.y == line], [cell for cell in within if cell.y != line]


@pytest.mark.parametrize("name", ["board", "sign-in"])
async def test_it_can_be_read_with_256_colours(
    everything: DemoServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLORTERM", "")
    async with board(130, 40) as it:
        assert it.app.console.color_system == "256"
        await go_to(it, name)
        assert await in_every_theme(it, seen=in_256) == {}


async def test_without_colours_all_is_grey_and_can_be_read(
    everything: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with board(130, 40) as it:
        for cell in cells(it.app.screen):
            for colour in filter(None, [cell.colour, cell.behind]):
                assert len(set(as_it_is(colour))) == 1, cell
        assert await in_every_theme(it) == {}


@pytest.mark.parametrize(
    ("depth", "background", "theme"),
    [
        ("truecolor", "", "textual-dark"),
        ("256", "0;15", "textual-dark"),
        ("standard", "", "ansi-dark"),
        ("standard", "15;0", "ansi-dark"),
        ("standard", "0;15", "ansi-light"),
        ("standard", "0;default;7", "ansi-light"),
        ("standard", "nonsense", "ansi-dark"),
        (None, "", "textual-dark"),
    ],
)
def test_a_terminal_of_few_colours_gets_a_theme_of_its_own(depth: str | None, background: str, theme: str) -> None:
    assert suited_theme(depth, {"COLORFGBG": background}) == theme


@pytest.mark.parametrize(
    ("term", "colours", "theme"),
    [
        ("xterm", "", "ansi-dark"),
        ("linux", "", "ansi-dark"),
        ("screen", "", "ansi-dark"),
        ("xterm", "truecolor", "textual-dark"),
        ("screen-256color", "", "textual-dark"),
    ],
)
async def test_the_board_chooses_by_what_the_terminal_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, term: str, colours: str, theme: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colours)
    async with board() as it:
        assert it.app.theme == theme
    assert not Path(settings_path()).exists()  # what was not chosen is not remembered as a choice


async def test_a_chosen_theme_is_kept_whatever_the_terminal_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLORTERM", "")
    path = Path(settings_path())
    path.parent.mkdir(parents=True)
    path.write_text('theme = "nord"')
    async with board() as it:
        assert it.app.theme == "nord"


@pytest.mark.parametrize(
    ("minutes", "style"), [(14, states.RENEW), (-5, states.RENEW), (-14, states.RENEW), (-16, states.MUTED)]
)
def test_refreshable_is_not_green_when_the_session_is_long_past(minutes: int, style: str) -> None:
    expires_at = NOW + minutes * 60
    assert (
        states.session_class(REFRESHABLE, expires_at, NOW) == states.left_class(REFRESHABLE, expires_at, NOW) == style
    )


async def test_a_row_loses_its_green_while_one_looks(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, demo.state)
    async with board(130, 40) as it:
        for ago, wanted in ((60, True), (47 * 60, False)):
            ended = it.board.snapshot.session_clock("lab", clock.now())[1]
            assert ended is not None
            monkeypatch.setattr("tui.aws.clock.now", lambda then=ended + ago: then)
            it.board.tick()
            await it.pilot.pause()
            green = Color.parse(it.app.theme_variables["text-success"].lower())
            words = [cell for cell in cells(it.app.screen) if cell.text.strip().startswith(("refreshable", "◐"))]
            assert len(words) > 3
            assert {cell.colour == green for cell in words} == {wanted}


@pytest.mark.walk
async def test_the_chosen_format_is_plain_to_see_in_every_theme(everything: DemoServer) -> None:
    async with board() as it:
        await it.press("e")
        await it.until("credentials valid")
        for theme in (*THEMES, *ANSI):
            await wear(it, theme)
            behind = {cell.text.strip(): cell.behind for cell in cells(it.app.screen)}
            assert behind["bash"] != behind["fish"] == behind["unset"], theme
            if theme not in ANSI:
                one, other = (as_it_is(behind[name] or Color.default()) for name in ("bash", "fish"))
                assert contrast(one, other) >= 1.25, theme


@pytest.mark.parametrize("theme", ANSI)
async def test_states_are_not_dim_in_the_terminals_own_colours(everything: DemoServer, theme: str) -> None:
    async with board(130, 40) as it:
        it.app.theme = theme
        await it.pilot.pause()
        dim = {cell.text.split()[0] for cell in cells(it.app.screen) if cell.style.dim and is_read(cell.text)}
        assert dim == {"SESSION", "PROFILE"}
