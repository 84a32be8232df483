"""The pages of the demo server in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tui.demo.server import DemoServer

from .browser import Browser
from .demo_clients import (
    ACME,
    DEVICE,
    VERIFIER,
    authorize_fields,
    authorize_path,
    client,
    refused,
    register_device,
    register_pkce,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def oidc(server: DemoServer) -> Any:
    return client("sso-oidc", server)


def start(oidc: Any) -> tuple[dict[str, Any], dict[str, str]]:
    keys = register_device(oidc)
    device = oidc.start_device_authorization(**keys, startUrl=ACME)
    return device, {**keys, "grantType": DEVICE, "deviceCode": device["deviceCode"]}


def test_confirm(browser: Browser, server: DemoServer, oidc: Any) -> None:
    server.state.settings.code_in_address = True
    device, poll = start(oidc)
    browser.open(device["verificationUriComplete"])
    assert browser.text("#user-code") == device["userCode"]
    assert ACME in browser.text()
    assert browser.run("return getComputedStyle(document.querySelector('main')).borderRadius") == "10px"
    browser.click("button[value=confirm]")
    browser.wait_for("Confirmed")
    assert "accessToken" in oidc.create_token(**poll)


def test_deny(browser: Browser, server: DemoServer, oidc: Any) -> None:
    server.state.settings.code_in_address = True
    device, poll = start(oidc)
    browser.open(device["verificationUriComplete"])
    browser.click("button[value=deny]")
    browser.wait_for("Denied")
    assert refused(oidc.create_token, **poll) == (400, "AccessDeniedException")


@pytest.mark.parametrize("code_in_address", [False, True])
def test_x01_typing_the_code(browser: Browser, server: DemoServer, oidc: Any, code_in_address: bool) -> None:
    server.state.settings.code_in_address = code_in_address
    device, poll = start(oidc)
    browser.open(device["verificationUri"])
    browser.type("input[name=user_code]", device["userCode"].lower())
    browser.click("button.primary")
    browser.wait_for(device["userCode"])
    browser.click("button[value=confirm]")
    browser.wait_for("Confirmed")
    assert "accessToken" in oidc.create_token(**poll)


class Callback:
    """What the application's loopback listener gets: the queries of the redirects."""

    def __init__(self) -> None:
        self.queries: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/oauth/callback":
                    outer.queries.append(dict(parse_qsl(parts.query)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"back in the application")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.http.server_port}/oauth/callback"


@pytest.fixture
def callback() -> Iterator[Callback]:
    callback = Callback()
    thread = threading.Thread(target=callback.http.serve_forever, args=(0.05,))
    thread.start()
    yield callback
    callback.http.shutdown()
    thread.join()
    callback.http.server_close()


def test_allow_and_deny_of_the_browser_flow(
    browser: Browser, server: DemoServer, oidc: Any, callback: Callback
) -> None:
    keys = register_pkce(oidc)
    page = server.url + authorize_path(authorize_fields(keys, redirect_uri=callback.uri))
    browser.open(page)
    assert "sso:account:access" in browser.text()
    browser.click("button[value=confirm]")
    browser.wait_for("back in the application")
    browser.open(page)
    browser.click("button[value=deny]")
    browser.wait_for("back in the application")
    allowed, denied = callback.queries
    assert allowed["state"] == denied["state"] == "some-state"
    assert denied["error"] == "access_denied"
    token = oidc.create_token(
        **keys,
        grantType="authorization_code",
        code=allowed["code"],
        codeVerifier=VERIFIER,
        redirectUri=callback.uri,
    )
    assert token["refreshToken"]


def test_pages_fit_a_phone_and_the_dark(server: DemoServer, oidc: Any, tmp_path: Path) -> None:
    device, _poll = start(oidc)
    with Browser(360, 740, dark=True) as browser:
        browser.open(device["verificationUriComplete"])
        assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
        assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
        browser.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
