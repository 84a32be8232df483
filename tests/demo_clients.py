"""botocore clients and plain HTTP for the tests of the demo server."""

from __future__ import annotations

import functools
import http.client
import json
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tui.aws.model import RoleCredentials
from tui.demo.server import DemoServer

ACME = "https://acme.awsapps.com/start"
LAB = "https://lab.awsapps.com/start"
SCOPE = "sso:account:access"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CALLBACK = "http://127.0.0.1/oauth/callback"
VERIFIER = "v" * 64


def client(service: str, server: DemoServer, keys: RoleCredentials | None = None, **config: Any) -> Any:
    """A botocore client of `server`, unsigned without `keys`, that tries once and waits at most 10 s."""
    settings: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "connect_timeout": 5, "read_timeout": 10}
    if keys is None:
        settings["signature_version"] = UNSIGNED
    credentials: dict[str, Any] = {}
    if keys is not None:
        credentials = {
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key.reveal(),
            "aws_session_token": keys.session_token.reveal(),
        }
    session: Any = _session()
    return session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=server.url,
        config=Config(**{**settings, **config}),
        **credentials,
    )


@functools.cache
def _session() -> botocore.session.Session:
    """One session for all: it keeps the service models, which take most of the time that a client takes."""
    return botocore.session.get_session()


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[int, str]:
    """The HTTP status and AWS error code with which `call` is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


class Page:
    """An HTTP answer as it came; redirects are not followed."""

    def __init__(self, status: int, headers: Message, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        """The body."""
        return self.body.decode()

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def location(self) -> dict[str, str]:
        """The query of the address that the answer redirects to."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.headers["Location"]).query).items()}


def http_request(
    server: DemoServer, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Page:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Page(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def post_json(server: DemoServer, path: str, value: object) -> Page:
    """POST of a JSON body that botocore would not send."""
    return http_request(server, "POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"})


def post_form(server: DemoServer, path: str, fields: Mapping[str, str], **headers: str) -> Page:
    """POST of a form, as a browser sends it."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return http_request(server, "POST", path, urlencode(fields).encode(), {**kind, **headers})


def register_pkce(oidc: Any, **changes: Any) -> dict[str, str]:
    """clientId and clientSecret of a client registered as the AWS CLI does for the browser flow."""
    registered = oidc.register_client(
        **{
            "clientName": "tests",
            "clientType": "public",
            "scopes": [SCOPE],
            "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": [CALLBACK],
            "issuerUrl": ACME,
            **changes,
        }
    )
    return {"clientId": registered["clientId"], "clientSecret": registered["clientSecret"]}


def register_device(oidc: Any, **changes: Any) -> dict[str, str]:
    """clientId and clientSecret of a client registered for device codes, with the scope that makes tokens renewable."""
    registered = oidc.register_client(**{"clientName": "tests", "clientType": "public", "scopes": [SCOPE], **changes})
    return {"clientId": registered["clientId"], "clientSecret": registered["clientSecret"]}


def authorize_fields(keys: Mapping[str, str], **changes: str) -> dict[str, str]:
    """The parameters of the authorize page, for VERIFIER."""
    from tui.demo.oidc import challenge

    return {
        "response_type": "code",
        "client_id": keys["clientId"],
        "redirect_uri": "http://127.0.0.1:41999/oauth/callback",
        "state": "some-state",
        "code_challenge_method": "S256",
        "code_challenge": challenge(VERIFIER),
        "scopes": SCOPE,
        **changes,
    }


def authorize_path(fields: Mapping[str, str]) -> str:
    """Path and query of the authorize page."""
    return f"/authorize?{urlencode(fields)}"
