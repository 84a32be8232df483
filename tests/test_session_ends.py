"""The end of a session itself: foreseen from a renewal that brings less than those before, announced, and then true."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.errors import SignInNeeded
from tui.aws.role.credentials import get_credentials
from tui.aws.session.renewal import renew, usable_token
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.aws.state import attempts, ends
from tui.aws.state.ends import TOLERANCE, after, end_of
from tui.aws.state.store import Store
from tui.cli.quick.prompt import prompt_line
from tui.cli.verbs.status.answer import as_json
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.board.details import session_fields
from tui.words.states import SOON

from .aws_home import Unguarded, configure, content, known, named, put_token, session_named, token_file
from .board import Driver, board
from .commands import leaked
from .sign_ins import Attempt, fast_polls

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Time:
    """Both clocks of this process, and of the server in it, which a test can set forward. `begins`: the hour."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, begins: int) -> None:
        self.start = time.time() // DAY * DAY + begins * HOUR
        self.passed = 0.0
        self._real = time.monotonic()
        monkeypatch.setattr(clock, "now", lambda: self.start + self.passed)
        monkeypatch.setattr(clock, "monotonic", lambda: time.monotonic() + self.passed)

    def at(self, seconds: float) -> None:
        """It is so many seconds after the start now."""
        self.passed = seconds


