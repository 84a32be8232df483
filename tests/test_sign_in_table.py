"""Several sign-ins side by side: one table, its keys, and what is said in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.sign_in.letters import NARROW, SMALL, drawn
from tui.screens.sign_in.screen import SignInScreen
from tui.widgets.qr import QR, lines_of, matrix

from .aws_home import configure
from .board import Driver, board

EIGHT = ("acme", "globex", "hooli", "initech", "lab", "northwind-logistics", "payments-prod-eu", "payments-prod-us")


def sessions(*names: str) -> None:
    """Sessions that are all signed out, with a profile each."""
    configure(
        "".join(
            f"[sso-session {name}]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"
            f"sso_registration_scopes = sso:account:access\n\n[profile {name}-admin]\nsso_session = {name}\n"
            "sso_account_id = 111111111111\nsso_role_name = Admin\n\n"
            for name in names
        )
    )


@pytest.fixture(autouse=True)
def desktop(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop on which nothing is opened or copied."""
    monkeypatch.setattr("tui.desktop.browser.open_browser", lambda *_: "")
    monkeypatch.setattr("tui.desktop.browser.copy", lambda *_: "")


async def sign_in(it: Driver) -> SignInScreen:
    """Open it for all sessions, and wait for their codes."""
    await it.press("L")
    await it.until(lambda: isinstance(it.app.screen, SignInScreen))
    screen = it.app.screen
    assert isinstance(screen, SignInScreen)
    await it.until(lambda: all(attempt.user_code for attempt in screen.attempts))
    await it.until(screen.attempts[0].user_code)
    return screen


def codes(screen: SignInScreen) -> list[str]:
    """The codes of all rows."""
    return [attempt.user_code for attempt in screen.attempts]


def footer(it: Driver) -> str:
    """The line of the keys."""
    return it.words().splitlines()[-1].strip()


async def test_eight_sessions_fit_80_by_24_with_the_steps_once_and_a_qr_code() -> None:
    sessions(*EIGHT)
    async with board(80, 24) as it:
        screen = await sign_in(it)
        words = it.words()
        for attempt in screen.attempts:
            (row,) = (line for line in words.splitlines() if attempt.user_code in line)
            assert "9m" in row
            assert " waiting " in row
        for name in ("acme", "globex", "hooli"):
            assert f"○ {name} " in words
        assert any("STATE" in line and "CODE" in line and "LEFT" in line for line in words.splitlines())
        names = [line.split("○ ")[1].split(" ")[0] for line in words.splitlines() if "○ " in line]
        assert len(set(names)) == len(EIGHT)
        for step in ("1  Open", "2  Enter or compare", "3  Approve", "only what you started"):
            assert words.count(step) == 1
        assert screen.query_one(QR).region.width
        assert footer(it).endswith("tab Next  esc Cancel all")


async def test_what_was_said_before_is_not_in_front_of_the_code() -> None:
    """Nor what the key itself has come to before: sessions that were renewed are told on the board."""
    sessions("acme", "globex")
    async with board(100, 30) as it:
        it.app.tell("lab is renewed: signed in until 23:59")
        await it.until("lab is renewed")
        screen = SignInScreen(it.app.store, list(it.board.snapshot.config.sessions.values()))
        it.app.push_screen(screen)
        await it.until(lambda: bool(screen.attempts) and all(attempt.user_code for attempt in screen.attempts))
        await it.until(screen.attempts[0].user_code)
        assert "is renewed" not in it.words()
        it.app.tell("globex is renewed")
        await it.until("globex is renewed")
        assert it.app.screen is screen


async def test_beside_a_table_too_the_code_is_as_large_as_there_is_room() -> None:
    sessions("acme", "globex")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        blocks = [drawn(codes(screen)[0], alphabet) for alphabet in (SMALL, NARROW)]
        await it.until(lambda: any(all(line in it.words() for line in block) for block in blocks))


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (40, 10)])
async def test_more_than_fit_scroll(size: tuple[int, int]) -> None:
    sessions(*(f"session-{number:02}" for number in range(30)))
    async with board(*size) as it:
        screen = await sign_in(it)
        await it.press("end")
        await it.until(codes(screen)[-1])
        assert screen.current is screen.attempts[-1]
        assert codes(screen)[0] not in it.words()
        await it.press("g")
        await it.until(codes(screen)[0])
        await it.press("up")  # round to the end
        await it.until(codes(screen)[-1])


async def test_keys_go_between_the_rows_and_the_qr_code_is_of_the_one_with_the_cursor() -> None:
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        seen = []
        for key in ("tab", "j", "down", "shift+tab", "k", "up"):
            await it.press(key)
            seen.append(screen.current.session.key)
            shown = screen.current.shown
            assert shown is not None
            assert lines_of(matrix(shown.complete_url))[6].rstrip() in it.words()
            assert f"▸ ○ {screen.current.label} " in it.words()
        assert seen == ["globex", "lab", "acme", "lab", "globex", "acme"]


async def test_n_renews_the_code_of_that_row_alone() -> None:
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        before = codes(screen)
        await it.press("j")
        assert "n New code" in footer(it)
        await it.press("n")
        await it.until(lambda: codes(screen)[1] not in ("", before[1]))
        assert codes(screen)[::2] == before[::2]


