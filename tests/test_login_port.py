"""The browser flow that is asked for by name: obeyed where a default would not be, on a port of one's choice."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tui.aws.model import BROWSER, DEVICE
from tui.aws.session.browser_flow import BrowserSignIn
from tui.cli import main
from tui.demo.organisation import LEGACY
from tui.demo.server import DemoServer
from tui.desktop import browser

from .aws_home import configure, content, session_named, token_file
from .redirects import allow, target


@pytest.fixture
def container(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A container without a browser; whoever runs it opens the address that is printed. Returns what is said."""
    monkeypatch.setenv("container", "podman")
    said: list[str] = []

    def say(_here: object, lines: list[str]) -> None:
        said.extend(lines)
        for line in lines:
            if "/authorize?" in line:
                assert allow(demo, line.split()[-1]).status == 200

    monkeypatch.setattr("tui.cli.verbs.login.flow._say", say)
    monkeypatch.delenv("BROWSER")
    configure()
    return said


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def authorize_url(said: list[str]) -> str:
    return next(line.split()[-1] for line in said if "/authorize?" in line)


def test_x33_asked_for_by_name_it_is_obeyed_in_a_container(container: list[str]) -> None:
    assert main.main(["login", "dev", "--flow", "browser"]) == 0
    assert content(token_file("acme"))["accessToken"]
    assert not any("with a code" in line for line in container)
    assert not any("ssh -L" in line for line in container)


def test_x33_the_port_can_be_chosen_and_used_again_at_once(
    container: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    port = free_port()
    for _ in range(2):
        assert main.main(["login", "dev", "--redirect-port", str(port), "--force", "--no-open"]) == 0
        url = authorize_url(container)
        assert target(url).port == port
        assert urlsplit(target(url).query["redirect_uri"]).hostname == "127.0.0.1"
        assert any(f"ssh -L {port}:127.0.0.1:{port} {socket.gethostname()}" in line for line in container)
        container.clear()


def test_x33_a_port_that_is_taken_is_told(container: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main.main(["login", "dev", "--redirect-port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"Port {port} of this machine could not be opened" in error
    assert "choose another port" in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["dev", "--redirect-port", "0"],
        ["dev", "--redirect-port", "65536"],
        ["dev", "--redirect-port", "-1"],
        ["dev", "--redirect-port", "x"],
        ["dev", "--redirect-port", "8400", "--flow", "device"],
        ["--all", "--redirect-port", "8400"],
    ],
)
def test_x33_ports_that_cannot_be_meant(
    container: list[str], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main.main(["login", *arguments]) == 2
    assert "redirect-port" in capsys.readouterr().err


@pytest.mark.parametrize(
    "environ",
    [
        {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"},
        {"container": "podman"},
        {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
        {"PATH": "/nonexistent"},
        {},
    ],
)
def test_x33_a_default_gives_way_and_a_wish_does_not(home: Path, environ: dict[str, str]) -> None:
    store = configure()
    acme, legacy = session_named(store, "acme"), session_named(store, LEGACY)
    flow, reason = browser.choose_flow(acme, BROWSER, environ)
    assert (flow, bool(reason)) == (DEVICE, True)
    assert browser.choose_flow(acme, BROWSER, environ, asked=True) == (BROWSER, "")
    assert browser.choose_flow(acme, DEVICE, environ, asked=True) == (DEVICE, "")
    assert browser.choose_flow(legacy, BROWSER, environ, asked=True)[0] == DEVICE  # AWS offers it nothing else


def test_x33_any_port_is_free_by_default(demo: DemoServer, home: Path) -> None:
    flow = BrowserSignIn(configure(), session_named(configure(), "acme"))
    code = flow.start()
    assert code.port == target(code.url).port
    flow.close()
