"""When sessions are renewed and announced: the scheduler alone, with a time that the tests make."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.aws.state.schedule import (
    PAUSE,
    SETTLE,
    Action,
    LookAgain,
    Renew,
    ScheduledSession,
    Scheduler,
    Warn,
    coarse,
    first_to_end,
)

MINUTE = 60
START = 1_800_000_000


class World:
    """Two clocks, sessions, and a scheduler that is asked once a second."""

    def __init__(self, automatic: bool = True) -> None:
        self.scheduler = Scheduler(automatic)
        self.now = float(START)
        self.monotonic = 1000.0
        self.sessions: dict[str, ScheduledSession] = {}
        self.tokens = 0
        self.happened: list[tuple[float, Action]] = []
        self.scheduler.tick(self.now - 5, self.monotonic - 5, [])

    def put(self, key: str, left: float | None, renewable: bool = True) -> None:
        """A session whose token has `left` seconds."""
        self.tokens += 1
        self.sessions[key] = ScheduledSession(key, None if left is None else int(self.now + left), renewable)

    def pass_time(self, seconds: float) -> list[Action]:
        """Tick through so many seconds. What is to be renewed stays under way. Returns what was to be done."""
        before = len(self.happened)
        for _ in range(int(seconds)):
            self.now += 1
            self.monotonic += 1
            self.tick()
        return [action for _, action in self.happened[before:]]

    def tick(self) -> list[Action]:
        """Tick at this very moment."""
        actions = self.scheduler.tick(self.now, self.monotonic, list(self.sessions.values()))
        self.happened += [(self.monotonic, action) for action in actions]
        return actions

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: the wall clock goes on, the monotonic one does not."""
        self.now += seconds

    def renewed(self, key: str, lifetime: float = 8 * 3600) -> None:
        """The renewal under way has worked."""
        self.put(key, lifetime)
        self.scheduler.finished(key, self.now, self.sessions[key].expires_at)

    def failed(self, key: str, reason: str = "no network") -> None:
        """The renewal under way has not worked."""
        self.scheduler.finished(key, self.now, None, reason)

    def attempts(self, key: str) -> list[float]:
        """When renewals of `key` began, on the monotonic clock."""
        return [at for at, action in self.happened if action == Renew(key)]


def test_a_session_is_renewed_once_when_less_than_15_minutes_are_left() -> None:
    world = World()
    world.put("acme", 16 * MINUTE)
    assert world.pass_time(60) == []
    assert world.pass_time(5) == [Renew("acme")]
    assert world.pass_time(300) == [], "it is under way"
    world.renewed("acme")
    assert world.pass_time(3600) == []


def test_nothing_is_done_before_the_board_is_painted() -> None:
    scheduler = Scheduler(automatic=True)
    sessions = [ScheduledSession("acme", START + 60, renewable=True)]
    assert scheduler.tick(START, 1000, sessions) == []
    assert scheduler.tick(START, 1000.9, sessions) == []
    assert scheduler.tick(START + 1, 1001, sessions) == [Renew("acme")]


def test_r11_what_had_ended_before_is_left_alone_until_it_is_used() -> None:
    world = World()
    world.put("lab", -1)
    world.put("none", None)
    assert world.pass_time(3600) == []
    world.put("lab", 20 * MINUTE)  # somebody has used it
    assert world.pass_time(6 * MINUTE) == [Renew("lab")]


def test_on_opening_what_had_ended_is_renewed_one_by_one_until_it_is_known() -> None:
    world = World()
    world.scheduler = Scheduler(automatic=True, on_open=True)
    world.put("lab", -9 * 3600)
    world.put("old", -20 * 3600)
    world.put("attic", -1, renewable=False)
    world.sessions["ended"] = ScheduledSession("ended", START - 60, renewable=True, ends=True)
    assert world.pass_time(2) == [Renew("old")]
    world.failed("old", "no network")
    assert world.pass_time(1) == [Renew("lab")]
    world.renewed("lab")
    assert world.pass_time(60) == [Renew("old")]
    world.sessions["old"] = world.sessions["old"]._replace(renewable=False)
    world.failed("old", "it can no longer be renewed")
    world.put("new", -9 * 3600)  # written while the board is open
    assert world.pass_time(3600) == []


def test_on_opening_nothing_is_renewed_where_nothing_is_to_be() -> None:
    world = World()
    world.scheduler = Scheduler(automatic=False, on_open=True)
    world.put("lab", -9 * 3600)
    assert world.pass_time(3600) == []


