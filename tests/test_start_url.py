"""Start URLs: which hosts are AWS's, where a company's own address leads, and which addresses a browser may see."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tui.aws import clients, start_url
from tui.aws.errors import Cancelled, SsoError

from .aws_home import CONFIG, configure
from .https import Https, serve

ACME = "https://acme.awsapps.com/start"


@pytest.mark.parametrize(
    "url",
    [
        ACME,
        f"{ACME}/",
        f"{ACME}/#/",
        "https://ACME.awsapps.com/start",
        "https://d-1.awsapps.cn/start",
        "https://ssoins-1.portal.eu-west-1.app.aws",
        "https://start.us-gov-home.awsapps.com/directory/x",
        "https://identitycenter.amazonaws.com/ssoins-1",
        "https://ssoins-1.eu-central-1.portal.amazonaws.eu",
    ],
)
def test_a23_addresses_of_aws_are_used_as_they_are_written(url: str) -> None:
    assert start_url.resolve(url) == url


@pytest.mark.parametrize(
    "url", ["http://acme.awsapps.com/start", "ftp://acme.awsapps.com", "acme.awsapps.com", "https://[::1", ""]
)
def test_a23_anything_but_https_is_refused(url: str) -> None:
    with pytest.raises(SsoError, match="not https"):
        start_url.resolve(url)


@pytest.mark.parametrize("host", ["awsapps.com.example.com", "notawsapps.com", "example.com", "app.aws.example"])
def test_a23_hosts_that_only_look_like_aws(host: str) -> None:
    assert not start_url.is_aws_host(host)


ANSWERS = {
    ("HEAD", "/moved"): (302, ACME, b""),
    ("HEAD", "/get-only"): (405, "", b""),
    ("GET", "/get-only"): (301, f"{ACME}/#/", b""),
    ("HEAD", "/elsewhere"): (302, "https://example.com/start", b""),
    ("HEAD", "/insecure"): (302, "http://acme.awsapps.com/start", b""),
    ("HEAD", "/here"): (200, "", b""),
    ("HEAD", "/made"): (201, ACME, b""),
    ("HEAD", "/relative"): (302, "/moved", b""),
}


@pytest.mark.parametrize(("path", "leads_to"), [("/moved", ACME), ("/get-only", f"{ACME}/#/")])
def test_a23_a_companys_own_address_is_asked_where_it_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, leads_to: str
) -> None:
    with serve(tmp_path, ANSWERS) as server:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        assert start_url.resolve(server.url + path) == leads_to


@pytest.mark.parametrize("path", ["/elsewhere", "/insecure", "/here", "/made", "/relative", "/nothing"])
def test_a23_an_address_that_does_not_lead_to_aws_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with serve(tmp_path, ANSWERS) as server:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        with pytest.raises(SsoError, match="localhost does not lead to AWS"):
            start_url.resolve(server.url + path)
        assert server.asked == [f"HEAD {path}"]  # a redirect is read, not followed


@pytest.mark.parametrize("name", ["localhost", "other.example"])
def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with serve(tmp_path, ANSWERS, name) as server:
        if name != "localhost":
            monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        with pytest.raises(SsoError, match="certificate was refused") as caught:
            start_url.resolve(f"{server.url}/moved")
        assert "AWS_CA_BUNDLE" in caught.value.hint
        assert server.asked == []


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(SsoError, match="find out where localhost, the start URL's host, leads: AWS cannot be reached"):
        start_url.resolve("https://localhost:9/start")


def test_a_cancelled_question_is_not_waited_for() -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        start_url.resolve("https://localhost:9/start", cancelled)


REGISTERED = b'{"clientId": "id", "clientSecret": "se", "clientSecretExpiresAt": 1}'


def register(server: Https, monkeypatch: pytest.MonkeyPatch, config: str) -> object:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", server.url)
    client = clients.client("sso-oidc", "us-east-1", configure(config).config, "dev")
    answer = clients.request(lambda: client.register_client(clientName="n", clientType="public"), "register")
    return answer["clientId"]


@pytest.mark.parametrize("where", ["variable", "profile"])
def test_requests_trust_the_authority_that_is_configured(
    home: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with serve(home, {("POST", "/client/register"): (200, "", REGISTERED)}) as server:
        config = CONFIG
        if where == "variable":
            monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        else:
            config = CONFIG.replace("[profile dev]\n", f"[profile dev]\nca_bundle = {server.authority}\n")
        assert register(server, monkeypatch, config) == "id"


def test_requests_to_a_server_that_is_not_trusted_are_not_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(home, {("POST", "/client/register"): (200, "", REGISTERED)}) as server:
        with pytest.raises(SsoError, match="certificate was refused") as caught:
            register(server, monkeypatch, CONFIG)
        assert "AWS_CA_BUNDLE" in caught.value.hint
        assert server.asked == []


def test_an_authority_file_that_is_not_there_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(home, {}) as server:
        config = CONFIG.replace("[profile dev]\n", "[profile dev]\nca_bundle = /nowhere.pem\n")
        with pytest.raises(SsoError, match=r"/nowhere\.pem does not exist"):
            register(server, monkeypatch, config)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        (f"{ACME}/#/device?user_code=X", True),
        ("https://device.sso.us-east-1.amazonaws.com/", True),
        ("https://ssoins-1.portal.eu-west-1.app.aws/device", True),
        ("https://sso.example.com/device", True),  # the start URL's own host
        ("http://127.0.0.1:4000/device", True),  # the endpoint's own address on this machine
        ("http://127.0.0.1:4001/device", False),
        ("http://acme.awsapps.com/start", False),
        ("https://evil.example.com/device", False),
        ("https://acme.awsapps.com@evil.example.com/", False),
        ("https://acme.awsapps.com.evil.example.com/", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://[::1/", False),
        ("", False),
    ],
)
def test_c22_addresses_that_a_browser_may_be_sent_to(url: str, may: bool) -> None:
    assert start_url.may_open(url, "https://sso.example.com/start", "http://127.0.0.1:4000") is may
