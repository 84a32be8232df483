"""Silent renewal: when it is tried, what it leaves, and what happens when somebody else renews too."""

from __future__ import annotations

import errno
import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.cache import locks
from tui.aws.errors import Cancelled, SignInNeeded, SsoError
from tui.aws.model import Token
from tui.aws.requests import clients
from tui.aws.session import renewal
from tui.aws.session.renewal import renew, usable_token
from tui.aws.state.store import Store
from tui.demo.behaviour import OMIT, SAME
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer

from .aws_home import configure, content, known, put_token, session_named, token_file, token_text, write_in_place
from .unprivileged import as_nobody, give_away, open_home

__all__ = ["open_home"]  # a fixture


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


def renewed(store: Store, key: str = "acme") -> Token:
    return renew(store, session_named(store, key))


def usable(store: Store, key: str = "acme") -> Token:
    return usable_token(store, session_named(store, key))


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_token_with_15_minutes_left_is_not_renewed(demo: DemoServer, store: Store) -> None:
    token = put_token(demo, "acme", ACME, 920)
    assert renewed(store).access_token == token.access_token
    assert usable(store).access_token == token.access_token
    assert demo.state.log.count() == 0


@pytest.mark.parametrize("expires_in", [-90000, -1, 600, 880])
def test_a_due_token_is_renewed_with_one_request(demo: DemoServer, store: Store, expires_in: int) -> None:
    old = put_token(demo, "acme", ACME, expires_in, extra="a field of the future")
    token = renewed(store)
    assert [entry.details["grantType"] for entry in demo.state.log.entries()] == ["refresh_token"]
    assert abs(token.expires_at - time.time() - 8 * 3600) < 60
    assert token.access_token != old.access_token
    assert token_file("acme").read_text() == token_text(token)
    assert content(token_file("acme"))["clientId"] == old.client_id
    assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)


@pytest.mark.parametrize(("rotation", "kept"), [(SAME, True), (OMIT, False)])
def test_the_refresh_token_that_comes_back_is_the_one_that_is_kept(
    demo: DemoServer, store: Store, rotation: str, kept: bool
) -> None:
    demo.state.settings.rotation = rotation
    old = put_token(demo, "acme", ACME, -60)
    token = renewed(store)
    assert token.refresh_token == (old.refresh_token if kept else None)
    assert ("refreshToken" in content(token_file("acme"))) is kept


@pytest.mark.parametrize(
    "changes",
    [
        {"registrationExpiresAt": "2020-01-01T00:00:00Z"},
        {"registrationExpiresAt": None},
        {"clientId": None},
        {"clientSecret": None},
        {"refreshToken": None},
    ],
    ids=str,
)
def test_b07_without_what_it_takes_nothing_is_tried(
    demo: DemoServer, store: Store, changes: dict[str, str | None]
) -> None:
    token = demo.state.issue_token(ACME, expires_in=-60)
    write_in_place(token_file("acme"), token_text(token, changes))
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    with pytest.raises(SignInNeeded) as caught:
        renewed(store)
    assert caught.value.exit_code == 3
    assert "ssotui login --session acme" in caught.value.hint
    assert demo.state.log.count() == 0


def test_b07_legacy_tokens_are_never_renewed(demo: DemoServer, store: Store) -> None:
    put_token(demo, LEGACY, LEGACY, -60)
    with pytest.raises(SignInNeeded):
        renewed(store, LEGACY)
    put_token(demo, LEGACY, LEGACY, 300)
    assert usable(store, LEGACY).expires_at > time.time()
    assert demo.state.log.count() == 0


def test_no_token_at_all(demo: DemoServer, store: Store) -> None:
    with pytest.raises(SignInNeeded):
        usable(store)
    assert demo.state.log.count() == 0


@pytest.mark.parametrize(
    "code",
    [
        "InvalidGrantException",
        "ExpiredTokenException",
        "AccessDeniedException",
        "InvalidClientException",
        "InvalidRequestException",
        "InvalidScopeException",
    ],
)
def test_c20_a_refused_renewal_is_not_tried_again(demo: DemoServer, store: Store, code: str) -> None:
    demo.state.faults.add("CreateToken", code=code, count=None)
    put_token(demo, "acme", ACME, -60)
    before = token_file("acme").read_bytes()
    for _ in range(3):
        with pytest.raises(SignInNeeded, match="can no longer be renewed"):
            renewed(store)
    assert demo.state.log.count("CreateToken") == 1
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    assert token_file("acme").read_bytes() == before
    put_token(demo, "acme", ACME, -60)  # a new sign-in by another program can be renewed again
    demo.state.faults.clear()
    assert renewed(store).expires_at > time.time()


def test_c20_a_session_that_was_ended_at_aws(demo: DemoServer, store: Store) -> None:
    token = put_token(demo, "acme", ACME, 300)
    demo.state.revoke(token.access_token)
    with pytest.raises(SignInNeeded):
        renewed(store)
    assert usable(store).access_token == token.access_token  # it has minutes left; the portal will judge


