"""The loopback listener of the browser flow, against everything that may knock at its port."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tui.aws import clock
from tui.aws.errors import Cancelled, SsoError
from tui.aws.session import callback
from tui.aws.session.callback import HEAD_LIMIT, LINE_LIMIT, MOST_CLIENTS, Listener

STATE = "3f0c9d6e-5c7e-4d0e-9a43-0b7d7e1f8a55"
GOOD = f"/oauth/callback?code=CANARY-CODE&state={STATE}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener(STATE)
    yield listener
    listener.close()


def exchange(listener: Listener, data: bytes, timeout: float = 20) -> bytes:
    """Everything that the listener answers to these bytes, until it hangs up."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=timeout) as connection:
        connection.sendall(data)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


def get(listener: Listener, target: str, method: str = "GET", host: str | None = None) -> bytes:
    """The answer to one well-formed request."""
    head = f"{method} {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{listener.port}'}\r\nAccept: */*\r\n\r\n"
    return exchange(listener, head.encode("latin-1"))


def status(answer: bytes) -> int:
    """The status code of an answer."""
    return int(answer.split(b" ", 2)[1])


def asked_again(listener: Listener) -> int:
    """The status of the answer to the redirect. Asked again when the connection is cut, as browsers do: whoever says
    nothing is hung up on when enough others come after him."""
    for _ in range(20):
        with contextlib.suppress(OSError, IndexError):
            return status(get(listener, GOOD))
    return 0


def waits(listener: Listener) -> bool:
    """Whether the listener still waits for its redirect."""
    try:
        listener.wait(clock.monotonic())
    except TimeoutError:
        return True
    return False


def soon(listener: Listener) -> callback.Redirect:
    """The redirect, which has to be there by now or in a moment."""
    return listener.wait(clock.monotonic() + 20)


def test_the_redirect_is_taken_and_the_page_says_where_to_go(listener: Listener) -> None:
    answer = get(listener, GOOD)
    head, _, page = answer.partition(b"\r\n\r\n")
    assert status(answer) == 200
    assert b"Return to the terminal" in page
    assert b"igned in" not in page
    redirect = soon(listener)
    assert redirect.code is not None
    assert redirect.code.reveal() == "CANARY-CODE"
    assert redirect.error == ""
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert fields["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in fields["Content-Security-Policy"]
    assert fields["Cache-Control"] == "no-store"
    assert fields["Referrer-Policy"] == "no-referrer"
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["Connection"] == "close"
    assert fields["Content-Length"] == str(len(page))


def test_localhost_is_this_host_too(listener: Listener) -> None:
    assert status(get(listener, GOOD, host=f"LocalHost:{listener.port}")) == 200
    assert soon(listener).code


def test_c34_nothing_of_the_query_is_in_the_page(listener: Listener) -> None:
    query = "&error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=CANARY-TEXT"
    for target in (GOOD + query, GOOD, f"/oauth/callback?state=CANARY-STATE{query}", "/CANARY-PATH"):
        answer = get(listener, target)
        assert b"CANARY" not in answer
        assert b"alert" not in answer
        assert STATE.encode() not in answer


@pytest.mark.parametrize(
    "query",
    [
        "code=x",
        "code=x&state=",
        "code=x&state=wrong",
        f"code=x&state={STATE[:-1]}",
        f"code=x&state={STATE}x",
        f"code=x&state={STATE.upper()}",
        f"code=x&state={STATE}&state={STATE}",
        f"code=x&state=wrong&state={STATE}",
        f"code=x&state={STATE}&state=",
        f"code=x&State={STATE}",
        "error=access_denied",
        "error=access_denied&state=wrong",
        f"error=access_denied&state=wrong&state={STATE}",
        f"code=x;state={STATE}",
        "",
    ],
)
def test_c28_c29_a_wrong_state_ends_nothing(listener: Listener, query: str) -> None:
    assert status(get(listener, f"/oauth/callback?{query}")) == 400
    assert waits(listener)
    assert status(get(listener, GOOD)) == 200
    assert soon(listener).code


@pytest.mark.parametrize("query", ["", "&code=", "&code=x&code=y", "&" + "&".join(f"a{n}=1" for n in range(40))])
def test_the_right_state_without_one_code_ends_nothing(listener: Listener, query: str) -> None:
    assert status(get(listener, f"/oauth/callback?state={STATE}{query}")) == 400
    assert waits(listener)


def test_c29_an_error_with_the_right_state_is_clean_text(listener: Listener) -> None:
    text = "%1B%5D0%3Bowned%07%E2%80%AEdeined+%5Bred%5D"
    assert status(get(listener, f"/oauth/callback?error=server_error%0A&error_description={text}&state={STATE}")) == 200
    redirect = soon(listener)
    assert redirect.code is None
    assert redirect.error == "server_error\\x0a"
    assert redirect.description == "\\x1b]0;owned\\x07\\u202edeined [red]"


def test_c31_a_replay_is_told_so_and_changes_nothing(listener: Listener) -> None:
    assert status(get(listener, GOOD)) == 200
    again = get(listener, GOOD.replace("CANARY-CODE", "another"))
    assert status(again) == 409
    assert b"Already used" in again
    assert status(get(listener, f"/oauth/callback?error=access_denied&state={STATE}")) == 409
    assert status(get(listener, "/oauth/callback?code=x&state=wrong")) == 400
    redirect = soon(listener)
    assert redirect.code is not None
    assert redirect.code.reveal() == "CANARY-CODE"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/favicon.ico",
        "/oauth/callback/",
        "/oauth//callback",
        "/OAuth/callback",
        "/oauth/callbac%6b",
        "/oauth/../oauth/callback",
        "*",
        f"http://127.0.0.1/oauth/callback?code=x&state={STATE}",
    ],
)
def test_other_paths_are_not_found(listener: Listener, target: str) -> None:
    assert status(get(listener, target + f"?code=x&state={STATE}")) == 404
    assert waits(listener)


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS", "get"])
def test_other_methods_are_not_allowed(listener: Listener, method: str) -> None:
    answer = get(listener, GOOD, method)
    assert status(answer) == 405
    assert b"Allow: GET\r\n" in answer
    assert waits(listener)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "127.0.0.1:{port}.evil.example"]
)
def test_other_hosts_are_misdirected(listener: Listener, host: str) -> None:
    assert status(get(listener, GOOD, host=host.format(port=listener.port))) == 421
    assert waits(listener)


