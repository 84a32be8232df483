"""Renewal while the board is open: what goes over the network, what the user sees and hears, the terminal's title."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import account_names
from tui.aws.session import renewal
from tui.aws.state.schedule import Action, Renew, ScheduledSession, Scheduler, Warn
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer
from tui.screens.board.board import Board
from tui.screens.sign_in.attempt import DONE, OPEN
from tui.screens.sign_in.renewals import announcement
from tui.screens.sign_in.screen import SignInScreen

from .aws_home import CONFIG, configure, content, put_token, renewing, token_file
from .board import Driver, board
from .program import assert_no_foreign_bytes, program, quit_board
from .terminal import Terminal

MINUTE = 60
BELL = re.compile(rb"\x1b\][^\x07]*\x07|(\x07)")


@pytest.fixture(autouse=True)
def configured(home: Path) -> None:
    configure()


def refreshes(demo: DemoServer) -> int:
    return sum(entry.details.get("grantType") == "refresh_token" for entry in demo.state.log.entries("CreateToken"))


def beside_names(demo: DemoServer) -> int:
    """All requests but those for the names of accounts, which are asked for once."""
    assert demo.state.log.count("ListAccounts") <= len(demo.state.log.entries("CreateToken"))
    return demo.state.log.count() - demo.state.log.count("ListAccounts")


Wait = Callable[[Driver, int], Awaitable[None]]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Lets the board do what it does in so many seconds, without waiting for them."""
    ahead = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: time.monotonic() + ahead)

    async def wait_for(it: Driver, seconds: int) -> None:
        nonlocal ahead
        for _ in range(seconds):
            ahead += 1
            it.board.tick()
            await it.pilot.pause()

    return wait_for


async def test_a_session_is_renewed_silently_before_it_ends(demo: DemoServer, home: Path, wait: Wait) -> None:
    renewing(home, "on_open = false")
    put_token(demo, "acme", ACME, expires_in=10 * MINUTE)
    put_token(demo, "lab", LAB, expires_in=-MINUTE)
    async with board() as it:
        assert it.row("lab").split()[2] == "refreshable"
        await it.until(lambda: "signed-in" in it.row("acme"))
        assert "7h 59m" in it.row("acme") or "8h 00m" in it.row("acme")
        assert not it.app.said.all()
        await it.until("Development")
        await wait(it, 90)
        assert it.row("lab").split()[2] == "refreshable"
    assert refreshes(demo) == 1
    assert demo.state.log.count("ListAccounts") == 1
    assert beside_names(demo) == 1


async def test_the_setting_turns_it_off(demo: DemoServer, home: Path, wait: Wait) -> None:
    renewing(home, "automatic = false")
    put_token(demo, "acme", ACME, expires_in=10 * MINUTE)
    async with board(width=130, height=40) as it:
        await it.highlight("dev")
        await wait(it, 90)
        assert "refreshable" in it.row("acme")
        assert "by itself, when it is used" in it.words()
        assert it.board.renewals.habits(it.board.snapshot, clock.now()) == []
    assert demo.state.log.entries() == []


async def test_on_opening_what_had_ended_is_renewed_without_a_word(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wait: Wait
) -> None:
    opened = tmp_path / "opened"
    monkeypatch.setenv("BROWSER", f"touch {opened}")
    put_token(demo, "acme", ACME, expires_in=-9 * 60 * MINUTE)
    put_token(demo, "lab", LAB, expires_in=-MINUTE)
    async with board() as it:
        assert "ended 9h ago" in it.row("acme")
        assert "refreshable" in it.row("lab")
        await wait(it, 1)
        await it.until(lambda: it.words().count("signed-in") == 2)
        assert not it.app._notifications
        assert it.app.screen is it.board
        await wait(it, 90)
    assert refreshes(demo) == beside_names(demo) == 2
    assert not opened.exists()


async def test_on_opening_what_can_no_longer_be_renewed_is_signed_out(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=-9 * 60 * MINUTE)
    demo.state.revoke_all()
    async with board() as it:
        await it.until(lambda: "signed-out" in it.row("acme"))
        assert not it.app._notifications
        assert it.app.screen is it.board


