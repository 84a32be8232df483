"""A web server with TLS on loopback, whose certificate only those accept who trust its authority."""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

Answers = Mapping[tuple[str, str], tuple[int, str, bytes]]
"""(method, path) -> status, Location, body. 404 for everything else."""


class Https:
    """`url` is `https://localhost:PORT`; `authority` the file to trust; `asked` the requests so far."""

    def __init__(self, url: str, authority: Path) -> None:
        self.url = url
        self.authority = authority
        self.asked: list[str] = []


@contextlib.contextmanager
def serve(
    folder: Path,
    answers: Answers,
    name: str = "localhost",
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Iterator[Https]:
    """Serves `answers` with a certificate for `name`; its authority's certificate is written into `folder`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, not_before=not_before, not_after=not_after).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            found.asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, location, body = answers.get((self.command, self.path), (404, "", b""))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET = do_POST = serve

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nothing is printed."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found = Https(f"https://localhost:{server.server_port}", file)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def front(folder: Path, behind: str) -> Iterator[tuple[str, Path]]:
    """TLS in front of a plain server on this machine: the address of it, and the file to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    file = folder / "front.pem"
    authority.cert_pem.write_to_path(str(file))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            host = behind.removeprefix("http://")
            inner = http.client.HTTPConnection(host, timeout=30)
            try:
                inner.request(self.command, self.path, body, {**dict(self.headers), "Host": host})
                answer = inner.getresponse()
                content = answer.read()
            finally:
                inner.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "server", "date", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_HEAD = do_GET = do_POST = serve

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nothing is printed."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}", file
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses the certificate is what tests are after."""
