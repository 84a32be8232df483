"""The loopback listener that the browser is sent back to after an approval (RFC 8252, 7.3).

On its other side are the user's browser, every web page in it, and every local program. So it listens on 127.0.0.1
only, answers one path, method and host, compares the state before anything else in the query, takes one answer, and
tells the browser nothing but to go back to the terminal. Clients that are slow or say nothing hold up nobody.
"""

from __future__ import annotations

import contextlib
import hmac
import selectors
import socket
import threading
import time
from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl

from ...text import clean
from .. import clock
from ..errors import Cancelled, SsoError, from_exception
from ..model import Secret

HOST = "127.0.0.1"
PATH = "/oauth/callback"
REGISTERED_URI = f"http://{HOST}{PATH}"
"""The redirect URI that a client is registered with: without a port, which may be any (as the AWS CLI v2 does it)."""

MOST_CLIENTS = 32
"""Connections at a time. One more pushes out the oldest, which has had its chance to send a request."""

LINE_LIMIT = 16 * 1024
HEAD_LIMIT = 64 * 1024
"""Bytes of a request's first line, and of all of it. Cookies of other programs on 127.0.0.1 come along."""

READ_LIMIT = 10.0
"""Seconds in which a request has to be there, counted from the connection."""

_LINGER = 1.0
_TICK = 0.1
_MOST_FIELDS = 32


class Redirect:
    """What the browser brought: `code`, or `error` (OAuth's error code and its description, clean text)."""

    __slots__ = ("code", "description", "error")

    def __init__(self, code: Secret | None = None, error: str = "", description: str = "") -> None:
        self.code = code
        self.error = error
        self.description = description


class Response(NamedTuple):
    """A status line's rest and the page below it; `extra` is one more header line."""

    status: str
    page: bytes
    extra: str = ""


class _Client:
    __slots__ = ("answered", "data", "deadline", "socket")

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.data = b""
        self.deadline = time.monotonic() + READ_LIMIT
        self.answered = False


