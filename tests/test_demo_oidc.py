"""sso-oidc of the demo server: registration, the device code flow, and what is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tui.demo.server import DemoServer

from .demo_clients import ACME, CALLBACK, DEVICE, SCOPE, client, post_json, refused, register_device, register_pkce


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def oidc(server: DemoServer) -> Any:
    return client("sso-oidc", server)


def start(oidc: Any, keys: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A user code, and the parameters with which CreateToken polls for it."""
    device = oidc.start_device_authorization(**keys, startUrl=ACME)
    return device["userCode"], {**keys, "grantType": DEVICE, "deviceCode": device["deviceCode"]}


def test_registration_lives_as_long_as_set(server: DemoServer, oidc: Any) -> None:
    server.state.settings.registration_lifetime = 1000
    registered = oidc.register_client(clientName="tests", clientType="public")
    assert registered["clientSecretExpiresAt"] == registered["clientIdIssuedAt"] + 1000
    assert abs(registered["clientIdIssuedAt"] - time.time()) < 60


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"clientType": "confidential"}, "InvalidClientMetadataException"),
        ({"scopes": [SCOPE, "no:such:scope"]}, "InvalidScopeException"),
        ({"grantTypes": ["implicit"]}, "UnsupportedGrantTypeException"),
        ({"redirectUris": ["http://example.com/"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["http://127.0.0.1@example.com/"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["javascript:alert(1)"]}, "InvalidRedirectUriException"),
        ({"grantTypes": ["authorization_code"], "issuerUrl": ACME}, "InvalidRedirectUriException"),
        ({"grantTypes": ["authorization_code"], "redirectUris": [CALLBACK]}, "InvalidRequestException"),
        ({"issuerUrl": "https://other.awsapps.com/start"}, "InvalidRequestException"),
    ],
)
def test_registration_refuses(oidc: Any, changes: dict[str, Any], code: str) -> None:
    call = {"clientName": "tests", "clientType": "public", **changes}
    assert refused(oidc.register_client, **call) == (400, code)


@pytest.mark.parametrize("path", ["/client/register", "/device_authorization", "/token"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"[" * 100_000, b"\xff\xfe"])
def test_bodies_that_are_no_json_object(server: DemoServer, path: str, body: bytes) -> None:
    from .demo_clients import http_request

    page = http_request(server, "POST", path, body, {"Content-Type": "application/json"})
    assert (page.status, page.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("value", [None, 5, True, "", ["x"], {"x": 1}])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/client/register", "clientName"),
        ("/client/register", "clientType"),
        ("/device_authorization", "clientId"),
        ("/device_authorization", "clientSecret"),
        ("/device_authorization", "startUrl"),
        ("/token", "clientId"),
        ("/token", "clientSecret"),
        ("/token", "grantType"),
        ("/token", "deviceCode"),
    ],
)
def test_missing_and_wrong_typed_parameters(
    server: DemoServer, oidc: Any, path: str, field: str, value: object
) -> None:
    keys = register_device(oidc)
    good = {"clientName": "x", "clientType": "public", "startUrl": ACME, "grantType": DEVICE, **keys}
    page = post_json(server, path, {**good, "deviceCode": "x", field: value})
    assert (page.status, page.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


@pytest.mark.parametrize("scopes", ["x", [5], {"a": 1}])
def test_lists_of_other_things(server: DemoServer, scopes: object) -> None:
    page = post_json(server, "/client/register", {"clientName": "x", "clientType": "public", "scopes": scopes})
    assert page.headers["x-amzn-ErrorType"] == "InvalidRequestException"


def test_error_body_and_header_are_those_of_the_service(server: DemoServer, oidc: Any) -> None:
    _user_code, poll = start(oidc, register_device(oidc))
    page = post_json(server, "/token", poll)
    assert page.status == 400
    assert page.json() == {
        "error": "authorization_pending",
        "error_description": "Authorization is still pending",
    }
    assert page.headers["x-amzn-ErrorType"] == "AuthorizationPendingException"
    assert page.headers["Content-Type"] == "application/json"
    assert page.headers["x-amzn-RequestId"]


@pytest.mark.parametrize("code_in_address", [False, True])
def test_x01_device_flow_to_the_token(server: DemoServer, oidc: Any, code_in_address: bool) -> None:
    server.state.settings.poll_interval = 0
    server.state.settings.code_in_address = code_in_address
    server.state.settings.access_token_lifetime = 1234
    keys = register_device(oidc)
    device = oidc.start_device_authorization(**keys, startUrl=ACME)
    code = device["userCode"]
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code)
    assert (device["expiresIn"], device["interval"]) == (600, 0)
    if code_in_address:
        assert device["verificationUri"] == f"{server.url}/device"
        assert device["verificationUriComplete"] == f"{server.url}/device?user_code={code}"
    else:  # as AWS answers now
        assert device["verificationUri"].startswith(f"{server.url}/platform/authorize?request_uri=")
        assert device["verificationUriComplete"] == device["verificationUri"]
        assert code.replace("-", "") not in device["verificationUri"].replace("-", "")
    assert server.state.pending_user_codes() == [code]
    poll = {**keys, "grantType": DEVICE, "deviceCode": device["deviceCode"]}
    assert refused(oidc.create_token, **poll) == (400, "AuthorizationPendingException")
    server.state.approve(code)
    assert server.state.pending_user_codes() == []
    token = oidc.create_token(**poll)
    assert (token["expiresIn"], token["tokenType"]) == (1234, "Bearer")
    assert token["refreshToken"]
    assert client("sso", server).list_accounts(accessToken=token["accessToken"])["accountList"]
    assert refused(oidc.create_token, **poll) == (400, "InvalidGrantException")


