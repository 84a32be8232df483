"""Faults, latency, clock and request log of the demo server."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from tui.demo.faults import REMOVE, Fault
from tui.demo.server import OPERATIONS, DemoServer

from .demo_clients import ACME, client, http_request, post_form, refused, register_device


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def portal(server: DemoServer) -> Any:
    return client("sso", server)


@pytest.fixture
def token(server: DemoServer) -> dict[str, str]:
    return {"accessToken": server.state.issue_token(ACME).access_token.reveal()}


def test_an_error_answer_a_number_of_times(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    fault = server.state.faults.add("ListAccounts", status=429, count=2, skip=1, headers={"Retry-After": "7"})
    assert portal.list_accounts(**token)["accountList"]
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            portal.list_accounts(**token)
        response: Any = caught.value.response
        assert response["Error"]["Code"] == "TooManyRequestsException"
        assert response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"
    assert portal.list_accounts(**token)["accountList"]
    assert fault.fired == 2


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({"status": 503}, (503, "InternalServerException")),
        ({"code": "ResourceNotFoundException"}, (404, "ResourceNotFoundException")),
        ({"code": "SomethingNewException"}, (400, "SomethingNewException")),
        ({"status": 418, "code": "TeapotException"}, (418, "TeapotException")),
    ],
)
def test_statuses_and_codes(
    server: DemoServer, portal: Any, token: dict[str, str], effects: dict[str, Any], expected: tuple[int, str]
) -> None:
    server.state.faults.add("*", **effects)
    assert refused(portal.list_accounts, **token) == expected


def test_faults_in_the_forms_of_the_other_services(server: DemoServer) -> None:
    keys = server.state.issue_role_credentials("111111111111", "Admin")
    server.state.faults.add("GetCallerIdentity", status=503, message="<busy>")
    server.state.faults.add("RegisterClient", code="InternalServerException")
    with pytest.raises(ClientError, match="<busy>"):
        client("sts", server, keys).get_caller_identity()
    assert refused(register_device, oidc=client("sso-oidc", server)) == (500, "InternalServerException")
    server.state.faults.add("DevicePage", status=503, message="down")
    page = http_request(server, "GET", "/device")
    assert (page.status, page.text) == (503, "down")


def test_an_error_answer_changes_nothing(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    server.state.faults.add("Logout", status=500)
    assert refused(portal.logout, **token)[0] == 500
    assert portal.list_accounts(**token)["accountList"]


def test_a_cut_answer_has_taken_effect(server: DemoServer, token: dict[str, str]) -> None:
    issued = server.state.issue_token(ACME)
    assert issued.client_secret is not None
    assert issued.refresh_token is not None
    call = {
        "clientId": issued.client_id,
        "clientSecret": issued.client_secret.reveal(),
        "grantType": "refresh_token",
        "refreshToken": issued.refresh_token.reveal(),
    }
    oidc = client("sso-oidc", server)
    server.state.faults.add("CreateToken", cut=True)
    assert "accessToken" not in oidc.create_token(**call)  # botocore takes what is not JSON for an empty answer
    assert refused(oidc.create_token, **call) == (400, "InvalidGrantException")
    assert [(entry.status, entry.code) for entry in server.state.log.entries("CreateToken")] == [
        (0, ""),
        (400, "InvalidGrantException"),
    ]


def test_a_cut_answer_is_shorter_than_it_says(server: DemoServer) -> None:
    server.state.faults.add("StartPage", cut=True)
    with pytest.raises(http.client.IncompleteRead) as caught:
        http_request(server, "GET", "/")
    assert len(caught.value.partial) > 100
    assert caught.value.expected is not None
    assert caught.value.expected > 100


def test_a_hang_lasts_until_it_is_released(server: DemoServer, token: dict[str, str]) -> None:
    fault = server.state.faults.add("ListAccounts", hang=True)
    with pytest.raises(ReadTimeoutError):
        client("sso", server, read_timeout=0.2).list_accounts(**token)
    fault.release()
    fault = server.state.faults.add("ListAccounts", hang=True)
    found: list[int] = []
    portal = client("sso", server)
    thread = threading.Thread(target=lambda: found.append(len(portal.list_accounts(**token)["accountList"])))
    thread.start()
    assert server.state.log.wait_for("ListAccounts", 2)
    assert found == []
    fault.release()
    thread.join(10)
    assert found == [7]


def test_an_answer_that_is_held_has_taken_effect(server: DemoServer, token: dict[str, str]) -> None:
    fault = server.state.faults.add("Logout", hold=True)
    portal = client("sso", server)
    thread = threading.Thread(target=lambda: portal.logout(**token))
    thread.start()
    assert fault.holding.wait(30)
    assert server.state.access(token["accessToken"]) is None
    assert thread.is_alive()
    fault.release()
    thread.join(30)
    assert not thread.is_alive()


def test_closing_the_server_ends_hangs_and_idle_connections() -> None:
    server = DemoServer()
    server.start()
    address = server.url.removeprefix("http://")
    idle = http.client.HTTPConnection(address, timeout=10)
    idle.request("GET", "/")
    idle.getresponse().read()
    server.state.faults.add("ListAccounts", hang=True)
    hanging = http.client.HTTPConnection(address, timeout=10)
    hanging.request("GET", "/assignment/accounts")
    assert server.state.log.wait_for("ListAccounts")
    server.close()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        hanging.getresponse()
    assert idle.sock is not None
    assert idle.sock.recv(1) == b""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=5)
    server.close()
    hanging.close()
    idle.close()


def test_a_server_that_never_served_closes() -> None:
    server = DemoServer()
    server.close()


def test_a_drip_comes_byte_by_byte(server: DemoServer) -> None:
    server.state.faults.add("StartPage", drip=0.02, body=b"abcdef")
    started = time.monotonic()
    page = http_request(server, "GET", "/")
    assert page.body == b"abcdef"
    assert time.monotonic() - started >= 0.12


def test_a_reset_and_a_malformed_body(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    server.state.faults.add("ListAccounts", reset=True)
    server.state.faults.add("ListAccounts", malformed=True)
    with pytest.raises(ConnectionClosedError):
        portal.list_accounts(**token)
    assert "accountList" not in portal.list_accounts(**token)
    keys = server.state.issue_role_credentials("111111111111", "Admin")
    server.state.faults.add("GetCallerIdentity", malformed=True)
    with pytest.raises(ResponseParserError):
        client("sts", server, keys).get_caller_identity()


def test_fields_of_another_type(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    server.state.faults.add("GetRoleCredentials", replace={"roleCredentials.expiration": "soon"})
    server.state.faults.add("ListAccounts", replace={"accountList.0.accountName": None, "nextToken": 5})
    role = {"accountId": "111111111111", "roleName": "Admin"}
    with pytest.raises(ValueError, match="soon"):
        portal.get_role_credentials(**token, **role)
    server.state.faults.add("GetRoleCredentials", replace={"roleCredentials.sessionToken": REMOVE})
    assert "sessionToken" not in portal.get_role_credentials(**token, **role)["roleCredentials"]
    accounts = portal.list_accounts(**token)
    assert accounts["nextToken"] == 5
    assert "accountName" not in accounts["accountList"][0]
    keys = server.state.issue_role_credentials("111111111111", "Admin")
    server.state.faults.add("GetCallerIdentity", replace={"Arn": r"<\1>", "UserId": REMOVE})
    who = client("sts", server, keys).get_caller_identity()
    assert who["Arn"] == r"<\1>"
    assert "UserId" not in who


def test_rules_come_and_go(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    faults = server.state.faults
    fault = faults.add(Fault("ListAccounts", count=None, status=500))
    for _ in range(3):
        assert refused(portal.list_accounts, **token)[0] == 500
    faults.remove(fault)
    assert portal.list_accounts(**token)["accountList"]
    faults.add("Logout", status=500)
    faults.clear()
    portal.logout(**token)


def test_delay_and_latency(server: DemoServer, portal: Any, token: dict[str, str]) -> None:
    server.state.settings.latency = 0.1
    server.state.faults.add("ListAccounts", delay=0.1)
    started = time.monotonic()
    portal.list_accounts(**token)
    assert time.monotonic() - started >= 0.2


def test_the_servers_clock_is_in_the_date_header() -> None:
    moments = iter(range(2_000_000_000, 2_000_000_100))
    with DemoServer(now=1_900_000_000, clock_offset=-3600) as server:
        page = http_request(server, "GET", "/")
        assert parsedate_to_datetime(page.headers["Date"]).timestamp() == 1_900_000_000 - 3600
        server.state.settings.now = lambda: next(moments)
        server.state.settings.clock_offset = 0
        assert server.state.now() == 2_000_000_000


def test_the_log_keeps_no_secrets(server: DemoServer, portal: Any) -> None:
    issued = server.state.issue_token(ACME)
    keys = server.state.issue_role_credentials("111111111111", "Admin")
    assert issued.client_secret is not None
    oidc = client("sso-oidc", server)
    registered = register_device(oidc, clientName="name-of-client")
    device = oidc.start_device_authorization(**registered, startUrl=ACME)
    role = {"accountId": "111111111111", "roleName": "Admin"}
    found = portal.get_role_credentials(accessToken=issued.access_token.reveal(), **role)["roleCredentials"]
    client("sts", server, keys).get_caller_identity()
    entries = server.state.log.entries()
    assert [entry.operation for entry in entries] == [
        "RegisterClient",
        "StartDeviceAuthorization",
        "GetRoleCredentials",
        "GetCallerIdentity",
    ]
    assert entries[0].details["clientName"] == "name-of-client"
    assert entries[2].details == {"account_id": "111111111111", "role_name": "Admin"}
    text = repr(entries) + repr(server.state.__dict__)
    for secret in (
        issued.access_token.reveal(),
        issued.client_secret.reveal(),
        registered["clientSecret"],
        device["deviceCode"],
        found["secretAccessKey"],
        found["sessionToken"],
    ):
        assert secret not in text
    assert server.state.log.times("RegisterClient") == [entries[0].at]
    server.state.log.clear()
    assert server.state.log.count() == 0


def test_many_clients_at_once(server: DemoServer, token: dict[str, str]) -> None:
    server.state.settings.latency = 0.05
    portal = client("sso", server, max_pool_connections=8)
    role = {"accountId": "111111111111", "roleName": "Admin"}
    found: list[str] = []

    def fetch() -> None:
        for _ in range(5):
            found.append(portal.get_role_credentials(**token, **role)["roleCredentials"]["accessKeyId"])

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(found)) == 40
    assert 2 <= server.state.log.peak_in_flight <= 8
    assert {entry.status for entry in server.state.log.entries()} == {200}


def test_what_is_not_served(server: DemoServer) -> None:
    assert http_request(server, "GET", "/nothing").status == 404
    page = http_request(server, "GET", "/token")
    assert (page.status, page.headers["Allow"]) == (405, "POST")
    assert http_request(server, "GET", "/", headers={"Host": "example.com"}).status == 421
    assert http_request(server, "POST", "/token", headers={"Content-Length": "x"}).status == 400
    assert http_request(server, "POST", "/token", headers={"Content-Length": "9" * 12}).status == 413
    assert http_request(server, "POST", "/token", headers={"Transfer-Encoding": "chunked"}).status == 411
    assert post_form(server, "/device", {}, Origin="http://example.com").status == 403
    assert server.state.log.count() == 0


def test_operation_names() -> None:
    assert {"RegisterClient", "CreateToken", "GetRoleCredentials", "Logout", "GetCallerIdentity"} <= set(OPERATIONS)
