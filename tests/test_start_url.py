"""Start URLs: which hosts are AWS's, where a company's own address leads, and which addresses a browser may see."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tui.aws.config import hosts
from tui.aws.errors import Cancelled, SsoError
from tui.aws.requests import clients, start_url

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
    assert start_url.resolve(url) == (url, "")


@pytest.mark.parametrize(
    "url", ["http://acme.awsapps.com/start", "ftp://acme.awsapps.com", "acme.awsapps.com", "https://[::1", ""]
)
def test_a23_anything_but_https_is_refused(url: str) -> None:
    with pytest.raises(SsoError, match="not https"):
        start_url.resolve(url)


@pytest.mark.parametrize("host", ["awsapps.com.example.com", "notawsapps.com", "example.com", "app.aws.example"])
def test_a23_hosts_that_only_look_like_aws(host: str) -> None:
    assert not hosts.is_portal(host)


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


@pytest.mark.parametrize(("path", "leads_to"), [("/moved", ACME), ("/get-only", ACME)])
def test_a23_a_companys_own_address_is_asked_where_it_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, leads_to: str
) -> None:
    with serve(tmp_path, ANSWERS) as server:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        assert start_url.resolve(server.url + path) == (leads_to, "")


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


DEMO = "http://127.0.0.1:4000"
SIGN_IN_PAGES = [
    f"{ACME}/#/device?user_code=X",
    "https://us-east-1.signin.aws/platform/authorize?request_uri=urn:x",
    "https://eu-central-2.signin.aws/",
    "https://signin.aws.amazon.com/platform/authorize",
    "https://us-west-2.signin.aws.amazon.com/",
    "https://signin.amazonaws.cn/",
    "https://cn-north-1.signin.amazonaws.cn/",
    "https://signin.amazonaws-us-gov.com/",
    "https://us-gov-west-1.signin.amazonaws-us-gov.com/",
    "https://eusc-de-east-1.signin.amazonaws-eusc.eu/",
    "https://us-iso-east-1.signin.c2shome.ic.gov/",
    "https://device.sso.us-east-1.amazonaws.com/",
    "https://device.sso.cn-north-1.amazonaws.com.cn/?user_code=X",
    "https://device.sso.us-gov-west-1.amazonaws.com/",
    "https://oidc.us-east-1.amazonaws.com/authorize?client_id=x",
    "https://oidc-fips.us-gov-west-1.amazonaws.com/authorize",
    "https://oidc.us-east-1.api.aws/authorize",
    "https://oidc.eusc-de-east-1.amazonaws.eu/authorize",
    "https://portal.sso.us-east-1.api.aws/",
    "https://portal.sso.eu-west-1.amazonaws.com/",
    "https://ssoins-1.portal.eu-west-1.app.aws/device",
    "https://US-EAST-1.SIGNIN.AWS/",
    "https://sso.example.com/device",  # the start URL's own host
    f"{DEMO}/device",  # the endpoint's own address on this machine
]
LOOK_ALIKES = [
    "http://127.0.0.1:4001/device",
    "http://acme.awsapps.com/start",
    "http://us-east-1.signin.aws/",
    "https://evil.example.com/device",
    "https://acme.awsapps.com@evil.example.com/",
    "https://acme.awsapps.com.evil.example.com/",
    "https://evil-signin.aws/",
    "https://signin.aws.evil.com/",
    "https://us-east-1.signin.aws.evil.com/",
    "https://us-east-1.evil-signin.aws/",
    "https://signin.aws.amazon.com.evil.com/",
    "https://evilsignin.aws.amazon.com/",
    "https://evil.signin.aws.amazon.com/",
    "https://us-east-1.signin.aws@evil.com/",
    "https://user@us-east-1.signin.aws/",
    "https://us-east-1.signin.aws:8443/",
    "https://us-east-1.signin.aws:443/",
    "https://us-east-1.signin.aws./",
    "https://us-east-1.signin.aws\\@evil.com/",
    "https://us-east-1.signin%2eaws/",
    "https://us-east-1。signin.aws/",
    "https://us-east-1.sıgnin.aws/",
    "https://us-east-1.signin.ａws/",
    "https://us-east-1.xn--sgnin-q4a.aws/",
    "https://.signin.aws/",
    "https://signin.amazonaws.com.evil.cn/",
    "https://evil.s3.amazonaws.com/",
    "https://ec2-1-2-3-4.compute-1.amazonaws.com/",
    "https://abc.execute-api.us-east-1.amazonaws.com/device",
    "https://device.sso.evil.amazonaws.com/",
    "https://oidc.us-east-1.evil.aws/",
    "https://sso.example.com:8443/device",
    "https://signin.aws.amazon.com /",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://[::1/",
    "",
]


@pytest.mark.parametrize("url", SIGN_IN_PAGES)
def test_x01_c22_every_page_of_awss_to_sign_in_on_may_be_opened(url: str) -> None:
    assert start_url.may_open(url, "https://sso.example.com/start", DEMO)


@pytest.mark.parametrize("url", LOOK_ALIKES)
def test_x01_c22_what_only_looks_like_one_may_not(url: str) -> None:
    assert not start_url.may_open(url, "https://sso.example.com/start", DEMO)