@pytest.fixture
def day(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Time:
    """A day on which a sign-in lasts for eight hours, and each token for one. Its parameter: when it begins."""
    configure()
    demo.state.settings.session_lifetime = 8 * HOUR
    demo.state.settings.access_token_lifetime = HOUR
    return Time(monkeypatch, getattr(request, "param", 6))


def sign_in(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Signs in to acme."""
    fast_polls(demo, monkeypatch)
    store = Store()
    attempt = Attempt(store, "acme")
    demo.state.approve(attempt.code.user_code)
    attempt.end()
    return store


def renew_now(store: Store) -> int:
    """Renews the session, and says how long its token lives."""
    return int(renew(store, session_named(store, "acme")).expires_at - clock.now())


def answer(store: Store) -> tuple[str, bool]:
    """State and `refreshable` of the session in the JSON."""
    (session,) = (each for each in as_json(known(store), clock.now())["sessions"] if each["name"] == "acme")
    return session["state"], session["refreshable"]


def work_until_the_last_token(store: Store, day: Time) -> None:
    """Renews a quarter of an hour before each token ends, ten times: the last one has half an hour."""
    for number in range(1, 10):
        day.at(number * 45.5 * MINUTE)
        assert renew_now(store) == HOUR
        assert answer(store) == ("signed-in", True)
        assert known(store).ends == {}
    day.at(10 * 45.5 * MINUTE)
    assert renew_now(store) == 25 * MINUTE


# -- what is concluded ------------------------------------------------------------------------------------------


def test_the_first_token_foresees_nothing_however_short_it_is() -> None:
    for life in (60, HOUR, 8 * HOUR):
        assert end_of(after(None, life, 1000 + life), 1000 + life) is None


def test_tokens_that_are_always_short_foresee_nothing() -> None:
    known = after(None, 10 * MINUTE, 1000)
    for number in range(10):
        known = after(known, 10 * MINUTE - number % 3 * 20, 2000 + number)
        assert known.ends is None


def test_a_shorter_one_than_the_first_or_the_one_before_shows_the_end() -> None:
    known = after(after(None, HOUR, 5000), HOUR, 8000)
    assert after(known, 40 * MINUTE, 9000).ends == 9000
    longer = after(after(None, 10 * MINUTE, 5000), HOUR, 8000)
    assert after(longer, 40 * MINUTE, 9000).ends == 9000
    assert after(known, HOUR - TOLERANCE, 9000).ends is None


def test_shorter_and_shorter_ones_show_the_same_end() -> None:
    known = after(None, HOUR, 3600)
    for left in (30, 15, 7, 3, 1):
        known = after(known, left * MINUTE, 10_000)
        assert end_of(known, 10_000 + 30) == 10_000


def test_a_token_that_goes_beyond_the_end_disproves_it() -> None:
    known = after(after(None, 8 * HOUR, 10_000), HOUR, 20_000)
    assert end_of(known, 20_000) == 20_000
    assert end_of(known, 30_000) is None
    later = after(known, HOUR, 23_600)
    assert later.ends is None
    assert after(later, HOUR, 27_000).ends is None


def test_damaged_files_say_nothing(demo: DemoServer, day: Time) -> None:
    token = put_token(demo, "acme", ACME)
    folder = Path(attempts.folder()).with_name("ends")
    folder.mkdir(parents=True)
    mine = attempts.hash_of(token)
    for text in ("", "[]", "{", '{"full": 1}', json.dumps({"refreshToken": mine, "full": "x", "ends": 5})):
        (folder / token_file("acme").name).write_text(text)
        assert not ends.is_last("acme", token)
        assert known(Store()).ends == {}


# -- a day ------------------------------------------------------------------------------------------------------


def test_the_end_of_a_day_is_foreseen_by_all_processes(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sign_in(demo, monkeypatch)
    watching = Store()
    assert answer(watching) == ("signed-in", True)
    work_until_the_last_token(store, day)
    for each in (store, watching, Store()):
        assert known(each).ends == {"acme": day.start + 8 * HOUR}
        assert answer(each) == ("signed-in", False)
    day.at(7 * HOUR + 50 * MINUTE)
    for each in (store, watching, Store()):
        assert answer(each) == ("expiring", False)
    assert prompt_line({"AWS_PROFILE": "dev"}, clock.now()) == "◔ dev expiring 10m"
    day.at(8 * HOUR + 1)
    for each in (store, watching, Store()):
        assert answer(each) == ("signed-out", False)
    assert prompt_line({"AWS_PROFILE": "dev"}, clock.now()) == "○ dev signed-out"
    with pytest.raises(SignInNeeded):
        usable_token(store, session_named(store, "acme"))


def test_what_is_left_is_used_without_renewing_it_each_time(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sign_in(demo, monkeypatch)
    work_until_the_last_token(store, day)
    day.at(7 * HOUR + 55 * MINUTE)
    before = demo.state.log.count("CreateToken")
    for name in ("dev", "audit"):
        assert get_credentials(Store(), named(store, name)).expires_at > clock.now()
    assert demo.state.log.count("CreateToken") == before


def test_a_new_sign_in_and_a_sign_out_begin_anew(demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    store = sign_in(demo, monkeypatch)
    work_until_the_last_token(store, day)
    sign_in(demo, monkeypatch)
    for each in (store, Store()):
        assert answer(each) == ("signed-in", True)
        assert known(each).ends == {}
    sign_out(store, make_manifest(known(store), "acme"))
    assert list(Path(attempts.folder()).with_name("ends").iterdir()) == []


def test_a_session_that_goes_on_all_the_same_is_renewed_when_it_is_used(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS may give short tokens for a reason of its own."""
    demo.state.settings.session_lifetime = None
    store = sign_in(demo, monkeypatch)
    day.at(50 * MINUTE)
    demo.state.settings.access_token_lifetime = 20 * MINUTE
    assert renew_now(store) == 20 * MINUTE
    assert answer(store) == ("signed-in", False)
    day.at(75 * MINUTE)
    assert answer(store) == ("signed-out", False)
    assert usable_token(store, session_named(store, "acme")).expires_at == clock.now() + 20 * MINUTE
    assert answer(Store()) == ("signed-in", True)
    day.at(85 * MINUTE)
    assert renew_now(store) == 20 * MINUTE
    assert answer(Store()) == ("signed-in", True)


def test_what_another_program_has_got_is_not_taken_for_ours(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sign_in(demo, monkeypatch)
    work_until_the_last_token(store, day)
    put_token(demo, "acme", ACME, expires_in=25 * MINUTE)
    assert answer(store) == answer(Store()) == ("signed-in", True)


def test_the_file_has_no_secret(demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(demo, monkeypatch)
    (path,) = Path(attempts.folder()).with_name("ends").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert leaked(demo, path.read_text()) == []
    assert str(content(token_file("acme"))["refreshToken"]) not in path.read_text()


def test_without_a_state_folder_this_process_knows_it(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(attempts.folder()).parent
    folder.parent.mkdir(parents=True)
    folder.write_text("")
    store = sign_in(demo, monkeypatch)
    work_until_the_last_token(store, day)
    assert answer(store) == ("signed-in", False)


# -- the board --------------------------------------------------------------------------------------------------


async def let_pass(it: Driver, day: Time, until: float, step: float = 20.0) -> None:
    """Lets the board go through the time until then, in steps that are no leaps."""
    while day.passed < until:
        day.at(min(day.passed + step, until))
        it.board.tick()
        await it.pilot.pause()


@pytest.mark.parametrize(
    ("day", "says"), [(6, "14:00"), (16, "%a 00:00")], indirect=["day"], ids=["today", "at midnight"]
)
async def test_the_board_says_when_it_ends_warns_twice_and_then_says_signed_out(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    rung: list[float] = []
    store = sign_in(demo, monkeypatch)
    work_until_the_last_token(store, day)
    async with board(width=130, height=40) as it:
        monkeypatch.setattr(it.app, "announce", lambda _said: rung.append(day.passed))
        it.board.sessions.focus()
        end = time.strftime(says, time.localtime(day.start + 8 * HOUR))
        await it.until(f"ends {end}")
        assert "signed-in" in it.row("acme")
        fields = session_fields(it.board.snapshot, session_named(store, "acme"), renews=True)
        assert ("ends", f"{end}, and is not renewed beyond that: sign in anew", SOON) in fields
        assert "renews" not in [label for label, _, _ in fields]
        before = demo.state.log.count("CreateToken")
        await let_pass(it, day, 7 * HOUR + 44 * MINUTE)
        assert rung == []
        await let_pass(it, day, 7 * HOUR + 46 * MINUTE)
        await let_pass(it, day, 7 * HOUR + 56 * MINUTE)
        assert [saying.text for saying in it.app.said.all()] == [
            "acme ends in 5 minutes: press l to sign in again",
            "acme ends in 15 minutes: press l to sign in again",
        ]
        assert [round(at / MINUTE) for at in rung] == [7 * 60 + 45, 7 * 60 + 55]
        assert "expiring" in it.row("acme")
        assert demo.state.log.count("CreateToken") == before
        await let_pass(it, day, 8 * HOUR + 30)
        await it.until(lambda: "signed-out" in it.row("acme"))
        assert f"ends {end}" not in it.row("acme")
        await let_pass(it, day, 8 * HOUR + 40 * MINUTE)
        assert "signed-out" in it.row("acme")
    assert demo.state.log.count("CreateToken") <= before + 1, "once, to see whether it is so"


async def test_a_renewal_in_the_last_minutes_is_announced_at_once(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.state.settings.access_token_lifetime = 8 * HOUR
    sign_in(demo, monkeypatch)
    day.at(7 * HOUR + 44 * MINUTE)
    async with board() as it:
        await let_pass(it, day, 7 * HOUR + 45 * MINUTE + 10)
        await it.until(lambda: len(it.app.said.all()) == 1)
        assert it.app.said.all()[0].text == "acme ends in 15 minutes: press L to sign in again"
        assert "expiring" in it.row("acme")
        assert "refreshable" not in it.row("acme")


async def test_what_another_board_was_refused_is_said_within_a_minute(
    demo: DemoServer, day: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session is ended by somebody else before its time."""
    store = sign_in(demo, monkeypatch)
    async with board() as it:
        await it.until("signed-in")
        demo.state.revoke_all()
        day.at(50 * MINUTE)
        with pytest.raises(SignInNeeded):
            renew_now(store)
        await it.until(lambda: "expiring" in it.row("acme"))
        day.at(61 * MINUTE)
        it.board.tick()
        await it.until(lambda: "signed-out" in it.row("acme"))


def test_nothing_is_noted_of_a_token_that_a_sign_out_has_forestalled(demo: DemoServer, home: Path) -> None:
    store = configure()

    class Over(Unguarded):
        def check(self) -> None:
            raise SignInNeeded("acme", "it was signed out meanwhile")

    class OverSoon(Unguarded):
        def __init__(self) -> None:
            self.checked = 0

        def check(self) -> None:
            self.checked += 1
            if self.checked > 1:
                raise SignInNeeded("acme", "it was signed out meanwhile")

    token = demo.state.issue_token(ACME, expires_in=900)
    for guard in (Over(), OverSoon()):
        with pytest.raises(SignInNeeded):
            store.took("acme", token, guard)
        assert not token_file("acme").exists()
        assert list((Path(attempts.folder()).parent / "ends").glob("*")) == []
