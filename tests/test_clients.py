"""How requests are made: bounded in time, cancelled at once, tried again with care, with no secret in any log."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import urllib3.util.connection

from tui.aws.config.configuration import Config
from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import RoleCredentials
from tui.aws.requests import clients
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer


@pytest.fixture(autouse=True)
def no_skew() -> Iterator[None]:
    clients.Skew.seconds = None
    yield
    clients.Skew.seconds = None


def client(service: str, credentials: RoleCredentials | None = None) -> Any:
    return clients.client(service, "us-east-1", Config(), credentials=credentials)


@pytest.fixture
def accounts(demo: DemoServer) -> Callable[[], Mapping[str, Any]]:
    """A request that the server answers well."""
    token = demo.state.issue_token(ACME).access_token.reveal()
    return lambda: client("sso").list_accounts(accessToken=token)


def test_clients_are_made_once_and_shared_by_threads(demo: DemoServer) -> None:
    found: set[int] = set()
    threads = [threading.Thread(target=lambda: found.add(id(client("sso")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert client("sso-oidc") is client("sso-oidc")
    keys = demo.state.issue_role_credentials("111111111111", "Admin")
    assert client("sts", keys) is not client("sts", keys)


def test_the_second_part_of_a_request_does_not_wait_for_the_first(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connection that is kept this took forty milliseconds a request here, and a round trip elsewhere."""
    made: list[socket.socket] = []
    connect = urllib3.util.connection.create_connection

    def noted(*arguments: Any, **options: Any) -> socket.socket:
        made.append(connect(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(urllib3.util.connection, "create_connection", noted)
    monkeypatch.setattr(clients, "_clients", {})
    for _ in range(3):
        client("sso-oidc").register_client(clientName="n", clientType="public")
    (connection,) = made
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_c13_every_step_of_a_request_has_a_limit(demo: DemoServer) -> None:
    config = client("sso").meta.config
    assert (config.connect_timeout, config.read_timeout, clients.TOTAL_TIMEOUT) == (5.0, 15.0, 20.0)
    assert config.retries["total_max_attempts"] == 1  # it is tried again here, where it can be cancelled
    assert config.max_pool_connections == clients.POOL == 8


@pytest.mark.parametrize("effects", [{"hang": True}, {"drip": 0.05}, {"delay": 30.0}])
def test_c13_c17_a_request_that_goes_nowhere_is_left_at_once(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], effects: dict[str, Any]
) -> None:
    demo.state.faults.add("ListAccounts", **effects)
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        clients.request(accounts, "list accounts", cancelled)
    assert time.monotonic() - began < 10  # without the cancelling it would be more than twenty


@pytest.mark.parametrize("effects", [{"hang": True}, {"drip": 0.05}])
def test_c13_a_slow_answer_ends_by_the_total_limit(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], effects: dict[str, Any]
) -> None:
    demo.state.faults.add("ListAccounts", **effects)
    with pytest.raises(TimeoutError):
        clients.call(accounts, None, 0.3)


def test_a_cancelled_request_is_not_made(accounts: Callable[[], Mapping[str, Any]]) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        clients.pause_for(60, cancelled)
    with pytest.raises(Cancelled):
        clients.call(accounts, cancelled)


@pytest.mark.parametrize(
    "effects",
    [{"status": 500}, {"status": 429}, {"reset": True}],
    ids=str,
)
def test_c10_passing_failures_are_tried_three_times(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], effects: dict[str, Any]
) -> None:
    demo.state.faults.add("ListAccounts", count=2, **effects)
    assert clients.request(accounts, "list accounts")["accountList"]
    assert demo.state.log.count("ListAccounts") == 3


def test_c10_the_third_failure_is_told(demo: DemoServer, accounts: Callable[[], Mapping[str, Any]]) -> None:
    demo.state.faults.add("ListAccounts", count=None, status=503)
    with pytest.raises(SsoError, match="AWS has a problem"):
        clients.request(accounts, "list accounts")
    assert demo.state.log.count("ListAccounts") == 3


@pytest.mark.parametrize("code", ["UnauthorizedException", "ForbiddenException", "InvalidRequestException"])
def test_refusals_are_not_tried_again(demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], code: str) -> None:
    demo.state.faults.add("ListAccounts", count=None, code=code)
    with pytest.raises(SsoError) as caught:
        clients.request(accounts, "list accounts")
    assert caught.value.code == code
    assert demo.state.log.count("ListAccounts") == 1


def test_c11_a_request_to_wait_is_obeyed(demo: DemoServer, accounts: Callable[[], Mapping[str, Any]]) -> None:
    demo.state.faults.add("ListAccounts", status=429, headers={"Retry-After": "1"})
    clients.request(accounts, "list accounts")
    first, second = demo.state.log.times("ListAccounts")
    assert second - first >= 1.0


def test_c11_an_absurd_wait_is_not_waited_for(demo: DemoServer, accounts: Callable[[], Mapping[str, Any]]) -> None:
    demo.state.faults.add("ListAccounts", status=429, headers={"Retry-After": "86400"})
    with pytest.raises(SsoError, match="slow down"):
        clients.request(accounts, "list accounts")
    assert demo.state.log.count("ListAccounts") == 1


def test_nobody_listening_is_told(demo: DemoServer, accounts: Callable[[], Mapping[str, Any]]) -> None:
    demo.close()
    with pytest.raises(SsoError, match="AWS cannot be reached") as caught:
        clients.request(accounts, "list accounts", attempts=1)
    assert "network" in caught.value.hint


@pytest.mark.parametrize(("offset", "word"), [(7200, "behind"), (-7200, "ahead")])
def test_c16_a_wrong_clock_is_found_from_the_date_header(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], offset: int, word: str
) -> None:
    assert clients.skew_warning() == ""
    demo.state.settings.clock_offset = offset
    clients.request(accounts, "list accounts")
    assert f"120 minutes {word}" in clients.skew_warning()
    keys = demo.state.issue_role_credentials("111111111111", "Admin", expires_in=86400)
    with pytest.raises(SsoError) as caught:
        clients.request(client("sts", keys).get_caller_identity, "ask")
    assert caught.value.code == "SignatureDoesNotMatch"
    assert f"120 minutes {word}" in caught.value.hint


def test_c16_a_clock_that_is_a_little_off_is_nobodys_business(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]]
) -> None:
    demo.state.settings.clock_offset = 200
    clients.request(accounts, "list accounts")
    assert clients.skew_warning() == ""


def test_requests_of_the_portal_are_unsigned_whatever_keys_lie_around(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    seen: list[str] = []
    fresh = clients.client("sso", "eu-west-1", Config())
    fresh.meta.events.register("before-send.sso", lambda request, **_: seen.append(str(request.headers)))
    fresh.list_accounts(accessToken=demo.state.issue_token(ACME).access_token.reveal())
    assert len(seen) == 1
    assert "authorization" not in seen[0].lower()


def test_no_log_of_the_sdk_holds_a_secret(
    demo: DemoServer, accounts: Callable[[], Mapping[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """botocore writes tokens into its debug log in clear: whatever handlers there are, it comes to none of them."""
    caplog.set_level(logging.DEBUG)
    clients.request(accounts, "list accounts")
    logging.getLogger("botocore").warning("a warning")
    assert caplog.text == ""
