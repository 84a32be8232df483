"""Console links: the portal's, and those made from role credentials at a federation endpoint on loopback."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import LEGACY, SSO_SESSION, Profile, RoleCredentials, Secret, Session
from tui.aws.requests import clients
from tui.aws.role.console_link import console_url, federation_url, shortcut_link
from tui.exit_codes import REFUSED


def profile(region: str = "eu-west-1", role: str = "Admin", account: str = "111111111111") -> Profile:
    return Profile("dev", "acme", account, role, region)


def session(start_url: str = "https://acme.awsapps.com/start", region: str = "us-east-1") -> Session:
    return Session("acme", SSO_SESSION, start_url, region)


CREDENTIALS = RoleCredentials("ASIAIOSFODNN7EXAMPLE", Secret("CANARY-key/+="), Secret("CANARY-token/+="), 1_900_000_000)


@pytest.mark.parametrize(
    ("start_url", "portal"),
    [
        ("https://acme.awsapps.com/start", "https://acme.awsapps.com/start/#/console?"),
        ("https://acme.awsapps.com/start/", "https://acme.awsapps.com/start/#/console?"),
        ("https://acme.awsapps.com/start#", "https://acme.awsapps.com/start/#/console?"),
        ("https://acme.awsapps.com/start/#", "https://acme.awsapps.com/start/#/console?"),
        ("https://acme.awsapps.com/start/#/", "https://acme.awsapps.com/start/#/console?"),
        ("https://acme.awsapps.com/start#/?tab=accounts", "https://acme.awsapps.com/start/#/console?"),
        ("https://d-9667182f21.awsapps.cn/start", "https://d-9667182f21.awsapps.cn/start/#/console?"),
        ("https://sso.example.com", "https://sso.example.com/#/console?"),
        (
            "https://start.us-gov-home.awsapps.com/directory/acme/",
            "https://start.us-gov-home.awsapps.com/directory/acme#/console?",
        ),
        (
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-9867188aeb#/",
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-9867188aeb#/console?",
        ),
    ],
)
def test_a23_start_url_variants(start_url: str, portal: str) -> None:
    expected = f"{portal}account_id=111111111111&role_name=Admin"
    assert shortcut_link(profile(), session(start_url)) == expected


def test_portal_link_without_a_role() -> None:
    assert shortcut_link(profile(role=""), session()).endswith("/start/#/console?account_id=111111111111")


def test_portal_destination_is_one_encoded_value() -> None:
    url = shortcut_link(profile(), session(), "s3")
    assert url.endswith(
        "&role_name=Admin&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fs3%2Fhome%3Fregion%3Deu-west-1"
    )


def test_portal_destination_falls_back_on_the_sessions_region() -> None:
    assert "us-east-1.console" in shortcut_link(profile(region=""), session(), "s3")


def test_role_names_are_encoded() -> None:
    assert shortcut_link(profile(role="a&b =é"), session()).endswith("&role_name=a%26b%20%3D%C3%A9")


@pytest.mark.parametrize(
    "start_url",
    ["", "http://acme.awsapps.com/start", "file:///etc/passwd", "javascript:alert(1)", "https://", "//x", "https://["],
)
def test_portal_refuses_start_urls_that_are_not_https(start_url: str) -> None:
    with pytest.raises(SsoError):
        shortcut_link(profile(), Session(start_url, LEGACY, start_url, "us-east-1"))


def test_portal_knows_no_chained_and_no_login_profiles() -> None:
    chained = profile()
    chained.via = "base"
    login = profile()
    login.login_session = "arn:aws:iam::111111111111:user/me"
    for each in (chained, login, profile(account="")):
        with pytest.raises(SsoError) as caught:
            shortcut_link(each, session())
        assert "dev" in caught.value.title


@pytest.mark.parametrize(
    ("region", "service", "url"),
    [
        ("eu-west-1", "s3", "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"),
        ("us-east-1", None, "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1"),
        ("us-east-1", "ec2/v2", "https://us-east-1.console.aws.amazon.com/ec2/v2/home?region=us-east-1"),
        ("cn-north-1", "s3", "https://cn-north-1.console.amazonaws.cn/s3/home?region=cn-north-1"),
        ("us-gov-west-1", "s3", "https://us-gov-west-1.console.amazonaws-us-gov.com/s3/home?region=us-gov-west-1"),
        ("eusc-de-east-1", "s3", "https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/home?region=eusc-de-east-1"),
    ],
)
def test_console_addresses(region: str, service: str | None, url: str) -> None:
    assert console_url(region, service) == url


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1"])
def test_isolated_regions_are_not_supported(region: str) -> None:
    for call in (lambda: console_url(region), lambda: federation_url(CREDENTIALS, region)):
        with pytest.raises(SsoError) as caught:
            call()
        assert "not supported" in caught.value.title


@pytest.mark.parametrize("region", ["", "us-east-1 # prod", "evil.example/", "us-east-1@evil", "US-EAST-1", "-x", "é"])
def test_a26_no_request_to_what_is_no_region(region: str) -> None:
    with pytest.raises(SsoError):
        console_url(region)


@pytest.mark.parametrize("service", ["", "s3?x", "../x", "a b", "s3#x", "S3", "/s3", "é"])
def test_services_that_cannot_be(service: str) -> None:
    with pytest.raises(SsoError):
        console_url("eu-west-1", service)


@dataclass
class Endpoint:
    """A federation endpoint: what it answers, and what it was asked (path, headers, form)."""

    url: str = ""
    status: int = 200
    body: bytes = b'{"SigninToken": "CANARY-signin/+="}'
    headers: dict[str, str] = field(default_factory=dict)
    delay: threading.Event | None = None
    asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = field(default_factory=list)


def serve(endpoint: Endpoint, tls: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            endpoint.asked.append((self.path, dict(self.headers), parse_qs(form, strict_parsing=True)))
            if endpoint.delay is not None:
                endpoint.delay.wait(30)
            self.send_response(endpoint.status)
            for name, value in endpoint.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(endpoint.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # of an answer that is too long not all is read
                self.wfile.write(endpoint.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    endpoint.url = f"http{'s' if tls else ''}://localhost:{server.server_port}/federation"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    server = serve(made)
    yield made
    if made.delay is not None:
        made.delay.set()
    server.shutdown()
    server.server_close()


def test_federation_link(endpoint: Endpoint) -> None:
    link = federation_url(CREDENTIALS, "eu-west-1", "s3", endpoint_override=endpoint.url)
    ((path, headers, form),) = endpoint.asked
    assert path == "/federation"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form["Action"] == ["getSigninToken"]
    assert "SessionDuration" not in form
    assert json.loads(form["Session"][0]) == {
        "sessionId": "ASIAIOSFODNN7EXAMPLE",
        "sessionKey": "CANARY-key/+=",
        "sessionToken": "CANARY-token/+=",
    }
    assert "CANARY" not in repr(link) + str(link) + f"{link}"
    parts = urlsplit(link.reveal())
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == endpoint.url
    assert parts.fragment == ""
    assert parse_qs(parts.query, strict_parsing=True) == {
        "Action": ["login"],
        "Issuer": ["ssotui"],
        "Destination": ["https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"],
        "SigninToken": ["CANARY-signin/+="],
    }


def test_static_keys_make_no_link(endpoint: Endpoint) -> None:
    static = RoleCredentials("AKIAIOSFODNN7EXAMPLE", Secret("CANARY"), Secret(""), 1_900_000_000)
    with pytest.raises(SsoError):
        federation_url(static, "eu-west-1", endpoint_override=endpoint.url)
    assert endpoint.asked == []


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials(endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    with pytest.raises(SsoError) as caught:
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=endpoint.url)
    assert caught.value.exit_code == REFUSED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>sign in to the hotel's network</html>"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"SigninToken": 5}'),
        (200, b'{"SigninToken": ""}'),
        (200, b'{"SigninToken": "\\ud800"}'),
        (200, b'{"SigninToken": "a\\nb"}'),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe\x00"),
        (500, b'{"SigninToken": "x"}'),
        (503, b""),
        (302, b'{"SigninToken": "x"}'),
    ],
)
def test_answers_without_a_token(endpoint: Endpoint, status: int, body: bytes) -> None:
    endpoint.status, endpoint.body = status, body
    endpoint.headers = {"Location": "/elsewhere"} if status == 302 else {}
    with pytest.raises(SsoError) as caught:
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=endpoint.url)
    assert f"HTTP {status}" in caught.value.title
    assert len(endpoint.asked) == 1


def test_nobody_is_there() -> None:
    server = serve(unused := Endpoint())
    server.shutdown()
    server.server_close()
    with pytest.raises(SsoError) as caught:
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=unused.url)
    error = caught.value
    assert "cannot be reached" in error.title
    assert "CANARY" not in error.title + error.hint
    assert error.__context__ is None
    assert error.__cause__ is None


def test_an_endpoint_that_says_nothing(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "READ_TIMEOUT", 0.2)
    endpoint.delay = threading.Event()
    with pytest.raises(SsoError) as caught:
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=endpoint.url)
    assert "in time" in caught.value.title


def test_cancelled_while_waiting(endpoint: Endpoint) -> None:
    endpoint.delay = threading.Event()
    cancelled = threading.Event()

    def cancel_when_asked() -> None:
        while not endpoint.asked:
            time.sleep(0.01)
        cancelled.set()

    threading.Thread(target=cancel_when_asked, daemon=True).start()
    with pytest.raises(Cancelled):
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=endpoint.url, cancelled=cancelled)


@pytest.mark.parametrize("url", ["http://signin.example.com/federation", "ftp://localhost/", "localhost:80"])
def test_secrets_are_not_sent_unencrypted_to_other_machines(url: str) -> None:
    with pytest.raises(SsoError) as caught:
        federation_url(CREDENTIALS, "eu-west-1", endpoint_override=url)
    assert "not https" in caught.value.title


def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    server = serve(secure := Endpoint(), context)
    try:
        with pytest.raises(SsoError) as caught:
            federation_url(CREDENTIALS, "eu-west-1", endpoint_override=secure.url)
        assert "certificate" in caught.value.title
        assert secure.asked == []
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        assert federation_url(CREDENTIALS, "eu-west-1", endpoint_override=secure.url)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "signin.aws.amazon.com"),
        ("cn-north-1", "signin.amazonaws.cn"),
        ("us-gov-east-1", "signin.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
    ],
)
def test_each_partition_has_its_endpoint_and_the_proxy_is_used(
    region: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            self.send_error(502)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    try:
        with pytest.raises(SsoError) as caught:
            federation_url(CREDENTIALS, region)
    finally:
        server.shutdown()
        server.server_close()
    assert "proxy" in caught.value.title
    assert asked == [f"{host}:443"]
