"""No address is decided below this program's own check: not by the SDK, not by a redirect, whatever is set."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore import UNSIGNED
from botocore.config import Config as ClientConfig
from botocore.exceptions import EndpointConnectionError
from botocore.loaders import create_loader
from botocore.session import Session

from tui.aws.config import hosts
from tui.aws.errors import SsoError
from tui.aws.requests import clients
from tui.cli import main
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_role, put_token
from .raw_server import serving

OTHER = "http://another-machine"
PORTAL = "https://portal.sso.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def new_clients(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_clients", {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that requests would go to; none is made."""
    found: list[str] = []

    def send(_self: object, request: Any) -> None:
        found.append(request.url)
        raise EndpointConnectionError(endpoint_url=request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    monkeypatch.setattr("random.uniform", lambda _low, _high: 0.0)
    return found


def with_keys(*keys: str) -> str:
    return CONFIG.replace("[profile dev]\n", "[profile dev]\n" + "".join(f"{key}\n" for key in keys))


LOADER = create_loader()
"""Kept for all tests: it takes most of the time that a client takes."""


def aws_tools(service: str) -> Any:
    """A client as the AWS CLI and boto3 make it."""
    session: Any = Session(profile="dev")
    session.register_component("data_loader", LOADER)
    return session.create_client(service, region_name="us-east-1", config=ClientConfig(signature_version=UNSIGNED))


def ask(service: str = "sso", profile: str = "dev") -> None:
    """One request with a token, or with role credentials."""
    store = configure((Path(os.environ["HOME"]) / ".aws/config").read_text())
    client = clients.client(service, "us-east-1", store.config, profile)
    with pytest.raises(SsoError):
        clients.request(operation(service, client), "ask", attempts=1)


def operation(service: str, client: Any) -> Callable[[], Any]:
    """A request of the service that holds a secret."""
    return {
        "sso": lambda: client.logout(accessToken="token"),
        "sso-oidc": lambda: client.register_client(clientName="n", clientType="public"),
        "sts": lambda: client.get_caller_identity(),
    }[service]


@pytest.mark.parametrize("command", [["env", "dev"], ["logout", "--yes"], ["login", "dev", "--no-open", "--force"]])
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL"])
def test_x28_an_ignored_variable_leads_no_token_elsewhere(
    asked: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    command: list[str],
) -> None:
    configure(with_keys("ignore_configured_endpoint_urls = true"))
    with DemoServer() as demo:
        put_token(demo, "acme", ACME)
    monkeypatch.setenv(variable, OTHER)
    main.main(command)
    assert asked
    assert {url.split("/")[2] for url in asked} <= {
        "portal.sso.us-east-1.amazonaws.com",
        "oidc.us-east-1.amazonaws.com",
    }
    capsys.readouterr()


ENDPOINTS = [{}, {"AWS_ENDPOINT_URL": "https://all.example"}, {"AWS_ENDPOINT_URL_SSO": "https://sso.example"}]
SWITCHES = [
    {},
    *({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": value} for value in ("true", "TRUE", "1", "")),
]
KEYS = [
    "",
    "ignore_configured_endpoint_urls = true",
    "ignore_configured_endpoint_urls = TRUE",
    "endpoint_url = https://p",
]


@pytest.mark.parametrize(("variables", "switch", "key"), list(product(ENDPOINTS, SWITCHES, KEYS)))
def test_x28_every_spelling_leads_where_it_leads_the_aws_tools(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], switch: dict[str, str], key: str
) -> None:
    configure(with_keys(key))
    for name, value in {**variables, **switch}.items():
        monkeypatch.setenv(name, value)
    theirs = aws_tools("sso")
    ask()
    assert asked == [f"{theirs.meta.endpoint_url}/logout"]


FIPS = [{}, *({"AWS_USE_FIPS_ENDPOINT": value} for value in ("True", "false", ""))]
DUAL_STACK = [{}, *({"AWS_USE_DUALSTACK_ENDPOINT": value} for value in ("true", "false"))]
VARIANTS = ["", "use_fips_endpoint = True", "use_dualstack_endpoint = true"]


@pytest.mark.parametrize(("fips", "dual_stack", "key"), list(product(FIPS, DUAL_STACK, VARIANTS)))
@pytest.mark.parametrize("service", ["sso", "sso-oidc"])
def test_x28_fips_and_dual_stack_are_those_of_the_aws_tools(
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    fips: dict[str, str],
    dual_stack: dict[str, str],
    key: str,
) -> None:
    configure(with_keys(key))
    for name, value in {**fips, **dual_stack}.items():
        monkeypatch.setenv(name, value)
    theirs = aws_tools(service)
    ask(service)
    assert [url.rpartition("/")[0].removesuffix("/client") for url in asked] == [theirs.meta.endpoint_url]


@pytest.mark.parametrize("key", ["use_fips_endpoint = true", "use_dualstack_endpoint = true"])
def test_x28_what_the_aws_tools_refuse_together_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    store = configure(with_keys(key))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://all.example")
    with pytest.raises(SsoError, match="another address than AWS's own"):
        clients.client("sso", "us-east-1", store.config, "dev")


@pytest.mark.parametrize("service", ["sso", "sso-oidc", "sts"])
def test_x28_no_variable_of_the_sdks_reaches_it(
    asked: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """Every variable that botocore knows at once, each with the worst that it can be set to."""
    monkeypatch.setattr(clients, "_session", None)  # that of other tests was made without them
    names = [name for _, name, *_ in Session.SESSION_VARIABLES.values() if name]
    for name in [each for found in names for each in (found if isinstance(found, list) else [found])]:
        monkeypatch.setenv(name, "true" if name.startswith(("AWS_CSM_E", "AWS_DISABLE", "BOTOCORE")) else "1")
    (tmp_path / "config").write_text(
        f"[default]\nendpoint_url = {OTHER}\nservices = s\nregion = eu-north-1\n"
        f"[services s]\nsso =\n  endpoint_url = {OTHER}\nsts =\n  endpoint_url = {OTHER}\n"
    )
    worst = {
        "AWS_PROFILE": "default",
        "AWS_DEFAULT_PROFILE": "default",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_REGION": "ap-south-1",
        "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
        "AWS_DEFAULTS_MODE": "auto",
        "AWS_RETRY_MODE": "adaptive",
        "AWS_ENDPOINT_URL": OTHER,
        "AWS_ENDPOINT_URL_SSO": OTHER,
        "AWS_ENDPOINT_URL_SSO_OIDC": OTHER,
        "AWS_ENDPOINT_URL_STS": OTHER,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "AWS_CA_BUNDLE": "",
        "BOTO_CONFIG": str(tmp_path / "config"),
    }
    for name, value in worst.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CONFIG_FILE")
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")
    store = configure(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    credentials = DemoServer().state.issue_role_credentials("111111111111", "Admin") if service == "sts" else None
    client = clients.client(service, "us-east-1", store.config, "dev", credentials)
    with pytest.raises(SsoError):
        clients.request(operation(service, client), "ask", attempts=1)
    prefix = {"sso": "portal.sso", "sso-oidc": "oidc", "sts": "sts"}[service]
    assert [url.split("/")[:3] for url in asked] == [["https:", "", f"{prefix}.us-east-1.amazonaws.com"]]
    assert client.meta.config.retries["total_max_attempts"] == 1


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[bytes]]]:
    """The address of another server, and what it is sent."""
    heard: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")

    with serving(listen) as url:
        yield url, heard


@pytest.mark.parametrize("status", [301, 302, 307, 400])
@pytest.mark.parametrize(
    ("operation", "command"),
    [
        ("GetRoleCredentials", ["env", "dev"]),
        ("Logout", ["logout", "--yes"]),
        ("RegisterClient", ["login", "--session", "acme", "--force", "--no-open"]),
        ("GetCallerIdentity", ["whoami", "dev"]),
    ],
)
def test_x28_a_redirect_carries_nothing_elsewhere(
    demo: DemoServer,
    elsewhere: tuple[str, list[bytes]],
    capsys: pytest.CaptureFixture[str],
    operation: str,
    command: list[str],
    status: int,
) -> None:
    configure()
    url, heard = elsewhere
    put_token(demo, "acme", ACME)
    if operation == "GetCallerIdentity":
        put_role(demo, "111111111111", "Admin", "acme")
    body = f"<Error><Code>PermanentRedirect</Code><Endpoint>{url.removeprefix('http://')}</Endpoint></Error>"
    headers = {"Location": url, "x-amz-bucket-region": "eu-west-1"}
    demo.state.faults.add(operation, count=None, status=status, body=body.encode(), headers=headers)
    assert main.main(command) != 0
    assert heard == []
    assert demo.state.log.count(operation) >= 1
    capsys.readouterr()


@pytest.mark.parametrize(
    "url",
    [
        "http://another-machine/logout",
        "https://another-machine/logout",
        "https://portal.sso.us-east-1.amazonaws.com.another-machine/logout",
        "http://portal.sso.us-east-1.amazonaws.com/logout",
        "https://portal.sso.us-east-1.amazonaws.com@another-machine/logout",
        "https://127.0.0.1:1/logout",
        "http://127.0.0.1:1/logout",
        "http://127.0.0.1.another-machine/logout",
    ],
)
@pytest.mark.parametrize("own", [PORTAL, "http://127.0.0.1:2", "https://sso.example"])
def test_x28_the_last_look_before_sending(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, url: str, own: str
) -> None:
    """Something in the SDK, or hooked into it, changes a request's address at the last moment."""
    if own != PORTAL:
        monkeypatch.setenv("AWS_ENDPOINT_URL", own)
    client = clients.client("sso", "us-east-1", configure().config)

    def change(request: Any, **_: Any) -> None:
        request.url = url

    client.meta.events.register("before-send.sso", change)
    with pytest.raises(SsoError, match="Nothing is sent to"):
        clients.request(lambda: client.logout(accessToken="CANARY"), "sign out", attempts=1)
    assert asked == []


def test_x28_each_of_awss_own_addresses_is_known(asked: list[str]) -> None:
    folder = Path(botocore.__file__).parent / "data"
    partitions = json.loads((folder / "partitions.json").read_text())["partitions"]
    suffixes = {partition["outputs"][key] for partition in partitions for key in ("dnsSuffix", "dualStackDnsSuffix")}
    assert {f".{suffix}" for suffix in suffixes} <= set(hosts.SERVICE_SUFFIXES)
    config = configure().config
    for region in ("us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1"):
        for name in ("sso", "sso-oidc", "sts"):
            host = clients.client(name, region, config).meta.endpoint_url.removeprefix("https://")
            assert hosts.is_service(host), host