@pytest.mark.parametrize("headers", [[], ["Host: 127.0.0.1:{port}"] * 2, ["Host : 127.0.0.1:{port}"], ["X: y"]])
def test_the_host_header_has_to_be_there_once(listener: Listener, headers: list[str]) -> None:
    lines = [f"GET {GOOD} HTTP/1.1", *(header.format(port=listener.port) for header in headers), "", ""]
    assert status(exchange(listener, "\r\n".join(lines).encode())) == 421
    assert waits(listener)


@pytest.mark.parametrize(
    "line", [b"GET", b"", b"GET  / HTTP/1.1", b"GET / HTTP/2", b"GET / x HTTP/1.1", b"GET /\xff HTTP/1.1"]
)
def test_what_is_not_http_is_a_bad_request(listener: Listener, line: bytes) -> None:
    assert status(exchange(listener, line + b"\r\n\r\n")) == 400
    assert waits(listener)


def test_requests_that_are_too_long_are_refused(listener: Listener) -> None:
    assert status(exchange(listener, b"GET /" + b"a" * LINE_LIMIT)) == 414
    header = b"Cookie: " + b"a" * HEAD_LIMIT
    assert status(exchange(listener, b"GET / HTTP/1.1\r\n" + header)) == 431
    assert waits(listener)
    cookies = f"GET {GOOD} HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\nCookie: {'a' * 30_000}\r\n\r\n"
    assert status(exchange(listener, cookies.encode())) == 200


