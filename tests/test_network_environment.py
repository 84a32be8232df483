"""What the environment says of the network: proxies, models, monitoring. None of it leads secrets away in clear."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.aws.requests import clients
from tui.cli import main
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, put_role, put_token
from .raw_server import serving


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

    def refuse(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with serving(refuse) as url:
        yield url, heard


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
        code = main.main(command)
        assert heard == []
    if command[0] != "console":  # the demo has no federation endpoint
        assert code == 0
    capsys.readouterr()


def test_a32_models_that_lie_around_lead_no_token_elsewhere(
    demo: DemoServer, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = {
        "version": "1.0",
        "parameters": {},
        "rules": [{"conditions": [], "type": "endpoint", "endpoint": {"url": "http://models.example"}}],
    }
    for folder in (tmp_path / "data", home / ".aws/models"):
        place = folder / "sso/2019-06-10"
        place.mkdir(parents=True)
        (place / "endpoint-rule-set-1.json").write_text(json.dumps(rules))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "data"))
    monkeypatch.setattr("botocore.loaders.Loader.CUSTOMER_DATA_PATH", str(home / ".aws/models"))
    monkeypatch.delenv("AWS_ENDPOINT_URL_SSO")
    client = clients.client("sso", "us-east-1", configure().config)
    asked: list[str] = []

    def answer(request: Any, **_: Any) -> None:
        asked.append(request.url)
        raise ValueError("far enough")

    client.meta.events.register("before-send.sso", answer)
    with pytest.raises(ValueError, match="far enough"):
        client.logout(accessToken="token")
    assert asked == ["https://portal.sso.us-east-1.amazonaws.com/logout"]


def test_what_is_asked_is_reported_to_nobody(
    demo: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore's client-side monitoring sends access keys and session tokens, unencrypted, wherever it is told to."""
    put_role(demo, "111111111111", "Admin", "acme")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as monitor:
        monitor.bind(("127.0.0.1", 0))
        monitor.settimeout(0.2)
        monkeypatch.setenv("AWS_CSM_ENABLED", "true")
        monkeypatch.setenv("AWS_CSM_PORT", str(monitor.getsockname()[1]))
        assert main.main(["whoami", "dev"]) == 0
        with pytest.raises(TimeoutError):
            monitor.recv(65536)
    capsys.readouterr()
