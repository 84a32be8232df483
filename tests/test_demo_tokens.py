"""sso-oidc of the demo server: refresh tokens, and the authorization code flow with PKCE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tui.aws.model import Token
from tui.demo.server import DemoServer

from .demo_clients import (
    ACME,
    CALLBACK,
    SCOPE,
    VERIFIER,
    Page,
    authorize_fields,
    authorize_path,
    client,
    http_request,
    post_form,
    refused,
    register_device,
    register_pkce,
)


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def oidc(server: DemoServer) -> Any:
    return client("sso-oidc", server)


def refreshing(token: Token, refresh_token: str | None = None) -> dict[str, str]:
    """The parameters of a refresh, as botocore sends them."""
    assert token.client_secret is not None
    assert token.refresh_token is not None
    return {
        "grantType": "refresh_token",
        "clientId": token.client_id,
        "clientSecret": token.client_secret.reveal(),
        "refreshToken": refresh_token or token.refresh_token.reveal(),
    }


def test_a_refresh_replaces_the_refresh_token(server: DemoServer, oidc: Any) -> None:
    token = server.state.issue_token(ACME, expires_in=-10)
    answer = oidc.create_token(**refreshing(token))
    portal = client("sso", server)
    assert refused(portal.list_accounts, accessToken=token.access_token.reveal()) == (401, "UnauthorizedException")
    assert portal.list_accounts(accessToken=answer["accessToken"])["accountList"]
    assert refused(oidc.create_token, **refreshing(token)) == (400, "InvalidGrantException")
    again = oidc.create_token(**refreshing(token, answer["refreshToken"]))
    assert again["accessToken"] != answer["accessToken"]


def test_rotation_may_be_off(server: DemoServer, oidc: Any) -> None:
    token = server.state.issue_token(ACME)
    server.state.settings.rotation = "same"
    assert oidc.create_token(**refreshing(token))["refreshToken"] == refreshing(token)["refreshToken"]
    server.state.settings.rotation = "omit"
    assert "refreshToken" not in oidc.create_token(**refreshing(token))
    assert "accessToken" in oidc.create_token(**refreshing(token))


def test_refresh_tokens_that_are_refused(server: DemoServer, oidc: Any) -> None:
    token = server.state.issue_token(ACME)
    assert refused(oidc.create_token, **refreshing(token, "x")) == (400, "InvalidGrantException")
    other = {**refreshing(token), **register_device(oidc)}
    assert refused(oidc.create_token, **other) == (400, "InvalidGrantException")
    old = server.state.issue_token(ACME, refresh_expires_in=-1)
    assert refused(oidc.create_token, **refreshing(old)) == (400, "InvalidGrantException")
    unregistered = server.state.issue_token(ACME, registration_expires_in=-1)
    assert refused(oidc.create_token, **refreshing(unregistered)) == (401, "InvalidClientException")
    assert token.refresh_token is not None
    server.state.revoke(token.refresh_token)
    assert refused(oidc.create_token, **refreshing(token)) == (400, "InvalidGrantException")


def test_logout_ends_the_refresh_token_and_every_access_token(server: DemoServer, oidc: Any) -> None:
    token = server.state.issue_token(ACME)
    newer = oidc.create_token(**refreshing(token))
    portal = client("sso", server)
    portal.logout(accessToken=token.access_token.reveal())
    assert refused(portal.list_accounts, accessToken=newer["accessToken"]) == (401, "UnauthorizedException")
    call = refreshing(token, newer["refreshToken"])
    assert refused(oidc.create_token, **call) == (400, "InvalidGrantException")


def test_clocks_decide(server: DemoServer) -> None:
    token = server.state.issue_token(ACME, expires_in=100)
    portal = client("sso", server)
    assert portal.list_accounts(accessToken=token.access_token.reveal())["accountList"]
    server.state.settings.clock_offset = 101
    assert refused(portal.list_accounts, accessToken=token.access_token.reveal()) == (401, "UnauthorizedException")


def test_tokens_that_no_organisation_can_issue(server: DemoServer) -> None:
    with pytest.raises(KeyError):
        server.state.issue_token("https://other.awsapps.com/start")
    with pytest.raises(KeyError):
        server.state.revoke("x")


# The browser flow


def exchange(keys: dict[str, str], code: str, **changes: str) -> dict[str, str]:
    """The parameters with which the code becomes a token."""
    return {
        **keys,
        "grantType": "authorization_code",
        "code": code,
        "codeVerifier": VERIFIER,
        "redirectUri": "http://127.0.0.1:41999/oauth/callback",
        **changes,
    }


def allow(server: DemoServer, keys: dict[str, str]) -> str:
    """The code that the page hands out after Allow."""
    return post_form(server, "/authorize", {**authorize_fields(keys), "decision": "confirm"}).location["code"]


def test_pkce_to_the_token(server: DemoServer, oidc: Any) -> None:
    keys = register_pkce(oidc)
    page = http_request(server, "GET", authorize_path(authorize_fields(keys)))
    assert page.status == 200
    assert 'name="decision" value="confirm"' in page.text
    answer = post_form(server, "/authorize", {**authorize_fields(keys), "decision": "confirm"})
    assert answer.status == 302
    assert answer.headers["Location"].startswith("http://127.0.0.1:41999/oauth/callback?")
    assert answer.location["state"] == "some-state"
    token = oidc.create_token(**exchange(keys, answer.location["code"]))
    assert token["refreshToken"]
    accounts = client("sso", server).list_accounts(accessToken=token["accessToken"])["accountList"]
    assert accounts[0]["accountId"] == "111111111111"
    again = exchange(keys, answer.location["code"])
    assert refused(oidc.create_token, **again) == (400, "InvalidGrantException")


def test_deny_returns_an_error_and_the_state(server: DemoServer, oidc: Any) -> None:
    fields = {**authorize_fields(register_pkce(oidc)), "decision": "deny"}
    assert post_form(server, "/authorize", fields).location == {"error": "access_denied", "state": "some-state"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"codeVerifier": "w" * 64}, "InvalidGrantException"),
        ({"redirectUri": "http://127.0.0.1:41998/oauth/callback"}, "InvalidGrantException"),
        ({"code": "x"}, "InvalidGrantException"),
        ({"codeVerifier": "short"}, "InvalidRequestException"),
    ],
)
def test_exchanges_that_are_refused(server: DemoServer, oidc: Any, changes: dict[str, str], code: str) -> None:
    keys = register_pkce(oidc)
    call = {**exchange(keys, allow(server, keys)), **changes}
    assert refused(oidc.create_token, **call) == (400, code)


def test_a_code_serves_one_attempt_by_its_own_client(server: DemoServer, oidc: Any) -> None:
    keys = register_pkce(oidc)
    code = allow(server, keys)
    assert refused(oidc.create_token, **exchange(register_pkce(oidc), code)) == (400, "InvalidGrantException")
    wrong = exchange(keys, code, codeVerifier="w" * 64)
    assert refused(oidc.create_token, **wrong) == (400, "InvalidGrantException")
    assert refused(oidc.create_token, **exchange(keys, code)) == (400, "InvalidGrantException")


def test_a_code_expires(server: DemoServer, oidc: Any) -> None:
    server.state.settings.authorization_code_lifetime = 0
    keys = register_pkce(oidc)
    assert refused(oidc.create_token, **exchange(keys, allow(server, keys))) == (400, "InvalidGrantException")


@pytest.mark.parametrize("name", ["code", "codeVerifier", "redirectUri"])
def test_exchange_needs_all_its_parameters(server: DemoServer, oidc: Any, name: str) -> None:
    keys = register_pkce(oidc)
    call = exchange(keys, allow(server, keys))
    del call[name]
    assert refused(oidc.create_token, **call) == (400, "InvalidRequestException")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scopes": "openid"}, "invalid_scope"),
    ],
)
def test_authorize_redirects_with_an_error(server: DemoServer, oidc: Any, changes: dict[str, str], error: str) -> None:
    page = http_request(server, "GET", authorize_path(authorize_fields(register_pkce(oidc), **changes)))
    assert (page.status, page.location) == (302, {"error": error, "state": "some-state"})


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:1/other",
        "http://localhost/oauth/callback",
        "https://127.0.0.1/oauth/callback",
        "http://127.0.0.1:1/oauth/callback?x=1",
        "http://127.0.0.1:1/oauth/callback#x",
        "http://user@127.0.0.1:1/oauth/callback",
        "http://127.0.0.1:x/oauth/callback",
        "http://example.com/oauth/callback",
        "",
    ],
)
def test_authorize_never_redirects_elsewhere(server: DemoServer, oidc: Any, uri: str) -> None:
    page = http_request(server, "GET", authorize_path(authorize_fields(register_pkce(oidc), redirect_uri=uri)))
    assert page.status == 400
    assert "Location" not in page.headers


def test_authorize_never_redirects_for_an_unknown_client(server: DemoServer, oidc: Any) -> None:
    page: Page = http_request(server, "GET", authorize_path(authorize_fields({"clientId": "x"})))
    assert (page.status, page.headers.get("Location")) == (400, None)
    device = register_device(oidc, redirectUris=[CALLBACK])
    page = http_request(server, "GET", authorize_path(authorize_fields(device)))
    assert page.location["error"] == "unauthorized_client"


def test_authorize_may_answer_by_itself(server: DemoServer, oidc: Any) -> None:
    server.state.settings.auto_approve_after = 0
    keys = register_pkce(oidc, scopes=[SCOPE])
    page = http_request(server, "GET", authorize_path(authorize_fields(keys)))
    assert "accessToken" in oidc.create_token(**exchange(keys, page.location["code"]))
