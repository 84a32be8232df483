"""A company's own start URL that leads to a portal in another region than the configured one: that region is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.aws.config import hosts
from tui.aws.requests import clients
from tui.cli import main
from tui.demo.organisation import SAMPLE
from tui.demo.server import DemoServer

from .aws_home import cache_name, configure, content, role_file, sso_cache, token_file
from .board import board
from .https import serve
from .redirects import allow
from .sign_ins import waiting_codes

PORTAL = "https://ssoins-1.portal.eu-west-1.app.aws"


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("ssoins-1.portal.eu-west-1.app.aws", "eu-west-1"),
        ("ssoins-1.us-gov-west-1.portal.amazonaws.com", "us-gov-west-1"),
        ("ssoins-1.cn-north-1.portal.amazonaws.com.cn", "cn-north-1"),
        ("ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", "cn-north-1"),
        ("ssoins-1.eusc-de-east-1.portal.amazonaws.eu", "eusc-de-east-1"),
        ("ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu", "eusc-de-east-1"),
        ("acme.awsapps.com", ""),
        ("identitycenter.amazonaws.com", ""),
        ("a.b.portal.eu-west-1.app.aws", ""),
    ],
)
def test_x16_the_region_in_a_portals_name(host: str, region: str) -> None:
    assert hosts.region_of_portal(host) == region
    assert hosts.is_portal(host)


@pytest.fixture
def company(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DemoServer, list[str]]]:
    """An Identity Center whose start URL is a company's own, and the regions (with their services) that are asked."""
    monkeypatch.setattr(clients, "_clients", {})
    asked: list[str] = []
    make = clients.client

    def client(service: str, region: str, *rest: Any, **more: Any) -> Any:
        asked.append(f"{service} {region}")
        return make(service, region, *rest, **more)

    monkeypatch.setattr(clients, "client", client)
    instances = tuple(replace(each, start_url=PORTAL) if each.name == "acme" else each for each in SAMPLE.instances)
    assert PORTAL in [each.start_url for each in instances]
    organisation = replace(SAMPLE, instances=instances)
    with (
        serve(tmp_path, {("HEAD", "/start"): (302, f"{PORTAL}/#/", b"")}) as own,
        DemoServer(organisation, auto_approve_after=0) as demo,
    ):
        for name, value in demo.environ().items():
            monkeypatch.setenv(name, value)
        configure(
            f"[sso-session acme]\nsso_start_url = {own.url}/start\nsso_region = us-east-1\n"
            f"sso_registration_scopes = sso:account:access\n\n"
            f"[profile dev]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
            f"ca_bundle = {own.authority}\n"
        )
        yield demo, asked


def test_x16_the_portals_region_is_asked_and_told(
    company: tuple[DemoServer, list[str]], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo, asked = company
    config = (home / ".aws/config").read_bytes()
    assert main.main(["login", "dev", "--no-open"]) == 0
    told = capsys.readouterr().err
    assert "The portal of acme is in eu-west-1, not in us-east-1: correct sso_region in ~/.aws/config:1" in told
    assert (home / ".aws/config").read_bytes() == config  # nobody asked for a change
    token = content(token_file("acme"))
    assert token["region"] == "eu-west-1"
    assert str(token["startUrl"]).startswith("https://localhost:")  # as configured: other tools look for it by that
    assert demo.state.log.entries("StartDeviceAuthorization")[-1].details["startUrl"] == PORTAL
    # The AWS CLI's name of the registration has the region that was found.
    key = '{"region": "eu-west-1", "scopes": ["sso:account:access"], "session_name": "acme", "startUrl": '
    assert sso_cache().joinpath(cache_name(key + f'"{token["startUrl"]}", "tool": "botocore"}}')).exists()

    assert main.main(["env", "dev", "--format", "json"]) == 0
    assert role_file("111111111111", "Admin", "acme").exists()
    assert main.main(["status"]) == 0
    assert "The portal of acme is in eu-west-1" in capsys.readouterr().err  # for as long as it is so
    assert main.main(["logout", "--yes"]) == 0
    assert {line for line in asked if "sts" not in line} == {"sso-oidc eu-west-1", "sso eu-west-1"}
    capsys.readouterr()


def test_x16_a_renewal_asks_there_too(
    company: tuple[DemoServer, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    demo, asked = company
    demo.state.settings.access_token_lifetime = 60
    assert main.main(["login", "dev", "--no-open"]) == 0
    demo.state.settings.access_token_lifetime = 3600
    asked.clear()
    assert main.main(["env", "dev", "--format", "json"]) == 0
    assert asked[0] == "sso-oidc eu-west-1"
    assert set(asked) == {"sso-oidc eu-west-1", "sso eu-west-1"}
    assert content(token_file("acme"))["region"] == "eu-west-1"
    capsys.readouterr()


async def test_x16_the_board_tells_it(company: tuple[DemoServer, list[str]]) -> None:
    demo, asked = company
    demo.state.settings.auto_approve_after = None
    async with board() as it:
        await it.highlight("dev")
        await it.press("l")
        await it.until("waiting for approval")
        assert "The portal of acme is in eu-west-1" in " ".join(it.words().split())
        demo.state.approve(waiting_codes(demo)[0])
        await it.until(lambda: it.board.is_current)
        await it.until("signed-in")
    assert set(asked) <= {"sso-oidc eu-west-1", "sso us-east-1", "sso eu-west-1"}
    assert content(token_file("acme"))["region"] == "eu-west-1"


def test_x16_the_browser_flow_asks_there_too(
    company: tuple[DemoServer, list[str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, asked = company
    monkeypatch.setattr("tui.desktop.browser.open_browser", lambda url, _command: str(allow(demo, url).status)[3:])
    demo.state.settings.auto_approve_after = None
    assert main.main(["login", "dev", "--flow", "browser"]) == 0
    assert set(asked) == {"sso-oidc eu-west-1"}
    assert content(token_file("acme"))["region"] == "eu-west-1"
    capsys.readouterr()
