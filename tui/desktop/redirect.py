"""A secret address for the browser that is in no argument of its command line, where every local user could read it.

The browser is given an address on this machine that nobody can guess. It is good for one request, and answers with a
redirect to the secret one.
"""

from __future__ import annotations

import hmac
import secrets
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..aws.errors import SsoError, from_exception
from ..aws.model import Secret

HOST = "127.0.0.1"
LIMIT = 30.0
"""Seconds in which the browser has to come."""


class Handover:
    """Serves from construction on, until `close` or the end of the `with` block. `url` is the address for the browser.
    Raises OSError when no port is free."""

    def __init__(self, link: Secret) -> None:
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._taken = threading.Event()
        self._server = _Server(link, self._path, self._taken)
        self.url = f"http://{HOST}:{self._server.server_port}{self._path}"
        threading.Thread(target=self._server.serve, daemon=True, name="ssotui-handover").start()

    def wait(self, seconds: float = LIMIT) -> bool:
        """Whether the browser has come for the link within so many seconds. Raises SsoError when serving it failed."""
        taken = self._taken.wait(seconds)
        if self._server.failure is not None:
            raise self._server.failure.again()
        return taken

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, link: Secret, path: str, taken: threading.Event) -> None:
        self.link: Secret | None = link
        self.failure: SsoError | None = None
        self.path = path
        self.taken = taken
        self.lock = threading.Lock()
        super().__init__((HOST, 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this host's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def take(self) -> Secret | None:
        """The link, for the first who asks."""
        with self.lock:
            link, self.link = self.link, None
        return link

    def serve(self) -> None:
        """Serve until told to stop."""
        try:
            self.serve_forever(0.05)
        except Exception as error:
            self.fail(error)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is not an event."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End the wait for the browser with what went wrong here."""
        self.failure = from_exception(error, "hand the link to the browser").with_traceback(None)
        self.taken.set()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        """The redirect, once; nothing for any other path or host."""
        right_host = self.headers.get("Host", "") == f"{HOST}:{self.server.server_port}"
        right_path = hmac.compare_digest(self.path.encode(), self.server.path.encode())
        link = self.server.take() if right_host and right_path else None
        self.send_response(303 if link is not None else 404)
        if link is not None:
            self.send_header("Location", link.reveal())
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        if link is not None:
            self.server.taken.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged: the addresses are secrets."""

    def version_string(self) -> str:
        """The Server header."""
        return "ssotui"