def test_an_end_that_a_renewal_has_shown_just_now_is_announced_at_once() -> None:
    world = World()
    world.put("acme", 14 * MINUTE)
    assert world.pass_time(1) == [Renew("acme")]
    world.sessions["acme"] = ScheduledSession("acme", int(world.now) + 12 * MINUTE, renewable=False, ends=True)
    world.scheduler.finished("acme", world.now, world.sessions["acme"].expires_at)
    assert world.pass_time(1) == [Warn("acme", 12, "")]
    assert world.pass_time(8 * MINUTE) == [Warn("acme", 5, "")]


def test_at_a_foreseen_end_it_is_asked_once_whether_it_is_so() -> None:
    world = World()
    world.sessions["acme"] = ScheduledSession("acme", START + 60, renewable=False, ends=True)
    assert world.pass_time(60) == []
    world.sessions["acme"] = ScheduledSession("acme", START + 60, renewable=True, ends=True)
    assert world.pass_time(1) == [Renew("acme")]
    world.sessions["acme"] = ScheduledSession("acme", START + 60, renewable=False, ends=True)
    world.failed("acme", "it can no longer be renewed")
    assert world.pass_time(3600) == []


def test_what_ends_while_the_board_is_open_is_still_renewed() -> None:
    world = World()
    world.put("acme", 10)
    assert world.pass_time(1) == [Renew("acme")]
    world.failed("acme")
    world.pass_time(120)
    assert world.attempts("acme") == [1001, 1061]
    world.put("acme", -3600)  # another token, which had ended when it came
    world.failed("acme")
    assert Renew("acme") not in world.pass_time(600)


def test_c20_at_most_one_attempt_a_minute() -> None:
    world = World()
    world.put("acme", 5 * MINUTE)
    for _ in range(600):
        world.pass_time(1)
        if world.scheduler.under_way:
            world.failed("acme")
    attempts = world.attempts("acme")
    assert len(attempts) == 10
    assert {later - earlier for earlier, later in pairwise(attempts)} == {PAUSE}


def test_one_at_a_time_the_first_to_end_first() -> None:
    world = World()
    for number in range(5):
        world.put(f"s{number}", (10 - number) * MINUTE)
    order = []
    for _ in range(5):
        (action,) = world.pass_time(3)
        assert isinstance(action, Renew)
        order.append(action.key)
        world.renewed(action.key)
    assert order == ["s4", "s3", "s2", "s1", "s0"]


def test_nothing_is_renewed_when_the_setting_says_so() -> None:
    world = World(automatic=False)
    world.put("acme", 16 * MINUTE)
    assert world.pass_time(20 * MINUTE) == []


def test_a_token_that_never_lives_for_15_minutes_is_not_renewed_all_the_time() -> None:
    world = World()
    world.put("acme", 10 * MINUTE)
    assert world.pass_time(1) == [Renew("acme")]
    for _ in range(60 * MINUTE):
        world.pass_time(1)
        if world.scheduler.under_way:
            world.renewed("acme", 10 * MINUTE)
    assert 10 <= len(world.attempts("acme")) <= 14


def test_what_cannot_be_renewed_is_announced_at_15_and_at_5_minutes() -> None:
    world = World()
    world.put("attic", 16 * MINUTE, renewable=False)
    assert world.pass_time(59) == []
    assert world.pass_time(1) == [Warn("attic", 15, "")]
    assert world.pass_time(10 * MINUTE - 1) == []
    assert world.pass_time(1) == [Warn("attic", 5, "")]
    assert world.pass_time(20 * MINUTE) == []


def test_what_the_board_shows_from_the_start_is_not_announced() -> None:
    world = World()
    world.put("attic", 11 * MINUTE, renewable=False)
    world.put("crypt", 3 * MINUTE, renewable=False)
    assert world.pass_time(5 * MINUTE) == []
    assert world.pass_time(2 * MINUTE) == [Warn("attic", 5, "")]


def test_a_new_sign_in_is_announced_anew() -> None:
    world = World()
    world.put("attic", 16 * MINUTE, renewable=False)
    assert len(world.pass_time(16 * MINUTE)) == 2
    world.put("attic", 16 * MINUTE, renewable=False)
    assert len(world.pass_time(16 * MINUTE)) == 2


