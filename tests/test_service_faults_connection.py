"""Connections that go wrong below the service: bytes that are no HTTP, TLS that fails, settings that cannot be used."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ProxyConnectionError, SSLError

from tui.aws.requests import clients, transport
from tui.cli import main
from tui.demo.organisation import ACME, CHAINED_ROLE
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_role, put_token
from .https import serve
from .raw_server import serving
from .sign_ins import Attempt, fast_polls
from .test_service_faults import failed


@pytest.fixture(autouse=True)
def new_clients(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No client of another test is used, and repetitions come at once."""
    monkeypatch.setattr(clients, "_clients", {})
    configure()


@contextlib.contextmanager
def answering(data: bytes) -> Iterator[str]:
    """The address of a server that answers every connection with these bytes, and hangs up."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)

    with serving(answer) as url:
        yield url


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk\r\n\r\n",
        b"HTTP/1.1 99999 x\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02F",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=lambda data: repr(data[:40]),
)
def test_whatever_answers_in_place_of_aws_is_told_in_one_sentence(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    put_token(demo, "acme", ACME)
    with answering(data) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", url)
        code, sentence = failed(capsys, demo, ["env", "dev"])
        assert code == 1
    assert sentence.startswith(("ssotui: Could not get credentials for dev: ", "ssotui: The access portal's answer "))


@contextlib.contextmanager
def flooding(head: bytes) -> Iterator[tuple[str, list[int]]]:
    """The address of a server whose answers never end, and how many bytes each client took of them."""
    taken: list[int] = []
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    def flood(connection: socket.socket) -> None:
        taken.append(0)
        connection.recv(65536)
        connection.sendall(head)
        while taken[-1] < 1 << 28:
            connection.sendall(piece)
            taken[-1] += len(piece)

    with serving(flood) as url:
        yield url, taken


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden"])
@pytest.mark.parametrize("length", ["Transfer-Encoding: chunked", "Content-Length: 99999999999", "Connection: close"])
@pytest.mark.parametrize(("variable", "command"), [("SSO", "env"), ("STS", "whoami"), ("SIGNIN", "console")])
def test_c13_an_answer_without_end_is_not_read_to_its_end(
    demo: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    command: str,
    length: str,
    status: str,
) -> None:
    put_token(demo, "acme", ACME)
    if command != "env":
        put_role(demo, "111111111111", "Admin", "acme")
    with flooding(f"HTTP/1.1 {status}\r\n{length}\r\n\r\n".encode()) as (url, taken):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{variable}", url)
        options = ["--federate", "--print"] if command == "console" else []
        _code, sentence = failed(capsys, demo, [command, "dev", *options])
    assert "the answer could not be understood" in sentence
    assert len(taken) == 1
    assert taken[0] < transport.LARGEST + 32 * 1024 * 1024  # the system keeps some megabytes on the way


@pytest.mark.parametrize("status", ["300 Multiple Choices", "403 Forbidden", "503 Service Unavailable"])
@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Sign in to the hotel's network</body></html>",
        "<ErrorResponse/>",
        "<ErrorResponse><Error>x</Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>A</Code><Code>B</Code></Error></ErrorResponse>",
        '{"code": 5}',
        '{"code": "Odd", "message": {"a": 1}}',
        '{"__type": "x#Odd", "message": ["x"]}',
    ],
)
@pytest.mark.parametrize(("variable", "command"), [("SSO", "env"), ("STS", "whoami")])
def test_refusals_of_another_form_than_awss_are_told_in_one_sentence(
    demo: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    command: str,
    body: str,
    status: str,
) -> None:
    put_token(demo, "acme", ACME)
    if command != "env":
        put_role(demo, "111111111111", "Admin", "acme")
    with answering(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()) as url:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{variable}", url)
        code, sentence = failed(capsys, demo, [command, "dev"])
    assert code == 1
    assert "<" not in sentence


@pytest.mark.parametrize("status", ["408 Request Timeout", "425 Too Early"])
def test_c10_statuses_that_ask_to_ask_again_are_passing_failures(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("GetRoleCredentials", count=2, status=int(status[:3]), code="Odd")
    assert main.main(["env", "dev"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("broken", ["proxy", "handshake"])
def test_c14_a_sign_in_waits_for_a_network_that_is_behind_a_proxy(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Without a network the proxy is the first that cannot be reached; or it cuts the connection off."""
    fast_polls(demo, monkeypatch)
    attempt = Attempt(configure(), "acme")
    client = clients.client("sso-oidc", "us-east-1", attempt.flow.store.config)
    good = client._endpoint.http_session.send
    failures = [
        ProxyConnectionError(proxy_url="http://proxy", error="x")
        if broken == "proxy"
        else SSLError(endpoint_url="https://oidc", error=OSError("EOF occurred in violation of protocol (_ssl.c:1006)"))
        for _ in range(2)
    ]

    def send(request: object) -> object:
        if failures:
            raise failures.pop()
        return good(request)

    client._endpoint.http_session.send = send
    demo.state.approve(attempt.code.user_code)
    attempt.end()
    assert failures == []
    assert len(attempt.told) in (1, 2)


