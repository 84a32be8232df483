"""The web pages of the demo server, by plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tui.demo.server import DemoServer

from .demo_clients import (
    ACME,
    DEVICE,
    authorize_fields,
    authorize_path,
    client,
    http_request,
    post_form,
    refused,
    register_device,
    register_pkce,
)

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def oidc(server: DemoServer) -> Any:
    return client("sso-oidc", server)


def start(oidc: Any, **registration: Any) -> tuple[str, dict[str, str]]:
    keys = register_device(oidc, **registration)
    device = oidc.start_device_authorization(**keys, startUrl=ACME)
    return device["userCode"], {**keys, "grantType": DEVICE, "deviceCode": device["deviceCode"]}


def test_the_device_page_shows_what_is_to_be_compared(server: DemoServer, oidc: Any) -> None:
    code, _poll = start(oidc, clientName="name of the client")
    page = http_request(server, "GET", f"/device?user_code={code}")
    assert page.status == 200
    for text in (code, "name of the client", ACME, "demo@example.com", "Confirm", "Deny"):
        assert text in page.text
    assert server.state.pending_user_codes() == [code]  # looking decides nothing


@pytest.mark.parametrize("spelling", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_spellings_of_a_user_code(server: DemoServer, oidc: Any, spelling: Any) -> None:
    code, poll = start(oidc)
    assert post_form(server, "/device", {"user_code": spelling(code), "decision": "confirm"}).status == 200
    assert "accessToken" in oidc.create_token(**poll)


def test_confirm_and_deny(server: DemoServer, oidc: Any) -> None:
    code, poll = start(oidc)
    origin = {"Origin": server.url}
    assert "Confirmed" in post_form(server, "/device", {"user_code": code, "decision": "confirm"}, **origin).text
    assert "accessToken" in oidc.create_token(**poll)
    code, poll = start(oidc)
    assert "Denied" in post_form(server, "/device", {"user_code": code, "decision": "deny"}, **origin).text
    assert refused(oidc.create_token, **poll) == (400, "AccessDeniedException")


def test_a_code_is_decided_once(server: DemoServer, oidc: Any) -> None:
    code, poll = start(oidc)
    post_form(server, "/device", {"user_code": code, "decision": "deny"})
    again = post_form(server, "/device", {"user_code": code, "decision": "confirm"})
    assert (again.status, "already used" in again.text) == (410, True)
    assert refused(oidc.create_token, **poll) == (400, "AccessDeniedException")
    code, poll = start(oidc)
    server.state.approve(code)
    oidc.create_token(**poll)
    assert "already used" in http_request(server, "GET", f"/device?user_code={code}").text


def test_codes_that_lead_nowhere(server: DemoServer, oidc: Any) -> None:
    code, _poll = start(oidc)
    server.state.expire(code)
    page = http_request(server, "GET", f"/device?user_code={code}")
    assert (page.status, "expired" in page.text) == (410, True)
    for page in (
        http_request(server, "GET", "/device?user_code=XXXX-XXXX"),
        post_form(server, "/device", {"user_code": "XXXX-XXXX", "decision": "confirm"}),
        post_form(server, "/device", {}),
    ):
        assert (page.status, "not known" in page.text) == (404, True)
    entry = http_request(server, "GET", "/device")
    assert (entry.status, 'name="user_code"' in entry.text) == (200, True)


def test_a_post_without_a_decision_asks_again(server: DemoServer, oidc: Any) -> None:
    code, _poll = start(oidc)
    page = post_form(server, "/device", {"user_code": code, "decision": "perhaps"})
    assert (page.status, "Confirm" in page.text) == (200, True)
    assert server.state.pending_user_codes() == [code]


@pytest.mark.parametrize("origin", ["http://example.com", "null", "http://127.0.0.1:1"])
def test_forms_of_other_sites_are_refused(server: DemoServer, oidc: Any, origin: str) -> None:
    code, _poll = start(oidc)
    page = post_form(server, "/device", {"user_code": code, "decision": "confirm"}, Origin=origin)
    assert page.status == 403
    assert server.state.pending_user_codes() == [code]


def test_foreign_text_is_escaped(server: DemoServer, oidc: Any) -> None:
    server.state.settings.user = HOSTILE
    code, _poll = start(oidc, clientName=HOSTILE)
    pkce = authorize_fields(register_pkce(oidc, clientName=HOSTILE), state=HOSTILE)
    pages = [
        http_request(server, "GET", f"/device?user_code={code}"),
        http_request(server, "GET", "/device?user_code=%3Cscript%3E"),
        http_request(server, "GET", authorize_path(pkce)),
        post_form(server, "/device", {"user_code": HOSTILE}),
    ]
    for page in pages:
        assert "<script" not in page.text
        assert HOSTILE not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in pages[0].text
    assert 'name="state" value="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;"' in pages[2].text


def test_a_hostile_state_stays_inside_the_redirect(server: DemoServer, oidc: Any) -> None:
    state = "a\r\nSet-Cookie: x=1&code=other#"
    fields = {**authorize_fields(register_pkce(oidc), state=state), "decision": "deny"}
    page = post_form(server, "/authorize", fields)
    assert "Set-Cookie" not in page.headers
    assert page.location == {"error": "access_denied", "state": state}


def test_headers_of_every_page(server: DemoServer, oidc: Any) -> None:
    pkce = authorize_path(authorize_fields(register_pkce(oidc)))
    for path in ("/", "/device", "/device?user_code=x", pkce, "/authorize"):
        page = http_request(server, "GET", path)
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "http-equiv" not in page.text
        assert "<script" not in page.text


def test_the_start_page_names_the_instances(server: DemoServer) -> None:
    page = http_request(server, "GET", "/")
    assert "acme" in page.text
    assert "1 account<" in page.text
