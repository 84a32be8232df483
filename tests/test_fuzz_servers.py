"""Whatever is sent to the two servers of this program: they stay up, and give nothing away."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.aws.session.callback import Listener
from tui.demo.server import ROUTES, DemoServer

from .commands import leaked
from .strategies import cuts, few, foreign, json_values
from .test_callback import GOOD, STATE, exchange, get, soon, status, waits

# -- the listener of the browser flow ---------------------------------------------------------------------------

_NAMES = st.sampled_from(["code", "error", "error_description", "state ", "State", "iss", "", "c%6Fde"])
_EXTRAS = st.lists(st.tuples(_NAMES, foreign(4)), max_size=4)


@few(60)
@given(_EXTRAS, st.integers(0, 4), st.lists(st.integers(0, 2000), max_size=4))
def test_c28_c29_with_the_right_state_one_clean_answer_is_taken(
    extras: list[tuple[str, str]], place: int, places: list[int]
) -> None:
    """Also when it comes in pieces, and whatever else is in the query."""
    fields = [(name, quote(value.encode("utf-8", "surrogatepass"))) for name, value in extras]
    fields.insert(place, ("state", STATE))
    target = "/oauth/callback?" + "&".join(f"{name}={value}" for name, value in fields).replace(" ", "+")
    with contextlib.closing(Listener(STATE)) as listener:
        data = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
            for piece in cuts(data, places):
                connection.sendall(piece)
            answer = connection.makefile("rb").read()
        assert status(answer) in (200, 400)
        assert STATE.encode() not in answer
        if status(answer) == 400:
            assert waits(listener)
            assert status(get(listener, GOOD)) == 200
            return
        redirect = soon(listener)
        assert (redirect.code is None) == bool(redirect.error)
        assert (redirect.error + redirect.description).isprintable()
        assert status(exchange(listener, data)) == 409


# -- the demo's server ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


def send(server: DemoServer, data: bytes) -> bytes:
    """What the server answers to these bytes and the end of the connection."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


def request(server: DemoServer, method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """One whole HTTP/1.1 request, as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {server.url.removeprefix('http://')}", *headers]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "surrogatepass") + body


def assert_alive(server: DemoServer) -> None:
    """Asserts that nothing went wrong inside, and that the server serves the next one."""
    assert server.state.crashes == []
    answer = send(server, request(server, "POST", "/client/register", b'{"clientName": "x", "clientType": "public"}'))
    assert status(answer) == 200


_ROUTES = st.sampled_from(sorted({*ROUTES, ("GET", "/nowhere"), ("POST", "/"), ("PUT", "/token")}))
_VALUES = st.one_of(
    st.sampled_from(["", "-1", "0", "111111111111", "Admin", "9" * 30, "x", "S256", "code", "http://127.0.0.1:1/"]),
    foreign(3),
)
_FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("user_code", "account_id", "role_name", "max_result", "next_token", "client_id", "redirect_uri", "state"),
            *("response_type", "code_challenge", "code_challenge_method", "scopes", "decision", "Action", "Version"),
        ]
    ),
    _VALUES,
    max_size=6,
)
_BODY_FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("clientName", "clientType", "clientId", "clientSecret", "startUrl", "grantType", "deviceCode", "code"),
            *("refreshToken", "redirectUri", "codeVerifier", "scopes", "grantTypes", "redirectUris", "issuerUrl"),
        ]
    ),
    st.one_of(
        st.sampled_from(["public", "refresh_token", "authorization_code", ["authorization_code"], ["x", 1], None, 5]),
        json_values(),
    ),
    max_size=8,
)
_HEADERS = st.lists(
    st.sampled_from(
        [
            *(
                "Content-Type: application/json",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: \xff",
            ),
            *("Host: evil.example", "Content-Length: 5", "Content-Length: -1", "Transfer-Encoding: chunked"),
            *("Origin: https://evil.example", "x-amz-sso_bearer_token: x", "Authorization: AWS4-HMAC-SHA256", "X: y"),
            *("Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0", ": x", " x: y"),
        ]
    ),
    max_size=3,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes, list[str]]:
    """Requests that are nearly right: a route of the server's, with fields of any value."""
    method, path = draw(_ROUTES)
    form = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in draw(_FIELDS).items())
    if draw(st.booleans()):
        path += "?" + form
    body = draw(
        st.one_of(
            _BODY_FIELDS.map(lambda value: json.dumps(value).encode()),
            json_values().map(lambda value: json.dumps(value).encode()),
            st.just(form.encode()),
            st.binary(max_size=40),
        )
    )
    return method, path, body, draw(_HEADERS)


@few(80)
@given(requests())
@example(("POST", "/token", b'{"grantType": ["refresh_token"], "clientId": {}}', []))
@example(("GET", "/assignment/accounts?max_result=\u0663", b"", ["x-amz-sso_bearer_token: x"]))
def test_no_request_is_too_odd_for_the_demo(server: DemoServer, made: tuple[str, str, bytes, list[str]]) -> None:
    method, path, body, headers = made
    answer = send(server, request(server, method, path, body, *headers))
    if answer or not any(header.startswith("Content-Length") for header in headers):
        assert status(answer) in (*range(200, 500), 501, 505)
    assert leaked(server, answer.decode("latin-1")) == [] or path.startswith("/client/register")
    assert_alive(server)


@few(60)
@given(st.one_of(st.binary(max_size=120), foreign().map(lambda text: text.encode("utf-8", "surrogatepass"))))
@example(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n")
@example(b"POST /token HTTP/1.1\r\nContent-Length: 99\r\n\r\n{")
@example(b"GET http://[ HTTP/1.1\r\n\r\n")
@example(b"GET //[x HTTP/1.1\r\nHost: localhost\r\n\r\n")
def test_no_bytes_are_too_odd_for_the_demo(server: DemoServer, data: bytes) -> None:
    host = server.url.removeprefix("http://").encode()
    send(server, data.replace(b"Host: localhost", b"Host: " + host))
    assert_alive(server)