def test_plain_http_where_https_is_expected_is_told(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_token(demo, "acme", ACME)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", demo.url.replace("http:", "https:"))
    code, sentence = failed(capsys, demo, ["env", "dev"])
    assert (code, sentence) == (1, "ssotui: Could not get credentials for dev: no secure connection could be made")


@pytest.mark.parametrize("name", ["localhost", "other.example"])
def test_a_certificate_that_is_not_trusted_gets_no_token(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, name: str
) -> None:
    put_token(demo, "acme", ACME)
    with serve(home, {}, name) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", server.url)
        if name != "localhost":
            monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        code, sentence = failed(capsys, demo, ["env", "dev"])
        assert (code, server.asked) == (1, [])
    assert sentence == "ssotui: Could not get credentials for dev: the server's certificate was refused"


@pytest.mark.parametrize("now_is", ["before", "after"])
def test_c16_a_certificate_of_another_time_leads_to_the_clock(
    demo: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    now_is: str,
) -> None:
    put_token(demo, "acme", ACME)
    now, day = datetime.now(UTC), timedelta(1)
    first, last = (now + day, None) if now_is == "before" else (None, now - day)
    with serve(home, {}, not_before=first, not_after=last) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", server.url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        assert main.main(["env", "dev"]) == 1
    _out, err = capsys.readouterr()
    assert "the server's certificate is not valid at this time" in err
    assert "clock" in err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AWS_ENDPOINT_URL_SSO", "https://under_score.example.invalid", "Invalid endpoint"),
        ("AWS_ENDPOINT_URL_SSO", "https://a b", "is not an https address"),
        ("AWS_ENDPOINT_URL_SSO", "https://x\\@y", "is not an https address"),
        ("AWS_CA_BUNDLE", "/nowhere.pem", "/nowhere.pem does not exist"),
        ("AWS_CA_BUNDLE", "/tmp", "/tmp cannot be read"),
        ("AWS_CA_BUNDLE", __file__, f"{__file__} holds no certificates"),
        ("REQUESTS_CA_BUNDLE", "/nowhere.pem", "/nowhere.pem does not exist"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    demo: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    said: str,
) -> None:
    put_token(demo, "acme", ACME)
    monkeypatch.setenv(variable, value)
    code, sentence = failed(capsys, demo, ["env", "dev"])
    assert code == 1
    assert said in sentence
    assert demo.state.log.count() == 0


def test_what_aws_would_not_take_is_told_before_any_request(
    demo: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(CONFIG.replace(CHAINED_ROLE, f"{CHAINED_ROLE}\nduration_seconds = 5"))
    put_role(demo, "111111111111", "Admin", "acme")
    code, sentence = failed(capsys, demo, ["env", "deploy"])
    assert (code, sentence) == (1, "ssotui: Could not assume the role of deploy: AWS does not take such values")
    assert demo.state.log.count() == 0
