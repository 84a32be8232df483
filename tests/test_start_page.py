"""The region that a portal's own page tells."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tui.aws.config import hosts
from tui.aws.errors import Cancelled, SsoError
from tui.aws.requests.start_page import find_region, region_of_page
from tui.aws.requests.start_url import NOT_OF_AWS

from .https import serve

PAGE = b'<!doctype html><html><head><meta charset="utf-8"><meta name="region" content="eu-central-1"></head></html>'


@pytest.mark.parametrize(
    ("page", "region"),
    [
        (PAGE.decode(), "eu-central-1"),
        ("<META content='us-west-2'\n name='Region'/>", "us-west-2"),
        ("<meta name=region content=ap-southeast-2>", "ap-southeast-2"),
        ('<meta name="region" content="&#101;u-west-1">', "eu-west-1"),
        ('<meta name="region" content="">', ""),
        ('<meta name="region" content="us-east-1.example.com/x">', ""),
        ('<meta name="regions" content="us-east-1">', ""),
        ('<p>name="region" content="us-east-1"</p>', ""),
        ("", ""),
    ],
)
def test_the_region_in_a_page(page: str, region: str) -> None:
    assert region_of_page(page) == region


@pytest.fixture
def is_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine serves access portals too."""
    known = hosts.is_portal
    monkeypatch.setattr(hosts, "is_portal", lambda host: host == "localhost" or known(host))


def test_a_portal_is_asked_and_followed_within_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_portal: None
) -> None:
    answers = {
        ("GET", "/start"): (200, "", PAGE),
        ("GET", "/old"): (302, "/start", b""),
        ("GET", "/new"): (302, "https://ssoins-1.portal.eu-west-3.app.aws/", b""),
        ("GET", "/away"): (302, "https://example.com/", b""),
        ("GET", "/round"): (302, "/round", b""),
        ("GET", "/broken"): (500, "", PAGE),
        ("GET", "/other"): (200, "", b"<html>Welcome to the hotel's network</html>"),
    }
    with serve(tmp_path, answers) as server:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        found = {path: find_region(server.url + path) for _, path in answers}
    assert found == {
        "/start": "eu-central-1",
        "/old": "eu-central-1",
        "/new": "eu-west-3",  # its name tells, so it is not asked
        "/away": "",
        "/round": "",
        "/broken": "",
        "/other": "",
    }


def test_what_cannot_be_asked_tells_nothing(is_portal: None) -> None:
    assert find_region("https://localhost:1/start") == ""
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        find_region("https://localhost:1/start", cancelled)


def test_a_companys_own_address_has_to_lead_to_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        ("HEAD", "/moved"): (302, "https://ssoins-1.portal.eu-west-1.app.aws/", b""),
        ("HEAD", "/page"): (200, "", PAGE),
    }
    with serve(tmp_path, answers) as server:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authority))
        assert find_region(server.url + "/moved") == "eu-west-1"
        with pytest.raises(SsoError, match="does not lead to AWS") as caught:
            find_region(server.url + "/page")
        assert caught.value.code == NOT_OF_AWS
        assert server.asked == ["HEAD /moved", "HEAD /page"]
