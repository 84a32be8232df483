"""The embedded Identity Center: sso-oidc, the sso portal, sts and the web pages, on one loopback port.

with DemoServer(poll_interval=1) as server:
    server.url, server.environ(), server.state.approve(...), server.state.faults.add("CreateToken", status=503)
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from . import oidc, pages, portal, sts
from .behaviour import Settings
from .faults import Fault
from .organisation import SAMPLE, Organisation
from .state import State
from .wire import OIDC, PAGES, PORTAL, STS, Answer, Refusal, Request, refused

_LARGEST_BODY = 1_000_000
_IDLE = 120.0


class Route(NamedTuple):
    """What serves one method and path. `details` picks what the request log may keep."""

    service: str
    operation: str
    serve: Callable[[State, Request, str], Answer]
    details: Callable[[Request], dict[str, str]]


def _nothing(request: Request) -> dict[str, str]:
    return {}


ROUTES = {
    ("POST", "/client/register"): Route(OIDC, "RegisterClient", oidc.register_client, oidc.details),
    ("POST", "/device_authorization"): Route(
        OIDC, "StartDeviceAuthorization", oidc.start_device_authorization, oidc.details
    ),
    ("POST", "/token"): Route(OIDC, "CreateToken", oidc.create_token, oidc.details),
    ("GET", "/federation/credentials"): Route(
        PORTAL, "GetRoleCredentials", portal.get_role_credentials, portal.details
    ),
    ("GET", "/assignment/accounts"): Route(PORTAL, "ListAccounts", portal.list_accounts, portal.details),
    ("GET", "/assignment/roles"): Route(PORTAL, "ListAccountRoles", portal.list_account_roles, portal.details),
    ("POST", "/logout"): Route(PORTAL, "Logout", portal.logout, portal.details),
    ("GET", "/"): Route(PAGES, "StartPage", pages.start_page, _nothing),
    ("GET", "/device"): Route(PAGES, "DevicePage", pages.device_page, _nothing),
    ("GET", "/platform/authorize"): Route(PAGES, "RequestPage", pages.request_page, _nothing),
    ("POST", "/device"): Route(PAGES, "DeviceDecision", pages.device_decision, _nothing),
    ("GET", "/authorize"): Route(PAGES, "AuthorizePage", pages.authorize_page, _nothing),
    ("POST", "/authorize"): Route(PAGES, "AuthorizeDecision", pages.authorize_page, _nothing),
}
STS_ROUTES = {
    "GetCallerIdentity": Route(STS, "GetCallerIdentity", sts.get_caller_identity, sts.details),
    "AssumeRole": Route(STS, "AssumeRole", sts.assume_role, sts.details),
}
OPERATIONS = tuple(route.operation for route in (*ROUTES.values(), *STS_ROUTES.values()))
"""Every operation name that faults and the request log know."""


class DemoServer:
    """A server on 127.0.0.1. It listens from construction on and serves between `start` and `close` (or `with`).

    Takes an organisation, a port (0: any free one) and the fields of Settings. `state` holds settings, faults and
    the request log, and does what a person would: `state.approve(user_code)`.
    """

    def __init__(self, organisation: Organisation = SAMPLE, *, port: int = 0, **settings: Any) -> None:
        self.state = State(Settings(**settings), organisation)
        self.closing = threading.Event()
        self._http = _Http(self, port)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._accept, name="demo-server", daemon=True)

    def start(self) -> None:
        """Begin to serve, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop: what hangs is cut off, connections are closed, the port is free afterwards. May be called twice."""
        self.closing.set()
        self.state.faults.clear()
        if self._thread.is_alive():
            # A connection wakes the thread out of its wait.
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._http.server_port), timeout=5).close()
            self._thread.join()
        self._http.server_close()
        self._http.close_connections()

    def _accept(self) -> None:
        while not self.closing.is_set():
            self._http.handle_request()

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def environ(self) -> dict[str, str]:
        """The endpoint variables that lead botocore and the AWS CLI here."""
        return dict.fromkeys(("AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"), self.url)


class _Http(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: DemoServer, port: int) -> None:
        self.owner = owner
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this host's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not an event; anything else is kept for tests to find."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            self.owner.state.crashes.append(traceback.format_exc())

    def close_connections(self) -> None:
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    wbufsize = 65536
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is printed: the terminal belongs to the application."""

    def version_string(self) -> str:
        """The Server header."""
        return "ssotui-demo"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by the server's clock."""
        return formatdate(self.server.owner.state.now() if timestamp is None else timestamp, usegmt=True)

    def _serve(self) -> None:
        at = time.monotonic()
        owner = self.server.owner
        state = owner.state
        body = self._body()
        if body is None:
            return
        host = self.headers.get("Host", "")
        if host not in (owner.url.removeprefix("http://"), f"localhost:{self.server.server_port}"):
            # A page of another site whose name resolves to 127.0.0.1 must not reach this server.
            self._send(Answer(HTTPStatus.MISDIRECTED_REQUEST, b"Misdirected request\n", "text/plain"))
            return
        parts = urlsplit(self.path)
        request = Request(
            "", "", self.command, parts.path, dict(parse_qsl(parts.query, True)), self.headers, body, at=at
        )
        if self.headers.get_content_type() == "application/x-www-form-urlencoded":
            request.form = dict(parse_qsl(body.decode("utf-8", "replace"), True))
        route = self._route(request)
        if route is None:
            return
        entry = state.log.start(route.operation, at, route.details(request), self.client_address[1])
        try:
            answer, fault = self._answer(route, request)
            if answer is not None:
                # Noted before the last byte leaves: whoever has the answer finds it in the log.
                entry.status, entry.code = int(answer.status), answer.code
                if not self._send(answer, fault):
                    entry.status = 0
        except OSError:
            entry.status = 0
            raise
        finally:
            state.log.finish(entry)

    def _answer(self, route: Route, request: Request) -> tuple[Answer | None, Fault | None]:
        """The answer and the fault that is still to be applied while sending; None closes the connection."""
        owner = self.server.owner
        state = owner.state
        if state.settings.latency > 0:
            owner.closing.wait(state.settings.latency)
        fault = state.faults.take(route.operation)
        if fault is not None:
            if fault.delay > 0:
                owner.closing.wait(fault.delay)
            if fault.hang:
                fault.released.wait()
            if fault.reset or owner.closing.is_set():
                self.close_connection = True
                return None, None
            if fault.status or fault.code:
                message = fault.message
                if fault.echo:
                    message += f" {' '.join(request.headers.values())} {request.body.decode()}"
                refusal = Refusal(fault.code, message, fault.status or (0 if fault.code else 500))
                return fault.change(refused(route.service, refusal)), fault
        try:
            answer = route.serve(state, request, owner.url)
        except Refusal as refusal:
            answer = refused(route.service, refusal)
        except Exception:
            state.crashes.append(traceback.format_exc())
            answer = refused(route.service, Refusal("", "Internal error", 500))
        if fault is not None and fault.hold:
            fault.holding.set()
            fault.released.wait()
        return (fault.change(answer) if fault is not None else answer), fault

    def _route(self, request: Request) -> Route | None:
        """The route of a request; None when it was refused here."""
        route = ROUTES.get((request.method, request.path))
        if request.method == "POST" and request.path == "/":
            route = STS_ROUTES.get(request.form.get("Action", ""))
            if route is None:
                action = request.form.get("Action") or "unspecified"
                refusal = Refusal("InvalidAction", f"Could not find operation {action} for version 2011-06-15")
                self._send(refused(STS, refusal))
                return None
        elif route is None:
            known = [method for method, path in ROUTES if path == request.path]
            answer = refused(PORTAL, Refusal("UnknownOperationException", "", 405 if known else 404))
            if known:
                answer.headers["Allow"] = ", ".join(known)
            self._send(answer)
            return None
        assert route is not None
        origin = self.headers.get("Origin")
        if route.service == PAGES and request.method == "POST" and origin not in (None, self._own_origin()):
            self._send(refused(PAGES, Refusal("", "This form belongs to another site\n", 403)))
            return None
        request.service, request.operation = route.service, route.operation
        return route

    def _own_origin(self) -> str:
        return f"http://{self.headers.get('Host', '')}"

    def _body(self) -> bytes | None:
        """The request body; None when it was refused here."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(Answer(HTTPStatus.LENGTH_REQUIRED))
        elif not (length.isascii() and length.isdigit()):
            self.close_connection = True
            self._send(Answer(HTTPStatus.BAD_REQUEST))
        elif len(length) > 9 or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
        else:
            body: bytes = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True
        return None

    def _send(self, answer: Answer, fault: Fault | None = None) -> bool:
        """Write an answer; False when the fault left it incomplete."""
        request_id = str(uuid.uuid4())
        body = answer.body.replace(b"@REQUEST_ID@", request_id.encode())
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", request_id)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if fault is not None and fault.cut:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return False
        if fault is not None and fault.drip > 0:
            return self._drip(body, fault.drip)
        self.wfile.write(body)
        self.wfile.flush()
        return True

    def _drip(self, body: bytes, pause: float) -> bool:
        self.wfile.flush()
        for position in range(len(body)):
            if self.server.owner.closing.wait(pause):
                self.close_connection = True
                return False
            self.wfile.write(body[position : position + 1])
            self.wfile.flush()
        return True