@pytest.mark.parametrize("scopes", [None, [], ["codewhisperer:completions"]])
def test_no_refresh_token_without_an_sso_scope(server: DemoServer, oidc: Any, scopes: list[str] | None) -> None:
    keys = register_device(oidc, scopes=scopes or [])
    code, poll = start(oidc, keys)
    server.state.approve(code)
    assert "refreshToken" not in oidc.create_token(**poll)


def test_a_poll_within_the_interval_is_too_fast(server: DemoServer, oidc: Any) -> None:
    server.state.settings.poll_interval = 1
    code, poll = start(oidc, register_device(oidc))
    assert refused(oidc.create_token, **poll) == (400, "AuthorizationPendingException")
    assert refused(oidc.create_token, **poll) == (400, "SlowDownException")
    time.sleep(1.0)
    assert refused(oidc.create_token, **poll) == (400, "AuthorizationPendingException")
    server.state.approve(code)
    assert "accessToken" in oidc.create_token(**poll)  # a decided code is told at once


def test_a_burst_may_be_allowed(server: DemoServer, oidc: Any) -> None:
    server.state.settings.poll_burst = 2
    _code, poll = start(oidc, register_device(oidc))
    codes = [refused(oidc.create_token, **poll)[1] for _ in range(3)]
    assert codes == ["AuthorizationPendingException", "AuthorizationPendingException", "SlowDownException"]


def test_denied_and_expired_codes(server: DemoServer, oidc: Any) -> None:
    keys = register_device(oidc)
    code, poll = start(oidc, keys)
    server.state.deny(code)
    assert refused(oidc.create_token, **poll) == (400, "AccessDeniedException")
    with pytest.raises(KeyError):
        server.state.approve(code)
    code, poll = start(oidc, keys)
    server.state.expire(code)
    assert refused(oidc.create_token, **poll) == (400, "ExpiredTokenException")
    server.state.settings.device_code_lifetime = 0
    code, poll = start(oidc, keys)
    assert refused(oidc.create_token, **poll) == (400, "ExpiredTokenException")
    with pytest.raises(KeyError):
        server.state.approve(code)