def test_an_unreachable_service_costs_nothing_while_the_token_lives(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("CreateToken", status=503, count=None)
    token = put_token(demo, "acme", ACME, 300)
    assert usable(store).access_token == token.access_token
    put_token(demo, "acme", ACME, -300)
    with pytest.raises(SsoError, match="AWS has a problem") as caught:
        usable(store)
    assert caught.value.exit_code == 1
    assert known(store).session_clock("acme", clock.now())[0] == "refreshable"  # it was not refused


@pytest.mark.parametrize("late", [False, True])
def test_c20_another_programs_renewal_is_as_good(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """The refresh token was spent by somebody else, who has written the new one already, or is about to."""
    demo.state.faults.add("CreateToken", delay=0.0 if late else 0.5, code="InvalidGrantException")
    put_token(demo, "acme", ACME, -60)
    monkeypatch.setattr(renewal, "LATE", 10.0)

    def write() -> None:
        assert demo.state.log.wait_for("CreateToken")
        time.sleep(0.1)
        put_token(demo, "acme", ACME, 3600)

    threading.Thread(target=write).start()
    assert renewed(store).expires_at > time.time() + 3000
    assert known(store).session_clock("acme", clock.now())[0] == "signed-in"


def test_a_later_token_of_another_program_is_not_overwritten(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("CreateToken", delay=0.5)
    put_token(demo, "acme", ACME, -60)
    others: list[Token] = []
    threading.Timer(0.1, lambda: others.append(put_token(demo, "acme", ACME, 12 * 3600))).start()
    token = renewed(store)
    assert token.access_token == others[0].access_token
    assert content(token_file("acme"))["accessToken"] == others[0].access_token.reveal()


def test_b20_threads_and_windows_share_one_renewal(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME, -60)
    found: list[Token] = []
    threads = [threading.Thread(target=lambda: found.append(renewed(Store()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({token.access_token for token in found}) == 1
    assert len(found) == 8
    assert demo.state.log.count("CreateToken") == 1


@pytest.mark.parametrize("effects", [{"hang": True}, {"status": 503}, {"code": "OddException"}, {"body": b"<html>"}])
def test_c20_those_who_wait_for_a_renewal_that_fails_do_not_try_again(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, effects: dict[str, Any]
) -> None:
    """Twenty profiles of one session: each would wait for the same failure, the last ones beyond the lock's limit."""
    monkeypatch.setattr(clients, "TOTAL_TIMEOUT", 1.0)
    monkeypatch.setattr(locks, "WAIT", 4.0)
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", count=None, **effects)

    def attempt(_number: int) -> SsoError:
        with pytest.raises(SsoError) as caught:
            usable(store)
        return caught.value

    with ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(attempt, range(20)))
    assert len({error.title for error in errors}) == 1
    assert "ssotui" not in errors[0].title
    tried = demo.state.log.count("CreateToken")
    assert tried <= 3  # one renewal, with its repetitions
    if effects.keys() & {"status", "code"}:  # the others have spent the refresh token
        demo.state.faults.clear()
        assert renewed(store).expires_at > time.time()  # whoever asks for a renewal gets one
        assert demo.state.log.count("CreateToken") == tried + 1


def test_c17_a_renewal_that_has_begun_is_finished(demo: DemoServer, store: Store) -> None:
    """Its refresh token is spent: throwing the new one away would cost the sign-in."""
    demo.state.faults.add("CreateToken", delay=0.5)
    put_token(demo, "acme", ACME, -60)
    before = token_file("acme").read_bytes()
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    with pytest.raises(Cancelled):
        renew(store, session_named(store, "acme"), cancelled=cancelled)
    assert token_file("acme").read_bytes() == before
    until(lambda: token_file("acme").read_bytes() != before)
    assert content(token_file("acme"))["accessToken"] in {token.reveal() for token in demo.state.access_tokens}


def test_b11_a_renewal_that_cannot_be_written_is_used_in_this_run(demo: DemoServer, open_home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME, -60)
    give_away(open_home)

    def work() -> None:
        token_file("acme").chmod(0o400)
        token_file("acme").parent.chmod(0o500)
        token = renewed(store)
        assert known(store).session_clock("acme", clock.now()) == ("signed-in", token.expires_at)
        assert any("Permission denied" in problem.message for problem in known(store).problems())

    clients.client("sso-oidc", "us-east-1", store.config, None)  # the child can load none
    as_nobody(work)
    assert str(content(token_file("acme"))["expiresAt"]) < clock.iso(time.time())
    assert demo.state.log.count("CreateToken") == 1


def test_b23_a_renewal_without_locks_is_told(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME, -60)
    assert not any(problem.file == locks.lock_dir() for problem in known(store).problems())

    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert renewed(store).expires_at > time.time()
    assert any(problem.file == locks.lock_dir() for problem in known(store).problems())


def test_b22_a_stuck_process_stops_nobody_for_ever(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.2)
    put_token(demo, "acme", ACME, -60)
    with locks.hold(token_file("acme").stem), pytest.raises(SsoError, match="too long"):
        renewed(store)
    assert demo.state.log.count() == 0