class Listener:
    """Listens from construction on, and serves in a thread of its own until `close`.

    `state` is the value that a redirect has to bring. `port`: 0 for any free one. Raises SsoError when none can be
    had.
    """

    def __init__(self, state: str, port: int = 0) -> None:
        self._state = state.encode()
        self._redirect: Redirect | None = None
        self._failure: SsoError | None = None
        self._arrived = threading.Event()
        self._closed = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            elif port:  # the connections of the last sign-in keep it for a minute
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((HOST, port))
            self._socket.listen(128)
            self._socket.setblocking(False)
            self.port = int(self._socket.getsockname()[1])
        except OSError as error:
            self._socket.close()
            which = f"Port {port}" if port else "No port"
            raise SsoError(
                f"{which} of this machine could {'not ' if port else ''}be opened for the browser's answer: "
                f"{error.strerror}",
                "choose another port, or sign in with a device code" if port else "sign in with a device code instead",
            ) from None
        threading.Thread(target=self._serve, daemon=True, name="ssotui-callback").start()

    @property
    def redirect_uri(self) -> str:
        """The address that the browser is to be sent back to."""
        return f"http://{HOST}:{self.port}{PATH}"

    def wait(self, deadline: float, cancelled: threading.Event | None = None) -> Redirect:
        """The redirect, once it is there. Raises TimeoutError at `deadline` (of `clock.monotonic`), Cancelled, SsoError
        when the listener was closed."""
        while not self._arrived.wait(min(_TICK, max(0.0, deadline - clock.monotonic()))):
            if cancelled is not None and cancelled.is_set():
                raise Cancelled
            if self._failure is not None:
                raise self._failure.again()
            if self._closed.is_set():
                raise SsoError("The port for the browser's answer is closed", "start the sign-in again")
            if clock.monotonic() >= deadline:
                raise TimeoutError
        assert self._redirect is not None
        return self._redirect

    def close(self) -> None:
        """Stop listening, at once. May be called twice."""
        self._closed.set()
        self._socket.close()

    # -- the thread ---------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        clients: dict[socket.socket, _Client] = {}
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._socket, selectors.EVENT_READ)
                while not self._closed.is_set():
                    for key, _events in selector.select(_TICK):
                        connection: socket.socket = key.fileobj  # type: ignore[assignment]
                        if connection is self._socket:
                            self._accept(selector, clients)
                        elif connection in clients and not self._read(clients[connection]):
                            _drop(selector, clients, connection)
                    now = time.monotonic()
                    for client in [client for client in clients.values() if client.deadline <= now]:
                        _drop(selector, clients, client.socket)
        except Exception as error:
            if not self._closed.is_set():  # else it was closed while it was being waited on
                self._failure = from_exception(error, "take the browser's answer").with_traceback(None)
        finally:
            self.close()
            for connection in clients:
                connection.close()

    def _accept(self, selector: selectors.BaseSelector, clients: dict[socket.socket, _Client]) -> None:
        try:
            connection, _address = self._socket.accept()
        except OSError:
            self._closed.wait(0.01)  # gone already, or no file descriptor is free: do not spin
            return
        if len(clients) >= MOST_CLIENTS:
            _drop(selector, clients, next(iter(clients)))
        connection.setblocking(False)
        clients[connection] = _Client(connection)
        selector.register(connection, selectors.EVENT_READ)

    def _read(self, client: _Client) -> bool:
        """Take in what a client has sent, and answer a whole request. Returns whether the connection lives on."""
        try:
            data = client.socket.recv(HEAD_LIMIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        if client.answered:
            return True  # read and thrown away: closing with unread data would take the answer back
        client.data += data
        head, end, _rest = client.data.partition(b"\r\n\r\n")
        redirect = None
        if len(head.partition(b"\r\n")[0]) > LINE_LIMIT:
            answer = TOO_LONG
        elif len(head) > HEAD_LIMIT:
            answer = TOO_LARGE
        elif not end:
            return True
        else:
            answer, redirect = self._judge(head)
        client.answered = True
        client.data = b""
        client.deadline = time.monotonic() + _LINGER
        with contextlib.suppress(OSError):
            client.socket.send(_as_bytes(answer))
            client.socket.shutdown(socket.SHUT_WR)
        if redirect is not None:  # only now, so that closing the listener cannot cut off the answer
            self._redirect = redirect
            self._arrived.set()
        return True

    def _judge(self, head: bytes) -> tuple[Response, Redirect | None]:
        """The answer to a request, and the redirect if it is the one that was waited for."""
        line, *headers = head.split(b"\r\n")
        words = line.split(b" ")
        if len(words) != 3 or words[2] not in (b"HTTP/1.1", b"HTTP/1.0") or not line.isascii():
            return BAD_REQUEST, None
        fields = [header.partition(b":") for header in headers]
        hosts = [value.strip().lower() for name, _, value in fields if name.lower() == b"host"]
        port = str(self.port).encode()
        if len(hosts) != 1 or hosts[0] not in (b"127.0.0.1:" + port, b"localhost:" + port):
            return OTHER_HOST, None  # a page of another site whose name was made to resolve to 127.0.0.1
        path, _, query = words[1].decode("ascii").partition("?")
        if path != PATH:
            return NOT_FOUND, None
        if words[0] != b"GET":
            return OTHER_METHOD, None
        return self._judge_query(query)

    def _judge_query(self, query: str) -> tuple[Response, Redirect | None]:
        try:
            fields = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return BAD_REQUEST, None
        found: dict[str, list[str]] = {}
        for name, value in fields:
            found.setdefault(name, []).append(value)
        states = found.get("state", [])
        # Whoever does not know the state can end nothing, not even with an error.
        if len(states) != 1 or not hmac.compare_digest(states[0].encode(), self._state):
            return STRANGER, None
        if self._redirect is not None:
            return ALREADY_USED, None
        if "error" in found:
            description = clean(found.get("error_description", [""])[0])
            return RECEIVED, Redirect(error=clean(found["error"][0], 100) or "unknown", description=description)
        codes = found.get("code", [])
        if len(codes) != 1 or not codes[0]:
            return BAD_REQUEST, None
        return RECEIVED, Redirect(Secret(codes[0]))


def _drop(selector: selectors.BaseSelector, clients: dict[socket.socket, _Client], connection: socket.socket) -> None:
    selector.unregister(connection)
    connection.close()
    del clients[connection]


# -- the pages --------------------------------------------------------------------------------------------------

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-content:center;text-align:center;padding:1rem;"
    "font:1.125rem/1.5 system-ui,sans-serif}"
    "h1{font-size:1.5rem;font-weight:600;margin:0 0 .5rem}p{margin:0}"
)
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()


def _page(title: str, text: str) -> bytes:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>\n"
    ).encode()


# The sign-in is not over when the browser is back: only the terminal knows how it ends.
RECEIVED = Response("200 OK", _page("Return to the terminal", "It says how the sign-in ended. Close this page."))
ALREADY_USED = Response("409 Conflict", _page("Already used", "This address works once. Return to the terminal."))
STRANGER = Response("400 Bad Request", _page("Not this sign-in", "This address belongs to no sign-in that is waiting."))
BAD_REQUEST = Response("400 Bad Request", _page("Bad request", "This could not be understood."))
OTHER_HOST = Response("421 Misdirected Request", _page("Misdirected request", "This is another host."))
NOT_FOUND = Response("404 Not Found", _page("Not found", "There is nothing here."))
OTHER_METHOD = Response("405 Method Not Allowed", _page("Not allowed", "Only GET works here."), "Allow: GET\r\n")
TOO_LONG = Response("414 URI Too Long", _page("Address too long", "This is longer than any sign-in's address."))
TOO_LARGE = Response("431 Request Header Fields Too Large", _page("Too large", "This request is too large."))


def _as_bytes(answer: Response) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(answer.page)}\r\n"
        f"Content-Security-Policy: default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'\r\n"
        "Cache-Control: no-store\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"{answer.extra}"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + answer.page