async def test_on_opening_nothing_that_had_ended_is_renewed_where_the_setting_says_so(
    demo: DemoServer, home: Path, wait: Wait
) -> None:
    renewing(home, "on_open = false")
    put_token(demo, "acme", ACME, expires_in=-9 * 60 * MINUTE)
    async with board() as it:
        await wait(it, 90)
        assert "ended 9h ago" in it.row("acme")
    assert demo.state.log.entries() == []


async def test_details_say_that_it_is_renewed(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=3600)
    async with board(width=130, height=40) as it:
        await it.highlight("dev")
        await it.until("by itself, before it ends")
        assert it.board.renewals.habits(it.board.snapshot, clock.now()) == ["auto-renewal on"]


async def test_c20_a_refusal_is_told_once_and_not_tried_again(demo: DemoServer, wait: Wait) -> None:
    put_token(demo, "acme", ACME, expires_in=10 * MINUTE)
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    async with board() as it:
        said = "acme ends in 10 minutes: press L to sign in again (it can no longer be renewed)"
        await it.until(lambda: said in " ".join(it.words().split()))
        await it.until(lambda: "expiring" in it.row("acme"))
        await wait(it, 90)
        assert len(it.app.said.all()) == 1
    assert refreshes(demo) == 1


def test_sessions_that_end_together_are_told_in_one_sentence(demo: DemoServer) -> None:
    snapshot = configure().snapshot
    acme, lab = snapshot.config.sessions["acme"], snapshot.config.sessions["lab"]
    alone = [Warn("acme", 5, "")]
    assert announcement(snapshot, alone, acme) == "acme ends in 5 minutes: press l to sign in again"
    assert announcement(snapshot, alone, lab) == "acme ends in 5 minutes: press L to sign in again"
    both: list[Action] = [Warn("lab", 15, "no network"), Renew("x"), Warn("acme", 1, "no network")]
    said = "acme ends in a minute, lab ends in 15 minutes: press L to sign in again (no network)"
    assert announcement(snapshot, both, acme) == said
    same = [Warn("acme", 5, ""), Warn("lab", 5, "")]
    assert announcement(snapshot, same, lab) == "acme, lab end in 5 minutes: press L to sign in again"
    assert announcement(snapshot, [Renew("acme")], lab) == ""


async def test_sessions_that_are_renewed_together_are_told_in_one_sentence(demo: DemoServer, home: Path) -> None:
    renewing(home, "on_open = false")
    for name, url in (("acme", ACME), ("lab", LAB)):
        put_token(demo, name, url, expires_in=-60)
    configure(CONFIG.partition("[profile attic]")[0])
    async with board() as it:
        await it.press("L")
        await it.until("acme, lab are renewed: signed in until ")
        assert len(it.app.said.all()) == 1


async def test_a_failure_is_in_the_notice_line_until_it_is_over(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=20 * MINUTE)
    fault = demo.state.faults.add("CreateToken", status=400, code="OddException")
    async with board() as it:
        put_token(demo, "acme", ACME, expires_in=14 * MINUTE)
        await it.until("acme is not renewed yet, trying every minute")
        assert not it.app.said.all()
        demo.state.faults.remove(fault)
        put_token(demo, "acme", ACME, expires_in=3600)  # another program was luckier
        await it.until(lambda: "is not renewed yet" not in it.words() and "59m" in it.row("acme"))


