"""Which address a request goes to: the AWS CLI's rules, and no token over plain http but to this machine."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from botocore import UNSIGNED
from botocore.config import Config as ClientConfig
from botocore.session import Session

from tui.aws.errors import SsoError
from tui.aws.model import RoleCredentials, Secret
from tui.aws.requests import clients, endpoints
from tui.aws.role.console_link import federation_url
from tui.cli import main

from .aws_home import CONFIG, configure

CONFIGURED = CONFIG.replace(
    "[profile dev]\n",
    "[profile dev]\nservices = local\nendpoint_url = https://everything.example.com\n",
) + (
    "\n[services local]\nsso =\n  endpoint_url = https://portal.example.com\n"
    "sso_oidc =\n  endpoint_url = http://localhost:8443/oidc\n"
    "\n[profile off]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    "endpoint_url = https://everything.example.com\nignore_configured_endpoint_urls = true\n"
    "\n[profile risky]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    "endpoint_url = http://10.0.0.1\n"
)
ANY = {"AWS_ENDPOINT_URL": "https://any.example.com"}
SSO = {"AWS_ENDPOINT_URL_SSO": "https://sso.example.com", **ANY}

CASES = [
    ("sso", "dev", {}, "https://portal.example.com"),
    ("sso-oidc", "dev", {}, "http://localhost:8443/oidc"),
    ("sts", "dev", {}, "https://everything.example.com"),
    ("sso", "dev", SSO, "https://sso.example.com"),
    ("sts", "dev", SSO, "https://any.example.com"),
    ("sso", "dev", {**SSO, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, ""),
    ("sts", "dev", {**SSO, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, "https://any.example.com"),
    ("sso", "off", ANY, ""),
    ("sso", "audit", {}, ""),
    ("sso", None, {}, ""),
    ("sso", None, ANY, "https://any.example.com"),
]


@pytest.mark.parametrize(("service", "profile", "environ", "url"), CASES)
def test_a32_the_address_is_the_one_that_botocore_uses(
    home: Path, monkeypatch: pytest.MonkeyPatch, service: str, profile: str | None, environ: dict[str, str], url: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    store = configure(CONFIGURED)
    assert endpoints.configured(service, store.config, profile)[0] == url
    theirs = Session(profile=profile).create_client(
        service, region_name="us-east-1", config=ClientConfig(signature_version=UNSIGNED)
    )
    ours = clients.client(service, "us-east-1", store.config, profile)
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url


@pytest.mark.parametrize(
    "url",
    [
        "http://sso.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "ftp://127.0.0.1",
        "example.com",
        "http://[::1",
        "file:///etc/passwd",
    ],
)
def test_a32_addresses_that_would_carry_tokens_in_clear_are_refused(home: Path, url: str) -> None:
    store = configure()
    environ = {"AWS_ENDPOINT_URL_SSO": url}
    with pytest.raises(SsoError) as caught:
        endpoints.configured("sso", store.config, "dev", environ)
    assert url in caught.value.title
    assert "AWS_ENDPOINT_URL_SSO" in caught.value.title
    assert endpoints.overrides(store.config, "dev", environ) == [caught.value.title]


def test_a32_a_refused_address_of_a_profile_is_not_asked(home: Path) -> None:
    store = configure(CONFIGURED)
    with pytest.raises(SsoError, match="profile risky"):
        clients.client("sso", "us-east-1", store.config, "risky")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "https://example.com"])
def test_a32_this_machine_and_https_are_accepted(home: Path, url: str) -> None:
    assert endpoints.configured("sts", configure().config, None, {"AWS_ENDPOINT_URL": url}) == (url, "AWS_ENDPOINT_URL")


def test_a32_the_board_says_where_requests_go(home: Path) -> None:
    store = configure(CONFIGURED)
    assert endpoints.overrides(store.config, "dev", {}) == [
        "sso goes to portal.example.com (services section local)",
        "sso-oidc goes to localhost:8443 (services section local)",
        "sts goes to everything.example.com (endpoint_url of profile dev)",
    ]
    assert endpoints.overrides(store.config, "audit", {}) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://user:CANARY@sso.example.com:8443/path",
        "https://user:CANARY@under_score.example.com",
        "http://user:CANARY@sso.example.com",
        "https://user:CANARY@x@sso.example.com",
        "https://:CANARY@[::1",
        "http://user:CANARY\\@sso.example.com",
    ],
)
def test_a32_a_password_in_an_address_is_not_shown(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    store = configure()
    shown = [*endpoints.overrides(store.config, "dev", {"AWS_ENDPOINT_URL": url})]
    shown.append(endpoints.sign_in_override(store.config, "dev", {"AWS_ENDPOINT_URL": url}))
    with contextlib.suppress(SsoError):
        federation_url(
            RoleCredentials("key", Secret("x"), Secret("y"), 0),
            "us-east-1",
            endpoint_override=url.replace("https", "http"),
        )
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setattr(clients, "CONNECT_TIMEOUT", 0.1)
    main.main(["login", "--session", "acme", "--no-open"])
    shown += capsys.readouterr()
    assert "CANARY" not in "".join(shown)
    assert "example.com" in shown[0] or "[::1" in shown[0]


@pytest.mark.parametrize(
    ("keys", "host"),
    [
        ("", "portal.sso.eu-west-1.amazonaws.com"),
        ("use_fips_endpoint = true", "portal.sso-fips.eu-west-1.amazonaws.com"),
        ("use_dualstack_endpoint = true", "portal.sso.eu-west-1.api.aws"),
    ],
)
def test_aws_own_addresses(home: Path, keys: str, host: str) -> None:
    assert not [name for name in os.environ if name.startswith("AWS_")]
    store = configure(f"{CONFIG}\n[profile x]\nsso_session = acme\n{keys}\n")
    client = clients.client("sso", "eu-west-1", store.config, "x")
    assert client.meta.endpoint_url == f"https://{host}"


def test_a_region_that_is_none_is_no_traceback(home: Path) -> None:
    with pytest.raises(SsoError, match="region us-east-1 # prod"):
        clients.client("sso", "us-east-1 # prod", configure().config)