def test_a_refused_renewal_is_announced_at_once_with_its_reason() -> None:
    world = World()
    world.put("acme", 14 * MINUTE)
    assert world.pass_time(1) == [Renew("acme")]
    world.sessions["acme"] = ScheduledSession("acme", START + 14 * MINUTE, renewable=False)
    world.failed("acme", "it can no longer be renewed")
    assert world.pass_time(60) == [Warn("acme", 14, "it can no longer be renewed")]
    assert world.pass_time(14 * MINUTE) == [Warn("acme", 5, "it can no longer be renewed")]


def test_renewals_that_keep_failing_are_announced_when_it_becomes_urgent() -> None:
    world = World()
    world.put("acme", 14 * MINUTE)
    told = []
    for _ in range(14 * MINUTE):
        told += [action for action in world.pass_time(1) if isinstance(action, Warn)]
        if world.scheduler.under_way:
            world.failed("acme", "no network")
    assert told == [Warn("acme", 5, "no network")]
    assert world.scheduler.failures == {"acme": "no network"}
    world.put("acme", 8 * 3600)  # another program was luckier
    assert world.pass_time(5) == []
    assert world.scheduler.failures == {}


def test_r7_after_a_sleep_one_new_look_and_no_storm() -> None:
    world = World()
    for number in range(5):
        world.put(f"s{number}", 60 * MINUTE + number)
    world.put("attic", 30 * MINUTE, renewable=False)
    world.put("crypt", 4 * 60 * MINUTE, renewable=False)
    world.pass_time(10)
    world.sleep(3 * 3600 + 47 * MINUTE)
    assert world.tick() == [LookAgain()]
    assert world.tick() == []
    world.put("s0", 7 * 3600)  # another program was faster
    actions = world.pass_time(SETTLE)
    assert actions == [Warn("crypt", 13, ""), Renew("s1")]
    assert world.pass_time(10) == []
    world.renewed("s1")
    assert world.pass_time(1) == [Renew("s2")]


def test_a_clock_that_is_set_back_repeats_nothing() -> None:
    world = World()
    world.put("attic", 16 * MINUTE, renewable=False)
    assert len(world.pass_time(2 * MINUTE)) == 1
    world.sleep(-3600)
    assert world.pass_time(1) == [LookAgain()]
    assert [action for action in world.pass_time(3600 + 5 * MINUTE) if isinstance(action, Warn)] == []


def test_small_corrections_of_the_clock_are_no_leap() -> None:
    world = World()
    world.put("acme", 3600)
    world.tick()
    for seconds in (20, -25, 29):
        world.sleep(seconds)
        assert world.pass_time(1) == []


def test_a_session_that_is_gone_is_forgotten() -> None:
    world = World()
    world.put("acme", 10 * MINUTE)
    world.pass_time(1)
    world.failed("acme")
    del world.sessions["acme"]
    assert world.pass_time(5) == []
    assert world.scheduler.failures == {}
    world.put("acme", -10)
    assert world.pass_time(5 * MINUTE) == []


steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 400)),
    st.tuples(st.just("sleep"), st.integers(-7200, 30_000)),
    st.tuples(st.just("token"), st.integers(-3600, 7200)),
    st.tuples(st.just("end"), st.integers(0, 2)),
)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), steps), max_size=25))
def test_whatever_happens_there_is_no_storm(story: list[tuple[str, bool, tuple[str, int]]]) -> None:
    world = World()
    for key, renewable, (what, amount) in story:
        if what == "wait":
            world.pass_time(amount)
        elif what == "sleep":
            world.sleep(amount)
        elif what == "token":
            world.put(key, amount, renewable)
        elif world.scheduler.under_way is not None:
            under_way = world.scheduler.under_way
            if amount:
                world.failed(under_way)
            else:
                world.renewed(under_way)
    for key in "ab":
        attempts = world.attempts(key)
        assert all(later - earlier >= PAUSE for earlier, later in pairwise(attempts))
        told = [action for _, action in world.happened if isinstance(action, Warn) and action.key == key]
        assert len(told) <= 2 * world.tokens
        assert all(0 < warning.minutes <= 15 for warning in told)


def test_the_title_names_the_session_that_ends_first() -> None:
    sessions = [
        ScheduledSession("b", START + 500, True),
        ScheduledSession("a", START + 400, False),
        ScheduledSession("c", START - 5, True),
    ]
    first = first_to_end([*sessions, ScheduledSession("d", None, False)], START)
    assert first is not None
    assert first.key == "a"
    assert first_to_end(sessions, START + 500) is None
    for seconds, text in ((1, "1m"), (599, "9m"), (3600, "1h 00m"), (18750, "5h 12m"), (90000, "1d 1h")):
        assert coarse(seconds) == text