async def test_r7_a_sleep_costs_one_renewal_for_each_session_and_no_browser(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wait: Wait
) -> None:
    opened = tmp_path / "opened"
    monkeypatch.setenv("BROWSER", f"touch {opened}")
    account_names.note({"111111111111": "Development", "333333333333": "Sandbox"})  # else they are asked for
    put_token(demo, "acme", ACME, expires_in=3600)
    put_token(demo, "lab", LAB, expires_in=3700)
    put_token(demo, LEGACY, LEGACY, expires_in=3600, refreshToken=None)
    async with board() as it:
        monkeypatch.setattr(clock, "now", lambda: time.time() + 2 * 3600)
        await it.until(lambda: refreshes(demo) == 2 and it.words().count("signed-in") == 2)
        assert it.words().count("signed-out") == 1
        await wait(it, 90)
    assert refreshes(demo) == demo.state.log.count() == 2
    assert demo.state.log.peak_in_flight == 1
    assert not opened.exists()


def test_the_end_of_a_session_that_cannot_be_renewed_rings_the_bell(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=10 * MINUTE)
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    with program() as terminal:
        terminal.wait_for("acme ends in 10 minutes: press L to sign in again")
        terminal.wait_for(lambda it: [match for match in BELL.findall(it.raw) if match] == [b"\x07"])
        quit_board(terminal)


def test_a_terminal_that_shows_notifications_gets_one_in_place_of_the_bell(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=10 * MINUTE)
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    with program(env={"TERM_PROGRAM": "iTerm.app"}) as terminal:
        said = b"\x1b]9;ssotui: acme ends in 10 minutes: press L to sign in again"
        terminal.wait_for(lambda it: said in it.raw)
        assert [match for match in BELL.findall(terminal.raw) if match] == []
        quit_board(terminal)


def title(terminal: Terminal) -> str:
    """The last title that the program has set."""
    titles = [command[2:].decode() for command in terminal.emulator.osc if command.startswith(b"2;")]
    return titles[-1] if titles else "(none)"


def test_the_title_names_the_session_that_ends_first_and_is_given_back(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=5 * 3600 + 12 * MINUTE + 30)
    put_token(demo, LEGACY, LEGACY, expires_in=42 * MINUTE + 30, refreshToken=None)
    with program() as terminal:
        terminal.wait_for(lambda it: title(it) == "d-9667182f21.awsapps.com 42m – ssotui")
        token_file(LEGACY).unlink()
        terminal.wait_for(lambda it: title(it) == "acme 5h 12m – ssotui")
        token_file("acme").unlink()
        terminal.wait_for(lambda it: title(it) == "ssotui")
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)
        assert re.findall(rb"\x1b\[2[23];2t", terminal.raw) == [b"\x1b[22;2t", b"\x1b[23;2t"]
        assert title(terminal) == ""
        assert terminal.raw.rindex(b"\x1b]2;") < terminal.raw.rindex(b"\x1b[23;2t")


def test_a_console_that_would_print_the_title_gets_none(demo: DemoServer) -> None:
    with program(env={"TERM": "linux"}) as terminal:
        terminal.wait_for("? Help")
        quit_board(terminal)
        assert title(terminal) == "(none)"
        assert b"\x1b[23;2t" not in terminal.raw


def test_a16_a_hostile_name_in_the_title_is_only_text(demo: DemoServer) -> None:
    name = "x\x1b]52;c;eA==\x07\u202e"
    configure(CONFIG.replace("[sso-session acme]", f'[sso-session "{name}"]').replace("= acme", f"= {name}"))
    put_token(demo, name, ACME)
    with program() as terminal:
        terminal.wait_for("? Help")
        terminal.wait_for(lambda it: title(it) != "(none)")
        assert title(terminal).startswith("x\\x1b]52;c;eA==\\x07\\u202e 3h 59m") or "4h 00m" in title(terminal)
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)


def test_the_renewed_token_is_there_for_the_aws_tools(demo: DemoServer) -> None:
    before = put_token(demo, "acme", ACME, expires_in=5 * MINUTE)
    with program() as terminal:
        terminal.wait_for("signed-in")
        quit_board(terminal)
    after = content(token_file("acme"))
    assert after["accessToken"] != before.access_token.reveal()
    assert before.access_token.reveal() not in json.dumps(after)
    assert demo.state.access(str(after["accessToken"])) is not None