def test_a_request_may_come_in_pieces(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
        for byte in f"GET {GOOD} HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\n\r\n".encode():
            connection.sendall(bytes([byte]))
        assert status(connection.recv(65536)) == 200
    assert soon(listener).code


def test_slow_and_silent_clients_hold_up_nobody(listener: Listener) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(3 * MOST_CLIENTS):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", listener.port), timeout=20))
            if number % 2:
                slow.sendall(b"GET /oauth/callback?state=")
        assert status(get(listener, GOOD)) == 200
        assert soon(listener).code


HALVES = [
    b"",
    b"G",
    b"GET /oauth/callback",
    b"GET /oauth/callback?code=x&state=",
    b"GET /oauth/callback HTTP/1.1\r\n",
    b"GET /oauth/callback HTTP/1.1\r\nHost: 127.0",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n" * 100,
    b"\x00" * 1000,
    b"A" * (LINE_LIMIT - 1),
]


@pytest.mark.parametrize("how", ["held", "half closed", "reset", "dripped"])
def test_half_requests_without_end_do_not_keep_the_redirect_out(listener: Listener, how: str) -> None:
    over = threading.Event()
    made: list[int] = []

    def annoy() -> None:
        held: list[socket.socket] = []
        while not over.is_set():
            half = HALVES[len(made) % len(HALVES)]
            with contextlib.suppress(OSError):
                one = socket.create_connection(("127.0.0.1", listener.port), timeout=20)
                made.append(1)
                for part in [half[:1], half[1:]] if how == "dripped" else [half]:
                    one.sendall(part)
                    over.wait(0.01 if how == "dripped" else 0)
                if how == "half closed":
                    one.shutdown(socket.SHUT_WR)
                if how == "reset":
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.close()
                else:
                    held = [*held[-2 * MOST_CLIENTS :], one]
        for one in held:
            one.close()

    threads = [threading.Thread(target=annoy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        while len(made) < 4 * MOST_CLIENTS:
            time.sleep(0.01)
        assert waits(listener)
        assert asked_again(listener) == 200
        assert soon(listener).code
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_request_that_does_not_end_is_hung_up_on(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "READ_LIMIT", 0.2)
    assert exchange(listener, b"GET /oauth/callback") == b""
    assert waits(listener)


def test_a_client_that_hangs_up_is_forgotten(listener: Listener) -> None:
    for data in (b"", b"GET ", f"GET {GOOD} HTTP/1.1\r\nHost: 127.0.0.1:{listener.port}\r\n".encode()):
        with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
            connection.sendall(data)
    assert waits(listener)
    assert status(get(listener, GOOD)) == 200


def test_c26_only_loopback_is_listened_on(listener: Listener) -> None:
    found = [line.split()[1] for table in ("tcp", "tcp6") for line in _sockets(table) if line.split()[3] == "0A"]
    ours = [address for address in found if address.endswith(f":{listener.port:04X}")]
    assert ours == [f"0100007F:{listener.port:04X}"]


def _sockets(table: str) -> list[str]:
    path = Path("/proc/net") / table
    if not path.exists():
        pytest.skip("this system has no /proc/net")
    return path.read_text().splitlines()[1:]


def test_close_closes_at_once(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as idle:
        listener.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listener.port), timeout=20)
        with contextlib.suppress(ConnectionResetError):  # what was connected is hung up on
            assert idle.recv(1) == b""
    listener.close()
    with pytest.raises(SsoError, match="closed"):
        listener.wait(clock.monotonic() + 20)


def test_the_thread_ends_with_the_listener() -> None:
    of_other_tests = threading.enumerate()
    listeners = [Listener(STATE) for _ in range(3)]
    for listener in listeners:
        listener.close()
    deadline = time.monotonic() + 20
    while any(it.name == "ssotui-callback" for it in threading.enumerate() if it not in of_other_tests):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_wait_ends_when_cancelled_and_at_its_deadline(listener: Listener) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        listener.wait(clock.monotonic() + 20, cancelled)
    with pytest.raises(TimeoutError):
        listener.wait(clock.monotonic() + 0.01)


def test_an_answer_that_comes_at_once_is_kept(listener: Listener) -> None:
    """C25: the browser may be back before anybody waits for it."""
    get(listener, GOOD)
    assert soon(listener).code


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["state", "code", "error", "error_description", "State", "%73tate", ""]) | st.text(max_size=5),
        st.sampled_from(["", STATE[:8], "%00", "%ff", "a=b"]) | st.text(max_size=20),
    ),
    max_size=6,
)
REQUESTS = st.binary(max_size=200) | QUERIES.map(
    lambda fields: (
        b"GET /oauth/callback?" + "&".join(f"{name}={value}" for name, value in fields).encode() + b" HTTP/1.1\r\n"
    )
)


@hypothesis_settings(max_examples=150)
@given(start=REQUESTS, rest=st.binary(max_size=60), honest=st.booleans())
def test_no_request_ends_the_wait(start: bytes, rest: bytes, honest: bool) -> None:
    """Whatever a client that does not know the state sends: an answer that is one of ours, and the wait goes on."""
    with contextlib.closing(Listener(STATE)) as listener:
        host = f"Host: 127.0.0.1:{listener.port}\r\n".encode() if honest else b""
        answer = exchange(listener, start + host + rest + b"\r\n\r\n")
        assert answer == b"" or status(answer) in (400, 404, 405, 414, 421, 431)
        assert STATE.encode() not in answer
        assert waits(listener)
        assert status(get(listener, GOOD)) == 200
