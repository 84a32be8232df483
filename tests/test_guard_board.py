"""Guard rails on the board: labels wherever a guarded profile is named, a question before it is used."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tui.aws import clock
from tui.demo.home import add_guard_rule
from tui.demo.server import DemoServer
from tui.screens.asking import guard_question
from tui.screens.asking.guard_question import GuardQuestion
from tui.screens.sign_in.renewals import title
from tui.settings import settings_path

from .aws_home import add_rule
from .board import Driver, board, sample

SIZES = ((80, 24), (100, 30), (130, 40), (200, 60))


@pytest.fixture(autouse=True)
def guarded(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample organisation, whose prod profiles are guarded; a key that was meant is taken for one at once."""
    sample(home, demo)
    add_guard_rule(home)
    monkeypatch.setattr(guard_question, "PAUSE", 0)


def asking(it: Driver) -> bool:
    return isinstance(it.app.screen, GuardQuestion)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_row_has_its_label_behind_the_whole_name(width: int, height: int) -> None:
    async with board(width, height) as it:
        assert "prod-readonly [PROD]" in it.row("prod-readonly")
        assert "[PROD]" not in it.row("dev-readonly")
        assert it.words().count("[PROD]") >= 3


async def test_the_label_stands_in_title_status_line_and_details(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod-readonly")
    async with board(80, 24) as it:
        assert "using prod-readonly [PROD]" in it.words().splitlines()[0]
        await it.press("j", "k")
        await it.until("[PROD] prod-readonly · ")
        await it.press("d")
        await it.until("asks before")
        assert title(it.board.snapshot, clock.now(), it.board.panes.marks["prod-readonly"]).startswith("[PROD] acme 5h")


QUESTIONS = {
    "enter": ("Use prod-readonly [PROD]?", "prod-readonly is not used"),
    "e": ("Hand out credentials of prod-readonly [PROD]?", "prod-readonly: it is not exported"),
    "y": ("Hand out credentials of prod-readonly [PROD]?", "prod-readonly: nothing is copied"),
    "o": ("Open the console of prod-readonly [PROD]?", "prod-readonly: its console is not opened"),
    "O": ("Open the console of prod-readonly [PROD]?", "no console is opened"),
}


@pytest.mark.parametrize("key", QUESTIONS)
async def test_there_is_a_question_first_and_enter_is_no(key: str) -> None:
    question, undone = QUESTIONS[key]
    async with board(100, 30) as it:
        await it.highlight("prod-readonly")
        await it.press(key)
        await it.until(question)
        assert "222222222222" in it.words()
        assert "ReadOnly" in it.words()
        assert "guard rule PROD asks before " in it.words()
        await it.press("enter")
        await it.until(lambda: it.board.is_current)
        assert it.app.said.all()[0].text == f"Not confirmed: {undone}"


DONE = {
    "enter": "export AWS_PROFILE='prod-readonly'",
    "e": "Export prod-readonly [PROD]",
    "o": "Console of prod-readonly [PROD]",
    "O": "Console of prod-readonly [PROD]",
}


@pytest.mark.parametrize("key", DONE)
async def test_y_does_it_and_asks_no_more(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.app.browser.open_browser", lambda *_arguments: "there is none")
    async with board(100, 30) as it:
        await it.highlight("prod-readonly")
        await it.press(key)
        await it.until(lambda: asking(it))
        await it.press("y")
        await it.until(DONE[key])
        assert not asking(it)


async def test_rules_that_change_count_on_a_board_that_is_open(home: Path) -> None:
    async with board(100, 30) as it:
        assert "[NEW]" not in it.words()
        add_rule('match = "dev-admin"\nlabel = "NEW"\ndeny = ["export"]')
        await it.until("dev-admin [NEW]")
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("guard rule NEW denies export")
        add_rule("match = 5")
        await it.until(lambda: any("match" in problem for problem in it.app.settings.problems))
        Path(settings_path()).unlink()
        await it.until(lambda: "[NEW]" not in it.words() and "[PROD]" not in it.words())
        assert it.app.settings.problems == []
        await it.press("e")
        await it.until("Export dev-admin")


async def test_what_is_not_guarded_asks_nothing() -> None:
    async with board(100, 30) as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("Export dev-admin")
        assert "[PROD]" not in it.words().splitlines()[1]


async def test_the_identity_is_shown_without_a_question() -> None:
    async with board(100, 30) as it:
        await it.highlight("prod-readonly")
        await it.press("i")
        await it.until("Identity of prod-readonly [PROD]")


async def test_the_label_stands_in_what_names_many_profiles() -> None:
    async with board(100, 30) as it:
        await it.press("x")
        await it.until("Removes")
        assert "[PROD]" in next(line for line in it.words().splitlines() if "prod-readonly" in line)
        assert "[PROD]" not in next(line for line in it.words().splitlines() if "analytics" in line)
        await it.press("escape")
        for name in ("dev-admin", "prod-readonly"):
            await it.highlight(name)
            await it.press("space")
        await it.press("i")
        await it.until("Identity of 2 profiles")
        await it.until("demo@example.com")
        assert "[PROD]" in next(line for line in it.words().splitlines() if "demo@" in line and "222222222222" in line)
        assert "[PROD]" not in next(
            line for line in it.words().splitlines() if "demo@" in line and "111111111111" in line
        )
        await it.press("escape")
        await it.highlight("prod-readonly")
        await it.press("w")
        await it.until("Credentials of prod-readonly [PROD], link by link")


async def test_roles_of_a_guarded_account_are_guarded_with_and_without_a_profile() -> None:
    add_rule('match = "*billing*"\nlabel = "MONEY"\ncolour = "yellow"\nconfirm = true')
    async with board(100, 30) as it:
        await it.press("a")
        await it.until("ReadOnly [MONEY]")
        await it.until("ReadOnly [PROD]")
        lines = it.words().splitlines()
        assert next(line for line in lines if "ReadOnly [PROD]" in line).rstrip().endswith("prod-readonly")
        billing = next(number for number, line in enumerate(lines) if "777777777777" in line)
        assert "Billing [MONEY]" in lines[billing + 1]
        assert "ReadOnly [MONEY]" in lines[billing + 2]  # no profile is for it
        await it.press("slash")
        await it.type("777777777777")
        await it.until(lambda: "Analytics" not in it.words())
        await it.press("enter")
        await it.until("ReadOnly [MONEY]")
        await it.press("end", "e")
        await it.until("Hand out credentials of ReadOnly in Billing (777777777777) [MONEY]?")


async def test_several_are_asked_about_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.app.browser.open_browser", lambda *_arguments: "")
    async with board(100, 30) as it:
        for name in ("dev-admin", "prod-readonly", "prod-admin"):
            await it.highlight(name)
            await it.press("space")
        await it.press("o")
        await it.until("Open the console of 2 profiles?")
        words = it.words()
        await it.press("n")
        await it.until(lambda: it.board.is_current)
        assert it.app.said.all()[0].text == "Not confirmed: no console is opened"
        assert "prod-admin [PROD]" in words


async def test_a_key_that_is_held_down_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the board `y` copies: held down it must not answer the question that it brings about."""
    now = 100.0
    monkeypatch.setattr(guard_question, "PAUSE", 0.4)
    monkeypatch.setattr("tui.screens.asking.guard_question.clock.monotonic", lambda: now)
    async with board(100, 30) as it:
        await it.highlight("prod-readonly")
        await it.press("y")
        await it.until(lambda: asking(it))
        for _ in range(20):
            now += 0.1
            await it.press("y")
        assert asking(it)
        now += 0.5
        await it.press("y")
        assert not asking(it)


async def test_the_palette_asks_too() -> None:
    async with board(100, 30) as it:
        await it.press("ctrl+p")
        await it.until("Search for commands")
        await it.type("prod-readonly")
        await it.until("Use prod-readonly  [PROD]")
        await it.press("down", "enter")
        await it.until(lambda: asking(it))


async def test_what_a_rule_denies_is_said_by_the_key() -> None:
    add_rule('match = { role = "ReadOnly" }\nlabel = "RO"\ncolour = "blue"\ndeny = ["console"]')
    async with board(100, 30) as it:
        await it.highlight("dev-readonly")
        await it.press("o")
        await it.until("guard rule RO denies console: dev-readonly: its console is not opened")
        await it.press("O")
        await it.until("guard rule RO denies console: no console is opened")
        assert it.board.is_current
        assert "dev-readonly [RO]" in it.row("dev-readonly")
        assert "prod-readonly [PROD]" in it.row("prod-readonly")  # the first label counts
        await it.press("d")
        await it.until("denied")


async def test_a_rule_that_cannot_be_read_is_told_and_asks_before_everything() -> None:
    add_rule('match = "/(/"\nconfirm = true')
    async with board(100, 30) as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("Hand out credentials of dev-admin?")
        await it.press("escape", "!")
        lines = ["guard", "2,", "match:", "/(/", "cannot", "be", "read:", "missing", ")", "at", "position", "1"]
        await it.until(lambda: set(lines) <= set(it.words().split()))  # it may go on in a next line


async def test_the_question_comes_before_a_sign_in(demo: DemoServer) -> None:
    add_rule('match = "attic"\nconfirm = true')
    async with board(100, 30) as it:
        await it.highlight("attic")
        await it.press("enter")
        await it.until("Use attic?")
        await it.press("escape")
        await it.until(lambda: it.board.is_current)
        await it.press("enter")
        await it.press("y")
        await it.until("waiting for approval")


async def test_labels_are_read_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with board(80, 24) as it:
        assert "prod-readonly [PROD]" in it.row("prod-readonly")


@pytest.mark.parametrize("begins", [10, 1_000_000])
async def test_what_was_said_before_its_key_is_not_said_in_it_whatever_the_clock_counts_from(
    monkeypatch: pytest.MonkeyPatch, begins: int
) -> None:
    started = time.monotonic() - begins
    monkeypatch.setattr(clock, "monotonic", lambda: time.monotonic() - started)
    async with board(100, 30) as it:
        await it.highlight("prod-readonly")
        it.app.tell("Signed in to acme", timeout=300)
        await it.until("Signed in to acme")
        await it.press("enter")
        await it.until("Use prod-readonly [PROD]?")
        await it.until(lambda: "Signed in to acme" not in it.words())