async def test_what_was_denied_says_so_in_its_row_and_is_tried_again(demo: DemoServer) -> None:
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        await it.press("j")
        demo.state.deny(codes(screen)[1])
        await it.until("The sign-in was denied in the browser")
        assert "▸ ! globex" in it.words()
        assert "2 of 3 open" in it.words()
        assert "n Try again" in footer(it)
        assert "c Copy code" not in footer(it)
        await it.press("k")
        assert "n New code" in footer(it)
        await it.press("j", "n")
        await it.until("3 of 3 open")
        await it.until(lambda: bool(codes(screen)[1]))
        assert "n New code" in footer(it)


async def test_each_success_is_said_in_its_row_and_the_cursor_goes_on(demo: DemoServer) -> None:
    sessions("acme", "globex", "lab")
    async with board(130, 40) as it:
        screen = await sign_in(it)
        demo.state.approve(codes(screen)[0])
        await it.until("● acme")
        (row,) = (line for line in it.words().splitlines() if "● acme" in line)
        assert "signed in until " in row
        assert screen.current.session.key == "globex"
        demo.state.approve(codes(screen)[2])
        await it.until("● lab")
        assert screen.current.session.key == "globex"  # it is not done
        demo.state.approve(codes(screen)[1])
        await it.until(lambda: it.board.is_current)
        await it.until("Signed in to acme, globex and lab")


async def test_l_opens_nothing_and_o_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def note(url: str, *_: object) -> str:
        opened.append(url)
        return "" if len(opened) < 3 else "xdg-open failed"

    monkeypatch.setattr("tui.desktop.browser.open_browser", note)
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        assert opened == []
        assert "O Open all" in footer(it)
        await it.press("O")
        await it.until(lambda: len(opened) == 3)
        assert opened == [attempt.shown.complete_url for attempt in screen.attempts if attempt.shown]
        await it.until("Opened in the browser")
        await it.press("end")
        await it.until("No browser was opened: xdg-open failed.")


@pytest.mark.parametrize("done", [0, 1])
async def test_escape_says_what_is_cancelled(demo: DemoServer, done: int) -> None:
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        if done:
            demo.state.approve(codes(screen)[0])
            await it.until("● acme")
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        said = "globex and lab; signed in to acme" if done else "acme, globex and lab"
        await it.until(lambda: f"Cancelled: the sign-in to {said}" in " ".join(it.words().split()))


async def test_a_click_goes_to_the_row_and_one_on_the_code_copies_it(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(text: str, *_: object) -> str:
        copied.append(text)
        return ""

    monkeypatch.setattr("tui.desktop.browser.copy", copy)
    sessions("acme", "globex", "lab")
    async with board(80, 24) as it:
        screen = await sign_in(it)

        async def click(text: str) -> None:
            y, line = next((y, line) for y, line in enumerate(it.words().splitlines()) if text in line)
            await it.pilot.click(offset=(line.index(text) + 1, y))
            await it.pilot.pause()

        await click("lab")
        assert screen.current.session.key == "lab"
        assert copied == []
        await click(codes(screen)[1])
        assert screen.current.session.key == "globex"
        await it.until("The code: copied")
        await click("http://127.0.0.1")
        await it.until("The URL: copied")
        shown = screen.current.shown
        assert shown is not None
        assert copied == [codes(screen)[1], shown.complete_url]


async def test_nothing_that_is_said_is_over_the_code() -> None:
    sessions("acme", "globex")
    async with board(80, 24) as it:
        screen = await sign_in(it)
        qr = lines_of(matrix(screen.current.shown.complete_url if screen.current.shown else ""))
        it.app.tell("Could not renew lab: it does not answer", "error", timeout=60)
        await it.until("Could not renew lab")
        assert not any(toast.is_on_screen for toast in screen.query("Toast"))
        assert all(line.rstrip() in it.words() for line in qr)
        assert all(code in it.words() for code in codes(screen))


async def test_a_flow_is_switched_for_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    sessions("acme", "globex")
    async with board(130, 40) as it:
        screen = await sign_in(it)
        assert "b Browser flow" in footer(it)
        await it.press("b")
        await it.until("waiting for the browser")
        assert "b Use a code" in footer(it)
        assert "n Start again" in footer(it)
        assert [attempt.flow for attempt in screen.attempts] == ["browser", "device"]
        await it.press("j")
        assert "b Browser flow" in footer(it)
        await it.press("k", "b")
        await it.until(lambda: all(codes(screen)))


async def test_it_survives_every_size() -> None:
    sessions(*EIGHT[:4])
    words = {"Open", "Open all", "Copy code", "Copy URL", "New code", "Browser flow", "Next", "Cancel all"}
    async with board(200, 60) as it:
        screen = await sign_in(it)
        await it.press("j")
        for size in (
            (130, 40),
            (100, 30),
            (80, 24),
            (60, 30),
            (72, 12),
            (60, 15),
            (45, 11),
            (40, 10),
            (39, 9),
            (200, 60),
        ):
            await it.pilot.resize_terminal(*size)
            if size == (39, 9):
                await it.until("Too small")
                continue
            await it.until(lambda size=size: len(it.words().splitlines()) == size[1] and footer(it) != "")  # type: ignore[misc]
            await it.until(screen.current.user_code)
            keys = {part.partition(" ")[2] for part in footer(it).split("  ")}
            assert keys <= words
            assert "Cancel all" in keys