async def test_a_session_that_goes_at_the_very_moment_of_its_renewal_is_not_renewed(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread looks at the files, and may take in a new configuration between two lines of the clock's."""
    put_token(demo, "lab", LAB, expires_in=10 * MINUTE)
    real = Scheduler.tick
    boards: list[Board] = []

    def tick(self: Scheduler, now: float, monotonic: float, watched: Sequence[ScheduledSession]) -> list[Action]:
        actions = real(self, now, monotonic, watched) if boards else []  # the first may come before the test has it
        if Renew("lab") in actions:
            configure(CONFIG.replace("[sso-session lab]", "[sso-session gone]"))
            assert boards[0].store.look_at_config()
        return actions

    monkeypatch.setattr(Scheduler, "tick", tick)
    async with board() as it:
        boards.append(it.board)
        await it.until(lambda: "lab" not in it.board.snapshot.config.sessions)
        await it.until(lambda: it.board.renewals.scheduler.under_way is None)
    assert refreshes(demo) == 0


def test_of_several_that_are_due_the_session_in_use_is_the_first() -> None:
    scheduler = Scheduler(automatic=True, on_open=True)
    watched = [
        ScheduledSession("long ago", 100, True),
        ScheduledSession("in use", 900, True, in_use=True),
        ScheduledSession("later", 500, True),
    ]
    found = []
    for second in range(6):
        renewals = [each for each in scheduler.tick(1000 + second, second, watched) if isinstance(each, Renew)]
        for each in renewals:
            found.append(each.key)
            scheduler.finished(each.key, 1000 + second, None, "no network")
    assert found == ["in use", "long ago", "later"]


def test_what_short_lives_have_taught_is_forgotten_with_a_longer_one() -> None:
    """A sign-in of two minutes, renewed; then a new sign-in of 17: it is renewed with a quarter of an hour left."""
    scheduler = Scheduler(automatic=True)

    def renewals(start: int, expires_at: int, seconds: int) -> list[int]:
        at = []
        for now in range(start, start + seconds):
            if Renew("acme") in scheduler.tick(now, now, [ScheduledSession("acme", expires_at, True)]):
                at.append(now)
                scheduler.finished("acme", now, now + 120)
        return at

    assert renewals(1000, 1120, 5) == [1001]
    assert renewals(1005, 1121, 70) == [1062]  # of the same kind: with half of its time left
    assert renewals(1075, 1075 + 17 * 60, 180) == [1075 + 121]


async def test_what_surely_needs_the_user_does_not_wait_for_renewals(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """lab has no token; acme may be renewed, and AWS refuses that after a while: then it asks for the user too."""
    renewing(home, "automatic = false")
    monkeypatch.setattr(renewal, "LATE", 0.3)
    put_token(demo, "acme", ACME, expires_in=-MINUTE)
    demo.state.faults.add("CreateToken", code="InvalidGrantException", delay=2.0)
    configure(CONFIG[: CONFIG.index("[profile attic]")])
    async with board() as it:
        await it.until(lambda: "refreshable" in it.row("acme"))
        await it.press("L")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        screen = it.app.screen
        assert isinstance(screen, SignInScreen)
        lab, acme = screen.attempts
        await it.until(lambda: bool(lab.user_code))
        assert acme.message == "renewing …"
        await it.until(lambda: bool(acme.user_code))


async def test_what_is_renewed_in_the_table_of_sign_ins_asks_for_nobody(demo: DemoServer, home: Path) -> None:
    renewing(home, "automatic = false")
    put_token(demo, "acme", ACME, expires_in=-MINUTE)
    configure(CONFIG[: CONFIG.index("[profile attic]")])
    async with board() as it:
        await it.until(lambda: "refreshable" in it.row("acme"))
        await it.press("L")
        await it.until("signed in until")
        screen = it.app.screen
        assert isinstance(screen, SignInScreen)
        lab, acme = screen.attempts
        assert (lab.state in OPEN, acme.state) == (True, DONE)
        await it.until(lambda: bool(lab.user_code))
        assert len(demo.state.log.entries("StartDeviceAuthorization")) == 1