def test_a_code_approves_itself_after_some_polls(server: DemoServer, oidc: Any) -> None:
    server.state.settings.poll_interval = 0
    server.state.settings.auto_approve_after = 2
    _code, poll = start(oidc, register_device(oidc))
    assert refused(oidc.create_token, **poll) == (400, "AuthorizationPendingException")
    assert refused(oidc.create_token, **poll) == (400, "AuthorizationPendingException")
    assert "accessToken" in oidc.create_token(**poll)


def test_device_codes_belong_to_their_client(server: DemoServer, oidc: Any) -> None:
    code, poll = start(oidc, register_device(oidc))
    server.state.approve(code)
    assert refused(oidc.create_token, **{**poll, **register_device(oidc)}) == (400, "InvalidGrantException")
    assert refused(oidc.create_token, **{**poll, "deviceCode": "x"}) == (400, "InvalidGrantException")


def test_unknown_and_expired_clients(server: DemoServer, oidc: Any) -> None:
    keys = register_device(oidc)
    wrong = [{**keys, "clientSecret": "x"}, {**keys, "clientId": "x"}]
    server.state.settings.registration_lifetime = -1
    for bad in (*wrong, register_device(oidc)):
        assert refused(oidc.start_device_authorization, **bad, startUrl=ACME) == (401, "InvalidClientException")
        assert refused(oidc.create_token, **bad, grantType=DEVICE) == (401, "InvalidClientException")
    server.state.forget_clients()
    assert refused(oidc.create_token, **keys, grantType=DEVICE) == (401, "InvalidClientException")


@pytest.mark.parametrize(
    "start_url",
    [f"{ACME}/", f"{ACME}#", f"{ACME}/#/", "https://ACME.awsapps.com/start", "HTTPS://acme.awsapps.com/start"],
)
def test_spellings_of_a_start_url(oidc: Any, start_url: str) -> None:
    assert oidc.start_device_authorization(**register_device(oidc), startUrl=start_url)["userCode"]


@pytest.mark.parametrize(
    "start_url",
    ["https://other.awsapps.com/start", "https://acme.awsapps.com/START", "acme", "https://acme.awsapps.com"],
)
def test_unknown_start_urls(oidc: Any, start_url: str) -> None:
    call = {**register_device(oidc), "startUrl": start_url}
    assert refused(oidc.start_device_authorization, **call) == (400, "InvalidRequestException")


def test_grants_that_a_client_may_not_use(oidc: Any) -> None:
    device, pkce = register_device(oidc), register_pkce(oidc, grantTypes=["authorization_code"])
    assert refused(oidc.create_token, **device, grantType="password") == (400, "UnsupportedGrantTypeException")
    for keys, grant in ((device, "authorization_code"), (pkce, "refresh_token"), (pkce, DEVICE)):
        assert refused(oidc.create_token, **keys, grantType=grant) == (400, "UnauthorizedClientException")
    assert refused(oidc.start_device_authorization, **pkce, startUrl=ACME) == (400, "UnauthorizedClientException")


def test_scope_beyond_the_registration(oidc: Any) -> None:
    call = {**register_device(oidc), "grantType": "refresh_token", "refreshToken": "x", "scope": ["openid"]}
    assert refused(oidc.create_token, **call) == (400, "InvalidScopeException")


def test_the_same_seed_gives_the_same_codes_and_tokens() -> None:
    def first_code(seed: int, extra_tokens: int) -> str:
        with DemoServer(seed=seed) as server:
            for _ in range(extra_tokens):
                server.state.issue_token(ACME)
            oidc = client("sso-oidc", server)
            return start(oidc, register_device(oidc))[0]

    assert first_code(1, 0) == first_code(1, 3)
    assert first_code(1, 0) != first_code(2, 0)
    tokens = [DemoServer(seed=9, now=1_800_000_000) for _ in range(2)]
    first, second = (server.state.issue_token(ACME) for server in tokens)
    for server in tokens:
        server.close()
    assert first.access_token == second.access_token
    assert first.expires_at == second.expires_at == 1_800_000_000 + 8 * 3600
