"""What the environment says of the network: proxies, models, monitoring. None of it leads secrets away in clear."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import cli
from tui.aws import clients
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_role, put_token


@pytest.fixture(autouse=True)
def new_clients(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No client of another test is used, and repetitions come at once."""
    monkeypatch.setattr(clients, "_clients", {})
    monkeypatch.setattr(clients, "_session", None)
    monkeypatch.setattr("random.uniform", lambda _low, _high: 0.01)
    configure()


@contextlib.contextmanager
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a proxy that refuses everything, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _address = listener.accept()
                    with connection:
                        heard.append(connection.recv(65536))
                        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)


COMMANDS = [
    ["login", "--session", "acme", "--no-open"],
    ["env", "dev"],
    ["whoami", "dev"],
    ["console", "dev", "--federate", "--print"],
    ["logout", "--yes"],
]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_a32_what_goes_to_this_machine_in_clear_passes_no_proxy(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str], name: str
) -> None:
    demo.state.settings.auto_approve_after = 0
    if command[0] != "login":
        put_token(demo, "acme", ACME)
    if command[0] in ("whoami", "console"):
        put_role(demo, "111111111111", "Admin", "acme")
    with proxy() as (address, heard):
        monkeypatch.setenv(name, address)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", demo.url)
        code = cli.main(command)
        assert heard == []
    if command[0] != "console":  # the demo has no federation endpoint
        assert code == 0
    capsys.readouterr()
